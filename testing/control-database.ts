// The service's own database for a test: all migrations applied once per run, then cloned.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabase } from '../backend/db/pool-database.ts'
import type { Database } from '../backend/db/database.ts'
import { migrateDatabase } from '../backend/db/migrate.ts'
import { createJobQueue } from '../backend/jobs/index.ts'
import { createPool, type Pool } from '../postgres/node/pool.ts'
import type { TestServer } from './postgres-global-setup.ts'
import { createTempDatabase, type TempDatabase, type Template } from './temp-database.ts'

const MIGRATIONS = join(import.meta.dirname, '..', 'backend', 'db', 'migrations')

/** Named after the migrations' text, so that a watch run notices a change. */
function controlTemplate(): Template {
  const hash = createHash('sha256')
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, file)))
  return {
    name: `control_${hash.digest('hex').slice(0, 12)}`,
    async prepare(target) {
      const pool = createPool(target, { max: 2 })
      await migrateDatabase(pool)
      await createJobQueue({ pool, observe: () => undefined }).migrate()
      await pool.close()
    },
  }
}

export interface ControlDatabase extends AsyncDisposable {
  readonly temp: TempDatabase
  readonly pool: Pool
  readonly db: Database
  drop(): Promise<void>
}

/** A migrated control database of its own. Call `drop`, or declare it with `await using`. */
export async function createControlDatabase(
  options: { readonly server?: TestServer } = {},
): Promise<ControlDatabase> {
  const temp = await createTempDatabase({ ...options, template: controlTemplate() })
  const pool = createPool(temp.target, { max: 8 })
  const db = createDatabase(pool)
  const drop = async (): Promise<void> => {
    await db.close()
    await temp.drop()
  }
  return { temp, pool, db, drop, [Symbol.asyncDispose]: drop }
}
