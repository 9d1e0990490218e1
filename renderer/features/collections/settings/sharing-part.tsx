// Sharing a collection with a team: with whom, how it stands, and taking it back.
import { useState, type ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Badge, type BadgeTone } from '../../../components/badge.tsx'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { FormError } from '../../../components/form-error.tsx'
import { formatCount, formatMoment } from '../../../components/format.ts'
import { Select } from '../../../components/select.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useNow } from '../../../components/use-now.ts'
import { describeError } from '../../../host/error-text.ts'
import { useAction, useCall } from '../../../host/host-provider.tsx'

type Sync = NonNullable<CollectionInfo['sync']>

const STATES: Readonly<Record<Sync['state'], { readonly tone: BadgeTone; readonly words: string }>> = {
  synced: { tone: 'success', words: 'Synced' },
  syncing: { tone: 'info', words: 'Syncing' },
  pending: { tone: 'info', words: 'To be sent' },
  offline: { tone: 'neutral', words: 'Offline' },
  conflict: { tone: 'warning', words: 'Both changed' },
  refused: { tone: 'danger', words: 'Not all is taken' },
  stopped: { tone: 'danger', words: 'Stopped' },
}

/** Takes effect at once: nothing of it is in the file. */
export function SharingPart({ collection }: { readonly collection: CollectionInfo }): ReactNode {
  const account = useCall(['account', 'current'], (host, options) => host.account.current({}, options))
  const organisations = useCall(['organisations', 'list'], (host, options) =>
    host.organisations.list({}, options),
  )
  const all = organisations.data ?? []
  const shared = collection.organisationId
  if (shared !== null) return <Shared collection={collection} team={all.find((one) => one.id === shared)} />
  if (account.data !== undefined && account.data.mode !== 'signed-in')
    return (
      <EmptyState title="Sign in to share it">
        A shared collection goes to the members of an organisation, through the service. Until then it stays
        on this machine.
      </EmptyState>
    )
  return <NotShared collection={collection} organisations={all.filter((one) => one.role !== 'viewer')} />
}

function NotShared(props: {
  readonly collection: CollectionInfo
  readonly organisations: readonly Organisation[]
}): ReactNode {
  const { collection, organisations } = props
  const [chosen, setChosen] = useState<string | null>(null)
  const organisation = organisations.find((one) => one.id === chosen) ?? organisations[0]
  const sharing = useAction(
    (host, organisationId: OrganisationId) => host.collections.share({ id: collection.id, organisationId }),
    ['collections'],
  )
  const problem = describeError(sharing.error)
  if (organisation === undefined)
    return (
      <EmptyState title="No team to share it with">
        You are in no organisation in which your role may write. An owner or admin can change your role.
      </EmptyState>
    )
  return (
    <div className="flex max-w-560 flex-col items-start gap-12 px-12 py-12">
      <p className="text-body text-2">
        Its files go to the members of the team, who read and, by their role, change them. Values of secrets,
        drafts and the history stay on this machine.
      </p>
      <div className="w-full">
        <Select
          label="Team"
          options={organisations.map((one) => ({ id: String(one.id), label: one.name, detail: one.role }))}
          value={String(organisation.id)}
          onChange={setChosen}
        />
      </div>
      <FormError message={problem?.message} hint={problem?.hint} />
      <Button variant="primary" isBusy={sharing.isPending} onPress={() => sharing.mutate(organisation.id)}>
        {`Share with ${organisation.name}`}
      </Button>
    </div>
  )
}

function Shared(props: {
  readonly collection: CollectionInfo
  readonly team: Organisation | undefined
}): ReactNode {
  const { collection, team } = props
  const { sync } = collection
  const now = useNow()
  const [isAsking, setIsAsking] = useState(false)
  const [forAll, setForAll] = useState(false)
  const ending = useAction(
    (host, everywhere: boolean) =>
      host.collections.share({ id: collection.id, organisationId: null, forAll: everywhere }),
    ['collections'],
    { onSuccess: () => setIsAsking(false) },
  )
  const syncing = useAction((host) => host.collections.syncNow({ id: collection.id }), ['collections'])
  const name = team?.name ?? 'a team'
  const problem = describeError(syncing.error)
  return (
    <div className="flex max-w-640 flex-col items-start gap-12 px-12 py-12">
      <p className="flex items-center gap-8 text-body">
        {`Shared with ${name}.`}
        {sync === null || sync === undefined ? null : (
          <Badge tone={STATES[sync.state].tone}>{STATES[sync.state].words}</Badge>
        )}
      </p>
      {sync === null || sync === undefined ? null : (
        <SyncDetails sync={sync} at={sync.syncedAt === null ? null : formatMoment(sync.syncedAt, now)} />
      )}
      <FormError message={problem?.message} hint={problem?.hint} />
      <div className="flex gap-8">
        <Button isBusy={syncing.isPending} onPress={() => syncing.mutate(undefined)}>
          Sync now
        </Button>
        <Button variant="danger" onPress={() => setIsAsking(true)}>
          Stop sharing
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Stop sharing ${collection.name}?`}
        lost={
          forAll
            ? `It is taken away from all members of ${name}.`
            : `This machine neither sends to ${name} nor fetches from it any more. Others keep the collection.`
        }
        survives="Its files stay on this machine, and on those of others who have it open."
        confirmLabel="Stop sharing"
        busyLabel="Stopping…"
        isBusy={ending.isPending}
        error={describeError(ending.error)?.message}
        onConfirm={() => ending.mutate(forAll)}
        onClose={() => setIsAsking(false)}
      >
        <Checkbox label="Take it away from the whole team" isSelected={forAll} onChange={setForAll} />
      </ConfirmDialog>
    </div>
  )
}

function SyncDetails({ sync, at }: { readonly sync: Sync; readonly at: string | null }): ReactNode {
  const lines = [
    ...(sync.message === null ? [] : [sync.message]),
    ...(sync.pending === 0 ? [] : [`${formatCount(sync.pending)} changed here and wait to be sent.`]),
    ...(sync.canWrite ? [] : ['Your role may read it: what you change stays on this machine.']),
    ...(at === null ? [] : [`Last whole sync: ${at}.`]),
  ]
  return (
    <>
      {lines.map((line) => (
        <p key={line} className="text-small text-2">
          {line}
        </p>
      ))}
      {sync.conflicts.length + sync.refused.length === 0 ? null : (
        <ul aria-label="Files to look at" className="flex flex-col gap-4 text-small">
          {sync.conflicts.map((path) => (
            <li key={path}>
              <span className="font-mono text-data">{path}</span>{' '}
              <span className="text-2">holds the team’s version beside yours.</span>
            </li>
          ))}
          {sync.refused.map(({ path, reason }) => (
            <li key={path}>
              <span className="font-mono text-data">{path}</span> <span className="text-2">{reason}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
