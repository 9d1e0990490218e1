// A schema model of any size for the designer's benchmarks and tests: tables that reference each other as those of an application do. The same at every call.
import type { Column, Constraint, SchemaModel, Table } from '#contract/schema/types.ts'
import { newColumn, newForeignKey, newKey, newTable } from '#postgres/common/catalog/edit/parts.ts'

const TYPES = [
  'bigint',
  'text',
  'timestamp with time zone',
  'numeric(10,2)',
  'boolean',
  'jsonb',
  'uuid',
  'integer',
]
const WORDS = [
  'order',
  'customer',
  'invoice',
  'product',
  'ticket',
  'stock',
  'account',
  'event',
  'member',
  'report',
]

/** A column that is nothing in particular. */
export function modelColumn(id: string, name: string, type: string, isNullable = false): Column {
  return { ...newColumn({ id, name, type, typeId: null }), isNullable }
}

/** A table with these columns, keys and nothing else. */
export function modelTable(
  id: string,
  name: string,
  parts: { readonly columns: readonly Column[]; readonly constraints?: readonly Constraint[] },
): Table {
  return {
    ...newTable({ id, schema: 'public', name, owner: 'postgres' }),
    columns: parts.columns,
    constraints: parts.constraints ?? [],
  }
}

/** A primary key over these columns. */
export function primaryKey(id: string, name: string, columns: readonly string[]): Constraint {
  return newKey({ kind: 'primary key', id, name, columns })
}

/** A foreign key from one column to the `id` of a table. */
export function foreignKey(id: string, name: string, column: string, table: string): Constraint {
  return newForeignKey({
    id,
    name,
    columns: [column],
    references: { schema: 'public', name: table, columns: ['id'] },
  })
}

/** So many tables: three in ten references go to one of ten hubs, the others to a neighbour; some tables stand alone. */
export function designModel(count: number): SchemaModel {
  let seed = 7
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const nameOf = (at: number): string => `${WORDS[at % WORDS.length] ?? 'table'}_${at}`
  const tables = Array.from({ length: count }, (_, at): Table => {
    const columns = [modelColumn(`column:${at}.1`, 'id', 'bigint')]
    const constraints = [primaryKey(`constraint:${at}.0`, `${nameOf(at)}_pkey`, ['id'])]
    const references = at === 0 ? 0 : Math.floor(random() * 3.2)
    for (let n = 0; n < references; n += 1) {
      const to =
        random() < 0.3
          ? Math.floor(random() * Math.min(at, 10))
          : Math.max(0, at - 1 - Math.floor(random() * 30))
      const column = `${nameOf(to)}_${n}_id`
      columns.push(modelColumn(`column:${at}.${n + 2}`, column, 'bigint', random() < 0.3))
      constraints.push(foreignKey(`constraint:${at}.${n + 1}`, `${nameOf(at)}_${n}_fkey`, column, nameOf(to)))
    }
    const others = 3 + Math.floor(random() * 9)
    for (let n = 0; n < others; n += 1)
      columns.push(
        modelColumn(
          `column:${at}.${n + 20}`,
          `field_${n}`,
          TYPES[Math.floor(random() * 8)] ?? 'text',
          random() < 0.5,
        ),
      )
    return modelTable(`table:${at}`, nameOf(at), { columns, constraints })
  })
  return { serverVersion: 180_000, database: 'bench', objects: tables, dependencies: [] }
}
