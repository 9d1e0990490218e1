// Reads a database's schema as one model, in two round trips.
import type { SchemaModel } from '#contract/schema/types.ts'
import { assembleModel } from './introspect/model/assemble.ts'
import { aggregateSource, databaseSources } from './introspect/model/database-sources.ts'
import {
  commentSource,
  dependencySources,
  lookupSources,
  typeNameSource,
} from './introspect/model/lookup-sources.ts'
import { otherSources } from './introspect/model/other-sources.ts'
import { abandonReading, beginReading, endReading, type ModelSession } from './introspect/model/read.ts'
import { columnSource, relationSources } from './introspect/model/relation-sources.ts'
import type { Source } from './introspect/model/sources.ts'
import { listTypes, readTypeNames } from './introspect/model/type-list.ts'
import { routineSource, typeSources } from './introspect/model/type-sources.ts'

export type { ModelSession }

/**
 * Reads everything that the schema model knows, as the session's user sees the catalog, in one state of the database. The session must not be in a
 * transaction; its settings stay as they are. What is dropped meanwhile is left out. Rejects as `Session.query` does.
 */
export async function introspectModel(session: ModelSession): Promise<SchemaModel> {
  const version = Number.parseInt(session.serverVersion, 10)
  try {
    const rows = await beginReading(session, allSources(version))
    const types = listTypes(rows.get('column') ?? [])
    const names = await endReading(session, [typeNameSource(version, types)])
    return assembleModel(rows, readTypeNames(types, names.get('type name') ?? []))
  } catch (error) {
    await abandonReading(session)
    throw error
  }
}

function allSources(version: number): Source[] {
  return [
    columnSource(version, 'all'),
    ...relationSources(version, 'all'),
    ...lookupSources(),
    ...typeSources(version),
    routineSource('all'),
    aggregateSource('all'),
    ...databaseSources(version),
    ...otherSources(version),
    commentSource(),
    ...dependencySources(version),
  ]
}
