// The first contact with the database: tries its hosts until one answers, reads the settings that the database itself holds.
import { isAppError } from '#contract/errors.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import type { ServerConfig } from './config.ts'
import { readDatabaseSettings } from './database-settings.ts'

/** Postgres 13: what is older lacks functions of the catalog that the engine reads. */
const MINIMUM_VERSION = 13

/** What retrying cannot mend: a wrong password, a server that is too old. */
export class FatalConnectionError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'FatalConnectionError'
  }
}

export interface Contact {
  /** The configuration with the database's own settings, and the host that answered first among its targets. */
  readonly config: ServerConfig
  /** As `select version()` gives it. */
  readonly version: string
  /** What went wrong with the database's settings; they are left out then. */
  readonly problem: string | undefined
}

/**
 * Opens a session on the first host that answers, reads the in-database settings and closes it again; `read` gives the configuration with them.
 * Rejects with FatalConnectionError, with ConfigError when the settings together are not valid, or as openSession does when nobody answers.
 */
export async function contactDatabase(
  config: ServerConfig,
  read: (database: ReadonlyMap<string, string>) => ServerConfig,
): Promise<Contact> {
  const { session, target } = await openFirst(config)
  try {
    const version = (await session.query('select version()')).rows[0]?.[0] ?? ''
    if (Number.parseInt(session.serverVersion, 10) < MINIMUM_VERSION)
      throw new FatalConnectionError(
        `Cannot run in this PostgreSQL version (${session.serverVersion}), at least ${MINIMUM_VERSION} is needed.`,
      )
    let database: ReadonlyMap<string, string> = new Map()
    let problem: string | undefined
    if (config.database.readsSettings)
      try {
        database = await readDatabaseSettings(session, config.database.preConfig)
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
      }
    const complete = read(database)
    const others = config.targets.filter((candidate) => candidate !== target)
    return { config: { ...complete, targets: [target, ...others] }, version, problem }
  } finally {
    await session.close()
  }
}

async function openFirst(
  config: ServerConfig,
): Promise<{ session: Session; target: ServerConfig['targets'][number] }> {
  let firstError: unknown
  for (const target of config.targets)
    try {
      return { session: await openSession(target), target }
    } catch (error) {
      firstError ??= error
    }
  if (isPasswordRefused(firstError))
    throw new FatalConnectionError(`Failed to establish a connection. ${describe(firstError)}`, firstError)
  throw firstError
}

/** 28P01: the password is wrong or missing. */
function isPasswordRefused(error: unknown): boolean {
  return isAppError(error) && error.details?.['sqlstate'] === '28P01'
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
