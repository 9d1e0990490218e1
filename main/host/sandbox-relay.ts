// The processes in which scripts run, when the host is in Electron: only the main process may start processes there, so it starts them and passes messages on.
import { z } from 'zod'
import type { SandboxProcess } from '#api-client/node/sandbox/start-process.ts'
import { AppError } from '#contract/errors.ts'
import {
  call,
  capability,
  stream,
  type CapabilityHandlers,
  type ClientCapability,
} from '#contract/rpc/definition.ts'

/** Processes for scripts. Messages are JSON. */
export const sandboxes = capability('sandboxes', {
  /** Starts one: what it says, until it ends. Aborting ends it. */
  run: stream({ input: z.object({ id: z.uuid() }), item: z.string() }),
  post: call({ input: z.object({ id: z.uuid(), message: z.string() }), output: z.void() }),
})

/** The main process's end. `start` makes a process with an empty environment. */
export function serveSandboxes(
  start: (() => SandboxProcess) | undefined,
): CapabilityHandlers<typeof sandboxes> {
  const running = new Map<string, SandboxProcess>()
  return {
    async *run({ id }, { signal }) {
      if (start === undefined) throw new AppError('CONFLICT', 'Scripts cannot be run here.')
      const child = start()
      const messages: string[] = []
      let isGone = false
      let wake = (): void => {}
      child.onMessage((message) => {
        messages.push(JSON.stringify(message))
        wake()
      })
      child.onExit(() => {
        isGone = true
        wake()
      })
      const kill = (): void => child.kill()
      signal.addEventListener('abort', kill, { once: true })
      running.set(id, child)
      try {
        for (;;) {
          const message = messages.shift()
          if (message !== undefined) yield message
          else if (isGone || signal.aborted) return
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        signal.removeEventListener('abort', kill)
        running.delete(id)
        kill()
      }
    },
    async post({ id, message }) {
      running.get(id)?.post(JSON.parse(message))
    },
  }
}

/** The host's end: starts a process by the main process. */
export function connectSandboxes(
  client: ClientCapability<typeof sandboxes>,
  newId: () => string,
): () => SandboxProcess {
  return () => {
    const id = newId()
    const ending = new AbortController()
    const onMessage: ((message: unknown) => void)[] = []
    const onExit: (() => void)[] = []
    const read = async (): Promise<void> => {
      for await (const message of client.run({ id }, { signal: ending.signal })) {
        const parsed: unknown = JSON.parse(message)
        for (const listener of onMessage) listener(parsed)
      }
    }
    // However it ended, it is gone: the sandbox starts another.
    const end = (): void => {
      for (const listener of onExit) listener()
    }
    read().then(end, end)
    return {
      post: (message) => void client.post({ id, message: JSON.stringify(message) }).catch(() => undefined),
      onMessage: (listener) => void onMessage.push(listener),
      onExit: (listener) => void onExit.push(listener),
      kill: () => ending.abort(),
    }
  }
}
