// Dropping: what goes along with a thing is found first, so that it can be shown, and is taken out with it.
import type { ModelObject, SchemaModel, Table, View } from '#contract/schema/types.ts'
import { needsOf } from '../../diff/needs.ts'
import type { ChangedKind } from '../../ddl/change.ts'
import { partsOf, type Part } from '../../diff/parts.ts'
import { namesIn } from '../../diff/sql-text.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'

/** Something that depends on what is dropped. */
export interface Dependent {
  readonly id: string
  /** Of the object that it is part of; null for an object itself. */
  readonly parentId: string | null
  /** `view`, `foreign key`, `column`. */
  readonly what: string
  /** `rental.customer_id`, unquoted. */
  readonly name: string
  /** Only its default goes: a sequence or function that it called. */
  readonly isDefaultOnly: boolean
}

/** Everything that goes when these objects or parts are dropped, themselves left out. */
export function dropImpact(model: SchemaModel, ids: readonly string[]): readonly Dependent[] {
  const { gone, withoutDefault } = closure(model, ids)
  const places = placesIn(model)
  const given = new Set(ids)
  const found: Dependent[] = []
  for (const id of [...gone, ...withoutDefault]) {
    const place = places.get(id)
    if (place === undefined || given.has(id)) continue
    // What stands inside a thing that goes needs no line of its own.
    if (place.partId !== null && gone.has(place.object.id)) continue
    found.push(describe(place, id, withoutDefault.has(id)))
  }
  return sorted(found)
}

/** Drops objects with all that depends on them. */
export function dropObjects(context: EditContext, input: { readonly objectIds: readonly string[] }): Edit {
  return makeEdit(context, (edit) => {
    const objects = input.objectIds.map((id) => edit.get(id) ?? refuse('It is no longer there.'))
    const [first] = objects
    if (first === undefined) return refuse('Nothing is selected.')
    dropIn(edit, input.objectIds)
    const what = objects.length === 1 ? `${kindWord(first)} ${first.name}` : `${objects.length} objects`
    return { label: `Drop ${what}` }
  })
}

/** Drops a column, constraint, index, trigger, rule or policy with all that depends on it. */
export function dropPart(
  context: EditContext,
  input: { readonly objectId: string; readonly partId: string },
): Edit {
  return makeEdit(context, (edit) => {
    const place = placesIn(edit.model).get(input.partId)
    if (place === undefined || place.object.id !== input.objectId) return refuse('It is no longer there.')
    const { object, part } = place
    if (part !== null && 'isInherited' in part && part.isInherited)
      refuse(`${place.name} comes from a parent table: drop it there.`)
    if (part !== null && 'parent' in part && part.parent !== null)
      refuse(`${place.name} belongs to the index of ${ofParent(object)}: drop it there.`)
    dropIn(edit, [input.partId])
    return { label: `Drop ${place.what} ${place.name} of ${object.name}`, objectId: object.id }
  })
}

function ofParent(object: ModelObject): string {
  return object.kind === 'table' ? (object.partitionOf?.parent.name ?? 'its parent') : 'its parent'
}

/** Takes these and all that depends on them out of the model. */
function dropIn(edit: ModelEdit, ids: readonly string[]): void {
  const { gone, withoutDefault } = closure(edit.model, ids)
  refusePartitionKeys(edit, gone)
  for (const object of [...edit.objects()]) {
    if (gone.has(object.id)) edit.remove(object.id)
    else {
      const next = without(object, gone, withoutDefault)
      if (next !== object) edit.put(next)
    }
  }
  unpublish(edit)
}

/** A table keeps what its rows are divided by as long as it is there. */
function refusePartitionKeys(edit: ModelEdit, gone: ReadonlySet<string>): void {
  for (const table of edit.objects()) {
    if (table.kind !== 'table' || table.partitionKey === null || gone.has(table.id)) continue
    const words = namesIn(table.partitionKey)
    const column = table.columns.find(({ id, name }) => gone.has(id) && words.has(name))
    if (column !== undefined)
      refuse(`${table.name} is partitioned by ${column.name}, which would go too. Drop the table first.`)
  }
}

interface Closure {
  readonly gone: ReadonlySet<string>
  /** Columns that lose their default only. */
  readonly withoutDefault: ReadonlySet<string>
}

