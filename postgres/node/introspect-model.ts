// Reads a database's schema as one model in two round trips, putting together what has come while the server reads on, and brings it up to date in two.
import { isDeepStrictEqual } from 'node:util'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import {
  addKeys,
  assembleModel,
  finishObjects,
  joinKnown,
  knowObjects,
  startObjects,
  type ReadObjects,
} from './introspect/model/assemble.ts'
import { textAt, type Row } from './introspect/model/cells.ts'
import { changeSources } from './introspect/model/change-sources.ts'
import {
  commentCounts,
  findChanges,
  needsFullReading,
  oidOf,
  partCounts,
  type Changes,
} from './introspect/model/changes.ts'
import { aggregateSource, databaseSources } from './introspect/model/database-sources.ts'
import { addDependencies, keepDependencies, readDependencies } from './introspect/model/dependencies.ts'
import {
  commentSource,
  dependencySources,
  lookupSources,
  typeNameSource,
} from './introspect/model/lookup-sources.ts'
import { readLookups, rowsOf, type Lookups } from './introspect/model/lookups.ts'
import { insertObjects } from './introspect/model/order.ts'
import { otherSources } from './introspect/model/other-sources.ts'
import {
  beginReading,
  beginReadingInGroups,
  endReading,
  retried,
  type ModelSession,
  type ReadOptions,
} from './introspect/model/read.ts'
import {
  classSources,
  columnSource,
  keySources,
  partSources,
  relationSources,
} from './introspect/model/relation-sources.ts'
import type { Source } from './introspect/model/sources.ts'
import { readPrintedTypes, readTypeNames } from './introspect/model/type-list.ts'
import { routineSource, typeSources } from './introspect/model/type-sources.ts'
import { countComments, countParts, markReading, type ModelReading } from './introspect/model/watermark.ts'

export type { ModelSession }
export { Watermark, type ModelReading } from './introspect/model/watermark.ts'

/**
 * Reads everything that the schema model knows, as the session's user sees the catalog, in one state of the database. The session must not be in a
 * transaction; its settings stay as they are. What is dropped meanwhile is left out. Rejects as `Session.query` does, with CONFLICT when a table stays locked.
 */
export async function introspectModel(
  session: ModelSession,
  options: ReadOptions = {},
): Promise<SchemaModel> {
  const { model } = await readModel(session, options)
  return model
}

/** The same, with what `refreshModel` needs to bring it up to date. */
export async function readModel(session: ModelSession, options: ReadOptions = {}): Promise<ModelReading> {
  const version = majorVersion(session)
  return retried(session, options, async () => {
    const groups = beginReadingInGroups(session, [
      [...smallSources(version), commentSource('all'), ...classSources('all'), columnSource(version, 'all')],
      keySources(version, 'all'),
      [
        ...partSources(version, 'all'),
        routineSource('all'),
        aggregateSource('all'),
        ...dependencySources(version, 'all'),
      ],
    ])
    const relationRows = await groups(0)
    const started = startObjects(relationRows)
    const typeNames = endReading(session, [typeNameSource(version, started.types)])
    typeNames.catch(() => undefined)
    const keyRows = joinRows(relationRows, await groups(1))
    addKeys(keyRows, started)
    const rows = joinRows(joinRows(keyRows, await groups(2)), await typeNames)
    const names = readTypeNames(started.types, rowsOf(rows, 'type name'))
    const model = assembleModel(rows, finishObjects(rows, started, names))
    const counts = { comments: countComments(rowsOf(rows, 'comment')), parts: countParts(rows) }
    return { model, watermark: markReading(rows, started.lookups, counts) }
  })
}

/** More relations than this are read faster with all the others. */
const MAX_CHANGED = 2_000

/**
 * Brings a reading up to date: equal to a full one but for estimated rows and sizes of tables that did not change. What did not change stays the same
 * object. `changed` are ids of objects that are new, gone or not what they were. Reads everything where it must: another database, a renamed role or
 * schema, very many changes. Rejects as `Session.query` does.
 */
