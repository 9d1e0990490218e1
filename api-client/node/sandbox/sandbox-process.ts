// Entry of the sandbox' own process: messages in, messages out, nothing else. It is started with an empty environment and without rights to files,
// children or threads; the host ends it when it takes too long.
import { createSession } from './session.ts'
import type { ToSandbox } from './protocol.ts'

const send = process.send?.bind(process)
if (send === undefined) throw new Error('The sandbox is started by the host, with a channel to it.')

const session = await createSession((message) => void send(message))
process.on('message', (message: ToSandbox) => session(message))
process.on('disconnect', () => process.exit(0))
send({ type: 'ready' })
