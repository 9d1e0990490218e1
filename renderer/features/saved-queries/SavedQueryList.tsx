// The saved queries under the schema tree: open, rename, remove. A dot marks what waits to be synced.
import { ChevronDown, ChevronRight, Code, Pencil, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { SavedQuery } from '#contract/capabilities/saved-queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ContextMenu } from '../../components/context-menu.tsx'
import { VirtualTree, type TreeNode } from '../../components/virtual-tree.tsx'
import { TreeRow } from '../../components/tree-row.tsx'
import { useAction } from '../../host/host-provider.tsx'
import { useLayoutFlag } from '../../shell/use-layout.ts'
import { SaveQueryDialog } from './SaveQueryDialog.tsx'
import { useSavedQueries } from './use-saved-queries.ts'

export interface SavedQueryListProps {
  readonly onOpen: (query: SavedQuery) => void
  /** The query of the active tab. */
  readonly currentId: string | null
}

interface QueryNode extends TreeNode {
  readonly query: SavedQuery
}

const MAX_ROWS_SHOWN = 8

/** The list with its heading; nothing is drawn while there are none. */
export function SavedQueryList({ onOpen, currentId }: SavedQueryListProps): ReactNode {
  const { queries } = useSavedQueries()
  const [isOpen, setIsOpen] = useLayoutFlag('sidebar.savedQueries', true)
  const [menu, setMenu] = useState<{ query: SavedQuery; point: { x: number; y: number } } | null>(null)
  const [renaming, setRenaming] = useState<SavedQuery | null>(null)
  const [removing, setRemoving] = useState<SavedQuery | null>(null)
  const save = useAction(
    (host, input: { query: SavedQuery; name: string }) =>
      host.savedQueries.save({
        id: input.query.id,
        name: input.name,
        sql: input.query.sql,
        connectionId: input.query.connectionId,
      }),
    ['savedQueries'],
  )
  const remove = useAction(
    (host, query: SavedQuery) => host.savedQueries.remove({ id: query.id }),
    ['savedQueries'],
    {
      onSuccess: () => setRemoving(null),
    },
  )
  if (queries.length === 0) return null
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const nodes = queries.map((query): QueryNode => ({ id: query.id, depth: 0, label: query.name, query }))
  return (
    <section aria-label="Saved queries" className="flex flex-none flex-col border-t border-line-1">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex h-28 items-center gap-6 pr-12 pl-12 text-small font-semibold focus-visible:outline-offset-[-2px]"
      >
        <Chevron aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
        Saved queries
        <span className="ml-auto text-micro font-normal text-3 tabular-nums">{queries.length}</span>
      </button>
      {isOpen ? (
        <div
          className="flex flex-col pb-4"
          style={{ height: `calc(var(--row) * ${Math.min(queries.length, MAX_ROWS_SHOWN)} + 4px)` }}
        >
          <VirtualTree
            label="Saved queries"
            nodes={nodes}
            onToggle={() => undefined}
            onActivate={(node) => onOpen(node.query)}
            onContextMenu={(node, point) => setMenu({ query: node.query, point })}
          >
            {(node, { isSelected }) => (
              <TreeRow
                name={<span className={node.id === currentId ? 'text-1' : undefined}>{node.label}</span>}
                icon={Code}
                depth={1}
                isSelected={isSelected}
                {...(node.query.isPending ? { meta: <PendingMark /> } : {})}
              />
            )}
          </VirtualTree>
        </div>
      ) : null}
      <ContextMenu
        label="What to do with the query"
        point={menu?.point ?? null}
        entries={
          menu === null
            ? []
            : [
                { id: 'open', label: 'Open query', icon: Code, onAction: () => onOpen(menu.query) },
                {
                  id: 'rename',
                  label: 'Rename query',
                  icon: Pencil,
                  onAction: () => setRenaming(menu.query),
                },
                {
                  id: 'remove',
                  label: 'Delete query',
                  icon: Trash2,
                  isDanger: true,
                  startsGroup: true,
                  onAction: () => setRemoving(menu.query),
                },
              ]
        }
        onClose={() => setMenu(null)}
      />
      {renaming === null ? null : (
        <SaveQueryDialog
          title="Rename query"
          confirmLabel="Rename query"
          initialName={renaming.name}
          onSave={async (name) => void (await save.mutateAsync({ query: renaming, name }))}
          onClose={() => setRenaming(null)}
        />
      )}
      <ConfirmDialog
        isOpen={removing !== null}
        title={`Delete ${removing?.name ?? 'query'}?`}
        lost="The saved query is deleted on every machine of this account. Open tabs with its text stay."
        confirmLabel="Delete query"
        busyLabel="Deleting…"
        isBusy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => {
          if (removing !== null) remove.mutate(removing)
        }}
        onClose={() => setRemoving(null)}
      />
    </section>
  )
}

function PendingMark(): ReactNode {
  return (
    <span title="Changed here, not yet synced" className="inline-flex items-center">
      <span className="size-6 rounded-full border-[1.5px] border-line-3" />
      <span className="sr-only">not yet synced</span>
    </span>
  )
}
