// Operations that make, change and drop tables and their parts.
import type { Column, Constraint, Index, Table, View } from '#contract/schema/types.ts'
import { alterColumn, continueIdentity } from '../../ddl/alter/column.ts'
import { alterColumnGrants, alterShared } from '../../ddl/alter/objects.ts'
import { alterConstraint, alterIndex, alterPolicy, alterRule, alterTrigger } from '../../ddl/alter/parts.ts'
import { alterTable, copyRows } from '../../ddl/alter/table.ts'
import { columnDefinition, columnSettings, setDefault } from '../../ddl/create/column.ts'
import { commentOnPart, commentStatements, ownerStatements } from '../../ddl/create/comments.ts'
import { addConstraint } from '../../ddl/create/constraint.ts'
import { qualified, shown, statement } from '../../ddl/create/context.ts'
import { ownIndexes } from '../../ddl/create/create.ts'
import { grantStatements } from '../../ddl/create/grants.ts'
import { createIndex } from '../../ddl/create/index-definition.ts'
import { attachStatements, createTable, tableSettings } from '../../ddl/create/table.ts'
import { createPolicy, createRule, createTrigger } from '../../ddl/create/table-parts.ts'
import {
  dropColumn,
  dropConstraint,
  dropIndex,
  dropPolicy,
  dropRule,
  dropStatements,
  dropTrigger,
} from '../../ddl/drop.ts'
import type { Statement } from '../../ddl/statement.ts'
import { name, sql } from '../../sql/sql.ts'
import type { DiffOfKind, PartDiff } from '../model-diff.ts'
import { partsOf } from '../parts.ts'
import { withPlace } from './names.ts'
import { RANK } from './operations.ts'
import { asRemade, breakAll, sortName, type Planner } from './planner.ts'

/** A table that is new, or is made again. `later`: columns and constraints that wait for something that needs the table itself. */
export function createTableOperations(planner: Planner, table: Table, later: ReadonlySet<string>): void {
  const { operations, context } = planner
  const label = (part: string): string => sortName(table, part)
  const key = operations.add({
    key: `create ${table.id}`,
    rank: RANK.createTable,
    name: label(''),
    statements: createTable(table, context, { later }),
  })
  operations.begins.set(table.id, key)
  for (const { parts } of partsOf(table)) for (const part of parts) operations.begins.set(part.id, key)
  const put = (id: string, rank: number, statements: readonly Statement[]): string => {
    const added = operations.add({ key: `create ${id}`, rank, name: label(id), statements })
    operations.order(key, added)
    operations.begins.set(id, added)
    return added
  }
  const settled: string[] = []
  for (const column of table.columns)
    if (later.has(column.id) && column.default !== null)
      put(`${column.id}`, RANK.alterColumn, [setDefault(column, table)])
  for (const constraint of table.constraints)
    if (constraint.kind === 'foreign key' ? !constraint.isInherited : later.has(constraint.id))
      settled.push(
        put(
          constraint.id,
          constraint.kind === 'foreign key' ? RANK.createForeignKey : RANK.createConstraint,
          [addConstraint(constraint, table)],
        ),
      )
  const indexes = ownIndexes(table, context).map((index) =>
    put(index.id, RANK.createIndex, [createIndex(index, table)]),
  )
  const attach = attachStatements(table, context)
  if (attach.length > 0) {
    const attached = operations.add({
      key: `attach ${table.id}`,
      rank: RANK.attach,
      name: label('attach'),
      statements: attach,
    })
    operations.order(key, attached)
    for (const index of indexes) operations.order(index, attached)
    settled.push(attached)
  }
  const settings = tableSettings(table)
  if (settings.length > 0) {
    const settle = operations.add({
      key: `settle ${table.id}`,
      rank: RANK.settle,
      name: label('settle'),
      statements: settings,
    })
    operations.order(key, settle)
    for (const index of indexes) operations.order(index, settle)
  }
  settled.push(...indexes)
  for (const rule of table.rules) settled.push(put(rule.id, RANK.createRule, createRule(rule, table)))
  for (const trigger of table.triggers) {
    const statements = createTrigger(trigger, table, context)
    if (statements.length > 0) settled.push(put(trigger.id, RANK.createTrigger, statements))
  }
  for (const policy of table.policies)
    settled.push(put(policy.id, RANK.createPolicy, [createPolicy(policy, table)]))
  const around = [
    ...ownerStatements(table, context),
    ...grantStatements(table, context),
    ...commentStatements(table, context),
  ]
  if (around.length > 0) {
    const grants = operations.add({
      key: `grants ${table.id}`,
      rank: RANK.grants,
      name: label(''),
      statements: around,
    })
    operations.order(key, grants)
    for (const one of settled) operations.order(one, grants)
  }
}

