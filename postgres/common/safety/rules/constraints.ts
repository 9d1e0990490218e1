// ALTER TABLE … ADD, VALIDATE, ALTER and DROP CONSTRAINT.
import type { Constraint } from '@pgsql/types'
import type { RelationName } from '#contract/schema/types.ts'
import { name } from '../../sql/sql.ts'
import type { ReviewContext } from '../facts.ts'
import {
  commandLocks,
  manual,
  shown,
  type Effect,
  type Lock,
  type Rule,
  type SafeForm,
  type TableCommand,
} from '../rule.ts'
import { findColumns, strings } from '../tree.ts'
import { isValidatedUnderLock } from '../validation.ts'
import { commandRule } from './define.ts'

const ADD = ['AT_AddConstraint'] as const
const NOTES = manual('sql-altertable', 'SQL-ALTERTABLE-NOTES')
const ADD_CONSTRAINT = manual('sql-altertable', 'SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT')
const EXCLUSIVE = { mode: 'ACCESS EXCLUSIVE' } as const
const SHARED = { mode: 'SHARE ROW EXCLUSIVE' } as const

/** A rule for constraints of these kinds that are added. */
function constraintRule(
  kinds: readonly NonNullable<Constraint['contype']>[],
  rule: Omit<Rule, 'check'> & {
    check(command: TableCommand, context: ReviewContext, constraint: Constraint): ReturnType<Rule['check']>
  },
): Rule {
  const { check, ...rest } = rule
  return commandRule({
    ...rest,
    subtypes: ADD,
    check: (command, context) => {
      const { constraint } = command
      if (constraint?.contype === undefined || !kinds.includes(constraint.contype)) return null
      return check(command, context, constraint)
    },
  })
}

