// The order of a model's objects and of the parts of each, the same whatever order the rows came in.
import type { ModelObject } from '#contract/schema/types.ts'
import { objectName, schemaOf } from '#postgres/common/catalog/find.ts'
import { compareTexts } from './cells.ts'
import type { RelationDraft } from './draft.ts'

/** By kind, then schema, then name. */
export function sortObjects(objects: readonly ModelObject[]): ModelObject[] {
  const keyed = objects.map((object) => ({ key: sortKey(object), object }))
  return keyed.sort((a, b) => compareTexts(a.key, b.key)).map(({ object }) => object)
}

/** The objects, which are in order, with others, which need not be. */
export function insertObjects(
  ordered: readonly ModelObject[],
  others: readonly ModelObject[],
): ModelObject[] {
  const objects: ModelObject[] = []
  let taken = 0
  for (const object of sortObjects(others)) {
    const place = placeOf(sortKey(object), ordered, taken)
    for (; taken < place; taken++) push(objects, ordered[taken])
    objects.push(object)
  }
  for (; taken < ordered.length; taken++) push(objects, ordered[taken])
  return objects
}

function push<Item>(items: Item[], item: Item | undefined): void {
  if (item !== undefined) items.push(item)
}

/** How many of the objects come before the key; the first `from` do. */
function placeOf(key: string, ordered: readonly ModelObject[], from: number): number {
  let [low, high] = [from, ordered.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const object = ordered[middle]
    if (object !== undefined && compareTexts(sortKey(object), key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** What `sortObjects` orders by. */
export function sortKey(object: ModelObject): string {
  return `${object.kind}\0${schemaOf(object)}\0${objectName(object)}`
}

/** Sorts constraints, indexes, triggers, rules and policies by name. */
export function sortParts(object: RelationDraft['object']): RelationDraft['object'] {
  if (object.kind === 'composite') return object
  for (const parts of [object.indexes, object.triggers, object.rules])
    if (parts.length > 1) parts.sort(byName)
  if (object.kind === 'table')
    for (const parts of [object.constraints, object.policies]) if (parts.length > 1) parts.sort(byName)
  return object
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareTexts(a.name, b.name)
}