function closure(model: SchemaModel, ids: readonly string[]): Closure {
  const needs = needsIn(model)
  const places = placesIn(model)
  const heirs = heirsIn(model)
  const gone = new Set(ids)
  const withoutDefault = new Set<string>()
  const queue = [...ids]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const add = (dependent: string): void => {
      if (gone.has(dependent)) return
      gone.add(dependent)
      queue.push(dependent)
    }
    const place = places.get(id)
    if (place?.partId === null) for (const part of partIds(place.object)) add(part)
    for (const heir of heirs.get(id) ?? []) add(heir)
    // What an exclusion is over stands in its text alone.
    if (place?.what === 'column' && place.object.kind === 'table')
      for (const one of place.object.constraints)
        if (one.kind === 'exclusion' && namesIn(one.definition).has(place.name)) add(one.id)
    for (const dependent of needs.on(id)) {
      const other = places.get(dependent)
      if (other === undefined) continue
      if (other.object.kind === 'publication') continue
      // A table does not go with its own parts, nor with a function that its trigger calls.
      if (other.partId === null && other.object.id === place?.object.id) continue
      if (isDefaultOnly(other, id)) withoutDefault.add(dependent)
      else add(dependent)
    }
  }
  for (const id of gone) withoutDefault.delete(id)
  return { gone, withoutDefault }
}

/** A column whose default calls something goes on without it; one of that type, or generated from it, goes. */
function isDefaultOnly(place: Place, needed: string): boolean {
  if (place.what !== 'column' || place.object.kind !== 'table') return false
  const column = place.object.columns.find(({ id }) => id === place.partId)
  return (
    column !== undefined &&
    column.generated === null &&
    column.default !== null &&
    column.typeId !== needed &&
    needed !== place.object.id &&
    !needed.startsWith('extension:')
  )
}

/** What partitions and inheriting tables have from a parent's part: it goes with it. */
function heirsIn(model: SchemaModel): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, Table>()
  for (const object of model.objects)
    if (object.kind === 'table') byName.set(`${object.schema}\0${object.name}`, object)
  const heirs = new Map<string, string[]>()
  const add = (id: string | undefined, heir: string): void => {
    if (id === undefined) return
    const list = heirs.get(id)
    if (list === undefined) heirs.set(id, [heir])
    else list.push(heir)
  }
  for (const child of byName.values()) {
    const parents = child.partitionOf === null ? child.inherits : [child.partitionOf.parent]
    for (const { schema, name } of parents) {
      const parent = byName.get(`${schema}\0${name}`)
      if (parent === undefined) continue
      for (const column of child.columns)
        if (column.isInherited) add(parent.columns.find((one) => one.name === column.name)?.id, column.id)
      for (const one of child.constraints)
        if (one.isInherited) add(parent.constraints.find((other) => isSameConstraint(one, other))?.id, one.id)
      for (const one of child.indexes)
        if (one.parent !== null)
          add(parent.indexes.find((other) => other.name === one.parent?.name)?.id, one.id)
      for (const one of child.triggers)
        if (one.isInherited) add(parent.triggers.find((other) => other.name === one.name)?.id, one.id)
    }
  }
  return heirs
}

function isSameConstraint(one: Table['constraints'][number], other: Table['constraints'][number]): boolean {
  if (one.kind !== other.kind) return false
  if (one.name === other.name || one.kind === 'primary key') return true
  return 'columns' in one && 'columns' in other && one.columns.join('\0') === other.columns.join('\0')
}

function without(
  object: ModelObject,
  gone: ReadonlySet<string>,
  withoutDefault: ReadonlySet<string>,
): ModelObject {
  const keep = <Part extends { readonly id: string }>(parts: readonly Part[]): readonly Part[] =>
    parts.some(({ id }) => gone.has(id)) ? parts.filter(({ id }) => !gone.has(id)) : parts
  switch (object.kind) {
    case 'table': {
      const columns = keep(object.columns).map((column) =>
        withoutDefault.has(column.id) ? { ...column, default: null } : column,
      )
      const next = {
        ...object,
        columns:
          columns.every((column, at) => column === object.columns[at]) &&
          columns.length === object.columns.length
            ? object.columns
            : columns,
        constraints: keep(object.constraints),
        indexes: keep(object.indexes),
        triggers: keep(object.triggers),
        rules: keep(object.rules),
        policies: keep(object.policies),
      }
      return isSame(object, next) ? object : withIdentity(next)
    }
    case 'view': {
      const next: View = {
        ...object,
        indexes: keep(object.indexes),
        triggers: keep(object.triggers),
        rules: keep(object.rules),
      }
      return isSame(object, next) ? object : next
    }
    case 'domain': {
      const constraints = keep(object.constraints)
      return constraints === object.constraints ? object : { ...object, constraints }
    }
    case 'composite': {
      const attributes = keep(object.attributes)
      return attributes === object.attributes ? object : { ...object, attributes }
    }
    case 'enum': {
      const labels = keep(object.labels)
      return labels === object.labels ? object : { ...object, labels }
    }
    default:
      return object
  }
}

/** A replica identity by an index that is gone is the default again. */
function withIdentity(table: Table): Table {
  const { index } = table.replicaIdentity
  if (index === null || [...table.indexes, ...table.constraints].some(({ name }) => name === index))
    return table
  return { ...table, replicaIdentity: { kind: 'default', index: null } }
}

