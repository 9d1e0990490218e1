// The nightly comparison of everything that says what somebody owes: raw events, rollups, our rating, what the meters were told, the provider's meters and
// invoices, our invoices, the ledger. Nothing is mended here: a difference is reported, and a person looks. Tolerance: none.
import { z } from 'zod'
import { type Metric, METRICS } from '#contract/billing/metrics.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Observe } from '../monitoring/index.ts'
import type { PaymentGateway } from './gateway.ts'
import { rateUsage, type UsageSource } from './invoices-export.ts'
import type { Ledger } from './ledger.ts'
import type { PriceBooks } from './price-book.ts'
import { compareInvoices, compareSums } from './reconciliation-compare.ts'
import * as read from './reconciliation-store.ts'
import type { RatingPeriod } from './rate.ts'
import { listCharges, sumExports } from './store-usage.ts'
import { listCustomers, type Subscription } from './store.ts'
import { floorHour } from './subscriptions.ts'

/** What differs, in a sentence with both sides. Amounts are minor units. */
export type Difference = string

/** Only what is older than this is compared with the provider: its counters lag some minutes behind, and reports are on their way. */
const SETTLED_MS = 30 * 60_000
/** How far back: two periods, as far as the provider takes reports. */
const LOOKBACK_MS = 62 * 24 * 60 * 60_000
const MINUTE_MS = 60_000
const INVOICES_READ = 30

/** Metering's raw events, added up without its rollups. */
export interface RawUsage {
  /** Of metrics that add up; peaks are left out. */
  recount(organisationId: OrganisationId, range: RatingPeriod): Promise<ReadonlyMap<Metric, bigint>>
}

export interface ReconciliationDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly gateway: Pick<PaymentGateway, 'invoices' | 'meterSummaries'>
  readonly ledger: Ledger
  readonly books: PriceBooks
  readonly usage: UsageSource & RawUsage
}

export interface Reconciliation {
  /** Of one organisation; none when all say the same. Throws PaymentError. */
  organisation(subscription: Subscription): Promise<Difference[]>
  /** Of the books as a whole. */
  books(): Promise<Difference[]>
}

/** Makes it. It only reads. */
export function createReconciliation(deps: ReconciliationDependencies): Reconciliation {
  const { db, clock, gateway, ledger, books, usage } = deps

  /** Raw events in place of the rollups; peaks have none that could be added up. */
  const rawSource: UsageSource = {
    async totals(organisationId, range) {
      const rolledUp = await usage.totals(organisationId, range)
      const peaks = [...rolledUp.byMetric].filter(([metric]) => METRICS[metric].aggregation === 'peak')
      return { ...rolledUp, byMetric: new Map([...peaks, ...(await usage.recount(organisationId, range))]) }
    },
  }

  async function ofPeriod(
    organisationId: OrganisationId,
    period: read.ComparedPeriod,
  ): Promise<Difference[]> {
    const name = `period of ${period.from.toISOString()}`
    const charges = await listCharges(db, organisationId, period.from)
    const charged = new Map(charges.map(({ metric, amount }) => [metric, amount]))
    const rated = await rateUsage({ db, usage: rawSource, books }, organisationId, period)
    const ours = new Map<Metric, bigint>()
    for (const { metric, lines } of charges)
      for (const { amount, isLate } of lines) if (!isLate) ours.set(metric, (ours.get(metric) ?? 0n) + amount)
    // What is being counted now is in the one before it is in the other.
    const settled = floorHour(new Date(clock.now().getTime() - SETTLED_MS))
    const until = period.to < settled ? period.to : settled
    const { byMetric } = await usage.totals(organisationId, { from: period.from, to: until })
    const raw = await usage.recount(organisationId, { from: period.from, to: until })
    return [
      ...compareSums(
        `${name}, exported and charged`,
        await sumExports(db, organisationId, period.from),
        charged,
      ),
      ...compareSums(`${name}, rollups and raw events`, onlyOf(byMetric, raw), raw),
      // While it runs usage is ahead of what was charged; afterwards late usage is on the next invoice.
      ...compareSums(
        `${name}, charged and rated again from raw events`,
        ours,
        new Map(rated.map(({ metric, amount }) => [metric, amount])),
        'at-most',
      ),
      ...(period.isClosed
        ? compareSums(
            `${name}, invoice and charges`,
            await read.sumInvoiced(db, organisationId, period),
            charged,
          )
        : []),
    ]
  }

  async function ofMeters({ organisationId, customerId }: Subscription): Promise<Difference[]> {
    if (customerId === null) return []
    const now = clock.now().getTime()
    const to = new Date(Math.floor((now - SETTLED_MS) / MINUTE_MS) * MINUTE_MS)
    const from = new Date(Math.floor((now - LOOKBACK_MS) / MINUTE_MS) * MINUTE_MS)
    const { told, unsent } = await read.sumReports(db, { organisationId, customerId, from, to })
    if (unsent > 0) return [`Reports of usage that are not sent yet: ${String(unsent)}.`]
    return compareSums(
      "provider's meters and what they were told",
      await gateway.meterSummaries(customerId, { from, to }),
      told,
    )
  }

  async function ofOrganisation(subscription: Subscription): Promise<Difference[]> {
    const { organisationId, customerId } = subscription
    const since = new Date(clock.now().getTime() - LOOKBACK_MS)
    const differences: Difference[] = []
    for (const period of await read.listPeriods(db, organisationId, since))
      differences.push(...(await ofPeriod(organisationId, period)))
    differences.push(
      ...(await ofMeters(subscription)),
      ...(await read.listLedgerDifferences(db, organisationId)),
    )
    if (customerId !== null)
      differences.push(
        ...compareInvoices(
          await gateway.invoices(customerId, { limit: INVOICES_READ }),
          await read.listIssued(db, organisationId),
        ),
      )
    return differences
  }

  return {
    async organisation(subscription) {
      const first = await ofOrganisation(subscription)
      if (first.length === 0) return []
      // The sides are read one after the other: what was written in between is no difference the second time.
      const second = new Set(await ofOrganisation(subscription))
      return first.filter((difference) => second.has(difference))
    },
    async books() {
      return (await ledger.unbalanced()).map((id) => `Ledger transaction ${String(id)} does not sum to zero.`)
    },
  }
}

/** What raw events can be held against: peaks are not in them. */
function onlyOf(all: ReadonlyMap<Metric, bigint>, raw: ReadonlyMap<Metric, bigint>): Map<Metric, bigint> {
  return new Map([...all].filter(([metric]) => raw.has(metric)))
}

/** Registers the nightly run: every difference is an observation. */
export function registerReconciliation(
  jobs: Jobs,
  db: Database,
  { reconciliation, observe }: { readonly reconciliation: Reconciliation; readonly observe: Observe },
): void {
  jobs.register({
    name: 'billing.reconcile',
    payload: z.object({}),
    schedule: '41 2 * * *',
    run: async (_, signal) => {
      for (const what of await reconciliation.books())
        observe({ type: 'billing.difference', organisationId: '', what })
      for (const subscription of await listCustomers(db)) {
        if (signal.aborted) return
        const { organisationId } = subscription
        for (const what of await reconciliation.organisation(subscription))
          observe({ type: 'billing.difference', organisationId, what })
      }
    },
  })
}
