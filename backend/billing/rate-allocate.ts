// Whose share of an amount is how large: exact, to the last minor unit, by what each used.
import type { Metric } from '#contract/billing/metrics.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'

/**
 * Parts an amount in proportion to weights, so that the parts add up to it: each gets the whole minor units of its share, the rest goes one by one to the
 * largest remainders (equal ones by key). Without weights nobody gets anything.
 */
export function allocate<Key extends string>(
  amount: bigint,
  weights: ReadonlyMap<Key, bigint>,
): Map<Key, bigint> {
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0n)
  if (amount < 0n || [...weights.values()].some((weight) => weight < 0n))
    throw new RangeError('Amounts and weights are not negative.')
  if (sum === 0n) return new Map()
  const parts = [...weights].map(([key, weight]) => ({
    key,
    part: (amount * weight) / sum,
    remainder: (amount * weight) % sum,
  }))
  let rest = amount - parts.reduce((total, { part }) => total + part, 0n)
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? (a.key < b.key ? -1 : 1) : a.remainder > b.remainder ? -1 : 1,
  )
  const isRaised = new Set<Key>()
  for (const { key } of byRemainder) {
    if (rest === 0n) break
    isRaised.add(key)
    rest -= 1n
  }
  return new Map(parts.map(({ key, part }) => [key, isRaised.has(key) ? part + 1n : part]))
}

/**
 * What each project's usage costs: every usage line parted by what the projects used of its metric. Their sum is that of the lines; quotas are shared in
 * proportion too. Minor units; projects without use are left out.
 */
export function projectCosts(
  lines: readonly { readonly metric: Metric | null; readonly amount: bigint }[],
  byProject: ReadonlyMap<ProjectId, ReadonlyMap<Metric, bigint>>,
): Map<ProjectId, bigint> {
  const costs = new Map<ProjectId, bigint>()
  const amounts = new Map<Metric, bigint>()
  for (const { metric, amount } of lines)
    if (metric !== null) amounts.set(metric, (amounts.get(metric) ?? 0n) + amount)
  for (const [metric, amount] of amounts) {
    const weights = new Map<ProjectId, bigint>()
    for (const [projectId, used] of byProject) weights.set(projectId, used.get(metric) ?? 0n)
    for (const [projectId, part] of allocate(amount, weights))
      costs.set(projectId, (costs.get(projectId) ?? 0n) + part)
  }
  return costs
}