/** A table that is dropped, or moved aside to be made again. */
export function dropTableOperations(planner: Planner, id: string, table: Table): void {
  const { operations, rebuild, renames, context, asideSchema } = planner
  const standing = withPlace(table, renames.aside.get(id))
  const label = sortName(table)
  if (!rebuild.remade.has(id)) {
    const key = operations.add({
      key: `drop ${id}`,
      rank: RANK.dropTable,
      name: label,
      statements: dropTableStatements(standing),
    })
    breakAll(planner, table, key)
    return
  }
  const after = planner.diff.pairs.get(id)?.after
  if (!rebuild.copied.has(id) || after?.kind !== 'table') {
    const key = operations.add({
      key: `drop ${id}`,
      rank: RANK.setAside,
      name: label,
      statements: dropTableStatements(standing),
    })
    breakAll(planner, table, key)
    return
  }
  // Moved to a schema of its own it leaves its names, and those of its indexes and sequences, to the table that takes its place.
  const about = { objectId: id, summary: `Set ${shown(table)} aside` }
  const make = operations.add({
    key: 'aside schema',
    rank: RANK.setAside - 1,
    name: '',
    statements: operations.has('aside schema')
      ? []
      : [
          statement(sql`create schema ${name(asideSchema)}`, {
            ...about,
            summary: 'Make room for what is made again',
          }),
        ],
  })
  const key = operations.add({
    key: `drop ${id}`,
    rank: RANK.setAside,
    name: label,
    statements: [statement(sql`alter table ${qualified(standing)} set schema ${name(asideSchema)}`, about)],
  })
  operations.order(make, key)
  breakAll(planner, table, key)
  const finish = `finish ${id}`
  const isPartition = table.partitionOf !== null
  const parentId = isPartition ? partitionParent(planner, table) : undefined
  const isWithParent = parentId !== undefined && rebuild.copied.has(parentId)
  if (!isWithParent) {
    const copy = operations.add({
      key: `copy ${id}`,
      rank: RANK.copy,
      name: label,
      statements: [
        copyRows(table, after, asideSchema),
        ...after.columns
          .filter(({ identity }) => identity !== null)
          .map((column) => continueIdentity(column, after)),
      ],
    })
    operations.order(`create ${id}`, copy)
    operations.order(`attach ${id}`, copy)
    for (const { kind, id: other, after: child } of planner.diff.objects)
      if (kind === 'table' && child !== null && isBelow(planner, child, after)) {
        operations.order(`create ${other}`, copy)
        operations.order(`attach ${other}`, copy)
      }
    for (const constraint of after.constraints)
      if (constraint.kind === 'foreign key') operations.order(copy, `create ${constraint.id}`)
    for (const trigger of after.triggers) operations.order(copy, `create ${trigger.id}`)
    for (const policy of after.policies) operations.order(copy, `create ${policy.id}`)
    operations.order(copy, `settle ${id}`)
    operations.add({
      key: finish,
      rank: RANK.copy + 1,
      name: label,
      statements: [
        statement(sql`drop table ${name(asideSchema, standing.name)}`, {
          objectId: id,
          summary: `Drop what ${shown(table)} was`,
          isDestructive: true,
        }),
      ],
    })
    operations.order(copy, finish)
  }
  const clear = operations.add({
    key: 'drop aside schema',
    rank: RANK.dropSchema,
    name: '',
    statements: operations.has('drop aside schema')
      ? []
      : [
          statement(sql`drop schema ${name(asideSchema)}`, {
            ...about,
            summary: 'Clear away the room for what was made again',
          }),
        ],
  })
  operations.order(isWithParent ? `finish ${parentId}` : finish, clear)
  void context
}

function dropTableStatements(table: Table): readonly Statement[] {
  return dropStatements(table).map((one) =>
    one.isDestructive
      ? { ...one, summary: `${one.summary} with its rows; undone, it comes back empty` }
      : one,
  )
}

function partitionParent({ diff }: Planner, table: Table): string | undefined {
  const parent = table.partitionOf?.parent
  for (const { id, before } of diff.pairs.values())
    if (before?.kind === 'table' && before.schema === parent?.schema && before.name === parent.name) return id
  return undefined
}

/** Whether a table is a partition of the other, however deep. */
function isBelow({ context }: Planner, table: Table, top: Table): boolean {
  let parent = table.partitionOf?.parent
  while (parent !== undefined) {
    if (parent.schema === top.schema && parent.name === top.name) return true
    parent = context.index.byName('table', parent.schema, parent.name)?.partitionOf?.parent
  }
  return false
}

