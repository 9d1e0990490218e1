// Objects that are new, and objects that go for good: made and dropped in the order in which a whole model would be, circles cut where they can be.
import type { ModelObject, RelationName, SchemaModel } from '#contract/schema/types.ts'
import { compileContext } from '../../ddl/create/context.ts'
import { stepGraph } from '../../ddl/order.ts'
import { dropStep } from '../../ddl/order/drop-step.ts'
import { cyclesOf, type Edge } from '../../ddl/order/graph.ts'
import type { Step } from '../../ddl/order/steps.ts'
import { idsIn } from '../needs.ts'
import { partsOf } from '../parts.ts'
import { CREATE_RANK } from './object-operations.ts'
import { RANK } from './operations.ts'
import { sortName, type Planner } from './planner.ts'

const PART_RANK: Readonly<Record<string, number>> = {
  index: RANK.createIndex,
  constraint: RANK.createForeignKey,
  trigger: RANK.createTrigger,
  rule: RANK.createRule,
  policy: RANK.createPolicy,
}
const STEP_RANK: Readonly<Record<string, number>> = {
  attach: RANK.attach,
  settings: RANK.settle,
  about: RANK.grants,
  owned: RANK.settle,
}
const DROP_PART_RANK: Readonly<Record<string, number>> = {
  index: RANK.dropIndex,
  constraint: RANK.dropForeignKey,
  trigger: RANK.dropTrigger,
  rule: RANK.dropRule,
  policy: RANK.dropPolicy,
}

/** The operations that make the objects which are new. Returns the ids of all of them and of their parts. */
export function makeNewObjects(planner: Planner): ReadonlySet<string> {
  const { diff, operations, context, renames, newer } = planner
  const objects = [...diff.pairs.values()].flatMap(({ before, after }) =>
    before === null && after !== null ? [after] : [],
  )
  const made = new Set(objects.flatMap(idsIn))
  if (objects.length === 0) return made
  const { steps, edges } = stepGraph(submodel(newer, objects, made), context)
  const keys = new Map<string, string>()
  for (const { id, object } of steps) {
    if (id !== object.id) continue
    for (const part of idsIn(object)) operations.begins.set(part, `create ${id}`)
  }
  for (const step of steps) {
    const { id, object } = step
    const isObject = id === object.id
    const key = operations.add({
      key: id.endsWith('#about') ? `grants ${object.id}` : `create ${id}`,
      rank: rankOf(step),
      name: sortName(object, isObject ? '' : id),
      statements: isObject && renames.madeSchemas.has(id) ? [] : step.statements(context),
    })
    keys.set(id, key)
    if (id.endsWith('#later')) operations.begins.set(id.slice(0, -'#later'.length), key)
    else if (!id.includes('#') || isObject) operations.begins.set(id, key)
  }
  for (const { from, to } of edges) operations.order(keys.get(to), keys.get(from))
  return made
}

function rankOf({ id, object }: Step): number {
  if (id === object.id) return CREATE_RANK[object.kind]
  const suffix = suffixOf(id)
  if (suffix === 'later')
    return object.kind === 'table' && object.columns.some((column) => id.startsWith(`${column.id}#`))
      ? RANK.alterColumn
      : RANK.createConstraint
  return STEP_RANK[suffix] ?? PART_RANK[partKind(object, id)] ?? CREATE_RANK[object.kind]
}

function suffixOf(id: string): string {
  return /#(later|attach|settings|about|owned|shell|placeholder)$/.exec(id)?.[1] ?? ''
}

function partKind(object: ModelObject, id: string): string {
  return partsOf(object).find(({ parts }) => parts.some((part) => part.id === id))?.kind ?? ''
}

function submodel(
  model: SchemaModel,
  objects: readonly ModelObject[],
  ids: ReadonlySet<string>,
): SchemaModel {
  return {
    ...model,
    objects,
    dependencies: model.dependencies.filter(([from, to]) => ids.has(from) && ids.has(to)),
  }
}

/**
 * Puts what is dropped for good in order. Parts go with their objects, but for those through which objects need each other in a circle: they go before.
 * Returns the known ids of all that goes.
 */
export function orderDroppedObjects({ diff, operations, renames }: Planner): ReadonlySet<string> {
  const { idOf } = diff.matching
  // Under the names that they had: a rename may give the name of something that goes to something else.
  const objects = diff.matching.pairs.flatMap(({ before, after }) =>
    before !== null && after === null ? [before] : [],
  )
  const ids = new Set(objects.flatMap(idsIn))
  const known = new Set([...ids].map(idOf))
  if (objects.length < 2) return known
  const model = submodel(diff.older, objects, ids)
  const { steps, edges } = stepGraph(model, compileContext(model))
  const byId = new Map(steps.map((step) => [step.id, step]))
  const alone = standingAlone(steps, byId, edges)
  const placeholders = new Set(
    steps.flatMap(({ id, object }) => (suffixOf(id) === 'placeholder' ? [object.id] : [])),
  )
  const keys = new Map<string, string>()
  const tables = new Map(
    objects.flatMap((one) => (one.kind === 'table' ? [[placeOf(one), one.id] as const] : [])),
  )
  for (const step of steps) {
    const { id, object } = step
    // A sequence goes with the table that owns it, whoever else takes numbers from it.
    const owner =
      object.kind === 'sequence' && object.ownedBy !== null ? tables.get(placeOf(object.ownedBy)) : undefined
    const whole = `drop ${idOf(owner ?? object.id)}`
    if (!alone.has(id) || renames.aside.has(idOf(object.id))) {
      keys.set(id, whole)
      continue
    }
    const key = operations.add({
      key: `drop early ${idOf(object.id)} ${id}`,
      rank: DROP_PART_RANK[partKind(object, id)] ?? RANK.dropConstraint,
      name: sortName(object, id),
      statements: dropStep(
        { ...step, object: diff.pairs.get(idOf(object.id))?.before ?? object },
        placeholders.has(id),
      ),
    })
    keys.set(id, key)
    operations.order(key, whole)
  }
  // What only comes later in a creation (an owner of a sequence, settings) asks for nothing on the way back.
  for (const { from, to } of edges)
    if (alone.has(from) || suffixOf(from) === '' || suffixOf(from) === 'placeholder')
      operations.order(keys.get(from), keys.get(to))
  return known
}

function placeOf({ schema, name }: RelationName): string {
  return JSON.stringify([schema, name])
}

/** The steps that must be taken back on their own: put off because of a circle, or the way from one object of a circle to the next. */
function standingAlone(
  steps: readonly Step[],
  byId: ReadonlyMap<string, Step>,
  edges: readonly Edge[],
): ReadonlySet<string> {
  const alone = new Set(
    steps.flatMap(({ id, object }) => {
      const suffix = suffixOf(id)
      return suffix === 'later' ? [id] : suffix === 'placeholder' ? [object.id] : []
    }),
  )
  const owner = (id: string): string => byId.get(id)?.object.id ?? ''
  const between = edges
    .filter(({ from, to }) => !alone.has(from) && owner(from) !== owner(to) && suffixOf(from) === '')
    .map((edge) => ({ ...edge, step: edge.from, from: owner(edge.from), to: owner(edge.to) }))
  const nodes = [...new Set(steps.map(({ object }) => object.id))]
  const cycles = cyclesOf(nodes, between)
  if (cycles.length === 0) return alone
  const group = new Map(cycles.flatMap((cycle, at) => [...cycle].map((id) => [id, at] as const)))
  for (const { step, from, to } of between)
    if (step !== from && group.has(from) && group.get(from) === group.get(to)) alone.add(step)
  return alone
}
