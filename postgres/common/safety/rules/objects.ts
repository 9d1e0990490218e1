// What makes things, and changes what is not a table's own: tables, views, triggers, policies, functions, statistics, publications, comments, grants.
import type { CreateStmt } from '@pgsql/types'
import type { RelationName } from '#contract/schema/types.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import type { ReviewContext } from '../facts.ts'
import { manual, shown, withDescendants, type Lock, type Rule } from '../rule.ts'
import { namesOf } from '../transaction.ts'
import { optionOf } from '../tree.ts'
import { statementRule } from './define.ts'
import { readLocks } from './indexes.ts'
import { defaultPartition, lockAll } from './tables.ts'

const EXCLUSIVE = { mode: 'ACCESS EXCLUSIVE' } as const

export const objectRules: readonly Rule[] = [
  statementRule({
    name: 'create-partition',
    statement: 'CREATE TABLE … PARTITION OF',
    severity: 'caution',
    source: manual('sql-createtable', 'SQL-CREATETABLE-PARTITION'),
    locks: 'ACCESS EXCLUSIVE on the partitioned table and its default partition; scans the default partition',
    about:
      'Nobody can use any partition meanwhile. Make a table LIKE the parent and attach it: that takes SHARE UPDATE EXCLUSIVE.',
    check: (tree, context) => {
      const statement = createdTable(tree)
      if (statement?.partbound === undefined) return null
      const [parentNode] = statement.inhRelations ?? []
      const parent = context.resolve(
        parentNode !== undefined && 'RangeVar' in parentNode ? parentNode.RangeVar : undefined,
      )
      const rest = defaultPartition(parent, context)
      return {
        locks: [
          { relation: parent, ...EXCLUSIVE },
          ...(rest === undefined ? [] : [{ relation: rest, ...EXCLUSIVE, isScanned: true }]),
        ],
        message: `Nobody can read or write ${shown(parent)} until it has the lock and is done.`,
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'create-table',
    statement: 'CREATE TABLE, CREATE FOREIGN TABLE',
    severity: 'note',
    source: manual('sql-createtable'),
    locks:
      'SHARE ROW EXCLUSIVE on tables that its foreign keys point at, SHARE UPDATE EXCLUSIVE on those it inherits from, ACCESS SHARE on those it is LIKE',
    about:
      'Nobody uses the new table yet. Writes to tables that its foreign keys point at wait for a moment.',
    check: (tree, context) => {
      const statement = createdTable(tree)
      return statement === undefined ? null : { locks: neededTables(statement, context) }
    },
  }),
  statementRule({
    name: 'create-table-as',
    statement: 'CREATE TABLE … AS, CREATE MATERIALIZED VIEW, SELECT INTO',
    severity: 'note',
    source: manual('sql-createtableas'),
    locks: 'ACCESS SHARE on what it reads',
    about: 'It takes as long as the query; others go on.',
    check: (tree, context) => {
      if ('CreateTableAsStmt' in tree) return { locks: readLocks(tree.CreateTableAsStmt.query, context) }
      if ('SelectStmt' in tree && tree.SelectStmt.intoClause !== undefined)
        return { locks: readLocks(tree.SelectStmt.fromClause, context) }
      return null
    },
  }),
  statementRule({
    name: 'create-view',
    statement: 'CREATE VIEW, CREATE OR REPLACE VIEW',
    severity: 'note',
    source: manual('sql-createview'),
    locks: 'ACCESS EXCLUSIVE on a view that is replaced; ACCESS SHARE on what it reads',
    about: 'A moment. Replacing keeps grants and what depends on it; columns can only be added at the end.',
    check: (tree, context) => {
      if (!('ViewStmt' in tree)) return null
      const view = context.resolve(tree.ViewStmt.view)
      const replaced: Lock[] =
        tree.ViewStmt.replace === true && context.relation(view) !== undefined
          ? [{ relation: view, ...EXCLUSIVE }]
          : []
      return { locks: [...replaced, ...readLocks(tree.ViewStmt.query, context)] }
    },
  }),
  statementRule({
    name: 'create-trigger',
    statement: 'CREATE TRIGGER',
    severity: 'note',
    source: manual('explicit-locking', 'LOCKING-TABLES'),
    locks: 'SHARE ROW EXCLUSIVE on the table and its partitions',
    about: 'Writes wait for a moment. From then on each write pays for it.',
    check: (tree, context) => {
      if (!('CreateTrigStmt' in tree)) return null
      const relation = context.resolve(tree.CreateTrigStmt.relation)
      const isPartitioned = (context.table(relation)?.partitionKey ?? null) !== null
      const other = tree.CreateTrigStmt.constrrel
      return {
        locks: [
          ...lockAll(withDescendants(relation, context, isPartitioned && tree.CreateTrigStmt.row === true), {
            mode: 'SHARE ROW EXCLUSIVE',
          }),
          ...(other === undefined ? [] : lockAll([context.resolve(other)], { mode: 'ACCESS SHARE' })),
        ],
      }
    },
  }),
  statementRule({
    name: 'create-policy',
    statement: 'CREATE POLICY, ALTER POLICY',
    severity: 'caution',
    source: manual('sql-createpolicy'),
    locks: 'ACCESS EXCLUSIVE on the table',
    about: 'A moment. It decides who sees and writes which rows: try it as each role.',
    check: (tree, context) => {
      const table =
        'CreatePolicyStmt' in tree
          ? tree.CreatePolicyStmt.table
          : 'AlterPolicyStmt' in tree
            ? tree.AlterPolicyStmt.table
            : undefined
      const expressions =
        'CreatePolicyStmt' in tree
          ? [tree.CreatePolicyStmt.qual, tree.CreatePolicyStmt.with_check]
          : 'AlterPolicyStmt' in tree
            ? [tree.AlterPolicyStmt.qual, tree.AlterPolicyStmt.with_check]
            : []
      if (table === undefined) return null
      return {
        locks: [{ relation: context.resolve(table), ...EXCLUSIVE }, ...readLocks(expressions, context)],
        message: `It changes which rows of ${shown(context.resolve(table))} roles can see or write.`,
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'create-rule',
    statement: 'CREATE RULE',
    severity: 'caution',
    source: manual('sql-createrule'),
    locks: 'ACCESS EXCLUSIVE on the table',
    about: 'It rewrites statements before they run; a trigger is mostly the better way.',
    check: (tree, context) =>
      'RuleStmt' in tree
        ? {
            locks: [{ relation: context.resolve(tree.RuleStmt.relation), ...EXCLUSIVE }],
            message:
              'From then on statements on the table do something else. A trigger is mostly the better way.',
            safeForm: null,
          }
        : null,
  }),
  statementRule({
    name: 'create-function',
    statement: 'CREATE FUNCTION, CREATE PROCEDURE, ALTER FUNCTION',
    severity: 'note',
    source: manual('sql-createfunction'),
    locks: 'None on tables; ACCESS SHARE on what a body in SQL reads',
    about: 'Calls that run go on with the old body.',
    check: (tree, context) => {
      if ('AlterFunctionStmt' in tree) return { locks: [] }
      return 'CreateFunctionStmt' in tree
        ? { locks: readLocks(tree.CreateFunctionStmt.sql_body, context) }
        : null
    },
  }),
  statementRule({
    name: 'create-statistics',
    statement: 'CREATE STATISTICS, ALTER STATISTICS',
    severity: 'note',
    source: manual('sql-createstatistics'),
    locks: 'SHARE UPDATE EXCLUSIVE on the table',
    about: 'Reads and writes go on. They are gathered by the next ANALYZE.',
    check: (tree, context) => {
      if ('AlterStatsStmt' in tree) return { locks: [] }
      if (!('CreateStatsStmt' in tree)) return null
      return {
        locks: (tree.CreateStatsStmt.relations ?? []).flatMap((node): Lock[] =>
          'RangeVar' in node
            ? [{ relation: context.resolve(node.RangeVar), mode: 'SHARE UPDATE EXCLUSIVE' }]
            : [],
        ),
      }
    },
  }),
  statementRule({
    name: 'publication',
    statement: 'CREATE PUBLICATION, ALTER PUBLICATION',
    severity: 'note',
    source: manual('sql-createpublication'),
    locks: 'SHARE UPDATE EXCLUSIVE on the tables',
    about:
      'Reads and writes go on. UPDATE and DELETE on a published table fail while it has no replica identity.',
    check: (tree, context) => {
      const objects =
        'CreatePublicationStmt' in tree
          ? tree.CreatePublicationStmt.pubobjects
          : 'AlterPublicationStmt' in tree
            ? (tree.AlterPublicationStmt.pubobjects ?? [])
            : null
      if (objects === null) return null
      const named = (objects ?? []).flatMap((node) =>
        'PublicationObjSpec' in node && node.PublicationObjSpec.pubtable?.relation !== undefined
          ? [context.resolve(node.PublicationObjSpec.pubtable.relation)]
          : [],
      )
      const before =
        'AlterPublicationStmt' in tree && tree.AlterPublicationStmt.action === 'AP_SetObjects'
          ? publishedBy(tree.AlterPublicationStmt.pubname ?? '', context)
          : []
      return { locks: lockAll([...named, ...before], { mode: 'SHARE UPDATE EXCLUSIVE' }) }
    },
  }),
  statementRule({
    name: 'comment',
    statement: 'COMMENT ON, SECURITY LABEL',
    severity: 'note',
    source: manual('sql-comment'),
    locks:
      'SHARE UPDATE EXCLUSIVE on a table, view or the table of a column; ACCESS SHARE on the table of a constraint, trigger, policy or rule',
    about: 'Reads and writes go on.',
    check: (tree, context) => {
      const statement =
        'CommentStmt' in tree ? tree.CommentStmt : 'SecLabelStmt' in tree ? tree.SecLabelStmt : undefined
      if (statement === undefined) return null
      const names = statement.object === undefined ? [] : namesOf(statement.object)
      const type = statement.objtype ?? ''
      const isRelation = ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE'].includes(
        type,
      )
      if (isRelation)
        return { locks: [{ relation: context.resolveNames(names), mode: 'SHARE UPDATE EXCLUSIVE' }] }
      const relation = context.resolveNames(names.slice(0, -1))
      if (type === 'OBJECT_COLUMN') return { locks: [{ relation, mode: 'SHARE UPDATE EXCLUSIVE' }] }
      const isPart = ['OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE'].includes(type)
      return { locks: isPart ? [{ relation, mode: 'ACCESS SHARE' }] : [] }
    },
  }),
  statementRule({
    name: 'grant',
    statement: 'GRANT, REVOKE',
    severity: 'note',
    source: manual('sql-grant'),
    locks: 'ACCESS SHARE on tables that are named (none before Postgres 18)',
    about: 'It holds for statements that begin afterwards. After REVOKE programs of that role fail.',
    check: (tree, context) => {
      if (!('GrantStmt' in tree)) return null
      const { objects, objtype, targtype, is_grant } = tree.GrantStmt
      const tables =
        objtype === 'OBJECT_TABLE' && targtype === 'ACL_TARGET_OBJECT' && context.serverVersion >= 180000
          ? (objects ?? [])
          : []
      return {
        locks: tables.flatMap((node): Lock[] =>
          'RangeVar' in node ? [{ relation: context.resolve(node.RangeVar), mode: 'ACCESS SHARE' }] : [],
        ),
        ...(is_grant === true
          ? {}
          : { message: 'Programs of roles that lose a right fail where they used it.' }),
      }
    },
  }),
  statementRule({
    name: 'sequence',
    statement: 'CREATE SEQUENCE, ALTER SEQUENCE',
    severity: 'note',
    source: manual('sql-createsequence'),
    locks: 'ACCESS SHARE on the table whose column owns it',
    about: 'RESTART may give numbers that are there already.',
    check: (tree, context) => {
      const options =
        'CreateSeqStmt' in tree
          ? tree.CreateSeqStmt.options
          : 'AlterSeqStmt' in tree
            ? (tree.AlterSeqStmt.options ?? [])
            : null
      if (options === null) return null
      const owned = (options ?? []).find(
        (option) => 'DefElem' in option && option.DefElem.defname === 'owned_by',
      )
      const names =
        owned !== undefined && 'DefElem' in owned && owned.DefElem.arg !== undefined
          ? namesOf(owned.DefElem.arg)
          : []
      const table = names.length > 1 ? [context.resolveNames(names.slice(0, -1))] : []
      const isRestarted = 'AlterSeqStmt' in tree && optionOf(options, 'restart') !== undefined
      return {
        locks: lockAll(table, { mode: 'ACCESS SHARE' }),
        ...(isRestarted ? { message: 'It may give numbers that rows have already.' } : {}),
      }
    },
  }),
]

/** What a CREATE TABLE takes locks on besides the new table. */
function neededTables(statement: CreateStmt, context: ReviewContext): Lock[] {
  const locks: Lock[] = (statement.inhRelations ?? []).flatMap((node): Lock[] =>
    'RangeVar' in node ? [{ relation: context.resolve(node.RangeVar), mode: 'SHARE UPDATE EXCLUSIVE' }] : [],
  )
  const seeConstraint = (node: SyntaxNode): void => {
    if ('Constraint' in node && node.Constraint.pktable !== undefined)
      locks.push({ relation: context.resolve(node.Constraint.pktable), mode: 'SHARE ROW EXCLUSIVE' })
  }
  for (const element of statement.tableElts ?? []) {
    if ('TableLikeClause' in element)
      locks.push({ relation: context.resolve(element.TableLikeClause.relation), mode: 'ACCESS SHARE' })
    else if ('ColumnDef' in element) (element.ColumnDef.constraints ?? []).forEach(seeConstraint)
    else seeConstraint(element)
  }
  const own = context.resolve(statement.relation)
  return locks.filter(({ relation }) => relation.schema !== own.schema || relation.name !== own.name)
}

function createdTable(tree: SyntaxNode): CreateStmt | undefined {
  return 'CreateStmt' in tree
    ? tree.CreateStmt
    : 'CreateForeignTableStmt' in tree
      ? tree.CreateForeignTableStmt.base
      : undefined
}

function publishedBy(publication: string, context: ReviewContext): RelationName[] {
  return (context.model?.objects ?? []).flatMap((object) =>
    object.kind === 'publication' && object.name === publication
      ? object.tables.map(({ schema, name: table }) => ({ schema, name: table }))
      : [],
  )
}

/** The relation that a statement makes; undefined for any other. */
export function madeBy(tree: SyntaxNode, context: ReviewContext): RelationName | undefined {
  const table = createdTable(tree)
  if (table !== undefined) return context.resolve(table.relation)
  if ('CreateTableAsStmt' in tree) return context.resolve(tree.CreateTableAsStmt.into?.rel)
  if ('ViewStmt' in tree) {
    const view = context.resolve(tree.ViewStmt.view)
    return context.relation(view) === undefined ? view : undefined
  }
  if ('SelectStmt' in tree && tree.SelectStmt.intoClause !== undefined)
    return context.resolve(tree.SelectStmt.intoClause.rel)
  return undefined
}
