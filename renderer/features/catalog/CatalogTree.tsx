// The schema tree of the connection that the active tab uses, with its filter, its age and what can be done with each object.
import {
  Braces,
  ClipboardCopy,
  CornerDownLeft,
  FlaskConical,
  Folder,
  KeyRound,
  Layers,
  Link,
  Network,
  Play,
  Plus,
  RefreshCw,
  ScanEye,
  SquareFunction,
  SquareTerminal,
  Table2,
  type LucideIcon,
} from 'lucide-react'
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react'
import type { CatalogTable } from '#contract/capabilities/catalog.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import { shortType } from '#postgres/common/types/short-type.ts'
import { IconButton } from '../../components/button.tsx'
import { ContextMenu } from '../../components/context-menu.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Button } from '../../components/button.tsx'
import { formatAge, formatCount, formatFull } from '../../components/format.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { TreeRow } from '../../components/tree-row.tsx'
import { useNow } from '../../components/use-now.ts'
import { VirtualTree } from '../../components/virtual-tree.tsx'
import { SidebarHeading } from '../../shell/sidebar-parts.tsx'
import { useShell } from '../../shell/shell.tsx'
import { toConnectionId } from '../connections/index.ts'
import { useProjects } from '../projects/index.ts'
import { useAskTester } from '../requests/index.ts'
import { openTableSql, sqlName } from './object-sql.ts'
import { catalogNodes, type CatalogNode, type OpenNodes } from './tree-nodes.ts'
import { useCatalog, type UseCatalog } from './use-catalog.ts'

export interface CatalogTreeProps {
  readonly connectionId: ConnectionId | null
  /** Writes a name at the caret of the active tab. */
  readonly onInsert: (text: string) => void
  readonly onNewQuery: () => void
}

/** The tree with its heading. */
export function CatalogTree({ connectionId, onInsert, onNewQuery }: CatalogTreeProps): ReactNode {
  const catalog = useCatalog(connectionId)
  const [filter, setFilter] = useState('')
  return (
    <>
      <SidebarHeading
        title="Database"
        actions={
          <>
            <IconButton
              icon={RefreshCw}
              label="Refresh the schema"
              isBusy={catalog.isRefreshing}
              isDisabled={connectionId === null}
              onPress={catalog.refresh}
            />
            <IconButton icon={Plus} label="New query" onPress={onNewQuery} />
          </>
        }
      />
      <div className="flex-none px-8 py-7">
        <SearchField label="Filter objects" value={filter} onChange={setFilter} />
      </div>
      <SnapshotAge catalog={catalog} />
      <CatalogBody catalog={catalog} connectionId={connectionId} filter={filter} onInsert={onInsert} />
    </>
  )
}

/** Says how old the tree is when the database could not be reached. */
function SnapshotAge({ catalog }: { readonly catalog: UseCatalog }): ReactNode {
  const snapshot = catalog.reading.data
  const now = useNow(30_000, snapshot?.isStale === true)
  if (snapshot === undefined || !snapshot.isStale) return null
  return (
    <p className="flex-none px-12 pb-6 text-small text-3">
      Schema as of{' '}
      <span title={formatFull(snapshot.asOf)} className="underline decoration-dotted underline-offset-2">
        {formatAge(snapshot.asOf, now)}
      </span>
      , the database cannot be reached.
    </p>
  )
}

interface CatalogBodyProps {
  readonly catalog: UseCatalog
  readonly connectionId: ConnectionId | null
  readonly filter: string
  readonly onInsert: (text: string) => void
}

