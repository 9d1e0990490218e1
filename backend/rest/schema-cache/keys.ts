// Primary keys and what views show of keys: which columns of a view are, unchanged, the columns of a table behind it.
import type { QualifiedName } from '../types.ts'
import type { Catalog, CatalogConstraint, CatalogRelation, Origin, SchemaScope } from './catalog.ts'
import type { Pause } from './slices.ts'

/** One way to name a key's columns by those of a view (or of the table itself), in the key's order. */
export type KeyColumns = readonly string[]

/** A view over a table: by position of the table's column, the names that the view shows it under. */
export interface ViewOfTable {
  readonly view: CatalogRelation
  readonly columns: ReadonlyMap<number, readonly string[]>
}

export interface Keys {
  /** The relation's name with its schema; undefined for one that is not in the catalog. */
  nameOf(relation: number): QualifiedName | undefined
  isExposed(relation: number): boolean
  /** Names of the columns at `positions`; undefined when one is gone. */
  columnNames(relation: number, positions: readonly number[]): KeyColumns | undefined
  /** Exposed views that show columns of a table. */
  viewsOf(table: number): readonly ViewOfTable[]
  primaryKeyOf(relation: number): readonly string[]
  constraintsOf(relation: number): readonly CatalogConstraint[]
  readonly constraints: ReadonlyMap<number, readonly CatalogConstraint[]>
  /** Tables that have views. */
  tablesWithViews(): Iterable<number>
}

const NONE: readonly never[] = []

/** Names of relations; a relation that did not change is the same object in the next catalog. */
const names = new WeakMap<CatalogRelation, QualifiedName>()

/** What to start from: without it all is found anew. */
export interface PreviousKeys {
  readonly keys: Keys
  /** Relations that are new, gone or not what they were, their constraints counted. */
  readonly dirty: ReadonlySet<number>
}

/** Looks through views of the exposed schemas and the extra search path, however many stand above each other. */
export async function findKeys(
  catalog: Catalog,
  scope: SchemaScope,
  previous: PreviousKeys | undefined,
  pause: Pause,
): Promise<Keys> {
  const nameOf = (oid: number): QualifiedName | undefined => {
    const relation = catalog.relations.get(oid)
    if (relation === undefined) return undefined
    const known = names.get(relation)
    if (known !== undefined) return known
    const schema = catalog.extras.namespaces.get(relation.namespace)
    if (schema === undefined) return undefined
    const name = { schema, name: relation.name }
    names.set(relation, name)
    return name
  }
  const isExposed = (oid: number): boolean => {
    const name = nameOf(oid)
    return name !== undefined && scope.schemas.includes(name.schema)
  }
  const isTransparent = (oid: number): boolean => {
    const name = nameOf(oid)
    return isExposed(oid) || (name !== undefined && scope.extraSearchPath.includes(name.schema))
  }
  const columnNames = (relation: number, positions: readonly number[]): KeyColumns | undefined => {
    const columns = catalog.relations.get(relation)?.columns ?? NONE
    const found = positions.flatMap((position) => columnAt(columns, position)?.name ?? NONE)
    return found.length === positions.length ? found : undefined
  }
  const views = new Map<number, ViewOfTable[]>()
  for (const view of catalog.relations.values()) {
    if (view.origins.size === 0 || !isExposed(view.oid)) continue
    for (const [table, columns] of columnsByTable(catalog, view, isTransparent)) {
      const known = views.get(table)
      if (known === undefined) views.set(table, [{ view, columns }])
      else known.push({ view, columns })
    }
    if (pause.isDue()) await pause.rest()
  }
  const constraints = await constraintsByRelation(catalog, previous, pause)
  const keys = {
    nameOf,
    isExposed,
    columnNames,
    viewsOf: (table: number) => views.get(table) ?? NONE,
    tablesWithViews: () => views.keys(),
    constraints,
    constraintsOf: (relation: number) => constraints.get(relation) ?? NONE,
  }
  const ofViews = primaryKeysOfViews(keys)
  const ofTables = new Map<number, readonly string[]>()
  return {
    ...keys,
    primaryKeyOf(relation) {
      const known = ofViews.get(relation) ?? ofTables.get(relation)
      if (known !== undefined) return known
      const constraint = primaryKeyConstraint(keys, relation)
      const columns = constraint === undefined ? NONE : (columnNames(relation, constraint.columns) ?? NONE)
      // By name and not in the key's order: so they stand in the Location that clients get.
      const sorted = columns.length > 1 ? columns.toSorted() : columns
      ofTables.set(relation, sorted)
      return sorted
    },
  }
}

