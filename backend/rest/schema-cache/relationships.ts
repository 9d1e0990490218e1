// Which relations can be embedded in which: kept as a graph, so that a reload computes only what hangs on the relations that changed.
import { key, type ComputedRelationship, type QualifiedName, type Relationship } from '../types.ts'
import { typeKey, type Catalog, type CatalogRoutine } from './catalog.ts'
import type { Keys, ViewOfTable } from './keys.ts'
import {
  isInPrimaryKey,
  referencesOf,
  relationshipsOf,
  throughJunction,
  type Reference,
} from './references.ts'
import { compareRelationships } from './relationship-order.ts'
import type { Pause } from './slices.ts'

/** What a foreign key or junction adds. */
interface Contribution {
  readonly references: readonly Reference[]
  readonly relationships: readonly Relationship[]
  /** Of a foreign key: references that can be half of a junction. Those from views are judged anew each time, as their keys are others' too. */
  readonly halves: readonly Reference[]
}

export interface RelationshipGraph {
  readonly byConstraint: ReadonlyMap<number, Contribution>
  /** By the relation that is the junction. */
  readonly byJunction: ReadonlyMap<number, Contribution>
  /** By key of the table, before computed ones take the place of foreign keys. */
  readonly detected: ReadonlyMap<string, readonly Relationship[]>
  /** By key of the table. */
  readonly computed: ReadonlyMap<string, readonly ComputedRelationship[]>
  /** By key of the table: what clients can embed, in order. */
  readonly relationships: ReadonlyMap<string, readonly Relationship[]>
}

/** What to start from: without it, all is computed. */
export interface PreviousGraph {
  readonly graph: RelationshipGraph
  readonly keys: Keys
  /** Relations that are new, gone or not what they were, their constraints counted. */
  readonly dirty: ReadonlySet<number>
}

/** All relationships between exposed relations. */
export async function findRelationships(
  catalog: Catalog,
  keys: Keys,
  previous: PreviousGraph | undefined,
  pause: Pause,
): Promise<RelationshipGraph> {
  const edit = createEdit(previous?.graph)
  const byConstraint = await contributionsOfConstraints(catalog, keys, previous, pause)
  edit.replace(previous?.graph.byConstraint, byConstraint)
  const byJunction = await contributionsOfJunctions(keys, byConstraint, previous?.graph, pause)
  edit.replace(previous?.graph.byJunction, byJunction)
  const detected = edit.apply()
  const computed = computedRelationships(catalog, keys)
  const touched = new Set([...edit.touched, ...computed.keys(), ...(previous?.graph.computed.keys() ?? [])])
  const relationships = new Map(previous?.graph.relationships)
  for (const at of touched) {
    const list = override(detected.get(at) ?? [], computed.get(at) ?? [])
    if (list.length === 0) relationships.delete(at)
    else relationships.set(at, list.length > 1 ? list.toSorted(compareRelationships) : list)
    if (pause.isDue()) await pause.rest()
  }
  return { byConstraint, byJunction, detected, computed, relationships }
}

async function contributionsOfConstraints(
  catalog: Catalog,
  keys: Keys,
  previous: PreviousGraph | undefined,
  pause: Pause,
): Promise<Map<number, Contribution>> {
  const affected = previous === undefined ? undefined : tablesAffected(previous, keys)
  const found = new Map<number, Contribution>()
  for (const constraint of catalog.constraints.values()) {
    if (constraint.kind !== 'foreign key') continue
    const known =
      affected === undefined || affected.has(constraint.relation) || affected.has(constraint.foreignRelation)
        ? undefined
        : previous?.graph.byConstraint.get(constraint.oid)
    found.set(constraint.oid, known ?? contributionOf(referencesOf(constraint, keys), keys))
    if (pause.isDue()) await pause.rest()
  }
  return found
}

function contributionOf(references: readonly Reference[], keys: Keys): Contribution {
  return {
    references,
    relationships: references.flatMap(relationshipsOf),
    halves: references.filter((one) => one.from.isView || isInPrimaryKey(one, keys)),
  }
}

/** The dirty relations, and the tables whose views are not what they were. */
function tablesAffected({ dirty, keys: before }: PreviousGraph, keys: Keys): Set<number> {
  const affected = new Set(dirty)
  for (const table of new Set([...before.tablesWithViews(), ...keys.tablesWithViews()])) {
    const [then, now] = [before.viewsOf(table), keys.viewsOf(table)]
    if (now.some(({ view }) => dirty.has(view.oid)) || !areSameViews(then, now)) affected.add(table)
  }
  return affected
}

function areSameViews(a: readonly ViewOfTable[], b: readonly ViewOfTable[]): boolean {
  return a.length === b.length && a.every((one, index) => isSameView(one, b[index]))
}

