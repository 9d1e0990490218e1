// SQL of subscriptions and of what is kept beside them: plans in time, details, rules, what people were told.
import { z } from 'zod'
import type { NotificationRules } from '#contract/capabilities/billing.ts'
import { BillingDetails } from '#contract/capabilities/billing.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { PlanId } from '#contract/billing/price-book.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'
import type { DunningState } from './dunning.ts'
import type { RatingPeriod } from './rate.ts'
import type { PlanSpan, ProviderState } from './subscriptions.ts'

/** An organisation's row: what the provider says, and what dunning makes of it. */
export interface Subscription extends ProviderState {
  readonly organisationId: OrganisationId
  readonly customerId: string | null
  readonly priceVersion: string
  readonly dunning: DunningState
}

const Row = z.object({
  organisation_id: OrganisationId,
  customer_id: z.string().nullable(),
  provider_id: z.string().nullable(),
  provider_status: z.enum(['none', 'trialing', 'active', 'past-due', 'cancelled']),
  plan: PlanId,
  price_version: z.string(),
  dunning: z.enum(['none', 'past-due', 'restricted', 'suspended', 'deleted']),
  past_due_since: z.date().nullable(),
  suspended_at: z.date().nullable(),
  deletion_notices: z.array(z.date()),
  period_from: z.date().nullable(),
  period_to: z.date().nullable(),
  trial_ends_at: z.date().nullable(),
  had_trial: z.boolean(),
  cancels_at: z.date().nullable(),
  scheduled_plan: PlanId.nullable(),
})

function toSubscription(value: object): Subscription {
  const row = Row.parse(value)
  const { period_from: from, period_to: to } = row
  return {
    organisationId: row.organisation_id,
    customerId: row.customer_id,
    providerId: row.provider_id,
    providerStatus: row.provider_status,
    plan: row.plan,
    priceVersion: row.price_version,
    dunning: {
      stage: row.dunning,
      pastDueSince: row.past_due_since,
      suspendedAt: row.suspended_at,
      notices: row.deletion_notices,
    },
    period: from === null || to === null ? null : { from, to },
    trialEndsAt: row.trial_ends_at,
    hadTrial: row.had_trial,
    cancelsAt: row.cancels_at,
    scheduledPlan: row.scheduled_plan,
  }
}

const columns = sql`organisation_id, customer_id, provider_id, provider_status, plan, price_version, dunning, past_due_since,
  suspended_at, deletion_notices, period_from, period_to, trial_ends_at, had_trial, cancels_at, scheduled_plan`

async function select(db: Queryable, condition: SqlFragment): Promise<Subscription[]> {
  return (await db.query(sql`select ${columns} from subscription where ${condition}`)).map(toSubscription)
}

