// Gives an instance the passwords of its own, and changes the owner's.
import { isAppError, postgresDetails } from '#contract/errors.ts'
import { identifier, literal, sql } from '#postgres/common/sql/sql.ts'
import { scramVerifier } from '#postgres/node/server/scram-verifier.ts'
import { openSession } from '#postgres/node/session.ts'
import type { Session } from '#postgres/node/session.ts'
import type { BootstrapCredentials, InstanceAddress } from './driver.ts'
import { OWNER_ROLE } from './types.ts'

/** Where the superuser works: the person's databases may be renamed or dropped by them, this one not. */
export const MAINTENANCE_DATABASE = 'template1'

export interface SuperuserAccess {
  readonly address: InstanceAddress
  readonly bootstrap: BootstrapCredentials
  readonly password: string
  /** The maintenance database when left out. */
  readonly database?: string | undefined
  /** Whether the instance knows `password` for sure; else the template's may still be the right one. */
  readonly hasOwnPasswords: boolean
}

/** Opens a session as superuser. Keep it short: while it is open, creating a database in the instance waits. */
export async function openSuperuserSession(access: SuperuserAccess): Promise<Session> {
  const target = {
    ...access.address,
    database: access.database ?? MAINTENANCE_DATABASE,
    user: access.bootstrap.user,
    applicationName: 'nebuladb-service',
  }
  const [first, second] = access.hasOwnPasswords
    ? [access.password]
    : [access.bootstrap.password, access.password]
  try {
    return await openSession({ ...target, password: first })
  } catch (error) {
    if (second === undefined || !isWrongPassword(error)) throw error
    return await openSession({ ...target, password: second })
  }
}

/** Whether Postgres answered, and said that the password is not the right one. */
export function isWrongPassword(error: unknown): boolean {
  return isAppError(error) && postgresDetails(error)?.sqlstate === '28P01'
}

/** Sets the passwords of roles, all or none of them. Only verifiers are sent: a statement may end in a log. */
export async function setPasswords(
  session: Session,
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  const statements = await Promise.all(
    Object.entries(passwords).map(
      async ([role, password]) =>
        sql`alter role ${identifier(role)} password ${literal(await scramVerifier(password))}`.text,
    ),
  )
  await session.query(statements.join('; '))
}

/**
 * As the owner, one query: only then is a database ready. Throws when it cannot be run, or, once the database is the person's, when
 * Postgres does not answer or the password is wrong: they may have renamed or closed the database, which is no failure of ours.
 */
export async function runFirstQuery(
  address: InstanceAddress,
  password: string,
  database: string,
): Promise<void> {
  const session = await openSession({
    ...address,
    database,
    user: OWNER_ROLE,
    password,
    applicationName: 'nebuladb-service',
  })
  try {
    await session.query('select 1')
  } finally {
    await session.close()
  }
}