function isSame(object: ModelObject, next: ModelObject): boolean {
  const before = new Map<string, unknown>(Object.entries(object))
  return Object.entries(next).every(([name, value]) => before.get(name) === value)
}

/** Publications forget tables, columns and schemas that are gone; owners of sequences went with them. */
function unpublish(edit: ModelEdit): void {
  for (const object of [...edit.objects()]) {
    if (object.kind !== 'publication') continue
    const tables = object.tables.flatMap((one) => {
      const table = edit.byName('table', one.schema, one.name)
      if (table === undefined) return []
      const columns = one.columns.filter((name) => table.columns.some((column) => column.name === name))
      if (one.columns.length > 0 && columns.length === 0) return []
      return columns.length === one.columns.length ? [one] : [{ ...one, columns }]
    })
    const schemas = object.schemas.filter((name) => edit.byName('schema', '', name) !== undefined)
    const isUnchanged =
      schemas.length === object.schemas.length &&
      tables.length === object.tables.length &&
      tables.every((one, at) => one === object.tables[at])
    if (!isUnchanged) edit.put({ ...object, tables, schemas })
  }
}

interface Place {
  readonly object: ModelObject
  readonly partId: string | null
  readonly part: object | null
  readonly what: string
  readonly name: string
}

const places = new WeakMap<SchemaModel, ReadonlyMap<string, Place>>()

function placesIn(model: SchemaModel): ReadonlyMap<string, Place> {
  const present = places.get(model)
  if (present !== undefined) return present
  const made = new Map<string, Place>()
  for (const object of model.objects) {
    made.set(object.id, objectPlace(object))
    for (const { kind, parts } of partsOf(object))
      for (const part of parts) made.set(part.id, partPlace(object, kind, part))
  }
  places.set(model, made)
  return made
}

const WORDS: Readonly<Record<string, string>> = {
  enum: 'enum',
  enumLabel: 'value',
  composite: 'composite type',
  range: 'range type',
  eventTrigger: 'event trigger',
  defaultPrivileges: 'default privileges',
}

/** The word for an object's kind: `materialised view`, `function`. */
export function kindWord(object: ModelObject): string {
  if (object.kind === 'view' && object.isMaterialized) return 'materialised view'
  if (object.kind === 'routine') return object.routineKind
  if (object.kind === 'other') return object.what
  return WORDS[object.kind] ?? object.kind
}

function partIds(object: ModelObject): readonly string[] {
  return partsOf(object).flatMap(({ parts }) => parts.map(({ id }) => id))
}

/** Whether the draft made it, or something in it: what its text needs is recorded nowhere. */
export function isDrafted(object: ModelObject): boolean {
  return (
    object.id.includes(':new-') ||
    partsOf(object).some(({ parts }) => parts.some(({ id }) => id.includes(':new-')))
  )
}

const needsByModel = new WeakMap<SchemaModel, ReturnType<typeof needsOf>>()

/** What Postgres recorded, what the structure says, and for objects that a draft made, what their text says. */
function needsIn(model: SchemaModel): ReturnType<typeof needsOf> {
  const present = needsByModel.get(model)
  if (present !== undefined) return present
  const changed = new Set(model.objects.filter(isDrafted).map(({ id }) => id))
  const made = needsOf(model, { idOf: (id) => id, changed })
  needsByModel.set(model, made)
  return made
}

/** A user of something, in words. `needed` is what it uses. */
export function dependentOf(
  object: ModelObject,
  of: { readonly kind: ChangedKind; readonly part: Part } | null,
  needed: string,
): Dependent {
  const place = of === null ? objectPlace(object) : partPlace(object, of.kind, of.part)
  return describe(place, of?.part.id ?? object.id, isDefaultOnly(place, needed))
}

function objectPlace(object: ModelObject): Place {
  return { object, partId: null, part: null, what: kindWord(object), name: object.name }
}

function partPlace(object: ModelObject, kind: ChangedKind, part: Part): Place {
  const what = kind === 'constraint' && 'kind' in part ? part.kind : (WORDS[kind] ?? kind)
  return { object, partId: part.id, part, what, name: 'name' in part ? part.name : part.label }
}

function describe(place: Place, id: string, isDefaultOnly: boolean): Dependent {
  const { object, partId, what } = place
  return {
    id,
    parentId: partId === null ? null : object.id,
    what,
    name: partId === null ? place.name : `${object.name}.${place.name}`,
    isDefaultOnly,
  }
}

function sorted(dependents: readonly Dependent[]): readonly Dependent[] {
  return [...dependents].sort((a, b) => compare(a.what, b.what) || compare(a.name, b.name))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
