// Throws requests at the whole REST engine, on a real Postgres: from HTTP's request to the bytes of the answer. All are rolled back. Says what was
// wrong: answers that blame the server, broken SQL, broken JSON, headers that cannot be sent, connections that are not as they were, rows that
// are there afterwards, and statements whose text differs though only values do.
import pg from 'pg'
import { answer, type Answer, type Engine } from '../backend/rest/handler.ts'
import { createAuthenticator } from '../backend/rest/authenticate.ts'
import { isRestError } from '../backend/rest/errors.ts'
import type { HttpRequest } from '../backend/rest/parse/api-request.ts'
import { parseRequest } from '../backend/rest/parse/index.ts'
import { plan } from '../backend/rest/plan/index.ts'
import { createConnectionPool } from '../backend/rest/pool.ts'
import { loadSchemaCache } from '../backend/rest/schema-cache/index.ts'
import { toTransaction } from '../backend/rest/sql/index.ts'
import type { Identity, RestConfig, SchemaCache } from '../backend/rest/types.ts'
import { openPipelineConnection, type PipelineConnection } from '../postgres/node/pipeline/connection.ts'
import { openSession } from '../postgres/node/session.ts'
import { isServersFault, messageOf, wrongWith } from './rest-fuzz-checks.ts'
import { drawFrom, type Draw } from './rest-fuzz-queries.ts'
import { goodRequest, spoiltRequest } from './rest-fuzz-requests.ts'
import { forVersion } from './older-postgres.ts'
import { CONTENT_SQL, fuzzSchemaSql } from './rest-fuzz-schema.ts'
import { createRandom } from './rest-fuzz-values.ts'
import { sampleConfig } from './rest-sample.ts'
import type { TempDatabaseTarget } from './temp-database.ts'

export interface FuzzFinding {
  readonly what: string
  readonly request: string
  readonly details: string
}

export interface DatabaseFuzzOutcome {
  readonly requests: number
  /** How many had each status. */
  readonly statuses: ReadonlyMap<number, number>
  /** How many had each code, of Postgres or PostgREST. */
  readonly codes: ReadonlyMap<string, number>
  /** One example of each code and message. */
  readonly examples: ReadonlyMap<string, string>
  readonly findings: readonly FuzzFinding[]
  /** Pairs of requests of one shape whose statements were compared. */
  readonly compared: number
  readonly slowestMs: number
}

const ANSWER_WITHIN_MS = 8_000
const AT_ONCE = 4
const CHECK_EVERY = 1_000
const WHOLE_WITHIN_MS = 2_000
const MOST_FINDINGS = 5_000

export interface FuzzDatabase {
  /** Runs `count` requests made from `seed`: the same ones each time. */
  run(options: { readonly count: number; readonly seed: number }): Promise<DatabaseFuzzOutcome>
  /** Answers one request, as the role that may write, and rolls it back. */
  send(request: Partial<HttpRequest>): Promise<Taken>
  close(): Promise<void>
}

interface Fuzzed {
  readonly admin: pg.Client
  readonly engine: Omit<Engine, 'config'> & { readonly cache: SchemaCache }
  readonly identities: readonly [Identity, ...Identity[]]
  readonly connections: readonly PipelineConnection[]
}

/** Makes the empty database `target` ready, and an engine on it. */
export async function openFuzzDatabase(target: TempDatabaseTarget): Promise<FuzzDatabase> {
  const admin = new pg.Client(target)
  await admin.connect()
  // Roles belong to the whole server.
  const [role, anonymous, login] = ['web', 'anon', 'login'].map((name) => `${name}_${target.database}`)
  const roles = `${role ?? ''}, ${anonymous ?? ''}`
  await admin.query(
    `create role ${role ?? ''}; create role ${anonymous ?? ''}; create role ${login ?? ''} login noinherit password 'login'`,
  )
  const { rows: settings } = await admin.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  await admin.query(forVersion(fuzzSchemaSql(role ?? '', anonymous ?? ''), settings[0]?.version ?? 0))
  await admin.query(
    `grant ${roles} to ${login ?? ''}; alter role ${role ?? ''} set statement_timeout to '5s'`,
  )
  const fuzzed: Fuzzed = {
    admin,
    ...(await openEngine({ ...target, user: login ?? '', password: 'login' })),
    identities: [
      identityOf(role ?? '', false),
      identityOf(role ?? '', false),
      identityOf(anonymous ?? '', true),
    ],
  }
  return {
    run: async (options) => await run(fuzzed, options),
    async send(request) {
      const whole: HttpRequest = {
        method: 'GET',
        path: '/',
        query: '',
        headers: {},
        body: new Uint8Array(),
        ...request,
      }
      return await take(whole, { ...fuzzed.engine, config: configOf({}) }, fuzzed.identities[0])
    },
    async close() {
      await fuzzed.engine.pool.close()
      await admin.query(`drop owned by ${roles}, ${login ?? ''} cascade; drop role ${roles}, ${login ?? ''}`)
      await admin.end()
    },
  }
}

