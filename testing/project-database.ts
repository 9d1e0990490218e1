// A project with a real database, and people who may or may not use it: for tests of what the service does in a project's database.
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import type { Actor } from '../backend/actor.ts'
import { createCredentialsService, createOwnerPasswords } from '../backend/credentials/index.ts'
import {
  createDatabaseService,
  type Caller,
  type DatabaseDependencies,
  type DatabaseService,
} from '../backend/database/index.ts'
import { createSecrets } from '../backend/secrets/index.ts'
import { ProjectId, type OrganisationId } from '../contract/capabilities/ids.ts'
import { sql } from '../postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from './control-database.ts'
import { createProvisioningFixture, type ProvisioningFixture } from './provisioning-fixture.ts'
import { createTenants, type Tenants } from './tenants.ts'

export interface ProjectDatabase {
  readonly control: ControlDatabase
  readonly fixture: ProvisioningFixture
  readonly tenants: Tenants
  readonly database: DatabaseService
  readonly owner: Actor
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
}

const secrets = createSecrets(Buffer.alloc(32, 7))
const clock = { now: () => new Date() }

/** Who asks, from where, and until when they care. */
export function as(
  actor: Actor,
  signal = new AbortController().signal,
): Caller & { readonly address: string } {
  return { actor, signal, address: '203.0.113.9' }
}

/** Makes it for the tests of this file, and ends it after them. */
export function useProjectDatabase(options: Pick<DatabaseDependencies, 'pool'> = {}): ProjectDatabase {
  let control: ControlDatabase
  let fixture: ProvisioningFixture
  let tenants: Tenants
  let database: DatabaseService
  let owner: Actor
  let organisationId: OrganisationId
  const projectId = ProjectId.parse(randomUUID())
  beforeAll(async () => {
    control = await createControlDatabase()
    tenants = createTenants(control.db)
    const { db } = control
    const passwords = createOwnerPasswords({ db, secrets, clock, randomBytes })
    fixture = await createProvisioningFixture(db, { secrets, ownerPassword: passwords.wanted })
    const { provisioning } = fixture
    const credentials = createCredentialsService({ db, secrets, clock, randomBytes, provisioning })
    database = createDatabaseService({ db, provisioning, credentials, ...options })
    owner = await tenants.person()
    organisationId = await tenants.organisation([[owner, 'owner']])
    const ref = projectId
      .replaceAll('-', '')
      .replaceAll(/[0189]/g, 'z')
      .slice(0, 16)
    await db.transaction(async (tx) => {
      await tx.query(sql`
        insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
        values (${projectId}, ${organisationId}, 'p', ${ref}, 'development', 'local', '18', now(), now())`)
      await passwords.create(tx, projectId)
    })
  })
  afterAll(async () => {
    await database?.close()
    await fixture?.[Symbol.asyncDispose]()
    await control?.drop()
  })
  return {
    projectId,
    get control() {
      return control
    },
    get fixture() {
      return fixture
    },
    get tenants() {
      return tenants
    },
    get database() {
      return database
    },
    get owner() {
      return owner
    },
    get organisationId() {
      return organisationId
    },
  }
}
