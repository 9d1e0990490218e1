// ALTER TABLE … ADD, DROP and ALTER COLUMN, but for types.
import type { ColumnDef, Constraint } from '@pgsql/types'
import type { DomainType, RelationName } from '#contract/schema/types.ts'
import { isOfKind } from '../../catalog/find.ts'
import { name } from '../../sql/sql.ts'
import { columnText } from '../command-text.ts'
import type { ReviewContext } from '../facts.ts'
import {
  commandLocks,
  manual,
  shown,
  type Lock,
  type Rule,
  type SafeForm,
  type TableCommand,
} from '../rule.ts'
import { strings } from '../tree.ts'
import { briefRule, commandRule } from './define.ts'

const ADD = ['AT_AddColumn'] as const
const NOTES = manual('sql-altertable', 'SQL-ALTERTABLE-NOTES')
const EXCLUSIVE = { mode: 'ACCESS EXCLUSIVE' } as const
const REWRITE = { ...EXCLUSIVE, isRewritten: true, isScanned: true } as const

export const columnRules: readonly Rule[] = [
  commandRule({
    name: 'add-column-numbered',
    subtypes: ADD,
    statement: 'ALTER TABLE … ADD COLUMN … serial, or GENERATED … AS IDENTITY',
    severity: 'danger',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; rewrites the table',
    about:
      'Each row there is gets a number, so all of the table is written anew while nobody can read it. Add a plain column, give it a sequence as its default, number the rows in batches.',
    check: (command, context) => {
      const type = strings(command.column?.typeName?.names).at(-1) ?? ''
      const isSerial = /^(small|big)?serial[248]?$/.test(type)
      if (!isSerial && constraintOf(command.column, 'CONSTR_IDENTITY') === undefined) return null
      return {
        locks: commandLocks(command, context, REWRITE),
        message: `Every row of ${shownTable(command, context)} is written anew to number it, and nobody can read or write the table meanwhile.`,
        safeForm: isSerial ? numberedInSteps(command, type, context) : null,
      }
    },
  }),
  commandRule({
    name: 'add-column-stored-generated',
    subtypes: ADD,
    statement: 'ALTER TABLE … ADD COLUMN … GENERATED ALWAYS AS (…) STORED',
    severity: 'danger',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; rewrites the table',
    about:
      'The value is worked out for each row and written. From Postgres 18 on a VIRTUAL column costs nothing; else use a plain column, kept by a trigger and filled in batches.',
    check: (command, context) => {
      const generated = constraintOf(command.column, 'CONSTR_GENERATED')
      if (generated === undefined || generated.generated_kind === 'v') return null
      const safer =
        context.serverVersion >= 180000 && / stored\s*$/i.test(command.text)
          ? {
              summary: 'Make it virtual: worked out when it is read. It cannot be indexed.',
              statements: [`${command.head} ${command.text.replace(/stored\s*$/i, 'virtual')}`],
            }
          : null
      return {
        locks: commandLocks(command, context, REWRITE),
        message: `Every row of ${shownTable(command, context)} is written anew to hold the value, and nobody can read or write the table meanwhile.`,
        safeForm: safer,
      }
    },
  }),
  commandRule({
    name: 'add-column-volatile-default',
    subtypes: ADD,
    statement: 'ALTER TABLE … ADD COLUMN … DEFAULT with a volatile function',
    severity: 'danger',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; rewrites the table',
    about:
      'random(), gen_random_uuid(), clock_timestamp() and the like give each row a value of its own, so all rows are written. Add the column without it, set the default for new rows, fill the old ones in batches.',
    check: (command, context) => {
      const expression = constraintOf(command.column, 'CONSTR_DEFAULT')?.raw_expr
      if (expression === undefined || !context.isVolatile(expression)) return null
      return {
        locks: commandLocks(command, context, REWRITE),
        message: `The default differs from row to row, so every row of ${shownTable(command, context)} is written anew, and nobody can read or write the table meanwhile.`,
        safeForm: defaultInSteps(command, context),
      }
    },
  }),
  commandRule({
    name: 'add-column-constrained-domain',
    subtypes: ADD,
    statement: 'ALTER TABLE … ADD COLUMN … of a domain with constraints',
    severity: 'danger',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE; rewrites the table',
    about:
      'Postgres checks the domain on each row, and rewrites the table for it. Add the column with the domain’s base type and a CHECK that is NOT VALID.',
    check: (command, context) => {
      const domain = domainOf(strings(command.column?.typeName?.names), context)
      if (domain === undefined || (domain.constraints.length === 0 && domain.isNullable)) return null
      return {
        locks: commandLocks(command, context, REWRITE),
        message: `${shown(domain)} is a domain with constraints, so every row of ${shownTable(command, context)} is written anew, and nobody can read or write the table meanwhile.`,
        safeForm: null,
      }
    },
  }),
  commandRule({
    name: 'add-column-not-null',
    subtypes: ADD,
    statement: 'ALTER TABLE … ADD COLUMN … NOT NULL without a default',
    severity: 'danger',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-ADD-COLUMN'),
    locks: 'ACCESS EXCLUSIVE',
    about:
      'It fails when the table has a single row. Give it a default, or add it as nullable, fill it, and make it NOT NULL then.',
    check: (command, context) => {
      const { column } = command
      const isNotNull = constraintOf(column, 'CONSTR_NOTNULL') ?? constraintOf(column, 'CONSTR_PRIMARY')
      if (isNotNull === undefined || constraintOf(column, 'CONSTR_DEFAULT') !== undefined) return null
      if (constraintOf(column, 'CONSTR_GENERATED') !== undefined) return null
      if (context.table(context.resolve(command.relation))?.estimatedRows === 0) return null
      return {
        locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: true }),
        message: `${column?.colname ?? 'The column'} may not be null and has no default: this fails when ${shownTable(command, context)} has rows.`,
        safeForm: null,
      }
    },
  }),
  commandRule({
    name: 'add-column',
    subtypes: [...ADD, 'AT_AddColumnToView'],
    statement: 'ALTER TABLE … ADD COLUMN, nullable or with a constant default',
    severity: 'note',
    source: NOTES,
    locks: 'ACCESS EXCLUSIVE',
    about: 'No row is touched: a constant default is kept in the catalog.',
    check: (command, context) => ({ locks: commandLocks(command, context, EXCLUSIVE) }),
  }),
  commandRule({
    name: 'drop-column',
    subtypes: ['AT_DropColumn'],
    statement: 'ALTER TABLE … DROP COLUMN',
    severity: 'danger',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-DROP-COLUMN'),
    locks: 'ACCESS EXCLUSIVE; on the other table too, where a foreign key goes with it',
    about:
      'The values are lost, and programs that still name the column fail. First deploy programs that do not use it.',
    check: (command, context) => {
      const table = context.resolve(command.relation)
      const column = command.command.name ?? ''
      return {
        locks: [
          ...commandLocks(command, context, EXCLUSIVE),
          ...keyedTables(table, column, context, {
            withReferencing: command.command.behavior === 'DROP_CASCADE',
            isRechecked: false,
          }),
        ],
        message: `The values of ${shown(table)}.${column} are lost for good, and programs that still name it fail.`,
        isDestructive: true,
      }
    },
  }),
  commandRule({
    name: 'set-not-null',
    subtypes: ['AT_SetNotNull'],
    statement: 'ALTER TABLE … ALTER COLUMN … SET NOT NULL',
    severity: 'caution',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL'),
    locks: 'ACCESS EXCLUSIVE; scans the table, unless a valid CHECK (… IS NOT NULL) proves it',
    about:
      'All rows are read while nobody can read or write. Add the constraint NOT VALID and validate it, which blocks nobody: as NOT NULL from Postgres 18 on, as CHECK before, which SET NOT NULL then takes for proof.',
    check: (command, context) => {
      const column = command.command.name ?? ''
      const table = context.resolve(command.relation)
      const isProven = provesNotNull(table, column, context)
      if (isProven) return { locks: commandLocks(command, context, EXCLUSIVE) }
      return {
        locks: commandLocks(command, context, { ...EXCLUSIVE, isScanned: true }),
        message: `All of ${shown(table)} is read to see that ${column} has no nulls, and nobody can read or write the table meanwhile.`,
        safeForm: notNullInSteps(command, table, context),
      }
    },
  }),
  briefRule({
    name: 'alter-column-statistics',
    subtypes: ['AT_SetStatistics', 'AT_SetOptions', 'AT_ResetOptions'],
    statement: 'ALTER TABLE … ALTER COLUMN … SET STATISTICS, SET (…), RESET (…)',
    severity: 'note',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-SET-STATISTICS'),
    mode: 'SHARE UPDATE EXCLUSIVE',
    about: 'Reads and writes go on.',
  }),
  commandRule({
    name: 'set-expression',
    subtypes: ['AT_SetExpression'],
    statement: 'ALTER TABLE … ALTER COLUMN … SET EXPRESSION',
    severity: 'danger',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-SET-EXPRESSION'),
    locks: 'ACCESS EXCLUSIVE; rewrites the table for a stored column',
    about: 'The values of a stored generated column are worked out again for every row. From Postgres 17 on.',
    check: (command, context) => {
      const column = context
        .table(context.resolve(command.relation))
        ?.columns.find((one) => one.name === command.command.name)
      const isVirtual = column?.generated?.kind === 'virtual'
      return {
        locks: commandLocks(command, context, isVirtual ? EXCLUSIVE : REWRITE),
        ...(isVirtual
          ? {}
          : {
              message: `Every row of ${shownTable(command, context)} is written anew with the new expression, and nobody can read or write the table meanwhile.`,
            }),
      }
    },
  }),
  briefRule({
    name: 'alter-column',
    subtypes: [
      'AT_ColumnDefault',
      'AT_CookedColumnDefault',
      'AT_DropNotNull',
      'AT_SetStorage',
      'AT_SetCompression',
      'AT_AddIdentity',
      'AT_SetIdentity',
      'AT_DropIdentity',
      'AT_DropExpression',
      'AT_AlterColumnGenericOptions',
    ],
    statement:
      'ALTER TABLE … ALTER COLUMN … SET or DROP DEFAULT, DROP NOT NULL, SET STORAGE, SET COMPRESSION, ADD, SET or DROP IDENTITY, DROP EXPRESSION',
    severity: 'note',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-SET-DROP-DEFAULT'),
    mode: 'ACCESS EXCLUSIVE',
    about: 'Only the catalog changes: a moment. Rows there are keep what they have.',
  }),
]

