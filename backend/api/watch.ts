// Requests that somebody watches: a ticket comes in a header, and is gone from the request before anything else looks at its headers.
import type { IncomingHttpHeaders } from 'node:http'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { RestError, WatchedAnswer } from '../rest/index.ts'

/** What was refused before the engine saw it. */
export interface RefusedRequest {
  readonly method: string
  /** Below the API's root, with the query. */
  readonly path: string
  readonly error: RestError
  /** What the error was made of: tells a project that sleeps from one that cannot be started. */
  readonly cause: unknown
}

/** Is told one of the two, before the answer is written. Neither throws. */
export interface RequestWatch {
  answered(answer: WatchedAnswer): void
  refused(request: RefusedRequest): void
}

/** Who watches a request to a project that came with this ticket; undefined where it is none of the project's. */
export type WatchRequest = (projectId: ProjectId, ticket: string) => RequestWatch | undefined

const TICKET_HEADER = 'nebula-insight'
const MAX_LENGTH = 200

/** Takes the ticket out of a request's headers: neither the database nor a log is told of it. */
export function takeTicket(headers: IncomingHttpHeaders): string | undefined {
  const ticket = headers[TICKET_HEADER]
  if (ticket === undefined) return undefined
  Reflect.deleteProperty(headers, TICKET_HEADER)
  return typeof ticket === 'string' && ticket.length <= MAX_LENGTH ? ticket : undefined
}
