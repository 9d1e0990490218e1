// What a user would see of a table: read as the role with its claims, in a transaction that is always rolled back.
import { AppError, isAppError } from '#contract/errors.ts'
import { identifier, join, literal, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { findRelation, type Relation, type TableName } from './objects.ts'
import { addPolicy, type NewPolicy } from './policies.ts'

export interface PreviewInput extends TableName {
  readonly role: 'anon' | 'authenticated' | 'service_role'
  readonly claims: Readonly<Record<string, unknown>>
  /** Tried before reading. */
  readonly withPolicies: readonly NewPolicy[]
  readonly limit: number
}

export interface Preview {
  readonly columns: string[]
  readonly rows: (string | null)[][]
  readonly visible: number | null
  readonly total: number | null
  readonly problem: string | null
}

/** Milliseconds. A count that takes longer is left out. */
interface Limits {
  readonly read: number
  readonly count: number
}
const LIMITS: Limits = { read: 5_000, count: 2_000 }
/** A policy that is tried locks its table against everybody until the end: that must be soon. */
const LIMITS_WITH_POLICIES: Limits = { read: 1_500, count: 500 }
const LOCK_TIMEOUT_MS = 500

async function run(
  session: Session,
  statement: SqlFragment,
): Promise<readonly (readonly (string | null)[])[]> {
  const { rows } = await session.query(statement.text, [...statement.values])
  return rows
}

/** Runs `work` so that its failure leaves the transaction usable. */
async function within<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('savepoint attempt')
  try {
    const result = await work()
    await session.query('release savepoint attempt')
    return result
  } catch (error) {
    await session.query('rollback to savepoint attempt')
    throw error
  }
}

/** All rows that the current role sees; null where it may not read or counting takes too long. */
async function count(session: Session, relation: Relation, timeoutMs: number): Promise<number | null> {
  try {
    return await within(session, async () => {
      await run(session, sql`set local statement_timeout = ${literal(timeoutMs)}`)
      const rows = await run(session, sql`select count(*) from ${relation.name}`)
      return Number(rows[0]?.[0] ?? 0)
    })
  } catch (error) {
    if (isAppError(error, 'QUERY_FAILED') || isAppError(error, 'QUERY_CANCELLED')) return null
    throw error
  }
}

/** The columns that a role may read; all of them where it may read none, so that Postgres says why. */
async function readableColumns(
  session: Session,
  relation: Relation,
  role: string,
): Promise<readonly string[]> {
  const rows = await run(
    session,
    sql`
    select attname, has_column_privilege(${role}, attrelid, attnum, 'select') from pg_catalog.pg_attribute
     where attrelid = ${relation.oid}::oid and attnum > 0 and not attisdropped order by attnum`,
  )
  const names = (wanted: readonly (readonly (string | null)[])[]): readonly string[] =>
    wanted.flatMap(([name]) => name ?? [])
  const readable = rows.filter(([, mayRead]) => mayRead === 't')
  return names(readable.length === 0 ? rows : readable)
}

async function become(session: Session, { role, claims }: PreviewInput): Promise<void> {
  await run(session, sql`set local role ${identifier(role)}`)
  await run(
    session,
    sql`select set_config('request.jwt.claims', ${JSON.stringify({ role, ...claims })}, true)`,
  )
}

/** All rows that there are, read by whoever row-level security does not stop. */
async function countAll(session: Session, relation: Relation, timeoutMs: number): Promise<number | null> {
  const asService = await within(session, async () => {
    await run(session, sql`set local role service_role`)
    const counted = await count(session, relation, timeoutMs)
    await run(session, sql`set local role none`)
    return counted
  })
  if (asService !== null) return asService
  const rows = await run(
    session,
    sql`select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = ${relation.oid}::oid`,
  )
  return rows[0]?.[0] === 't' ? null : count(session, relation, timeoutMs)
}

async function readAs(session: Session, input: PreviewInput, relation: Relation): Promise<Preview> {
  const limits = input.withPolicies.length === 0 ? LIMITS : LIMITS_WITH_POLICIES
  const columns = await readableColumns(session, relation, input.role)
  const list = columns.length === 0 ? sql`` : join(columns.map((column) => identifier(column)))
  const total = await countAll(session, relation, limits.count)
  await become(session, input)
  await run(session, sql`set local statement_timeout = ${literal(limits.read)}`)
  try {
    const rows = await within(session, () =>
      run(session, sql`select ${list} from ${relation.name} limit ${literal(input.limit)}`),
    )
    const visible = await count(session, relation, limits.count)
    return { columns: [...columns], rows: rows.map((row) => [...row]), visible, total, problem: null }
  } catch (error) {
    if (!isAppError(error, 'QUERY_FAILED')) throw error
    return { columns: [], rows: [], visible: null, total, problem: error.message }
  }
}

/**
 * Reads a table as a role. Whatever the tried policies and the functions in them do is undone.
 * Throws NOT_FOUND, FORBIDDEN and QUERY_FAILED for a policy that cannot be made, QUERY_CANCELLED after the time limit.
 */
export async function previewTable(session: Session, input: PreviewInput): Promise<Preview> {
  const relation = await findRelation(session, input)
  if (input.withPolicies.some(({ schema, table }) => schema !== input.schema || table !== input.table)) {
    throw new AppError('INVALID_INPUT', 'The policies to try must be of the table that is read.')
  }
  try {
    await session.query('begin')
    await run(session, sql`set local lock_timeout = ${literal(LOCK_TIMEOUT_MS)}`)
    for (const policy of input.withPolicies) await addPolicy(session, policy)
    // From here on nothing is written, not even by a function in a policy.
    await session.query('set transaction read only')
    return await readAs(session, input, relation)
  } finally {
    if (!session.isClosed() && session.transactionState() !== 'idle') await session.query('rollback')
  }
}