async function constraintsByRelation(
  catalog: Catalog,
  previous: PreviousKeys | undefined,
  pause: Pause,
): Promise<ReadonlyMap<number, readonly CatalogConstraint[]>> {
  const found = new Map<number, CatalogConstraint[]>()
  for (const constraint of catalog.constraints.values()) {
    const { relation } = constraint
    if (previous !== undefined && !previous.dirty.has(relation)) continue
    const others = found.get(relation)
    if (others === undefined) found.set(relation, [constraint])
    else others.push(constraint)
    if (pause.isDue()) await pause.rest()
  }
  if (previous === undefined) return found
  const all = new Map(previous.keys.constraints)
  for (const relation of previous.dirty) all.delete(relation)
  for (const [relation, constraints] of found) all.set(relation, constraints)
  return all
}

function primaryKeyConstraint(
  keys: Pick<Keys, 'constraintsOf'>,
  relation: number,
): CatalogConstraint | undefined {
  return keys.constraintsOf(relation).find(({ kind }) => kind === 'primary key')
}

/** A view has the keys of all tables whose keys it shows. */
function primaryKeysOfViews(
  keys: Pick<Keys, 'nameOf' | 'viewsOf' | 'tablesWithViews' | 'constraintsOf'>,
): Map<number, readonly string[]> {
  const found: { readonly view: number; readonly from: QualifiedName; readonly columns: string[] }[] = []
  for (const table of keys.tablesWithViews()) {
    const from = keys.nameOf(table)
    const constraint = primaryKeyConstraint(keys, table)
    if (from === undefined || constraint === undefined) continue
    for (const { view, columns: shown } of keys.viewsOf(table)) {
      const columns = constraint.columns.flatMap((position) => shown.get(position)?.[0] ?? NONE)
      if (columns.length === constraint.columns.length) found.push({ view: view.oid, from, columns })
    }
  }
  found.sort((a, b) => compareNames(a.from, b.from))
  const primaryKeys = new Map<number, readonly string[]>()
  for (const { view, columns } of found)
    primaryKeys.set(view, [...(primaryKeys.get(view) ?? NONE), ...columns])
  return primaryKeys
}

/** Columns are sorted by position, and without dropped ones each is at its own place. */
function columnAt(
  columns: CatalogRelation['columns'],
  position: number,
): CatalogRelation['columns'][number] | undefined {
  const expected = columns[position - 1]
  return expected?.position === position ? expected : columns.find((column) => column.position === position)
}

function columnsByTable(
  catalog: Catalog,
  view: CatalogRelation,
  isTransparent: (relation: number) => boolean,
): Map<number, Map<number, string[]>> {
  const tables = new Map<number, Map<number, string[]>>()
  for (const { position, name } of view.columns) {
    const origin = followOrigin(catalog, view, position, isTransparent)
    if (origin === undefined) continue
    let columns = tables.get(origin.relation)
    if (columns === undefined) tables.set(origin.relation, (columns = new Map()))
    const known = columns.get(origin.column)
    if (known === undefined) columns.set(origin.column, [name])
    else known.push(name)
  }
  return tables
}

/** Down to the table. Undefined for expressions, and where a view is in between that is not looked through. */
function followOrigin(
  catalog: Catalog,
  view: CatalogRelation,
  position: number,
  isTransparent: (relation: number) => boolean,
): Origin | undefined {
  let origin = view.origins.get(position)
  // Views can refer to each other in a circle, by `create or replace`.
  const seen = new Set([view.oid])
  while (origin !== undefined) {
    const relation = catalog.relations.get(origin.relation)
    if (relation === undefined || (relation.kind !== 'view' && relation.kind !== 'materialized view'))
      return origin
    if (!isTransparent(relation.oid) || seen.has(relation.oid)) return undefined
    seen.add(relation.oid)
    origin = relation.origins.get(origin.column)
  }
  return undefined
}

/** By schema, then by name. */
export function compareNames(a: QualifiedName, b: QualifiedName): number {
  return compareTexts(a.schema, b.schema) || compareTexts(a.name, b.name)
}

/** By UTF-16 code unit. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