function identityOf(role: string, isAnonymous: boolean): Identity {
  return { role, claims: JSON.stringify({ role }), isAnonymous }
}

async function openEngine(target: TempDatabaseTarget): Promise<Pick<Fuzzed, 'engine' | 'connections'>> {
  const session = await openSession(target)
  const cache = await loadSchemaCache(session, {
    schemas: ['api', 'other'],
    extraSearchPath: ['public'],
    hoistedTxSettings: ['statement_timeout'],
  })
  await session.close()
  const connections: PipelineConnection[] = []
  const pool = createConnectionPool({
    async open() {
      // Some pass on the shortest bodies while they arrive, some keep few statements: what happens seldom shall happen often.
      const oddity = {
        streamFromBytes: connections.length % 2 === 0 ? 40 : undefined,
        maxPrepared: connections.length < 2 ? 5 : undefined,
      }
      const options = { ...target, sslMode: 'disable' as const, applicationName: 'fuzz' }
      const connection = await openPipelineConnection(options, oddity)
      connections.push(connection)
      return connection
    },
    size: AT_ONCE,
    acquireTimeoutMs: ANSWER_WITHIN_MS,
    idleTimeoutMs: 3_600_000,
    maxLifetimeMs: 3_600_000,
    now: () => performance.now(),
  })
  const authenticator = createAuthenticator({ jwt: NO_JWT, anonRole: null, now: Date.now })
  return { engine: { cache, pool, authenticator }, connections }
}

interface Tally {
  readonly statuses: Map<number, number>
  readonly codes: Map<string, number>
  readonly examples: Map<string, string>
  readonly findings: FuzzFinding[]
  compared: number
  slowestMs: number
}

