// What is expected at the caret, turned into candidates.
import type { CandidateList } from './candidate-list.ts'
import type { CatalogIndex } from './catalog-index.ts'
import type { Expected } from './expected.ts'
import { addExpression } from './expression-candidates.ts'
import { AFTER_RELATION_WORDS, STATEMENT_WORDS } from './keywords.ts'
import { addColumns, addRelations, addRoutines, addTypes, relationDetail } from './name-candidates.ts'
import type { Scope } from './scope.ts'

/** Adds everything that may stand where `expected` is. */
export function collect(expected: Expected, scope: Scope, index: CatalogIndex, list: CandidateList): void {
  switch (expected.kind) {
    case 'nothing':
    case 'label':
      return
    case 'statement':
      list.addWords(STATEMENT_WORDS, 0)
      return
    case 'words':
      list.addWords(expected.words, 0)
      return
    case 'schema':
      for (const schema of index.schemas) list.addName('schema', schema, { detail: 'schema', rank: 0 })
      return
    case 'type':
      addTypes(index, list)
      return
    case 'routine':
      addRoutines(index, list, 0)
      return
    case 'relation':
      addRelations(scope, index, list)
      if (expected.allowsCalls) {
        addRoutines(index, list, 4)
        list.addWords(['lateral', 'only', 'generate_series', 'unnest'], 5)
      }
      return
    case 'afterRelation':
      list.addWords(AFTER_RELATION_WORDS, 0)
      return
    case 'columnOf': {
      const table = index.relation(expected.table.name, expected.table.schema)
      if (table !== undefined) addColumns(index.columnsOf(table), table.name, list, 0)
      return
    }
    case 'targetColumn':
      if (scope.target !== undefined) addColumns(scope.target.columns, scope.target.source, list, 0)
      return
    case 'commonColumn':
      addCommonColumns(scope, list)
      return
    case 'member':
      addMembers(expected, scope, index, list)
      return
    case 'expression':
      addExpression(expected.clause, scope, index, list)
  }
}

function addMembers(
  expected: Extract<Expected, { kind: 'member' }>,
  scope: Scope,
  index: CatalogIndex,
  list: CandidateList,
): void {
  const [first, second] = expected.qualifiers
  if (first === undefined) return
  if (second !== undefined) {
    const table = index.relation(second, first)
    if (table !== undefined) addColumns(index.columnsOf(table), table.name, list, 0)
    return
  }
  if (!expected.wantsRelation) {
    const owner = [...scope.relations, ...scope.outer].find((relation) => relation.name === first)
    if (owner !== undefined) {
      addColumns(owner.columns, owner.source, list, 0)
      return
    }
  }
  if (index.hasSchema(first)) {
    for (const table of index.relationsOf(first))
      list.addName(table.kind.endsWith('view') ? 'view' : 'table', table.name, {
        detail: relationDetail(table.estimatedRows),
        rank: 0,
      })
    for (const routine of index.routines)
      if (routine.schema === first)
        list.addName('function', routine.name, {
          detail: routine.returns ?? '',
          documentation: `${routine.name}(${routine.arguments})`,
          rank: 1,
        })
    for (const type of index.types)
      if (type.schema === first) list.addName('type', type.name, { detail: type.kind, rank: 2 })
    return
  }
  // Not in scope: a table written out in full still has columns.
  const table = expected.wantsRelation ? undefined : index.relation(first)
  if (table !== undefined) addColumns(index.columnsOf(table), table.name, list, 0)
}

/** Columns that the last joined relation shares with one before it. */
function addCommonColumns(scope: Scope, list: CandidateList): void {
  const right = scope.relations.at(-1)
  if (right === undefined) return
  const names = new Set(
    scope.relations.slice(0, -1).flatMap((relation) => relation.columns.map((column) => column.name)),
  )
  addColumns(
    right.columns.filter((column) => names.has(column.name)),
    right.source,
    list,
    0,
  )
}
