// The keys of a project: one row each, with what can be done to it.
import { Ban, EllipsisVertical, Pencil, Plus, RotateCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ApiKey } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatAge, formatFull } from '../../components/format.ts'
import { MenuButton } from '../../components/menu.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { useNow } from '../../components/use-now.ts'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import { useOfflineReason } from '../connectivity/index.ts'
import { ReadingProblem } from '../projects/index.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { RenameKeyDialog, RevokeKeyDialog, RotateKeyDialog } from './key-dialogs.tsx'
import { formatUntil, scopeWord, stateOf } from './key-state.ts'
import { useApiKeys } from './use-api-keys.ts'

type Asking =
  { readonly what: 'create' } | { readonly what: 'rename' | 'rotate' | 'revoke'; readonly key: ApiKey }

/** The card with its dialogs. */
export function KeysCard(props: {
  readonly projectId: ProjectId
  readonly schemas: readonly string[]
}): ReactNode {
  const { projectId } = props
  const now = useNow()
  const reading = useApiKeys(projectId)
  const offlineReason = useOfflineReason()
  const [asking, setAsking] = useState<Asking>()
  const [showsEnded, setShowsEnded] = useState(false)
  useCommands([
    {
      id: 'api-key.create',
      title: 'Create API key',
      group: 'API',
      icon: Plus,
      keys: ['Mod+N', 'Alt+N'],
      when: () => offlineReason === undefined,
      run: () => setAsking({ what: 'create' }),
    },
  ])
  const caps = useCaps('api-key.create')
  const keys = reading.data ?? []
  const ended = keys.filter((key) => !stateOf(key, now).isValid)
  const shown = showsEnded ? keys : keys.filter((key) => !ended.includes(key))
  const close = (): void => setAsking(undefined)
  const createButton = (
    <Button
      variant="primary"
      icon={Plus}
      caps={caps}
      disabledReason={offlineReason}
      onPress={() => setAsking({ what: 'create' })}
    >
      Create API key
    </Button>
  )
  return (
    <Card
      title="API keys"
      isFlat
      actions={
        <>
          {ended.length === 0 ? null : (
            <span className="text-small">
              <Checkbox
                label={`Show ${ended.length} ended`}
                isSelected={showsEnded}
                onChange={setShowsEnded}
              />
            </span>
          )}
          {shown.length === 0 ? null : createButton}
        </>
      }
    >
      {reading.data === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={3} label="Reading the keys" />
        ) : (
          <ReadingProblem
            projectId={projectId}
            title="The keys cannot be shown"
            error={reading.error}
            isRetrying={reading.isFetching}
            onRetry={() => void reading.refetch()}
          />
        )
      ) : shown.length === 0 ? (
        <EmptyState
          title={keys.length === 0 ? 'No API keys yet' : 'No key is valid now'}
          action={createButton}
        >
          An application sends a key with each request. A publishable one may stand in a page; a secret one
          belongs on your servers.
        </EmptyState>
      ) : (
        <div className="overflow-x-auto">
          <DataList
            label="API keys"
            columns={[
              { id: 'name', title: 'Name' },
              { id: 'kind', title: 'Kind' },
              { id: 'key', title: 'Key' },
              { id: 'scope', title: 'May do' },
              { id: 'used', title: 'Last used', align: 'right' },
              { id: 'expires', title: 'Expires', align: 'right' },
              { id: 'state', title: 'State' },
              { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
            ]}
            rows={shown.map((key) => ({
              id: key.id,
              isMuted: !stateOf(key, now).isValid,
              cells: cellsOf(key, now, {
                isOffline: offlineReason !== undefined,
                ask: (what) => setAsking({ what, key }),
              }),
            }))}
          />
        </div>
      )}
      {asking?.what === 'create' ? (
        <CreateKeyDialog projectId={projectId} schemas={props.schemas} now={now} onClose={close} />
      ) : asking?.what === 'rename' ? (
        <RenameKeyDialog apiKey={asking.key} now={now} onClose={close} />
      ) : asking?.what === 'rotate' ? (
        <RotateKeyDialog apiKey={asking.key} now={now} onClose={close} />
      ) : asking?.what === 'revoke' ? (
        <RevokeKeyDialog apiKey={asking.key} now={now} onClose={close} />
      ) : null}
    </Card>
  )
}

/** Where the random part of a prefix begins: what is before says the kind again. */
function randomAt(prefix: string): number {
  return prefix.lastIndexOf('_') + 1
}

function cellsOf(
  key: ApiKey,
  now: Date,
  can: { readonly isOffline: boolean; readonly ask: (what: 'rename' | 'rotate' | 'revoke') => void },
): ReactNode[] {
  const state = stateOf(key, now)
  const isOver = !state.isValid || can.isOffline
  return [
    <span key="name" className="block max-w-200 truncate text-body font-medium" title={key.name}>
      {key.name}
    </span>,
    key.kind === 'secret' ? (
      <Badge key="kind" tone="warning">
        Secret
      </Badge>
    ) : (
      <Badge key="kind">Publishable</Badge>
    ),
    <span key="key" className="font-mono text-data" title={`${key.prefix}…`}>
      <span className="max-wide:hidden">{key.prefix.slice(0, randomAt(key.prefix))}</span>
      {key.prefix.slice(randomAt(key.prefix))}…
    </span>,
    <span key="scope" className="block max-w-200 truncate" title={scopeWord(key.scope)}>
      {scopeWord(key.scope)}
    </span>,
    <span
      key="used"
      className="text-3"
      title={key.lastUsedAt === null ? undefined : formatFull(key.lastUsedAt)}
    >
      {key.lastUsedAt === null ? 'never' : formatAge(key.lastUsedAt, now)}
    </span>,
    <span
      key="expires"
      className={key.expiresAt === null ? 'text-3' : undefined}
      title={key.expiresAt === null ? undefined : formatFull(key.expiresAt)}
    >
      {key.expiresAt === null
        ? 'never'
        : state.isValid
          ? formatUntil(key.expiresAt, now)
          : formatAge(key.expiresAt, now)}
    </span>,
    <Badge key="state" tone={state.tone}>
      {state.word}
    </Badge>,
    <MenuButton
      key="menu"
      label={`Actions of ${key.name}`}
      placement="bottom end"
      entries={[
        {
          id: 'rename',
          label: 'Rename…',
          icon: Pencil,
          isDisabled: isOver,
          onAction: () => can.ask('rename'),
        },
        {
          id: 'rotate',
          label: 'Rotate…',
          icon: RotateCw,
          isDisabled: isOver || key.replacedBy !== null,
          onAction: () => can.ask('rotate'),
        },
        {
          id: 'revoke',
          label: 'Revoke…',
          icon: Ban,
          isDanger: true,
          startsGroup: true,
          isDisabled: isOver,
          onAction: () => can.ask('revoke'),
        },
      ]}
    >
      <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${key.name}`} />
    </MenuButton>,
  ]
}
