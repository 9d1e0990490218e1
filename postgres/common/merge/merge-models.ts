// Three-way merge of a draft: what a person changed since the base is put onto the schema as it is now. Objects, their parts and their fields are merged one
// by one; what both changed otherwise is a conflict for the person to decide.
import { ModelObject } from '#contract/schema/model.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { objectName, schemaOf } from '../catalog/find.ts'
import { matchModels, type Matching } from '../diff/match.ts'
import { findRenames } from '../diff/renames.ts'
import { mergeRecords, type FieldConflict, type Side } from './merge-records.ts'

export interface MergeConflict {
  /** Names the conflict: stays the same when the merge is done again. */
  readonly id: string
  /** The object that it is about, as the merged model knows it. */
  readonly objectId: string
  /** `shop.film.title`, unquoted. */
  readonly name: string
  /** The field that both changed; null when one side dropped what the other changed. */
  readonly field: string | null
  /** As they are shown; null where it is not there. */
  readonly base: string | null
  readonly mine: string | null
  readonly live: string | null
}

/** What a person decided, by the ids of conflicts. */
export type MergeChoices = ReadonlyMap<string, Side>

export interface Merge {
  /** What is undecided is as it is live. */
  readonly model: SchemaModel
  /** All conflicts, the decided ones too, sorted by name. */
  readonly conflicts: readonly MergeConflict[]
}

const NO_CHOICES: MergeChoices = new Map()

/** Puts the changes from `base` to `mine` onto `live`. */
export function mergeModels(
  base: SchemaModel,
  mine: SchemaModel,
  live: SchemaModel,
  choices: MergeChoices = NO_CHOICES,
): Merge {
  if (base === live) return { model: mine, conflicts: [] }
  if (base === mine) return { model: live, conflicts: [] }
  const toMine = matchModels(base, mine, { matchBy: 'id' })
  const toLive = matchModels(base, live, { matchBy: 'id' })
  const work = new Work({ base, mine, live, toMine, toLive, choices })
  const objects = work.run()
  return {
    model: {
      serverVersion: live.serverVersion,
      database: live.database,
      objects,
      dependencies: mergeDependencies({ mine, live }, toLive),
    },
    conflicts: work.conflicts.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  }
}

/** What Postgres knows now, and what the draft knows of its own new objects. */
function mergeDependencies(
  { mine, live }: { readonly mine: SchemaModel; readonly live: SchemaModel },
  toLive: Matching,
): SchemaModel['dependencies'] {
  const known = new Set(live.dependencies.map(([from]) => from))
  const added = mine.dependencies
    .map(([from, to]) => [toLive.idOf(from), toLive.idOf(to)] as const)
    .filter(([from]) => !known.has(from))
  return [...live.dependencies, ...added]
}

interface Input {
  readonly base: SchemaModel
  readonly mine: SchemaModel
  readonly live: SchemaModel
  readonly toMine: Matching
  readonly toLive: Matching
  readonly choices: MergeChoices
}

class Work {
  readonly conflicts: MergeConflict[] = []
  private readonly input: Input

  constructor(input: Input) {
    this.input = input
  }

