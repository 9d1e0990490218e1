// What the property tests of migrations share: a random schema with rows, the same schema changed at random, and whether a plan leads from one to the other.
import pg from 'pg'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import type { DiffOptions, Rename } from '#postgres/common/ddl/change.ts'
import type { Statement } from '#postgres/common/ddl/statement.ts'
import { partsOf } from '#postgres/common/diff/parts.ts'
import { diffModels, planMigration } from '#postgres/common/diff/plan-migration.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { openSession } from '#postgres/node/session.ts'
import { seededRandom } from './random-numbers.ts'
import { q, tablesOf, type Draw } from './random-draw.ts'
import { randomCreate, randomRows } from './random-schema.ts'
import { randomChange } from './random-schema-change.ts'
import type { TempDatabaseTarget } from './temp-database.ts'

/** Databases that a round works in; each is made anew from the one before it. */
export interface RoundDatabases {
  readonly target: (database: string) => TempDatabaseTarget
  /** Makes a database from a template. */
  readonly clone: (database: string, template: string) => Promise<void>
}

const CREATES = 25
const CHANGES = 8

/** Data that stands in the way (classes 22 and 23) says nothing against the statements. */
const IS_DATA = /^(22|23)/

/** One round. What went wrong, with the changes and the statements; an empty list when nothing did. */
export async function migrationRound(seed: number, databases: RoundDatabases): Promise<readonly string[]> {
  const { clone } = databases
  await clone('a', 'template0')
  await grow(databases, 'a', { seed, count: CREATES, next: randomCreate })
  await fill(databases, 'a', seed)
  await clone('b', 'a')
  const older = await read(databases, 'a')
  const log = await grow(databases, 'b', { seed: seed + 1_000_000, count: CHANGES, next: randomChange })
  const newer = await read(databases, 'b')
  const problems: string[] = []
  const ways: readonly DiffOptions[] = [
    { matchBy: 'id' },
    { matchBy: 'name', renames: renamesOf(older, newer) },
  ]
  for (const options of ways) {
    const problem = await thereAndBack(databases, { older, newer, options })
    if (problem !== null)
      problems.push(`seed ${String(seed)}, by ${options.matchBy}: ${problem}\nafter:\n${log.join(';\n')}`)
  }
  return problems
}

interface Pair {
  readonly older: SchemaModel
  readonly newer: SchemaModel
  readonly options: DiffOptions
}

async function thereAndBack(
  databases: RoundDatabases,
  { older, newer, options }: Pair,
): Promise<string | null> {
  const { up, down } = planMigration(older, newer, { ...options, checkFunctionBodies: false })
  await databases.clone('c', 'a')
  let isFilled = true
  let failure = await run(databases, 'c', up)
  if (failure?.isData === true) {
    isFilled = false
    await emptyCopy(databases, older)
    failure = await run(databases, 'c', up)
  }
  if (failure !== null) return `up: ${failure.text}`
  const reached = await read(databases, 'c')
  const left = diffModels(reached, newer, { matchBy: 'name' })
  if (left.length > 0) return `up leaves ${JSON.stringify(left.slice(0, 5))}\n${scriptOf(up)}`
  if (isFilled) {
    const lost = await lostRows(databases, { older, newer, up })
    if (lost !== null) return `${lost}\n${scriptOf(up)}`
  }
  failure = await run(databases, 'c', down)
  if (failure?.isData === true) {
    await emptyCopy(databases, older)
    await run(databases, 'c', up)
    failure = await run(databases, 'c', down)
  }
  if (failure !== null) return `down: ${failure.text}`
  const back = diffModels(await read(databases, 'c'), older, { matchBy: 'name' })
  return back.length > 0 ? `down leaves ${JSON.stringify(back.slice(0, 5))}\n${scriptOf(down)}` : null
}

