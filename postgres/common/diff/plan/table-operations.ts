// Operations that change a table which stays, its columns and its constraints.
import type { Column, Constraint, Table } from '#contract/schema/types.ts'
import { alterColumn, alterColumnAction } from '../../ddl/alter/column.ts'
import { fillerFor } from '../../ddl/alter/filler.ts'
import { alterColumnGrants, alterShared } from '../../ddl/alter/objects.ts'
import { alterConstraint, alterPolicy } from '../../ddl/alter/parts.ts'
import { alterTable } from '../../ddl/alter/table.ts'
import { columnDefinition, columnSettings, setDefault } from '../../ddl/create/column.ts'
import { addConstraint } from '../../ddl/create/constraint.ts'
import { qualified, shown, statement } from '../../ddl/create/context.ts'
import { createPolicy } from '../../ddl/create/table-parts.ts'
import { dropColumn, dropConstraint, dropPolicy } from '../../ddl/drop.ts'
import type { Statement } from '../../ddl/statement.ts'
import { sql } from '../../sql/sql.ts'
import type { DiffOfKind, PartDiff } from '../model-diff.ts'
import { differences } from '../fields.ts'
import { COLUMN_FIELDS } from '../part-fields.ts'
import { NO_NAME_CHANGES, rewriteQualifiedNames, sameOptionalExpression } from '../sql-text.ts'
import { withPlace } from './names.ts'
import { RANK } from './operations.ts'
import { sortName, type Planner } from './planner.ts'
import {
  changePart,
  dropPart,
  implicitDrop,
  indexOperations,
  makePart,
  partComment,
  relationParts,
} from './part-operations.ts'

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
      : operations.add({
          key: `${step} ${diff.id}`,
          rank,
          name: label(step),
          statements,
          ...(step === 'alter' ? { table: diff.id } : {}),
        })
  const free = put('free', RANK.freeTable, planner.renames.detached.has(diff.id) ? [] : steps.free)
  const change = put('alter', RANK.alterTable, steps.change)
  const attach = put('attach', RANK.attach, steps.attach)
  put('settle', RANK.settle, steps.settle)
  put('grants', RANK.grants, [
    ...alterShared(before, after, { differences: diff.differences, context }),
    ...(diff.parts.columns.some(
      ({ id, before: had, after: has, differences }) =>
        has !== null &&
        (had === null || planner.rebuild.remade.has(id)
          ? has.grants.length > 0
          : differences.some(({ field }) => field === 'privileges')),
    )
      ? alterColumnGrants(withoutRemade(before, planner), after, context)
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

/** Columns that are made again start without privileges. */
function withoutRemade(table: Table, { rebuild, diff }: Planner): Table {
  return {
    ...table,
    columns: table.columns.filter(({ id }) => !rebuild.gone.has(diff.matching.idOf(id))),
  }
}

export function columnOperations(
  planner: Planner,
  { before: table, after: wanted }: DiffOfKind<'table'>,
  { id, before, after, differences: found }: PartDiff<Column>,
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
      table: wanted.id,
    })
    operations.breaks.set(id, first)
    operations.frees.set(id, first)
  }
  if (after === null) return first === undefined ? undefined : { first, last: first }
  if (before === null || isRemade) {
    const isComputedValue = before !== null && before.generated !== null && after.generated === null
    const key = operations.add({
      key: `create ${id}`,
      rank: RANK.createColumn,
      name: label,
      statements: isComputedValue
        ? keepValues(planner, { id, before, after }, { older: table, newer: wanted })
        : addColumnStatements(planner, after, wanted),
      table: wanted.id,
    })
    restoreDefaults(planner, { column: after, table: wanted, key })
    // What inherits from the table gets the column in the same moment.
    for (const { columns } of heirsOf(planner, wanted))
      for (const own of columns)
        if (own.isInherited && own.name === after.name && !operations.begins.has(own.id))
          operations.begins.set(own.id, key)
    operations.order(first, key)
    operations.begins.set(id, key)
    operations.types.set(id, key)
    // The values are computed once more, from columns as they were.
    if (isComputedValue) operations.frees.set(id, key)
    return { first: first ?? key, last: key }
  }
  const steps = alterColumn({
    before,
    after,
    table: wanted,
    differences: found,
    isTypeRebuilt: rebuild.retyped.has(id),
    isDefaultReset: rebuild.defaultsReset.has(id),
    isDetoured: rebuild.detoured.has(id),
    context,
  })
  const put = (step: string, rank: number, statements: readonly Statement[]): string | undefined =>
    statements.length === 0
      ? undefined
      : operations.add({
          key: `${step} ${id}`,
          rank,
          name: label,
          statements,
          ...(step === 'free' ? {} : { table: wanted.id }),
        })
  const free = put('free', RANK.free, steps.free)
  const type = put('type', RANK.retypeColumn, steps.type)
  const become = put('become', RANK.alterColumn, steps.become)
  const settled = become ?? free
  if (steps.setsDefault && settled !== undefined)
    restoreDefaults(planner, { column: after, table: wanted, key: settled })
  operations.order(free, type)
  operations.order(type, become)
  operations.order(free, become)
  if (type !== undefined) {
    operations.breaks.set(id, rebuild.detoured.has(id) ? (free ?? type) : type)
    operations.types.set(id, type)
  }
  const last = become ?? type ?? free
  const start = free ?? type ?? become
  if (last === undefined || start === undefined) return undefined
  operations.frees.set(id, free ?? last)
  operations.begins.set(id, last)
  return { first: start, last }
}

