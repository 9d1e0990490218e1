// Statements on rows, and those whose effect is not to be seen from here.
import { LockMode } from '#contract/capabilities/schema.ts'
import type { RelationName } from '#contract/schema/types.ts'
import type { BatchMark } from '../../script/batch-mark.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import type { ReviewContext } from '../facts.ts'
import { manual, shown, type Lock, type Rule, type SafeForm } from '../rule.ts'
import { statementRule } from './define.ts'
import { readLocks } from './indexes.ts'

const WRITE = { mode: 'ROW EXCLUSIVE' } as const
/** Above so many rows a statement on all of them is offered in batches. */
const MANY_ROWS = 10_000

/** The modes of LOCK TABLE by their numbers in Postgres. */
const MODES = LockMode.options

export const rowRules: readonly Rule[] = [
  statementRule({
    name: 'update-all',
    statement: 'UPDATE without WHERE, or of a large table',
    severity: 'caution',
    source: manual('explicit-locking', 'LOCKING-ROWS'),
    locks: 'ROW EXCLUSIVE; locks each row until the transaction ends',
    about:
      'All rows are locked until the end, and the table grows by as much as is changed. In batches (`-- nebula:batch`) each transaction is short.',
    check: (tree, context, batch) => {
      if (!('UpdateStmt' in tree)) return null
      const { relation, whereClause } = tree.UpdateStmt
      const table = context.resolve(relation)
      const rows = context.table(table)?.estimatedRows ?? null
      if (whereClause !== undefined && (rows === null || rows < MANY_ROWS)) return null
      const locks = writeLocks(tree, table, context, whereClause === undefined)
      if (batch !== undefined)
        return {
          locks,
          message: `Rows of ${shown(table)} are changed in batches of ${countOf(batch)}, each in a transaction of its own.`,
          safeForm: null,
        }
      return {
        locks,
        message: `${whereClause === undefined ? `All rows of ${shown(table)}` : `Rows of ${shown(table)}, which is large,`} are locked against other writes until the step ends.`,
        safeForm: inBatches(tree, table, context),
      }
    },
  }),
  statementRule({
    name: 'delete',
    statement: 'DELETE',
    severity: 'danger',
    source: manual('sql-delete'),
    locks: 'ROW EXCLUSIVE; locks each row until the transaction ends',
    about: 'The rows are lost. Many at once are better deleted in batches (`-- nebula:batch`).',
    check: (tree, context, batch) => {
      if (!('DeleteStmt' in tree)) return null
      const table = context.resolve(tree.DeleteStmt.relation)
      const isAll = tree.DeleteStmt.whereClause === undefined
      const rows = context.table(table)?.estimatedRows ?? null
      return {
        locks: writeLocks(tree, table, context, isAll),
        message: `${isAll ? 'All rows' : 'Rows'} of ${shown(table)} are lost for good${batch === undefined ? '' : `, in batches of ${countOf(batch)}`}.`,
        isDestructive: true,
        safeForm:
          batch !== undefined
            ? null
            : isAll || (rows ?? 0) >= MANY_ROWS
              ? inBatches(tree, table, context)
              : null,
      }
    },
  }),
  statementRule({
    name: 'write-rows',
    statement: 'INSERT, UPDATE, MERGE, COPY … FROM',
    severity: 'note',
    source: manual('explicit-locking', 'LOCKING-TABLES'),
    locks:
      'ROW EXCLUSIVE on the table; ROW SHARE on tables that its foreign keys point at; ACCESS SHARE on what it reads',
    about: 'Others go on; rows that are changed are locked until the transaction ends.',
    check: (tree, context) => {
      const relation = written(tree)
      return relation === undefined
        ? null
        : { locks: writeLocks(tree, context.resolve(relation), context, false) }
    },
  }),
  statementRule({
    name: 'lock-table',
    statement: 'LOCK TABLE',
    severity: 'caution',
    source: manual('sql-lock'),
    locks: 'What it says; ACCESS EXCLUSIVE when it says nothing',
    about: 'The lock is held until the transaction ends.',
    check: (tree, context) => {
      if (!('LockStmt' in tree)) return null
      const mode = MODES[(tree.LockStmt.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE'
      return {
        locks: (tree.LockStmt.relations ?? []).flatMap((node): Lock[] =>
          'RangeVar' in node ? [{ relation: context.resolve(node.RangeVar), mode }] : [],
        ),
        message: 'The lock is held until the step ends.',
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'read-rows',
    statement: 'SELECT, COPY … TO, DECLARE, EXPLAIN',
    severity: 'note',
    source: manual('explicit-locking', 'LOCKING-TABLES'),
    locks: 'ACCESS SHARE on what it reads; ROW SHARE with FOR UPDATE or FOR SHARE',
    about: 'Others go on. Functions that it calls may do more.',
    check: (tree, context) => {
      if ('SelectStmt' in tree)
        return { locks: [...readLocks(tree, context), ...writesWithin(tree, context)] }
      if ('CopyStmt' in tree)
        return { locks: readLocks([tree.CopyStmt.query, { relation: tree.CopyStmt.relation }], context) }
      if ('DeclareCursorStmt' in tree) return { locks: readLocks(tree.DeclareCursorStmt.query, context) }
      if ('ExplainStmt' in tree) {
        const { query } = tree.ExplainStmt
        const target = query === undefined ? undefined : written(query)
        return {
          locks:
            target === undefined || query === undefined
              ? readLocks(query, context)
              : writeLocks(query, context.resolve(target), context, false),
        }
      }
      return null
    },
  }),
  statementRule({
    name: 'run-code',
    statement: 'DO, CALL, EXECUTE',
    severity: 'caution',
    source: manual('sql-do'),
    locks: 'What the code takes: not to be seen from outside. A dry run shows it',
    about: 'What it does cannot be told without running it. A dry run shows the locks that it takes.',
    check: (tree) =>
      'DoStmt' in tree || 'CallStmt' in tree || 'ExecuteStmt' in tree
        ? {
            locks: [],
            message:
              'What this code locks and changes cannot be told without running it. A dry run shows it.',
            safeForm: null,
          }
        : null,
  }),
]

/** `5,000` */
function countOf({ rows }: BatchMark): string {
  return rows.toLocaleString('en')
}

function written(tree: SyntaxNode) {
  if ('InsertStmt' in tree) return tree.InsertStmt.relation
  if ('UpdateStmt' in tree) return tree.UpdateStmt.relation
  if ('DeleteStmt' in tree) return tree.DeleteStmt.relation
  if ('MergeStmt' in tree) return tree.MergeStmt.relation
  return 'CopyStmt' in tree && tree.CopyStmt.is_from === true ? tree.CopyStmt.relation : undefined
}

/** Writes inside WITH. */
function writesWithin(tree: SyntaxNode, context: ReviewContext): Lock[] {
  if (!('SelectStmt' in tree)) return []
  return (tree.SelectStmt.withClause?.ctes ?? []).flatMap((node) => {
    if (!('CommonTableExpr' in node) || node.CommonTableExpr.ctequery === undefined) return []
    const target = written(node.CommonTableExpr.ctequery)
    return target === undefined
      ? []
      : writeLocks(node.CommonTableExpr.ctequery, context.resolve(target), context, false)
  })
}

function writeLocks(
  tree: SyntaxNode,
  table: RelationName,
  context: ReviewContext,
  isScanned: boolean,
): Lock[] {
  const isInsert = 'InsertStmt' in tree || 'CopyStmt' in tree
  const keys = isInsert
    ? (context.table(table)?.constraints ?? []).filter((one) => one.kind === 'foreign key' && one.isEnforced)
    : []
  return [
    { relation: table, ...WRITE, isScanned },
    ...readLocks(tree, context).filter(
      ({ relation }) => relation.schema !== table.schema || relation.name !== table.name,
    ),
    ...keys.flatMap((one): Lock[] =>
      one.kind === 'foreign key'
        ? [{ relation: { schema: one.references.schema, name: one.references.name }, mode: 'ROW SHARE' }]
        : [],
    ),
  ]
}

/** The same statement behind a mark: the migrator runs it in parts. Only where there is a key to go by, and no RETURNING. */
function inBatches(tree: SyntaxNode, table: RelationName, context: ReviewContext): SafeForm | null {
  const known = context.table(table)
  const isReturning =
    ('UpdateStmt' in tree && tree.UpdateStmt.returningClause !== undefined) ||
    ('DeleteStmt' in tree && tree.DeleteStmt.returningClause !== undefined)
  if (isReturning || known?.constraints.some((one) => one.kind === 'primary key') !== true) return null
  return {
    summary: 'Run it in batches of 5,000 rows, each in a transaction of its own.',
    statements: ['-- nebula:batch rows 5000\n'],
  }
}
