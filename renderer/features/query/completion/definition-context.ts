// What is expected inside DDL and utility statements.
import type { Item } from './blocks.ts'
import { isOperator, isWord, nameOf } from './blocks.ts'
import { NOTHING, RELATION, type Expected, type TableName } from './expected.ts'

/** `create table t (name type constraint, …`. */
export function inColumnDefinition(before: readonly Item[]): Expected {
  const start = before.findLastIndex((item) => isOperator(item, ',')) + 1
  const definition = before.slice(start)
  const last = definition.at(-1)
  if (definition.length === 0)
    return { kind: 'words', words: ['primary key', 'foreign key', 'unique', 'check', 'constraint', 'like'] }
  if (isWord(last, 'references')) return RELATION
  if (definition.length === 1 && !isWord(last, 'constraint', 'primary', 'foreign', 'check', 'unique'))
    return { kind: 'type' }
  return {
    kind: 'words',
    words: [
      'not null',
      'primary key',
      'default',
      'references',
      'unique',
      'check',
      'generated always as identity',
      'on delete cascade',
    ],
  }
}

/** DDL and utility statements. */
export function inDefinition(before: readonly Item[]): Expected | undefined {
  const first = before[0]
  const last = before.at(-1)
  const isAlter = isWord(first, 'alter', 'drop', 'comment', 'create')
  if (isWord(last, 'exists') && isWord(before.at(-2), 'if', 'not') && isAlter) return objectOf(before)
  if (
    isAlter &&
    isWord(last, 'table', 'view', 'index', 'schema', 'function', 'type', 'procedure', 'sequence', 'domain')
  ) {
    return isWord(first, 'create') ? NOTHING : objectOf(before)
  }
  if (isWord(first, 'alter') && isWord(before[1], 'table')) return inAlterTable(before)
  if (isWord(first, 'create') && isWord(last, 'on') && !before.some((item) => isWord(item, 'select')))
    return RELATION
  if (isWord(last, 'references')) return RELATION
  if (
    isWord(first, 'truncate', 'vacuum', 'analyze', 'copy', 'lock', 'table', 'reindex', 'cluster', 'refresh')
  ) {
    return before.length === 1 ||
      isWord(last, 'table', 'only', 'view', 'concurrently', 'analyze', 'full') ||
      isOperator(last, ',')
      ? RELATION
      : undefined
  }
  if (isWord(first, 'grant', 'revoke') && isWord(last, 'on', 'table')) return RELATION
  if (isWord(first, 'call')) return before.length === 1 ? { kind: 'routine' } : undefined
  if (isWord(first, 'comment') && isWord(last, 'column')) return RELATION
  return undefined
}

function objectOf(before: readonly Item[]): Expected {
  const kind = before.findLast((item) =>
    isWord(item, 'table', 'view', 'index', 'schema', 'function', 'type', 'procedure', 'domain', 'sequence'),
  )
  if (isWord(kind, 'schema')) return { kind: 'schema' }
  if (isWord(kind, 'function', 'procedure')) return { kind: 'routine' }
  if (isWord(kind, 'type', 'domain')) return { kind: 'type' }
  return isWord(before[0], 'create') || isWord(kind, 'index', 'sequence') ? NOTHING : RELATION
}

function inAlterTable(before: readonly Item[]): Expected | undefined {
  const last = before.at(-1)
  const nameAt = before.findIndex((item, at) => at > 1 && !isWord(item, 'only', 'if', 'exists'))
  if (nameAt === -1) return RELATION
  const isQualified = isOperator(before[nameAt + 1], '.')
  const first = nameOf(before[nameAt])
  const name = isQualified ? nameOf(before[nameAt + 2]) : first
  if (name === undefined) return RELATION
  const table: TableName = { schema: isQualified ? first : undefined, name }
  if (isWord(last, 'type')) return { kind: 'type' }
  if (isWord(last, 'column') && !isWord(before.at(-2), 'add')) return { kind: 'columnOf', table }
  if (isWord(before.at(-2), 'column') && isWord(before.at(-3), 'add')) return { kind: 'type' }
  if (isWord(last, 'references')) return RELATION
  if (before.length === nameAt + (isQualified ? 3 : 1))
    return {
      kind: 'words',
      words: [
        'add column',
        'drop column',
        'alter column',
        'rename column',
        'rename to',
        'add constraint',
        'drop constraint',
        'set schema',
        'enable row level security',
        'owner to',
      ],
    }
  if (isWord(before.at(-2), 'column') && isWord(before.at(-3), 'alter'))
    return { kind: 'words', words: ['type', 'set not null', 'drop not null', 'set default', 'drop default'] }
  return undefined
}
