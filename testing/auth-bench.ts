// Auth and organisations on a database of their own, with a clock that a test moves, without HTTP: for tests of their rules.
import { createAuth, createRateLimits, type Auth } from '../backend/auth/index.ts'
import type { Actor } from '../backend/actor.ts'
import type { Clock } from '../backend/clock.ts'
import { createJobQueue, type JobDefinition } from '../backend/jobs/index.ts'
import type { Mail } from '../backend/mail/index.ts'
import { createOrganisations, type OrganisationsService } from '../backend/organisations/index.ts'
import { createSecrets } from '../backend/secrets/index.ts'
import type { SignedIn } from '../contract/capabilities/auth.ts'
import type { OrganisationId } from '../contract/capabilities/ids.ts'
import { AppError } from '../contract/errors.ts'
import { createControlDatabase, type ControlDatabase } from './control-database.ts'

export const EMAIL = 'mara@example.com'
export const PASSWORD = 'correct horse battery'
const ADDRESS = '203.0.113.9'

export interface TestClock extends Clock {
  advance(ms: number): void
}

/** A clock that stands still until it is moved. It starts now, because some libraries look at the real one too. */
export function createTestClock(): TestClock {
  let now = Date.now()
  return { now: () => new Date(now), advance: (ms) => void (now += ms) }
}

export interface AuthBench {
  readonly control: ControlDatabase
  readonly clock: TestClock
  readonly auth: Auth
  readonly service: Auth['service']
  readonly signingKeys: Auth['signingKeys']
  readonly organisations: OrganisationsService
  /** Mails sent so far. */
  readonly mails: Mail[]
  /** Organisations whose projects were told to go. */
  readonly deletedProjectsOf: OrganisationId[]
  /** How many members an organisation may have; those that are not named as many as they like. */
  readonly memberLimits: Map<OrganisationId, number>
  /** Organisations that are to count as having projects. */
  readonly withProjects: Set<OrganisationId>
  signUp(email?: string): Promise<SignedIn>
  /** The actor of an access token. */
  authenticate(accessToken: string): Promise<Actor>
  /** Signs up and gives the actor. */
  person(email: string): Promise<Actor>
  /** Runs every job that waits, in this process. */
  runJobs(): Promise<void>
  prune(): Promise<void>
  /** Auth as another process of the same service has it. */
  secondProcess(): Promise<Auth>
  close(): Promise<void>
}

/** Makes the bench. */
export async function createAuthBench(): Promise<AuthBench> {
  const control = await createControlDatabase()
  const clock = createTestClock()
  const mails: Mail[] = []
  const deletedProjectsOf: OrganisationId[] = []
  const withProjects = new Set<OrganisationId>()
  const memberLimits = new Map<OrganisationId, number>()
  const definitions = new Map<string, JobDefinition>()

  const build = async (): Promise<{ auth: Auth; organisations: OrganisationsService }> => {
    const observe = (): void => undefined
    const queue = createJobQueue({ pool: control.pool, observe })
    const jobs: typeof queue = {
      ...queue,
      register(definition) {
        definitions.set(definition.name, definition)
        queue.register(definition)
      },
    }
    const mailer = { send: async (mail: Mail) => void mails.push(mail), close: () => undefined }
    const limits = createRateLimits({ db: control.db, observe })
    const shared = { db: control.db, clock, jobs, limits, mailer, observe }
    const organisations = createOrganisations({
      ...shared,
      projects: {
        hasAny: async (_, organisationId) => withProjects.has(organisationId),
        deleteAllOf: async (_, organisationId) => void deletedProjectsOf.push(organisationId),
      },
      entitlements: {
        ensure: async () => undefined,
        assert(organisationId, { count }) {
          if (count > (memberLimits.get(organisationId) ?? count))
            throw new AppError('LIMIT_REACHED', 'The plan has no room for more members.')
        },
      },
    })
    const auth = await createAuth({
      ...shared,
      secrets: createSecrets(Buffer.alloc(32, 1)),
      organisations,
      publicUrl: () => 'https://nebuladb.example',
    })
    return { auth, organisations }
  }

  const { auth, organisations } = await build()
  const authenticate = (accessToken: string): Promise<Actor> =>
    auth.authenticate({ metadata: { authorization: `Bearer ${accessToken}` } })
  const signUp = (email = EMAIL): Promise<SignedIn> =>
    auth.service.signUp({ email, password: PASSWORD, name: 'Mara' }, { address: ADDRESS })

  return {
    control,
    clock,
    auth,
    service: auth.service,
    signingKeys: auth.signingKeys,
    organisations,
    mails,
    deletedProjectsOf,
    withProjects,
    memberLimits,
    signUp,
    authenticate,
    person: async (email) => authenticate((await signUp(email)).tokens.accessToken),
    async runJobs() {
      const jobs = await control.db.query<{ task_identifier: string; payload: unknown }>({
        text: `delete from graphile_worker._private_jobs as job using graphile_worker._private_tasks as task
                where task.id = job.task_id returning task.identifier as task_identifier, job.payload`,
        values: [],
      })
      for (const job of jobs) {
        const definition = definitions.get(job.task_identifier)
        if (definition === undefined) throw new Error(`No job ${job.task_identifier}`)
        await definition.run(definition.payload.parse(job.payload), new AbortController().signal)
      }
    },
    async prune() {
      await definitions.get('auth.prune-expired')?.run({}, new AbortController().signal)
    },
    secondProcess: async () => (await build()).auth,
    close: () => control.drop(),
  }
}