/** The constraint of this type that was written with a column. */
function constraintOf(column: ColumnDef | undefined, type: Constraint['contype']): Constraint | undefined {
  for (const node of column?.constraints ?? [])
    if ('Constraint' in node && node.Constraint.contype === type) return node.Constraint
  return undefined
}

/** The domain with this name; undefined when it is none that is known. */
export function domainOf(names: readonly string[], context: ReviewContext): DomainType | undefined {
  const wanted = names.at(-1)
  const schema = names.at(-2)
  for (const object of context.model?.objects ?? [])
    if (
      isOfKind(object, 'domain') &&
      object.name === wanted &&
      (schema === undefined || object.schema === schema)
    )
      return object
  return undefined
}

/** Tables at the other end of foreign keys that a column is in. */
export function keyedTables(
  table: RelationName,
  column: string,
  context: ReviewContext,
  { withReferencing, isRechecked }: { readonly withReferencing: boolean; readonly isRechecked: boolean },
): Lock[] {
  const others: { readonly relation: RelationName; readonly isChecked: boolean }[] = []
  for (const constraint of context.table(table)?.constraints ?? [])
    if (constraint.kind === 'foreign key' && constraint.columns.includes(column))
      others.push({
        relation: constraint.references,
        isChecked: constraint.isValidated && constraint.isEnforced,
      })
  if (withReferencing)
    for (const key of context.referencing(table))
      if (key.columns.includes(column)) others.push({ relation: key.table, isChecked: key.isValidated })
  return others.map(({ relation: { schema, name: other }, isChecked }) => ({
    relation: { schema, name: other },
    ...EXCLUSIVE,
    isScanned: isRechecked && isChecked,
  }))
}

