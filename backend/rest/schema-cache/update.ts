// Brings a catalog up to date: asks what changed since it was read, and reads only that again.
import { isDeepStrictEqual } from 'node:util'
import type { Catalog, CatalogRelation, CatalogType, SchemaScope } from './catalog.ts'
import { findChanges, type Changes, type ChangesDraft } from './changes.ts'
import type { Hint } from './hints.ts'
import { inTransaction } from './load.ts'
import { readExtras, type ReadExtras } from './read-extras.ts'
import { readObjects, readTypes, typesUsed, type CatalogObjects, type Reader } from './read.ts'
import type { Pause } from './slices.ts'

export interface CatalogUpdate {
  readonly catalog: Catalog
  readonly fingerprint: string
  /** Relations that are new, gone or not what they were, their constraints counted. */
  readonly dirty: ReadonlySet<number>
  /** Keys of types that are not what they were. */
  readonly dirtyTypes: ReadonlySet<string>
  /** Whether anything at all is different. */
  readonly isChanged: boolean
}

/** Reads what changed. `undefined` where that cannot be told apart (a schema was renamed): read everything then. */
export async function updateCatalog(
  session: Reader,
  scope: SchemaScope,
  before: { readonly catalog: Catalog; readonly fingerprint: string },
  pause: Pause,
): Promise<CatalogUpdate | undefined> {
  const { catalog } = before
  return inTransaction(session, async () => {
    const { fingerprint, ...extras } = await readExtras(session, scope, catalog.serverVersion)
    if (hasRenamedSchema(catalog, extras) || extras.serverVersion !== catalog.serverVersion) return undefined
    const changes = await findChanges(session, { before: catalog, now: extras.snapshot, scope })
    if (pause.isDue()) await pause.rest()
    addDependentViews(catalog, changes, extras.rules !== catalog.rules)
    const objects = await readChanged(session, scope, changes, pause)
    const types = await readChangedTypes(session, catalog, changes.types, objects)
    return {
      fingerprint,
      ...apply({ ...catalog, ...extras }, changes, objects, types),
      ...(fingerprint === before.fingerprint ? {} : { isChanged: true }),
    }
  })
}

/** Reads what a hint names. The catalog's snapshot stays as it was: what the hint does not name is still to be looked for. */
export async function updateHinted(
  session: Reader,
  scope: SchemaScope,
  before: { readonly catalog: Catalog; readonly fingerprint: string },
  { hint, pause }: { readonly hint: Hint; readonly pause: Pause },
): Promise<CatalogUpdate> {
  const { catalog, fingerprint } = before
  return inTransaction(session, async () => {
    const changes: Changes = { ...hint, types: new Set() }
    const objects = await readChanged(session, scope, changes, pause)
    const types = await readChangedTypes(session, catalog, changes.types, objects)
    return { fingerprint, ...apply(catalog, changes, objects, types) }
  })
}

function hasRenamedSchema(before: Catalog, after: Pick<ReadExtras, 'extras'>): boolean {
  for (const [oid, name] of before.extras.namespaces) {
    const now = after.extras.namespaces.get(oid)
    if (now !== undefined && now !== name) return true
  }
  return false
}

/** Whether a view can be written to hangs on the views below it, and on rules and triggers. */
function addDependentViews(catalog: Catalog, { relations }: ChangesDraft, hasNewRules: boolean): void {
  const isWritableByChoice = ({ kind }: CatalogRelation): boolean =>
    kind === 'view' || kind === 'foreign table'
  const isAffected =
    hasNewRules ||
    [...relations].some((oid) => {
      const known = catalog.relations.get(oid)
      return known !== undefined && isWritableByChoice(known)
    })
  if (!isAffected) return
  for (const relation of catalog.relations.values())
    if (isWritableByChoice(relation)) relations.add(relation.oid)
}

async function readChanged(
  session: Reader,
  scope: SchemaScope,
  { relations, routines }: Changes,
  pause: Pause,
): Promise<CatalogObjects> {
  if (relations.size === 0 && routines.size === 0)
    return { relations: new Map(), constraints: new Map(), routines: new Map() }
  return readObjects(session, scope, { relations: [...relations], routines: [...routines] }, pause)
}

/** Types that are new to the catalog, and those of it that changed. */
async function readChangedTypes(
  session: Reader,
  catalog: Catalog,
  changed: ReadonlySet<number>,
  objects: CatalogObjects,
): Promise<Map<string, CatalogType>> {
  const wanted = typesUsed(objects)
  for (const key of wanted.keys()) if (catalog.types.has(key)) wanted.delete(key)
  for (const [key, { base }] of catalog.types) {
    const [oid = '', modifier = '-1'] = key.split(':')
    if (changed.has(Number(oid)) || changed.has(base.oid)) wanted.set(key, [Number(oid), Number(modifier)])
  }
  return readTypes(session, wanted)
}

function apply(
  catalog: Catalog,
  changes: Changes,
  objects: CatalogObjects,
  newTypes: ReadonlyMap<string, CatalogType>,
): Pick<CatalogUpdate, 'catalog' | 'dirty' | 'dirtyTypes' | 'isChanged'> {
  const dirty = new Set<number>()
  const relations = replaced(catalog.relations, changes.relations, objects.relations, (oid) => dirty.add(oid))
  const constraints = replaced(
    catalog.constraints,
    constraintsOf(catalog, changes.relations),
    objects.constraints,
    (oid) => {
      const owner = objects.constraints.get(oid) ?? catalog.constraints.get(oid)
      if (owner !== undefined) dirty.add(owner.relation)
    },
  )
  let hasNewRoutines = false
  const routines = replaced(catalog.routines, changes.routines, objects.routines, () => {
    hasNewRoutines = true
  })
  const dirtyTypes = new Set<string>()
  const types = replaced(catalog.types, newTypes.keys(), newTypes, (key) => {
    if (catalog.types.has(key)) dirtyTypes.add(key)
  })
  return {
    catalog: { ...catalog, relations, constraints, routines, types },
    dirty,
    dirtyTypes,
    isChanged: dirty.size > 0 || hasNewRoutines || dirtyTypes.size > 0,
  }
}

function constraintsOf(catalog: Catalog, relations: ReadonlySet<number>): Set<number> {
  const oids = new Set<number>()
  for (const { oid, relation } of catalog.constraints.values()) if (relations.has(relation)) oids.add(oid)
  return oids
}

/**
 * `before` with the entries of `read` in place of those that were asked for; those that were asked for and not found are gone. Entries that are the
 * same as before stay the same objects; when all are, so does the map.
 */
function replaced<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  asked: Iterable<Key>,
  read: ReadonlyMap<Key, Value>,
  onChange: (key: Key) => void,
): ReadonlyMap<Key, Value> {
  let after: Map<Key, Value> | undefined
  for (const key of new Set([...asked, ...read.keys()])) {
    const value = read.get(key)
    if (isDeepStrictEqual(before.get(key), value)) continue
    after ??= new Map(before)
    if (value === undefined) after.delete(key)
    else after.set(key, value)
    onChange(key)
  }
  return after ?? before
}
