// Puts the rows of all sources together: into objects, and these into a model.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { readDependencies, type Known } from './dependencies.ts'
import { readLookups, type Lookups, type Rows } from './lookups.ts'
import { sortObjects, sortParts } from './order.ts'
import { addCode, readSequences } from './read-code.ts'
import { addConstraintsAndIndexes, addNotNulls } from './read-constraints.ts'
import { readDatabaseObjects } from './read-database.ts'
import { addDefaults, finishColumns, readRelations, type ReadRelations } from './read-relations.ts'
import { readRoutines, readTypes } from './read-types.ts'
import type { TypeName } from './type-list.ts'

/** Objects while they are put together, in three steps that follow the three parts of a reading. */
export interface StartedObjects extends ReadRelations {
  readonly lookups: Lookups
}

/** What rows tell, before it is a model. */
export interface ReadObjects {
  readonly lookups: Lookups
  /** In no order. */
  readonly objects: readonly ModelObject[]
  /** Ids of tables, views and composite types by the OIDs of their relations. */
  readonly relationIds: ReadonlyMap<string, string>
}

/** Relations with their columns. */
export function startObjects(rows: Rows): StartedObjects {
  const lookups = readLookups(rows)
  return { lookups, ...readRelations(rows, lookups) }
}

/** Adds their constraints and indexes. */
export function addKeys(rows: Rows, started: StartedObjects): void {
  addConstraintsAndIndexes(rows, started, started.lookups)
}

/** The objects that the rows tell of, those of the system and of extensions left out. Types of columns have their names by their places. */
export function finishObjects(
  rows: Rows,
  { lookups, relations }: StartedObjects,
  types: readonly TypeName[],
): ReadObjects {
  addDefaults(rows, relations)
  addNotNulls(rows, relations)
  addCode(rows, relations, lookups)
  const objects: ModelObject[] = [
    ...readTypes(rows, lookups),
    ...readDatabaseObjects(rows, lookups),
    ...readRoutines(rows, lookups),
    ...readSequences(rows, relations, lookups),
  ]
  finishColumns(relations, types)
  const relationIds = new Map<string, string>()
  for (const { oid, object, isUsers } of relations.values()) {
    if (!isUsers) continue
    objects.push(sortParts(object))
    relationIds.set(oid, object.id)
  }
  return { lookups, objects, relationIds }
}

/** The model of a full reading. */
export function assembleModel(rows: Rows, { lookups, objects, relationIds }: ReadObjects): SchemaModel {
  return {
    serverVersion: lookups.serverVersion,
    database: lookups.database,
    objects: sortObjects(objects),
    dependencies: readDependencies(rows, lookups, knowObjects(objects, relationIds)),
  }
}

/** What these objects make known. `composites` are their ids by the OIDs of their relations; others tell it by their own ids. */
export function knowObjects(objects: readonly ModelObject[], composites: ReadonlyMap<string, string>): Known {
  const ids = new Set(objects.map(({ id }) => id))
  let parts: ReadonlySet<string> | undefined
  return {
    has(id) {
      if (ids.has(id)) return true
      // Parts are many and seldom asked for after a small change.
      parts ??= idsOfParts(objects)
      return parts.has(id)
    },
    relationId: (oid) =>
      ['table', 'view', 'sequence'].map((kind) => `${kind}:${oid}`).find((id) => ids.has(id)) ??
      composites.get(oid),
  }
}

function idsOfParts(objects: readonly ModelObject[]): Set<string> {
  const ids = new Set<string>()
  for (const object of objects) for (const { id } of partsOf(object)) ids.add(id)
  return ids
}

/** What either makes known; the second is asked where the first knows nothing. */
export function joinKnown(first: Known, second: Known): Known {
  return {
    has: (id) => first.has(id) || second.has(id),
    relationId: (oid) => first.relationId(oid) ?? second.relationId(oid),
  }
}

/** Parts of an object that have OIDs of their own. */
export function* partsOf(
  object: ModelObject,
): Iterable<{ readonly id: string; readonly name: string; readonly comment: string | null }> {
  if (object.kind === 'domain') yield* object.constraints
  if (object.kind !== 'table' && object.kind !== 'view') return
  yield* object.indexes
  yield* object.triggers
  yield* object.rules
  if (object.kind === 'view') return
  yield* object.constraints
  yield* object.policies
}
