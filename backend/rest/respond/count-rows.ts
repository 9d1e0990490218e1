// How many rows there are without limit, as the answer tells it.
import type { RestConfig } from '../types.ts'

/**
 * The planner's guess, or the rows that were counted. `estimated` counts up to max-rows and guesses beyond; without max-rows it is
 * whichever is more.
 */
export function countRows(
  { total, planned }: { readonly total: number | null; readonly planned: number | null },
  count: 'exact' | 'planned' | 'estimated' | null,
  { maxRows }: RestConfig,
): number | null {
  if (count === 'planned') return planned
  if (count !== 'estimated' || total === null || (maxRows !== null && total <= maxRows)) return total
  return Math.max(total, planned ?? 0)
}
