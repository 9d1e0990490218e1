// Billing over a real database and the fake Stripe, on a time of the test's own: usage is what the test says, jobs run when it says so.
import { randomUUID } from 'node:crypto'
import {
  createBilling,
  createStripeGateway,
  type Billing,
  type PaymentGateway,
} from '../backend/billing/index.ts'
import type { Tx } from '../backend/db/database.ts'
import type { Actor } from '../backend/actor.ts'
import type { JobDefinition, Jobs } from '../backend/jobs/index.ts'
import type { Mail } from '../backend/mail/index.ts'
import type { Observation } from '../backend/monitoring/index.ts'
import { createProjects, type ProjectsService } from '../backend/projects/index.ts'
import { ProjectId, type OrganisationId } from '../contract/capabilities/ids.ts'
import { METRICS, type Metric } from '../contract/billing/metrics.ts'
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { createControlDatabase, type ControlDatabase } from './control-database.ts'
import { startStripeFake, type StripeFake } from './stripe/fake.ts'
import { createTenants, type Tenants } from './tenants.ts'

const HOUR_MS = 60 * 60 * 1000

interface Used {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  readonly metric: Metric
  readonly at: Date
  readonly quantity: bigint
}

export interface BillingBench extends AsyncDisposable {
  readonly control: ControlDatabase
  readonly tenants: Tenants
  readonly fake: StripeFake
  readonly gateway: PaymentGateway
  readonly billing: Billing
  readonly projects: ProjectsService
  readonly mails: Mail[]
  readonly observations: Observation[]
  now(): Date
  /** Time goes on to that moment, and what falls due at the provider happens; we hear of nothing yet. */
  goTo(moment: Date): void
  /** What is used now, in base units. */
  use(organisationId: OrganisationId, projectId: ProjectId, used: Partial<Record<Metric, bigint>>): void
  /** Runs jobs until none is left. A job that throws is kept for the next call, as a worker would. */
  runJobs(): Promise<void>
  /** Reads the provider again as the sweep does, and does everything that follows. */
  settle(): Promise<void>
  /** Buys a plan on the hosted page, with a customer from where no tax is due. */
  subscribe(actor: Actor, organisationId: OrganisationId, plan: 'pro' | 'team'): Promise<string>
}

/** Makes it; the fake sells what the price book says. */
export async function createBillingBench(start: Date): Promise<BillingBench> {
  let now = start
  const clock = { now: () => now }
  const control = await createControlDatabase()
  const fake = await startStripeFake({ now: () => now })
  const gateway = createStripeGateway({ ...fake.config, maxRetries: 0 }, clock)
  for (const book of loadPriceBooks().all) await gateway.syncPrices(book, { apply: true })
  const used: Used[] = []
  const mails: Mail[] = []
  const observations: Observation[] = []
  const queue = createQueue()
  const projects = createProjects({
    db: control.db,
    clock,
    jobs: queue.jobs,
    limits: { maxPerOrganisation: 50, deleteGraceMs: 7 * 24 * HOUR_MS },
    provisioning: {
      wake: () => undefined,
      progress: async () => ({ status: 'creating', problem: null, steps: [] }),
      onProgress: () => () => undefined,
    },
    createCredential: async () => undefined,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    newProjectId: () => ProjectId.parse(randomUUID()),
  })
  const totals = async (
    organisationId: OrganisationId,
    { from, to }: { from: Date; to: Date },
  ): Promise<{
    asOf: Date
    byMetric: Map<Metric, bigint>
    byProject: Map<ProjectId, Map<Metric, bigint>>
  }> => {
    const byMetric = new Map<Metric, bigint>()
    const byProject = new Map<ProjectId, Map<Metric, bigint>>()
    for (const one of used) {
      const hour = Math.floor(one.at.getTime() / HOUR_MS) * HOUR_MS
      if (one.organisationId !== organisationId || hour < from.getTime() || hour >= to.getTime()) continue
      const own = byProject.get(one.projectId) ?? new Map<Metric, bigint>()
      byProject.set(one.projectId, own)
      for (const sums of [byMetric, own]) sums.set(one.metric, (sums.get(one.metric) ?? 0n) + one.quantity)
    }
    return { asOf: now, byMetric, byProject }
  }
  const billing = createBilling({
    db: control.db,
    clock,
    jobs: queue.jobs,
    observe: (one) => void observations.push(one),
    mailer: { send: async (mail) => void mails.push(mail) },
    usage: {
      totals,
      recount: async (organisationId, range) => {
        const { byMetric } = await totals(organisationId, range)
        return new Map([...byMetric].filter(([metric]) => METRICS[metric].aggregation !== 'peak'))
      },
    },
    projects,
    gateway,
    limits: { limits: {}, quotas: {} },
    publicUrl: () => 'https://service.example',
  })

  const bench: BillingBench = {
    control,
    tenants: createTenants(control.db),
    fake,
    gateway,
    billing,
    projects,
    mails,
    observations,
    now: clock.now,
    goTo(moment) {
      now = moment
      fake.tick()
    },
    use(organisationId, projectId, some) {
      for (const metric of ['compute', 'egress', 'api-requests', 'api-rows', 'storage'] as const) {
        const quantity = some[metric]
        if (quantity !== undefined) used.push({ organisationId, projectId, metric, at: now, quantity })
      }
    },
    runJobs: queue.run,
    async settle() {
      await billing.webhooks?.sweep()
      await queue.run()
    },
    async subscribe(actor, organisationId, plan) {
      const page = await billing.service.plans.change(actor, { organisationId, plan, coupon: null })
      if (page.type !== 'hosted-page') throw new Error('The first payment has a page.')
      fake.complete(page.session, { country: 'US' })
      await billing.service.payment.checkReturn({ actor, organisationId }, page.session)
      await bench.settle()
      return page.session
    },
    async [Symbol.asyncDispose]() {
      await fake.close()
      await control.drop()
    },
  }
  return bench
}

/** Jobs in memory: enqueued by transactions, run by the test. */
function createQueue(): { readonly jobs: Jobs; run(): Promise<void> } {
  const definitions = new Map<string, JobDefinition>()
  let waiting: { name: string; payload: object; key: string | undefined }[] = []
  return {
    jobs: {
      enqueue: async (_: Tx, name, payload, options = {}) => {
        waiting = waiting.filter(({ key }) => key === undefined || key !== options.key)
        waiting.push({ name, payload, key: options.key })
      },
      register: (definition) =>
        void definitions.set(definition.name, {
          name: definition.name,
          payload: definition.payload,
          run: (payload, signal) => definition.run(definition.payload.parse(payload), signal),
        }),
    },
    async run() {
      for (;;) {
        const next = waiting.shift()
        if (next === undefined) return
        const definition = definitions.get(next.name)
        if (definition === undefined) throw new Error(`Nobody runs ${next.name}.`)
        try {
          await definition.run(next.payload, new AbortController().signal)
        } catch (error) {
          waiting.push(next)
          throw error
        }
      }
    },
  }
}
