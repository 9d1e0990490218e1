// The sidebar of the designer: everything of the schema as a tree, what is new and what changed, and the latest migrations. The canvas in words.
import {
  Eye,
  FileCode2,
  GitCompareArrows,
  Hash,
  KeyRound,
  Link2,
  Plus,
  Shapes,
  Sigma,
  SquareFunction,
  Table2,
} from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { Design } from '#contract/capabilities/designs.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { IconButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { MenuButton, type MenuEntry } from '../../../components/menu.tsx'
import { SearchField } from '../../../components/text-field.tsx'
import { TreeRow } from '../../../components/tree-row.tsx'
import { VirtualTree } from '../../../components/virtual-tree.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useStore } from '../../../host/store.ts'
import { CommandIconButton } from '../../../shell/command-hint.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { SidebarHeading } from '../../../shell/sidebar-parts.tsx'
import { useMigrations } from '../../migrations/index.ts'
import { MARK_WORDS, type Mark } from '../canvas/marks.ts'
import type { Shape } from '../canvas/shapes.ts'
import { useDesigner } from '../designer-workbench.tsx'
import type { DesignSession } from '../session.ts'
import { sidebarTree, type SidebarNode } from './tree.ts'

const ICONS = {
  table: Table2,
  view: Eye,
  enum: Hash,
  routine: SquareFunction,
  domain: Shapes,
  sequence: Sigma,
} as const
const TONES: Readonly<Record<Mark, string>> = {
  new: 'text-success',
  changed: 'text-warning',
  dropped: 'text-danger',
}

/** The sidebar. */
export function DesignerSidebar(): ReactNode {
  const { tabs, opened } = useDesigner()
  const { activeId } = useStore(tabs)
  const states = useStore(opened)
  const state = activeId === null ? undefined : states.get(activeId)
  return (
    <>
      <SidebarHeading
        title="Schema"
        actions={
          <>
            <CommandIconButton command="designer.migrations" icon={FileCode2} />
            <CommandIconButton command="designer.compare" icon={GitCompareArrows} />
            <NewMenu />
          </>
        }
      />
      {state?.status === 'open' ? <Tree key={activeId} session={state.session} /> : null}
    </>
  )
}

function NewMenu(): ReactNode {
  const shell = useShell()
  const workbench = useDesigner()
  const designs = useStore(workbench.designs)
  const { ids, activeId } = useStore(workbench.tabs)
  const [removing, setRemoving] = useState<Design | null>(null)
  if (designs === null) return null
  const active = designs.find(({ designId }) => designId === activeId)
  const entries: MenuEntry[] = [
    {
      id: 'table',
      label: 'New table',
      icon: Table2,
      caps: ['T'],
      isDisabled: active === undefined,
      onAction: () => void shell.commands.run('designer.table'),
    },
    { id: 'design', label: 'New design', onAction: () => shell.tabHost.get()?.create() },
    ...designs
      .filter(({ designId }) => !ids.includes(designId))
      .map((design, at) => ({
        id: design.designId,
        label: `Open ${design.name}`,
        startsGroup: at === 0,
        ...(design.stagedSteps === 0 ? {} : { detail: `${design.stagedSteps} changes` }),
        onAction: () => workbench.open(design.designId),
      })),
    ...(active === undefined
      ? []
      : [
          {
            id: 'remove',
            label: `Delete design ${active.name}`,
            isDanger: true,
            startsGroup: true,
            onAction: () => setRemoving(active),
          },
        ]),
  ]
  return (
    <>
      <MenuButton label="New" entries={entries} placement="bottom end">
        <IconButton icon={Plus} label="New table or design" />
      </MenuButton>
      <RemoveDesign design={removing} onClose={() => setRemoving(null)} />
    </>
  )
}

