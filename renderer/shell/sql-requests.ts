// How other areas ask the SQL area to open something. Requests wait until the area is mounted.
import type { ConnectionId, SavedQueryId } from '#contract/capabilities/ids.ts'

export interface SqlRequest {
  readonly connectionId: ConnectionId | null
  /** Text of the new tab; empty opens a blank one. */
  readonly sql?: string
  readonly title?: string
  /** The saved query that the text is of: its open tab is shown again instead of a second one. */
  readonly savedQueryId?: SavedQueryId
  /** Run it as soon as it is open. Never set for statements that write. */
  readonly run?: boolean
}

export interface SqlRequests {
  send(request: SqlRequest): void
  /** Takes over: gets what has waited, then each new one. Returns how to stop. */
  serve(handler: (request: SqlRequest) => void): () => void
}

/** Makes an empty queue with one handler at a time. */
export function createSqlRequests(): SqlRequests {
  let waiting: SqlRequest[] = []
  let current: ((request: SqlRequest) => void) | undefined
  return {
    send(request) {
      if (current === undefined) waiting.push(request)
      else current(request)
    },
    serve(handler) {
      current = handler
      const early = waiting
      waiting = []
      for (const request of early) handler(request)
      return () => {
        if (current === handler) current = undefined
      }
    },
  }
}
