// Names of the catalog as candidates: columns, relations, routines, types.
import { shortType } from '#postgres/common/types/short-type.ts'
import type { CandidateList } from './candidate-list.ts'
import type { CatalogIndex, NamedColumn } from './catalog-index.ts'
import { BUILT_IN_TYPES } from './keywords.ts'
import { matchScore } from './match.ts'
import type { Scope } from './scope.ts'

/** Columns of one relation, named `source` in the box beside the list. */
export function addColumns(
  columns: readonly NamedColumn[],
  source: string,
  list: CandidateList,
  rank: number,
): void {
  for (const column of columns) {
    const documentation = [`${source}.${column.name}`, column.comment ?? '']
      .filter((part) => part !== '')
      .join('\n\n')
    list.addName('column', column.name, { detail: shortType(column.type), documentation, rank })
  }
}

/** CTEs, tables and views, schemas. */
export function addRelations(scope: Scope, index: CatalogIndex, list: CandidateList): void {
  for (const table of scope.commonTables.values())
    list.addName('commonTable', table.name, {
      detail: 'with',
      documentation: columnList(table.columns),
      rank: 0,
    })
  const lower = list.prefix.toLowerCase()
  for (const table of index.relations) {
    const isOnPath = index.isOnPath(table.schema)
    // Most do not match: find that out before anything is built.
    if (matchScore(table.name.toLowerCase(), lower) === undefined) continue
    list.addName(table.kind.endsWith('view') ? 'view' : 'table', table.name, {
      detail: isOnPath ? relationDetail(table.estimatedRows) : table.schema,
      documentation: [table.comment ?? '', columnList(index.columnsOf(table))]
        .filter((part) => part !== '')
        .join('\n\n'),
      ...(isOnPath ? {} : { qualify: table.schema }),
      rank: isOnPath ? 1 : 2,
    })
  }
  for (const schema of index.schemas) list.addName('schema', schema, { detail: 'schema', rank: 3 })
}

/** How many rows a relation is thought to have, in words; empty where nobody knows. */
export function relationDetail(rows: number | null): string {
  return rows === null ? '' : `${Math.round(rows).toLocaleString('en').replaceAll(',', '\u202f')} rows`
}

/** The first dozen names of columns, in words. */
export function columnList(columns: readonly NamedColumn[]): string {
  const shown = columns.slice(0, 12).map((column) => column.name)
  return columns.length > 12 ? `${shown.join(', ')} and ${columns.length - 12} more` : shown.join(', ')
}

/** Functions and procedures of the catalog. */
export function addRoutines(index: CatalogIndex, list: CandidateList, rank: number): void {
  for (const routine of index.routines) {
    list.addName('function', routine.name, {
      detail: routine.returns ?? 'procedure',
      documentation: `${routine.name}(${routine.arguments})`,
      ...(index.isOnPath(routine.schema) ? {} : { qualify: routine.schema }),
      rank,
    })
  }
}

/** Types of the catalog and those that Postgres brings. */
export function addTypes(index: CatalogIndex, list: CandidateList): void {
  for (const type of index.types) {
    list.addName('type', type.name, {
      detail: type.kind,
      documentation: type.details.join(', '),
      ...(index.isOnPath(type.schema) ? {} : { qualify: type.schema }),
      rank: 0,
    })
  }
  for (const name of BUILT_IN_TYPES)
    list.add({ kind: 'type', label: name, insertText: name, detail: '', documentation: '' }, 1)
}
