// Other ids for an object and all in it.
import type { ModelObject } from '#contract/schema/types.ts'

/** The object with the ids that `idOf` gives for its own, those of its parts and those of the types it names. */
export function withIds(object: ModelObject, idOf: (id: string) => string): ModelObject {
  const part = <Part extends { readonly id: string }>(one: Part): Part => ({ ...one, id: idOf(one.id) })
  const typed = <Part extends { readonly id: string; readonly typeId: string | null }>(one: Part): Part => ({
    ...part(one),
    typeId: one.typeId === null ? null : idOf(one.typeId),
  })
  const id = idOf(object.id)
  switch (object.kind) {
    case 'table':
      return {
        ...object,
        id,
        columns: object.columns.map(typed),
        constraints: object.constraints.map(part),
        indexes: object.indexes.map(part),
        triggers: object.triggers.map(part),
        rules: object.rules.map(part),
        policies: object.policies.map(part),
      }
    case 'view':
      return {
        ...object,
        id,
        columns: object.columns.map(part),
        indexes: object.indexes.map(part),
        triggers: object.triggers.map(part),
        rules: object.rules.map(part),
      }
    case 'enum':
      return { ...object, id, labels: object.labels.map(part) }
    case 'domain':
      return { ...typed(object), constraints: object.constraints.map(part) }
    case 'composite':
      return { ...object, id, attributes: object.attributes.map(typed) }
    case 'range':
      return { ...object, id, subtypeId: object.subtypeId === null ? null : idOf(object.subtypeId) }
    default:
      return { ...object, id }
  }
}
