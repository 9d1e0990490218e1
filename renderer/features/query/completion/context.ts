// What may be written at the caret, told from the tokens before it.
import type { Group, Item } from './blocks.ts'
import { blockAt, endOf, isOperator, isWord, nameOf, pathTo } from './blocks.ts'
import { inColumnDefinition, inDefinition } from './definition-context.ts'
import { NOTHING, RELATION, type Clause, type Expected, type TableName } from './expected.ts'
import { CLAUSE_WORDS } from './keywords.ts'
import { isQueryGroup } from './scope.ts'

/** Tells what is expected at `offset`, where `wordStart` is where the word under the caret begins. */
export function expectedAt(root: Group, wordStart: number): Expected {
  const path = pathTo(root, wordStart)
  const group = path.at(-1) ?? root
  const before = blockAt(group, wordStart).filter((item) => endOf(item) <= wordStart)
  const last = before.at(-1)

  if (isOperator(last, '.')) return memberOf(before)
  if (isOperator(last, '::')) return { kind: 'type' }
  if (isWord(last, 'as') && isInCast(path)) return { kind: 'type' }
  const parent = path.at(-2)
  if (parent !== undefined && !isQueryGroup(group)) {
    const special = inList(parent, group, before)
    if (special !== undefined) return special
    // `extract(year from …)` has a FROM that is no clause.
    if (clauseOf(before)?.word === 'from' || !hasClause(before)) return inExpression(path, wordStart, before)
  }
  return inStatement(before)
}

/** The chain of names before a trailing dot. */
function memberOf(before: readonly Item[]): Expected {
  const qualifiers: string[] = []
  let at = before.length - 1
  while (isOperator(before[at], '.')) {
    const name = nameOf(before[at - 1])
    if (name === undefined) break
    qualifiers.unshift(name)
    at -= 2
  }
  const word = before[at]
  const wantsRelation =
    isWord(
      word,
      'from',
      'join',
      'into',
      'update',
      'table',
      'only',
      'references',
      'truncate',
      'view',
      'copy',
      'analyze',
      'lateral',
    ) ||
    (isOperator(word, ',') && clauseOf(before.slice(0, at))?.word === 'from')
  return qualifiers.length === 0 ? NOTHING : { kind: 'member', qualifiers, wantsRelation }
}

function isInCast(path: readonly Group[]): boolean {
  const group = path.at(-1)
  const parent = path.at(-2)
  if (group === undefined || parent === undefined) return false
  return isWord(parent.items[parent.items.indexOf(group) - 1], 'cast')
}

/** Lists with a meaning of their own: `insert into t (`, `using (`, `references t (`, `create index on t (`, `create table t (`. */
function inList(parent: Group, group: Group, before: readonly Item[]): Expected | undefined {
  const at = parent.items.indexOf(group)
  const lead = parent.items.slice(0, at)
  const last = lead.at(-1)
  if (isWord(last, 'using') && lead.some((item) => isWord(item, 'join'))) return { kind: 'commonColumn' }
  if (isWord(last, 'conflict')) return { kind: 'targetColumn' }
  if (isWord(last, 'over'))
    return before.length === 0 ? { kind: 'words', words: ['partition by', 'order by'] } : undefined
  const table = trailingName(lead)
  if (table === undefined) return undefined
  const keyword = lead[table.at - 1]
  if (isWord(keyword, 'into')) return { kind: 'targetColumn' }
  if (isWord(keyword, 'references') || (isWord(keyword, 'copy') && table.at === 1))
    return { kind: 'columnOf', table: table.name }
  const isCreate = isWord(lead[0], 'create')
  if (isCreate && isWord(keyword, 'on') && lead.some((item) => isWord(item, 'index')))
    return { kind: 'columnOf', table: table.name }
  if (isCreate && lead.some((item) => isWord(item, 'table')) && isWord(keyword, 'table', 'exists'))
    return inColumnDefinition(before)
  return undefined
}

/** The dotted name that a list of items ends with, and where it starts. */
function trailingName(items: readonly Item[]): { name: TableName; at: number } | undefined {
  let at = items.length - 1
  // create index on t using gin (
  if (isWord(items[at - 1], 'using')) at -= 2
  const name = nameOf(items[at])
  if (name === undefined) return undefined
  if (isOperator(items[at - 1], '.')) return { name: { schema: nameOf(items[at - 2]), name }, at: at - 2 }
  return { name: { schema: undefined, name }, at }
}

