// A REST engine behind a real HTTP server on a free port, and a Postgres whose network can be cut: for tests.
import { createServer, type Server } from 'node:http'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { createRest, type Rest, type RestOptions, type RestUsage } from '../backend/rest/index.ts'
import { sampleConfig } from './rest-sample.ts'
import type { TempDatabaseTarget } from './temp-database.ts'

export interface TestRest {
  readonly rest: Rest
  /** Without a slash at its end. */
  readonly url: string
  readonly port: number
  /** What was observed, in order. */
  readonly usages: readonly RestUsage[]
  close(): Promise<void>
}

/** Serves the schema `api` of a database to role `web`, but for what `options` say. */
export async function startTestRest(
  target: TempDatabaseTarget,
  options: Partial<RestOptions> = {},
): Promise<TestRest> {
  const usages: RestUsage[] = []
  const rest = createRest({
    target: { ...target, sslMode: 'disable' },
    config: sampleConfig(),
    jwt: { secret: null, isBase64: false, audience: null, roleClaimKey: '.role', cacheMaxEntries: 100 },
    observe: (usage) => usages.push(usage),
    ...options,
  })
  const server = createServer((message, response) => {
    void rest.handle(message, response, { path: message.url ?? '/' })
  })
  const port = await listen(server)
  return {
    rest,
    url: `http://127.0.0.1:${port}`,
    port,
    usages,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rest.close()
    },
  }
}

export interface Cable {
  /** Where Postgres answers, through the cable. */
  readonly target: TempDatabaseTarget
  /** Breaks all connections; new ones are refused. */
  cut(): Promise<void>
  mend(): Promise<void>
}

/** Puts a cable between us and a server. */
export async function layCable(target: TempDatabaseTarget): Promise<Cable> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((near) => {
    const far = connect(target.port, target.host)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const port = await listen(server)
  return {
    target: { ...target, host: '127.0.0.1', port },
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    mend: () => new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve)),
  }
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen.')
  return address.port
}
