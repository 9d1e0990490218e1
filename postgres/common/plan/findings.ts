// What stands out in a plan: reading much to keep little, guesses that were far off, memory that did not suffice.
import { nodesOf, numberOf, textOf, type PlanNode, type QueryPlan } from './plan.ts'

export interface PlanFinding {
  readonly rule: 'sequential-scan' | 'estimate' | 'on-disk' | 'trigger'
  /** Of which node; null for the whole plan. */
  readonly node: PlanNode | null
  /** What was seen, and what can be done. */
  readonly message: string
}

/** Rows that a sequential scan may read unremarked. */
const MANY_ROWS = 10_000
/** The planner's cost of a filtered scan that may go unremarked; about 10 000 rows. Only where nothing was run. */
const HIGH_COST = 250
/** How far planned and actual rows may be apart. */
const MAX_FACTOR = 10
const FEW_ROWS = 1_000
/** Share of the time that triggers may take. */
const TRIGGER_SHARE = 0.3

/** Findings in the order of the nodes. */
export function findingsOf({ root, triggers, executionMs }: QueryPlan): readonly PlanFinding[] {
  return [
    ...nodesOf(root).flatMap((node) => [...scan(node), ...estimate(node), ...onDisk(node)]),
    ...triggers.flatMap(({ name, relation, ms, calls }): PlanFinding[] =>
      ms === null || executionMs === null || ms < executionMs * TRIGGER_SHARE || ms < 1
        ? []
        : [
            {
              rule: 'trigger',
              node: null,
              message: `The trigger ${name}${relation === null ? '' : ` on ${relation}`} took ${ms.toFixed(1)} of ${executionMs.toFixed(1)} ms, in ${calls === 1 ? '1 call' : `${calls} calls`}.`,
            },
          ],
    ),
  ]
}

function scan(node: PlanNode): PlanFinding[] {
  if (node.type !== 'Seq Scan' || node.target === null) return []
  const columns = 'An index on the columns of its filter would be read instead.'
  const hasFilter = node.conditions.some(({ name }) => name === 'Filter')
  if (node.rows === null) {
    if (node.plannedRows < MANY_ROWS && !(hasFilter && node.selfCost >= HIGH_COST)) return []
    const kept = `about ${count(node.plannedRows)} rows`
    return [
      {
        rule: 'sequential-scan',
        node,
        message: hasFilter
          ? `All of ${node.target} is read to keep ${kept}. ${columns}`
          : `All of ${node.target} is read: ${kept}.`,
      },
    ]
  }
  const read = node.rows + node.removedRows
  if (read < MANY_ROWS) return []
  return [
    {
      rule: 'sequential-scan',
      node,
      message:
        node.removedRows > node.rows
          ? `${count(read)} rows of ${node.target} were read to keep ${count(node.rows)}. ${columns}`
          : `All of ${node.target} was read: ${count(read)} rows.`,
    },
  ]
}

function estimate(node: PlanNode): PlanFinding[] {
  const { rows, loops, plannedRows, target } = node
  if (rows === null || loops === null || loops === 0 || target === null) return []
  // Whoever stops reading early, as a limit does, has fewer rows than were planned: only too many are a wrong guess.
  if (rows < FEW_ROWS || rows / loops < plannedRows * MAX_FACTOR) return []
  return [
    {
      rule: 'estimate',
      node,
      message: `${count(plannedRows)} rows of ${target} were planned per loop and ${count(rows / loops)} came. ANALYZE gives the planner fresh figures.`,
    },
  ]
}

function onDisk(node: PlanNode): PlanFinding[] {
  const { printed } = node
  const sorted = textOf(printed, 'Sort Space Type') === 'Disk' ? numberOf(printed, 'Sort Space Used') : null
  const batches = numberOf(printed, 'Hash Batches') ?? numberOf(printed, 'HashAgg Batches') ?? 1
  if (sorted === null && batches <= 1) return []
  return [
    {
      rule: 'on-disk',
      node,
      message:
        sorted === null
          ? `${node.title} went to disk in ${batches} batches: work_mem was too small for it.`
          : `${node.title} went to disk with ${count(sorted)} kB: work_mem was too small for it.`,
    },
  ]
}

/** With a thin space between groups. */
function count(rows: number): string {
  return String(Math.round(rows)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
}
