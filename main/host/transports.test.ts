import { MessageChannel } from 'node:worker_threads'
import { hostContract } from '#contract/contract.ts'
import { createClient } from '#contract/rpc/client.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { createMemoryTransports } from '#contract/transports/memory.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { describeHost, type HostUnderTest } from '#testing/conformance/host.ts'
import { startTestHost } from '#testing/host.ts'
import { adaptNodePort } from '#testing/node-ports.ts'

/** A host whose pages come over pairs of transports. */
async function startOverPairs(makePair: () => readonly [Transport, Transport]): Promise<HostUnderTest> {
  const { host, close } = await startTestHost()
  return {
    async connect() {
      const [pageEnd, hostEnd] = makePair()
      host.attach(hostEnd)
      const page = createClient(hostContract, pageEnd)
      return { client: page.api, hello: await page.hello, close: page.close }
    },
    close,
  }
}

describeHost('memory', () => startOverPairs(createMemoryTransports))

describeHost('a message port', () =>
  startOverPairs(() => {
    const { port1, port2 } = new MessageChannel()
    return [
      createMessagePortTransport(adaptNodePort(port1)),
      createMessagePortTransport(adaptNodePort(port2)),
    ]
  }),
)

describeHost('a WebSocket', async () => {
  const { connect, close } = await startTestHost()
  return {
    async connect() {
      const page = connect()
      return { client: page.api, hello: await page.hello, close: page.close }
    },
    close,
  }
})