function CatalogBody({ catalog, connectionId, filter, onInsert }: CatalogBodyProps): ReactNode {
  const shell = useShell()
  const ask = useAskTester()
  const projects = useProjects()
  const [open, setOpen] = useState<OpenNodes>({})
  const [menu, setMenu] = useState<{ node: CatalogNode; point: { x: number; y: number } } | null>(null)
  const wanted = useDeferredValue(filter)
  const { data: snapshot, error, isPending } = catalog.reading
  const nodes = useMemo(
    () => (snapshot === undefined ? [] : catalogNodes(snapshot.catalog, wanted, open)),
    [snapshot, wanted, open],
  )
  if (connectionId === null)
    return (
      <EmptyState title="No connection">Choose a connection in the toolbar to see its schema.</EmptyState>
    )
  if (snapshot === undefined && error !== null)
    return (
      <EmptyState
        title="The schema could not be read"
        action={<Button onPress={catalog.refresh}>Try again</Button>}
      >
        {isAppError(error) ? error.message : 'The host did not answer.'}
      </EmptyState>
    )
  if (isPending || snapshot === undefined) return <SkeletonRows count={8} label="Reading the schema" />
  if (snapshot.catalog.tables.length === 0 && wanted === '' && snapshot.catalog.routines.length === 0)
    return (
      <EmptyState title="No tables yet">
        Run <code>create table</code> in a tab; the tree follows by itself.
      </EmptyState>
    )
  if (nodes.length === 0) return <p className="px-12 py-8 text-small text-2">Nothing matches “{wanted}”.</p>

  const openTable = (table: CatalogTable): void =>
    shell.openSql({ connectionId, sql: openTableSql(table), title: table.name, run: true })
  const toggle = (node: CatalogNode): void =>
    setOpen((before) => ({ ...before, [node.id]: node.isExpanded !== true }))
  const activate = (node: CatalogNode): void => {
    if (node.kind === 'table') openTable(node.table)
    else if (node.isExpanded === undefined) onInsert(sqlName(node))
  }
  const copyName = (name: string): void => {
    navigator.clipboard.writeText(name).then(
      () => shell.notifications.toast({ text: `Copied ${name}` }),
      () => shell.notifications.toast({ text: 'The clipboard is not available.', tone: 'danger' }),
    )
  }
  const entriesOf = (node: CatalogNode): MenuEntry[] => {
    const name = sqlName(node)
    return [
      ...(node.kind === 'table'
        ? [
            { id: 'open', label: 'Open table', icon: Play, onAction: () => openTable(node.table) },
            {
              id: 'structure',
              label: 'Edit structure',
              icon: Network,
              onAction: () =>
                shell.openStructure({ connectionId, schema: node.table.schema, name: node.table.name }),
            },
          ]
        : []),
      ...(node.kind === 'table' &&
      ask !== null &&
      projects.data?.items.some(({ id }) => toConnectionId(id) === connectionId)
        ? [
            {
              id: 'generate',
              label: `Generate requests for this ${node.table.kind.includes('view') ? 'view' : 'table'}`,
              icon: FlaskConical,
              onAction: () =>
                ask({ kind: 'generateFor', projectId: connectionId, tables: [node.table.name] }),
            },
          ]
        : []),
      { id: 'insert', label: 'Insert name', icon: CornerDownLeft, onAction: () => onInsert(name) },
      { id: 'copy', label: 'Copy name', icon: ClipboardCopy, onAction: () => copyName(name) },
      {
        id: 'query',
        label: 'New query',
        icon: SquareTerminal,
        startsGroup: true,
        onAction: () =>
          shell.openSql({
            connectionId,
            ...(node.kind === 'table' ? { sql: openTableSql(node.table) } : {}),
          }),
      },
      { id: 'refresh', label: 'Refresh the schema', icon: RefreshCw, onAction: catalog.refresh },
    ]
  }

  return (
    <>
      <VirtualTree
        label="Objects of the database"
        nodes={nodes}
        onToggle={toggle}
        onActivate={activate}
        onContextMenu={(node, point) => setMenu({ node, point })}
      >
        {(node, { isSelected }) => (
          <CatalogRow node={node} isSelected={isSelected} isStale={snapshot.isStale} />
        )}
      </VirtualTree>
      <ContextMenu
        label="What to do with it"
        point={menu?.point ?? null}
        entries={menu === null ? [] : entriesOf(menu.node)}
        onClose={() => setMenu(null)}
      />
    </>
  )
}

interface RowProps {
  readonly node: CatalogNode
  readonly isSelected: boolean
  readonly isStale: boolean
}

function CatalogRow({ node, isSelected, isStale }: RowProps): ReactNode {
  const icon = iconOf(node)
  return (
    <TreeRow
      name={<Name node={node} isStale={isStale} />}
      {...(icon === undefined ? {} : { icon })}
      depth={node.depth}
      isExpanded={node.isExpanded}
      isSelected={isSelected}
      isMono={node.kind === 'column'}
      keepsChevronRoom={node.kind !== 'column' || icon === undefined}
      meta={metaOf(node)}
    />
  )
}

function Name({ node, isStale }: { readonly node: CatalogNode; readonly isStale: boolean }): ReactNode {
  const { match, label } = node
  const text =
    match === null ? (
      label
    ) : (
      <>
        {label.slice(0, match.start)}
        <span className="font-semibold text-accent-text">{label.slice(match.start, match.end)}</span>
        {label.slice(match.end)}
      </>
    )
  const isObject = node.kind === 'table'
  return (
    <span
      className={
        isStale && isObject ? 'underline decoration-line-3 decoration-dotted underline-offset-3' : undefined
      }
      {...(node.kind === 'table' && node.table.comment !== null ? { title: node.table.comment } : {})}
    >
      {text}
    </span>
  )
}

function iconOf(node: CatalogNode): LucideIcon | undefined {
  switch (node.kind) {
    case 'schema':
      return Layers
    case 'group':
      return Folder
    case 'table':
      return node.table.kind.endsWith('view') ? ScanEye : Table2
    case 'column':
      return node.key === 'primary' ? KeyRound : node.key === 'foreign' ? Link : undefined
    case 'routine':
      return SquareFunction
    case 'type':
      return Braces
  }
}

function metaOf(node: CatalogNode): ReactNode {
  switch (node.kind) {
    case 'group':
      return formatCount(node.count)
    case 'table':
      return node.table.estimatedRows === null ? undefined : formatCount(node.table.estimatedRows)
    case 'column':
      return <span className="font-mono">{shortType(node.column.type)}</span>
    case 'type':
      return node.type.kind
    case 'routine':
      return node.routine.returns === null ? undefined : shortType(node.routine.returns)
    case 'schema':
      return undefined
  }
}