/** Parentheses that are part of an expression: the clause is the one around them. */
function inExpression(path: readonly Group[], wordStart: number, before: readonly Item[]): Expected {
  for (let depth = path.length - 2; depth >= 0; depth--) {
    const group = path[depth]
    if (group === undefined) break
    const outside = blockAt(group, wordStart).filter((item) => endOf(item) <= wordStart)
    const clause = clauseOf(outside)
    if (clause === undefined && depth > 0 && !isQueryGroup(group)) continue
    const expected = clause === undefined ? undefined : expressionOf(clause.word)
    if (expected?.kind !== 'expression') break
    return isAfterOperand(before.at(-1)) ? { kind: 'words', words: OPERAND_WORDS } : expected
  }
  return { kind: 'expression', clause: 'select' }
}

const OPERAND_WORDS = [
  'and',
  'or',
  'is null',
  'is not null',
  'in',
  'like',
  'ilike',
  'between',
  'filter',
  'order by',
  'as',
  'from',
  'over',
]

const CLAUSES = [
  'select',
  'from',
  'join',
  'where',
  'group',
  'order',
  'having',
  'on',
  'using',
  'set',
  'values',
  'returning',
  'limit',
  'offset',
  'into',
  'update',
  'window',
  'with',
  'when',
  'by',
  'distinct',
]

function hasClause(before: readonly Item[]): boolean {
  return clauseOf(before) !== undefined
}

/** The last clause word at this depth and where it is. */
function clauseOf(before: readonly Item[]): { word: string; at: number } | undefined {
  for (let at = before.length - 1; at >= 0; at--) {
    const item = before[at]
    if (item?.kind !== 'leaf' || item.token.kind !== 'word' || !CLAUSES.includes(item.token.text)) continue
    const word = item.token.text
    if (word === 'from' && isWord(before[at - 1], 'distinct') && isWord(before[at - 2], 'is', 'not')) continue
    if (word === 'distinct' || word === 'with') continue
    if (word === 'by') continue
    return { word, at }
  }
  return undefined
}

function expressionOf(word: string): Expected {
  switch (word) {
    case 'select':
      return { kind: 'expression', clause: 'select' }
    case 'where':
    case 'having':
    case 'when':
      return { kind: 'expression', clause: 'where' }
    case 'on':
      return { kind: 'expression', clause: 'on' }
    case 'group':
    case 'order':
    case 'window':
      return { kind: 'expression', clause: 'order' }
    case 'set':
      return { kind: 'expression', clause: 'set' }
    case 'returning':
      return { kind: 'expression', clause: 'returning' }
    case 'values':
    case 'limit':
    case 'offset':
      return { kind: 'expression', clause: 'values' }
    default:
      return RELATION
  }
}