export async function refreshModel(
  session: ModelSession,
  previous: ModelReading,
  options: ReadOptions = {},
): Promise<{ readonly reading: ModelReading; readonly changed: readonly string[] }> {
  const refreshed = await retried(session, options, () => refresh(session, previous))
  const reading = refreshed ?? (await readModel(session, options))
  const objects = new Map(previous.model.objects.map((object) => [object.id, object]))
  const changed: string[] = []
  for (const object of reading.model.objects) {
    const before = objects.get(object.id)
    objects.delete(object.id)
    if (before !== object && !isDeepStrictEqual(before, object)) changed.push(object.id)
  }
  return { reading, changed: [...changed, ...objects.keys()] }
}

/** Undefined where everything must be read. */
async function refresh(session: ModelSession, previous: ModelReading): Promise<ModelReading | undefined> {
  const version = majorVersion(session)
  const since = String(BigInt.asUintN(32, BigInt(previous.watermark.firstUnseen)))
  const first = await beginReading(session, [
    ...smallSources(version),
    commentSource('small'),
    ...dependencySources(version, 'small'),
    ...changeSources(version, since),
  ])
  const lookups = readLookups(first)
  const watermark = markReading(first, lookups, { comments: commentCounts(first), parts: partCounts(first) })
  if (needsFullReading(previous, watermark)) {
    await endReading(session, [])
    return undefined
  }
  const small = readAll(first).objects
  const changes = findChanges(previous.model, first, {
    lookups,
    watermark: previous.watermark,
    small: new Map(small.map((object) => [object.id, object])),
  })
  if (changes.relations.size > MAX_CHANGED) {
    await endReading(session, [])
    return undefined
  }
  const composites = rowsOf(first, 'composite').map((row) => textAt(row, 5))
  const relations = [...new Set([...changes.relations, ...composites])]
  const routines = [...changes.routines]
  const second = await endReading(session, [
    columnSource(version, relations),
    ...relationSources(version, relations),
    routineSource(routines),
    aggregateSource(routines),
    commentSource({ relations, routines }),
    ...dependencySources(version, { relations, routines }),
  ])
  return { model: merge(previous.model, changes, { rows: joinRows(first, second), lookups }), watermark }
}

/** The model before, with what was read in the place of what changed. */
function merge(
  before: SchemaModel,
  { relations, routines }: Changes,
  { rows, lookups }: { readonly rows: Map<string, Row[]>; readonly lookups: Lookups },
): SchemaModel {
  const read = readAll(rows)
  const fresh = new Map(read.objects.map((object) => [object.id, object]))
  const isReadAgain = (object: ModelObject): boolean => {
    switch (object.kind) {
      case 'table':
      case 'view':
      case 'sequence':
        return fresh.has(object.id) || relations.has(oidOf(object.id))
      case 'routine':
        return routines.has(oidOf(object.id))
      default:
        return true
    }
  }
  const kept: ModelObject[] = []
  const replaced = new Map<string, ModelObject>()
  for (const object of before.objects) {
    if (isReadAgain(object)) replaced.set(object.id, object)
    else kept.push(object)
  }
  const found: ModelObject[] = []
  for (const object of fresh.values()) {
    const same = replaced.get(object.id)
    found.push(same !== undefined && isDeepStrictEqual(same, object) ? same : object)
  }
  const now = knowObjects(found, read.relationIds)
  return {
    serverVersion: lookups.serverVersion,
    database: lookups.database,
    objects: insertObjects(kept, found),
    dependencies: addDependencies(
      keepDependencies(before.dependencies, knowObjects([...replaced.values()], new Map()), now),
      readDependencies(rows, lookups, joinKnown(now, knowObjects(kept, new Map()))),
    ),
  }
}

/** The objects of rows that are all there, with the names of their types. */
function readAll(rows: Map<string, Row[]>): ReadObjects {
  const started = startObjects(rows)
  addKeys(rows, started)
  return finishObjects(rows, started, readPrintedTypes(started.types, rowsOf(rows, 'column')))
}

/** What is small, and read each time. */
function smallSources(version: number): Source[] {
  return [...lookupSources(), ...typeSources(version), ...databaseSources(version), ...otherSources(version)]
}

function joinRows(first: ReadonlyMap<string, Row[]>, second: ReadonlyMap<string, Row[]>): Map<string, Row[]> {
  const rows = new Map(first)
  for (const [tag, found] of second) rows.set(tag, [...(rows.get(tag) ?? []), ...found])
  return rows
}

function majorVersion({ serverVersion }: ModelSession): number {
  return Number.parseInt(serverVersion, 10)
}
