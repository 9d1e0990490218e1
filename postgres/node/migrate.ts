// Brings a database to the newest schema: numbered SQL files, forward only, each in its own transaction, one process at a time.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { identifier, sql } from '#postgres/common/sql/sql.ts'
import type { Pool, Queryable } from './pool.ts'

export interface MigrateOptions {
  /** Holds the files, named `0001-what-it-does.sql`. Other files are left alone. */
  readonly directory: string
  /** The table that remembers what was applied; made where it is missing. */
  readonly table: string
}

interface Migration {
  readonly name: string
  readonly text: string
  readonly checksum: string
}

const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/

/**
 * Applies what is missing, in the order of the numbers; gives the names of what it applied. Two processes at once take turns. Rejects with
 * CONFLICT when an applied file was changed since, when two files share a number, or when the database was migrated by a newer version; with
 * QUERY_FAILED, naming the file, when one fails: those before it stay applied.
 */
export async function migrate(pool: Pool, options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.directory)
  return pool.connection(async (connection) => {
    const table = identifier(options.table)
    await connection.query(sql`select pg_advisory_lock(hashtext(${options.table}), hashtext('migrate'))`)
    try {
      await connection.query(sql`
        create table if not exists ${table} (
          name text primary key,
          checksum text not null,
          applied_at timestamptz not null default now()
        )`)
      const { rows } = await connection.query<{ name: string; checksum: string }>(
        sql`select name, checksum from ${table}`,
      )
      const applied = new Map(rows.map((row) => [row.name, row.checksum]))
      assertUnchanged(migrations, applied)
      const missing = migrations.filter(({ name }) => !applied.has(name))
      for (const migration of missing) await apply(connection, migration, options.table)
      return missing.map(({ name }) => name)
    } finally {
      // Where the connection is lost, the lock is gone with it.
      await connection
        .query(sql`select pg_advisory_unlock(hashtext(${options.table}), hashtext('migrate'))`)
        .catch(() => undefined)
    }
  })
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => FILE.test(name)).sort()
  names.forEach((name, index) => {
    const next = names[index + 1]
    if (next?.slice(0, 4) === name.slice(0, 4))
      throw new AppError('CONFLICT', `The migrations ${name} and ${next} have the same number.`)
  })
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8')
      // Line ends differ between checkouts; they are no change.
      const checksum = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
      return { name, text, checksum }
    }),
  )
}

function assertUnchanged(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]))
  for (const [name, checksum] of applied) {
    const here = known.get(name)
    if (here === undefined)
      throw new AppError(
        'CONFLICT',
        `The database has the migration ${name}, which this version does not know.`,
        {
          hint: 'It was migrated by a newer version. Start that one, or restore a backup.',
        },
      )
    if (here !== checksum)
      throw new AppError('CONFLICT', `The migration ${name} was changed after it was applied.`, {
        hint: 'Put it back as it was and write a new one.',
      })
  }
}

async function apply(connection: Queryable, migration: Migration, table: string): Promise<void> {
  await connection.query(sql`begin`)
  try {
    await connection.query({ text: migration.text })
    await connection.query(
      sql`insert into ${identifier(table)} (name, checksum) values (${migration.name}, ${migration.checksum})`,
    )
    await connection.query(sql`commit`)
  } catch (error) {
    await connection.query(sql`rollback`).catch(() => undefined)
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `The migration ${migration.name} failed: ${error.message}`, {
      details: error.details,
      hint: error.hint,
      cause: error,
    })
  }
}
