// The sidebar's tree as rows: tables with their columns, enums with their values, views, what is not drawn (functions, domains, sequences), migrations. Pure.
import type { Migration } from '#contract/capabilities/migrations.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { marksOf, type Mark } from '../canvas/marks.ts'
import { drawingOf, type Row, type Shape } from '../canvas/shapes.ts'
import type { DraftState } from '../draft.ts'
import type { TreeNode } from '../../../components/virtual-tree.tsx'

export interface SidebarNode extends TreeNode {
  readonly item:
    | { readonly kind: 'heading'; readonly count: number }
    | { readonly kind: 'shape'; readonly shape: Shape }
    | { readonly kind: 'row'; readonly shape: Shape; readonly row: Row }
    | { readonly kind: 'object'; readonly object: Undrawn; readonly mark: Mark | null }
    | { readonly kind: 'draft'; readonly steps: number }
    | { readonly kind: 'migration'; readonly migration: Migration }
}

/** What stands in no diagram. Sequences that a column owns go with it. */
export type Undrawn = Extract<ModelObject, { readonly kind: 'routine' | 'domain' | 'sequence' }>

export interface TreeParts {
  readonly draft: DraftState
  readonly migrations: readonly Migration[]
  readonly filter: string
  /** Ids of what differs from how it starts: headings start open, shapes closed. */
  readonly toggled: ReadonlySet<string>
}

/** How many migrations are listed; the page has all. */
const MAX_MIGRATIONS = 12

/** t2 before t10. */
const BY_NAME = new Intl.Collator(undefined, { numeric: true })

/** The rows that are visible. */
export function sidebarTree({ draft, migrations, filter, toggled }: TreeParts): readonly SidebarNode[] {
  const { shapes } = drawingOf(draft.base, draft.model, { showsViews: true, showsEnums: true, schemas: null })
  const wanted = filter.trim().toLowerCase()
  const matches = (shape: Shape): boolean =>
    wanted === '' ||
    shape.name.toLowerCase().includes(wanted) ||
    shape.rows.some((row) => row.name.toLowerCase().includes(wanted))
  const listed = shapes.filter(matches).toSorted((a, b) => BY_NAME.compare(a.name, b.name))
  const ofKind = (kind: Shape['kind']): readonly Shape[] => listed.filter((shape) => shape.kind === kind)
  const schemas = [...new Set(ofKind('table').map((shape) => shape.schema))].toSorted()
  const isOpen = (id: string): boolean => !toggled.has(id)
  const nodes: SidebarNode[] = []
  const addShapes = (all: readonly Shape[], depth: number): void => {
    for (const shape of all) {
      const isExpanded = toggled.has(shape.id)
      nodes.push({ id: shape.id, depth, isExpanded, label: shape.name, item: { kind: 'shape', shape } })
      if (isExpanded)
        for (const row of shape.rows)
          nodes.push({ id: row.id, depth: depth + 1, label: row.name, item: { kind: 'row', shape, row } })
    }
  }
  const addGroup = (id: string, label: string, all: readonly Shape[]): void => {
    if (all.length === 0) return
    const isExpanded = isOpen(id)
    nodes.push({ id, depth: 0, isExpanded, label, item: { kind: 'heading', count: all.length } })
    if (isExpanded) addShapes(all, 1)
  }
  // One schema needs no heading: its tables come first, as they are.
  if (schemas.length <= 1) addShapes(ofKind('table'), 0)
  else
    for (const schema of schemas)
      addGroup(
        `schema ${schema}`,
        schema,
        ofKind('table').filter((shape) => shape.schema === schema),
      )
  addGroup('enums', 'Enums', ofKind('enum'))
  addGroup('views', 'Views', ofKind('view'))
  const undrawn = undrawnOf(draft).filter(({ label }) => label.toLowerCase().includes(wanted))
  for (const { kind, label } of UNDRAWN) {
    const all = undrawn.filter(({ item }) => item.object.kind === kind)
    if (all.length === 0) continue
    const id = `undrawn ${kind}`
    const isExpanded = isOpen(id)
    nodes.push({ id, depth: 0, isExpanded, label, item: { kind: 'heading', count: all.length } })
    if (isExpanded) nodes.push(...all)
  }
  if (wanted === '' && (migrations.length > 0 || draft.head > 0)) {
    const isExpanded = isOpen('migrations')
    nodes.push({
      id: 'migrations',
      depth: 0,
      isExpanded,
      label: 'Migrations',
      item: { kind: 'heading', count: migrations.length },
    })
    if (isExpanded) {
      if (draft.head > 0)
        nodes.push({ id: 'draft', depth: 1, label: 'Draft', item: { kind: 'draft', steps: draft.head } })
      for (const migration of migrations.toReversed().slice(0, MAX_MIGRATIONS))
        nodes.push({
          id: migration.version,
          depth: 1,
          label: migration.name,
          item: { kind: 'migration', migration },
        })
    }
  }
  return nodes
}

const UNDRAWN: readonly { readonly kind: Undrawn['kind']; readonly label: string }[] = [
  { kind: 'routine', label: 'Functions' },
  { kind: 'domain', label: 'Domains' },
  { kind: 'sequence', label: 'Sequences' },
]

type UndrawnNode = SidebarNode & { readonly item: Extract<SidebarNode['item'], { readonly kind: 'object' }> }

/** By name; what the draft drops stays in the list until it is applied. */
function undrawnOf({ base, model }: Pick<DraftState, 'base' | 'model'>): readonly UndrawnNode[] {
  const before = new Map(undrawnIn(base).map((object) => [object.id, object]))
  const now = new Map(undrawnIn(model).map((object) => [object.id, object]))
  return [...new Map([...before, ...now]).values()]
    .map((object) => ({
      id: object.id,
      depth: 1,
      label: object.kind === 'routine' ? `${object.name}(${object.identityArguments})` : object.name,
      item: {
        kind: 'object' as const,
        object,
        mark: marksOf(before.get(object.id), now.get(object.id)).mark,
      },
    }))
    .toSorted((a, b) => BY_NAME.compare(a.label, b.label))
}

function undrawnIn({ objects }: SchemaModel): readonly Undrawn[] {
  const found: Undrawn[] = []
  for (const object of objects)
    if (object.kind === 'routine' || object.kind === 'domain') found.push(object)
    else if (object.kind === 'sequence' && object.ownedBy === null) found.push(object)
  return found
}
