// The statements of a migration: renames first, then every other operation in an order that its needs allow.
import type { ModelObject } from '#contract/schema/types.ts'
import type { Statement } from '../../ddl/statement.ts'
import type { DiffOptions } from '../../ddl/change.ts'
import type { ModelDiff, ObjectDiff, PartDiff } from '../model-diff.ts'
import { idsIn, needsOf, type Needs } from '../needs.ts'
import { partsOf, type Part } from '../parts.ts'
import type { Rebuild } from '../rebuild.ts'
import { mergeAlterTables } from './merge-alter-tables.ts'
import { nameKey, namespacesOf } from './names.ts'
import { alterObjectOperations, createObjectOperations, dropObjectOperations } from './object-operations.ts'
import { startPlan, type Planner } from './planner.ts'
import { renameSteps } from './rename-steps.ts'
import { makeNewObjects, orderDroppedObjects } from './whole-objects.ts'
import { createTableOperations, dropTableOperations } from './create-table-operations.ts'
import { alterTableOperations } from './table-operations.ts'

export interface StatementOptions extends DiffOptions {
  readonly serverVersion?: number
  /** On the way back: see Planner. */
  readonly fillsColumns?: boolean
}

/** Writes the statements. */
export function planStatements(
  diff: ModelDiff,
  rebuild: Rebuild,
  options: StatementOptions,
): readonly Statement[] {
  const renames = renameSteps(diff, rebuild.remade)
  const planner = startPlan({
    diff,
    rebuild,
    renames,
    withOwners: options.ignore?.owners === false,
    serverVersion: options.serverVersion,
    fillsColumns: options.fillsColumns ?? false,
  })
  const touched = touchedObjects(diff, rebuild)
  if (touched.length === 0) return renames.statements
  const ids = new Set(touched.map(({ id }) => id))
  const needs = needsOf(planner.newer, { idOf: (id) => id, changed: ids, only: ids })
  const made = makeNewObjects(planner)
  for (const object of touched) if (!made.has(object.id)) emit(planner, object, needs)
  const dropped = orderDroppedObjects(planner)
  orderDrops(planner, dropped)
  orderCreates(planner, { needs, touched, made })
  orderNames(planner, touched)
  orderRowUsers(planner, touched)
  return [...renames.statements, ...mergeAlterTables(planner.operations.sorted())]
}

/** All objects with something to do: those that differ, and those that are made again or have parts that are. */
function touchedObjects(diff: ModelDiff, rebuild: Rebuild): readonly ObjectDiff[] {
  const listed = new Map(diff.objects.map((object) => [object.id, object]))
  const extra = new Set([
    ...rebuild.remade,
    ...rebuild.retyped,
    ...rebuild.defaultsReset,
    ...rebuild.detoured,
  ])
  if (extra.size === 0) return diff.objects
  const touched: ObjectDiff[] = []
  for (const pair of diff.pairs.values()) {
    const present = listed.get(pair.id)
    const { before, after } = pair
    if (before === null || after === null) {
      if (present !== undefined) touched.push(present)
      continue
    }
    const parts = extraParts(before, after, { extra, diff, present })
    if (present === undefined && !extra.has(pair.id) && parts === undefined) continue
    const base = present ?? unchanged(pair.id, before, after)
    if (base !== undefined)
      touched.push(parts === undefined ? base : { ...base, parts: { ...base.parts, ...parts } })
  }
  return touched
}

function unchanged(id: string, before: ModelObject, after: ModelObject): ObjectDiff | undefined {
  const rest = {
    id,
    differences: [],
    parts: {
      columns: [],
      viewColumns: [],
      constraints: [],
      domainConstraints: [],
      indexes: [],
      rules: [],
      triggers: [],
      policies: [],
      labels: [],
      attributes: [],
    },
  }
  switch (before.kind) {
    case 'table':
      return after.kind === 'table' ? { ...rest, kind: 'table', before, after } : undefined
    case 'view':
      return after.kind === 'view' ? { ...rest, kind: 'view', before, after } : undefined
    case 'routine':
      return after.kind === 'routine' ? { ...rest, kind: 'routine', before, after } : undefined
    case 'enum':
      return after.kind === 'enum' ? { ...rest, kind: 'enum', before, after } : undefined
    case 'domain':
      return after.kind === 'domain' ? { ...rest, kind: 'domain', before, after } : undefined
    case 'composite':
      return after.kind === 'composite' ? { ...rest, kind: 'composite', before, after } : undefined
    case 'range':
      return after.kind === 'range' ? { ...rest, kind: 'range', before, after } : undefined
    case 'eventTrigger':
      return after.kind === 'eventTrigger' ? { ...rest, kind: 'eventTrigger', before, after } : undefined
    case 'publication':
      return after.kind === 'publication' ? { ...rest, kind: 'publication', before, after } : undefined
    case 'other':
      return after.kind === 'other' ? { ...rest, kind: 'other', before, after } : undefined
    default:
      return undefined
  }
}

