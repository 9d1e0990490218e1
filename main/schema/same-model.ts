// Whether two readings of one database show the same schema: counts of rows and sizes are not part of it.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'

/** Compares all that a person could have changed. */
export function isSameModel(one: SchemaModel, other: SchemaModel): boolean {
  if (one === other) return true
  if (one.serverVersion !== other.serverVersion || one.objects.length !== other.objects.length) return false
  const others = new Map(other.objects.map((object) => [object.id, object]))
  return one.objects.every((object) => {
    const counterpart = others.get(object.id)
    return counterpart !== undefined && (counterpart === object || compared(object) === compared(counterpart))
  })
}

function compared(object: ModelObject): string {
  return JSON.stringify(
    object.kind === 'table' ? { ...object, estimatedRows: null, sizeBytes: null } : object,
  )
}
