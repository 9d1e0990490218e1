// Makes every capability and gives each what it needs of the others, by hand: the one place that knows them all.
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { ServiceContract } from '#contract/contract.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Handlers } from '#contract/rpc/definition.ts'
import { createAccessRoutes, createAccessService } from './access/index.ts'
import { createApiKeys, createApiKeysRoutes } from './api-keys/index.ts'
import { type Api, API_STATEMENTS, createApi, createApiRoutes } from './api/index.ts'
import { type Auth, createAuth, createRateLimits } from './auth/index.ts'
import {
  type Billing,
  createBilling,
  createBillingRoutes,
  createStripeGateway,
  stripeAddress,
  createUsagePricing,
  type PaymentGateway,
} from './billing/index.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import {
  createCredentialsRoutes,
  createCredentialsService,
  createOwnerPasswords,
} from './credentials/index.ts'
import { createDatabaseRoutes, createDatabaseService } from './database/index.ts'
import type { Database } from './db/database.ts'
import { createInsightRoutes, createInsightService, createTickets, mayWatch } from './insight/index.ts'
import type { JobQueue } from './jobs/index.ts'
import { createMailer } from './mail/index.ts'
import { createMetering, createUsageRoutes, createUsageService, type Metering } from './metering/index.ts'
import type { Observe } from './monitoring/index.ts'
import { createOrganisations, createOrganisationsRoutes, type MemberLimit } from './organisations/index.ts'
import { createProjectMigrationsRoutes, createProjectMigrationsService } from './project-migrations/index.ts'
import {
  createProjects,
  createProjectsRoutes,
  type LimitCheck,
  type ProjectLimits,
  type ProjectsService,
} from './projects/index.ts'
import {
  createProvisioning,
  MAIN_DATABASE,
  type Provisioning,
  type ProvisioningOptions,
} from './provisioning/index.ts'
import type { Secrets } from './secrets/index.ts'
import { createSync, createSyncRoutes } from './sync/index.ts'
import { createTeamCollections, createTeamCollectionsRoutes } from './team-collections/index.ts'
import { createTestKeys, createTestSessionsRoutes, createTestSessionsService } from './test-sessions/index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const PROJECT_LIMITS: ProjectLimits = { maxPerOrganisation: 50, deleteGraceMs: 7 * DAY_MS }

export interface ComposeDependencies {
  readonly config: Config
  readonly db: Database
  readonly jobs: JobQueue
  readonly secrets: Secrets
  readonly clock: Clock
  readonly observe: Observe
  /** Whose request it is, trusted proxies looked through. */
  readonly addressOf: (request: IncomingMessage) => string
  /** The address in mailed links; asked for late, because the port is known late. */
  readonly publicUrl: () => string
  /** Multiplies all rate limits. */
  readonly rateLimitScale: number
  /** Another way of provisioning, for tests of what does not need a database. */
  readonly createProvisioning?: ((options: ProvisioningOptions) => Provisioning) | undefined
}

export interface Composition {
  readonly auth: Auth
  readonly provisioning: Provisioning
  readonly api: Api
  readonly metering: Metering
  readonly billing: Billing
  readonly handlers: Handlers<ServiceContract>
  /** Starts what works by itself. Provisioning and jobs are started by whoever listens. */
  start(): void
  /** Closes what the capabilities hold open, provisioning excepted: it has its own way. */
  close(): Promise<void>
}

