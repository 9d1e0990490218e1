// The tree: opening, renaming in place, moving by drag and by keys, and the menu of every row.
import { CircleAlert, Folder, FolderGit2, HardDrive } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ContextMenu } from '../../../components/context-menu.tsx'
import { formatCount } from '../../../components/format.ts'
import type { MenuEntry } from '../../../components/menu.tsx'
import { MethodLabel } from '../../../components/method-label.tsx'
import { TreeRow } from '../../../components/tree-row.tsx'
import { VirtualTree } from '../../../components/virtual-tree.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useAction } from '../../../host/host-provider.tsx'
import { useStore } from '../../../host/store.ts'
import { useShell } from '../../../shell/shell.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'
import { SyncMark } from './sync-mark.tsx'
import { folderOf, nodeId, type ItemIndex, type RequestNode } from './tree-nodes.ts'
import { useTreeActions } from './use-tree-actions.ts'

export interface CollectionTreeProps {
  readonly nodes: readonly RequestNode[]
  readonly collections: readonly CollectionInfo[]
  readonly indexes: ReadonlyMap<CollectionId, ItemIndex>
}

/** The tree. */
export function CollectionTree({ nodes, indexes }: CollectionTreeProps): ReactNode {
  const { tabs, toggled, ask } = useRequestWorkbench()
  const actions = useTreeActions()
  const all = useStore(tabs.tabs)
  const activeId = useStore(tabs.activeId)
  const active = all.find((tab) => tab.id === activeId)
  const current =
    active?.kind === 'request' && active.collectionId !== null && active.path !== null
      ? nodeId(active.collectionId, active.path)
      : null
  const [menu, setMenu] = useState<{ node: RequestNode; point: { x: number; y: number } } | null>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  const [moving, setMoving] = useState<RequestNode | null>(null)
  const [deleting, setDeleting] = useState<RequestNode | null>(null)
  const { notifications } = useShell()
  const reopen = useAction((host, folder: string) => host.collections.open({ folder }), ['collections'], {
    onError: (error) => notifications.toast({ tone: 'danger', text: error.message }),
  })
  const close = useAction((host, { id }: CollectionInfo) => host.collections.close({ id }), ['collections'], {
    onSuccess: (_, { name, folder }) => {
      setDeleting(null)
      if (folder === null) notifications.toast({ text: `${name} is deleted.` })
      else
        notifications.toast({
          text: `${name} is closed. Its files stay in ${folder}.`,
          action: { label: 'Open again', run: () => reopen.mutate(folder) },
        })
    },
    onError: (error, { folder }) => {
      if (folder !== null) notifications.toast({ tone: 'danger', text: error.message })
    },
  })

  const open = (node: RequestNode): void => {
    if (node.item !== null && node.item.kind !== 'folder' && node.item.kind !== 'script')
      tabs.openFile(node.collectionId, node.path)
    else toggle(node)
  }
  const toggle = (node: RequestNode): void =>
    toggled.update((before) => {
      const after = new Set(before)
      if (!after.delete(node.id)) after.add(node.id)
      return after
    })
  const siblingsOf = (node: RequestNode) =>
    indexes.get(node.collectionId)?.children.get(folderOf(node.path)) ?? []
  const step = (node: RequestNode, by: 1 | -1): void => {
    const siblings = siblingsOf(node)
    const at = siblings.findIndex((one) => one.path === node.path)
    const to = at + by
    if (to < 0 || to >= siblings.length) return
    const before = by === 1 ? siblings[at + 2] : siblings[to]
    void actions.move(node.collectionId, node.path, {
      folder: folderOf(node.path),
      before: before?.path ?? null,
    })
  }
  const onKey = (event: KeyboardEvent, node: RequestNode): boolean => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey
    if (node.item === null) return false
    if (event.key === 'F2' && isPlain) setRenaming(node.id)
    else if (event.key === 'Delete' && isPlain) void actions.remove(node.collectionId, node.path, node.label)
    else if (event.altKey && isPlain && event.key === 'ArrowUp') step(node, -1)
    else if (event.altKey && isPlain && event.key === 'ArrowDown') step(node, 1)
    else return false
    return true
  }
  const menuEntries = (node: RequestNode): readonly MenuEntry[] => {
    const { collectionId, path, item } = node
    const isRequest = item !== null && item.kind !== 'folder'
    const folder = isRequest ? folderOf(path) : path
    const asking = (kind: 'export' | 'settings' | 'environments' | 'import' | 'mocks' | 'drift') => () =>
      ask.set({ kind, collectionId, path })
    const newItem: readonly MenuEntry[] = [
      { id: 'request', label: 'New request', onAction: () => void actions.newRequest(collectionId, folder) },
      {
        id: 'folder',
        label: 'New folder',
        onAction: () =>
          void actions.newFolder(collectionId, folder).then((made) => {
            if (made === undefined) return
            if (folder !== '') toggled.update((before) => new Set([...before, nodeId(collectionId, folder)]))
            setRenaming(nodeId(collectionId, made))
          }),
      },
    ]
    const shared: readonly MenuEntry[] = [
      {
        id: 'run',
        label: 'Run',
        startsGroup: true,
        onAction: () => ask.set({ kind: 'run', collectionId, path }),
      },
      { id: 'export', label: 'Export', onAction: asking('export') },
      {
        id: 'path',
        label: 'Copy path',
        onAction: () =>
          void navigator.clipboard.writeText([node.collection.folder, path].filter(Boolean).join('/')),
      },
    ]
    if (item === null)
      return [
        ...newItem,
        ...shared,
        { id: 'import', label: 'Import into it', onAction: asking('import') },
        { id: 'mocks', label: 'Mock servers', startsGroup: true, onAction: asking('mocks') },
        { id: 'drift', label: 'Compare with its source', onAction: asking('drift') },
        { id: 'environments', label: 'Environments', startsGroup: true, onAction: asking('environments') },
        { id: 'settings', label: 'Collection settings', onAction: asking('settings') },
        {
          id: 'close',
          label: node.collection.folder === null ? 'Delete collection' : 'Close collection',
          isDanger: node.collection.folder === null,
          startsGroup: true,
          onAction: () =>
            node.collection.folder === null ? setDeleting(node) : close.mutate(node.collection),
        },
      ]
    return [
      ...(isRequest ? [{ id: 'open', label: 'Open', onAction: () => open(node) }] : []),
      ...newItem,
      {
        id: 'rename',
        label: 'Rename',
        caps: ['F2'],
        startsGroup: true,
        onAction: () => setRenaming(node.id),
      },
      { id: 'duplicate', label: 'Duplicate', onAction: () => void actions.duplicate(collectionId, path) },
      { id: 'move', label: 'Move to folder', onAction: () => setMoving(node) },
      { id: 'up', label: 'Move up', caps: ['Alt', '↑'], onAction: () => step(node, -1) },
      { id: 'down', label: 'Move down', caps: ['Alt', '↓'], onAction: () => step(node, 1) },
      ...shared,
      ...(isRequest ? [] : [{ id: 'settings', label: 'Folder settings', onAction: asking('settings') }]),
      {
        id: 'remove',
        label: 'Delete',
        caps: ['Delete'],
        isDanger: true,
        startsGroup: true,
        onAction: () => void actions.remove(collectionId, path, node.label),
      },
    ]
  }

  return (
    <>
      <VirtualTree
        label="Collections"
        nodes={nodes}
        follows={current}
        onToggle={toggle}
        onSelect={(node, by) => {
          // A row that a press chooses opens at once; one that the arrows pass does not.
          if (by === 'pointer' && node.item !== null && node.item.kind !== 'folder') open(node)
        }}
        onActivate={open}
        onContextMenu={(node, point) => setMenu({ node, point })}
        onKey={onKey}
        canDrag={(node) => node.item !== null && renaming === null}
        canDrop={(dragged, target, place) =>
          dragged.collectionId === target.collectionId &&
          !`${target.path}/`.startsWith(`${dragged.path}/`) &&
          (place === 'into' ? target.isExpanded !== undefined : target.item !== null)
        }
        onDrop={(dragged, target, place) =>
          void actions.move(dragged.collectionId, dragged.path, {
            folder: place === 'into' ? target.path : folderOf(target.path),
            before: place === 'into' ? null : target.path,
          })
        }
      >
        {(node, { isSelected }) => (
          <Row
            node={node}
            isSelected={node.id === current || (isSelected && current === null)}
            isRenaming={renaming === node.id}
            onRename={(name) => {
              setRenaming(null)
              if (name !== null && name.trim() !== '' && name !== node.label)
                void actions.rename(node.collectionId, node.path, name.trim())
            }}
          />
        )}
      </VirtualTree>
      <ContextMenu
        label="Item"
        point={menu?.point ?? null}
        entries={menu === null ? [] : menuEntries(menu.node)}
        onClose={() => setMenu(null)}
      />
      <ConfirmDialog
        isOpen={deleting !== null}
        title={`Delete collection ${deleting?.label ?? ''}?`}
        lost={`${formatCount(deleting?.count ?? 0)} ${deleting?.count === 1 ? 'request' : 'requests'} with their folders and environments, kept on this machine only.`}
        survives="Export it first to keep it. The history stays."
        confirmLabel="Delete collection"
        busyLabel="Deleting…"
        isBusy={close.isPending}
        error={describeError(close.error)?.message}
        onConfirm={() => deleting !== null && close.mutate(deleting.collection)}
        onClose={() => setDeleting(null)}
      />
      {moving === null ? null : (
        <MoveDialog
          node={moving}
          index={indexes.get(moving.collectionId)}
          onMove={(folder) =>
            actions
              .move(moving.collectionId, moving.path, { folder, before: null })
              .then(() => setMoving(null))
          }
          onClose={() => setMoving(null)}
        />
      )}
    </>
  )
}

