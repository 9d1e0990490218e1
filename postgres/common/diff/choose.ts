// Takes some of the differences between two models and leaves the others: the model that lies between them, for comparing and taking over what is wanted.
import type { ModelObject, ObjectOfKind, SchemaModel } from '#contract/schema/types.ts'
import type { Change } from '../ddl/change.ts'
import { compareModels, type ModelDiff } from './model-diff.ts'
import { needsOf } from './needs.ts'
import { partListsOf, type Part } from './parts.ts'
import { diffModels } from './plan-migration.ts'
import { allPartsOf } from './stale-text.ts'

export interface ChosenChanges {
  /** `older` with the chosen changes. */
  readonly model: SchemaModel
  /** Ids of all changes that were taken: the chosen ones and what they cannot do without. */
  readonly taken: ReadonlySet<string>
}

/**
 * The older model with only the chosen changes (ids of diffModels' changes with `matchBy: 'id'`; bring models of two databases together with alignIds
 * first). What a chosen change needs is taken too: the type of a new column, the foreign keys to a table that is dropped. Renames are always taken,
 * since everything else speaks of the new names.
 */
export function chooseChanges(
  older: SchemaModel,
  newer: SchemaModel,
  chosen: ReadonlySet<string>,
): ChosenChanges {
  const changes = diffModels(older, newer, { matchBy: 'id' })
  const taken = withNeeded({ older, newer, changes }, chosen)
  const diff = compareModels(older, newer, { matchBy: 'id' })
  const objects = objectsBetween(diff, taken)
  const present = new Set(objects.flatMap((object) => [object, ...allPartsOf(object)].map(({ id }) => id)))
  const known = new Set<string>()
  const dependencies = [...older.dependencies, ...newer.dependencies].filter(([from, to]) => {
    const key = `${from}\0${to}`
    if (known.has(key) || !present.has(from) || !present.has(to)) return false
    known.add(key)
    return true
  })
  return {
    model: { serverVersion: older.serverVersion, database: older.database, objects, dependencies },
    taken,
  }
}

interface Both {
  readonly older: SchemaModel
  readonly newer: SchemaModel
  readonly changes: readonly Change[]
}

/** The chosen changes, and all that they need, as far as that goes. */
function withNeeded({ older, newer, changes }: Both, chosen: ReadonlySet<string>): ReadonlySet<string> {
  const byId = new Map(changes.map((change) => [change.id, change]))
  const partsChanged = new Map<string, Change[]>()
  for (const change of changes) {
    if (change.parentId === null) continue
    const list = partsChanged.get(change.parentId)
    if (list === undefined) partsChanged.set(change.parentId, [change])
    else list.push(change)
  }
  const changed = new Set(changes.map(({ id }) => id))
  const idOf = (id: string): string => id
  const after = needsOf(newer, { idOf, changed })
  const before = needsOf(older, { idOf, changed })
  const partsOfNewer = partIds(newer)
  const partsOfOlder = partIds(older)
  const ownerOfPart = new Map(
    [...partsOfOlder, ...partsOfNewer].flatMap(([owner, parts]) => parts.map((id) => [id, owner] as const)),
  )
  const taken = new Set<string>()
  const waiting = [...changes.filter(isRename).map(({ id }) => id), ...chosen]
  const take = (id: string): void => {
    if (byId.has(id)) waiting.push(id)
    // Part of a new object, or of one that goes: the object is the change.
    else {
      const owner = ownerOfPart.get(id)
      if (owner !== undefined && byId.has(owner) && byId.get(owner)?.action !== 'alter') waiting.push(owner)
    }
  }
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const change = byId.get(id)
    if (change === undefined || taken.has(id)) continue
    taken.add(id)
    if (change.action !== 'drop') {
      // What it will need has to be there.
      const parts = change.action === 'create' ? (partsOfNewer.get(id) ?? []) : []
      for (const one of [id, ...parts])
        for (const needed of after.of(one)) if (byId.get(needed)?.action !== 'drop') take(needed)
    }
    if (change.action === 'drop') {
      // What needs it now has to go, or stop needing it.
      const parts = partsOfOlder.get(id) ?? []
      for (const one of [id, ...parts]) for (const needing of before.on(one)) take(needing)
    }
  }
  return taken
}

