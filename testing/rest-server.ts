// A REST engine behind a real HTTP server on a free port, and a Postgres whose network can be cut: for tests.
import { createServer, type Server } from 'node:http'
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

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen.')
  return address.port
}