function isSameView(a: ViewOfTable, b: ViewOfTable | undefined): boolean {
  if (b === undefined || a.view.oid !== b.view.oid || a.columns.size !== b.columns.size) return false
  for (const [position, names] of a.columns)
    if (names.join('\u0000') !== b.columns.get(position)?.join('\u0000')) return false
  return true
}

async function contributionsOfJunctions(
  keys: Keys,
  byConstraint: ReadonlyMap<number, Contribution>,
  previous: RelationshipGraph | undefined,
  pause: Pause,
): Promise<Map<number, Contribution>> {
  const halves = new Map<number, Reference[]>()
  for (const { halves: candidates } of byConstraint.values()) {
    for (const reference of candidates) {
      if (reference.from.isView && !isInPrimaryKey(reference, keys)) continue
      const others = halves.get(reference.from.relation)
      if (others === undefined) halves.set(reference.from.relation, [reference])
      else others.push(reference)
    }
    if (pause.isDue()) await pause.rest()
  }
  const found = new Map<number, Contribution>()
  for (const [junction, references] of halves) {
    if (references.length < 2) continue
    const known = previous?.byJunction.get(junction)
    const isSame =
      known?.references.length === references.length &&
      known.references.every((reference, index) => reference === references[index])
    found.set(
      junction,
      isSame ? known : { references, relationships: throughJunction(references), halves: [] },
    )
    if (pause.isDue()) await pause.rest()
  }
  return found
}

interface Edit {
  /** Takes out what `before` had and `after` has not, and puts in what is new. */
  replace(
    before: ReadonlyMap<number, Contribution> | undefined,
    after: ReadonlyMap<number, Contribution>,
  ): void
  apply(): Map<string, readonly Relationship[]>
  /** Keys of the tables whose lists changed. */
  readonly touched: Set<string>
}

function createEdit(previous: RelationshipGraph | undefined): Edit {
  const removed = new Set<Relationship>()
  const added = new Map<string, Relationship[]>()
  const touched = new Set<string>()
  const put = (relationship: Relationship): void => {
    const at = key(relationship.table)
    touched.add(at)
    const others = added.get(at)
    if (others === undefined) added.set(at, [relationship])
    else others.push(relationship)
  }
  const take = (relationship: Relationship): void => {
    touched.add(key(relationship.table))
    removed.add(relationship)
  }
  return {
    touched,
    replace(before, after) {
      for (const [id, contribution] of before ?? [])
        if (after.get(id) !== contribution) contribution.relationships.forEach(take)
      for (const [id, contribution] of after)
        if (before?.get(id) !== contribution) contribution.relationships.forEach(put)
    },
    apply() {
      const lists = new Map(previous?.detected)
      for (const at of touched) {
        const kept = (lists.get(at) ?? []).filter((one) => !removed.has(one))
        const list = [...kept, ...(added.get(at) ?? [])]
        if (list.length === 0) lists.delete(at)
        else lists.set(at, list)
      }
      return lists
    },
  }
}

function computedRelationships(catalog: Catalog, keys: Keys): Map<string, ComputedRelationship[]> {
  const found = new Map<string, ComputedRelationship[]>()
  for (const routine of catalog.routines.values()) {
    const computed = computedRelationship(catalog, keys, routine)
    if (computed === undefined) continue
    const at = key(computed.table)
    found.set(at, [...(found.get(at) ?? []), computed])
  }
  return found
}

/** Of a function with one parameter of a relation's row type that returns rows of a relation. */
function computedRelationship(
  catalog: Catalog,
  keys: Keys,
  routine: CatalogRoutine,
): ComputedRelationship | undefined {
  const [parameter, ...others] = routine.parameters
  if (parameter === undefined || others.length > 0) return undefined
  const table = relationOfType(catalog, keys, parameter.typeOid)
  const foreignTable = relationOfType(catalog, keys, routine.returnType)
  const schema = catalog.extras.namespaces.get(routine.namespace)
  if (table === undefined || foreignTable === undefined || schema === undefined) return undefined
  return {
    kind: 'computed',
    function: { schema, name: routine.name },
    table,
    foreignTable,
    isToOne: !routine.isSetOf || routine.estimatedRows === 1,
    isSelf: key(table) === key(foreignTable),
  }
}

/** An exposed relation's name by its row type. */
function relationOfType(catalog: Catalog, keys: Keys, typeOid: number): QualifiedName | undefined {
  const type = catalog.types.get(typeKey(typeOid, -1))
  if (type === undefined || type.isDomain || !keys.isExposed(type.base.relation)) return undefined
  return keys.nameOf(type.base.relation)
}

/** Functions take the place of the foreign keys to the relation that is named as they are. */
function override(
  detected: readonly Relationship[],
  computed: readonly ComputedRelationship[],
): readonly Relationship[] {
  if (computed.length === 0) return detected
  const overridden = new Set(computed.map((one) => key(one.function)))
  return [...detected.filter((one) => !overridden.has(key(one.foreignTable))), ...computed]
}
