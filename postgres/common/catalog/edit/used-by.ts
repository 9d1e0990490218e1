// What uses one object or part, directly. Asked after each step for what is selected, so only what could use it is looked at.
import type { ModelObject, RelationName, SchemaModel } from '#contract/schema/types.ts'
import { needsOf } from '../../diff/needs.ts'
import { partsOf } from '../../diff/parts.ts'
import { indexModel } from '../find.ts'
import { dependentOf, isDrafted, type Dependent } from './drop.ts'

/** Its users by name. What stands inside it is left out. */
export function usedBy(model: SchemaModel, id: string): readonly Dependent[] {
  const own = indexModel(model).byId(id) ?? model.objects.find((object) => hasPart(object, id))
  if (own === undefined) return []
  const recorded = recordedUsers(model.dependencies).get(id) ?? []
  const candidates = new Set(
    model.objects.filter((object) => couldUse(object, own, id)).map((object) => object.id),
  )
  const drafted = model.objects.filter((object) => candidates.has(object.id) && isDrafted(object))
  const needs = needsOf(
    // The empty pair says that the server did record: then only new objects are read for names.
    { ...model, dependencies: [['', ''], ...recorded.map((user) => [user, id] as const)] },
    { idOf: (one) => one, only: candidates, changed: new Set(drafted.map((object) => object.id)) },
  )
  const users = needs.on(id)
  const found: Dependent[] = []
  for (const object of model.objects) {
    if (users.has(object.id) && object.id !== own.id) found.push(dependentOf(object, null, id))
    // Its own parts are part of it.
    if (object.id === id) continue
    for (const { kind, parts } of partsOf(object))
      for (const part of parts) if (users.has(part.id)) found.push(dependentOf(object, { kind, part }, id))
  }
  return found.sort((a, b) => compare(a.what, b.what) || compare(a.name, b.name))
}

type Dependencies = SchemaModel['dependencies']
const recordedByList = new WeakMap<Dependencies, ReadonlyMap<string, readonly string[]>>()

/** What the server recorded, by what is needed. Steps of a draft keep the list as it is, so it is made once. */
function recordedUsers(dependencies: Dependencies): ReadonlyMap<string, readonly string[]> {
  const present = recordedByList.get(dependencies)
  if (present !== undefined) return present
  const made = new Map<string, string[]>()
  for (const [user, needed] of dependencies) {
    const list = made.get(needed)
    if (list === undefined) made.set(needed, [user])
    else list.push(user)
  }
  recordedByList.set(dependencies, made)
  return made
}

function hasPart(object: ModelObject, id: string): boolean {
  return partsOf(object).some(({ parts }) => parts.some((part) => part.id === id))
}

/** Whether the structure of an object may name the other, or its text was written in the draft. */
function couldUse(object: ModelObject, own: ModelObject, id: string): boolean {
  if (object.id === own.id || isDrafted(object)) return true
  const isOwn = (name: RelationName): boolean =>
    'schema' in own && own.schema === name.schema && own.name === name.name
  switch (object.kind) {
    case 'table':
      return (
        own.kind === 'schema' ||
        object.columns.some(({ typeId }) => typeId === id) ||
        object.constraints.some((one) => one.kind === 'foreign key' && isOwn(one.references)) ||
        (object.partitionOf !== null && isOwn(object.partitionOf.parent)) ||
        object.inherits.some(isOwn)
      )
    case 'sequence':
      return own.kind === 'schema' || (object.ownedBy !== null && isOwn(object.ownedBy))
    // Few of each, or looked up at once.
    default:
      return true
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
