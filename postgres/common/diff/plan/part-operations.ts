// Operations for what stands on a table or view: indexes, triggers, rules; and what the operations of all parts share.
import type { Index, Table, View } from '#contract/schema/types.ts'
import { alterIndex, alterRule, alterTrigger } from '../../ddl/alter/parts.ts'
import { commentOnPart } from '../../ddl/create/comments.ts'
import { qualified, shown, statement } from '../../ddl/create/context.ts'
import { createIndex } from '../../ddl/create/index-definition.ts'
import { createRule, createTrigger } from '../../ddl/create/table-parts.ts'
import { dropIndex, dropRule, dropTrigger } from '../../ddl/drop.ts'
import type { Statement } from '../../ddl/statement.ts'
import { name, sql } from '../../sql/sql.ts'
import type { DiffOfKind, PartDiff } from '../model-diff.ts'
import { withPlace } from './names.ts'
import { RANK } from './operations.ts'
import { asRemade, sortName, type Planner } from './planner.ts'

export interface Made {
  readonly id: string
  readonly rank: number
  readonly name: string
  readonly statements: readonly Statement[]
  /** See Operation. */
  readonly table?: string
}

export function makePart({ operations }: Planner, { id, name: label, ...made }: Made): string {
  const key = operations.add({ ...made, key: `create ${id}`, name: label })
  operations.begins.set(id, key)
  operations.order(`drop ${id}`, key)
  return key
}

export function changePart(
  { operations }: Planner,
  { id, rank, name: label, statements }: Made,
): string | undefined {
  if (statements.length === 0) return undefined
  const key = operations.add({ key: `alter ${id}`, rank, name: label, statements })
  operations.begins.set(id, key)
  operations.frees.set(id, key)
  return key
}

export interface Dropped {
  readonly id: string
  readonly rank: number
  readonly name: string
  readonly statement: Statement
  readonly isRemade: boolean
}

export function dropPart(
  { operations }: Planner,
  { id, rank, name: label, statement: drop, isRemade }: Dropped,
): string {
  const key = operations.add({
    key: `drop ${id}`,
    rank,
    name: label,
    statements: isRemade ? asRemade([drop]) : [drop],
  })
  operations.breaks.set(id, key)
  operations.frees.set(id, key)
  return key
}

export function partComment(
  { context }: Pick<Planner, 'context'>,
  what: 'index' | 'constraint' | 'trigger' | 'rule' | 'policy' | 'column',
  part: { readonly id: string; readonly name: string; readonly comment: string | null },
  relation: Table | View,
): Statement[] {
  if (part.comment === null || !context.withComments) return []
  const where = what === 'index' ? name(relation.schema) : qualified(relation)
  return [commentOnPart(what, part, { where, of: shown(relation) })]
}

/** The drop of a column that takes this part of its table along. `columns`: only these count; a foreign key goes with its own columns, not with those it refers to. */
export function implicitDrop(
  { rebuild, diff }: Planner,
  {
    id,
    table,
    columns,
  }: { readonly id: string; readonly table: Table; readonly columns?: readonly string[] },
): string | undefined {
  const before = diff.pairs.get(table.id)?.before
  if (before?.kind !== 'table') return undefined
  const own = new Set(
    before.columns
      .filter(({ name: column }) => columns === undefined || columns.includes(column))
      .map((column) => diff.matching.idOf(column.id)),
  )
  for (const needed of rebuild.needs.of(id))
    if (own.has(needed) && rebuild.gone.has(needed) && !rebuild.remade.has(needed)) return `drop ${needed}`
  return undefined
}

interface IndexPlan {
  readonly parts: readonly PartDiff<Index>[]
  readonly attach?: string | undefined
  readonly free?: string | undefined
}

/** Indexes of a table or a materialised view that stays. */
export function indexOperations(
  planner: Planner,
  { after: relation }: { readonly before: Table | View; readonly after: Table | View },
  { parts, attach, free }: IndexPlan,
): void {
  const { rebuild, renames, context, operations } = planner
  for (const { id, before, after, differences } of parts) {
    const label = sortName(relation, (after ?? before)?.name)
    if (before !== null && rebuild.gone.has(id)) {
      const covering =
        after === null && relation.kind === 'table'
          ? implicitDrop(planner, { id, table: relation })
          : undefined
      if (covering === undefined)
        operations.order(
          free,
          dropPart(planner, {
            id,
            rank: RANK.dropIndex,
            name: label,
            statement: dropIndex(withPlace(before, renames.aside.get(id)), relation),
            isRemade: after !== null,
          }),
        )
      else {
        operations.breaks.set(id, covering)
        operations.frees.set(id, covering)
      }
    }
    if (after === null) continue
    const key =
      before === null || rebuild.remade.has(id)
        ? makePart(planner, {
            id,
            rank: RANK.createIndex,
            name: label,
            statements: [
              createIndex(after, relation),
              ...clusterMark(after, relation),
              ...partComment(planner, 'index', after, relation),
            ],
          })
        : changePart(planner, {
            id,
            rank: RANK.createIndex,
            name: label,
            statements: alterIndex(after, relation, { differences, context, before }),
          })
    operations.order(key, attach)
    operations.order(key, `settle ${relation.id}`)
  }
}

function clusterMark(index: Index, relation: Table | View): Statement[] {
  if (!index.isClustered) return []
  const kind = relation.kind === 'view' ? sql`materialized view` : sql`table`
  return [
    statement(sql`alter ${kind} ${qualified(relation)} cluster on ${name(index.name)}`, {
      objectId: index.id,
      summary: `Cluster ${shown(relation)} by ${index.name}`,
    }),
  ]
}

/** Triggers and rules of a table or view that stays. */
export function relationParts(
  planner: Planner,
  { parts, after: relation }: DiffOfKind<'table'> | DiffOfKind<'view'>,
): void {
  if (relation === null) return
  const { rebuild, renames, context } = planner
  for (const { id, before, after, differences } of parts.rules) {
    const label = sortName(relation, id)
    if (before !== null && rebuild.gone.has(id))
      dropPart(planner, {
        id,
        rank: RANK.dropRule,
        name: label,
        statement: dropRule(withPlace(before, renames.aside.get(id)), relation),
        isRemade: after !== null,
      })
    if (after === null) continue
    if (before === null || rebuild.remade.has(id))
      makePart(planner, {
        id,
        rank: RANK.createRule,
        name: label,
        statements: [...createRule(after, relation), ...partComment(planner, 'rule', after, relation)],
      })
    else
      changePart(planner, {
        id,
        rank: RANK.createRule,
        name: label,
        statements: alterRule(after, relation, { differences, context }),
      })
  }
  for (const { id, before, after, differences } of parts.triggers) {
    const label = sortName(relation, id)
    if (before !== null && rebuild.gone.has(id))
      dropPart(planner, {
        id,
        rank: RANK.dropTrigger,
        name: label,
        statement: dropTrigger(withPlace(before, renames.aside.get(id)), relation),
        isRemade: after !== null,
      })
    if (after === null) continue
    if (before === null || rebuild.remade.has(id))
      makePart(planner, {
        id,
        rank: RANK.createTrigger,
        name: label,
        statements: [
          ...createTrigger(after, relation, context),
          ...partComment(planner, 'trigger', after, relation),
        ],
      })
    else
      changePart(planner, {
        id,
        rank: RANK.createTrigger,
        name: label,
        statements: alterTrigger(after, relation, { differences, context }),
      })
  }
}
