// DROP, TRUNCATE, RENAME, SET SCHEMA, OWNER TO.
import type { DropStmt, RangeVar } from '@pgsql/types'
import type { RelationName } from '#contract/schema/types.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import { keyOf, type ReviewContext } from '../facts.ts'
import { manual, shown, withDescendants, type Effect, type Lock, type Rule } from '../rule.ts'
import { namesOf } from '../transaction.ts'
import { statementRule } from './define.ts'
import { defaultPartition, lockAll } from './tables.ts'
import { usersOfType } from './types.ts'

const EXCLUSIVE = { mode: 'ACCESS EXCLUSIVE' } as const
const ON_A_TABLE = ['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']
const VIEWS = ['OBJECT_VIEW', 'OBJECT_MATVIEW']
const TABLES = ['OBJECT_TABLE', 'OBJECT_FOREIGN_TABLE']
const TYPES = ['OBJECT_TYPE', 'OBJECT_DOMAIN']

function drop(
  types: readonly string[],
  rule: Omit<Rule, 'check'> & { check(statement: DropStmt, context: ReviewContext): Effect },
): Rule {
  const { check, ...rest } = rule
  return statementRule({
    ...rest,
    check: (tree, context) =>
      'DropStmt' in tree && types.includes(tree.DropStmt.removeType ?? '')
        ? check(tree.DropStmt, context)
        : null,
  })
}

