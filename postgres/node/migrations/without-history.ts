// The schema in which migrations are recorded is no part of what a person designs or compares: a compare that drops it would forget what was applied.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { HISTORY_SCHEMA } from './history.ts'

/** The model without the history of migrations; the same model where there is none. */
export function withoutHistory(model: SchemaModel): SchemaModel {
  const left = new Set(model.objects.filter(isOfHistory).map((object) => object.id))
  if (left.size === 0) return model
  return {
    ...model,
    objects: model.objects.filter((object) => !left.has(object.id)),
    dependencies: model.dependencies.filter((pair) => !pair.some((id) => left.has(id))),
  }
}

function isOfHistory(object: ModelObject): boolean {
  if (object.kind === 'schema') return object.name === HISTORY_SCHEMA
  return 'schema' in object && object.schema === HISTORY_SCHEMA
}