export const constraintRules: readonly Rule[] = [
  constraintRule(['CONSTR_CHECK', 'CONSTR_NOTNULL'], {
    name: 'add-check-not-valid',
    statement: 'ALTER TABLE … ADD CONSTRAINT … CHECK or NOT NULL … NOT VALID or NOT ENFORCED',
    severity: 'note',
    source: ADD_CONSTRAINT,
    locks: 'ACCESS EXCLUSIVE',
    about:
      'No row is read: a moment. New rows are checked from then on; VALIDATE CONSTRAINT checks the old ones later and blocks nobody.',
    check: (command, context, constraint) =>
      constraint.skip_validation === true ||
      (constraint.contype === 'CONSTR_CHECK' && constraint.is_enforced !== true)
        ? { locks: commandLocks(command, context, EXCLUSIVE) }
        : null,
  }),
  constraintRule(['CONSTR_CHECK'], {
    name: 'add-check',
    statement: 'ALTER TABLE … ADD CONSTRAINT … CHECK',
    severity: 'caution',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; scans the table',
    about:
      'All rows are read while nobody can read or write. Add it NOT VALID and validate it in a step of its own.',
    check: (command, context) => ({
      locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: true }),
      message: `All of ${of(command, context)} is read to check it, and nobody can read or write the table meanwhile.`,
      safeForm: notValid(command, context, 'check'),
    }),
  }),
  constraintRule(['CONSTR_NOTNULL'], {
    name: 'add-not-null',
    statement: 'ALTER TABLE … ADD CONSTRAINT … NOT NULL',
    severity: 'caution',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; scans the table',
    about:
      'All rows are read while nobody can read or write. Add it NOT VALID and validate it in a step of its own. From Postgres 18 on.',
    check: (command, context) => ({
      locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: true }),
      message: `All of ${of(command, context)} is read to see that there are no nulls, and nobody can read or write the table meanwhile.`,
      safeForm: notValid(command, context, 'not_null'),
    }),
  }),
  constraintRule(['CONSTR_FOREIGN'], {
    name: 'add-foreign-key-not-valid',
    statement: 'ALTER TABLE … ADD FOREIGN KEY … NOT VALID or NOT ENFORCED',
    severity: 'note',
    source: ADD_CONSTRAINT,
    locks: 'SHARE ROW EXCLUSIVE on both tables',
    about:
      'No row is read: writes to both tables wait for a moment. VALIDATE CONSTRAINT checks the old rows later.',
    check: (command, context, constraint) =>
      constraint.skip_validation === true || constraint.is_enforced !== true
        ? { locks: foreignKeyLocks(command, context, constraint, false) }
        : null,
  }),
  constraintRule(['CONSTR_FOREIGN'], {
    name: 'add-foreign-key',
    statement: 'ALTER TABLE … ADD FOREIGN KEY',
    severity: 'caution',
    source: NOTES,
    locks:
      'SHARE ROW EXCLUSIVE on both tables; scans both. With a column that is added ACCESS EXCLUSIVE on its table',
    about:
      'Nobody can write to either table while all rows are looked up. Add it NOT VALID and validate it in a step of its own.',
    check: (command, context, constraint) => {
      if (command.isInline) {
        const hasValues = columnHasValues(command)
        return {
          locks: foreignKeyLocks(command, context, constraint, hasValues),
          ...(hasValues
            ? {
                message: `All of ${of(command, context)} is looked up, and nobody can read or write it meanwhile.`,
              }
            : {}),
        }
      }
      return {
        locks: foreignKeyLocks(command, context, constraint, true),
        message: `All of ${of(command, context)} is looked up in ${shown(context.resolve(constraint.pktable))}, and nobody can write to either table meanwhile.`,
        safeForm: notValid(command, context, 'fkey'),
      }
    },
  }),
  constraintRule(['CONSTR_PRIMARY', 'CONSTR_UNIQUE'], {
    name: 'add-constraint-using-index',
    statement: 'ALTER TABLE … ADD PRIMARY KEY or UNIQUE USING INDEX',
    severity: 'note',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX'),
    locks: 'ACCESS EXCLUSIVE; scans the table when a primary key must make a column NOT NULL',
    about: 'The index is there already: a moment. The columns of a primary key should be NOT NULL before.',
    check: (command, context, constraint) => {
      if (constraint.indexname === undefined) return null
      const table = context.table(context.resolve(command.relation))
      const index = table?.indexes.find((one) => one.name === constraint.indexname)
      const isNullable =
        constraint.contype === 'CONSTR_PRIMARY' &&
        (index?.elements ?? []).some(
          (element) => table?.columns.find((one) => one.name === element.column)?.isNullable === true,
        )
      return {
        locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: isNullable }),
        ...(isNullable
          ? {
              message: `All of ${of(command, context)} is read to make the columns of the key NOT NULL, and nobody can read or write the table meanwhile. Make them NOT NULL in a safe way first.`,
            }
          : {}),
      }
    },
  }),
  constraintRule(['CONSTR_PRIMARY', 'CONSTR_UNIQUE'], {
    name: 'add-unique',
    statement: 'ALTER TABLE … ADD PRIMARY KEY or UNIQUE',
    severity: 'danger',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX'),
    locks: 'ACCESS EXCLUSIVE; scans the table to build the index',
    about:
      'The index is built while nobody can read or write. Build a unique index CONCURRENTLY, then make the constraint USING INDEX.',
    check: (command, context, constraint) => ({
      locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: true }),
      message: `Its index is built from all of ${of(command, context)}, and nobody can read or write the table meanwhile.`,
      safeForm: usingIndex(command, context, constraint),
    }),
  }),
  constraintRule(['CONSTR_EXCLUSION'], {
    name: 'add-exclusion',
    statement: 'ALTER TABLE … ADD EXCLUDE',
    severity: 'danger',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT'),
    locks: 'ACCESS EXCLUSIVE; scans the table to build the index',
    about:
      'The index is built while nobody can read or write. There is no way around it: choose a quiet time.',
    check: (command, context) => ({
      locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: true }),
      message: `Its index is built from all of ${of(command, context)}, and nobody can read or write the table meanwhile.`,
      safeForm: null,
    }),
  }),
  commandRule({
    name: 'add-other-constraint',
    subtypes: [
      ...ADD,
      'AT_AddIndex',
      'AT_ReAddIndex',
      'AT_ReAddConstraint',
      'AT_ReAddDomainConstraint',
      'AT_AddIndexConstraint',
      'AT_ReAddComment',
      'AT_ReAddStatistics',
    ],
    statement: 'ALTER TABLE … ADD CONSTRAINT of any other kind',
    severity: 'note',
    source: ADD_CONSTRAINT,
    locks: 'ACCESS EXCLUSIVE',
    about: 'Nothing is known of it: the strongest lock is assumed.',
    check: (command, context) => ({ locks: commandLocks(command, context, EXCLUSIVE) }),
  }),
  commandRule({
    name: 'validate-constraint-locked',
    subtypes: ['AT_ValidateConstraint'],
    statement: 'ALTER TABLE … VALIDATE CONSTRAINT beside something stronger, in one statement or transaction',
    severity: 'caution',
    source: NOTES,
    locks: 'Those of what it stands beside, through the scan',
    about:
      'A lock is held until the transaction ends, so all rows are read under the stronger one. In a migration VALIDATE CONSTRAINT as a statement of its own is a step of its own.',
    check: (command, context) => {
      const isBeside = isValidatedUnderLock(command.statement)
      if (!isBeside && context.heldUp.size === 0) return null
      const { locks } = validationEffect(command, context)
      if (!locks.some(({ isScanned }) => isScanned)) return null
      const held = [...(isBeside ? [context.resolve(command.relation)] : []), ...context.heldUp.values()]
      const names = [...new Set(held.map(shown))].join(', ')
      return {
        locks,
        message: `All of ${of(command, context)} is read while the stronger lock on ${names}, of ${isBeside ? 'the same statement' : 'a statement before'}, is still held. Validate it in a ${isBeside ? 'statement' : 'transaction'} of its own.`,
        safeForm: isBeside
          ? {
              summary: 'Validate it in a step of its own, while reads and writes go on.',
              statements: [`${command.head} ${command.text}`],
            }
          : null,
      }
    },
  }),
  commandRule({
    name: 'validate-constraint',
    subtypes: ['AT_ValidateConstraint'],
    statement: 'ALTER TABLE … VALIDATE CONSTRAINT',
    severity: 'note',
    source: NOTES,
    locks: 'SHARE UPDATE EXCLUSIVE; for a foreign key ROW SHARE on the table it points at; scans the table',
    about: 'All rows are read while reads and writes go on. In a migration it is a step of its own.',
    check: validationEffect,
  }),
  commandRule({
    name: 'drop-constraint',
    subtypes: ['AT_DropConstraint'],
    statement: 'ALTER TABLE … DROP CONSTRAINT',
    severity: 'note',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-DROP-CONSTRAINT'),
    locks: 'ACCESS EXCLUSIVE; for a foreign key on both tables',
    about: 'A moment, but under the strongest lock: with a foreign key on both tables.',
    check: (command, context) => {
      const table = context.resolve(command.relation)
      const constraint = context.table(table)?.constraints.find((one) => one.name === command.command.name)
      const others: RelationName[] = constraint?.kind === 'foreign key' ? [constraint.references] : []
      if (
        command.command.behavior === 'DROP_CASCADE' &&
        (constraint?.kind === 'primary key' || constraint?.kind === 'unique')
      ) {
        const { columns } = constraint
        for (const key of context.referencing(table))
          if (
            key.columns.length === columns.length &&
            key.columns.every((column) => columns.includes(column))
          )
            others.push(key.table)
      }
      return { locks: [...commandLocks(command, context, EXCLUSIVE), ...on(others, EXCLUSIVE)] }
    },
  }),
  commandRule({
    name: 'alter-constraint',
    subtypes: ['AT_AlterConstraint'],
    statement: 'ALTER TABLE … ALTER CONSTRAINT',
    severity: 'note',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-ALTER-CONSTRAINT'),
    locks:
      'ACCESS EXCLUSIVE; NOT ENFORCED on both tables; ENFORCED takes SHARE ROW EXCLUSIVE on the other one and scans both',
    about: 'DEFERRABLE and the like change the catalog only. ENFORCED checks all rows.',
    check: (command, context) => {
      const { def } = command.command
      const change = def !== undefined && 'ATAlterConstraint' in def ? def.ATAlterConstraint : undefined
      const key = context
        .table(context.resolve(command.relation))
        ?.constraints.find((one) => one.name === change?.conname)
      const isScanned = change?.alterEnforceability === true && change.is_enforced === true
      const others =
        change?.alterEnforceability === true && key?.kind === 'foreign key' ? [key.references] : []
      return {
        locks: [
          ...commandLocks(command, context, { ...EXCLUSIVE, isScanned }),
          ...on(others, { mode: isScanned ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', isScanned }),
        ],
        ...(isScanned
          ? {
              message: `All of ${of(command, context)} is checked, and nobody can read or write the table meanwhile.`,
            }
          : {}),
      }
    },
  }),
]

function validationEffect(command: TableCommand, context: ReviewContext): Effect {
  const key = context
    .table(context.resolve(command.relation))
    ?.constraints.find((one) => one.name === command.command.name)
  const locks = commandLocks(command, context, {
    mode: 'SHARE UPDATE EXCLUSIVE',
    isScanned: key === undefined || !('isValidated' in key) || !key.isValidated,
  })
  if (key?.kind !== 'foreign key' || key.isValidated) return { locks }
  const { schema, name: other } = key.references
  return { locks: [...locks, { relation: { schema, name: other }, mode: 'ROW SHARE', isScanned: true }] }
}

function on(relations: readonly RelationName[], lock: Omit<Lock, 'relation'>): Lock[] {
  return relations.map(({ schema, name: relation }) => ({ relation: { schema, name: relation }, ...lock }))
}

function of(command: TableCommand, context: ReviewContext): string {
  return shown(context.resolve(command.relation))
}

function foreignKeyLocks(
  command: TableCommand,
  context: ReviewContext,
  constraint: Constraint,
  isScanned: boolean,
): Lock[] {
  const own = command.isInline ? EXCLUSIVE : SHARED
  return [
    ...commandLocks(command, context, { ...own, isScanned }),
    ...on([context.resolve(constraint.pktable)], { ...SHARED, isScanned }),
  ]
}

/** Whether the column that is added has a value in the rows that are there. */
function columnHasValues({ column }: TableCommand): boolean {
  return (column?.constraints ?? []).some(
    (node) => 'Constraint' in node && node.Constraint.contype === 'CONSTR_DEFAULT',
  )
}

/** The name that a constraint has, or one like Postgres would give it. */
function constraintName(command: TableCommand, constraint: Constraint, suffix: string): string {
  if (constraint.conname !== undefined) return constraint.conname
  const checked = findColumns(constraint.raw_expr)
  const columns =
    suffix === 'check'
      ? checked.length === 1
        ? checked
        : []
      : strings(suffix === 'fkey' ? constraint.fk_attrs : constraint.keys)
  return [command.relation.relname ?? '', ...columns, suffix].join('_')
}

/** `add constraint … not valid`, then `validate constraint`. Not for partitioned tables where Postgres refuses it. */
function notValid(command: TableCommand, context: ReviewContext, suffix: string): SafeForm | null {
  const { constraint } = command
  if (command.isInline || constraint === undefined) return null
  const isPartitioned = (context.table(context.resolve(command.relation))?.partitionKey ?? null) !== null
  if (isPartitioned && suffix === 'fkey' && context.serverVersion < 180000) return null
  const constraintId = name(constraintName(command, constraint, suffix)).text
  const text =
    constraint.conname === undefined
      ? command.text.replace(/^add\s+/i, `add constraint ${constraintId} `)
      : command.text
  return {
    summary:
      'Add it without looking at the rows, then validate it in a step of its own while reads and writes go on.',
    statements: [`${command.head} ${text} not valid`, `${command.head} validate constraint ${constraintId}`],
  }
}

function usingIndex(command: TableCommand, context: ReviewContext, constraint: Constraint): SafeForm | null {
  const table = context.resolve(command.relation)
  const isPartitioned = (context.table(table)?.partitionKey ?? null) !== null
  if (command.isInline || isPartitioned || constraint.without_overlaps === true) return null
  if ((constraint.options ?? []).length > 0 || constraint.indexspace !== undefined) return null
  const columns = strings(constraint.keys)
  const isPrimary = constraint.contype === 'CONSTR_PRIMARY'
  const id =
    constraint.conname ?? (isPrimary ? `${table.name}_pkey` : [table.name, ...columns, 'key'].join('_'))
  const list = (names: readonly string[]): string => names.map((one) => name(one).text).join(', ')
  const including = strings(constraint.including)
  const whole = name(
    ...(command.relation.schemaname === undefined ? [] : [command.relation.schemaname]),
    table.name,
  ).text
  const include = including.length === 0 ? '' : ` include (${list(including)})`
  const nulls = constraint.nulls_not_distinct === true ? ' nulls not distinct' : ''
  const deferral = `${constraint.deferrable === true ? ' deferrable' : ''}${constraint.initdeferred === true ? ' initially deferred' : ''}`
  return {
    summary: 'Build the unique index while reads and writes go on, then make the constraint of it.',
    statements: [
      `create unique index concurrently ${name(id).text} on ${whole} (${list(columns)})${include}${nulls}`,
      `${command.head} add constraint ${name(id).text} ${isPrimary ? 'primary key' : 'unique'} using index ${name(id).text}${deferral}`,
    ],
  }
}