/** The database that was changed by hand keeps its rows; the one that was migrated must have as many. */
async function lostRows(
  databases: RoundDatabases,
  {
    older,
    newer,
    up,
  }: { readonly older: SchemaModel; readonly newer: SchemaModel; readonly up: readonly Statement[] },
): Promise<string | null> {
  if (up.some(({ sql, isDestructive }) => isDestructive && sql.startsWith('drop table'))) return null
  const known = new Set(older.objects.map(({ id }) => id))
  for (const table of tablesOf(newer)) {
    if (!known.has(table.id) || table.foreign !== null) continue
    const wanted = await count(databases, 'b', q(table))
    const found = await count(databases, 'c', q(table))
    if (found < wanted) return `${q(table)} has ${String(found)} of ${String(wanted)} rows`
  }
  return null
}

async function count(databases: RoundDatabases, database: string, table: string): Promise<number> {
  return await use(databases, database, async (client) => {
    const { rows } = await client.query<{ n: string }>(`select count(*) as n from ${table}`)
    return Number(rows[0]?.n ?? 0)
  })
}

interface Failure {
  readonly text: string
  readonly isData: boolean
}

async function run(
  databases: RoundDatabases,
  database: string,
  statements: readonly Statement[],
): Promise<Failure | null> {
  return await use(databases, database, async (client) => {
    for (const { sql } of statements)
      try {
        await client.query(sql)
      } catch (error) {
        const code = error instanceof pg.DatabaseError ? (error.code ?? '') : ''
        return { text: `${String(error)} in ${sql}\n${scriptOf(statements)}`, isData: IS_DATA.test(code) }
      }
    return null
  })
}

async function emptyCopy(databases: RoundDatabases, model: SchemaModel): Promise<void> {
  await databases.clone('c', 'a')
  await use(databases, 'c', async (client) => {
    for (const table of tablesOf(model))
      if (table.foreign === null) await client.query(`truncate ${q(table)} cascade`)
  })
}

interface Growth {
  readonly seed: number
  readonly count: number
  readonly next: (draw: Draw) => string | undefined
}

/** Runs random statements; those that fail are passed over. The ones that ran. */
async function grow(
  databases: RoundDatabases,
  database: string,
  { seed, count: rounds, next }: Growth,
): Promise<readonly string[]> {
  const done: string[] = []
  await use(databases, database, async (client) => {
    let model = await read(databases, database)
    for (let round = 0; round < rounds; round++) {
      const sql = next({ random: seededRandom(seed * 7919 + round), model })
      if (sql === undefined || !(await succeeds(client, sql))) continue
      done.push(sql)
      model = await read(databases, database)
    }
  })
  return done
}

async function fill(databases: RoundDatabases, database: string, seed: number): Promise<void> {
  const model = await read(databases, database)
  await use(databases, database, async (client) => {
    for (const sql of randomRows({ random: seededRandom(seed), model })) await succeeds(client, sql)
  })
}

async function succeeds(client: pg.Client, sql: string): Promise<boolean> {
  try {
    await client.query(sql)
    return true
  } catch {
    return false
  }
}

async function read(databases: RoundDatabases, database: string): Promise<SchemaModel> {
  const session = await openSession(databases.target(database))
  try {
    return await introspectModel(session)
  } finally {
    await session.close()
  }
}

async function use<T>(
  databases: RoundDatabases,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(databases.target(database))
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** What has another name in a model of the same database, as a person would confirm it. */
export function renamesOf(older: SchemaModel, newer: SchemaModel): readonly Rename[] {
  const named = (object: ModelObject): readonly (readonly [string, string])[] => [
    [object.id, `${'schema' in object ? (object.schema ?? '') : ''}\0${object.name}`],
    ...partsOf(object).flatMap(({ parts }) =>
      parts.map((part) => [part.id, 'label' in part ? part.label : part.name] as const),
    ),
  ]
  const then = new Map(newer.objects.flatMap(named))
  return older.objects
    .flatMap(named)
    .flatMap(([id, name]) => (then.has(id) && then.get(id) !== name ? [{ from: id, to: id }] : []))
}

function scriptOf(statements: readonly Statement[]): string {
  return statements.map(({ sql }) => sql).join(';\n')
}