interface Extra {
  readonly extra: ReadonlySet<string>
  readonly diff: ModelDiff
  readonly present: ObjectDiff | undefined
}

/** The parts that have something to do although they do not differ, with those that differ. */
function extraParts(
  before: ModelObject,
  after: ModelObject,
  { extra, diff, present }: Extra,
): Partial<ObjectDiff['parts']> | undefined {
  let isAny = false
  const merge = <T extends { readonly id: string }>(
    older: readonly T[],
    newer: readonly T[],
    list: readonly PartDiff<T>[] | undefined,
  ): readonly PartDiff<T>[] => {
    const known = new Set(list?.map(({ id }) => id))
    const added: PartDiff<T>[] = []
    for (const part of newer) {
      if (!extra.has(part.id) || known.has(part.id)) continue
      const was = older.find((one) => diff.matching.idOf(one.id) === part.id)
      if (was === undefined) continue
      isAny = true
      added.push({ id: part.id, before: was, after: part, differences: [] })
    }
    return [...(list ?? []), ...added]
  }
  if (before.kind === 'domain' && after.kind === 'domain') {
    const parts = {
      domainConstraints: merge(before.constraints, after.constraints, present?.parts.domainConstraints),
    }
    return isAny ? parts : undefined
  }
  if (before.kind === 'view' && after.kind === 'view') {
    const parts = {
      indexes: merge(before.indexes, after.indexes, present?.parts.indexes),
      rules: merge(before.rules, after.rules, present?.parts.rules),
      triggers: merge(before.triggers, after.triggers, present?.parts.triggers),
    }
    return isAny ? parts : undefined
  }
  if (before.kind !== 'table' || after.kind !== 'table') return undefined
  const parts = {
    columns: merge(before.columns, after.columns, present?.parts.columns),
    constraints: merge(before.constraints, after.constraints, present?.parts.constraints),
    indexes: merge(before.indexes, after.indexes, present?.parts.indexes),
    rules: merge(before.rules, after.rules, present?.parts.rules),
    triggers: merge(before.triggers, after.triggers, present?.parts.triggers),
    policies: merge(before.policies, after.policies, present?.parts.policies),
  }
  return isAny ? parts : undefined
}

function emit(planner: Planner, object: ObjectDiff, needs: Needs): void {
  const { before, after, id } = object
  const isGone = planner.rebuild.gone.has(id)
  if (before !== null && (after === null || isGone)) {
    if (before.kind === 'table') dropTableOperations(planner, id, before)
    else dropObjectOperations(planner, id, before)
  }
  if (after === null) return
  if (before === null || isGone) {
    if (after.kind === 'table') createTableOperations(planner, after, laterParts(after, needs))
    else createObjectOperations(planner, after)
    planner.operations.order(`drop ${id}`, `create ${id}`)
  } else if (object.kind === 'table') alterTableOperations(planner, object)
  else alterObjectOperations(planner, object)
}

/** Defaults and checks that use a function or view which needs the table itself. */
function laterParts(table: Extract<ModelObject, { kind: 'table' }>, needs: Needs): ReadonlySet<string> {
  const own = new Set(idsIn(table))
  const reaches = (start: string): boolean => {
    const seen = new Set([start])
    const stack = [start]
    for (let id = stack.pop(); id !== undefined; id = stack.pop())
      for (const next of needs.of(id)) {
        if (own.has(next)) return true
        if (!seen.has(next)) {
          seen.add(next)
          stack.push(next)
        }
      }
    return false
  }
  const later = new Set<string>()
  for (const part of [...table.columns, ...table.constraints]) {
    if ('generated' in part && part.default === null) continue
    for (const needed of needs.of(part.id))
      if (needed.startsWith('routine') && reaches(needed)) later.add(part.id)
  }
  return later
}

