// What the operator of a self-hosted service may limit; given by the configuration.
import { z } from 'zod'
import { Metric } from './metrics.ts'
import { Quantity } from './money.ts'
import { Limit } from './price-book.ts'

/** What is left out has no limit. `quotas` are display units (GB, compute hours) per calendar month. */
export const OperatorLimits = z.strictObject({
  limits: z.partialRecord(Limit, z.number().int().min(0)).default({}),
  quotas: z.partialRecord(Metric, Quantity).default({}),
})
export type OperatorLimits = z.infer<typeof OperatorLimits>
