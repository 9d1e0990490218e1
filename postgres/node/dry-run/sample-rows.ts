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

/** `rowsPerTable` of each table and what those need. Tables without rows are left out. */
export async function sampleRows(
  session: Session,
  model: SchemaModel,
  { rowsPerTable, signal }: { readonly rowsPerTable: number; readonly signal: AbortSignal | undefined },
): Promise<Sample[]> {
  if (rowsPerTable === 0) return []
  const tables = model.objects.filter((object) => object.kind === 'table')
  const taken = new Map<string, Taken>()
  // Rows of partitions are taken, and put in again, through the table that they are partitions of.
  for (const table of tables)
    if (table.foreign === null && table.partitionOf === null)
      taken.set(keyOf(table), { table, rows: new Set(), fresh: [] })
  const read = async (query: SqlFragment): Promise<string[]> =>
    (await runCancellable(session, query, signal)).rows.flatMap(([row]) =>
      typeof row === 'string' ? [row] : [],
    )
  const add = (into: Taken, rows: readonly string[]): void => {
    for (const row of rows) {
      if (into.rows.has(row)) continue
      into.rows.add(row)
      into.fresh.push(row)
    }
  }
  for (const one of taken.values()) add(one, await read(sampleSql(one.table, rowsPerTable)))
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
        if (parent !== undefined)
          add(parent, await read(parentsSql(one.table, key, { parent: parent.table, rows: fresh })))
      }
    }
  }
  return [...taken.values()]
    .filter(({ rows }) => rows.size > 0)
    .map(({ table, rows }) => ({ table, rows: [...rows] }))
}

/** Puts the rows into the copy. Values of generated columns are worked out there. */
export function insertSample({ table, rows }: Sample): SqlFragment {
  const columns = table.columns.filter((column) => column.generated === null)
  const names = join(columns.map((column) => identifier(column.name)))
  const relation = identifier(table.schema, table.name)
  return sql`insert into ${relation} (${names}) overriding system value select ${names} from pg_catalog.jsonb_populate_recordset(null::${relation}, ${`[${rows.join(',')}]`}::pg_catalog.jsonb)`
}

/** A part of a large table is read by blocks: random enough, and quick. */
function sampleSql(table: Table, rows: number): SqlFragment {
  const estimated = table.estimatedRows ?? 0
  const percent =
    estimated > rows * 50 ? Math.min(100, Math.max(0.01, ((rows * 10) / estimated) * 100)) : null
  const only = table.partitionKey === null ? sql`only ` : sql``
  const part = percent === null ? sql`` : sql` tablesample system (${literal(Number(percent.toFixed(4)))})`
  return sql`select pg_catalog.to_jsonb(t)::pg_catalog.text from ${only}${identifier(table.schema, table.name)} as t${part} limit ${literal(rows)}`
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
