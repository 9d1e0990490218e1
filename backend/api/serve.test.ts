import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { ApiKeyId, type ApiKey } from '#contract/capabilities/api-keys.ts'
import { AppError } from '#contract/errors.ts'
import { sampleApiRecord } from '#testing/api-record.ts'
import type { Observation } from '../monitoring/index.ts'
import { createRest, type Rest } from '../rest/index.ts'
import { createGate } from './gate.ts'
import { createProjectApis, type ApiRecord } from './project-apis.ts'
import { createMemoryLimits } from './rate-limits.ts'
import { createApiServer, type ApiServer } from './serve.ts'
import type { UsageEvent } from './usage.ts'

const record = sampleApiRecord
const { projectId, ref } = record
const key: ApiKey = {
  id: ApiKeyId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a12'),
  projectId,
  name: 'k',
  kind: 'secret',
  prefix: 'nbl_secret_k',
  scope: { access: 'read-write', schemas: null },
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  replacedBy: null,
}
let server: Server | undefined
afterEach(() => server?.close())

interface Fixture {
  readonly api: ApiServer
  readonly usage: UsageEvent[]
  readonly observations: Observation[]
  get(path?: string): Promise<{ status: number; json: unknown }>
}

/** A server whose projects have the engine that `open` makes. */
async function start(
  open: () => Promise<Rest>,
  find: () => Promise<ApiRecord | undefined> = async () => record,
): Promise<Fixture> {
  const usage: UsageEvent[] = []
  const observations: Observation[] = []
  const api = createApiServer({
    apis: createProjectApis({
      now: Date.now,
      idleMs: 1000,
      onCloseError: () => undefined,
      load: find,
      open: async () => {
        const rest = await open()
        return { rest, configure: async () => undefined, close: () => rest.close() }
      },
    }),
    gate: createGate({ findKey: async () => ({ kind: 'valid', key }), limits: createMemoryLimits() }),
    addressOf: () => '192.0.2.1',
    watch: () => undefined,
    domain: undefined,
    isHttps: true,
    observeUsage: (event) => usage.push(event),
    observe: (one) => observations.push(one),
  })
  server = createServer((message, response) => {
    if (!api.handle(message, response)) response.writeHead(418).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    api,
    usage,
    observations,
    async get(path = `/${ref}/rest/v1/films`) {
      const response = await fetch(`http://127.0.0.1:${address.port}${path}`, { headers: { apikey: 'k' } })
      return { status: response.status, json: await response.json() }
    },
  }
}

/** An engine without a database, which answers as `handle` does. */
function engine(handle: Rest['handle']): Rest {
  const rest = createRest({
    target: { host: '127.0.0.1', port: 1, database: 'none', user: 'none' },
    config: record.config,
    jwt: { secret: null, isBase64: false, audience: null, roleClaimKey: '$.role', cacheMaxEntries: 0 },
  })
  return { ...rest, handle }
}

test('what is no data API’s is left to others', async () => {
  const { get, usage } = await start(() => Promise.reject(new Error('not asked')))
  expect((await get('/v1/projects')).status).toBe(418)
  expect(usage).toEqual([])
})

test.each(['PROVISIONING_FAILED', 'TIMEOUT', 'PROJECT_NOT_READY', 'CONNECTION_FAILED'] as const)(
  'a database that cannot be had (%s) is a matter of time, and the reason is nobody’s business',
  async (code) => {
    const { get, usage, observations } = await start(() =>
      Promise.reject(new AppError(code, 'secret path /srv/data')),
    )
    const { status, json } = await get()
    expect(status).toBe(503)
    expect(json).toMatchObject({ code: 'PROJECT_NOT_READY' })
    expect(JSON.stringify(json)).not.toContain('secret path')
    expect(usage).toEqual([expect.objectContaining({ projectId, keyId: key.id, status: 503, requests: 0 })])
    expect(observations).toEqual([])
  },
)

test('a project that went away meanwhile is not there', async () => {
  const { get } = await start(() => Promise.reject(new AppError('NOT_FOUND', 'gone')))
  expect(await get()).toMatchObject({ status: 404, json: { code: 'PROJECT_NOT_FOUND' } })
})

test('a bug is told to the log and not to the client', async () => {
  const bug = new Error('secret of a bug')
  const { get, observations } = await start(() => Promise.reject(bug))
  const { status, json } = await get()
  expect(status).toBe(500)
  expect(JSON.stringify(json)).not.toContain('secret of a bug')
  expect(observations).toEqual([expect.objectContaining({ type: 'bug', at: 'api', error: bug })])
})

test('a failure after the answer has begun ends the connection', async () => {
  const rest = engine(async (_message, response) => {
    response.writeHead(200)
    response.write('{')
    throw new Error('late')
  })
  const { get, observations } = await start(async () => rest)
  await expect(get()).rejects.toThrow()
  expect(observations.map(({ type }) => type)).toContain('bug')
  await rest.close()
})

test('what the engine tells of a request is told on with its key', async () => {
  const told: { fixture?: Fixture } = {}
  const rest = engine(async (message, response) => {
    response.writeHead(200).end('[]')
    told.fixture?.api.onAnswered(
      {
        role: 'service_role',
        route: 'GET /films',
        status: 200,
        errorCode: 'XX000',
        rows: 3,
        bytesIn: 1,
        bytesOut: 2,
        ms: { jwt: 0, parse: 0, plan: 0, transaction: 0, response: 0 },
        totalMs: 1,
        statements: [],
        failure: new Error('bug'),
        wasAborted: true,
      },
      message,
    )
  })
  told.fixture = await start(async () => rest)
  await told.fixture.get()
  const expected = {
    projectId,
    keyId: key.id,
    role: 'service_role',
    requests: 1,
    rows: 3,
    bytesIn: 1,
    bytesOut: 2,
  }
  expect(told.fixture.usage).toEqual([expect.objectContaining({ ...expected, status: 499 })])
  expect(told.fixture.observations).toEqual([expect.objectContaining({ type: 'bug', at: 'api GET /films' })])
  await rest.close()
})

test('a service that stops refuses what is new, waits for what runs, and gives up what takes too long', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const begun: (() => void)[] = []
  let count = 0
  const rest = engine(async (_message, response) => {
    const gate = gates[count++]
    begun.shift()?.()
    await gate?.promise
    if (!response.destroyed) response.writeHead(200).end('[]')
  })
  const { api, get } = await start(async () => rest)
  const both = Promise.all([
    new Promise<void>((resolve) => begun.push(resolve)),
    new Promise<void>((resolve) => begun.push(resolve)),
  ])
  const answers = Promise.allSettled([get(), get()])
  await both
  const drained = api.drain(50)
  expect(await get()).toMatchObject({ status: 503, json: { code: 'PROJECT_NOT_READY' } })
  gates[0]?.resolve()
  await drained
  gates[1]?.resolve()
  expect((await answers).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await api.drain(50)
  await rest.close()
})
