// Brings a model into the ids of another one: afterwards the two compare by id, and parts of both can stand in one model. For two databases, whose oids mean
// nothing to each other.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import type { DiffOptions } from '../ddl/change.ts'
import { matchModels } from './match.ts'
import { allPartsOf } from './stale-text.ts'

/** `newer` with the ids of `older` where they match, and with ids of its own that `older` does not have. */
export function alignIds(
  older: SchemaModel,
  newer: SchemaModel,
  options: Pick<DiffOptions, 'renames'>,
): SchemaModel {
  const matching = matchModels(older, newer, { matchBy: 'name', ...options })
  const ids = new Map<string, string>()
  const known = new Set<string>()
  const matched = new Set(
    matching.pairs.flatMap(({ before, after }) => (before === null || after === null ? [] : [before.id])),
  )
  const own = new Set(newer.objects.flatMap((object) => [object, ...allPartsOf(object)].map(({ id }) => id)))
  for (const object of older.objects)
    for (const { id } of [object, ...allPartsOf(object)]) {
      known.add(id)
      const same = matching.idOf(id)
      if (matched.has(object.id) && own.has(same)) ids.set(same, id)
    }
  const idOf = (id: string): string => ids.get(id) ?? (known.has(id) ? `${id}-other` : id)
  return {
    ...newer,
    objects: newer.objects.map((object) => withIds(object, idOf)),
    dependencies: newer.dependencies.map(([from, to]) => [idOf(from), idOf(to)]),
  }
}

type IdOf = (id: string) => string

function withIds(object: ModelObject, idOf: IdOf): ModelObject {
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
