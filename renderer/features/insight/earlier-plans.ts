// Plans that were asked for before, by endpoint, for as long as the page lives: what the next one is held against.
import type { RequestTrace } from '#contract/capabilities/insight.ts'
import { nodesOf, type PlanNode, type QueryPlan } from '#postgres/common/plan/index.ts'
import { formatCount, formatDuration } from '../../components/format.ts'
import { createStore, useStore } from '../../host/store.ts'

/** A plan as it was asked for. */
export interface AskedPlan {
  /** The same text for the same asking. */
  readonly id: string
  readonly at: Date
  /** It ran and was timed; else it is the planner's guess. */
  readonly isAnalyzed: boolean
  readonly plans: readonly QueryPlan[]
}

const MOST_KEPT = 10
const asked = createStore<ReadonlyMap<string, readonly AskedPlan[]>>(new Map())

/** An endpoint: whoever changes a filter wants to know what that changed. */
export function endpointOf(projectId: string, { method, path }: RequestTrace): string {
  return `${projectId} ${method} ${path.replace(/\?.*$/s, '')}`
}

/** Keeps a plan for the ones to come. */
export function rememberPlan(endpoint: string, plan: AskedPlan): void {
  asked.update((before) => {
    const known = before.get(endpoint) ?? []
    return new Map([...before, [endpoint, [...known, plan].slice(-MOST_KEPT)]])
  })
}

/** The newest plan of its kind that was asked for before this one; undefined when it is the first. */
export function usePlanBefore(
  endpoint: string,
  now: Pick<AskedPlan, 'id' | 'isAnalyzed'> | undefined,
): AskedPlan | undefined {
  const all = useStore(asked).get(endpoint) ?? []
  const at = all.findIndex(({ id }) => id === now?.id)
  return all.slice(0, Math.max(at, 0)).findLast(({ isAnalyzed }) => isAnalyzed === now?.isAnalyzed)
}

/** What became of a plan, in words: its time or cost, and which nodes came and went. */
export function changesOfPlan(before: AskedPlan, now: AskedPlan): readonly string[] {
  const then = namesOf(before.plans)
  const later = namesOf(now.plans)
  const came = without(later, then)
  const went = without(then, later)
  return [
    `${weightOf(now)}, ${weightOf(before)} last time.`,
    ...(came.length === 0 ? [] : [`New: ${came.join(', ')}.`]),
    ...(went.length === 0 ? [] : [`Gone: ${went.join(', ')}.`]),
    ...(came.length === 0 && went.length === 0 ? ['It is made of the same steps.'] : []),
  ]
}

function weightOf({ plans, isAnalyzed }: AskedPlan): string {
  if (isAnalyzed) return formatDuration(plans.reduce((sum, plan) => sum + (plan.executionMs ?? 0), 0))
  return `Cost ${formatCount(plans.reduce((sum, { root }) => sum + root.totalCost, 0))}`
}

function namesOf(plans: readonly QueryPlan[]): string[] {
  return plans.flatMap(({ root }) => nodesOf(root)).map(nameOf)
}

function nameOf({ title, target }: PlanNode): string {
  return target === null ? title : `${title} of ${target}`
}

/** What is in one list and not in the other, each as often as it is there too often. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other]
  return list.filter((one) => {
    const at = left.indexOf(one)
    if (at === -1) return true
    left.splice(at, 1)
    return false
  })
}
