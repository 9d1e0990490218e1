// How a run differs from the one before: which requests fail newly, which pass again, which became slower. Pure.
import type { RunChange } from '#contract/requests/run.ts'

export interface ComparedResult {
  readonly path: string
  readonly name: string
  readonly method: string
  readonly iteration: number
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped'
  readonly durationMs: number
}

/** Slower is only what takes half as long again, and so much longer that somebody would notice. */
const SLOWER = { factor: 1.5, leastMs: 20 }
const ORDER: readonly RunChange['kind'][] = ['newlyFailed', 'newlyPassed', 'slower']

/** Requests are matched by path and iteration; what ran in one of both only, or was skipped, is left out. Failures come first. */
export function compareRuns(
  before: readonly ComparedResult[],
  after: readonly ComparedResult[],
): RunChange[] {
  const earlier = grouped(before)
  const changes: RunChange[] = []
  for (const [path, results] of grouped(after)) {
    const known = earlier.get(path)
    const [first] = results.values()
    if (known === undefined || first === undefined) continue
    const both = [...results.values()].flatMap((now) => {
      const then = known.get(now.iteration)
      return then === undefined ? [] : [{ then, now }]
    })
    if (both.length === 0) continue
    const beforeMs = median(both.map(({ then }) => then.durationMs))
    const afterMs = median(both.map(({ now }) => now.durationMs))
    const about = { path, name: first.name, method: first.method, beforeMs, afterMs }
    const failed = both.filter(({ then, now }) => !isFailed(then) && isFailed(now)).length
    const passed = both.filter(({ then, now }) => isFailed(then) && !isFailed(now)).length
    if (failed > 0) changes.push({ ...about, kind: 'newlyFailed', iterations: failed })
    if (passed > 0) changes.push({ ...about, kind: 'newlyPassed', iterations: passed })
    // What failed may have ended early or late for that reason.
    const isSlower =
      failed === 0 &&
      passed === 0 &&
      afterMs >= beforeMs * SLOWER.factor &&
      afterMs - beforeMs >= SLOWER.leastMs
    if (isSlower) changes.push({ ...about, kind: 'slower', iterations: both.length })
  }
  return changes.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

/** By path, then by iteration. A request that ran several times in one iteration counts by its last time. */
function grouped(results: readonly ComparedResult[]): Map<string, Map<number, ComparedResult>> {
  const groups = new Map<string, Map<number, ComparedResult>>()
  for (const result of results) {
    if (result.outcome === 'skipped') continue
    const group = groups.get(result.path) ?? new Map<number, ComparedResult>()
    groups.set(result.path, group)
    group.set(result.iteration, result)
  }
  return groups
}

function isFailed({ outcome }: ComparedResult): boolean {
  return outcome === 'failed' || outcome === 'error'
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
