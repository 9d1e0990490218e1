// The columns that a query gives, told from its select list or RETURNING without asking the server.
import type { Item } from './blocks.ts'
import { isDistinctFrom, isOperator, isWord, nameOf } from './blocks.ts'
import type { CatalogIndex, NamedColumn } from './catalog-index.ts'
import { BUILT_IN_FUNCTIONS } from './keywords.ts'

/** What a select list may name: the part of a relation in scope that outputs need. */
export interface NamedColumns {
  readonly name: string
  readonly columns: readonly NamedColumn[]
}

/** Columns that the select list (or RETURNING) of a block gives. */
export function readOutputs(
  block: readonly Item[],
  relations: readonly NamedColumns[],
  index: CatalogIndex,
): readonly NamedColumn[] {
  const returning = block.findIndex((item) => isWord(item, 'returning'))
  const select = block.findIndex((item) => isWord(item, 'select'))
  const isWrite = isWord(
    block.find((item) => isWord(item, 'insert', 'update', 'delete', 'merge', 'select')),
    'insert',
    'update',
    'delete',
    'merge',
  )
  const start = isWrite ? returning : select
  if (start === -1) return []
  const list: Item[][] = [[]]
  for (let at = start + 1; at < block.length; at++) {
    const item = block[at]
    if (item === undefined) break
    if (at === start + 1 && isWord(item, 'all')) continue
    if (at === start + 1 && isWord(item, 'distinct')) {
      if (isWord(block[at + 1], 'on') && block[at + 2]?.kind === 'group') at += 2
      continue
    }
    if (isWord(item, 'from') && !isDistinctFrom(block, at)) break
    if (isWord(item, 'into', 'where', 'group', 'order', 'limit', 'having', 'window', 'offset', 'fetch')) break
    if (isOperator(item, ',')) list.push([])
    else list.at(-1)?.push(item)
  }
  return list.flatMap((expression) => outputsOf(expression, relations, index))
}

function outputsOf(
  expression: readonly Item[],
  relations: readonly NamedColumns[],
  index: CatalogIndex,
): readonly NamedColumn[] {
  const last = expression.at(-1)
  if (last === undefined) return []
  const previous = expression.at(-2)
  if (isOperator(last, '*')) {
    if (expression.length === 1) return relations.flatMap((relation) => relation.columns)
    const qualifier = nameOf(expression.at(-3))
    return relations.find((relation) => relation.name === qualifier)?.columns ?? []
  }
  const name = nameOf(last)
  const hasAlias =
    name !== undefined &&
    previous !== undefined &&
    (isWord(previous, 'as') ||
      previous.kind === 'group' ||
      (previous.kind === 'leaf' && previous.token.kind !== 'operator' && !isWord(last, 'end')))
  if (hasAlias && !isAfterCast(expression, expression.length - 1)) {
    const value = expression.slice(0, isWord(previous, 'as') ? -2 : -1)
    return [{ ...plain(name), type: outputsOf(value, relations, index)[0]?.type ?? '' }]
  }
  const cast = expression.findLastIndex((item) => isOperator(item, '::'))
  if (cast > 0) {
    const type = expression
      .slice(cast + 1)
      .flatMap((item) => nameOf(item) ?? [])
      .join(' ')
    const value = outputsOf(expression.slice(0, cast), relations, index)[0]
    return [{ ...plain(value?.name ?? type), type }]
  }
  if (name !== undefined && !isWord(last, 'end')) {
    const qualifier = isOperator(previous, '.') ? nameOf(expression.at(-3)) : undefined
    const owner = relations.filter((relation) => qualifier === undefined || relation.name === qualifier)
    const column = owner.flatMap((relation) => relation.columns).find((candidate) => candidate.name === name)
    return [expression.length <= 3 && column !== undefined ? { ...column, isKey: false } : plain(name)]
  }
  const callee = nameOf(previous)
  if (last.kind === 'group' && callee !== undefined) {
    const builtIn = BUILT_IN_FUNCTIONS.find((candidate) => candidate.name === callee)
    const returns = index.routinesNamed(callee)[0]?.returns ?? builtIn?.returns ?? ''
    return [{ ...plain(callee), type: returns }]
  }
  return isWord(last, 'end') ? [plain('case')] : []
}

/** `a::timestamp with time zone`: the words after a cast are its type, not an alias. */
function isAfterCast(expression: readonly Item[], at: number): boolean {
  return isOperator(expression[at - 1], '::')
}

/** A column of which only the name is known. */
export function plain(name: string): NamedColumn {
  return { name, type: '', isKey: false, comment: null }
}