export const dropRules: readonly Rule[] = [
  drop(TABLES, {
    name: 'drop-table',
    statement: 'DROP TABLE',
    severity: 'danger',
    source: manual('sql-droptable'),
    locks:
      'ACCESS EXCLUSIVE on the table, its partitions, the table it is a partition of, and tables that its foreign keys point at; with CASCADE on those that point at it',
    about:
      'The rows are lost, and programs that still use the table fail. First deploy programs that do not use it.',
    check: (statement, context) => {
      const names = namesIn(statement, context)
      const isCascade = statement.behavior === 'DROP_CASCADE'
      return {
        locks: lockAll(
          names.flatMap((one) => droppedWith(one, context, isCascade)),
          EXCLUSIVE,
        ),
        message: `${names.map(shown).join(', ')} and all rows in it are lost for good${isCascade ? ', with everything that depends on it' : ''}.`,
        isDestructive: true,
      }
    },
  }),
  drop(VIEWS, {
    name: 'drop-view',
    statement: 'DROP VIEW, DROP MATERIALIZED VIEW',
    severity: 'caution',
    source: manual('sql-dropview'),
    locks: 'ACCESS EXCLUSIVE on the view',
    about:
      'No rows are lost, but programs that still use it fail. CREATE OR REPLACE VIEW keeps it and its grants.',
    check: (statement, context) => ({
      locks: lockAll(namesIn(statement, context), EXCLUSIVE),
      message: `Programs that still use ${namesIn(statement, context).map(shown).join(', ')} fail.`,
    }),
  }),
  drop(ON_A_TABLE, {
    name: 'drop-of-table',
    statement: 'DROP TRIGGER, DROP POLICY, DROP RULE',
    severity: 'note',
    source: manual('sql-droptrigger'),
    locks: 'ACCESS EXCLUSIVE on the table',
    about:
      'A moment. Without a policy rows may no longer be seen, without a trigger no longer be kept in order.',
    check: (statement, context) => ({
      locks: (statement.objects ?? []).flatMap((object) => {
        const relation = context.resolveNames(namesOf(object).slice(0, -1))
        const isCloned =
          statement.removeType === 'OBJECT_TRIGGER' &&
          (context.table(relation)?.partitionKey ?? null) !== null
        return lockAll(withDescendants(relation, context, isCloned), EXCLUSIVE)
      }),
    }),
  }),
  drop(TYPES, {
    name: 'drop-type',
    statement: 'DROP TYPE, DROP DOMAIN',
    severity: 'caution',
    source: manual('sql-droptype'),
    locks: 'None; with CASCADE ACCESS EXCLUSIVE on tables with columns of it',
    about: 'With CASCADE the columns of that type are dropped, with their values.',
    check: (statement, context) => {
      const isCascade = statement.behavior === 'DROP_CASCADE'
      const users = isCascade
        ? (statement.objects ?? []).flatMap((object) => usersOfType(typeNames(object), context))
        : []
      return {
        locks: lockAll(users, EXCLUSIVE),
        ...(users.length === 0
          ? {}
          : {
              message: `Columns of that type in ${users.map(shown).join(', ')} are dropped too, and their values are lost.`,
              isDestructive: true,
            }),
      }
    },
  }),
  drop(['OBJECT_SCHEMA'], {
    name: 'drop-schema',
    statement: 'DROP SCHEMA',
    severity: 'danger',
    source: manual('sql-dropschema'),
    locks: 'None; with CASCADE ACCESS EXCLUSIVE on all that is in it',
    about: 'With CASCADE all tables in it are dropped, with their rows.',
    check: (statement, context) => {
      if (statement.behavior !== 'DROP_CASCADE') return { locks: [] }
      const schemas = (statement.objects ?? []).flatMap(namesOf)
      const within = (context.model?.objects ?? []).flatMap((object) =>
        (object.kind === 'table' || object.kind === 'view') && schemas.includes(object.schema)
          ? [{ schema: object.schema, name: object.name }]
          : [],
      )
      return {
        locks: lockAll(
          within.flatMap((one) =>
            context.table(one) === undefined ? [one] : droppedWith(one, context, true),
          ),
          EXCLUSIVE,
        ),
        message: `Everything in ${schemas.join(', ')} is lost for good, rows included.`,
        isDestructive: true,
      }
    },
  }),
  drop(['OBJECT_SEQUENCE'], {
    name: 'drop-sequence',
    statement: 'DROP SEQUENCE',
    severity: 'caution',
    source: manual('sql-dropsequence'),
    locks: 'None on tables',
    about: 'The number that it has reached is lost. With CASCADE the defaults that use it go too.',
    check: () => ({
      locks: [],
      message: 'The number that the sequence has reached is lost.',
      isDestructive: true,
    }),
  }),
  drop(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE'], {
    name: 'drop-routine',
    statement: 'DROP FUNCTION, PROCEDURE, AGGREGATE',
    severity: 'caution',
    source: manual('sql-dropfunction'),
    locks: 'None; with CASCADE ACCESS EXCLUSIVE on tables whose triggers and policies use it',
    about:
      'Programs that still call it fail. With CASCADE triggers, policies, views and defaults that use it go too.',
    check: (statement, context) => {
      const names = (statement.objects ?? []).map(functionName)
      const users =
        statement.behavior === 'DROP_CASCADE' ? names.flatMap((one) => triggeredBy(one, context)) : []
      return {
        locks: lockAll(users, EXCLUSIVE),
        message: `Programs that still call ${names.join(', ')} fail.${users.length === 0 ? '' : ` Triggers of ${users.map(shown).join(', ')} go with it.`}`,
      }
    },
  }),
  drop(['OBJECT_STATISTIC_EXT'], {
    name: 'drop-statistics',
    statement: 'DROP STATISTICS',
    severity: 'note',
    source: manual('sql-dropstatistics'),
    locks: 'SHARE UPDATE EXCLUSIVE on the table',
    about: 'Reads and writes go on.',
    check: (statement, context) => {
      const wanted = namesIn(statement, context)
      const found = (context.model?.objects ?? []).filter(
        (object) =>
          object.kind === 'other' &&
          object.what === 'statistics' &&
          wanted.some((one) => one.name === object.name && one.schema === object.schema),
      )
      const ids = new Set(found.map((object) => object.id))
      const needed = new Set(
        (context.model?.dependencies ?? []).filter(([needs]) => ids.has(needs)).map(([, id]) => id),
      )
      const tables = (context.model?.objects ?? []).flatMap((object) =>
        object.kind === 'table' &&
        (needed.has(object.id) || object.columns.some((column) => needed.has(column.id)))
          ? [{ schema: object.schema, name: object.name }]
          : [],
      )
      return { locks: lockAll(tables, { mode: 'SHARE UPDATE EXCLUSIVE' }) }
    },
  }),
  statementRule({
    name: 'drop-other',
    statement:
      'DROP of anything else: extensions, servers, operators, casts, collations, text search, publications, event triggers, access methods',
    severity: 'caution',
    source: manual('sql-commands'),
    locks: 'None on tables, unless CASCADE drops something of them',
    about: 'With CASCADE everything that depends on it goes too, columns included.',
    check: (tree) => {
      if (!('DropStmt' in tree)) return null
      const isCascade = tree.DropStmt.behavior === 'DROP_CASCADE'
      return {
        locks: [],
        ...(isCascade
          ? {
              message: 'Everything that depends on it goes too; columns of its types lose their values.',
              isDestructive: true,
            }
          : {}),
      }
    },
  }),
  statementRule({
    name: 'truncate',
    statement: 'TRUNCATE',
    severity: 'danger',
    source: manual('sql-truncate'),
    locks: 'ACCESS EXCLUSIVE on the table and its partitions; with CASCADE on tables that point at it',
    about: 'All rows are lost, and DELETE triggers do not fire.',
    check: (tree, context) => {
      if (!('TruncateStmt' in tree)) return null
      const isCascade = tree.TruncateStmt.behavior === 'DROP_CASCADE'
      const roots = (tree.TruncateStmt.relations ?? []).flatMap((node) =>
        'RangeVar' in node
          ? withDescendants(context.resolve(node.RangeVar), context, node.RangeVar.inh === true)
          : [],
      )
      const all = isCascade ? withReferencing(roots, context) : roots
      return {
        locks: all.map((relation) => ({
          relation,
          ...EXCLUSIVE,
          isRewritten: (context.table(relation)?.partitionKey ?? null) === null,
        })),
        message: `All rows of ${all.map(shown).join(', ')} are lost for good.`,
        isDestructive: true,
      }
    },
  }),
  statementRule({
    name: 'rename',
    statement: 'ALTER … RENAME of a table, view, column or type; ALTER … SET SCHEMA',
    severity: 'caution',
    source: manual('sql-altertable', 'SQL-ALTERTABLE-DESC-RENAME'),
    locks: 'ACCESS EXCLUSIVE; for a column also on partitions and heirs',
    about:
      'A moment, but programs that still use the old name fail at once. Views and keys follow. Keep the old name for a while as a view, or as a second column.',
    check: renamed,
  }),
  statementRule({
    name: 'change-owner',
    statement: 'ALTER … OWNER TO, for anything but tables',
    severity: 'note',
    source: manual('sql-commands'),
    locks: 'None on tables',
    about: 'The former owner loses the rights of an owner.',
    check: (tree) => ('AlterOwnerStmt' in tree ? { locks: [] } : null),
  }),
]

