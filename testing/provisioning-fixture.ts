// Provisioning over a real database and real servers, for tests: with projects that no account was needed for.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProjectId } from '../contract/capabilities/ids.ts'
import { createProvisioning } from '../backend/provisioning/index.ts'
import type { Provisioning, ProvisioningOptions } from '../backend/provisioning/index.ts'
import type { Database } from '../backend/db/database.ts'
import type { Observation } from '../backend/monitoring/index.ts'
import { createSecrets } from '../backend/secrets/index.ts'
import { sql } from '../postgres/common/sql/sql.ts'

export interface TestProject {
  readonly id: ProjectId
  readonly ref: string
}

export interface ProvisioningFixture extends AsyncDisposable {
  readonly provisioning: Provisioning
  readonly directory: string
  /** Everything that was observed so far. */
  readonly observations: readonly Observation[]
  readonly ownerPassword: (projectId: ProjectId) => Promise<string>
  addProject(): Promise<TestProject>
  /** Writes what is wanted, without telling provisioning. */
  want(projectId: ProjectId, desired: 'awake' | 'asleep' | 'deleted' | 'purged'): Promise<void>
}

/** The same for everybody who knows the project: processes of one test must agree on it. */
export function testOwnerPassword(projectId: ProjectId): string {
  return `password-of-${projectId}`
}

/** Adds a project, with an organisation of its own, to a migrated database. */
export async function addTestProject(database: Database): Promise<TestProject> {
  const id = ProjectId.parse(randomUUID())
  const organisationId = randomUUID()
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
  const ref = [...randomBytes(10)].map((byte) => alphabet[byte % 32]).join('')
  await database.query(sql`insert into organisation (id, name) values (${organisationId}, 'Test')`)
  await database.query(sql`
    insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
    values (${id}, ${organisationId}, ${`Project ${ref}`}, ${ref}, 'development', 'local', '18', now(), now())`)
  return { id, ref }
}

/** Writes project.desired_state as the service of projects does. */
export async function wantTestProject(
  database: Database,
  projectId: ProjectId,
  desired: 'awake' | 'asleep' | 'deleted' | 'purged',
): Promise<void> {
  const purgeAt = desired === 'deleted' ? new Date(Date.now() + 86_400_000) : null
  await database.query(
    sql`update project set desired_state = ${desired}, purge_at = ${purgeAt} where id = ${projectId}`,
  )
}

/** Starts provisioning on a folder of its own. `await using` ends it with everything it started. */
export async function createProvisioningFixture(
  database: Database,
  options: Partial<ProvisioningOptions> = {},
): Promise<ProvisioningFixture> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'nebuladb-provisioning-')))
  const observations: Observation[] = []
  const ownerPassword = (projectId: ProjectId): Promise<string> =>
    Promise.resolve(testOwnerPassword(projectId))
  const provisioning = createProvisioning({
    database,
    directory,
    secrets: createSecrets(Buffer.alloc(32, 7)),
    clock: { now: () => new Date() },
    observe: (observation) => observations.push(observation),
    ownerPassword,
    proxy: { host: '127.0.0.1', port: 0 },
    ...options,
  })
  const dispose = async (): Promise<void> => {
    await provisioning.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await provisioning.start()
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    provisioning,
    directory,
    observations,
    ownerPassword,
    addProject: async () => await addTestProject(database),
    want: async (projectId, desired) => await wantTestProject(database, projectId, desired),
    [Symbol.asyncDispose]: dispose,
  }
}
