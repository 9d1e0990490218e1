// Brings the database of the service to the newest schema. Forward only.
import { join } from 'node:path'
import { migrate } from '#postgres/node/migrate.ts'
import type { Pool } from '#postgres/node/pool.ts'

export const MIGRATION_TABLE = 'schema_migration'
const DIRECTORY = join(import.meta.dirname, 'migrations')

/** Applies what is missing; gives the names of what it applied. Two starts at once take turns. */
export async function migrateDatabase(pool: Pool): Promise<readonly string[]> {
  return migrate(pool, { directory: DIRECTORY, table: MIGRATION_TABLE })
}
