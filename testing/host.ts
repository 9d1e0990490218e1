// The real desktop host inside the test's own process, on a folder and a port of its own, with clients over its real WebSocket.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { hostContract, type HostContract } from '#contract/contract.ts'
import { createClient, type ConnectedClient } from '#contract/rpc/client.ts'
import type { Client } from '#contract/rpc/definition.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import { composeHost, type Host, type HostServices } from '../main/host/compose.ts'
import { readHostConfig } from '../main/host/config.ts'
import { startHeadlessServer } from '../main/host/headless-server.ts'
import { createRevealPages } from '../main/host/reveal-pages.ts'
import { openKeyFile } from '../main/secrets/index.ts'

export interface TestHostOptions {
  /** `<data>` as in NEBULADB_DATA_DIR; a new temporary folder unless given. Give it again to restart on the same data. */
  readonly dataDirectory?: string
  /** A place where nothing listens unless given. */
  readonly serviceUrl?: string
  readonly rendererDirectory?: string
  /** True unless given. */
  readonly reachesPrivateNetworks?: boolean
  /** None unless given, as on a machine without a display. */
  readonly clipboard?: HostServices['clipboard']
  readonly linkTiming?: HostServices['linkTiming']
  readonly replicationTiming?: HostServices['replicationTiming']
}

export interface TestHost {
  /** Where the page is, with the token in its fragment. */
  readonly url: string
  readonly origin: string
  readonly token: string
  readonly dataDirectory: string
  readonly client: Client<HostContract>
  readonly host: Host
  /** Another page. */
  connect(): ConnectedClient<HostContract>
  /** Ends the host; a temporary folder goes with it. */
  close(): Promise<void>
}

/** Nothing listens on port 9 (discard) of a machine of today. */
const NO_SERVICE = 'http://127.0.0.1:9'

/** Starts a host. */
export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'nebuladb host '))
  const token = 'test-token-'.padEnd(40, 'x')
  const config = {
    ...readHostConfig({
      NEBULADB_DATA_DIR: dataDirectory,
      NEBULADB_HOST_PORT: '0',
      NEBULADB_SERVICE_URL: options.serviceUrl ?? NO_SERVICE,
      NEBULADB_HOST_TOKEN: token,
      NEBULADB_PRIVATE_NETWORKS: options.reachesPrivateNetworks === false ? 'refused' : 'allowed',
    }),
    ...(options.rendererDirectory === undefined ? {} : { rendererDirectory: options.rendererDirectory }),
  }
  const revealPages = createRevealPages(() => new Date())
  const host = composeHost(config, {
    kind: 'headless',
    secretStore: openKeyFile(join(config.dataDirectory, 'secret.key')),
    clipboard: options.clipboard ?? { write: async () => false },
    offerOnce: revealPages.create,
    validateOutputs: true,
    ...(options.linkTiming === undefined ? {} : { linkTiming: options.linkTiming }),
    ...(options.replicationTiming === undefined ? {} : { replicationTiming: options.replicationTiming }),
  })
  const server = await startHeadlessServer({
    port: config.port,
    token,
    rendererDirectory: config.rendererDirectory,
    revealPages,
    onPage: host.attach,
  })
  const connect = (): ConnectedClient<HostContract> =>
    createClient(
      hostContract,
      createWebSocketTransport(
        new WebSocket(`${server.origin.replace('http', 'ws')}/rpc`, `nebuladb.${token}`, {
          origin: server.origin,
        }),
      ),
    )
  const page = connect()
  await page.hello
  return {
    url: `${server.origin}/#token=${token}`,
    origin: server.origin,
    token,
    dataDirectory,
    client: page.api,
    host,
    connect,
    async close() {
      await server.close()
      await host.close()
      if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}
