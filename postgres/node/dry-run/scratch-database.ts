// An empty database beside a person's own, for trying things: made on the same server, dropped whatever happens.
import { AppError, postgresDetails } from '#contract/errors.ts'
import { identifier, literal } from '#postgres/common/sql/sql.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import type { OpenSession } from '../migrations/migrator.ts'
import type { Session } from '../session.ts'

export interface ScratchDatabase {
  readonly session: Session
  /** Ends the session and drops the database. Never rejects. */
  close(): Promise<void>
}

/**
 * Makes a database with the encoding and the collation of the one that `openSession` opens. `id` makes its name: letters and digits that nobody else uses.
 * Rejects with FORBIDDEN when the role may not create databases.
 */
export async function createScratchDatabase(
  openSession: OpenSession,
  { id, signal }: { readonly id: string; readonly signal?: AbortSignal | undefined },
): Promise<ScratchDatabase> {
  const database = `nebuladb_scratch_${id}`
  const name = identifier(database).text
  const admin = await openSession({ signal })
  const drop = async (): Promise<void> => {
    await admin.query(`drop database if exists ${name} with (force)`).catch(() => undefined)
    await admin.close()
  }
  try {
    const { rows } = await admin.query(
      `select pg_encoding_to_char(encoding), datcollate, datctype, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') from pg_database d where datname = current_database()`,
    )
    const [encoding, collate, type, provider] = rows[0] ?? []
    const locale =
      provider === 'c'
        ? ` encoding ${literal(encoding ?? 'UTF8').text} lc_collate ${literal(collate ?? 'C').text} lc_ctype ${literal(type ?? 'C').text}`
        : ''
    await admin.query(`create database ${name} template template0${locale}`)
    const session = await openSession({ database, signal })
    return {
      session,
      async close() {
        await session.close()
        await drop()
      },
    }
  } catch (error) {
    await drop()
    if (postgresDetails(error)?.sqlstate !== SQLSTATE.insufficientPrivilege) throw error
    throw new AppError('FORBIDDEN', 'This role may not create a database, which a copy needs.', {
      cause: error,
      hint: 'Run it on the database itself in a transaction that is rolled back, or let a superuser run: alter role … createdb.',
    })
  }
}
