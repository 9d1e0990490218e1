// The migration of a draft whose rows need filling: the schema goes there in two parts, and the rows are filled in between, while what the expressions read is
// still there and nothing is demanded yet of what they fill.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { Column, SchemaModel, Table } from '#contract/schema/types.ts'
import { indexModel, isOfKind } from '../catalog/find.ts'
import { qualified, shown, statement } from '../ddl/create/context.ts'
import { value } from '../ddl/create/expression.ts'
import type { Statement } from '../ddl/statement.ts'
import { name, sql } from '../sql/sql.ts'
import { diffModels, planMigration, type MigrationPlan, type PlanOptions } from './plan-migration.ts'

/** What fills the rows of a column where it is null. */
export type Fill = NonNullable<ModelPatch['fills']>[number]

/** The fills of staged steps; the latest of each column counts. */
export function fillsOf(steps: readonly ModelPatch[]): readonly Fill[] {
  const latest = new Map<string, Fill>()
  for (const { fills = [] } of steps) for (const fill of fills) latest.set(fill.columnId, fill)
  return [...latest.values()]
}

/** As planMigration, with `fills` run before a column is NOT NULL and before columns that a fill may read are dropped. Down fills nothing. */
export function planDraft(
  base: SchemaModel,
  draft: SchemaModel,
  { fills, ...options }: PlanOptions & { readonly fills: readonly Fill[] },
): MigrationPlan {
  const needed = neededFills(base, draft, fills)
  if (needed.length === 0) return planMigration(base, draft, options)
  const between = modelBetween(base, draft, needed)
  const there = planMigration(base, draft, options)
  return {
    changes: diffModels(base, draft, options),
    up: [
      ...planMigration(base, between, options).up,
      ...needed.map(fillStatement),
      ...planMigration(between, draft, options).up,
    ],
    down: there.down,
  }
}

interface NeededFill {
  readonly before: Table
  readonly table: Table
  readonly column: Column
  readonly expression: string
}

/** Fills of columns that are there, in tables that have rows already. */
function neededFills(base: SchemaModel, draft: SchemaModel, fills: readonly Fill[]): readonly NeededFill[] {
  if (fills.length === 0) return []
  const index = indexModel(base)
  const wanted = new Map(fills.map((fill) => [fill.columnId, fill.expression.trim()]))
  return draft.objects.flatMap((table) => {
    if (!isOfKind(table, 'table')) return []
    const before = index.byId(table.id)
    if (before === undefined || !isOfKind(before, 'table')) return []
    return table.columns.flatMap((column) => {
      const text = wanted.get(column.id)
      if (text === undefined || text === '' || column.generated !== null || column.identity !== null)
        return []
      const was = before.columns.find(({ id }) => id === column.id)
      return was?.isNullable === false ? [] : [{ before, table, column, expression: text }]
    })
  })
}

/** The draft without what would stand in the way of the fills, and with what they may read. */
function modelBetween(base: SchemaModel, draft: SchemaModel, fills: readonly NeededFill[]): SchemaModel {
  const filled = new Set(fills.map(({ column }) => column.id))
  const tables = new Map(fills.map(({ table, before }) => [table.id, before]))
  const keys = new Set<string>()
  const objects = draft.objects.map((object) => {
    const before = tables.get(object.id)
    if (before === undefined || !isOfKind(object, 'table')) return object
    const isKept = new Set(before.constraints.map(({ id }) => id))
    const names = new Set(object.columns.flatMap((column) => (filled.has(column.id) ? [column.name] : [])))
    const constraints = object.constraints.filter((one) => {
      const waits =
        !isKept.has(one.id) && one.kind === 'primary key' && one.columns.some((column) => names.has(column))
      if (waits) keys.add(`${object.schema}\0${object.name}`)
      return !waits
    })
    const present = new Set(object.columns.map(({ id }) => id))
    const taken = new Set(object.columns.map((column) => column.name))
    return {
      ...object,
      constraints,
      columns: [
        ...object.columns.map((column) =>
          filled.has(column.id) ? { ...column, isNullable: true, notNull: null } : column,
        ),
        ...before.columns.filter((column) => !present.has(column.id) && !taken.has(column.name)),
      ],
    }
  })
  if (keys.size === 0) return { ...draft, objects }
  // Foreign keys that are new may rest on a key that waits.
  const known = new Set(
    base.objects.flatMap((object) =>
      isOfKind(object, 'table') ? object.constraints.map(({ id }) => id) : [],
    ),
  )
  return {
    ...draft,
    objects: objects.map((object) =>
      isOfKind(object, 'table')
        ? {
            ...object,
            constraints: object.constraints.filter(
              (one) =>
                one.kind !== 'foreign key' ||
                known.has(one.id) ||
                !keys.has(`${one.references.schema}\0${one.references.name}`),
            ),
          }
        : object,
    ),
  }
}

function fillStatement({ table, column, expression: text }: NeededFill): Statement {
  const target = name(column.name)
  return statement(sql`update ${qualified(table)} set ${target} = ${value(text)} where ${target} is null`, {
    summary: `Fill ${column.name} of ${shown(table)} where it is null`,
    objectId: column.id,
  })
}
