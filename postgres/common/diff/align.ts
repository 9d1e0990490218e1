// Brings a model into the ids of another one: afterwards the two compare by id, and parts of both can stand in one model. For two databases, whose oids mean
// nothing to each other.
import type { SchemaModel } from '#contract/schema/types.ts'
import { withIds } from '../catalog/with-ids.ts'
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
