// Counts the rows that a policy's expression lets through, as the role that a policy is for would evaluate it. docs/decisions/0186.
//
// Row-level security cannot be asked about one policy alone, and whoever may read past it is another role, for whom functions and subqueries in the
// expression give something else. So where that could matter rows are copied first, by whoever may read them all, into a setting of the transaction;
// the role then evaluates the expression over the copy, and subqueries in it see what their own tables' policies let the role see.
import { isAppError } from '#contract/errors.ts'
import { fromCatalog, identifier, join, literal, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import type { ReachedTable } from './policy-catalog.ts'
import type { RecordedStep, Recording } from './recording.ts'

/** Where an expression finds rows under the table's name. */
export type RowSource =
  /** The table itself, read by whoever row-level security does not hold; for expressions that give the same for everybody. */
  | { readonly kind: 'table' }
  /** All its rows, copied by `copyRows`. */
  | { readonly kind: 'copy' }
  /** Rows as JSON, that are to be written. */
  | { readonly kind: 'new'; readonly json: string; readonly from: SqlFragment }

/** Rows that are copied at most, and their bytes as JSON. */
const MAX_COPIED = 20_000
const MAX_COPIED_BYTES = 32 * 1024 * 1024
const COPY = 'nebuladb.insight_rows'
const COPY_BYTES = 'nebuladb.insight_bytes'

/** Begins a transaction that reads only, with the settings that the request had: claims, headers, search path, the role. */
export async function beginAsRequest(session: Session, recording: Recording): Promise<void> {
  await session.query('begin isolation level repeatable read read only')
  const settings = recording.steps.find(({ transaction }) => transaction !== null)?.transaction?.settings
  if (settings !== undefined) await attempt(session, () => run(session, settings))
  await session.query('set local role none')
}

/** Ends it, whatever happened. */
export async function endAsRequest(session: Session): Promise<void> {
  if (!session.isClosed() && session.transactionState() !== 'idle') await session.query('rollback')
}

/** Runs statements so that a failure leaves the transaction usable; null where Postgres refused, or it took too long. */
export async function attempt<T>(session: Session, work: () => Promise<T>): Promise<T | null> {
  await session.query('savepoint attempt')
  try {
    const result = await work()
    await session.query('release savepoint attempt')
    return result
  } catch (error) {
    if (!isAppError(error, 'QUERY_FAILED') && !isAppError(error, 'QUERY_CANCELLED')) throw error
    await session.query('rollback to savepoint attempt')
    return null
  }
}

/** Runs work as a role, and is the session's own again after it. */
async function as<T>(session: Session, role: SqlFragment, work: () => Promise<T>): Promise<T> {
  await run(session, sql`set local role ${role}`)
  const result = await work()
  await session.query('set local role none')
  return result
}

/** Whoever reads all rows of a table; null where nobody does. Where row-level security would hold after all, reading fails. */
async function asReader<T>(session: Session, table: ReachedTable, work: () => Promise<T>): Promise<T | null> {
  const role = table.sessionPasses ? sql`none` : table.serviceReads ? identifier('service_role') : null
  if (role === null) return null
  return attempt(session, () =>
    as(session, role, async () => {
      await session.query('set local row_security = off')
      const result = await work()
      await session.query('set local row_security = on')
      return result
    }),
  )
}

/** All rows of a table; null where nobody may read them all, or it takes too long. */
export function countTable(session: Session, table: ReachedTable): Promise<number | null> {
  return asReader(session, table, () => countOf(session, sql`select count(*) from ${nameOf(table)}`))
}

/** Copies a table's rows for `countRows`. False where that cannot be done, or there are too many. */
export async function copyRows(session: Session, table: ReachedTable): Promise<boolean> {
  const name = identifier(table.table)
  const copied = await asReader(session, table, async () => {
    const { rows } = await run(
      session,
      sql`
      select count(*), coalesce(sum(octet_length(row_to_json(${name})::text)), 0)
        from (select * from ${nameOf(table)} limit ${literal(MAX_COPIED + 1)}) as ${name}`,
    )
    const [count, bytes] = (rows[0] ?? []).map(Number)
    if (count === undefined || bytes === undefined || count > MAX_COPIED || bytes > MAX_COPIED_BYTES)
      return false
    await run(
      session,
      sql`select set_config(${COPY_BYTES}, octet_length(set_config(${COPY}, coalesce(json_agg(${name}), '[]')::text, true))::text, true) from ${nameOf(table)} as ${name}`,
    )
    return true
  })
  return copied ?? false
}

/** How many rows of the source an expression lets through, evaluated as the role whose rights count at the table; null where that fails. */
export function countRows(
  session: Session,
  table: ReachedTable,
  { source, expression }: { readonly source: RowSource; readonly expression: string },
): Promise<number | null> {
  const name = identifier(table.table)
  const condition = sql`where (${fromCatalog(expression)})`
  if (source.kind === 'table')
    return asReader(session, table, () =>
      countOf(session, sql`select count(*) from ${nameOf(table)} as ${name} ${condition}`),
    )
  const from =
    source.kind === 'new'
      ? source.from
      : sql`json_populate_recordset(null::${nameOf(table)}, current_setting(${literal(COPY)})::json) as ${name}`
  return attempt(session, () =>
    as(session, identifier(table.user), () =>
      countOf(session, sql`select count(*) from ${from} ${condition}`),
    ),
  )
}

/** The rows that a request wants to write, as the table would have them; null for deletes, and where they were too long to keep. */
export async function newRows(
  session: Session,
  table: ReachedTable,
  { mutate }: Pick<RecordedStep, 'mutate'>,
): Promise<Extract<RowSource, { kind: 'new' }> | null> {
  if (mutate === null || mutate.kind === 'delete' || mutate.rows === null) return null
  const { columns, isArray, json: given } = mutate.rows
  const text = typeof given === 'string' ? given : Buffer.from(given).toString('utf8')
  const json = isArray ? text : `[${text}]`
  const name = identifier(table.table)
  const written = new Set(columns.map((column) => column.name))
  const { rows } = await run(
    session,
    sql`
    select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
           case when a.attgenerated = '' and a.attidentity = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end
      from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = ${table.oid}::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`,
  )
  const values = rows.flatMap(([column, type, byDefault]) => {
    if (typeof column !== 'string' || typeof type !== 'string') return []
    if (written.has(column)) return [sql`filled.${identifier(column)}`]
    // Of an update what is not written stays as it is, which is not known here: conditions on it cannot be told.
    if (mutate.kind === 'update') return []
    // A sequence is not moved for an explanation.
    const hasValue = typeof byDefault === 'string' && !/\b(?:nextval|setval)\(/.test(byDefault)
    const value = hasValue ? fromCatalog(byDefault) : sql`null`
    return [sql`(${value})::${fromCatalog(type)} as ${identifier(column)}`]
  })
  return {
    kind: 'new',
    json,
    from: sql`(select ${join(values)} from json_populate_recordset(null::${nameOf(table)}, ${json}::json) as filled) as ${name}`,
  }
}

async function countOf(session: Session, query: SqlFragment): Promise<number> {
  const { rows } = await run(session, query)
  return Number(rows[0]?.[0] ?? 0)
}

function nameOf({ schema, table }: ReachedTable): SqlFragment {
  return identifier(schema, table)
}

/** Runs one statement. */
export async function run(
  session: Session,
  { text, values }: { readonly text: string; readonly values: readonly unknown[] },
): Promise<{ readonly rows: readonly (readonly (string | null)[])[] }> {
  return session.query(text, [...values])
}
