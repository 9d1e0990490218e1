// SQL that the tree writes: names as they must be written, and the query that opens a table.
import type { CatalogTable } from '#contract/capabilities/catalog.ts'
import { readableName, readableQualifiedName } from '#postgres/common/sql/readable-name.ts'
import type { CatalogNode } from './tree-nodes.ts'

/** Rows that "Open table" asks for. */
const OPEN_LIMIT = 1000

/** `select * from film limit 1000`, in the order of its key where it has one. */
export function openTableSql(table: CatalogTable): string {
  const key = table.columns.filter((column) => column.isPrimaryKey).map((column) => readableName(column.name))
  const order = key.length === 0 ? '' : `\norder by ${key.join(', ')}`
  return `select *\nfrom ${tableName(table)}${order}\nlimit ${OPEN_LIMIT};`
}

/** What is inserted or copied for a node: qualified where it is not in `public`. */
export function sqlName(node: CatalogNode): string {
  switch (node.kind) {
    case 'table':
      return tableName(node.table)
    case 'column':
      return readableName(node.column.name)
    case 'routine':
      return readableQualifiedName(node.routine.schema, node.routine.name)
    case 'type':
      return readableQualifiedName(node.type.schema, node.type.name)
    case 'schema':
    case 'group':
      return readableName(node.label)
  }
}

function tableName(table: CatalogTable): string {
  return readableQualifiedName(table.schema, table.name)
}