interface RowProps {
  readonly node: RequestNode
  readonly isSelected: boolean
  readonly isRenaming: boolean
  /** Null: as it was. */
  readonly onRename: (name: string | null) => void
}

function Row({ node, isSelected, isRenaming, onRename }: RowProps): ReactNode {
  const { item } = node
  const Mark = useRequestWorkbench().parts.CollectionMark
  const problem = item === null ? node.collection.unavailable : item.problem
  const name = isRenaming ? (
    <RenameField name={node.label} onDone={onRename} />
  ) : (
    <span className={isSelected ? 'text-1' : undefined} title={problem ?? node.found ?? undefined}>
      {node.label}
      {item === null ? <SyncMark collection={node.collection} /> : null}
      {node.found === null ? null : <span className="ml-8 text-3">{node.found}</span>}
    </span>
  )
  const mark =
    problem === null ? undefined : (
      <span className="text-warning" title={problem}>
        <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} />
        <span className="sr-only">{problem}</span>
      </span>
    )
  if (item === null || item.kind === 'folder')
    return (
      <TreeRow
        name={name}
        icon={item !== null ? Folder : node.collection.folder === null ? HardDrive : FolderGit2}
        depth={node.depth}
        isExpanded={node.isExpanded}
        isSelected={isSelected}
        meta={
          mark ??
          (item === null && Mark !== undefined ? (
            <span className="flex items-center gap-8">
              <Mark collectionId={node.collectionId} />
              {formatCount(node.count)}
            </span>
          ) : (
            formatCount(node.count)
          ))
        }
      />
    )
  return (
    <span className="relative block">
      <TreeRow
        name={
          <span className="flex items-center gap-8">
            <MethodLabel method={methodWord(item.kind, item.method)} isColumn />
            <span className="min-w-0 truncate">{name}</span>
          </span>
        }
        depth={Math.max(0, node.depth - 1)}
        isSelected={isSelected}
        meta={mark}
      />
    </span>
  )
}

function methodWord(kind: string, method: string): string {
  return kind === 'graphql' ? 'GQL' : kind === 'websocket' ? 'WS' : kind === 'script' ? 'JS' : method
}

function RenameField(props: {
  readonly name: string
  readonly onDone: (name: string | null) => void
}): ReactNode {
  const [name, setName] = useState(props.name)
  return (
    <input
      autoFocus
      aria-label="New name"
      value={name}
      spellCheck={false}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setName(event.target.value)}
      onBlur={() => props.onDone(name)}
      onMouseDown={(event) => event.stopPropagation()}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') event.currentTarget.blur()
        else if (event.key === 'Escape') props.onDone(null)
      }}
      className="h-20 w-full rounded-badge border border-line-3 bg-s2 px-4 text-small text-1 outline-none"
    />
  )
}
