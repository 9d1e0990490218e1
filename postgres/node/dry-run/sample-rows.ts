// Takes some rows of each table, and the rows that their foreign keys point at, so that the copy is in order.
import type { ForeignKey, SchemaModel, Table } from '#contract/schema/types.ts'
import { identifier, join, literal, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { runCancellable } from '../migrations/run-cancellable.ts'
import type { Session } from '../session.ts'

/** Rows as the JSON objects that Postgres makes of them: nothing is rounded on the way. */
export interface Sample {
  readonly table: Table
  readonly rows: readonly string[]
}

interface Taken {
  readonly table: Table
  readonly rows: Set<string>
  /** Rows whose foreign keys have not been followed. */
  fresh: string[]
}

export interface SampleOptions {
  readonly rowsPerTable: number
  readonly signal: AbortSignal | undefined
  readonly bounds?: SampleBounds
}

/** Of all tables together: what they hold goes through this process. Bytes are those of the rows as JSON. */
export interface SampleBounds {
  readonly rows: number
  readonly bytes: number
}

export interface Samples {
  readonly samples: readonly Sample[]
  /** Rows were left out so that the bounds hold. */
  readonly isCut: boolean
}

const BOUNDS: SampleBounds = { rows: 100_000, bytes: 64 * 1024 * 1024 }
/** The rest is for the rows that these need. */
const SHARE_OF_FIRST = 0.5

/**
 * `rowsPerTable` of each table and what those need, as far as the bounds allow: of large rows fewer, so that each table has its share. Where too many others are
 * needed it is tried with fewer again: a copy whose foreign keys point nowhere would refuse what the database takes. Tables without rows are left out.
 */
export async function sampleRows(
  session: Session,
  model: SchemaModel,
  { rowsPerTable, signal, bounds = BOUNDS }: SampleOptions,
): Promise<Samples> {
  let isCut = false
  for (let wanted = rowsPerTable; wanted > 0; wanted = Math.floor(wanted / 4)) {
    const taking = { session, model, signal, bounds, rowsPerTable: wanted }
    const taken = await take(taking)
    if (taken !== undefined) return { samples: taken.samples, isCut: isCut || taken.isCut }
    isCut = true
  }
  return { samples: [], isCut }
}

interface Taking extends Required<Omit<SampleOptions, 'signal'>> {
  readonly session: Session
  readonly model: SchemaModel
  readonly signal: AbortSignal | undefined
}

/** Undefined when the rows that are needed do not fit. */
async function take(taking: Taking): Promise<Samples | undefined> {
  const { session, model, signal, bounds, rowsPerTable } = taking
  const tables = model.objects.filter((object) => object.kind === 'table')
  const taken = new Map<string, Taken>()
  // Rows of partitions are taken, and put in again, through the table that they are partitions of.
  for (const table of tables)
    if (table.foreign === null && table.partitionOf === null)
      taken.set(keyOf(table), { table, rows: new Set(), fresh: [] })
  const left = { rows: bounds.rows, bytes: bounds.bytes }
  const add = (into: Taken, rows: readonly string[]): void => {
    for (const row of rows) {
      if (into.rows.has(row)) continue
      into.rows.add(row)
      into.fresh.push(row)
      left.rows -= 1
      left.bytes -= Buffer.byteLength(row)
    }
  }
  /** The first rows that fit, and whether there were more. */
  const read = async (query: SqlFragment, room: SampleBounds): Promise<[string[], boolean]> => {
    const { rows } = await runCancellable(session, fitting(query, room), signal)
    const fit = rows.flatMap(([row]) => (typeof row === 'string' ? [row] : []))
    return [fit, fit.length < rows.length]
  }

  let isCut = false
  let waiting = taken.size
  const kept = { rows: left.rows * (1 - SHARE_OF_FIRST), bytes: left.bytes * (1 - SHARE_OF_FIRST) }
  for (const one of taken.values()) {
    const share = {
      rows: Math.min(rowsPerTable, Math.floor((left.rows - kept.rows) / waiting)),
      bytes: Math.floor((left.bytes - kept.bytes) / waiting),
    }
    waiting -= 1
    const [rows, hasMore] = await read(sampleSql(one.table, rowsPerTable), share)
    add(one, rows)
    isCut ||= hasMore
  }
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false
    for (const one of taken.values()) {
      const fresh = one.fresh
      one.fresh = []
      if (fresh.length === 0) continue
      isGrowing = true
      for (const key of one.table.constraints) {
        if (key.kind !== 'foreign key' || key.isPeriod) continue
        const parent = taken.get(keyOf(rootOf(key.references, tables)))
        if (parent === undefined) continue
        const [rows, hasMore] = await read(
          parentsSql(one.table, key, { parent: parent.table, rows: fresh }),
          // Those that are there already come again.
          { rows: left.rows + parent.rows.size, bytes: left.bytes + bytesOf(parent.rows) },
        )
        add(parent, rows)
        if (hasMore || left.rows < 0 || left.bytes < 0) return undefined
      }
    }
  }
  const samples = [...taken.values()]
    .filter(({ rows }) => rows.size > 0)
    .map(({ table, rows }) => ({ table, rows: [...rows] }))
  return { samples, isCut }
}

