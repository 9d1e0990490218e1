// Puts the rows of all sources together into a model.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { readDependencies } from './dependencies.ts'
import { readLookups, type Rows } from './lookups.ts'
import { sortObjects, sortParts } from './order.ts'
import { addCode, readSequences } from './read-code.ts'
import { addConstraintsAndIndexes } from './read-constraints.ts'
import { readDatabaseObjects } from './read-database.ts'
import { finishColumns, readRelations, type TypeNames } from './read-relations.ts'
import { readRoutines, readTypes } from './read-types.ts'

/** The model of a full reading. */
export function assembleModel(rows: Rows, types: TypeNames): SchemaModel {
  const lookups = readLookups(rows)
  const read = readRelations(rows, lookups, types)
  const { relations } = read
  addConstraintsAndIndexes(rows, read, lookups)
  addCode(rows, relations, lookups)
  const sequences = readSequences(rows, relations, lookups)
  finishColumns(relations)
  const objects: ModelObject[] = [
    ...readTypes(rows, lookups),
    ...readDatabaseObjects(rows, lookups),
    ...readRoutines(rows, lookups),
    ...sequences,
  ]
  for (const { object, isUsers } of relations.values()) if (isUsers) objects.push(sortParts(object))
  const ids = new Set(sequences.map(({ id }) => id))
  const relationId = (oid: string): string | undefined => {
    const relation = relations.get(oid)
    if (relation !== undefined) return relation.isUsers ? relation.object.id : undefined
    return ids.has(`sequence:${oid}`) ? `sequence:${oid}` : undefined
  }
  return {
    serverVersion: lookups.serverVersion,
    database: lookups.database,
    objects: sortObjects(objects),
    dependencies: readDependencies(rows, lookups, { relations, relationId }),
  }
}
