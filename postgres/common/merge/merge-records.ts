// Merges three versions of one thing of the model field by field. Lists of parts are merged part by part, by id and then by name.

export type Side = 'mine' | 'live'

export interface FieldConflict {
  /** Ids of the parts that lead to it, and the field. */
  readonly path: readonly string[]
  /** Names of those parts, for people. */
  readonly names: readonly string[]
  /** Null when one side dropped the part that the other changed. */
  readonly field: string | null
  readonly base: string | null
  readonly mine: string | null
  readonly live: string | null
}

export interface MergeRules {
  /** The live id of something that the base knows. */
  readonly idOf: (id: string) => string
  readonly decide: (conflict: FieldConflict) => Side
}

type Value = unknown
type Fields = Readonly<Record<string, Value>>

/** Fields that are known afresh from the live database and never merged. */
const LIVE_ONLY = new Set(['id', 'estimatedRows', 'sizeBytes', 'owner', 'isInherited'])
/** Ids of other things: those of the draft are brought to the live ones. */
const REFERENCES = new Set(['typeId', 'subtypeId'])

export interface Three {
  readonly base: object | null
  readonly mine: object
  readonly live: object
}

/** The merged record. */
export function mergeRecords({ base, mine, live }: Three, rules: MergeRules): Fields {
  return merge(
    { base: base === null ? null : fieldsOf(base), mine: fieldsOf(mine), live: fieldsOf(live) },
    { rules, path: [], names: [] },
  )
}

interface Place {
  readonly rules: MergeRules
  readonly path: readonly string[]
  readonly names: readonly string[]
}

function merge(
  { base, mine, live }: { readonly base: Fields | null; readonly mine: Fields; readonly live: Fields },
  place: Place,
): Fields {
  const merged: Record<string, Value> = {}
  for (const field of new Set([...Object.keys(live), ...Object.keys(mine)])) {
    if (LIVE_ONLY.has(field)) {
      merged[field] = live[field]
      continue
    }
    const was = base === null ? undefined : refer(field, base[field], place)
    merged[field] = mergeField(
      field,
      { base: was, mine: refer(field, mine[field], place), live: live[field] },
      place,
    )
  }
  return merged
}

function refer(field: string, value: Value, { rules }: Place): Value {
  return REFERENCES.has(field) && typeof value === 'string' ? rules.idOf(value) : value
}

interface Versions {
  readonly base: Value
  readonly mine: Value
  readonly live: Value
}

function mergeField(field: string, { base, mine, live }: Versions, place: Place): Value {
  if (isSame(mine, base)) return live
  if (isSame(live, base) || isSame(mine, live)) {
    // Parts keep their live ids even where the rest is mine.
    if (!isPartList(mine) || !isPartList(live)) return mine
  }
  if (isPartList(mine) && isPartList(live) && (base === undefined || isPartList(base)))
    return mergeParts({ base: base === undefined ? [] : base, mine, live }, place)
  if (isGrantList(mine) && isGrantList(live) && (base === undefined || isGrantList(base)))
    return mergeSets({ base: base ?? [], mine, live })
  if (field === 'options' && isTextList(mine) && isTextList(live) && (base === undefined || isTextList(base)))
    return mergeSets({ base: base ?? [], mine, live })
  const side = place.rules.decide({
    path: [...place.path, field],
    names: place.names,
    field,
    base: base === undefined ? null : show(base),
    mine: show(mine),
    live: show(live),
  })
  return side === 'mine' ? mine : live
}

interface PartFields extends Fields {
  readonly id: string
}

interface PartLists {
  readonly base: readonly PartFields[]
  readonly mine: readonly PartFields[]
  readonly live: readonly PartFields[]
}