/** A table that stays: itself and its parts. */
export function alterTableOperations(planner: Planner, diff: DiffOfKind<'table'>): void {
  const { before, after } = diff
  if (before === null || after === null) return
  const { operations, context } = planner
  const label = (part: string): string => sortName(after, part)
  const steps = alterTable(before, after, diff.differences)
  const put = (step: string, rank: number, statements: readonly Statement[]): string | undefined =>
    statements.length === 0
      ? undefined
      : operations.add({ key: `${step} ${diff.id}`, rank, name: label(step), statements })
  const free = put('free', RANK.freeTable, steps.free)
  const change = put('alter', RANK.alterTable, steps.change)
  const attach = put('attach', RANK.attach, steps.attach)
  put('settle', RANK.settle, steps.settle)
  put('grants', RANK.grants, [
    ...alterShared(before, after, { differences: diff.differences, context }),
    ...(diff.parts.columns.some(
      ({ before: had, after: has, differences }) =>
        has !== null &&
        (had === null ? has.grants.length > 0 : differences.some(({ field }) => field === 'privileges')),
    )
      ? alterColumnGrants(before, after, context)
      : []),
  ])
  operations.order(free, change)
  if (free !== undefined) {
    operations.frees.set(diff.id, free)
    if (attach === undefined) operations.begins.set(diff.id, free)
  }
  if (attach !== undefined) operations.begins.set(diff.id, attach)
  for (const column of diff.parts.columns) {
    const ends = columnOperations(planner, diff, column)
    if (ends === undefined) continue
    operations.order(free, ends.first)
    // What a partition or an inheriting table must have is there before it is attached.
    operations.order(ends.last, attach)
  }
  for (const constraint of diff.parts.constraints) {
    const key = constraintOperations(planner, diff, constraint)
    operations.order(key, attach)
    operations.order(free, `drop ${constraint.id}`)
    operations.order(free, key)
  }
  indexOperations(planner, { before, after }, { parts: diff.parts.indexes, attach, free })
  relationParts(planner, diff)
  for (const policy of diff.parts.policies) {
    const { before: had, after: wanted } = policy
    if (had !== null && planner.rebuild.gone.has(policy.id))
      dropPart(planner, {
        id: policy.id,
        rank: RANK.dropPolicy,
        name: label(policy.id),
        statement: dropPolicy(withPlace(had, planner.renames.aside.get(policy.id)), after),
        isRemade: wanted !== null,
      })
    if (wanted === null) continue
    if (had === null || planner.rebuild.remade.has(policy.id))
      makePart(planner, {
        id: policy.id,
        rank: RANK.createPolicy,
        name: label(policy.id),
        statements: [createPolicy(wanted, after), ...partComment(planner, 'policy', wanted, after)],
      })
    else
      changePart(planner, {
        id: policy.id,
        rank: RANK.createPolicy,
        name: label(policy.id),
        statements: alterPolicy(wanted, after, { differences: policy.differences, context }),
      })
  }
}

interface Made {
  readonly id: string
  readonly rank: number
  readonly name: string
  readonly statements: readonly Statement[]
}

function makePart({ operations }: Planner, { id, rank, name: label, statements }: Made): string {
  const key = operations.add({ key: `create ${id}`, rank, name: label, statements })
  operations.begins.set(id, key)
  operations.order(`drop ${id}`, key)
  return key
}

function changePart(
  { operations }: Planner,
  { id, rank, name: label, statements }: Made,
): string | undefined {
  if (statements.length === 0) return undefined
  const key = operations.add({ key: `alter ${id}`, rank, name: label, statements })
  operations.begins.set(id, key)
  operations.frees.set(id, key)
  return key
}

interface Dropped {
  readonly id: string
  readonly rank: number
  readonly name: string
  readonly statement: Statement
  readonly isRemade: boolean
}

