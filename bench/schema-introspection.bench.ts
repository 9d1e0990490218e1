// How long it takes to read a schema of 10,000 tables with 100,000 columns as a model, and to bring the model up to date after one DDL statement. Against the
// hand-written minimum: the columns, constraints and indexes alone, as rows of pg's arrays, put together into nothing.
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { introspectModel, readModel, refreshModel } from '../postgres/node/introspect-model.ts'
import { openSession, type Session } from '../postgres/node/session.ts'
import { startTestServer, type TestServer } from '../testing/postgres-global-setup.ts'
import { describeMachine, percentile, report } from './report.ts'
import { makeLargeSchema, tableName } from './schema-fixture.ts'

const TABLES = 10_000
const ROUNDS = 9
const GOAL_MS = 800
const REFRESH_GOAL_MS = 200

const MINIMUM_SQL = [
  `select attrelid, attnum, attname, atttypid, atttypmod, attnotnull from pg_attribute where attnum > 0 and not attisdropped
    and attrelid in (select oid from pg_class where relkind in ('r', 'p', 'v', 'm', 'f')) and attrelid >= 16384`,
  `select oid, relname, relnamespace, relkind from pg_class where relkind in ('r', 'p', 'v', 'm', 'f') and oid >= 16384`,
  `select oid, conrelid, conname, contype, conkey, confrelid, confkey from pg_constraint where conrelid >= 16384`,
  `select indexrelid, indrelid, indkey, indisunique from pg_index where indrelid >= 16384`,
  `select adrelid, adnum, pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid >= 16384`,
]

const machine = describeMachine()
const { server, close } = await startTestServer()
try {
  await makeLargeSchema(server, TABLES)
  const session = await openSession({ ...server, database: 'postgres' })
  const other = await openSession({ ...server, database: 'postgres' })
  try {
    await measure(session, other, await readMinimum(server))
  } finally {
    await session.close()
    await other.close()
  }
} finally {
  await close()
}

async function readMinimum({ host, port, user, password }: TestServer): Promise<readonly number[]> {
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  await client.connect()
  try {
    return await times(ROUNDS, async () => {
      for (const text of MINIMUM_SQL) await client.query({ text, rowMode: 'array' })
    })
  } finally {
    await client.end()
  }
}

async function measure(session: Session, other: Session, minimum: readonly number[]): Promise<void> {
  const model = await introspectModel(session)
  const full = await times(ROUNDS, () => introspectModel(session))
  let reading = await readModel(session)
  const refreshes: number[] = []
  for (const [index, ddl] of statements().entries()) {
    await other.query(ddl)
    globalThis.gc?.()
    const start = performance.now()
    const refreshed = await refreshModel(session, reading)
    refreshes.push(performance.now() - start)
    if (refreshed.changed.length === 0) throw new Error(`statement ${index} was not seen`)
    reading = refreshed.reading
  }
  const tables = model.objects.filter((object) => object.kind === 'table')
  report({
    name: 'schema-introspection',
    machine,
    metrics: {
      tables: tables.length,
      columns: tables.reduce((sum, { columns }) => sum + columns.length, 0),
      readP50Ms: percentile(full, 0.5),
      readP95Ms: percentile(full, 0.95),
      minimumP50Ms: percentile(minimum, 0.5),
      refreshes: refreshes.length,
      refreshP50Ms: percentile(refreshes, 0.5),
      refreshP95Ms: percentile(refreshes, 0.95),
    },
    ratios: {
      readToMinimum: percentile(full, 0.5) / percentile(minimum, 0.5),
      readToGoal: percentile(full, 0.5) / GOAL_MS,
      refreshP95ToGoal: percentile(refreshes, 0.95) / REFRESH_GOAL_MS,
    },
  })
}

/** One of each kind of change, on tables that others point at; at the end all is as it was. */
function statements(): string[] {
  return [600, 2000, 4100].flatMap((n) => {
    const { schema, name } = tableName(n)
    const table = `${schema}.${name}`
    return [
      `create table ${schema}.fresh (id int primary key, parent bigint references ${table} (id))`,
      `alter table ${table} add column extra text default 'x'`,
      `comment on column ${table}.extra is 'new'`,
      `alter table ${table} rename column extra to other`,
      `create index extra_index on ${table} (other)`,
      `drop index ${schema}.extra_index`,
      `alter table ${table} rename to renamed`,
      `alter table ${schema}.renamed rename to ${name}`,
      `comment on column ${table}.other is null`,
      `alter table ${table} drop column other`,
      `drop table ${schema}.fresh`,
    ]
  })
}

async function times(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let round = 0; round < rounds; round++) {
    globalThis.gc?.()
    const start = performance.now()
    await work()
    taken.push(performance.now() - start)
  }
  return taken
}