function namesIn(statement: DropStmt, context: ReviewContext): RelationName[] {
  return (statement.objects ?? []).map((object) => context.resolveNames(namesOf(object)))
}

/** DROP TYPE names a type, not a list of names. */
function typeNames(object: SyntaxNode): string[] {
  return 'TypeName' in object ? (object.TypeName.names ?? []).flatMap(namesOf) : namesOf(object)
}

function functionName(object: SyntaxNode): string {
  return 'ObjectWithArgs' in object
    ? ((object.ObjectWithArgs.objname ?? []).flatMap(namesOf).at(-1) ?? '')
    : (namesOf(object).at(-1) ?? '')
}

/** Everything that a DROP TABLE locks. */
function droppedWith(table: RelationName, context: ReviewContext, isCascade: boolean): RelationName[] {
  const found = new Map<string, RelationName>()
  const add = ({ schema, name }: RelationName): void =>
    void found.set(keyOf({ schema, name }), { schema, name })
  for (const one of withDescendants(table, context)) {
    add(one)
    const known = context.table(one)
    for (const constraint of known?.constraints ?? [])
      if (constraint.kind === 'foreign key') add(constraint.references)
    if (isCascade) for (const key of context.referencing(one)) add(key.table)
    if (isCascade) for (const view of viewsOf(one, context)) add(view)
    const parent = known?.partitionOf?.parent
    if (parent !== undefined) {
      add(parent)
      const rest = defaultPartition(parent, context)
      if (rest !== undefined) add(rest)
    }
  }
  return [...found.values()]
}

