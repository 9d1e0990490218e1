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
  /** Tables that have views. */
  tablesWithViews(): Iterable<number>
}

const NONE: readonly never[] = []

/** Looks through views of the exposed schemas and the extra search path, however many stand above each other. */
export async function findKeys(catalog: Catalog, scope: SchemaScope, pause: Pause): Promise<Keys> {
  const names = new Map<number, QualifiedName>()
  const exposed = new Set<number>()
  const transparent = new Set<number>()
  for (const { oid, namespace, name } of catalog.relations.values()) {
    const schema = catalog.extras.namespaces.get(namespace)
    if (schema === undefined) continue
    names.set(oid, { schema, name })
    if (scope.schemas.includes(schema)) exposed.add(oid)
    if (exposed.has(oid) || scope.extraSearchPath.includes(schema)) transparent.add(oid)
    if (pause.isDue()) await pause.rest()
  }
  const columnNames = (relation: number, positions: readonly number[]): KeyColumns | undefined => {
    const columns = catalog.relations.get(relation)?.columns ?? NONE
    const found = positions.flatMap((position) => columnAt(columns, position)?.name ?? NONE)
    return found.length === positions.length ? found : undefined
  }
  const views = new Map<number, ViewOfTable[]>()
  for (const view of catalog.relations.values()) {
    if (view.origins.size === 0 || !exposed.has(view.oid)) continue
    for (const [table, columns] of columnsByTable(catalog, view, transparent)) {
      const known = views.get(table)
      if (known === undefined) views.set(table, [{ view, columns }])
      else known.push({ view, columns })
    }
    if (pause.isDue()) await pause.rest()
  }
  const viewsOf = (table: number): readonly ViewOfTable[] => views.get(table) ?? NONE
  const primaryKeys = new Map<number, readonly string[]>()
  const ofViews: { readonly view: number; readonly from: QualifiedName; readonly columns: string[] }[] = []
  const constraints = new Map<number, CatalogConstraint[]>()
  for (const constraint of catalog.constraints.values()) {
    const { kind, relation, columns } = constraint
    const others = constraints.get(relation)
    if (others === undefined) constraints.set(relation, [constraint])
    else others.push(constraint)
    if (kind !== 'primary key') continue
    // By name and not in the key's order: so they stand in the Location that clients get.
    primaryKeys.set(relation, (columnNames(relation, columns) ?? NONE).toSorted())
    const from = names.get(relation)
    for (const { view, columns: shown } of viewsOf(relation)) {
      const found = columns.flatMap((position) => shown.get(position)?.[0] ?? NONE)
      if (from !== undefined && found.length === columns.length)
        ofViews.push({ view: view.oid, from, columns: found })
    }
    if (pause.isDue()) await pause.rest()
  }
  ofViews.sort((a, b) => compareNames(a.from, b.from))
  for (const { view, columns } of ofViews)
    primaryKeys.set(view, [...(primaryKeys.get(view) ?? NONE), ...columns])
  return {
    nameOf: (relation) => names.get(relation),
    isExposed: (relation) => exposed.has(relation),
    columnNames,
    viewsOf,
    primaryKeyOf: (relation) => primaryKeys.get(relation) ?? NONE,
    constraintsOf: (relation) => constraints.get(relation) ?? NONE,
    tablesWithViews: () => views.keys(),
  }
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
  transparent: ReadonlySet<number>,
): Map<number, Map<number, string[]>> {
  const tables = new Map<number, Map<number, string[]>>()
  for (const { position, name } of view.columns) {
    const origin = followOrigin(catalog, view, position, transparent)
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
  transparent: ReadonlySet<number>,
): Origin | undefined {
  let origin = view.origins.get(position)
  // Views can refer to each other in a circle, by `create or replace`.
  const seen = new Set([view.oid])
  while (origin !== undefined) {
    const relation = catalog.relations.get(origin.relation)
    if (relation === undefined || (relation.kind !== 'view' && relation.kind !== 'materialized view'))
      return origin
    if (!transparent.has(relation.oid) || seen.has(relation.oid)) return undefined
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