export async function findSubscription(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<Subscription | undefined> {
  return (await select(db, sql`organisation_id = ${organisationId}`))[0]
}

export async function findByCustomer(db: Queryable, customerId: string): Promise<Subscription | undefined> {
  return (await select(db, sql`customer_id = ${customerId}`))[0]
}

/** As findSubscription, and nobody else changes it before the transaction ends. */
export async function lockSubscription(
  tx: Tx,
  organisationId: OrganisationId,
): Promise<Subscription | undefined> {
  return (await select(tx, sql`organisation_id = ${organisationId} for update`))[0]
}

/** Every organisation that has a customer at the provider. */
export async function listCustomers(db: Queryable): Promise<readonly Subscription[]> {
  return select(db, sql`customer_id is not null order by organisation_id`)
}

/** Those whose debt may move on. */
export async function listInDebt(db: Queryable): Promise<readonly OrganisationId[]> {
  const rows = await select(db, sql`dunning not in ('none', 'deleted') order by organisation_id`)
  return rows.map(({ organisationId }) => organisationId)
}

/** Makes the row of an organisation that never had one: the free plan. */
export async function ensureSubscription(
  tx: Tx,
  organisationId: OrganisationId,
  how: { readonly priceVersion: string; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into subscription (organisation_id, plan, price_version, provider_status, created_at, updated_at)
    values (${organisationId}, 'free', ${how.priceVersion}, 'none', ${how.at}, ${how.at})
    on conflict do nothing`)
}

/** Notes the page of a first payment; gives the one before. */
export async function swapCheckout(
  tx: Tx,
  organisationId: OrganisationId,
  session: string | null,
): Promise<string | null> {
  const [row] = await tx.query<{ before: string | null }>(sql`
    update subscription set checkout_session = ${session}
      from (select checkout_session as before from subscription where organisation_id = ${organisationId}) old
     where organisation_id = ${organisationId} returning old.before`)
  return row?.before ?? null
}

export async function setCustomer(tx: Tx, organisationId: OrganisationId, customerId: string): Promise<void> {
  await tx.query(
    sql`update subscription set customer_id = ${customerId} where organisation_id = ${organisationId}`,
  )
}

/** Writes all that may change. */
export async function updateSubscription(tx: Tx, subscription: Subscription, at: Date): Promise<void> {
  const { dunning, period } = subscription
  await tx.query(sql`
    update subscription
       set provider_id = ${subscription.providerId}, provider_status = ${subscription.providerStatus},
           plan = ${subscription.plan}, price_version = ${subscription.priceVersion},
           dunning = ${dunning.stage}, past_due_since = ${dunning.pastDueSince}, suspended_at = ${dunning.suspendedAt},
           deletion_notices = ${dunning.notices}::timestamptz[],
           period_from = ${period?.from ?? null}, period_to = ${period?.to ?? null},
           trial_ends_at = ${subscription.trialEndsAt}, had_trial = ${subscription.hadTrial},
           cancels_at = ${subscription.cancelsAt}, scheduled_plan = ${subscription.scheduledPlan}, updated_at = ${at}
     where organisation_id = ${subscription.organisationId}`)
}

const SpanRow = z.object({ starts_at: z.date(), plan: PlanId, price_version: z.string() })

/** Writes when which plan held; the same again changes nothing. */
export async function saveSpans(
  tx: Tx,
  organisationId: OrganisationId,
  spans: readonly PlanSpan[],
): Promise<void> {
  for (const { startsAt, plan, priceVersion } of spans)
    await tx.query(sql`
      insert into subscription_span (organisation_id, starts_at, plan, price_version)
      values (${organisationId}, ${startsAt}, ${plan}, ${priceVersion})
      on conflict (organisation_id, starts_at) do update set plan = excluded.plan, price_version = excluded.price_version`)
}

/** The plans that held in a period: the one it began with first. */
export async function listSpans(
  db: Queryable,
  organisationId: OrganisationId,
  period: RatingPeriod,
): Promise<readonly PlanSpan[]> {
  const rows = await db.query(sql`
    select starts_at, plan, price_version from subscription_span
     where organisation_id = ${organisationId} and starts_at < ${period.to}
       and starts_at >= coalesce((select max(starts_at) from subscription_span
                                   where organisation_id = ${organisationId} and starts_at <= ${period.from}), '-infinity')
     order by starts_at`)
  return rows.map((value) => {
    const row = SpanRow.parse(value)
    return { startsAt: row.starts_at, plan: row.plan, priceVersion: row.price_version }
  })
}

/** What stands on invoices; empty fields where nobody filled them in. */
export async function findDetails(db: Queryable, organisationId: OrganisationId): Promise<BillingDetails> {
  const [row] = await db.query<{ details: unknown }>(
    sql`select details from billing_details where organisation_id = ${organisationId}`,
  )
  return row === undefined ? NO_DETAILS : BillingDetails.parse(row.details)
}

const NO_DETAILS: BillingDetails = {
  company: '',
  line1: '',
  line2: '',
  city: '',
  postalCode: '',
  region: '',
  country: '',
  taxId: null,
  contacts: [],
}

export async function saveDetails(
  tx: Tx,
  organisationId: OrganisationId,
  change: { readonly details: BillingDetails; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into billing_details (organisation_id, details, updated_at)
    values (${organisationId}, ${JSON.stringify(change.details)}::jsonb, ${change.at})
    on conflict (organisation_id) do update set details = excluded.details, updated_at = excluded.updated_at`)
}

const RulesRow = z.object({ thresholds: z.array(z.number()), on_forecast: z.boolean(), by_mail: z.boolean() })
/** What is told where nobody said otherwise. */
export const DEFAULT_RULES: NotificationRules = { thresholds: [50, 80, 100], onForecast: true, byMail: true }

export async function findRules(db: Queryable, organisationId: OrganisationId): Promise<NotificationRules> {
  const [value] = await db.query(
    sql`select thresholds, on_forecast, by_mail from notification_rules where organisation_id = ${organisationId}`,
  )
  if (value === undefined) return DEFAULT_RULES
  const row = RulesRow.parse(value)
  return { thresholds: row.thresholds, onForecast: row.on_forecast, byMail: row.by_mail }
}

export async function saveRules(
  tx: Tx,
  organisationId: OrganisationId,
  change: { readonly rules: NotificationRules; readonly at: Date },
): Promise<void> {
  const { thresholds, onForecast, byMail } = change.rules
  await tx.query(sql`
    insert into notification_rules (organisation_id, thresholds, on_forecast, by_mail, updated_at)
    values (${organisationId}, ${thresholds}::integer[], ${onForecast}, ${byMail}, ${change.at})
    on conflict (organisation_id) do update
      set thresholds = excluded.thresholds, on_forecast = excluded.on_forecast, by_mail = excluded.by_mail,
          updated_at = excluded.updated_at`)
}

/** Notes that people are told now; false when they were before in this period. */
export async function tellOnce(
  tx: Tx,
  organisationId: OrganisationId,
  notice: { readonly periodFrom: Date; readonly key: string; readonly at: Date },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into told_notice (organisation_id, period_from, key, told_at)
    values (${organisationId}, ${notice.periodFrom}, ${notice.key}, ${notice.at}) on conflict do nothing returning 1`)
  return rows.length > 0
}

/** The keys of what people were told in a period. */
export async function listTold(
  db: Queryable,
  organisationId: OrganisationId,
  periodFrom: Date,
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ key: string }>(
    sql`select key from told_notice where organisation_id = ${organisationId} and period_from = ${periodFrom}`,
  )
  return new Set(rows.map(({ key }) => key))
}

/** Whom mails about money go to: the billing contacts; without any the owners and those who manage billing. */
export async function listRecipients(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<readonly string[]> {
  const { contacts } = await findDetails(db, organisationId)
  if (contacts.length > 0) return contacts
  const rows = await db.query<{ email: string }>(sql`
    select account.email from membership join account on account.id = membership.account_id
     where membership.organisation_id = ${organisationId} and (membership.role = 'owner' or membership.manages_billing)
     order by account.email`)
  return rows.map(({ email }) => email)
}

/** An organisation's name, and what it has of what plans limit. Undefined when it is gone. */
export async function describeOrganisation(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<{ name: string; projects: number; members: number } | undefined> {
  const [row] = await db.query<{ name: string; projects: number; members: number }>(sql`
    select name,
           (select count(*)::integer from project where organisation_id = organisation.id and desired_state in ('awake', 'asleep')) as projects,
           (select count(*)::integer from membership where organisation_id = organisation.id) as members
      from organisation where id = ${organisationId} and deleted_at is null`)
  return row
}