/** Views over a relation, and views over those. */
function viewsOf(relation: RelationName, context: ReviewContext): RelationName[] {
  const known = context.relation(relation)
  if (known === undefined || context.model === null) return []
  const ids = new Set([known.id, ...known.columns.map((column) => column.id)])
  const needing = new Set(
    context.model.dependencies.filter(([, needed]) => ids.has(needed)).map(([id]) => id),
  )
  return context.model.objects.flatMap((object) => {
    if (object.kind !== 'view' || !needing.has(object.id) || object.id === known.id) return []
    const view = { schema: object.schema, name: object.name }
    return [view, ...viewsOf(view, context)]
  })
}

function withReferencing(tables: readonly RelationName[], context: ReviewContext): RelationName[] {
  const found = new Map(tables.map((one) => [keyOf(one), one]))
  // A Map goes on over what is added meanwhile.
  for (const one of found.values())
    for (const { table } of context.referencing(one))
      for (const each of withDescendants(table, context))
        if (!found.has(keyOf(each))) found.set(keyOf(each), each)
  return [...found.values()]
}

function triggeredBy(routine: string, context: ReviewContext): RelationName[] {
  return (context.model?.objects ?? []).flatMap((object) =>
    object.kind === 'table' &&
    object.triggers.some((trigger) =>
      new RegExp(`EXECUTE FUNCTION (?:\\S+\\.)?"?${routine.replaceAll(/\W/g, '.')}"?\\(`).test(
        trigger.definition,
      ),
    )
      ? [{ schema: object.schema, name: object.name }]
      : [],
  )
}

const NAMED_BY_PROGRAMS = [
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_COLUMN',
  'OBJECT_FUNCTION',
  'OBJECT_PROCEDURE',
  'OBJECT_SCHEMA',
  'OBJECT_TYPE',
  'OBJECT_ATTRIBUTE',
  'OBJECT_SEQUENCE',
]
const RELATIONS = [
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
]

function renamed(tree: SyntaxNode, context: ReviewContext): Effect | null {
  const statement =
    'RenameStmt' in tree
      ? tree.RenameStmt
      : 'AlterObjectSchemaStmt' in tree
        ? tree.AlterObjectSchemaStmt
        : undefined
  if (statement === undefined) return null
  const type =
    'renameType' in statement
      ? (statement.renameType ?? '')
      : 'objectType' in statement
        ? (statement.objectType ?? '')
        : ''
  const isColumn = type === 'OBJECT_COLUMN' || type === 'OBJECT_TABCONSTRAINT'
  const locks =
    RELATIONS.includes(type) && statement.relation !== undefined
      ? relationLocks(statement.relation, isColumn, context)
      : []
  return {
    locks,
    ...(NAMED_BY_PROGRAMS.includes(type)
      ? { message: 'Programs that still use the old name fail from then on.', safeForm: null }
      : {}),
  }
}

function relationLocks(relation: RangeVar, isWhole: boolean, context: ReviewContext): Lock[] {
  return lockAll(
    withDescendants(context.resolve(relation), context, isWhole && relation.inh === true),
    EXCLUSIVE,
  )
}
