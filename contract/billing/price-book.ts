// A price book: what plans include, what more costs, and what they allow. Data, one version a file; a version that was sold with is never edited.
import { z } from 'zod'
import { Timestamp } from '../capabilities/ids.ts'
import { Metric } from './metrics.ts'
import { Currency, MinorUnits, Quantity } from './money.ts'

export const PlanId = z.enum(['free', 'pro', 'team', 'enterprise'])
export type PlanId = z.infer<typeof PlanId>

/** A price above what is included: `amount` for each `per` display units, in proportion, up to `upTo` display units above the quota (null: no end). Graduated, lowest first. */
export const Tier = z.object({
  upTo: Quantity.nullable(),
  amount: MinorUnits,
  per: Quantity.refine((quantity) => quantity !== '0', 'A price is for at least one unit.'),
})
export type Tier = z.infer<typeof Tier>

export const MetricTerms = z.object({
  /** Display units in a period; null: as much as there is. */
  included: Quantity.nullable(),
  /** Empty: cannot be bought, the quota is the end. */
  tiers: z.array(Tier),
})
export type MetricTerms = z.infer<typeof MetricTerms>

/** What a plan may have or not; asked by name. */
export const Feature = z.enum([
  'always-awake',
  'custom-domains',
  'branches',
  'team-collections',
  'audit-export',
  'sso',
])
export type Feature = z.infer<typeof Feature>

/** What a plan counts at a moment, not over a period. */
export const Limit = z.enum([
  'projects',
  'members',
  'branches-per-project',
  'storage-bytes-per-project',
  'restore-days',
])
export type Limit = z.infer<typeof Limit>

export const Plan = z.object({
  id: PlanId,
  name: z.string().min(1),
  /** A sentence of whom it is for. */
  description: z.string().min(1),
  /** A month; null: agreed with us by hand. */
  monthlyPrice: MinorUnits.nullable(),
  trialDays: z.number().int().min(0),
  /** At the end of the quotas. `stop`: projects sleep. `charge`: goes on to the spend cap. */
  atQuota: z.enum(['stop', 'charge']),
  /** Set for new subscriptions; a person may change it. Null: none. Plan included. */
  defaultSpendCap: MinorUnits.nullable(),
  metrics: z.record(Metric, MetricTerms),
  features: z.array(Feature),
  /** Null: no limit. */
  limits: z.record(Limit, z.number().int().min(0).nullable()),
})
export type Plan = z.infer<typeof Plan>

export const PriceBook = z.object({
  /** `2026-11-01`; names it in rated lines for ever. */
  version: z.iso.date(),
  effectiveFrom: Timestamp,
  currency: Currency,
  plans: z.record(PlanId, Plan),
})
export type PriceBook = z.infer<typeof PriceBook>
