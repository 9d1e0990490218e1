// What is counted, and in which units. Quantities are whole numbers of the base unit, so that nothing is ever rounded before money is made of it.
import { z } from 'zod'

export const Metric = z.enum([
  'compute',
  'storage',
  'egress',
  'api-requests',
  'api-rows',
  'realtime-messages',
  'realtime-connections',
  'backup-storage',
  'branches',
])
export type Metric = z.infer<typeof Metric>

export interface MetricDefinition {
  /** As people read it. */
  readonly title: string
  /**
   * How events become one quantity of a period. `sum`: added up. `average`: a level that is held over time; events carry level × seconds, and a plan's
   * quota is the level that may be held for the whole period. `peak`: the highest level that was seen.
   */
  readonly aggregation: 'sum' | 'average' | 'peak'
  /** One of it is what events count. */
  readonly baseUnit: string
  /** What people and prices speak of, and how many base units that is. */
  readonly displayUnit: string
  readonly basePerDisplay: bigint
}

/** The thousandth of a compute unit for a millisecond, so that sizes and moments are exact. */
const COMPUTE_HOUR = 1_000n * 3_600_000n
const GIGABYTE = 1_000_000_000n

/** The whole table. A new metric is a member of the enum and a row here. */
export const METRICS: Readonly<Record<Metric, MetricDefinition>> = {
  compute: {
    title: 'Compute',
    aggregation: 'sum',
    baseUnit: 'thousandth of a compute unit × millisecond',
    displayUnit: 'compute hour',
    basePerDisplay: COMPUTE_HOUR,
  },
  storage: {
    title: 'Storage',
    aggregation: 'average',
    baseUnit: 'byte × second',
    displayUnit: 'GB',
    basePerDisplay: GIGABYTE,
  },
  egress: {
    title: 'Data out',
    aggregation: 'sum',
    baseUnit: 'byte',
    displayUnit: 'GB',
    basePerDisplay: GIGABYTE,
  },
  'api-requests': {
    title: 'API requests',
    aggregation: 'sum',
    baseUnit: 'request',
    displayUnit: 'request',
    basePerDisplay: 1n,
  },
  'api-rows': {
    title: 'API rows',
    aggregation: 'sum',
    baseUnit: 'row',
    displayUnit: 'row',
    basePerDisplay: 1n,
  },
  'realtime-messages': {
    title: 'Realtime messages',
    aggregation: 'sum',
    baseUnit: 'message',
    displayUnit: 'message',
    basePerDisplay: 1n,
  },
  'realtime-connections': {
    title: 'Realtime connections',
    aggregation: 'peak',
    baseUnit: 'connection',
    displayUnit: 'connection',
    basePerDisplay: 1n,
  },
  'backup-storage': {
    title: 'Backups',
    aggregation: 'average',
    baseUnit: 'byte × second',
    displayUnit: 'GB',
    basePerDisplay: GIGABYTE,
  },
  branches: {
    title: 'Branches',
    aggregation: 'average',
    baseUnit: 'branch × second',
    displayUnit: 'branch',
    basePerDisplay: 1n,
  },
}
