// ALTER TABLE … ALTER COLUMN … TYPE.
import type { Node } from '@pgsql/types'
import type { Column, RelationName, Table } from '#contract/schema/types.ts'
import { name } from '../../sql/sql.ts'
import type { ReviewContext } from '../facts.ts'
import {
  commandLocks,
  manual,
  shown,
  type Effect,
  type Rule,
  type SafeForm,
  type TableCommand,
} from '../rule.ts'
import { strings } from '../tree.ts'
import { parsedType, printedType, typeEffect } from '../type-change.ts'
import { domainOf, keyedTables } from './columns.ts'
import { commandRule } from './define.ts'

const TYPE = ['AT_AlterColumnType'] as const
const NOTES = manual('sql-altertable', 'SQL-ALTERTABLE-NOTES')

export const columnTypeRules: readonly Rule[] = [
  commandRule({
    name: 'column-type-in-place',
    subtypes: TYPE,
    statement: 'ALTER TABLE … ALTER COLUMN … TYPE, to a type that is stored alike',
    severity: 'note',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; scans the table when a CHECK or another collation makes it look',
    about:
      'A longer or unlimited varchar, varchar to text and back, more digits of a numeric with the same scale, more precision of times, timestamp to timestamptz and back under UTC, to and from domains without constraints: rows stay as they are.',
    check: (command, context) => {
      const change = changeOf(command, context)
      if (change.effect === 'rewritten') return null
      return {
        locks: locksOf(command, context, { isRewritten: false, isScanned: change.isChecked }),
        ...(change.isChecked
          ? {
              message: `The rows stay as they are, but all of ${shown(change.relation)} is read again for its checks or indexes, and nobody can read or write the table meanwhile.`,
            }
          : {}),
      }
    },
  }),
  commandRule({
    name: 'column-type-rewrite',
    subtypes: TYPE,
    statement: 'ALTER TABLE … ALTER COLUMN … TYPE, to a type that is stored otherwise',
    severity: 'danger',
    source: NOTES,
    locks:
      'ACCESS EXCLUSIVE, also on tables at the other end of foreign keys; rewrites the table and its indexes',
    about:
      'Every row is written anew while nobody can read or write. Add a column of the new type, keep it by a trigger, fill it in batches, and put it in the place of the old one.',
    check: (command, context) => {
      const { relation, column, table } = changeOf(command, context)
      return {
        locks: locksOf(command, context, { isRewritten: true, isScanned: true }),
        message: `Every row of ${shown(relation)} is written anew for the new type of ${command.command.name ?? ''}, and nobody can read or write the table meanwhile.`,
        safeForm: bySwap(command, { relation, column, table }, context),
      }
    },
  }),
]

interface Change {
  readonly effect: 'same' | 'in place' | 'checked' | 'rewritten'
  readonly isChecked: boolean
  readonly relation: RelationName
  readonly table: Table | undefined
  readonly column: Column | undefined
}

function changeOf(command: TableCommand, context: ReviewContext): Change {
  const relation = context.resolve(command.relation)
  const table = context.table(relation)
  const column = table?.columns.find((one) => one.name === command.command.name)
  const definition = command.column
  const base = { relation, table, column }
  if (column === undefined || definition === undefined)
    return { ...base, effect: 'rewritten', isChecked: true }
  if (definition.raw_default !== undefined && !isPlainUse(definition.raw_default, column.name))
    return { ...base, effect: 'rewritten', isChecked: true }
  const effect = typeEffect(printedType(column.type), parsedType(definition.typeName), {
    domain: (type) => domainOf(type.split('.'), context),
    isUtc: context.isUtc,
  })
  const isNamed = new RegExp(`(?<![\\w"])${escaped(name(column.name).text)}(?![\\w"])`)
  const isOtherCollation = definition.collClause !== undefined
  const isIndexed = (table?.indexes ?? []).some((index) =>
    index.elements.some(
      (element) => element.column === column.name || isNamed.test(element.expression ?? ''),
    ),
  )
  const isChecked =
    effect !== 'same' &&
    (table?.constraints ?? []).some(
      (one) => one.kind === 'check' && one.isValidated && isNamed.test(one.expression),
    )
  return {
    ...base,
    effect,
    isChecked: isChecked || (isOtherCollation && (isIndexed || isCheckedAnyway(table, isNamed))),
  }
}

