// A query's plan: nodes below each other with a bar for the time (or cost) of each alone, and what stands out in it.
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { findingsOf, nodesOf, type PlanNode, type QueryPlan } from '#postgres/common/plan/index.ts'
import { classNames } from './class-names.ts'
import { formatCount, formatDuration } from './format.ts'

const INDENT = 14
/** Deeper nodes are not indented any further: their names would be gone. */
const MAX_INDENTED = 8

export interface PlanViewProps {
  readonly label: string
  readonly plan: QueryPlan
}

/** The tree, the times of the whole, and the findings. */
export function PlanView({ label, plan }: PlanViewProps): ReactNode {
  const findings = findingsOf(plan)
  const marked = new Set(findings.flatMap(({ node }) => (node === null ? [] : [node])))
  const all = nodesOf(plan.root)
  const isTimed = all.some(({ selfMs }) => selfMs !== null)
  const most = Math.max(...all.map((node) => weightOf(node, isTimed)), 0.001)
  return (
    <div className="flex flex-col gap-8">
      <ul aria-label={label} className="flex flex-col">
        <Branch node={plan.root} depth={0} drawing={{ most, isTimed, marked }} />
      </ul>
      {plan.planningMs === null && plan.executionMs === null ? null : (
        <p className="text-small text-2">
          {[
            ...(plan.planningMs === null ? [] : [`Planned in ${formatDuration(plan.planningMs)}`]),
            ...(plan.executionMs === null ? [] : [`ran ${formatDuration(plan.executionMs)}`]),
            ...plan.triggers.map(
              ({ name, ms, calls }) =>
                `trigger ${name} ${ms === null ? '' : `${formatDuration(ms)} `}in ${calls === 1 ? '1 call' : `${calls} calls`}`,
            ),
            ...buffersOf(plan.root),
          ].join(', ')}
        </p>
      )}
      {findings.map(({ rule, message }, index) => (
        <p
          key={`${rule} ${index}`}
          className="flex gap-8 rounded-control bg-warning-soft px-12 py-10 text-small select-text"
        >
          <TriangleAlert
            aria-hidden="true"
            size={14}
            strokeWidth={1.75}
            className="mt-1 flex-none text-warning"
          />
          <span className="min-w-0 [overflow-wrap:anywhere]">{message}</span>
        </p>
      ))}
    </div>
  )
}

interface Drawing {
  readonly most: number
  readonly isTimed: boolean
  readonly marked: ReadonlySet<PlanNode>
}

function Branch(props: {
  readonly node: PlanNode
  readonly depth: number
  readonly drawing: Drawing
}): ReactNode {
  const { node, depth, drawing } = props
  const { most, isTimed, marked } = drawing
  const isMarked = marked.has(node)
  const weight = weightOf(node, isTimed)
  return (
    <li>
      <div
        className="flex min-h-24 items-center gap-8 text-small"
        style={{ paddingLeft: Math.min(depth, MAX_INDENTED) * INDENT }}
        title={node.conditions.map(({ name, text }) => `${name}: ${text}`).join('\n') || undefined}
      >
        <span className="min-w-0 flex-1 truncate">
          <span className={classNames('font-medium', isMarked && 'text-warning')}>{node.title}</span>{' '}
          <span className="text-2">{detailOf(node)}</span>
        </span>
        <span aria-hidden="true" className="block h-4 w-64 flex-none rounded-badge bg-active">
          <span
            className={classNames('block h-4 min-w-2 rounded-badge', isMarked ? 'bg-warning' : 'bg-line-3')}
            style={{ width: `${(weight / most) * 100}%` }}
          />
        </span>
        <span className="w-64 flex-none text-right font-mono text-data whitespace-nowrap">
          {node.loops === 0
            ? 'not run'
            : isTimed
              ? shortTime(node.selfMs ?? 0)
              : `cost ${formatCount(node.selfCost)}`}
        </span>
      </div>
      {node.children.length === 0 ? null : (
        <ul>
          {node.children.map((child, index) => (
            <Branch key={index} node={child} depth={depth + 1} drawing={drawing} />
          ))}
        </ul>
      )}
    </li>
  )
}

function weightOf(node: PlanNode, isTimed: boolean): number {
  return isTimed ? (node.selfMs ?? 0) : node.selfCost
}

/** Most nodes take less than a tenth of a millisecond. */
function shortTime(ms: number): string {
  return ms < 0.1 ? `${ms.toFixed(2)} ms` : formatDuration(ms)
}

/** `rental, 3 rows, 16 041 filtered, 3 loops` */
function detailOf({ target, rows, plannedRows, removedRows, loops }: PlanNode): string {
  const count = rows ?? plannedRows
  return [
    ...(target === null ? [] : [target]),
    `${rows === null ? 'about ' : ''}${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`,
    ...(removedRows === 0 ? [] : [`${formatCount(removedRows)} filtered`]),
    ...(loops === null || loops <= 1 ? [] : [`${formatCount(loops)} loops`]),
  ].join(', ')
}

function buffersOf({ buffers }: PlanNode): readonly string[] {
  if (buffers === null) return []
  const all = buffers.hit + buffers.read
  return [
    `${formatCount(all)} ${all === 1 ? 'buffer' : 'buffers'}, ${buffers.read === 0 ? 'all hit' : `${formatCount(buffers.read)} read`}`,
  ]
}
