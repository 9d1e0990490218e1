// A server under measure, as a process of its own: the engine, or routes written by hand on Fastify and pg, which do no more than they must.
import { createServer } from 'node:http'
import Fastify from 'fastify'
import pg from 'pg'
import { sampleConfig } from '#testing/rest-sample.ts'
import { createRest } from '../backend/rest/index.ts'
import { CASES, POOL_SIZE, SECRET } from './rest-cases.ts'

const CONFIG = sampleConfig({
  anonRole: null,
  maxRows: 1000,
  aggregatesEnabled: false,
  planEnabled: false,
  txEnd: 'commit',
  hoistedTxSettings: [],
  useLegacyTargetNames: false,
  maxBodyBytes: 10_000_000,
})

export interface BenchTarget {
  readonly host: string
  readonly port: number
  readonly database: string
}

async function serveEngine(target: BenchTarget): Promise<number> {
  const rest = createRest({
    target: { ...target, user: 'authenticator', password: 'bench', sslMode: 'disable' },
    config: CONFIG,
    jwt: { secret: SECRET, isBase64: false, audience: null, roleClaimKey: '.role', cacheMaxEntries: 1000 },
    pool: { size: POOL_SIZE },
  })
  await rest.reload()
  const server = createServer((message, response) => {
    void rest.handle(message, response, { path: message.url ?? '/' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The same queries by hand, each in a transaction as the same role with the same claims; the token is taken as checked. */
async function serveBare(target: BenchTarget): Promise<number> {
  const pool = new pg.Pool({ ...target, user: 'authenticator', password: 'bench', max: POOL_SIZE })
  const app = Fastify()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body))
  const run = async (index: number, parameters: unknown[], mode: string): Promise<string> => {
    const client = await pool.connect()
    try {
      await client.query(`begin ${mode}`)
      await client.query({
        name: 'role',
        text: `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`,
        values: ['web', '{"role":"web","sub":"1f0c","exp":4000000000}'],
      })
      const { rows } = await client.query({
        name: `case${index}`,
        text: CASES[index]?.bareSql ?? '',
        values: parameters,
      })
      await client.query('commit')
      return rows[0]?.body ?? ''
    } finally {
      client.release()
    }
  }
  const json = 'application/json; charset=utf-8'
  app.get('/film', async (request, reply) => {
    const { id } = Object(request.query)
    const body = await (id === undefined
      ? run(1, [], 'read only')
      : run(0, [String(id).slice(3)], 'read only'))
    return reply.type(json).send(body)
  })
  app.get('/director', async (request, reply) => {
    const { id } = Object(request.query)
    return reply.type(json).send(await run(2, [String(id).slice(3)], 'read only'))
  })
  app.post('/note', async (request, reply) => {
    await run(3, [request.body], '')
    return reply.code(201).send()
  })
  app.post('/rpc/add', async (request, reply) =>
    reply.type(json).send(await run(5, [request.body], 'read only')),
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const [kind, host, port, database] = process.argv.slice(2)
if (kind !== undefined && host !== undefined && port !== undefined && database !== undefined) {
  const target = { host, port: Number(port), database }
  const listening = await (kind === 'engine' ? serveEngine(target) : serveBare(target))
  process.send?.({ port: listening })
  process.on('disconnect', () => process.exit(0))
}
