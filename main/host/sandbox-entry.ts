// The process of the sandbox inside Electron: scripts run in QuickJS; messages come from the main process and go there, nothing else.
import { createSession } from '#api-client/node/sandbox/session.ts'
import type { ToSandbox } from '#api-client/node/sandbox/protocol.ts'

interface SandboxPort {
  on(event: 'message', listener: (event: { readonly data: ToSandbox }) => void): unknown
  postMessage(message: unknown): void
}

function hasParentPort(candidate: object): candidate is { readonly parentPort: SandboxPort } {
  return (
    'parentPort' in candidate && typeof candidate.parentPort === 'object' && candidate.parentPort !== null
  )
}

if (!hasParentPort(process)) throw new Error('sandbox-entry runs in a utility process of Electron only.')
const port = process.parentPort
const session = await createSession((message) => port.postMessage(message))
port.on('message', ({ data }) => session(data))
port.postMessage({ type: 'ready' })
