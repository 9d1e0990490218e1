// Puts the rows of all sources together: into objects, and these into a model.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { readDependencies, type Known } from './dependencies.ts'
import { readLookups, type Lookups, type Rows } from './lookups.ts'
import { sortObjects, sortParts } from './order.ts'
import { addCode, readSequences } from './read-code.ts'
import { addConstraintsAndIndexes } from './read-constraints.ts'
import { readDatabaseObjects } from './read-database.ts'
import { finishColumns, readRelations } from './read-relations.ts'
import { readRoutines, readTypes } from './read-types.ts'
import type { TypeNames } from './type-list.ts'

/** What rows tell, before it is a model. */
export interface ReadObjects {
  readonly lookups: Lookups
  /** In no order. */
  readonly objects: readonly ModelObject[]
  /** Ids of tables, views and composite types by the OIDs of their relations. */
  readonly relationIds: ReadonlyMap<string, string>
}

/** The objects that the rows tell of, those of the system and of extensions left out. */
export function readObjects(rows: Rows, types: TypeNames): ReadObjects {
  const lookups = readLookups(rows)
  const read = readRelations(rows, lookups, types)
  const { relations } = read
  addConstraintsAndIndexes(rows, read, lookups)
  addCode(rows, relations, lookups)
  const objects: ModelObject[] = [
    ...readTypes(rows, lookups),
    ...readDatabaseObjects(rows, lookups),
    ...readRoutines(rows, lookups),
    ...readSequences(rows, relations, lookups),
  ]
  finishColumns(relations)
  const relationIds = new Map<string, string>()
  for (const { oid, object, isUsers } of relations.values()) {
    if (!isUsers) continue
    objects.push(sortParts(object))
    relationIds.set(oid, object.id)
  }
  return { lookups, objects, relationIds }
}

/** The model of a full reading. */
export function assembleModel(
  rows: Rows,
  types: TypeNames,
): { readonly model: SchemaModel; readonly lookups: Lookups } {
  const { lookups, objects, relationIds } = readObjects(rows, types)
  const known = knowObjects(objects, relationIds)
  return {
    lookups,
    model: {
      serverVersion: lookups.serverVersion,
      database: lookups.database,
      objects: sortObjects(objects),
      dependencies: readDependencies(rows, lookups, known),
    },
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
      parts ??= new Set(objects.flatMap((object) => Array.from(partsOf(object), (part) => part.id)))
      return parts.has(id)
    },
    relationId: (oid) =>
      ['table', 'view', 'sequence'].map((kind) => `${kind}:${oid}`).find((id) => ids.has(id)) ??
      composites.get(oid),
  }
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