function isRename({ action, differences }: Change): boolean {
  return action === 'alter' && differences.some(({ field }) => field === 'name' || field === 'schema')
}

function partIds(model: SchemaModel): ReadonlyMap<string, readonly string[]> {
  return new Map(model.objects.map((object) => [object.id, allPartsOf(object).map(({ id }) => id)]))
}

function objectsBetween(
  { pairs, objects: found }: ModelDiff,
  taken: ReadonlySet<string>,
): readonly ModelObject[] {
  const different = new Set(found.map(({ id }) => id))
  return [...pairs.values()].flatMap(({ id, before, after }) => {
    if (before === null) return after !== null && taken.has(id) ? [after] : []
    if (after === null) return taken.has(id) ? [] : [before]
    if (!different.has(id)) return [after]
    return [mix(before, after, taken)]
  })
}

/** The newer object's own fields if its change is taken, and of its parts those that are. */
function mix(before: ModelObject, after: ModelObject, taken: ReadonlySet<string>): ModelObject {
  const head = taken.has(after.id) ? after : before
  switch (head.kind) {
    case 'table': {
      const [older, newer] = [ofKind(before, head.kind), ofKind(after, head.kind)]
      const list = <P extends Part>(read: (table: ObjectOfKind<'table'>) => readonly P[]): readonly P[] =>
        mixParts({ older: read(older), newer: read(newer), taken })
      return {
        ...head,
        columns: list((table) => table.columns),
        constraints: list((table) => table.constraints),
        indexes: list((table) => table.indexes),
        triggers: list((table) => table.triggers),
        rules: list((table) => table.rules),
        policies: list((table) => table.policies),
      }
    }
    case 'view': {
      const [older, newer] = [ofKind(before, head.kind), ofKind(after, head.kind)]
      const list = <P extends Part>(read: (view: ObjectOfKind<'view'>) => readonly P[]): readonly P[] =>
        mixParts({ older: read(older), newer: read(newer), taken })
      return {
        ...head,
        // Its columns are what its query gives: they come with the query.
        indexes: list((view) => view.indexes),
        triggers: list((view) => view.triggers),
        rules: list((view) => view.rules),
      }
    }
    case 'domain':
      return {
        ...head,
        constraints: mixParts({
          older: ofKind(before, head.kind).constraints,
          newer: ofKind(after, head.kind).constraints,
          taken,
        }),
      }
    case 'composite':
      return {
        ...head,
        attributes: mixParts({
          older: ofKind(before, head.kind).attributes,
          newer: ofKind(after, head.kind).attributes,
          taken,
        }),
      }
    default:
      return partListsOf(before, after).some(({ newer }) => newer.some(({ id }) => taken.has(id)))
        ? after
        : head
  }
}

function ofKind<Kind extends ModelObject['kind']>(object: ModelObject, kind: Kind): ObjectOfKind<Kind> {
  if (!isOf(object, kind)) throw new TypeError(`${object.name} is no ${kind}.`)
  return object
}

function isOf<Kind extends ModelObject['kind']>(
  object: ModelObject,
  kind: Kind,
): object is ObjectOfKind<Kind> {
  return object.kind === kind
}

interface PartLists<P extends Part> {
  readonly older: readonly P[]
  readonly newer: readonly P[]
  readonly taken: ReadonlySet<string>
}

function mixParts<P extends Part>({ older, newer, taken }: PartLists<P>): readonly P[] {
  const next = new Map(newer.map((part) => [part.id, part]))
  const known = new Set(older.map(({ id }) => id))
  return [
    ...older.flatMap((part) => {
      const after = next.get(part.id)
      if (!taken.has(part.id)) return [part]
      return after === undefined ? [] : [after]
    }),
    ...newer.filter((part) => !known.has(part.id) && taken.has(part.id)),
  ]
}
