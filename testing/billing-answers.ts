// An organisation on the Pro plan late in November, as the service tells it; for tests of what shows it and of what keeps it.
import type { Metric } from '#contract/billing/metrics.ts'
import type { MetricTerms, Plan, PlanId } from '#contract/billing/price-book.ts'
import type {
  BillingDetails,
  BillingOverview,
  Invoice,
  InvoiceLine,
  PaymentMethod,
} from '#contract/capabilities/billing.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import type { MetricUsage, UsageSummary } from '#contract/capabilities/usage.ts'

export const REELHOUSE = OrganisationId.parse('0194d1f0-0000-7000-8000-0000000000b1')
export const REELS = ProjectId.parse('0194d1f0-0000-7000-8000-0000000000b2')
export const ARCHIVE = ProjectId.parse('0194d1f0-0000-7000-8000-0000000000b3')
export const PERIOD = { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' }
export const AS_OF = '2026-11-22T12:00:00.000Z'
/** Of November. */
export const SECONDS = 2_592_000n

export const ORGANISATION: Organisation = {
  id: REELHOUSE,
  name: 'Reelhouse',
  isPersonal: false,
  role: 'owner',
  managesBilling: true,
  createdAt: PERIOD.from,
  updatedAt: PERIOD.from,
}

function terms(included: Partial<Record<Metric, string>>, tiered: boolean): Record<Metric, MetricTerms> {
  const of = (metric: Metric, tier: MetricTerms['tiers'][number]): MetricTerms => ({
    included: included[metric] ?? null,
    tiers: tiered ? [tier] : [],
  })
  return {
    compute: of('compute', { upTo: null, amount: '16', per: '1' }),
    storage: of('storage', { upTo: null, amount: '35', per: '1' }),
    egress: of('egress', { upTo: null, amount: '10', per: '1' }),
    'api-requests': of('api-requests', { upTo: null, amount: '200', per: '1000000' }),
    'api-rows': { included: null, tiers: [] },
    'realtime-messages': { included: null, tiers: [] },
    'realtime-connections': of('realtime-connections', { upTo: null, amount: '1000', per: '1000' }),
    'backup-storage': { included: null, tiers: [] },
    branches: of('branches', { upTo: null, amount: '150', per: '1' }),
  }
}

/** A plan with these fields; otherwise Pro. */
export function makePlan(fields: Partial<Plan> = {}): Plan {
  return {
    id: 'pro',
    name: 'Pro',
    description: 'For a product with users.',
    monthlyPrice: '1900',
    trialDays: 14,
    atQuota: 'charge',
    defaultSpendCap: '4000',
    metrics: terms(
      {
        compute: '100',
        storage: '10',
        egress: '100',
        'api-requests': '5000000',
        branches: '10',
        'realtime-connections': '500',
      },
      true,
    ),
    features: ['always-awake', 'custom-domains', 'branches'],
    limits: {
      projects: 10,
      members: null,
      'branches-per-project': 10,
      'storage-bytes-per-project': null,
      'restore-days': 7,
    },
    ...fields,
  }
}

const FREE = makePlan({
  id: 'free',
  name: 'Free',
  description: 'To try things out.',
  monthlyPrice: '0',
  trialDays: 0,
  atQuota: 'stop',
  defaultSpendCap: '0',
  metrics: terms(
    { compute: '20', storage: '1', egress: '5', 'api-requests': '500000', branches: '2' },
    false,
  ),
  features: ['branches'],
  limits: {
    projects: 2,
    members: 3,
    'branches-per-project': 2,
    'storage-bytes-per-project': 500_000_000,
    'restore-days': 1,
  },
})

export const PLANS: Readonly<Record<PlanId, Plan>> = {
  free: FREE,
  pro: makePlan(),
  team: makePlan({
    id: 'team',
    name: 'Team',
    description: 'For several people and products.',
    monthlyPrice: '9900',
    features: ['always-awake', 'custom-domains', 'branches', 'team-collections', 'audit-export'],
    limits: { ...makePlan().limits, projects: 50, 'restore-days': 14 },
  }),
  enterprise: makePlan({
    id: 'enterprise',
    name: 'Enterprise',
    description: 'With an agreement of its own.',
    monthlyPrice: null,
    trialDays: 0,
    limits: { ...makePlan().limits, projects: null, 'restore-days': 35 },
  }),
}

/** A line of an invoice over November. */
export function makeLine(fields: Partial<InvoiceLine>): InvoiceLine {
  return {
    description: 'Pro plan',
    kind: 'plan',
    metric: null,
    quantity: null,
    period: PERIOD,
    amount: '1900',
    forecast: '1900',
    priceVersion: '2026-11-01',
    ...fields,
  }
}

const LINES: readonly InvoiceLine[] = [
  makeLine({}),
  makeLine({
    description: 'Data out over 100 GB',
    kind: 'usage',
    metric: 'egress',
    quantity: '124000000000',
    amount: '240',
    forecast: '690',
  }),
  makeLine({
    description: 'API requests over 5 M',
    kind: 'usage',
    metric: 'api-requests',
    quantity: '4300000',
    amount: '0',
    forecast: '172',
  }),
]

/** The overview with these fields; otherwise Pro, active, with a cap of €40. */
export function makeOverview(fields: Partial<BillingOverview> = {}): BillingOverview {
  return {
    mode: 'stripe',
    status: 'active',
    plan: makePlan(),
    priceVersion: '2026-11-01',
    currency: 'eur',
    period: PERIOD,
    trialEndsAt: null,
    cancelsAt: null,
    scheduledPlan: null,
    nextInvoice: { lines: [...LINES], soFar: '2140', forecast: '2762', dueAt: PERIOD.to },
    spendCap: { amount: '4000', spent: '2140', forecast: '2762', reachedAt: null },
    projectCaps: [],
    rules: { thresholds: [50, 80, 100], onForecast: true, byMail: true },
    notices: [],
    asOf: AS_OF,
    ...fields,
  }
}

function makeUse(metric: Metric, fields: Partial<MetricUsage>): MetricUsage {
  return {
    metric,
    used: '0',
    included: null,
    forecast: '0',
    overAt: null,
    cost: '0',
    costForecast: '0',
    peakAt: null,
    ...fields,
  }
}

const GB_HELD = 1_000_000_000n * SECONDS
const HOUR = 3_600_000_000n

/** Usage as in the design: requests go over on 26 November, data out is over. */
export function makeUsage(fields: Partial<UsageSummary> = {}): UsageSummary {
  return {
    period: PERIOD,
    asOf: AS_OF,
    metrics: [
      makeUse('api-requests', {
        used: '4300000',
        included: '5000000',
        forecast: '5860000',
        overAt: '2026-11-26T08:00:00.000Z',
        costForecast: '172',
      }),
      makeUse('egress', {
        used: '124000000000',
        included: '100000000000',
        forecast: '169000000000',
        overAt: '2026-11-18T08:00:00.000Z',
        cost: '240',
        costForecast: '690',
      }),
      makeUse('compute', {
        used: String((614n * HOUR) / 10n),
        included: String(100n * HOUR),
        forecast: String((837n * HOUR) / 10n),
      }),
      makeUse('storage', {
        used: String((226n * GB_HELD) / 100n),
        included: String(10n * GB_HELD),
        forecast: String((235n * GB_HELD) / 100n),
      }),
      makeUse('branches', {
        used: String(4n * SECONDS),
        included: String(10n * SECONDS),
        forecast: String(4n * SECONDS),
      }),
      makeUse('realtime-connections', {
        used: '118',
        included: '500',
        forecast: '118',
        peakAt: '2026-11-18T20:14:00.000Z',
      }),
    ],
    projects: [
      {
        projectId: REELS,
        name: 'reelhouse',
        isDeleted: false,
        used: { 'api-requests': '4000000', egress: '120000000000' },
        cost: '220',
      },
      {
        projectId: ARCHIVE,
        name: 'archive',
        isDeleted: true,
        used: { 'api-requests': '300000', egress: '4000000000' },
        cost: '20',
      },
    ],
    ...fields,
  }
}

export const DETAILS: BillingDetails = {
  company: 'Reelhouse GmbH',
  line1: 'Kehrwieder 2',
  line2: '',
  city: 'Hamburg',
  postalCode: '20457',
  region: '',
  country: 'DE',
  taxId: { type: 'eu_vat', value: 'DE123456557' },
  contacts: ['billing@reelhouse.example'],
}

export const VISA: PaymentMethod = {
  id: 'pm_1',
  kind: 'card',
  brand: 'visa',
  last4: '7719',
  expires: '2028-08',
  isDefault: true,
}

/** A paid invoice of €24.16 with these fields. */
export function makeInvoice(fields: Partial<Invoice> = {}): Invoice {
  return {
    id: '0194d1f0-0000-4000-8000-0000000000c1',
    number: 'NB-2026-1107',
    kind: 'invoice',
    issuedAt: '2026-11-01T00:05:00.000Z',
    period: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
    status: 'paid',
    currency: 'eur',
    net: '2030',
    tax: '386',
    total: '2416',
    ...fields,
  }
}
