// What benchmarks share: the machine they ran on, percentiles, and the one JSON object that each prints last.
import { arch, availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly os: string
  readonly node: string
  /** Null where no browser takes part. */
  readonly chromium: string | null
  /** Of 1, 5 and 15 minutes, before the benchmark began: above zero somebody else had a part of the machine. */
  readonly loadAverage: readonly number[]
}

export interface Report {
  readonly name: string
  readonly machine: Machine
  /** Name with its unit at the end: `firstRowP95Ms`. */
  readonly metrics: Readonly<Record<string, number>>
  /** Against the hand-written minimum of the same run. */
  readonly ratios: Readonly<Record<string, number>>
}

/** The machine, for the record. Call it first: a benchmark is a load itself. */
export function describeMachine(chromium: string | null = null): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${process.platform} ${release()} ${arch()}`,
    node: process.version,
    chromium,
    loadAverage: loadavg().map(twoDigits),
  }
}

/** Prints the report as one line of JSON, numbers to two digits behind the point. */
export function report({ name, machine, metrics, ratios }: Report): void {
  console.log(JSON.stringify({ name, machine, metrics: rounded(metrics), ratios: rounded(ratios) }))
}

/** The value that `part` (0 to 1) of the values do not exceed, by nearest rank. NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

/** Two digits behind the point. */
export function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, twoDigits(value)]))
}

function twoDigits(value: number): number {
  return Math.round(value * 100) / 100
}
