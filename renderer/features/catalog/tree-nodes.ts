// The catalog as rows of a tree: schemas, their groups, relations, columns. Pure; only what is open is made.
import type {
  Catalog,
  CatalogColumn,
  CatalogRoutine,
  CatalogTable,
  CatalogType,
} from '#contract/capabilities/catalog.ts'
import type { TreeNode } from '../../components/virtual-tree.tsx'

type Parts =
  | { readonly kind: 'schema' }
  | { readonly kind: 'group'; readonly count: number }
  | { readonly kind: 'table'; readonly table: CatalogTable }
  | {
      readonly kind: 'column'
      readonly table: CatalogTable
      readonly column: CatalogColumn
      readonly key: 'primary' | 'foreign' | null
    }
  | { readonly kind: 'routine'; readonly routine: CatalogRoutine }
  | { readonly kind: 'type'; readonly type: CatalogType }

export type CatalogNode = TreeNode &
  Parts & { readonly match: { readonly start: number; readonly end: number } | null }

/** Nodes that are open by id; those not named are as `isOpenByDefault` says. */
export type OpenNodes = Readonly<Record<string, boolean>>

const GROUPS: readonly { readonly title: string; readonly kinds: readonly CatalogTable['kind'][] }[] = [
  { title: 'Tables', kinds: ['table', 'partitioned table', 'foreign table'] },
  { title: 'Views', kinds: ['view'] },
  { title: 'Materialized views', kinds: ['materialized view'] },
]

/** The visible rows of a catalog. A filter opens what holds a match and leaves out what holds none. */
export function catalogNodes(catalog: Catalog, filter: string, open: OpenNodes): CatalogNode[] {
  const wanted = filter.trim().toLowerCase()
  const isFiltered = wanted !== ''
  const nodes: CatalogNode[] = []
  const firstSchema = catalog.schemas.some((schema) => schema.name === 'public')
    ? 'public'
    : catalog.schemas[0]?.name
  const tables = groupBy(catalog.tables, (table) => table.schema)
  const routines = groupBy(catalog.routines, (routine) => routine.schema)
  const types = groupBy(catalog.types, (type) => type.schema)
  // public first, as people look there first.
  const schemas = catalog.schemas.toSorted(
    (a, b) => Number(b.name === firstSchema) - Number(a.name === firstSchema),
  )

  for (const schema of schemas) {
    const id = `s:${schema.name}`
    const groups = GROUPS.map((group) => ({
      title: group.title,
      tables: (tables.get(schema.name) ?? []).filter((table) => group.kinds.includes(table.kind)),
    }))
    const inner: CatalogNode[] = []
    const isOpen = isFiltered || (open[id] ?? schema.name === firstSchema)
    for (const group of groups) {
      const shown = isFiltered ? group.tables.filter((table) => holdsMatch(table, wanted)) : group.tables
      if (shown.length === 0) continue
      const groupId = `${id}/${group.title}`
      const isGroupOpen = isFiltered || (open[groupId] ?? group.title === 'Tables')
      inner.push(groupNode(groupId, group.title, shown.length, isGroupOpen))
      if (isOpen && isGroupOpen) for (const table of shown) inner.push(...tableNodes(table, wanted, open))
    }
    const leaves = [
      {
        title: 'Functions',
        items: (routines.get(schema.name) ?? []).map((routine) => ({
          label: routine.name,
          key: String(routine.oid),
          part: { kind: 'routine' as const, routine },
        })),
      },
      {
        title: 'Types',
        items: (types.get(schema.name) ?? []).map((type) => ({
          label: type.name,
          key: String(type.oid),
          part: { kind: 'type' as const, type },
        })),
      },
    ]
    for (const { title, items } of leaves) {
      const shown = isFiltered ? items.filter((item) => item.label.toLowerCase().includes(wanted)) : items
      if (shown.length === 0) continue
      const groupId = `${id}/${title}`
      const isGroupOpen = isFiltered || open[groupId] === true
      inner.push(groupNode(groupId, title, shown.length, isGroupOpen))
      if (!isOpen || !isGroupOpen) continue
      for (const item of shown)
        inner.push({
          id: `${groupId}/${item.key}`,
          depth: 2,
          label: item.label,
          match: matchIn(item.label, wanted),
          ...item.part,
        })
    }
    const isMatch = schema.name.toLowerCase().includes(wanted)
    if (isFiltered && inner.length === 0 && !isMatch) continue
    nodes.push({
      id,
      depth: 0,
      label: schema.name,
      isExpanded: isOpen,
      kind: 'schema',
      match: matchIn(schema.name, wanted),
    })
    if (isOpen) nodes.push(...inner)
  }
  return nodes
}

function groupNode(id: string, label: string, count: number, isExpanded: boolean): CatalogNode {
  return { id, depth: 1, label, isExpanded, kind: 'group', count, match: null }
}

function tableNodes(table: CatalogTable, wanted: string, open: OpenNodes): CatalogNode[] {
  const id = `t:${table.schema}.${table.name}`
  const isNamed = wanted === '' || table.name.toLowerCase().includes(wanted)
  const columns = isNamed
    ? table.columns
    : table.columns.filter((column) => column.name.toLowerCase().includes(wanted))
  const isExpanded = open[id] ?? (wanted !== '' && !isNamed)
  const node: CatalogNode = {
    id,
    depth: 2,
    label: table.name,
    isExpanded,
    kind: 'table',
    table,
    match: matchIn(table.name, wanted),
  }
  if (!isExpanded) return [node]
  const foreign = new Set(
    table.constraints
      .filter((constraint) => constraint.kind === 'foreign key')
      .flatMap((constraint) => constraint.columns),
  )
  return [
    node,
    ...columns.map((column): CatalogNode => ({
      id: `${id}/${column.name}`,
      depth: 3,
      label: column.name,
      kind: 'column',
      table,
      column,
      key: column.isPrimaryKey ? 'primary' : foreign.has(column.name) ? 'foreign' : null,
      match: matchIn(column.name, wanted),
    })),
  ]
}

function holdsMatch(table: CatalogTable, wanted: string): boolean {
  return (
    table.name.toLowerCase().includes(wanted) ||
    table.columns.some((column) => column.name.toLowerCase().includes(wanted))
  )
}

function matchIn(label: string, wanted: string): { start: number; end: number } | null {
  const start = wanted === '' ? -1 : label.toLowerCase().indexOf(wanted)
  return start === -1 ? null : { start, end: start + wanted.length }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const list = groups.get(keyOf(item))
    if (list === undefined) groups.set(keyOf(item), [item])
    else list.push(item)
  }
  return groups
}
