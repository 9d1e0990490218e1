// Loads the whole schema cache: all objects in one transaction.
import type { SchemaCache } from '../types.ts'
import type { Catalog, SchemaScope } from './catalog.ts'
import { textAt } from './cells.ts'
import { BEGIN_SQL, END_SQL, TIMEZONES_SQL } from './queries.ts'
import { readExtras } from './read-extras.ts'
import { readObjects, readTypes, typesUsed, type Reader } from './read.ts'
import { startSlices, type Pause } from './slices.ts'
import { buildSnapshot } from './snapshot.ts'

/**
 * Loads a snapshot of the database's schema through `session`, which must not be in a transaction. `version` counts reloads; it is 1 here.
 * The event loop gets a turn every few milliseconds. Rejects as `Session.query` does.
 */
export async function loadSchemaCache(session: Reader, scope: SchemaScope): Promise<SchemaCache> {
  const pause = startSlices()
  const { catalog } = await readCatalog(session, scope, pause)
  const { snapshot } = await buildSnapshot(catalog, scope, undefined, pause)
  return { ...snapshot, version: 1, loadedAt: new Date() }
}

/** Reads everything. `fingerprint` is of the extras. */
export async function readCatalog(
  session: Reader,
  scope: SchemaScope,
  pause: Pause,
): Promise<{ readonly catalog: Catalog; readonly fingerprint: string }> {
  return inTransaction(session, async () => {
    const version = await session.query("select pg_catalog.current_setting('server_version_num')")
    const { fingerprint, ...extras } = await readExtras(session, scope, Number(version.rows[0]?.[0]))
    const objects = await readObjects(session, scope, 'all', pause)
    const types = await readTypes(session, typesUsed(objects))
    const { rows } = await session.query(TIMEZONES_SQL)
    const timezones = new Set(rows.map((row) => textAt(row, 0)))
    return { catalog: { ...extras, ...objects, types, timezones }, fingerprint }
  })
}

/** Runs `work` with one snapshot of the database and an empty search path. */
export async function inTransaction<T>(session: Reader, work: () => Promise<T>): Promise<T> {
  await session.query(BEGIN_SQL)
  try {
    return await work()
  } finally {
    // The connection may be what failed: then there is nothing to end, and the first error counts.
    await session.query(END_SQL).catch(() => undefined)
  }
}
