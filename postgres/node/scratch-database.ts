// A database for a moment, beside the one that somebody works on: to see what migrations make, or to try them. It is dropped when it is done with; one that a
// killed process left is dropped when the same role makes the next, ten minutes later.
import { AppError, postgresDetails } from '#contract/errors.ts'
import { identifier, keyword, literal, sql, type SqlFragment } from '../common/sql/sql.ts'
import { SQLSTATE } from '../common/sqlstate.ts'
import type { OpenSession } from './migrations/migrator.ts'
import type { Session } from './session.ts'

export interface ScratchOptions {
  /** Opens sessions of the database beside which it is made. Its role needs CREATEDB. */
  readonly openSession: OpenSession
  /** Letters and digits that nobody else uses: they end its name. */
  readonly id: string
  readonly signal?: AbortSignal | undefined
}

export interface ScratchDatabase {
  readonly name: string
  /** Sessions of the scratch database, as the same role. */
  readonly openSession: OpenSession
  /** Ends what is connected to it and drops it. Rejects when it cannot. */
  drop(): Promise<void>
}

const PREFIX = 'nebuladb_scratch_'
/** One in use has somebody connected but for moments. */
const ABANDONED_SECONDS = 10 * 60
const LEFTOVER_SECONDS = 24 * 60 * 60

/** Makes an empty one, with the encoding and locale of the other. Rejects with FORBIDDEN where the role may not, with READ_ONLY, CONNECTION_FAILED. */
export async function createScratchDatabase(options: ScratchOptions): Promise<ScratchDatabase> {
  const { openSession, id, signal } = options
  const session = await openSession({ signal })
  let name = ''
  let isMade = false
  try {
    // No function or operator of somebody else's is meant.
    await session.query('set search_path = pg_catalog')
    // By the server's clock: all who make and drop them go by the same.
    const { rows } = await session.query('select extract(epoch from now())::bigint')
    const second = Number(rows[0]?.[0])
    name = `${PREFIX}${String(second)}_${id}`
    const statement = await createStatement(session, name)
    await explained(() => session.query(statement))
    isMade = true
    // Rows of the other database may come into it, which perhaps only some may connect to; and everybody may connect to a new one.
    await session.query(openStatements(name).text)
    await dropLeftovers(session, second)
  } catch (error) {
    if (isMade) await session.query(dropStatement(name).text).catch(() => undefined)
    throw error
  } finally {
    await session.close()
  }
  return {
    name,
    openSession: (other = {}) => openSession({ ...other, database: name }),
    async drop() {
      // Not with the caller's signal: it goes also when they have cancelled.
      const last = await openSession()
      try {
        await last.query(dropStatement(name).text)
      } finally {
        await last.close()
      }
    },
  }
}

/** Makes one for `work` and drops it whatever comes of that. */
export async function withScratchDatabase<T>(
  options: ScratchOptions,
  work: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const scratch = await createScratchDatabase(options)
  try {
    return await work(scratch)
  } finally {
    await scratch.drop()
  }
}

async function createStatement(session: Session, name: string): Promise<string> {
  const major = Number.parseInt(session.serverVersion, 10)
  const locale = major >= 17 ? 'datlocale' : major >= 15 ? 'daticulocale' : 'null'
  const { rows } = await session.query(`
    select pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, ${major >= 15 ? 'datlocprovider' : "'c'"}, ${locale}
      from pg_catalog.pg_database where datname = current_database()`)
  const [encoding = 'UTF8', collate = 'C', ctype = 'C', provider = 'c', providerLocale = null] = rows[0] ?? []
  const providers: Readonly<Record<string, readonly [SqlFragment, SqlFragment]>> = {
    i: [keyword('icu', ['icu']), keyword('icu_locale', ['icu_locale'])],
    b: [keyword('builtin', ['builtin']), keyword('builtin_locale', ['builtin_locale'])],
  }
  const [word, option] = providers[provider ?? 'c'] ?? []
  const more =
    word === undefined || option === undefined || providerLocale === null
      ? sql``
      : sql` locale_provider = ${word} ${option} = ${literal(providerLocale)}`
  return sql`create database ${identifier(name)} template = template0 encoding = ${literal(encoding)}
    lc_collate = ${literal(collate)} lc_ctype = ${literal(ctype)} allow_connections = false${more}`.text
}

/** Lets its owner in, and nobody else. */
function openStatements(name: string): SqlFragment {
  const database = identifier(name)
  return sql`revoke all on database ${database} from public; alter database ${database} allow_connections true`
}

function dropStatement(name: string): SqlFragment {
  return sql`drop database if exists ${identifier(name)} with (force)`
}

async function dropLeftovers(session: Session, now: number): Promise<void> {
  const { rows } = await session.query(
    `select datname, exists (select from pg_catalog.pg_stat_activity a where a.datid = d.oid) from pg_catalog.pg_database d
      where pg_catalog.starts_with(datname, $1) and datdba = (select oid from pg_catalog.pg_roles where rolname = current_user)`,
    [PREFIX],
  )
  for (const [name, isInUse] of rows) {
    const madeAt = Number(/^nebuladb_scratch_(\d+)_[a-z0-9]+$/i.exec(name ?? '')?.[1] ?? Number.NaN)
    if (typeof name !== 'string' || Number.isNaN(madeAt)) continue
    // Another process may drop the same one: then it is gone. Or has just come back to it: then it stays.
    if (now - madeAt > LEFTOVER_SECONDS) await session.query(dropStatement(name).text).catch(() => undefined)
    else if (now - madeAt > ABANDONED_SECONDS && isInUse === 'f')
      await session.query(sql`drop database if exists ${identifier(name)}`.text).catch(() => undefined)
  }
}

async function explained(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { sqlstate } = postgresDetails(error) ?? {}
    if (sqlstate === SQLSTATE.insufficientPrivilege)
      throw new AppError(
        'FORBIDDEN',
        'This role may not make a database on the server, so there is nowhere to try things.',
        {
          hint: 'Let a superuser run: alter role … createdb. Or use a connection of a role that may.',
          cause: error,
        },
      )
    if (sqlstate === SQLSTATE.readOnlyTransaction)
      throw new AppError(
        'READ_ONLY',
        'This connection is read-only, so no database was made to try things in.',
        {
          hint: 'Allow writes in the settings of the connection.',
          cause: error,
        },
      )
    throw error
  }
}