/** The caret is at the top of a statement or of a query in parentheses. */
function inStatement(before: readonly Item[]): Expected {
  const last = before.at(-1)
  if (last === undefined) return { kind: 'statement' }
  const definition = inDefinition(before)
  if (definition !== undefined) return definition
  if (isWord(last, 'as'))
    return before.some((item) => isWord(item, 'create', 'explain')) ? { kind: 'statement' } : NOTHING
  if (isWord(last, 'by') || isWord(last, 'distinct')) return orderOrSelect(before)
  if (isWord(last, 'group', 'order')) return { kind: 'words', words: ['by'] }
  if (isWord(last, 'insert', 'merge')) return { kind: 'words', words: ['into'] }
  if (isWord(last, 'delete')) return { kind: 'words', words: ['from'] }
  if (isWord(last, 'explain', 'analyze') && isWord(before[0], 'explain')) return { kind: 'statement' }
  if (isWord(last, 'left', 'right', 'full', 'inner', 'cross', 'natural'))
    return { kind: 'words', words: ['join', 'outer join'] }
  if (isWord(last, 'union', 'intersect', 'except', 'all') && !hasClause(before))
    return { kind: 'words', words: ['select', 'all', 'values'] }

  const clause = clauseOf(before)
  if (clause === undefined) return isWord(before[0], 'with') ? inWith(before) : { kind: 'statement' }
  const since = before.slice(clause.at + 1)
  if (
    clause.word === 'from' ||
    clause.word === 'join' ||
    clause.word === 'into' ||
    clause.word === 'update' ||
    clause.word === 'using'
  ) {
    if (clause.word === 'update' && isWord(before[clause.at - 1], 'do', 'for'))
      return { kind: 'words', words: ['set', 'of', 'nowait', 'skip locked'] }
    const isStart = since.length === 0 || isOperator(last, ',') || isWord(last, 'only', 'lateral')
    if (isStart && clause.word === 'using' && before.some((item) => isWord(item, 'join'))) return NOTHING
    if (isStart) return { kind: 'relation', allowsCalls: clause.word !== 'into' && clause.word !== 'update' }
    return { kind: 'afterRelation' }
  }
  if (clause.word === 'set') {
    const isName = since.length === 0 || isOperator(last, ',')
    if (isWord(before[0], 'set', 'reset', 'show')) return NOTHING
    if (isName) return { kind: 'targetColumn' }
  }
  const expected = expressionOf(clause.word)
  if (expected.kind === 'expression' && isAfterOperand(last) && clause.word !== 'values') {
    return expected.clause === 'select'
      ? { kind: 'words', words: ['from', 'as', 'and', 'or', 'over', 'filter', 'is null', 'in', 'into'] }
      : afterOperand(expected.clause)
  }
  return expected
}

function afterOperand(clause: Clause): Expected {
  if (clause === 'order')
    return {
      kind: 'words',
      words: [
        'asc',
        'desc',
        'nulls last',
        'nulls first',
        'limit',
        'offset',
        'having',
        'order by',
        'for update',
      ],
    }
  return {
    kind: 'words',
    words: [
      'and',
      'or',
      'is null',
      'is not null',
      'is distinct from',
      'in',
      'not in',
      'like',
      'ilike',
      'between',
      'group by',
      'order by',
      'limit',
      'join',
      'left join',
      'where',
      'having',
      'union all',
      'returning',
      'from',
      'as',
      'then',
      'else',
      'end',
    ],
  }
}

function orderOrSelect(before: readonly Item[]): Expected {
  return { kind: 'expression', clause: isWord(before.at(-1), 'distinct') ? 'select' : 'order' }
}

/** After a CTE's body the main query begins; before `as` a name is being made up. */
function inWith(before: readonly Item[]): Expected {
  const last = before.at(-1)
  if (last?.kind === 'group')
    return { kind: 'words', words: ['select', 'insert into', 'update', 'delete from'] }
  if (isWord(last, 'with')) return { kind: 'words', words: ['recursive'] }
  return nameOf(last) !== undefined ? { kind: 'words', words: ['as'] } : NOTHING
}

/** Whether an operand just ended, so that a name cannot follow. */
function isAfterOperand(item: Item | undefined): boolean {
  if (item === undefined) return false
  if (item.kind === 'group') return true
  if (item.token.kind === 'operator') return false
  if (item.token.kind !== 'word') return true
  return !CLAUSE_WORDS.has(item.token.text) || ['null', 'end'].includes(item.token.text)
}

/** The column that the string at the caret is compared with: `status = '`, `t.status in ('`. */
export function comparedColumn(root: Group, stringStart: number): readonly string[] | undefined {
  const path = pathTo(root, stringStart)
  const group = path.at(-1) ?? root
  let before: readonly Item[] = group.items.filter((item) => endOf(item) <= stringStart)
  const parent = path.at(-2)
  if (parent !== undefined && !isQueryGroup(group)) {
    const outside = parent.items.filter((item) => endOf(item) <= group.start)
    if (isWord(outside.at(-1), 'in', 'any')) before = outside
  }
  let at = before.length - 1
  const operator = before[at]
  const isComparison =
    isWord(operator, 'in', 'any') || ['=', '<>', '!='].some((candidate) => isOperator(operator, candidate))
  if (!isComparison) return undefined
  at--
  if (isWord(before[at], 'not') || isOperator(before[at], '=')) at--
  const name = nameOf(before[at])
  if (name === undefined) return undefined
  const qualifier = isOperator(before[at - 1], '.') ? nameOf(before[at - 2]) : undefined
  return qualifier === undefined ? [name] : [qualifier, name]
}