async function run(
  fuzzed: Fuzzed,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<DatabaseFuzzOutcome> {
  const tally: Tally = {
    statuses: new Map(),
    codes: new Map(),
    examples: new Map(),
    findings: [],
    compared: 0,
    slowestMs: 0,
  }
  const content = await contentOf(fuzzed.admin)
  for (let start = 0; start < count && tally.findings.length < MOST_FINDINGS; start += CHECK_EVERY) {
    const end = Math.min(count, start + CHECK_EVERY)
    let next = start
    const work = async (): Promise<void> => {
      while (next < end) await runOne(fuzzed, { seed, index: next++ }, tally)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    if ((await contentOf(fuzzed.admin)) !== content)
      tally.findings.push({
        what: 'something was written',
        request: `${String(start)} to ${String(end)}`,
        details: '',
      })
    tally.findings.push(...(await poolFindings(fuzzed)))
  }
  return { requests: count, ...tally }
}

/** Makes a request and runs it; then makes one of the same shape with other values, whose statements must be the same. */
async function runOne(
  { engine, identities }: Fuzzed,
  { seed, index }: { readonly seed: number; readonly index: number },
  tally: Tally,
): Promise<void> {
  const drawn = (values: number): Draw =>
    drawFrom(engine.cache, {
      shape: createRandom(seed * 7_919 + index),
      value: createRandom(seed * 104_729 + index * 2 + values),
    })
  const isGood = index % 10 < 7
  const request = isGood ? goodRequest(drawn(0)) : spoiltRequest(drawn(0))
  const config = CONFIGS[Math.floor(index / 10) % CONFIGS.length] ?? configOf({})
  const identity = identities[index % identities.length] ?? identities[0]
  const find = (what: string, details: string): void => {
    tally.findings.push({ what, request: `${String(index)} ${show(request)}`, details })
  }
  const startedAt = performance.now()
  const taken = await within(take(request, { ...engine, config }, identity))
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt)
  if (taken === null) find('no answer in time', '')
  else await check({ request, taken, find }, tally)
  if (!isGood) return
  const [first, second] = [0, 1].map((values) =>
    statementsOf(goodRequest(drawn(values)), { cache: engine.cache, config, identity }),
  )
  if (first === undefined || first === null || second === undefined || second === null) return
  tally.compared += 1
  if (first !== second)
    find('the text differs with values', `${first}\n${second}\n${show(goodRequest(drawn(1)))}`)
}

async function check(
  {
    request,
    taken: { given, body, failure },
    find,
  }: { readonly request: HttpRequest; readonly taken: Taken; find(what: string, details: string): void },
  { statuses, codes, examples }: Tally,
): Promise<void> {
  const { status } = given.response
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  if (given.errorCode !== null) {
    codes.set(given.errorCode, (codes.get(given.errorCode) ?? 0) + 1)
    const message = `${given.errorCode} ${messageOf(body)}`
    const kind = `${String(status)} ${message.replaceAll(/"[^"]*"|\d+/g, '…').slice(0, 120)}`
    if (!examples.has(kind)) examples.set(kind, `${show(request)} => ${message}`)
    const stack = given.failure instanceof Error ? (given.failure.stack ?? '') : ''
    if (isServersFault(given, message))
      find(`${String(status)} ${message}`, `${given.statements.at(-1) ?? ''} ${stack}`)
  }
  if (failure !== null) find(`failed after it had begun: ${failure}`, given.statements.at(-1) ?? '')
  const wrong = failure === null ? await wrongWith(request, given, body) : null
  if (wrong !== null) find(wrong, body.toString().slice(0, 300))
}

const NO_JWT = { secret: null, isBase64: false, audience: null, roleClaimKey: '.role', cacheMaxEntries: 0 }

/** What is written is never committed. */
function configOf(changes: Partial<RestConfig>): RestConfig {
  return sampleConfig({ schemas: ['api', 'other'], txEnd: 'rollback', statementTimeoutMs: 5_000, ...changes })
}

const CONFIGS: readonly RestConfig[] = [
  configOf({}),
  configOf({ maxRows: 2, serverTimingEnabled: true }),
  configOf({ useLegacyTargetNames: false, aggregatesEnabled: false, errorVerbosity: 'minimal' }),
  configOf({ maxPlanCost: 1_000_000 }),
]

export interface Taken {
  readonly given: Answer
  readonly body: Buffer
  readonly failure: string | null
}

/** The answer with all of its body. */
async function take(request: HttpRequest, engine: Engine, identity: Identity): Promise<Taken> {
  const given = await answer(request, engine, {
    identity,
    signal: new AbortController().signal,
    now: () => performance.now(),
  })
  const { body } = given.response
  try {
    const bytes =
      body === null ? [] : body.kind === 'bytes' ? [body.bytes] : await Array.fromAsync(body.chunks)
    await given.ended
    return { given, body: Buffer.concat(bytes), failure: null }
  } catch (error) {
    return { given, body: Buffer.alloc(0), failure: String(error) }
  }
}

async function within<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ANSWER_WITHIN_MS)))
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The texts of a request's statements; null where it does not come to that. */
function statementsOf(
  request: HttpRequest,
  context: { readonly cache: SchemaCache; readonly config: RestConfig; readonly identity: Identity },
): string | null {
  try {
    const parsed = parseRequest(request, context.config)
    const planned = plan(parsed, context)
    if (planned.kind === 'info') return null
    const { settings, main, planned: guess } = toTransaction(planned, { ...context, request: parsed })
    return [settings.text, main?.text, guess?.text].join('\n')
  } catch (error) {
    if (isRestError(error) || (error instanceof Error && error.name === 'AppError')) return null
    throw error
  }
}

async function contentOf(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ text: string }>(CONTENT_SQL)
  const tables = await admin.query(rows[0]?.text ?? '')
  return JSON.stringify(tables.rows)
}

/** A transaction that failed is rolled back after its answer: the pool is whole a moment later. */
async function poolFindings({ admin, engine, connections }: Fuzzed): Promise<FuzzFinding[]> {
  const until = performance.now() + WHOLE_WITHIN_MS
  let wrong = await wrongWithPool({ admin, engine, connections })
  while (wrong.length > 0 && performance.now() < until)
    wrong = await wrongWithPool({ admin, engine, connections })
  return wrong.map((details) => ({ what: 'the pool is not whole', request: '', details }))
}

async function wrongWithPool({
  admin,
  engine,
  connections,
}: Pick<Fuzzed, 'admin' | 'engine' | 'connections'>): Promise<string[]> {
  const wrong: string[] = []
  const { open, idle, waiting } = engine.pool.state()
  if (open !== idle || waiting !== 0)
    wrong.push(`${String(idle)} of ${String(open)} connections are idle, ${String(waiting)} wait`)
  for (const connection of connections) {
    const state = connection.state()
    if (state !== 'idle' && state !== 'closed') wrong.push(`a connection is ${state}`)
  }
  const { rows } = await admin.query(
    `select state, query from pg_stat_activity where datname = current_database() and application_name = 'fuzz' and (state <> 'idle' or xact_start is not null)`,
  )
  return rows.length === 0 ? wrong : [...wrong, JSON.stringify(rows)]
}

/** The request in one line. */
function show({ method, path, query, headers, body }: HttpRequest): string {
  return `${method} ${path}?${query} ${JSON.stringify(headers)} ${new TextDecoder().decode(body.slice(0, 2_000))}`
}
