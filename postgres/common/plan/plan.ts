// What EXPLAIN (FORMAT JSON) printed, as a tree with times and rows per node: in all, not per loop, and without what its children took.
import { z } from 'zod'

/** One node as Postgres prints it: fields differ by its type and by the version, so those not named here are kept as they are. */
const PrintedNode = z.looseObject({
  'Node Type': z.string(),
  get Plans() {
    return z.array(PrintedNode).optional()
  },
})
export type PrintedNode = z.infer<typeof PrintedNode>

const Trigger = z.looseObject({
  'Trigger Name': z.string(),
  Relation: z.string().optional(),
  Time: z.number().optional(),
  Calls: z.number().optional(),
})

const PrintedPlan = z.looseObject({
  Plan: PrintedNode,
  'Planning Time': z.number().optional(),
  'Execution Time': z.number().optional(),
  Triggers: z.array(Trigger).optional(),
})

export interface PlanNode {
  /** As Postgres' text names it: `Seq Scan`, `Hash Left Join`, `Insert`. */
  readonly title: string
  readonly type: string
  /** The table, index, function or common table expression that it reads or writes; null for none. */
  readonly target: string | null
  /** What it holds rows against: filters and conditions, as Postgres prints them. */
  readonly conditions: readonly { readonly name: string; readonly text: string }[]
  /** The planner's guess, per loop. */
  readonly plannedRows: number
  /** Of all loops together; null where it was not run. */
  readonly rows: number | null
  readonly loops: number | null
  /** Rows that a filter took away, of all loops together. */
  readonly removedRows: number
  /** Milliseconds of the node alone; null where it was not run, or was not timed. */
  readonly selfMs: number | null
  /** Milliseconds with what is below it. */
  readonly totalMs: number | null
  /** The planner's cost of the node alone. */
  readonly selfCost: number
  readonly totalCost: number
  /** Blocks found in memory and read from outside of it, with what is below. */
  readonly buffers: { readonly hit: number; readonly read: number } | null
  readonly children: readonly PlanNode[]
  readonly printed: PrintedNode
}

export interface QueryPlan {
  readonly root: PlanNode
  readonly planningMs: number | null
  readonly executionMs: number | null
  readonly triggers: readonly {
    readonly name: string
    readonly relation: string | null
    readonly ms: number | null
    readonly calls: number
  }[]
}

/** Reads what EXPLAIN (FORMAT JSON) gave, statement by statement. Null where it is none. */
export function parsePlans(json: unknown): readonly QueryPlan[] | null {
  const parsed = z.array(PrintedPlan).safeParse(json)
  if (!parsed.success) return null
  return parsed.data.map((plan) => ({
    root: nodeOf(plan.Plan, { workers: 1, shared: new Map(commonTimes(plan.Plan)) }),
    planningMs: plan['Planning Time'] ?? null,
    executionMs: plan['Execution Time'] ?? null,
    triggers: (plan.Triggers ?? []).map((trigger) => ({
      name: trigger['Trigger Name'],
      relation: trigger.Relation ?? null,
      ms: trigger.Time ?? null,
      calls: trigger.Calls ?? 0,
    })),
  }))
}

/** All nodes, each before those below it. */
export function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...node.children.flatMap(nodesOf)]
}

interface Surroundings {
  /** How many processes share the loops. */
  readonly workers: number
  /** Milliseconds of common table expressions that no scan has been charged with yet: those who scan one run it row by row. */
  readonly shared: Map<string, number>
}

function nodeOf(printed: PrintedNode, around: Surroundings): PlanNode {
  const loops = numberOf(printed, 'Actual Loops')
  const perLoop = numberOf(printed, 'Actual Total Time')
  const totalMs =
    loops === null || perLoop === null ? null : (perLoop * loops) / Math.min(around.workers, loops || 1)
  const rowsPerLoop = numberOf(printed, 'Actual Rows')
  const workers = (numberOf(printed, 'Workers Launched') ?? 0) + 1
  const children = (printed.Plans ?? []).map((child) =>
    nodeOf(child, { ...around, workers: Math.max(around.workers, workers) }),
  )
  const own = children.filter(({ printed: child }) => commonName(child) === null)
  const below = (of: (node: PlanNode) => number | null): number =>
    own.reduce((sum, child) => sum + (of(child) ?? 0), 0)
  const totalCost = numberOf(printed, 'Total Cost') ?? 0
  const hit = numberOf(printed, 'Shared Hit Blocks')
  return {
    title: titleOf(printed),
    type: printed['Node Type'],
    target: targetOf(printed),
    conditions: conditionsOf(printed),
    plannedRows: numberOf(printed, 'Plan Rows') ?? 0,
    rows: loops === null || rowsPerLoop === null ? null : Math.round(rowsPerLoop * loops),
    loops,
    removedRows: REMOVED.reduce(
      (sum, name) => sum + Math.round((numberOf(printed, name) ?? 0) * (loops ?? 1)),
      0,
    ),
    selfMs:
      totalMs === null
        ? null
        : Math.max(0, totalMs - below((child) => child.totalMs) - takeShared(printed, totalMs, around)),
    totalMs,
    selfCost: Math.max(0, totalCost - below((child) => child.totalCost)),
    totalCost,
    buffers: hit === null ? null : { hit, read: numberOf(printed, 'Shared Read Blocks') ?? 0 },
    children,
    printed,
  }
}

