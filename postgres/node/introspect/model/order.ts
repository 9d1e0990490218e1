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
