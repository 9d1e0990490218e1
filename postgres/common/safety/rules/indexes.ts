// Indexes, and what goes through a whole table: CLUSTER, VACUUM, REINDEX, ANALYZE, materialised views.
import type { RelationName } from '#contract/schema/types.ts'
import { identifier } from '../../sql/sql.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import type { ReviewContext } from '../facts.ts'
import { manual, shown, withDescendants, type Lock, type Rule } from '../rule.ts'
import { namesOf } from '../transaction.ts'
import { findRelations, optionOf } from '../tree.ts'
import { statementRule } from './define.ts'
import { lockAll } from './tables.ts'

const EXCLUSIVE = { mode: 'ACCESS EXCLUSIVE' } as const
const REWRITE = { ...EXCLUSIVE, isRewritten: true, isScanned: true } as const

/** ACCESS SHARE on what a query reads; ROW SHARE where it locks rows. */
export function readLocks(tree: unknown, context: ReviewContext): Lock[] {
  return findRelations(tree).map((one) => ({
    relation: context.resolve(one),
    mode: one.isLocked ? 'ROW SHARE' : 'ACCESS SHARE',
  }))
}

export const indexRules: readonly Rule[] = [
  statementRule({
    name: 'create-index-concurrently',
    statement: 'CREATE INDEX CONCURRENTLY',
    severity: 'note',
    source: manual('sql-createindex', 'SQL-CREATEINDEX-CONCURRENTLY'),
    locks: 'SHARE UPDATE EXCLUSIVE; scans the table twice',
    about:
      'Reads and writes go on. It cannot run in a transaction, waits for older ones, and leaves an invalid index when it fails: the migrator drops that and tries again.',
    check: (tree, context) =>
      'IndexStmt' in tree && tree.IndexStmt.concurrent === true
        ? {
            locks: [
              {
                relation: context.resolve(tree.IndexStmt.relation),
                mode: 'SHARE UPDATE EXCLUSIVE',
                isScanned: true,
              },
            ],
          }
        : null,
  }),
  statementRule({
    name: 'create-index',
    statement: 'CREATE INDEX',
    severity: 'caution',
    source: manual('sql-createindex', 'SQL-CREATEINDEX-CONCURRENTLY'),
    locks: 'SHARE on the table and its partitions; scans them',
    about:
      'Nobody can write while it is built. CONCURRENTLY lets everybody go on. On a partitioned table: ON ONLY the parent first, then CONCURRENTLY on each partition, then attach.',
    check: (tree, context) => {
      if (!('IndexStmt' in tree)) return null
      const relation = context.resolve(tree.IndexStmt.relation)
      const isPartitioned = (context.table(relation)?.partitionKey ?? null) !== null
      if (isPartitioned && tree.IndexStmt.relation?.inh !== true)
        return { locks: [{ relation, mode: 'SHARE' }] }
      return {
        locks: withDescendants(relation, context, isPartitioned).map((one) => ({
          relation: one,
          mode: 'SHARE',
          isScanned: (context.table(one)?.partitionKey ?? null) === null,
        })),
        message: `Nobody can write to ${shown(relation)} while the index is built.`,
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'drop-index-concurrently',
    statement: 'DROP INDEX CONCURRENTLY',
    severity: 'note',
    source: manual('sql-dropindex'),
    locks: 'SHARE UPDATE EXCLUSIVE',
    about: 'Reads and writes go on. Cannot run in a transaction.',
    check: (tree, context) => {
      if (
        !('DropStmt' in tree) ||
        tree.DropStmt.removeType !== 'OBJECT_INDEX' ||
        tree.DropStmt.concurrent !== true
      )
        return null
      return {
        locks: indexed(tree.DropStmt.objects, context).map((relation) => ({
          relation,
          mode: 'SHARE UPDATE EXCLUSIVE',
        })),
      }
    },
  }),
  statementRule({
    name: 'drop-index',
    statement: 'DROP INDEX',
    severity: 'caution',
    source: manual('sql-dropindex'),
    locks: 'ACCESS EXCLUSIVE on the table and its partitions',
    about:
      'A moment, but it waits for everybody who uses the table, and everybody waits behind it. CONCURRENTLY does not. Queries that used it become slow.',
    check: (tree, context) => {
      if (!('DropStmt' in tree) || tree.DropStmt.removeType !== 'OBJECT_INDEX') return null
      const relations = indexed(tree.DropStmt.objects, context)
      const isPartitioned = relations.some((one) => (context.table(one)?.partitionKey ?? null) !== null)
      const [only, second] = tree.DropStmt.objects ?? []
      const id = only === undefined || second !== undefined ? undefined : identifier(...namesOf(only)).text
      const canWait = id !== undefined && !isPartitioned && tree.DropStmt.behavior !== 'DROP_CASCADE'
      return {
        locks: relations.flatMap((one) => lockAll(withDescendants(one, context, isPartitioned), EXCLUSIVE)),
        message: 'Nobody can read or write the table until it has the lock and is done.',
        safeForm: canWait
          ? {
              summary: 'Drop it while reads and writes go on.',
              statements: [
                `drop index concurrently ${tree.DropStmt.missing_ok === true ? 'if exists ' : ''}${id}`,
              ],
            }
          : null,
      }
    },
  }),
  statementRule({
    name: 'reindex-concurrently',
    statement: 'REINDEX … CONCURRENTLY',
    severity: 'note',
    source: manual('sql-reindex', 'SQL-REINDEX-CONCURRENTLY'),
    locks: 'SHARE UPDATE EXCLUSIVE; scans the table',
    about: 'Reads and writes go on. Cannot run in a transaction.',
    check: (tree, context) => {
      if (!('ReindexStmt' in tree) || optionOf(tree.ReindexStmt.params, 'concurrently') !== true) return null
      return {
        locks: reindexed(tree, context).map((relation) => ({
          relation,
          mode: 'SHARE UPDATE EXCLUSIVE',
          isScanned: true,
        })),
      }
    },
  }),
  statementRule({
    name: 'reindex',
    statement: 'REINDEX INDEX, TABLE, SCHEMA, DATABASE',
    severity: 'danger',
    source: manual('sql-reindex', 'SQL-REINDEX-CONCURRENTLY'),
    locks: 'SHARE on the table, ACCESS EXCLUSIVE on each index; scans the table',
    about:
      'Nobody can write, and queries that would use the index wait too. CONCURRENTLY lets everybody go on.',
    check: (tree, context) => {
      if (!('ReindexStmt' in tree)) return null
      const relations = reindexed(tree, context)
      return {
        locks: relations.map((relation) => ({ relation, mode: 'SHARE', isScanned: true })),
        message: 'Nobody can write to the table meanwhile, and queries wait for the index.',
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'cluster',
    statement: 'CLUSTER',
    severity: 'danger',
    source: manual('sql-cluster'),
    locks: 'ACCESS EXCLUSIVE; rewrites the table and its indexes',
    about: 'All of the table is copied in the order of the index while nobody can read or write.',
    check: (tree, context) => {
      if (!('ClusterStmt' in tree)) return null
      const relations =
        tree.ClusterStmt.relation === undefined ? [] : [context.resolve(tree.ClusterStmt.relation)]
      return {
        locks: lockAll(relations, REWRITE),
        message: 'All of the table is copied, and nobody can read or write it meanwhile.',
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'vacuum-full',
    statement: 'VACUUM FULL',
    severity: 'danger',
    source: manual('sql-vacuum'),
    locks: 'ACCESS EXCLUSIVE; rewrites the table and its indexes',
    about:
      'All of the table is copied while nobody can read or write. Plain VACUUM makes the room free for new rows and blocks nobody.',
    check: (tree, context) => {
      if (!('VacuumStmt' in tree) || optionOf(tree.VacuumStmt.options, 'full') !== true) return null
      return {
        locks: vacuumed(tree, context, REWRITE),
        message: 'All of the table is copied, and nobody can read or write it meanwhile.',
        safeForm: null,
      }
    },
  }),
  statementRule({
    name: 'vacuum',
    statement: 'VACUUM, ANALYZE',
    severity: 'note',
    source: manual('sql-vacuum'),
    locks: 'SHARE UPDATE EXCLUSIVE',
    about: 'Reads and writes go on. VACUUM cannot run in a transaction.',
    check: (tree, context) =>
      'VacuumStmt' in tree ? { locks: vacuumed(tree, context, { mode: 'SHARE UPDATE EXCLUSIVE' }) } : null,
  }),
  statementRule({
    name: 'refresh-concurrently',
    statement: 'REFRESH MATERIALIZED VIEW CONCURRENTLY',
    severity: 'note',
    source: manual('sql-refreshmaterializedview'),
    locks: 'EXCLUSIVE; scans it',
    about: 'Reads go on. It needs a unique index over all rows.',
    check: (tree, context) =>
      'RefreshMatViewStmt' in tree && tree.RefreshMatViewStmt.concurrent === true
        ? {
            locks: refreshed(tree.RefreshMatViewStmt.relation, context, {
              mode: 'EXCLUSIVE',
              isScanned: true,
            }),
          }
        : null,
  }),
  statementRule({
    name: 'refresh',
    statement: 'REFRESH MATERIALIZED VIEW',
    severity: 'caution',
    source: manual('sql-refreshmaterializedview'),
    locks: 'ACCESS EXCLUSIVE; fills it anew',
    about:
      'Nobody can read it meanwhile. CONCURRENTLY lets reads go on, where a unique index covers all rows.',
    check: (tree, context) => {
      if (!('RefreshMatViewStmt' in tree)) return null
      const { relation, skipData } = tree.RefreshMatViewStmt
      const id = context.resolve(relation)
      const view = context.relation(id)
      const canWait =
        skipData !== true &&
        (view?.indexes ?? []).some(
          (index) =>
            index.isUnique && index.where === null && index.elements.every((one) => one.column !== null),
        ) &&
        view?.kind === 'view' &&
        view.isPopulated
      return {
        locks: refreshed(relation, context, { ...REWRITE, isScanned: skipData !== true }),
        message: `Nobody can read ${shown(id)} while it is filled.`,
        safeForm: canWait
          ? {
              summary: 'Let reads go on meanwhile.',
              statements: [`refresh materialized view concurrently ${identifier(id.schema, id.name).text}`],
            }
          : null,
      }
    },
  }),
]

/** Relations that the indexes named in a DROP are on. */
function indexed(objects: readonly SyntaxNode[] | undefined, context: ReviewContext): RelationName[] {
  return (objects ?? []).flatMap((object) => context.indexedBy(context.resolveNames(namesOf(object))) ?? [])
}

function reindexed(
  tree: Extract<SyntaxNode, { ReindexStmt: unknown }>,
  context: ReviewContext,
): RelationName[] {
  const { kind, relation, name } = tree.ReindexStmt
  if (kind === 'REINDEX_OBJECT_TABLE') return [context.resolve(relation)]
  if (kind === 'REINDEX_OBJECT_INDEX') return [context.indexedBy(context.resolve(relation)) ?? []].flat()
  return (context.model?.objects ?? []).flatMap((object) =>
    object.kind === 'table' &&
    object.partitionKey === null &&
    (kind !== 'REINDEX_OBJECT_SCHEMA' || object.schema === name)
      ? [{ schema: object.schema, name: object.name }]
      : [],
  )
}

function vacuumed(
  tree: Extract<SyntaxNode, { VacuumStmt: unknown }>,
  context: ReviewContext,
  lock: Omit<Lock, 'relation'>,
): Lock[] {
  return (tree.VacuumStmt.rels ?? []).flatMap((node) =>
    'VacuumRelation' in node
      ? lockAll(
          withDescendants(
            context.resolve(node.VacuumRelation.relation),
            context,
            node.VacuumRelation.relation?.inh === true,
          ),
          lock,
        )
      : [],
  )
}

/** The view, and the tables that its query names. */
function refreshed(
  relation: { readonly schemaname?: string; readonly relname?: string } | undefined,
  context: ReviewContext,
  lock: Omit<Lock, 'relation'>,
): Lock[] {
  const id = context.resolve(relation)
  const view = context.relation(id)
  const needed = (context.model?.dependencies ?? [])
    .filter(([needs]) => needs === view?.id)
    .map(([, needs]) => needs)
  const read = (context.model?.objects ?? []).filter(
    (object) =>
      needed.includes(object.id) ||
      (object.kind === 'table' && object.columns.some((column) => needed.includes(column.id))),
  )
  return [
    { relation: id, ...lock },
    ...read.flatMap((object): Lock[] =>
      object.kind === 'table' || object.kind === 'view'
        ? [{ relation: { schema: object.schema, name: object.name }, mode: 'ACCESS SHARE' }]
        : [],
    ),
  ]
}
