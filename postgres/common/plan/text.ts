// The plan in the manner of EXPLAIN's own text, made from its JSON: so that a plan need be asked for once only.
import { numberOf, textOf, type PlanNode, type PrintedNode, type QueryPlan } from './plan.ts'

/** Lines of all plans, those of each after an empty line. */
export function planText(plans: readonly QueryPlan[]): string {
  return plans.map((plan) => linesOf(plan).join('\n')).join('\n\n')
}

function linesOf({ root, planningMs, executionMs, triggers }: QueryPlan): readonly string[] {
  return [
    ...nodeLines(root, 0),
    ...(planningMs === null ? [] : [`Planning Time: ${planningMs.toFixed(3)} ms`]),
    ...triggers.map(
      ({ name, relation, ms, calls }) =>
        `Trigger ${name}${relation === null ? '' : ` on ${relation}`}:${ms === null ? '' : ` time=${ms.toFixed(3)}`} calls=${calls}`,
    ),
    ...(executionMs === null ? [] : [`Execution Time: ${executionMs.toFixed(3)} ms`]),
  ]
}

function nodeLines(node: PlanNode, depth: number): readonly string[] {
  const { printed } = node
  const indent = '  '.repeat(depth === 0 ? 0 : depth * 3 - 2)
  const below = `${' '.repeat(depth === 0 ? 2 : depth * 6 + 2)}`
  const subplan = textOf(printed, 'Subplan Name')
  const name = subplan === null ? [] : [`${indent}${subplan}`]
  return [
    ...name,
    `${indent}${depth === 0 ? '' : '->  '}${node.title}${whereOf(printed)}  ${figuresOf(printed)}`,
    ...Object.entries(printed).flatMap(([field, value]) => {
      const text = SAID.has(field) ? null : shown(value)
      return text === null ? [] : [`${below}${field}: ${text}`]
    }),
    ...node.children.flatMap((child) => nodeLines(child, depth + 1)),
  ]
}

/** ` using index on schema.table alias` */
function whereOf(printed: PrintedNode): string {
  const index = textOf(printed, 'Index Name')
  const schema = textOf(printed, 'Schema')
  const name =
    textOf(printed, 'Relation Name') ?? textOf(printed, 'CTE Name') ?? textOf(printed, 'Function Name')
  const alias = textOf(printed, 'Alias')
  const on =
    name === null
      ? ''
      : ` on ${schema === null ? '' : `${schema}.`}${name}${alias === null || alias === name ? '' : ` ${alias}`}`
  return index === null ? on : on === '' ? ` on ${index}` : ` using ${index}${on}`
}

function figuresOf(printed: PrintedNode): string {
  const number = (name: string): number => numberOf(printed, name) ?? 0
  const planned = `(cost=${number('Startup Cost').toFixed(2)}..${number('Total Cost').toFixed(2)} rows=${number('Plan Rows')} width=${number('Plan Width')})`
  if (numberOf(printed, 'Actual Loops') === null) return planned
  if (number('Actual Loops') === 0) return `${planned} (never executed)`
  const time =
    numberOf(printed, 'Actual Total Time') === null
      ? ''
      : `time=${number('Actual Startup Time').toFixed(3)}..${number('Actual Total Time').toFixed(3)} `
  return `${planned} (actual ${time}rows=${number('Actual Rows')} loops=${number('Actual Loops')})`
}

/** Fields that a node's first line has, or that say nothing. */
const SAID = new Set([
  ...['Node Type', 'Plans', 'Parent Relationship', 'Subplan Name', 'Join Type', 'Strategy', 'Operation'],
  ...['Partial Mode', 'Parallel Aware', 'Async Capable', 'Scan Direction', 'Index Name', 'Schema', 'Alias'],
  ...['Relation Name', 'CTE Name', 'Function Name', 'Startup Cost', 'Total Cost', 'Plan Rows', 'Plan Width'],
  ...['Actual Startup Time', 'Actual Total Time', 'Actual Rows', 'Actual Loops', 'Disabled', 'Workers'],
])

function shown(value: unknown): string | null {
  if (typeof value === 'string') return value
  // A zero is left out, as Postgres' own text does.
  if (typeof value === 'number') return value === 0 ? null : String(value)
  if (typeof value === 'boolean') return value ? 'true' : null
  if (!Array.isArray(value)) return null
  const texts = value.filter((one) => typeof one === 'string')
  return texts.length === 0 ? null : texts.join(', ')
}