/** Makes the capabilities; nothing runs yet. */
export async function compose(deps: ComposeDependencies): Promise<Composition> {
  const { config, db, jobs, secrets, clock, observe } = deps
  const shared = { db, jobs, clock, observe, randomBytes }
  const limits = createRateLimits({ db, observe, scale: deps.rateLimitScale })
  const mailer = createMailer({
    ...config.mail,
    directory: join(config.directory, 'mail'),
    clock,
    observe,
  })
  // Organisations and projects know each other: the projects are asked for when a call needs them.
  const made: { projects?: ProjectsService; billing?: Billing } = {}
  const projectsLater = (): ProjectsService => {
    if (made.projects === undefined) throw new Error('The service is not composed yet.')
    return made.projects
  }
  const billingLater = (): Billing => {
    if (made.billing === undefined) throw new Error('The service is not composed yet.')
    return made.billing
  }
  const entitlements: LimitCheck & MemberLimit = {
    ensure: (organisationId) => billingLater().entitlements.ensure(organisationId),
    assert: (organisationId, what) => billingLater().entitlements.assert(organisationId, what),
  }
  const organisations = createOrganisations({
    ...shared,
    limits,
    mailer,
    projects: {
      hasAny: (tx, organisationId) => projectsLater().hasAny(tx, organisationId),
      async deleteAllOf(tx, organisationId) {
        await projectsLater().deleteAllOf(tx, organisationId)
        await billingLater().endWith(tx, organisationId)
      },
    },
    entitlements,
  })
  const auth = await createAuth({
    ...shared,
    secrets,
    limits,
    mailer,
    organisations,
    publicUrl: deps.publicUrl,
  })

  const metering = createMetering({ db, directory: config.directory, clock, observe, jobs })
  const ownerPasswords = createOwnerPasswords({ ...shared, secrets })
  const provisioning = (deps.createProvisioning ?? createProvisioning)({
    database: db,
    directory: config.directory,
    secrets,
    clock,
    observe,
    ownerPassword: (projectId) => ownerPasswords.wanted(projectId),
    apiStatements: API_STATEMENTS,
    proxy: config.postgres,
    onEgress: (projectId, bytes) => metering.egress({ projectId, bytes }),
  })
  const projects = createProjects({
    ...shared,
    limits: PROJECT_LIMITS,
    provisioning,
    createCredential: (tx, projectId) => ownerPasswords.create(tx, projectId),
    newProjectId: () => ProjectId.parse(randomUUID()),
    entitlements,
  })
  made.projects = projects
  const billing = createBilling({
    ...shared,
    mailer,
    usage: metering,
    projects,
    gateway: gatewayOf(config.billing.stripe, clock),
    limits: config.billing.limits,
    publicUrl: deps.publicUrl,
  })
  made.billing = billing
  const pricing = createUsagePricing({ db, terms: billing.terms })
  const usage = createUsageService({ db, clock, metering, pricing })
  const credentials = createCredentialsService({ ...shared, secrets, provisioning })
  const database = createDatabaseService({ ...shared, provisioning, credentials })
  const projectMigrations = createProjectMigrationsService({
    ...shared,
    database,
    limits,
    random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  })
  const sync = createSync(shared)
  const teamCollections = createTeamCollections(shared)
  const apiKeys = createApiKeys({ ...shared, newId: randomUUID })
  const tickets = createTickets({ clock, mayWatch: (owner) => mayWatch(db, owner) })
  const testKeys = createTestKeys(shared)
  const stopForgetting = provisioning.onProgress((projectId, { status }) => {
    if (status !== 'deleted') return
    tickets.forgetProject(projectId)
    testKeys.forgetProject(projectId)
  })
  const api = createApi({
    ...shared,
    ...config.api,
    secrets,
    provisioning,
    keys: { find: testKeys.findBefore(apiKeys.find), noteUse: apiKeys.noteUse },
    watch: tickets.watch,
    usageReaders: [
      ({ projectId, requests, rows, bytesOut }) => {
        if (projectId !== null && requests > 0) metering.apiRequest({ projectId, requests, rows, bytesOut })
      },
    ],
    newId: randomUUID,
    publicUrl: deps.publicUrl,
    addressOf: deps.addressOf,
    isHttps: config.http.publicUrl?.startsWith('https:') ?? false,
    listSchemas: async (caller, projectId) =>
      (await database.schemas(caller, { projectId, database: MAIN_DATABASE })).map(({ name }) => name),
  })
  const access = createAccessService({ database, servedSchemas: api.servedSchemas })

  const insight = createInsightService({ db, tickets, provisioning, database })
  const testSessions = createTestSessionsService({ db, clock, limits, api, keys: testKeys, tickets })

  const running: (() => void)[] = []
  return {
    auth,
    provisioning,
    api,
    metering,
    billing,
    handlers: {
      auth: auth.handlers,
      organisations: createOrganisationsRoutes(organisations, auth.authenticate),
      projects: createProjectsRoutes(projects, auth.authenticate),
      credentials: createCredentialsRoutes(credentials, auth.authenticate),
      database: createDatabaseRoutes(database, auth.authenticate),
      projectMigrations: createProjectMigrationsRoutes(projectMigrations, auth.authenticate),
      access: createAccessRoutes(access, auth.authenticate),
      sync: createSyncRoutes(sync, auth.authenticate),
      api: createApiRoutes(api.service, auth.authenticate),
      apiKeys: createApiKeysRoutes(apiKeys.service, auth.authenticate),
      insight: createInsightRoutes(insight, auth.authenticate),
      testSessions: createTestSessionsRoutes(testSessions, auth.authenticate),
      teamCollections: createTeamCollectionsRoutes(teamCollections, auth.authenticate),
      usage: createUsageRoutes(usage, auth.authenticate),
      billing: createBillingRoutes(billing.service, auth.authenticate),
    },
    start() {
      metering.start(provisioning)
      running.push(billing.start())
    },
    async close() {
      for (const stop of running) stop()
      await metering.close()
      stopForgetting()
      tickets.close()
      mailer.close()
      await api.close()
      await database.close()
      await apiKeys.close()
    },
  }
}

/** Stripe, or another server that speaks its API; null where nothing is sold. */
function gatewayOf(stripe: Config['billing']['stripe'], clock: Clock): PaymentGateway | null {
  if (stripe === undefined) return null
  const { url, ...config } = stripe
  return createStripeGateway({ ...config, ...stripeAddress(url) }, clock)
}