function shownTable(command: TableCommand, context: ReviewContext): string {
  return shown(context.resolve(command.relation))
}

/** Whether a valid constraint already says that there are no nulls. */
function provesNotNull(table: RelationName, column: string, context: ReviewContext): boolean {
  const known = context.table(table)
  if (known === undefined) return false
  const own = known.columns.find((one) => one.name === column)
  if (own !== undefined && !own.isNullable && own.notNull?.isValidated !== false) return true
  const proof = `(${name(column).text} IS NOT NULL)`
  return known.constraints.some(
    (one) =>
      one.kind === 'check' &&
      one.isValidated &&
      one.isEnforced &&
      one.expression.replaceAll(/^\(+|\)+$/g, '') === proof.slice(1, -1),
  )
}

function notNullInSteps(command: TableCommand, table: RelationName, context: ReviewContext): SafeForm {
  const column = name(command.command.name ?? '').text
  const constraint = name(`${table.name}_${command.command.name ?? ''}_not_null`).text
  if (context.serverVersion >= 180000)
    return {
      summary:
        'Add the constraint without looking at the rows, then validate it while reads and writes go on.',
      statements: [
        `${command.head} add constraint ${constraint} not null ${column} not valid`,
        `${command.head} validate constraint ${constraint}`,
      ],
    }
  return {
    summary:
      'Prove it by a CHECK that is validated while reads and writes go on; SET NOT NULL then needs no look at the rows.',
    statements: [
      `${command.head} add constraint ${constraint} check (${column} is not null) not valid`,
      `${command.head} validate constraint ${constraint}`,
      `${command.head} ${command.text}`,
      `${command.head} drop constraint ${constraint}`,
    ],
  }
}

