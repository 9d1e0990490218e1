// How the service logs in to serve a project's data API: as `authenticator`, which may become the API's roles and nothing else. An instance is prepared
// when its API is first used, and again when a newer service wants more of it.
import { createHash, randomBytes } from 'node:crypto'
import { isAppError, postgresDetails } from '#contract/errors.ts'
import type { Session } from '#postgres/node/session.ts'
import type { Secrets } from '../secrets/index.ts'
import { setPasswords } from './passwords.ts'
import type { Instance, InstanceStore } from './store.ts'
import { AUTHENTICATOR_ROLE, MAIN_DATABASE } from './types.ts'

const PASSWORD_BYTES = 24
/** Postgres: there is no such database, or it takes no connections. */
const NO_MAIN_DATABASE = ['3D000', '55000']

export interface ApiLoginDependencies {
  readonly store: Pick<InstanceStore, 'setApiLogin'>
  readonly secrets: Secrets
  /** A session as superuser; in the maintenance database unless another is named. */
  readonly openSuperuser: (instance: Instance, database?: string) => Promise<Session>
  /** Run as superuser in the main database; must do no harm when they are run again. */
  readonly mainStatements: readonly string[]
  /** Told when the main database could not be prepared. The API works all the same, and it is tried again the next time. */
  readonly onProblem: (error: unknown) => void
}

export interface ApiLogin {
  /** The password of `authenticator` in a running instance, prepared now if it is not. */
  password(instance: Instance): Promise<string>
}

/** Makes it. */
export function createApiLogin(deps: ApiLoginDependencies): ApiLogin {
  const { store, secrets } = deps
  const preparation = createHash('sha256').update(JSON.stringify(deps.mainStatements)).digest('hex')
  const underWay = new Map<string, Promise<string>>()

  const prepare = async (instance: Instance): Promise<string> => {
    const aad = passwordAad(instance.projectId)
    const sealed =
      instance.authenticatorPassword ?? secrets.seal(randomBytes(PASSWORD_BYTES).toString('base64url'), aad)
    const password = secrets.open(sealed, aad)
    await withSession(deps.openSuperuser(instance), (session) =>
      setPasswords(session, { [AUTHENTICATOR_ROLE]: password }),
    )
    const isPrepared = await prepareMain(instance)
    await store.setApiLogin(instance.projectId, {
      authenticatorPassword: sealed,
      apiPreparation: isPrepared ? preparation : null,
    })
    return password
  }

  /** False when it could not be prepared. */
  const prepareMain = async (instance: Instance): Promise<boolean> => {
    try {
      await withSession(deps.openSuperuser(instance, MAIN_DATABASE), async (session) => {
        // Nothing that the person made may run while we are superuser: neither found by an unqualified name, nor called by a trigger.
        await session.query('set search_path = pg_catalog, pg_temp; set event_triggers = off')
        await session.query('begin')
        for (const statement of deps.mainStatements) await session.query(statement)
        await session.query('commit')
      })
      return true
    } catch (error) {
      const sqlstate = isAppError(error, 'CONNECTION_FAILED') ? postgresDetails(error)?.sqlstate : undefined
      // The person may have renamed or dropped the database: no failure of ours.
      if (sqlstate === undefined || !NO_MAIN_DATABASE.includes(sqlstate)) deps.onProblem(error)
      return false
    }
  }

  return {
    async password(instance) {
      if (instance.authenticatorPassword !== null && instance.apiPreparation === preparation)
        return secrets.open(instance.authenticatorPassword, passwordAad(instance.projectId))
      const begun = underWay.get(instance.projectId)
      if (begun !== undefined) return begun
      const mine = prepare(instance).finally(() => underWay.delete(instance.projectId))
      underWay.set(instance.projectId, mine)
      return mine
    },
  }
}

async function withSession(
  opening: Promise<Session>,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await opening
  try {
    await work(session)
  } finally {
    await session.close()
  }
}

/** The associated data that the password is sealed with. */
function passwordAad(projectId: string): string {
  return `instance:${projectId}:authenticator-password`
}
