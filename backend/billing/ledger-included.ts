// What the quotas of a period were worth, posted when its usage is final: the ledger then has all of the usage, charged or given away.
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { UsageSource } from './invoices-export.ts'
import { includedEntries } from './ledger-entries.ts'
import type { Ledger } from './ledger.ts'
import type { PriceBooks } from './price-book.ts'
import { listPeriodsEndedSince, type UsagePeriod } from './store-usage.ts'
import { listSpans } from './store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Usage comes at most two days late; a day more for a service that was down. */
const FINAL_MS = 3 * DAY_MS
/** A service that was down for some weeks makes up for it. */
const LOOKBACK_MS = 45 * DAY_MS

export interface IncludedDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly usage: UsageSource
  readonly books: PriceBooks
}

/** Posts all periods whose usage is final, by the plan that they ended with. Again does nothing. */
export async function postIncluded(deps: IncludedDependencies, signal?: AbortSignal): Promise<void> {
  const { db, clock } = deps
  const now = clock.now().getTime()
  for (const period of await listPeriodsEndedSince(db, new Date(now - LOOKBACK_MS))) {
    if (signal?.aborted === true) return
    if (period.isClosed && period.to.getTime() + FINAL_MS <= now) await postPeriod(deps, period)
  }
}

async function postPeriod(
  { db, ledger, usage, books }: IncludedDependencies,
  period: UsagePeriod,
): Promise<void> {
  const { organisationId, from, to } = period
  const key = `included:${from.toISOString()}`
  if ((await ledger.find(organisationId, key)) !== undefined) return
  const last = (await listSpans(db, organisationId, period)).at(-1)
  if (last === undefined) return
  const book = books.version(last.priceVersion)
  const { byMetric } = await usage.totals(organisationId, { from, to })
  const entries = includedEntries(book.plans[last.plan], byMetric, period, book.currency)
  if (entries.length === 0) return
  const description = `Usage within the quotas of ${book.plans[last.plan].name}`
  await db.transaction(async (tx) => {
    await ledger.post(tx, { organisationId, key, at: to, description, entries })
  })
}

/** Registers the daily run. */
export function registerIncluded(jobs: Jobs, deps: IncludedDependencies): void {
  jobs.register({
    name: 'billing.post-included',
    payload: z.object({}),
    schedule: '17 3 * * *',
    run: (_, signal) => postIncluded(deps, signal),
  })
}