function bytesOf(rows: ReadonlySet<string>): number {
  let bytes = 0
  for (const row of rows) bytes += Buffer.byteLength(row)
  return bytes
}

/** The rows of a query of one column while there is room; null in the place of the first that does not fit, and nothing behind it. */
function fitting(query: SqlFragment, { rows, bytes }: SampleBounds): SqlFragment {
  return sql`select case when n operator(pg_catalog.<=) ${literal(rows)} and size operator(pg_catalog.<=) ${literal(bytes)} then row end
    from (select row, pg_catalog.row_number() over (rows unbounded preceding) as n,
                 pg_catalog.sum(pg_catalog.octet_length(row)) over (rows unbounded preceding) as size,
                 pg_catalog.octet_length(row) as own
            from (${query}) as found (row)) as measured
   where n operator(pg_catalog.<=) ${literal(rows + 1)} and (size operator(pg_catalog.-) own) operator(pg_catalog.<=) ${literal(bytes)}`
}

/** Puts the rows into the copy. Values of generated columns are worked out there. */
export function insertSample({ table, rows }: Sample): SqlFragment {
  const columns = table.columns.filter((column) => column.generated === null)
  const names = join(columns.map((column) => identifier(column.name)))
  const relation = identifier(table.schema, table.name)
  return sql`insert into ${relation} (${names}) overriding system value select ${names} from pg_catalog.jsonb_populate_recordset(null::${relation}, ${`[${rows.join(',')}]`}::pg_catalog.jsonb)`
}

/** Of a large table some blocks are read: random enough, and quick. They may have no row, so its first rows stand behind them. */
function sampleSql(table: Table, rows: number): SqlFragment {
  const estimated = table.estimatedRows ?? 0
  const only = table.partitionKey === null ? sql`only ` : sql``
  const all = sql`select pg_catalog.to_jsonb(t)::pg_catalog.text from ${only}${identifier(table.schema, table.name)} as t`
  if (estimated <= rows * 50) return sql`${all} limit ${literal(rows)}`
  const percent = Math.min(100, Math.max(0.01, ((rows * 10) / estimated) * 100))
  return sql`(${all} tablesample system (${literal(Number(percent.toFixed(4)))})) union all (${all}) limit ${literal(rows)}`
}

function parentsSql(
  table: Table,
  key: ForeignKey,
  { parent, rows }: { readonly parent: Table; readonly rows: readonly string[] },
): SqlFragment {
  const wanted = join(key.columns.map((column) => sql`r.${identifier(column)}`))
  const found = join(key.references.columns.map((column) => sql`t.${identifier(column)}`))
  const only = parent.partitionKey === null ? sql`only ` : sql``
  return sql`select pg_catalog.to_jsonb(t)::pg_catalog.text from ${only}${identifier(parent.schema, parent.name)} as t
    where (${found}) in (select ${wanted} from pg_catalog.jsonb_populate_recordset(null::${identifier(table.schema, table.name)}, ${`[${rows.join(',')}]`}::pg_catalog.jsonb) as r)`
}

/** The partitioned table at the top. */
function rootOf(
  name: { readonly schema: string; readonly name: string },
  tables: readonly Table[],
): { readonly schema: string; readonly name: string } {
  const table = tables.find((one) => one.schema === name.schema && one.name === name.name)
  const parent = table?.partitionOf?.parent
  return parent === undefined ? name : rootOf(parent, tables)
}

function keyOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}\0${name}`
}