const REMOVED = ['Rows Removed by Filter', 'Rows Removed by Join Filter', 'Rows Removed by Index Recheck']

/** The name of a common table expression that this node computes; null for every other node. */
function commonName(printed: PrintedNode): string | null {
  const name = textOf(printed, 'Subplan Name')
  return name?.startsWith('CTE ') === true ? name.slice(4) : null
}

function commonTimes(printed: PrintedNode): (readonly [string, number])[] {
  const name = commonName(printed)
  const ms = (numberOf(printed, 'Actual Total Time') ?? 0) * (numberOf(printed, 'Actual Loops') ?? 1)
  return [...(name === null ? [] : [[name, ms] as const]), ...(printed.Plans ?? []).flatMap(commonTimes)]
}

/** What of a scan's time went into computing the expression that it scans: the rest is left for other scans of it. */
function takeShared(printed: PrintedNode, totalMs: number, { shared }: Surroundings): number {
  const name = printed['Node Type'] === 'CTE Scan' ? textOf(printed, 'CTE Name') : null
  if (name === null) return 0
  const left = shared.get(name) ?? 0
  const taken = Math.min(left, totalMs)
  shared.set(name, left - taken)
  return taken
}

/** As Postgres' own text calls it. */
function titleOf(printed: PrintedNode): string {
  const type = printed['Node Type']
  const join = textOf(printed, 'Join Type')
  const strategy = textOf(printed, 'Strategy')
  const operation = textOf(printed, 'Operation')
  const name =
    type === 'ModifyTable' && operation !== null
      ? operation
      : type === 'Aggregate' && strategy !== null
        ? (AGGREGATES[strategy] ?? type)
        : join !== null && join !== 'Inner'
          ? type === 'Nested Loop'
            ? `${type} ${join} Join`
            : type.replace(/ Join$/, ` ${join} Join`)
          : type
  const partial = textOf(printed, 'Partial Mode')
  return [
    ...(partial === null || partial === 'Simple' ? [] : [partial]),
    ...(printed['Parallel Aware'] === true ? ['Parallel'] : []),
    name,
    ...(textOf(printed, 'Scan Direction') === 'Backward' ? ['Backward'] : []),
  ].join(' ')
}

const AGGREGATES: Readonly<Record<string, string>> = {
  Sorted: 'GroupAggregate',
  Hashed: 'HashAggregate',
  Mixed: 'MixedAggregate',
}

function targetOf(printed: PrintedNode): string | null {
  const relation = textOf(printed, 'Relation Name')
  const schema = textOf(printed, 'Schema')
  if (relation !== null) return schema === null || schema === 'public' ? relation : `${schema}.${relation}`
  return ['Index Name', 'CTE Name', 'Function Name'].reduce<string | null>(
    (found, name) => found ?? textOf(printed, name),
    null,
  )
}

const CONDITIONS = [
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'TID Cond',
  'Join Filter',
  'Filter',
  'One-Time Filter',
  'Conflict Filter',
]

function conditionsOf(printed: PrintedNode): PlanNode['conditions'] {
  return CONDITIONS.flatMap((name) => {
    const text = textOf(printed, name)
    return text === null ? [] : [{ name, text }]
  })
}

/** A field that is a text; null where it is not there or something else. */
export function textOf(printed: PrintedNode, name: string): string | null {
  const value = printed[name]
  return typeof value === 'string' ? value : null
}

/** A field that is a number; null where it is not there or something else. */
export function numberOf(printed: PrintedNode, name: string): number | null {
  const value = printed[name]
  return typeof value === 'number' ? value : null
}