function defaultInSteps(command: TableCommand, context: ReviewContext): SafeForm | null {
  const column = columnText(command.text)
  if (column.hasMore || column.default === null) return null
  const table = context.resolve(command.relation)
  const plain = command.column?.colname ?? ''
  const steps = [
    `${command.head} add column ${column.name} ${column.type}`,
    `${command.head} alter column ${column.name} set default ${column.default}`,
    `-- nebula:batch rows 5000\nupdate ${name(table.schema, table.name).text} set ${column.name} = ${column.default} where ${column.name} is null`,
  ]
  const notNull = notNullInSteps(
    { ...command, command: { name: plain }, text: `alter column ${column.name} set not null` },
    table,
    context,
  )
  return {
    summary: 'Add the column empty, give new rows the default, fill the old rows in batches.',
    statements: column.isNotNull ? [...steps, ...notNull.statements] : steps,
  }
}

function numberedInSteps(command: TableCommand, serial: string, context: ReviewContext): SafeForm | null {
  const column = columnText(command.text)
  if (column.hasMore) return null
  const type =
    serial.startsWith('small') || serial === 'serial2'
      ? 'smallint'
      : serial.startsWith('big') || serial === 'serial8'
        ? 'bigint'
        : 'integer'
  const sequenceName = [
    ...(command.relation.schemaname === undefined ? [] : [command.relation.schemaname]),
    `${command.relation.relname ?? ''}_${command.column?.colname ?? ''}_seq`,
  ]
  const sequence = name(...sequenceName).text
  const table = name(
    ...(command.relation.schemaname === undefined ? [] : [command.relation.schemaname]),
    command.relation.relname ?? '',
  ).text
  const next = `nextval('${sequence.replaceAll("'", "''")}')`
  const notNull = notNullInSteps(
    {
      ...command,
      command: { name: command.column?.colname ?? '' },
      text: `alter column ${column.name} set not null`,
    },
    context.resolve(command.relation),
    context,
  )
  return {
    summary: 'Add the column empty, give new rows a number, number the old rows in batches.',
    statements: [
      `${command.head} add column ${column.name} ${type}`,
      `create sequence ${sequence} as ${type} owned by ${table}.${column.name}`,
      `${command.head} alter column ${column.name} set default ${next}`,
      `-- nebula:batch rows 5000\nupdate ${table} set ${column.name} = ${next} where ${column.name} is null`,
      ...notNull.statements,
    ],
  }
}