function RemoveDesign({
  design,
  onClose,
}: {
  readonly design: Design | null
  readonly onClose: () => void
}): ReactNode {
  const { remove } = useDesigner()
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  if (design === null) return null
  const confirm = async (): Promise<void> => {
    setIsBusy(true)
    try {
      await remove(design.designId)
      onClose()
    } catch (problem) {
      setError(problem)
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <ConfirmDialog
      isOpen
      title={`Delete design ${design.name}?`}
      lost={
        design.stagedSteps === 0
          ? 'Its arrangement, notes and groups are lost.'
          : `${design.stagedSteps} changes that are not applied are lost, with its arrangement, notes and groups.`
      }
      survives="The database is not touched."
      confirmLabel="Delete design"
      busyLabel="Deleting…"
      isBusy={isBusy}
      error={describeError(error)?.message}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  )
}

function Tree({ session }: { readonly session: DesignSession }): ReactNode {
  const { navigation } = useShell()
  const draft = useStore(session.draft.state)
  const selection = useStore(session.selection)
  const [filter, setFilter] = useState('')
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const { connectionId } = session
  const migrations = useMigrations(connectionId)
  const items = migrations.data?.items
  const nodes = useMemo(
    () => sidebarTree({ draft, migrations: items ?? [], filter, toggled }),
    [draft, items, filter, toggled],
  )
  const choose = (node: SidebarNode): void => {
    const reveal = session.reveal.get()
    // What is not drawn has its panel all the same.
    if (node.item.kind === 'object' && node.item.mark !== 'dropped')
      session.selection.set({ objectIds: [node.id], partId: null })
    else if (node.item.kind === 'shape') {
      if (reveal === null) session.selection.set({ objectIds: [node.id], partId: null })
      else reveal(node.id)
    } else if (node.item.kind === 'row') {
      if (reveal === null) session.selection.set({ objectIds: [node.item.shape.id], partId: node.id })
      else reveal(node.item.shape.id, node.id)
    }
  }
  return (
    <>
      <div className="flex-none p-8">
        <SearchField label="Filter tables" value={filter} onChange={setFilter} />
      </div>
      {nodes.length === 0 ? (
        <p className="px-12 py-6 text-small text-3">
          {filter === '' ? 'No tables yet.' : `Nothing has “${filter}” in its name.`}
        </p>
      ) : (
        <VirtualTree
          label="Schema"
          nodes={nodes}
          onToggle={(node) =>
            setToggled((before) => {
              const after = new Set(before)
              if (!after.delete(node.id)) after.add(node.id)
              return after
            })
          }
          onSelect={choose}
          onActivate={(node) => {
            choose(node)
            if (node.item.kind === 'migration')
              navigation.go({ area: 'designer', page: 'migrations', id: connectionId })
          }}
        >
          {(node) => (
            <SidebarRow
              node={node}
              isSelected={
                node.item.kind === 'row'
                  ? selection.partId === node.id
                  : selection.partId === null && selection.objectIds.includes(node.id)
              }
            />
          )}
        </VirtualTree>
      )}
    </>
  )
}

function SidebarRow({
  node,
  isSelected,
}: {
  readonly node: SidebarNode
  readonly isSelected: boolean
}): ReactNode {
  const { item, depth, isExpanded } = node
  switch (item.kind) {
    case 'heading':
      return (
        <TreeRow
          name={<span className="font-semibold text-1">{node.label}</span>}
          isExpanded={isExpanded}
          meta={item.count}
        />
      )
    case 'shape':
      return (
        <TreeRow
          name={item.shape.marks.mark === 'dropped' ? <s>{node.label}</s> : node.label}
          icon={ICONS[item.shape.kind]}
          depth={depth}
          isExpanded={isExpanded}
          isSelected={isSelected}
          meta={<ShapeMeta shape={item.shape} />}
        />
      )
    case 'row':
      return (
        <TreeRow
          name={item.row.mark === 'dropped' ? <s>{node.label}</s> : node.label}
          {...(item.row.isKey ? { icon: KeyRound } : item.row.isReference ? { icon: Link2 } : {})}
          depth={depth + 1}
          keepsIconRoom
          isMono
          isSelected={isSelected}
          meta={
            item.row.mark === null ? (
              item.row.type
            ) : (
              <span className={TONES[item.row.mark]}>{MARK_WORDS[item.row.mark]}</span>
            )
          }
        />
      )
    case 'object':
      return (
        <TreeRow
          name={item.mark === 'dropped' ? <s>{node.label}</s> : node.label}
          icon={ICONS[item.object.kind]}
          depth={depth}
          isSelected={isSelected}
          meta={
            item.mark === null ? undefined : <span className={TONES[item.mark]}>{MARK_WORDS[item.mark]}</span>
          }
        />
      )
    case 'draft':
      return (
        <TreeRow
          name={
            <span className="flex items-center gap-8 text-1">
              <Dot tone="bg-warning" />
              Draft, {item.steps} {item.steps === 1 ? 'change' : 'changes'}
            </span>
          }
          depth={depth}
        />
      )
    case 'migration':
      return <MigrationRow migration={item.migration} depth={depth} />
  }
}

function ShapeMeta({ shape }: { readonly shape: Shape }): ReactNode {
  const { mark, changes } = shape.marks
  if (mark === null) return null
  return (
    <span className={TONES[mark]} title={mark === 'changed' ? `${changes} changes` : MARK_WORDS[mark]}>
      {mark === 'changed' ? changes : MARK_WORDS[mark]}
    </span>
  )
}

const STATES: Readonly<Record<Migration['state'], { readonly tone: string; readonly word: string }>> = {
  applied: { tone: 'bg-success', word: '' },
  pending: { tone: 'border-2 border-line-3', word: 'Pending' },
  edited: { tone: 'bg-warning', word: 'Edited' },
  missing: { tone: 'bg-warning', word: 'No file' },
  failed: { tone: 'bg-danger', word: 'Failed' },
  running: { tone: 'bg-accent', word: 'Running' },
}

function MigrationRow({
  migration,
  depth,
}: {
  readonly migration: Migration
  readonly depth: number
}): ReactNode {
  const { tone, word } = STATES[migration.state]
  return (
    <TreeRow
      name={
        <span className="flex items-center gap-8">
          <Dot tone={tone} />
          <span className="truncate">{migration.name}</span>
        </span>
      }
      depth={depth}
      meta={word === '' ? undefined : word}
    />
  )
}

function Dot({ tone }: { readonly tone: string }): ReactNode {
  return (
    <span aria-hidden="true" className={classNames('inline-block size-8 flex-none rounded-full', tone)} />
  )
}
