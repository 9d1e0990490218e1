// The order in which the objects of a model can be made: what one needs comes before it.
import type { SchemaModel } from '#contract/schema/types.ts'
import type { CompileContext } from './create/context.ts'
import { breakCycles, cyclesOf, sortByNeeds, type Edge } from './order/graph.ts'
import { needsOf } from './order/needs.ts'
import { stepsOf, type Splits, type Step } from './order/steps.ts'

/**
 * The steps of a model in the order in which they run; backwards, in which they are taken back. It follows the model's dependencies, its structure, and names
 * in expressions and bodies, so that it also holds for models that no catalog knows. Objects that need each other in a circle are cut where they can be:
 * defaults, checks, views; else they stand by kind, schema and name.
 */
export function orderedSteps(model: SchemaModel, context: CompileContext): readonly Step[] {
  const { steps, edges } = stepGraph(model, context)
  const byId = new Map(steps.map((step) => [step.id, step]))
  const nodes = steps.map(({ id }) => id)
  return sortByNeeds(nodes, edges).flatMap((id) => byId.get(id) ?? [])
}

/** The steps of a model, and what each needs among them: without circles. */
export function stepGraph(
  model: SchemaModel,
  context: CompileContext,
): { readonly steps: readonly Step[]; readonly edges: readonly Edge[] } {
  let splits: Splits = { later: new Set(), placeholders: new Set() }
  for (;;) {
    const steps = stepsOf(model, context, splits)
    const nodes = steps.map(({ id }) => id)
    const edges = breakCycles(nodes, needsOf(model, context, { steps, splits }), 0)
    const cycles = cyclesOf(nodes, edges)
    const next = cycles.length === 0 ? null : split(splits, { cycles, edges, steps })
    if (next !== null) {
      splits = next
      continue
    }
    return { steps, edges: cycles.length === 0 ? edges : breakCycles(nodes, edges, 3) }
  }
}

/** More is put off: defaults and checks in a circle, then a view of one; null when nothing can be. */
function split(
  splits: Splits,
  {
    cycles,
    edges,
    steps,
  }: {
    readonly cycles: readonly ReadonlySet<string>[]
    readonly edges: readonly Edge[]
    readonly steps: readonly Step[]
  },
): Splits | null {
  const later = new Set(splits.later)
  const placeholders = new Set(splits.placeholders)
  for (const cycle of cycles) {
    const parts = edges.flatMap(({ from, to, part }) =>
      part !== null && cycle.has(from) && cycle.has(to) ? [part] : [],
    )
    for (const part of parts) later.add(part)
    if (parts.length > 0) continue
    const view = steps.find(
      ({ id, object }) =>
        cycle.has(id) &&
        id === object.id &&
        object.kind === 'view' &&
        !object.isMaterialized &&
        !placeholders.has(id),
    )
    if (view !== undefined) placeholders.add(view.id)
  }
  return later.size > splits.later.size || placeholders.size > splits.placeholders.size
    ? { later, placeholders }
    : null
}
