// The migrations of a connection: files and history side by side; applied, rolled back, put right.
import {
  EllipsisVertical,
  FileCode2,
  FolderOpen,
  GitCompareArrows,
  Layers,
  Play,
  Tag,
  Undo2,
  Wrench,
} from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatDuration, formatFull, formatMoment } from '../../components/format.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { Page } from '../../shell/page.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { useConnections } from '../connections/index.ts'
import { DriftDialog } from './drift-dialog.tsx'
import { FolderDialog, MarkDialog, RepairDialog, SquashDialog } from './migration-dialogs.tsx'
import { MigrationTextDialog } from './migration-text-dialog.tsx'
import { PoolerNote } from './pooler-note.tsx'
import { RunDialog } from './run-dialog.tsx'
import { countOf } from './script.ts'
import { STATE_TONES, STATE_WORDS, useMigrations } from './use-migrations.ts'

type Asking =
  | { readonly what: 'text' | 'mark' | 'repair'; readonly migration: Migration }
  | { readonly what: 'apply' | 'rollBack'; readonly to: Migration | undefined }
  | { readonly what: 'folder' | 'squash' | 'drift' }

/** Rows drawn; what is older is rarely looked for. */
const MAX_SHOWN = 500

/** The page. */
export function MigrationsPage({ connectionId }: { readonly connectionId: ConnectionId }): ReactNode {
  const { navigation } = useShell()
  const reading = useMigrations(connectionId)
  const connections = useConnections()
  const connection = connections.data?.find(({ id }) => id === connectionId)
  const [asking, setAsking] = useState<Asking>()
  const now = useNow(60_000)
  const list = reading.data
  const items = list?.items ?? []
  const pending = items.filter(({ state }) => state === 'pending' || state === 'failed')
  const blockedReason =
    connection?.isReadOnly === true
      ? 'This connection is read-only.'
      : list?.isStale === true
        ? 'The database is out of reach.'
        : undefined
  const canApply = pending.length > 0 && blockedReason === undefined
  useCommands([
    {
      id: 'migrations.apply',
      title: 'Apply pending migrations',
      group: 'Designer',
      icon: Play,
      keys: ['Mod+Enter'],
      when: () => canApply,
      run: () => setAsking({ what: 'apply', to: undefined }),
    },
    {
      id: 'migrations.drift',
      title: 'Compare the database with its migrations',
      group: 'Designer',
      icon: GitCompareArrows,
      run: () => setAsking({ what: 'drift' }),
    },
  ])
  const applyCaps = useCaps('migrations.apply')
  const close = (): void => setAsking(undefined)
  const problem = describeError(reading.error)

  return (
    <Page
      title="Migrations"
      detail={connection?.name}
      actions={
        <>
          <Button icon={GitCompareArrows} onPress={() => setAsking({ what: 'drift' })}>
            Check for drift
          </Button>
          <Button
            icon={Layers}
            disabledReason={items.length < 2 ? 'There have to be two migrations at least.' : blockedReason}
            onPress={() => setAsking({ what: 'squash' })}
          >
            Squash…
          </Button>
          <Button
            variant="primary"
            icon={Play}
            caps={applyCaps}
            disabledReason={pending.length === 0 ? 'Nothing is pending.' : blockedReason}
            onPress={() => setAsking({ what: 'apply', to: undefined })}
          >
            {pending.length === 0 ? 'Apply pending' : `Apply ${pending.length} pending`}
          </Button>
        </>
      }
    >
      <Card
        title="Files and history"
        isFlat
        actions={
          list === undefined ? undefined : (
            <>
              <span
                className="max-w-[34vw] min-w-0 truncate font-mono text-data text-2 select-text"
                title={list.folder}
              >
                {list.folder}
              </span>
              <Button size="compact" icon={FolderOpen} onPress={() => setAsking({ what: 'folder' })}>
                Change folder…
              </Button>
            </>
          )
        }
      >
        {list?.isPooled === true ? <PoolerNote className="border-b border-line-1" /> : null}
        {list?.note === undefined ? null : (
          <p
            role="status"
            className="border-b border-line-1 px-14 py-8 text-small text-2 [overflow-wrap:anywhere]"
          >
            {list.note}
          </p>
        )}
        {list?.isStale === true ? (
          <p
            role="status"
            className="border-b border-line-1 bg-warning-soft px-14 py-8 text-small text-warning"
          >
            The database is out of reach. You see the files as they are now, with what was last known of its
            history.
          </p>
        ) : null}
        {list === undefined ? (
          problem === undefined ? (
            <SkeletonRows count={5} label="Reading the migrations" />
          ) : (
            <EmptyState
              title="The migrations cannot be shown"
              action={
                <Button isBusy={reading.isFetching} onPress={() => void reading.refetch()}>
                  Try again
                </Button>
              }
              secondary={<Button onPress={() => setAsking({ what: 'folder' })}>Choose another folder</Button>}
            >
              {problem.message} {problem.hint ?? ''}
            </EmptyState>
          )
        ) : items.length === 0 ? (
          <EmptyState
            title="No migrations yet"
            action={
              <Button variant="primary" onPress={() => navigation.go({ area: 'designer', id: connectionId })}>
                Open the designer
              </Button>
            }
          >
            Change the schema in the designer and review it: the migration is written to this folder as plain
            SQL. Files that are already elsewhere are found once you choose that folder.
          </EmptyState>
        ) : (
          <div className="overflow-x-auto">
            <DataList
              label="Migrations"
              columns={[
                { id: 'name', title: 'Migration', isFluid: true },
                { id: 'state', title: 'State' },
                { id: 'when', title: 'Applied' },
                { id: 'who', title: 'By' },
                { id: 'duration', title: 'Took', align: 'right' },
                { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
              ]}
              rows={items
                .slice(-MAX_SHOWN)
                .toReversed()
                .map((migration) => ({
                  id: migration.version,
                  cells: cellsOf(migration, {
                    now,
                    entries: entriesOf(migration, { items, blockedReason, ask: setAsking }),
                    open: () => setAsking({ what: 'text', migration }),
                  }),
                }))}
            />
            {items.length > MAX_SHOWN ? (
              <p className="px-14 py-8 text-small text-2">
                {items.length - MAX_SHOWN} older migrations are not shown.
              </p>
            ) : null}
          </div>
        )}
      </Card>
      <Dialogs
        connectionId={connectionId}
        items={items}
        folder={list?.folder ?? ''}
        asking={asking}
        onClose={close}
      />
    </Page>
  )
}

interface CellOptions {
  readonly now: Date
  readonly entries: readonly MenuEntry[]
  readonly open: () => void
}

function cellsOf(migration: Migration, { now, entries, open }: CellOptions): ReactNode[] {
  const { version, name, state, appliedAt, appliedBy, durationMs, stepsDone } = migration
  return [
    <RowAction key="name" icon={FileCode2} name={name} detail={version} onPress={open} />,
    <Badge key="state" tone={STATE_TONES[state]}>
      {STATE_WORDS[state]}
      {(state === 'failed' || state === 'running') && stepsDone !== null
        ? `, ${countOf(stepsDone, 'step')} done`
        : ''}
    </Badge>,
    appliedAt === null ? (
      <span key="when" className="text-2">
        —<span className="sr-only">not applied</span>
      </span>
    ) : (
      <span key="when" title={formatFull(appliedAt)}>
        {formatMoment(appliedAt, now)}
      </span>
    ),
    <span key="who" className="block max-w-160 truncate" title={appliedBy ?? ''}>
      {appliedBy ?? ''}
    </span>,
    <span key="duration" className="font-mono text-data">
      {durationMs === null ? '' : formatDuration(durationMs)}
    </span>,
    <MenuButton key="menu" label={`Actions of ${name}`} placement="bottom end" entries={entries}>
      <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${name}`} />
    </MenuButton>,
  ]
}

interface EntryOptions {
  readonly items: readonly Migration[]
  readonly blockedReason: string | undefined
  readonly ask: (asking: Asking) => void
}

function entriesOf(migration: Migration, { items, blockedReason, ask }: EntryOptions): readonly MenuEntry[] {
  const isBlocked = blockedReason !== undefined
  const isWaiting = migration.state === 'pending' || migration.state === 'failed'
  const done = items.filter(({ state }) => state !== 'pending')
  const after = done.filter(({ version }) => version > migration.version)
  const apply: MenuEntry = {
    id: 'apply',
    label: migration.state === 'failed' ? 'Resume' : 'Apply up to here',
    icon: Play,
    isDisabled: isBlocked,
    onAction: () => ask({ what: 'apply', to: migration }),
  }
  const back: MenuEntry =
    after.length === 0
      ? {
          id: 'back',
          label: 'Roll back…',
          icon: Undo2,
          isDisabled: isBlocked || !migration.canRollBack,
          ...(migration.canRollBack ? {} : { detail: 'there is no way down' }),
          onAction: () => ask({ what: 'rollBack', to: undefined }),
        }
      : {
          id: 'back',
          label: 'Roll back to here…',
          detail: countOf(after.length, 'migration'),
          icon: Undo2,
          isDisabled: isBlocked || after.some(({ canRollBack }) => !canRollBack),
          onAction: () => ask({ what: 'rollBack', to: migration }),
        }
  const open: MenuEntry = {
    id: 'open',
    label: 'Show SQL',
    icon: FileCode2,
    onAction: () => ask({ what: 'text', migration }),
  }
  // Whoever runs it decides what becomes of it.
  if (migration.state === 'running') return [open]
  return [
    open,
    ...(isWaiting ? [apply] : [back]),
    ...(migration.state === 'edited'
      ? [
          {
            id: 'repair',
            label: 'Take the edited file…',
            icon: Wrench,
            isDisabled: isBlocked,
            onAction: () => ask({ what: 'repair', migration }),
          },
        ]
      : []),
    {
      id: 'mark',
      label: isWaiting ? 'Mark as applied…' : 'Mark as pending…',
      icon: Tag,
      startsGroup: true,
      isDisabled: isBlocked,
      onAction: () => ask({ what: 'mark', migration }),
    },
  ]
}

interface DialogsProps {
  readonly connectionId: ConnectionId
  readonly items: readonly Migration[]
  readonly folder: string
  readonly asking: Asking | undefined
  readonly onClose: () => void
}

function Dialogs({ connectionId, items, folder, asking, onClose }: DialogsProps): ReactNode {
  switch (asking?.what) {
    case undefined:
      return null
    case 'text':
      return (
        <MigrationTextDialog connectionId={connectionId} migration={asking.migration} onClose={onClose} />
      )
    case 'mark':
      return <MarkDialog connectionId={connectionId} migration={asking.migration} onClose={onClose} />
    case 'repair':
      return <RepairDialog connectionId={connectionId} migration={asking.migration} onClose={onClose} />
    case 'folder':
      return <FolderDialog connectionId={connectionId} folder={folder} onClose={onClose} />
    case 'squash':
      return <SquashDialog connectionId={connectionId} items={items} onClose={onClose} />
    case 'drift':
      return <DriftDialog connectionId={connectionId} onClose={onClose} />
    case 'apply':
    case 'rollBack':
      return (
        <RunDialog
          connectionId={connectionId}
          direction={asking.what}
          to={asking.to}
          items={items}
          onClose={onClose}
        />
      )
  }
}
