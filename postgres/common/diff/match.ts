// Pairs what is the same thing in two models: by id where both come from one database, by name otherwise. Parts of paired objects are paired too.
import type { DiffOptions } from '../ddl/change.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { objectName, schemaOf } from '../catalog/find.ts'
import { partListsOf, type Part } from './parts.ts'

/** One thing in the older model, the newer, or both. `id` is the newer one's where it has one. */
export interface ObjectPair {
  readonly id: string
  readonly before: ModelObject | null
  readonly after: ModelObject | null
}

export interface PartPair<T> {
  readonly id: string
  readonly before: T | null
  readonly after: T | null
}

export interface Matching {
  readonly pairs: readonly ObjectPair[]
  /** The id under which a thing of the older model is known: the newer one's when it is in both. */
  idOf(olderId: string): string
}

/** Pairs all objects of two models, and their parts. */
export function matchModels(older: SchemaModel, newer: SchemaModel, options: DiffOptions): Matching {
  const confirmed = new Map(options.renames?.map(({ from, to }) => [from, to]))
  const byId = options.matchBy === 'id'
  const names = new Names(older, newer, confirmed, byId)
  const ids = new Map<string, string>()
  const pairs: ObjectPair[] = []
  const left: ModelObject[] = []
  const taken = new Set<string>()
  const newerById = new Map(newer.objects.map((object) => [object.id, object]))
  for (const before of older.objects) {
    const target = confirmed.get(before.id) ?? (byId ? before.id : undefined)
    const after = target === undefined ? undefined : newerById.get(target)
    if (after === undefined || after.kind !== before.kind) left.push(before)
    else {
      taken.add(after.id)
      ids.set(before.id, after.id)
      pairs.push({ id: after.id, before, after })
    }
  }
  const free = new Map<string, ModelObject>()
  for (const after of newer.objects) if (!taken.has(after.id)) free.set(names.newer(after), after)
  const dropped: ModelObject[] = []
  for (const before of left) {
    const after = free.get(names.older(before))
    if (after === undefined || taken.has(after.id)) dropped.push(before)
    else {
      taken.add(after.id)
      ids.set(before.id, after.id)
      pairs.push({ id: after.id, before, after })
    }
  }
  for (const [before, after] of looseRoutines(dropped, newer, { taken, names })) {
    taken.add(after.id)
    ids.set(before.id, after.id)
    pairs.push({ id: after.id, before, after })
  }
  const idOfDropped = (id: string): string =>
    // Two databases may use one oid for two things.
    byId ? id : `dropped ${id}`
  for (const before of dropped)
    if (!ids.has(before.id)) {
      ids.set(before.id, idOfDropped(before.id))
      pairs.push({ id: idOfDropped(before.id), before, after: null })
    }
  for (const after of newer.objects)
    if (!taken.has(after.id)) pairs.push({ id: after.id, before: null, after })

  const put = (before: Part, after: Part): void => {
    if (before.id !== after.id) ids.set(before.id, after.id)
  }
  for (const { before, after } of pairs) {
    if (before === after || before === null) continue
    for (const { older: olderParts, newer: newerParts } of partListsOf(before, after)) {
      const partById = new Map(newerParts.map((part) => [part.id, part]))
      const used = new Set<string>()
      const rest: Part[] = []
      for (const part of olderParts) {
        const target = confirmed.get(part.id) ?? (byId ? part.id : undefined)
        const same = target === undefined ? undefined : partById.get(target)
        if (same === undefined) rest.push(part)
        else {
          used.add(same.id)
          put(part, same)
        }
      }
      if (rest.length === 0) continue
      const partByName = new Map(newerParts.map((part) => [partName(part), part]))
      for (const part of rest) {
        const same = partByName.get(partName(part))
        if (same === undefined || used.has(same.id)) ids.set(part.id, idOfDropped(part.id))
        else {
          used.add(same.id)
          put(part, same)
        }
      }
    }
  }
  return { pairs, idOf: (id) => ids.get(id) ?? id }
}

/** Pairs the parts of one list by the ids that the matching gave them; those of the newer list first, in its order. */
export function pairParts<T extends { readonly id: string }>(
  { idOf }: Matching,
  older: readonly T[],
  newer: readonly T[],
): readonly PartPair<T>[] {
  if (older === newer) return []
  const before = new Map(older.map((part) => [idOf(part.id), part]))
  const pairs: PartPair<T>[] = newer.map((after) => {
    const match = before.get(after.id) ?? null
    before.delete(after.id)
    return { id: after.id, before: match, after }
  })
  for (const [id, part] of before) pairs.push({ id, before: part, after: null })
  return pairs
}

function partName(part: Part): string {
  return 'label' in part ? part.label : part.name
}

/** Keys by name. An older object's takes the confirmed renames of its schema along. */
class Names {
  private readonly schemas = new Map<string, string>()
  constructor(older: SchemaModel, newer: SchemaModel, confirmed: ReadonlyMap<string, string>, byId: boolean) {
    const byNewerId = new Map<string, string>()
    for (const object of newer.objects) if (object.kind === 'schema') byNewerId.set(object.id, object.name)
    for (const object of older.objects) {
      if (object.kind !== 'schema') continue
      const target = confirmed.get(object.id) ?? (byId ? object.id : undefined)
      const name = target === undefined ? undefined : byNewerId.get(target)
      if (name !== undefined) this.schemas.set(object.name, name)
    }
  }
  /** The newer name of an older schema. */
  newerSchema(schema: string): string {
    return this.schemas.get(schema) ?? schema
  }
  older(object: ModelObject): string {
    const schema = schemaOf(object)
    return `${object.kind} ${this.schemas.get(schema) ?? schema}\0${objectName(object)}`
  }
  newer(object: ModelObject): string {
    return `${object.kind} ${schemaOf(object)}\0${objectName(object)}`
  }
}

/** Routines whose arguments only changed their names, or the only one of its name on either side. */
function looseRoutines(
  dropped: readonly ModelObject[],
  newer: SchemaModel,
  { taken, names }: { readonly taken: ReadonlySet<string>; readonly names: Names },
): readonly (readonly [ModelObject, ModelObject])[] {
  const olderByName = group(dropped, (schema) => names.newerSchema(schema))
  if (olderByName.size === 0) return []
  const newerByName = group(
    newer.objects.filter((object) => !taken.has(object.id)),
    (schema) => schema,
  )
  const found: (readonly [ModelObject, ModelObject])[] = []
  for (const [name, [before, ...others]] of olderByName) {
    const [after, ...more] = newerByName.get(name) ?? []
    if (before !== undefined && after !== undefined && others.length === 0 && more.length === 0)
      found.push([before, after])
  }
  return found
}

function group(
  objects: readonly ModelObject[],
  schemaNow: (schema: string) => string,
): ReadonlyMap<string, readonly ModelObject[]> {
  const groups = new Map<string, ModelObject[]>()
  for (const object of objects) {
    if (object.kind !== 'routine') continue
    const key = `${schemaNow(object.schema)}\0${object.name}`
    const list = groups.get(key)
    if (list === undefined) groups.set(key, [object])
    else list.push(object)
  }
  return groups
}
