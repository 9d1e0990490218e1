// Parts of tables that go.
import { readableName } from '../../sql/readable-name.ts'
import { createLexer } from '../../script/lexer.ts'
import { childrenOf } from './inherit.ts'
import type { ImportState, TableDraft } from './state.ts'

/** DROP COLUMN: what stands on it goes along. */
export function dropColumn(state: ImportState, table: TableDraft, name: string): void {
  table.columns = table.columns.filter((one) => one.name !== name)
  const names = (text: string): boolean => mentions(text, name)
  const gone = table.constraints.filter((one) =>
    one.kind === 'check'
      ? names(one.expression)
      : one.kind === 'exclusion'
        ? names(one.definition)
        : one.columns.includes(name) || ('include' in one && one.include.includes(name)),
  )
  for (const constraint of gone) dropConstraint(state, table, constraint.name)
  table.indexes = table.indexes.filter((index) => {
    const isGone =
      index.elements.some(
        (one) => one.column === name || (one.expression !== null && names(one.expression)),
      ) ||
      index.include.includes(name) ||
      (index.where !== null && names(index.where))
    if (isGone) state.removeIndexName(table, index.name)
    return !isGone
  })
  for (const sequence of state.ofKind('sequence'))
    if (
      sequence.ownedBy?.schema === table.schema &&
      sequence.ownedBy.name === table.name &&
      sequence.ownedBy.column === name
    )
      state.remove(sequence)
  for (const child of childrenOf(state, table))
    if (child.columns.find((one) => one.name === name)?.isInherited === true) dropColumn(state, child, name)
}

function mentions(text: string, name: string): boolean {
  const lexer = createLexer(text)
  for (lexer.next(); lexer.kind !== 'end'; lexer.next())
    if (
      (lexer.kind === 'word' || lexer.kind === 'identifier') &&
      text.slice(lexer.start, lexer.end) === readableName(name)
    )
      return true
  return false
}

/** DROP CONSTRAINT, NOT NULL ones too. */
export function dropConstraint(state: ImportState, table: TableDraft, name: string): void {
  const found = table.constraints.find((one) => one.name === name)
  table.constraints = table.constraints.filter((one) => one !== found)
  state.removeIndexName(table, name)
  for (const column of table.columns)
    if (
      column.notNull?.name === name ||
      (found === undefined && name === `${table.name}_${column.name}_not_null`)
    ) {
      column.notNull = null
      column.isNullable = true
    }
  for (const child of childrenOf(state, table)) {
    const copy = child.constraints.find((one) => one.isInherited && (one.name === name || isCopy(one, found)))
    if (copy !== undefined) dropConstraint(state, child, copy.name)
  }
}

function isCopy(
  one: TableDraft['constraints'][number],
  found: TableDraft['constraints'][number] | undefined,
): boolean {
  if (found === undefined || one.kind !== found.kind || one.kind === 'check' || found.kind === 'check')
    return false
  if (one.kind === 'exclusion' || found.kind === 'exclusion') return false
  return one.columns.join('\0') === found.columns.join('\0')
}