function dropPart(
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

function partComment(
  { context }: Planner,
  what: 'index' | 'constraint' | 'trigger' | 'rule' | 'policy' | 'column',
  part: { readonly id: string; readonly name: string; readonly comment: string | null },
  relation: Table | View,
): Statement[] {
  if (part.comment === null || !context.withComments) return []
  const where = what === 'index' ? name(relation.schema) : qualified(relation)
  return [commentOnPart(what, part, { where, of: shown(relation) })]
}

function columnOperations(
  planner: Planner,
  { before: table, after: wanted }: DiffOfKind<'table'>,
  { id, before, after, differences }: PartDiff<Column>,
): { readonly first: string; readonly last: string } | undefined {
  if (table === null || wanted === null) return undefined
  const { operations, rebuild, renames, context } = planner
  const label = sortName(wanted, (after ?? before)?.name)
  const isRemade = rebuild.remade.has(id)
  let first: string | undefined
  if (before !== null && rebuild.gone.has(id)) {
    const standing = withPlace(before, renames.aside.get(id))
    const isComputed = before.generated !== null
    const drop = dropColumn(standing, wanted)
    first = operations.add({
      key: `drop ${id}`,
      rank: isRemade ? RANK.retypeColumn : RANK.dropColumn,
      name: label,
      statements: [
        isComputed
          ? { ...drop, isDestructive: false }
          : { ...drop, summary: `${drop.summary}; undone, it comes back empty` },
      ],
    })
    operations.breaks.set(id, first)
    operations.frees.set(id, first)
  }
  if (after === null) return first === undefined ? undefined : { first, last: first }
  if (before === null || isRemade) {
    const foreign = wanted.foreign === null ? sql`` : sql`foreign `
    const key = operations.add({
      key: `create ${id}`,
      rank: RANK.createColumn,
      name: label,
      statements: [
        statement(
          sql`alter ${foreign}table ${qualified(wanted)} add column ${columnDefinition(after, wanted, { context })}`,
          {
            objectId: id,
            summary: `Add column ${after.name} to ${shown(wanted)}`,
          },
        ),
        ...columnSettings(after, wanted, { context }),
        ...partComment(planner, 'column', after, wanted),
      ],
    })
    operations.order(first, key)
    operations.begins.set(id, key)
    operations.types.set(id, key)
    return { first: first ?? key, last: key }
  }
  const steps = alterColumn({
    before,
    after,
    table: wanted,
    differences,
    isTypeRebuilt: rebuild.retyped.has(id),
    isDefaultReset: rebuild.defaultsReset.has(id),
    context,
  })
  const put = (step: string, rank: number, statements: readonly Statement[]): string | undefined =>
    statements.length === 0
      ? undefined
      : operations.add({ key: `${step} ${id}`, rank, name: label, statements })
  const free = put('free', RANK.free, steps.free)
  const type = put('type', RANK.retypeColumn, steps.type)
  const become = put('become', RANK.alterColumn, steps.become)
  operations.order(free, type)
  operations.order(type, become)
  operations.order(free, become)
  if (type !== undefined) {
    operations.breaks.set(id, type)
    operations.types.set(id, type)
  }
  const last = become ?? type ?? free
  const start = free ?? type ?? become
  if (last === undefined || start === undefined) return undefined
  operations.frees.set(id, free ?? last)
  operations.begins.set(id, last)
  return { first: start, last }
}

function constraintOperations(
  planner: Planner,
  { after: table }: DiffOfKind<'table'>,
  { id, before, after, differences }: PartDiff<Constraint>,
): string | undefined {
  if (table === null) return undefined
  const { rebuild, renames, context, operations } = planner
  const label = sortName(table, (after ?? before)?.name)
  if (before !== null && rebuild.gone.has(id)) {
    const covering = after === null ? implicitDrop(planner, id, table) : undefined
    if (covering !== undefined) {
      operations.breaks.set(id, covering)
      operations.frees.set(id, covering)
    } else
      dropPart(planner, {
        id,
        rank: before.kind === 'foreign key' ? RANK.dropForeignKey : RANK.dropConstraint,
        name: label,
        statement: dropConstraint(withPlace(before, renames.aside.get(id)), table),
        isRemade: after !== null,
      })
  }
  if (after === null) return undefined
  const rank = after.kind === 'foreign key' ? RANK.createForeignKey : RANK.createConstraint
  if (before === null || rebuild.remade.has(id))
    return makePart(planner, {
      id,
      rank,
      name: label,
      statements: [addConstraint(after, table), ...partComment(planner, 'constraint', after, table)],
    })
  return changePart(planner, {
    id,
    rank,
    name: label,
    statements: alterConstraint(after, table, { differences, context, before }),
  })
}

/** The drop of a column that takes this part of its table along. */
function implicitDrop({ rebuild, diff }: Planner, id: string, table: Table): string | undefined {
  const own = new Set(
    diff.pairs.get(table.id)?.before?.kind === 'table' ? partIds(diff.pairs.get(table.id)?.before) : [],
  )
  for (const needed of rebuild.needs.of(id))
    if (
      rebuild.gone.has(needed) &&
      !rebuild.remade.has(needed) &&
      [...own].some((one) => diff.matching.idOf(one) === needed)
    )
      return `drop ${needed}`
  return undefined
}

function partIds(object: Planner['newer']['objects'][number] | null | undefined): readonly string[] {
  return object?.kind === 'table' ? object.columns.map(({ id }) => id) : []
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
        after === null && relation.kind === 'table' ? implicitDrop(planner, id, relation) : undefined
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
