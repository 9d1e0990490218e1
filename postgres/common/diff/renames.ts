// The names that differ between two matched models.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import type { Matching, ObjectPair } from './match.ts'
import { NewerNames, nameOf, rewritesOf, type Renamed } from './newer-names.ts'
import { partListsOf } from './parts.ts'
import { NO_NAME_CHANGES, type NameChanges, type Rewrites } from './sql-text.ts'

export interface Renames {
  readonly list: readonly Renamed[]
  /** Old names to new ones, of the things that an object of the older model needs. All, where it is not known what it needs. */
  changesFor(olderId: string): NameChanges
  /** The same, to write text anew. */
  rewritesFor(olderId: string): Rewrites
  /** Of everything. */
  readonly all: Rewrites
  /** An object of the older model with the newer names in all that refers by name. Text stays as it is. */
  apply(pair: ObjectPair): ModelObject | null
}

/** Finds what was renamed. */
export function findRenames(older: SchemaModel, matching: Matching): Renames {
  const list: Renamed[] = []
  for (const pair of matching.pairs) collect(pair, matching, list)
  if (list.length === 0)
    return {
      list,
      changesFor: () => NO_NAME_CHANGES,
      rewritesFor: () => rewritesOf([]),
      all: rewritesOf([]),
      apply: ({ before }) => before,
    }
  const newerNames = new NewerNames(list)
  const byId = new Map(list.map((one) => [one.olderId, one]))
  const everything = changesOf(list)
  // Where Postgres has recorded needs, what is not listed has none.
  const isRecorded = older.dependencies.length > 0
  const schemas = list.filter(({ kind }) => kind === 'schema')
  let needs: ReadonlyMap<string, readonly Renamed[]> | undefined
  const known = new Map<string, NameChanges>()
  return {
    list,
    changesFor(olderId) {
      needs ??= needsOf(older, byId)
      const needed = needs.get(olderId) ?? (isRecorded ? [] : undefined)
      if (needed === undefined) return everything
      let changes = known.get(olderId)
      if (changes === undefined) {
        changes = changesOf([...schemas, ...needed])
        known.set(olderId, changes)
      }
      return changes
    },
    rewritesFor(olderId) {
      needs ??= needsOf(older, byId)
      const needed = needs.get(olderId) ?? (isRecorded ? [] : undefined)
      return rewritesOf(needed === undefined ? list : [...schemas, ...needed])
    },
    all: rewritesOf(list),
    apply: (pair) => newerNames.apply(pair, matching),
  }
}

function collect(pair: ObjectPair, matching: Matching, list: Renamed[]): void {
  const { before, after } = pair
  if (before === null || after === null || before === after) return
  const schemaBefore = placeOf(before)
  const schemaAfter = placeOf(after)
  if (isNamed(before) && (before.name !== after.name || schemaBefore !== schemaAfter))
    list.push({
      kind: before.kind,
      id: pair.id,
      olderId: before.id,
      pair,
      isPart: false,
      before: { schema: schemaBefore, name: before.name },
      after: { schema: schemaAfter, name: after.name },
    })
  for (const { kind, older, newer } of partListsOf(before, after)) {
    const byId = new Map(newer.map((part) => [part.id, part]))
    for (const part of older) {
      const same = byId.get(matching.idOf(part.id))
      if (same === undefined || nameOf(same) === nameOf(part)) continue
      list.push({
        kind,
        id: same.id,
        olderId: part.id,
        pair,
        isPart: true,
        before: { schema: schemaBefore, name: nameOf(part) },
        after: { schema: schemaAfter, name: nameOf(same) },
      })
    }
  }
}

/** Objects whose name is a name that statements can change. */
function isNamed(object: ModelObject): boolean {
  return object.kind !== 'defaultPrivileges' && object.kind !== 'other' && object.kind !== 'extension'
}

function placeOf(object: ModelObject): string | null {
  return object.kind !== 'extension' && 'schema' in object ? object.schema : null
}

function changesOf(list: readonly Renamed[]): NameChanges {
  const changes = new Map<string, Set<string>>()
  const put = (before: string | null, after: string | null): void => {
    if (before === null || after === null || before === after) return
    const present = changes.get(before)
    if (present === undefined) changes.set(before, new Set([after]))
    else present.add(after)
  }
  for (const one of list) {
    put(one.before.name, one.after.name)
    put(one.before.schema, one.after.schema)
  }
  return changes
}

/** For each id of the older model: the renamed things that it, or a part of it, needs. */
function needsOf(
  older: SchemaModel,
  renamed: ReadonlyMap<string, Renamed>,
): ReadonlyMap<string, readonly Renamed[]> {
  const needs = new Map<string, Set<Renamed>>()
  const owners = new Map<string, string>()
  const partsRenamed = new Map<string, Renamed[]>()
  for (const object of older.objects)
    for (const { older: parts } of partListsOf(object, null))
      for (const part of parts) owners.set(part.id, object.id)
  for (const one of renamed.values()) {
    const owner = owners.get(one.olderId) ?? one.olderId
    const list = partsRenamed.get(owner)
    if (list === undefined) partsRenamed.set(owner, [one])
    else list.push(one)
  }
  const put = (id: string, list: readonly Renamed[]): void => {
    const present = needs.get(id)
    if (present === undefined) needs.set(id, new Set(list))
    else for (const one of list) present.add(one)
  }
  for (const [needing, needed] of older.dependencies) {
    const owner = owners.get(needed) ?? needed
    const list = partsRenamed.get(owner) ?? []
    put(needing, list)
    put(owners.get(needing) ?? needing, list)
  }
  // What stands in a table refers to the table itself and to its own columns.
  for (const [owner, list] of partsRenamed)
    if (needs.has(owner) || older.dependencies.length > 0) put(owner, list)
  return new Map([...needs].map(([id, list]) => [id, [...list]]))
}