  run(): ModelObject[] {
    const { base, mine, live, toMine, toLive } = this.input
    const mineOf = new Map(
      toMine.pairs.flatMap(({ before, after }) =>
        before === null || after === null ? [] : [[before.id, after] as const],
      ),
    )
    const liveOf = new Map(
      toLive.pairs.flatMap(({ before, after }) =>
        before === null || after === null ? [] : [[before.id, after] as const],
      ),
    )
    // Each side refers to things by the names that the other one may have changed.
    const theirs = findRenames(base, toLive)
    const ours = findRenames(base, toMine)
    const inLiveNames = (object: ModelObject): ModelObject =>
      theirs.list.length === 0
        ? object
        : (theirs.apply({ id: object.id, before: object, after: null }) ?? object)
    const inMyNames = (object: ModelObject): ModelObject =>
      ours.list.length === 0 ? object : (ours.apply({ id: object.id, before: object, after: null }) ?? object)
    const merged = new Map<string, ModelObject>()
    const usedMine = new Set<string>()
    const usedLive = new Set<string>()
    for (const before of base.objects) {
      const my = mineOf.get(before.id) ?? null
      const now = liveOf.get(before.id) ?? null
      if (my !== null) usedMine.add(my.id)
      if (now !== null) usedLive.add(now.id)
      const result = this.merge(
        before,
        my === before ? before : my && inLiveNames(my),
        now === null ? null : { now, inMyNames: inMyNames(now) },
      )
      if (result !== null) merged.set(result.id, result)
    }
    const liveByName = new Map(
      live.objects.filter(({ id }) => !usedLive.has(id)).map((object) => [keyOf(object), object]),
    )
    for (const added of mine.objects) {
      if (usedMine.has(added.id)) continue
      const now = liveByName.get(keyOf(added)) ?? null
      if (now !== null) usedLive.add(now.id)
      const result = this.merge(
        null,
        inLiveNames(added),
        now === null ? null : { now, inMyNames: inMyNames(now) },
      )
      if (result !== null) merged.set(result.id, result)
    }
    // In the order of the live model, what the draft added behind.
    const ordered: ModelObject[] = []
    for (const object of live.objects) {
      if (!usedLive.has(object.id)) {
        ordered.push(inMyNames(object))
        continue
      }
      const result = merged.get(object.id)
      if (result === undefined) continue
      ordered.push(result)
      merged.delete(object.id)
    }
    return [...ordered, ...merged.values()]
  }

  private merge(
    base: ModelObject | null,
    mine: ModelObject | null,
    live: { readonly now: ModelObject; readonly inMyNames: ModelObject } | null,
  ): ModelObject | null {
    if (mine === null || live === null) return this.oneSided(base, mine, live?.now ?? null)
    if (mine === base) return live.inMyNames
    const ids = { idOf: (id: string) => this.input.toLive.idOf(id) }
    const result = mergeRecords(
      { base, mine, live: live.inMyNames },
      { ...ids, decide: (conflict) => this.decide(live.now, conflict) },
    )
    return ModelObject.parse(result)
  }

  /** Added on one side, or dropped on one. */
  private oneSided(
    base: ModelObject | null,
    mine: ModelObject | null,
    live: ModelObject | null,
  ): ModelObject | null {
    const there = mine ?? live
    if (base === null || there === null) return there
    const original = mine === null ? live : mine
    if (original === null || isSame(base, original)) return null
    const conflict: MergeConflict = {
      id: base.id,
      objectId: there.id,
      name: nameOf(base),
      field: null,
      base: base.kind,
      mine: mine === null ? null : 'changed',
      live: live === null ? null : 'changed',
    }
    this.conflicts.push(conflict)
    return this.input.choices.get(conflict.id) === 'mine' ? mine : live
  }

  private decide(object: ModelObject, conflict: FieldConflict): Side {
    const id = [object.id, ...conflict.path].join(' ')
    this.conflicts.push({
      id,
      objectId: object.id,
      name: [nameOf(object), ...conflict.names].join('.'),
      field: conflict.field,
      base: conflict.base,
      mine: conflict.mine,
      live: conflict.live,
    })
    return this.input.choices.get(id) ?? 'live'
  }
}

function keyOf(object: ModelObject): string {
  return `${object.kind} ${schemaOf(object)}\0${objectName(object)}`
}

function nameOf(object: ModelObject): string {
  const schema = schemaOf(object)
  return schema === '' || schema === 'public' ? objectName(object) : `${schema}.${objectName(object)}`
}

/** Estimates are no change. */
function isSame(a: ModelObject, b: ModelObject): boolean {
  const plain = (object: ModelObject): string =>
    JSON.stringify(object.kind === 'table' ? { ...object, estimatedRows: null, sizeBytes: null } : object)
  return a === b || plain(a) === plain(b)
}