/** What needed something is taken down before that; what lets go of it does so first. */
function orderDrops({ operations, rebuild }: Planner, dropped: ReadonlySet<string>): void {
  if (operations.breaks.size === 0) return
  for (const [id, key] of operations.frees)
    for (const needed of rebuild.needs.of(id))
      if (!dropped.has(id) || !dropped.has(needed)) operations.order(key, operations.breaks.get(needed))
  // The old type goes when no column has it any more.
  for (const id of rebuild.retyped)
    for (const needed of rebuild.needs.of(id))
      if (operations.has(`finish ${needed}`)) operations.order(operations.types.get(id), `finish ${needed}`)
  for (const id of rebuild.remade) {
    if (!operations.has(`finish ${id}`)) continue
    for (const other of rebuild.needs.on(id)) {
      operations.order(operations.breaks.get(other), `finish ${id}`)
      operations.order(operations.has(`finish ${other}`) ? `finish ${other}` : undefined, `finish ${id}`)
    }
  }
}

/** What needs something is made or changed after that. */
function orderCreates(
  { operations }: Planner,
  {
    needs,
    touched,
    made,
  }: {
    readonly needs: Needs
    readonly touched: readonly ObjectDiff[]
    readonly made: ReadonlySet<string>
  },
): void {
  const types = new Set(
    touched.filter(({ kind }) => ['enum', 'domain', 'composite', 'range'].includes(kind)).map(({ id }) => id),
  )
  for (const [id, key] of operations.begins)
    for (const needed of needs.of(id)) {
      if (made.has(id) && made.has(needed)) continue
      const start = operations.begins.get(needed)
      operations.order(start, key)
      if (types.has(needed)) operations.order(start, operations.types.get(id))
    }
  for (const { id, kind } of touched)
    if (kind === 'sequence')
      for (const needed of needs.of(id)) {
        operations.order(operations.begins.get(needed), `own ${id}`)
      }
}

/** A table is written anew while no column holds its rows. */
function orderRowUsers({ operations, rebuild }: Planner, touched: readonly ObjectDiff[]): void {
  const writes = (table: string): readonly string[] => [
    ...['alter', 'create', 'copy', 'drop'].map((step) => `${step} ${table}`),
    ...(touched.find(({ id }) => id === table)?.parts.columns ?? []).flatMap(({ id }) =>
      ['drop', 'create', 'free', 'type', 'become'].map((step) => `${step} ${id}`),
    ),
  ]
  for (const [id, tables] of rebuild.rowUsers)
    for (const key of [...tables].flatMap(writes)) {
      operations.order(operations.frees.get(id) ?? operations.breaks.get(id), key)
      if (rebuild.detoured.has(id)) operations.order(key, operations.types.get(id))
    }
}

/** A name is free when what had it is gone. */
function orderNames({ operations, diff, renames }: Planner, touched: readonly ObjectDiff[]): void {
  if (operations.breaks.size === 0) return
  const freed = new Map<string, { readonly id: string; readonly key: string }>()
  const each = (
    object: ModelObject,
    ownerId: string,
    use: (id: string, keys: readonly string[]) => void,
  ): void => {
    const schema = 'schema' in object ? object.schema : null
    const idOf = (id: string): string => diff.matching.idOf(id)
    const keysOf = (
      kind: Parameters<typeof namespacesOf>[0],
      part: Part | null,
      name: string,
    ): readonly string[] =>
      namespacesOf(kind, { object, part }).map((space) =>
        // Arguments may have other names and mean the same routine.
        nameKey(space.startsWith('routine ') ? 'routine' : space, { schema, name }, ownerId),
      )
    use(ownerId, keysOf(object.kind, null, object.name))
    for (const { kind, parts } of partsOf(object))
      for (const part of parts) {
        use(idOf(part.id), keysOf(kind, part, 'label' in part ? part.label : part.name))
        if ('identity' in part && part.identity !== null)
          use(idOf(part.id), [nameKey('relation', part.identity.sequence, ownerId)])
      }
  }
  for (const { id, before } of touched)
    if (before !== null)
      each(before, id, (thing, keys) => {
        const key = operations.breaks.get(thing) ?? operations.frees.get(thing)
        if (key === undefined || renames.aside.has(thing)) return
        for (const name of keys) freed.set(name, { id: thing, key })
      })
  for (const { id, after } of touched)
    if (after !== null)
      each(after, id, (thing, keys) => {
        const key = operations.begins.get(thing)
        if (key === undefined) return
        for (const name of keys) {
          const had = freed.get(name)
          if (had !== undefined && had.id !== thing) operations.order(had.key, key)
        }
      })
}