function isCheckedAnyway(table: Table | undefined, isNamed: RegExp): boolean {
  return (table?.constraints ?? []).some((one) => one.kind === 'check' && isNamed.test(one.expression))
}

function locksOf(
  command: TableCommand,
  context: ReviewContext,
  effect: { readonly isRewritten: boolean; readonly isScanned: boolean },
): Effect['locks'] {
  return [
    ...commandLocks(command, context, { mode: 'ACCESS EXCLUSIVE', ...effect }),
    ...keyedTables(context.resolve(command.relation), command.command.name ?? '', context, {
      withReferencing: true,
      isRechecked: effect.isRewritten,
    }),
  ]
}

/** `using c` and `using c::type`, which say what happens anyway. */
function isPlainUse(expression: Node, column: string): boolean {
  if ('TypeCast' in expression && expression.TypeCast.arg !== undefined)
    return isPlainUse(expression.TypeCast.arg, column)
  return 'ColumnRef' in expression && strings(expression.ColumnRef.fields).at(-1) === column
}

/** Only for a column that nothing hangs on but its default and NOT NULL: indexes, keys and views would have to be made again too. */
function bySwap(
  command: TableCommand,
  { relation, column, table }: Pick<Change, 'relation' | 'column' | 'table'>,
  context: ReviewContext,
): SafeForm | null {
  if (column === undefined || table === undefined || column.identity !== null || column.generated !== null)
    return null
  if (table.partitionKey !== null || table.partitionOf !== null || context.descendants(relation).length > 0)
    return null
  const isNamed = new RegExp(`(?<![\\w"])${escaped(name(column.name).text)}(?![\\w"])`)
  const isUsed =
    table.indexes.some(
      (index) =>
        isNamed.test([...index.elements.map((one) => one.expression ?? ''), index.where ?? ''].join(' ')) ||
        index.elements.some((one) => one.column === column.name) ||
        index.include.includes(column.name),
    ) ||
    table.constraints.some((one) =>
      'columns' in one
        ? one.columns.includes(column.name)
        : isNamed.test(one.kind === 'check' ? one.expression : one.definition),
    ) ||
    context.referencing(relation).some((key) => key.columns.includes(column.name)) ||
    (context.model?.dependencies ?? []).some(([, needed]) => needed === column.id)
  const match = /^alter\s+(?:column\s+)?(?:"(?:[^"]|"")+"|\S+)\s+(?:set\s+data\s+)?type\s+(.+)$/is.exec(
    command.text,
  )
  const [type, using] = (match?.[1] ?? '').split(/\s+using\s+/i)
  if (isUsed || type === undefined || type === '') return null
  const domain = domainOf(strings(command.column?.typeName?.names), context)
  // To add a column of such a domain rewrites the table too.
  if (domain !== undefined && (domain.constraints.length > 0 || !domain.isNullable)) return null
  const old = name(column.name).text
  const next = name(`${column.name}_new`).text
  const whole = name(relation.schema, relation.name).text
  const sync = name(relation.schema, `${relation.name}_${column.name}_sync`).text
  const trigger = name(`${relation.name}_${column.name}_sync`).text
  const value = using ?? `${old}::${type}`
  const fromNew = using === undefined ? `new.${old}::${type}` : null
  if (fromNew === null) return null
  const notNull = column.isNullable
    ? []
    : [
        `${command.head} add constraint ${name(`${column.name}_there`).text} check (${next} is not null) not valid`,
        `${command.head} validate constraint ${name(`${column.name}_there`).text}`,
        `${command.head} alter column ${next} set not null`,
        `${command.head} drop constraint ${name(`${column.name}_there`).text}`,
      ]
  return {
    summary: `Fill a column of the new type beside the old one, then swap them. ${column.name} becomes the last column.`,
    statements: [
      `${command.head} add column ${next} ${type}`,
      `create function ${sync}() returns trigger language plpgsql as $$ begin new.${next} := ${fromNew}; return new; end $$`,
      `create trigger ${trigger} before insert or update on ${whole} for each row execute function ${sync}()`,
      `-- nebula:batch rows 5000\nupdate ${whole} set ${next} = ${value}`,
      ...notNull,
      `drop trigger ${trigger} on ${whole}`,
      `drop function ${sync}()`,
      `${command.head} drop column ${old}`,
      `${command.head} rename column ${next} to ${old}`,
      ...(column.default === null
        ? []
        : [`${command.head} alter column ${old} set default ${column.default}`]),
    ],
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
