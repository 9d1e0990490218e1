// Reads the description of a database in three round trips.
import type { Catalog } from '#contract/capabilities/catalog.ts'
import { finishCatalog, startCatalog } from './introspect/assemble.ts'
import { COLUMNS_SQL, DETAILS_SQL, OBJECTS_SQL } from './introspect/queries.ts'
import type { Session } from './session.ts'

/**
 * Introspects the session's database: schemas, relations with columns, constraints and indexes, routines, types. System schemas are left out;
 * so is what was dropped while it read. Everything is sorted: schemas, tables, routines and types by name, columns by position. Rejects as
 * `Session.query` does.
 */
export async function introspectCatalog(session: Pick<Session, 'query'>): Promise<Catalog> {
  const objects = await session.query(OBJECTS_SQL)
  const columns = await session.query(COLUMNS_SQL)
  const draft = startCatalog(objects.rows, columns.rows)
  const details = await session.query(DETAILS_SQL, [draft.types.oids, draft.types.modifiers])
  return finishCatalog(draft, details.rows)
}
