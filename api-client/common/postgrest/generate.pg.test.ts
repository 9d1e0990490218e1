// Collections generated from real schemas, run from top to bottom by the real executor against the real engine: nothing fails, and nothing is left behind.
import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { createBodyStore } from '#api-client/node/bodies/store.ts'
import { createExecutor } from '#api-client/node/execute/executor.ts'
import type { Execution, Executor } from '#api-client/node/execute/types.ts'
import { createSandbox } from '#api-client/node/sandbox/sandbox.ts'
import { createNetworkGuard } from '#api-client/node/send/guard.ts'
import { createMemoryTokenStore } from '#api-client/node/send/memory-tokens.ts'
import { createSender } from '#api-client/node/send/sender.ts'
import { ExchangeId } from '#contract/requests/exchange.ts'
import type { TestResult } from '#contract/requests/exchange.ts'
import type { ApiDescription } from '#contract/requests/api-description.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { FILMS_SQL } from '#testing/rest-films.ts'
import { sampleConfig } from '#testing/rest-sample.ts'
import { startTestRest } from '#testing/rest-server.ts'
import { loadSchema } from '#testing/schemas/index.ts'
import { fillFilmRental } from '#testing/schemas/film-rental-rows.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { requestsOf, type CollectionTree } from '../collection-tree.ts'
import { describeApi } from './describe.ts'
import { schemaDrift } from './drift.ts'
import { generateCollection } from './generate.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Served {
  readonly session: Session
  readonly description: (format?: 'openapi-3.1' | 'swagger-2.0') => Promise<ApiDescription>
}

async function serve(schema: string, load: (session: Session) => Promise<unknown>): Promise<Served> {
  const database = await createTempDatabase()
  closing.push(() => database.drop())
  const session = await openSession(database.target)
  closing.push(() => session.close())
  await load(session)
  const server = await startTestRest(database.target, {
    config: sampleConfig({ schemas: [schema], anonRole: database.target.user }),
  })
  closing.push(() => server.close())
  return {
    session,
    description: async (format = 'openapi-3.1') =>
      describeApi(await server.rest.describe({ format, role: null }), { baseUrl: server.url, schema }),
  }
}

async function createRealExecutor(): Promise<Executor> {
  const sender = createSender({
    now: () => Date.now(),
    randomBytes: (size) => randomBytes(size),
    guard: createNetworkGuard({ allowsPrivate: true }),
    tokens: createMemoryTokenStore(),
    systemProxy: () => ({ http: null, https: null, bypass: '' }),
    openBrowser: () => undefined,
    projectSession: () => Promise.reject(new Error('No project is asked for.')),
    userAgent: 'test',
  })
  const bodies = await createBodyStore({
    directory: tempDirectory(),
    limits: { bytesPerBody: 10_000_000, bytesInAll: 100_000_000 },
  })
  const sandbox = createSandbox()
  closing.push(
    () => bodies.close(),
    () => sender.close(),
    () => sandbox.close(),
  )
  return createExecutor({
    sender,
    bodies,
    sandbox,
    now: () => Date.now(),
    random: Math.random,
  })
}

