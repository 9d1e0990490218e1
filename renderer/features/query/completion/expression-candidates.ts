// What may stand in an expression: columns in scope, their owners, functions, join conditions, words.
import { readableName } from '#postgres/common/sql/readable-name.ts'
import { shortType } from '#postgres/common/types/short-type.ts'
import type { CandidateList } from './candidate-list.ts'
import type { CatalogIndex } from './catalog-index.ts'
import { BUILT_IN_FUNCTIONS, CONDITION_WORDS, ORDER_WORDS, SELECT_WORDS } from './keywords.ts'
import { addColumns, addRoutines, columnList } from './name-candidates.ts'
import type { Scope, ScopeRelation } from './scope.ts'

/** Adds what fits into an expression of a clause. */
export function addExpression(clause: string, scope: Scope, index: CatalogIndex, list: CandidateList): void {
  if (clause === 'values') {
    addFunctions(index, list)
    list.addWords(['default', 'null', 'true', 'false'], 1)
    return
  }
  const relations = clause === 'returning' && scope.target !== undefined ? [scope.target] : scope.relations
  if (clause === 'on') addJoinConditions(relations, index, list)
  if (clause === 'order') addColumns(scope.outputs, 'result', list, 0)
  const counts = new Map<string, number>()
  for (const column of relations.flatMap((relation) => relation.columns))
    counts.set(column.name, (counts.get(column.name) ?? 0) + 1)
  for (const relation of relations) {
    for (const column of relation.columns) {
      // A name that two relations have is ambiguous: it is written with its owner.
      const isAmbiguous = (counts.get(column.name) ?? 0) > 1
      list.addName('column', column.name, {
        detail: shortType(column.type),
        documentation: [`${relation.source}.${column.name}`, column.comment ?? '']
          .filter((part) => part !== '')
          .join('\n\n'),
        ...(isAmbiguous ? { qualify: relation.name } : {}),
        rank: 0,
      })
    }
  }
  for (const relation of relations)
    list.addName('alias', relation.name, {
      detail: relation.source,
      documentation: columnList(relation.columns),
      rank: 1,
    })
  for (const relation of scope.outer) {
    addOuter(relation, list)
  }
  if (relations.length === 0 && clause === 'select') addGuesses(index, list)
  addFunctions(index, list)
  list.addWords(
    clause === 'order'
      ? ORDER_WORDS
      : clause === 'select' || clause === 'returning'
        ? SELECT_WORDS
        : CONDITION_WORDS,
    4,
  )
}

function addOuter(relation: ScopeRelation, list: CandidateList): void {
  list.addName('alias', relation.name, {
    detail: relation.source,
    documentation: columnList(relation.columns),
    rank: 2,
  })
  for (const column of relation.columns)
    list.addName('column', column.name, {
      detail: shortType(column.type),
      documentation: `${relation.source}.${column.name}`,
      qualify: relation.name,
      rank: 3,
    })
}

/** `select cust|` before there is a FROM: columns of the tables on the path, once something is typed. */
function addGuesses(index: CatalogIndex, list: CandidateList): void {
  const prefix = list.prefix.toLowerCase()
  if (prefix.length < 2) return
  for (const table of index.relations) {
    if (!index.isOnPath(table.schema)) continue
    for (const column of table.columns) {
      if (column.name.startsWith(prefix))
        list.addName('column', column.name, {
          detail: shortType(column.type),
          documentation: `${table.name}.${column.name}`,
          rank: 3,
        })
    }
  }
}

function addFunctions(index: CatalogIndex, list: CandidateList): void {
  addRoutines(index, list, 2)
  for (const fn of BUILT_IN_FUNCTIONS)
    list.add(
      {
        kind: 'function',
        label: fn.name,
        insertText: fn.name,
        detail: fn.returns,
        documentation: `${fn.name}(${fn.arguments})`,
      },
      3,
    )
}

/** `on |`: the foreign keys between the joined relation and those before it, written out. */
function addJoinConditions(
  relations: readonly ScopeRelation[],
  index: CatalogIndex,
  list: CandidateList,
): void {
  const right = relations.at(-1)
  if (right?.table === undefined) return
  for (const left of relations.slice(0, -1)) {
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      if (from.table === undefined || to.table === undefined) continue
      for (const key of index.foreignKeys(from.table)) {
        const target = key.references
        if (target === null || target.table !== to.table.name || target.schema !== to.table.schema) continue
        const label = key.columns
          .map(
            (column, at) =>
              `${readableName(from.name)}.${readableName(column)} = ${readableName(to.name)}.${readableName(target.columns[at] ?? column)}`,
          )
          .join(' and ')
        list.add(
          {
            kind: 'condition',
            label,
            insertText: label,
            detail: 'foreign key',
            documentation: key.definition,
          },
          -1,
        )
      }
    }
  }
}