/** Columns that inherit from one whose default changes, and have another, get it (back) after that: Postgres gives the parent's to them all. */
function restoreDefaults(
  planner: Planner,
  { column, table, key }: { readonly column: Column; readonly table: Table; readonly key: string },
): void {
  const { operations, diff } = planner
  for (const heir of heirsOf(planner, table)) {
    const own = heir.columns.find((one) => one.name === column.name)
    if (own === undefined || own.generated !== null || own.identity !== null) continue
    const changed = diff.objects
      .find(({ id }) => id === heir.id)
      ?.parts.columns.find(({ id }) => id === own.id)
    if (
      changed !== undefined &&
      changed.before !== null &&
      changed.differences.some(({ field }) => field === 'default')
    )
      operations.order(key, `become ${own.id}`)
    else if (!sameOptionalExpression(own.default, column.default)) {
      const restored = operations.add({
        key: `restore ${own.id}`,
        rank: RANK.alterColumn,
        name: sortName(heir, own.name),
        statements: operations.has(`restore ${own.id}`) ? [] : [setDefault(own, heir, true)],
      })
      operations.order(key, restored)
      operations.order(`create ${heir.id}`, restored)
    }
  }
}

/** The tables that inherit from a table and its partitions, however deep, as they will be. */
function heirsOf({ children }: Planner, top: Table): readonly Table[] {
  const found = new Set(children.get(qualified(top).text))
  for (const table of found) for (const heir of children.get(qualified(table).text) ?? []) found.add(heir)
  return [...found]
}

export function constraintOperations(
  planner: Planner,
  { after: table }: DiffOfKind<'table'>,
  { id, before, after, differences }: PartDiff<Constraint>,
): string | undefined {
  if (table === null) return undefined
  const { rebuild, renames, context, operations } = planner
  const label = sortName(table, (after ?? before)?.name)
  if (before !== null && rebuild.gone.has(id)) {
    // An exclusion constraint holds on to the columns in its expressions.
    const covering =
      after === null && before.kind !== 'exclusion'
        ? implicitDrop(planner, {
            id,
            table,
            ...(before.kind === 'foreign key' ? { columns: before.columns } : {}),
          })
        : undefined
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
      ...(after.kind === 'foreign key' ? {} : { table: table.id }),
    })
  return changePart(planner, {
    id,
    rank,
    name: label,
    statements: alterConstraint(after, table, { differences, context, before }),
  })
}

/** A computed column whose values are nowhere becomes a plain one that has them: stored for a moment. No trigger fires, as one would on UPDATE. */
function keepValues(
  { diff, context, rebuild }: Planner,
  { id, before, after }: { readonly id: string; readonly before: Column; readonly after: Column },
  { older, newer }: { readonly older: Table; readonly newer: Table },
): readonly Statement[] {
  if (before.generated === null) return []
  const stored: Column = {
    ...before,
    isNullable: true,
    notNull: null,
    statisticsTarget: null,
    options: [],
    comment: null,
    generated: {
      kind: 'stored',
      expression: rewriteQualifiedNames(before.generated.expression, diff.renames.rewritesFor(older.id)),
    },
  }
  const steps = alterColumn({
    before: stored,
    after,
    table: newer,
    differences: differences(COLUMN_FIELDS, stored, after, {
      changes: NO_NAME_CHANGES,
      ignore: {},
      serverVersion: diff.newer.serverVersion,
    }),
    isTypeRebuilt: rebuild.retyped.has(id),
    isDefaultReset: false,
    isDetoured: false,
    context,
  })
  return [
    statement(
      sql`alter table ${qualified(newer)} add column ${columnDefinition(stored, newer, { context })}`,
      {
        objectId: id,
        summary: `Add column ${after.name} to ${shown(newer)} with the values that were computed`,
      },
    ),
    ...steps.free,
    ...steps.type,
    ...steps.become,
  ]
}

function addColumnStatements(planner: Planner, column: Column, table: Table): readonly Statement[] {
  const { context } = planner
  const filler = planner.fillsColumns && table.foreign === null ? fillerFor(column) : null
  const foreign = table.foreign === null ? sql`` : sql`foreign `
  const filled = filler === null ? column : { ...column, default: filler }
  return [
    statement(
      sql`alter ${foreign}table ${qualified(table)} add column ${columnDefinition(filled, table, { context })}`,
      {
        objectId: column.id,
        summary: `Add column ${column.name} to ${shown(table)}${filler === null ? '' : `, with ${filler} in the rows that are there`}`,
      },
    ),
    ...(filler === null
      ? []
      : [
          alterColumnAction(table, column, {
            action: sql`drop default`,
            summary: 'Ask for a value in new rows of',
          }),
        ]),
    ...columnSettings(column, table, { context }),
    ...partComment(planner, 'column', column, table),
  ]
}