interface Ran {
  readonly name: string
  readonly isSkipped: boolean
  readonly status: number | null
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

async function run(tree: CollectionTree): Promise<Ran[]> {
  const executor = await createRealExecutor()
  const ran: Ran[] = []
  let script: Execution['script'] = []
  for (const { request, folders } of requestsOf(tree.items)) {
    if (request.kind !== 'http') continue
    const done = await executor.execute(
      {
        exchangeId: ExchangeId.parse(randomUUID()),
        collectionId: null,
        path: null,
        request,
        inherited: [
          { path: '', name: tree.collection.name, defaults: tree.collection.defaults },
          ...folders.map((folder) => ({ path: folder.name, name: folder.name, defaults: folder.defaults })),
        ],
        environments: tree.environments,
        environment: null,
        globals: [],
        script,
        directory: null,
        proxy: { mode: 'off' },
        clientCertificates: [],
        cookies: null,
      },
      { signal: new AbortController().signal },
    )
    script = done.script
    ran.push(resultOf(request.name, done))
  }
  return ran
}

function resultOf(name: string, { exchange, isSkipped }: Execution): Ran {
  const results: readonly TestResult[] = exchange.tests
  const failure = exchange.failure === null || isSkipped ? [] : [exchange.failure.message]
  const words = (outcome: TestResult['outcome']) =>
    results.filter((one) => one.outcome === outcome).map((one) => `${one.name} ${one.message ?? ''}`)
  return {
    name,
    isSkipped,
    status: exchange.response?.status ?? null,
    failed: [...words('failed'), ...failure],
    skipped: words('skipped'),
  }
}

/** Rows of each table of a schema. */
async function countRows(session: Session, schema: string): Promise<unknown> {
  const { rows } = await session.query(
    `select table_name, (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', table_schema, table_name), false, true, '')))[1]::text
     from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE' order by 1`,
    [schema],
  )
  return rows
}

const SCHEMAS: readonly (readonly [
  name: string,
  schema: string,
  load: (session: Session) => Promise<unknown>,
  created: number,
])[] = [
  ['films', 'api', (session) => session.query(FILMS_SQL), 5],
  [
    '01-film-rental',
    'public',
    async (session) => {
      await loadSchema(session, '01-film-rental')
      await fillFilmRental(session)
    },
    14,
  ],
  ['02-music-store', 'public', (session) => loadSchema(session, '02-music-store'), 6],
  ['03-tenants', 'app', (session) => loadSchema(session, '03-tenants'), 1],
  ['06-shop', 'shop', (session) => loadSchema(session, '06-shop'), 1],
]

test.each(SCHEMAS)(
  'the collection of %s runs green and leaves no row',
  async (name, schema, load, created) => {
    const { session, description } = await serve(schema, load)
    const api = await description()
    const tree = generateCollection(api, { name })
    const before = await countRows(session, schema)
    const ran = await run(tree)
    expect(ran.filter(({ failed }) => failed.length > 0)).toEqual([])
    expect(await countRows(session, schema)).toEqual(before)
    const done = ran.filter((one) => !one.isSkipped && one.skipped.length === 0)
    expect(done.filter((one) => one.status === 201).length).toBe(created)
    expect(ran.filter((one) => one.name.startsWith('List ')).every((one) => one.status === 200)).toBe(true)
    expect(schemaDrift(api, tree)).toEqual([])
  },
)

test.each<readonly [what: string, sql: string, expected: { skipped: RegExp } | 'created']>([
  ['a check that the rows there satisfy is satisfied', 'level int not null check (level > 40)', 'created'],
  ['a check on a text is told', "code text not null check (code ~ '^[A-Z]{3}$')", { skipped: /a check/ }],
  ['a unique text is made unique', 'code text not null unique', 'created'],
  [
    'a unique number without a free value is told',
    'level int not null unique',
    { skipped: /level must be unique/ },
  ],
  [
    'a default that gives nothing is told',
    "owner text not null default nullif(current_setting('x.y', true), '')",
    { skipped: /the default of owner/ },
  ],
])('of a row made up: %s', async (_, column, expected) => {
  const { description } = await serve('public', async (session) => {
    await session.query(`create table thing (id int generated by default as identity primary key, ${column})`)
    const name = column.split(' ')[0] ?? ''
    await session.query(`insert into thing (${name}) values (${name === 'level' ? '50' : "'ABC'"})`)
  })
  const ran = await run(generateCollection(await description(), { name: 'x' }))
  const created = ran.find(({ name }) => name === 'Create one of thing')
  expect(created?.failed).toEqual([])
  if (expected === 'created') expect(created).toMatchObject({ status: 201, skipped: [] })
  else expect(created?.skipped.join()).toMatch(expected.skipped)
})

test('a row that the schema says nothing against and the database refuses is a failure', async () => {
  const { session, description } = await serve('public', (one) =>
    one.query('create table thing (id int primary key, title text)'),
  )
  const tree = generateCollection(await description(), { name: 'x' })
  // The schema goes on: what was generated no longer fits.
  await session.query('alter table thing add column owner text not null')
  const ran = await run(tree)
  const created = ran.find(({ name }) => name === 'Create one of thing')
  expect(created).toMatchObject({ status: 400, skipped: [] })
  expect(created?.failed.join()).toContain('status is 201')
})

test('a table with one row at most for each of another gets one for a row that has none', async () => {
  const { description } = await serve('public', (session) =>
    session.query(`create table film (id int primary key, title text not null);
create table trailer (film_id int primary key references film, url text not null);
insert into film values (1, 'Solaris'), (2, 'Stalker');
insert into trailer values (1, 'x')`),
  )
  const ran = await run(generateCollection(await description(), { name: 'x' }))
  expect(ran.flatMap(({ failed }) => failed)).toEqual([])
  expect(ran.find(({ name }) => name === 'Create one of trailer')).toMatchObject({ status: 201, skipped: [] })
})