function mergeParts({ base, mine, live }: PartLists, place: Place): readonly Fields[] {
  const baseParts = keyed(base)
  const liveParts = keyed(live)
  const mineParts = keyed(mine)
  const merged: { readonly id: string; readonly part: Fields }[] = []
  const done = new Set<PartFields>()
  for (const now of live) {
    const was = find(baseParts, now)
    const my = was === undefined ? find(mineParts, now) : find(mineParts, was)
    if (my !== undefined) done.add(my)
    const at: Place = { ...place, path: [...place.path, now.id], names: [...place.names, nameOf(now)] }
    if (my !== undefined)
      merged.push({ id: now.id, part: merge({ base: was ?? null, mine: my, live: now }, at) })
    else if (was === undefined) merged.push({ id: now.id, part: now })
    else if (!isSame(was, now)) {
      const side = at.rules.decide({
        path: at.path,
        names: at.names,
        field: null,
        base: nameOf(was),
        mine: null,
        live: 'changed',
      })
      if (side === 'live') merged.push({ id: now.id, part: now })
    }
  }
  for (const [index, my] of mine.entries()) {
    if (done.has(my)) continue
    const was = find(baseParts, my)
    if (was !== undefined) {
      if (find(liveParts, was) !== undefined || isSame(was, my)) continue
      const at: Place = { ...place, path: [...place.path, my.id], names: [...place.names, nameOf(my)] }
      const side = at.rules.decide({
        path: at.path,
        names: at.names,
        field: null,
        base: nameOf(was),
        mine: 'changed',
        live: null,
      })
      if (side === 'live') continue
    }
    // A new part stands behind the one that it stands behind in the draft.
    const previous = mine
      .slice(0, index)
      .findLast((one) => merged.some(({ id }) => id === one.id || id === find(liveParts, one)?.id))
    const previousId = previous === undefined ? undefined : (find(liveParts, previous)?.id ?? previous.id)
    const place_ =
      previousId === undefined
        ? index === 0 && live.length > 0 && mine.length > 1
          ? -1
          : merged.length - 1
        : merged.findIndex(({ id }) => id === previousId)
    merged.splice(place_ + 1, 0, { id: my.id, part: my })
  }
  return merged.map(({ part }) => part)
}

interface Keyed {
  readonly byId: ReadonlyMap<string, PartFields>
  readonly byName: ReadonlyMap<string, PartFields>
}

function keyed(parts: readonly PartFields[]): Keyed {
  return {
    byId: new Map(parts.map((part) => [part.id, part])),
    byName: new Map(parts.map((part) => [nameOf(part), part])),
  }
}

/** The same part in another version: by its id, else by its name where no id says otherwise. */
function find({ byId, byName }: Keyed, part: PartFields): PartFields | undefined {
  return byId.get(part.id) ?? byName.get(nameOf(part))
}

function nameOf(part: Fields): string {
  const name = part['name'] ?? part['label']
  return typeof name === 'string' ? name : ''
}

/** Lists whose order means nothing: what either side added is added, what either removed is removed. */
function mergeSets({
  base,
  mine,
  live,
}: {
  readonly base: readonly Value[]
  readonly mine: readonly Value[]
  readonly live: readonly Value[]
}): readonly Value[] {
  const keys = (list: readonly Value[]): ReadonlySet<string> => new Set(list.map((one) => stable(one)))
  const was = keys(base)
  const wanted = keys(mine)
  const there = keys(live)
  return [
    ...live.filter((one) => wanted.has(stable(one)) || !was.has(stable(one))),
    ...mine.filter((one) => !was.has(stable(one)) && !there.has(stable(one))),
  ]
}

function isRecord(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(value: object): Fields {
  return Object.fromEntries(Object.entries(value))
}

function isPartList(value: Value): value is readonly PartFields[] {
  return Array.isArray(value) && value.every((one) => isRecord(one) && typeof one['id'] === 'string')
}

function isGrantList(value: Value): value is readonly Fields[] {
  return Array.isArray(value) && value.every((one) => isRecord(one) && 'privilege' in one)
}

function isTextList(value: Value): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isSame(a: Value, b: Value): boolean {
  return a === b || stable(a) === stable(b)
}

/** JSON with sorted keys and without what is not compared. */
function stable(value: Value): string {
  return (
    JSON.stringify(value, (key, inner: unknown) =>
      key === 'estimatedRows' || key === 'sizeBytes'
        ? undefined
        : isRecord(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
    ) ?? 'nothing'
  )
}

function show(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (isTextList(value)) return value.join(', ')
  if (isRecord(value) && typeof value['schema'] === 'string' && typeof value['name'] === 'string')
    return `${value['schema']}.${value['name']}`
  return stable(value)
}
