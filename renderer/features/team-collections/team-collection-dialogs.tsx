// Opens a collection that a team shares: which, and where its files go.
import { useState, type ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatCount } from '../../components/format.ts'
import { Select } from '../../components/select.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { parentProblem, TargetFields } from '../collections/index.ts'
import { useTesterAsk } from '../requests/index.ts'

/** Mounted once in the tester's area. */
export function TeamCollectionDialogs(): ReactNode {
  const [ask, setAsk] = useTesterAsk()
  return ask?.kind === 'teamCollections' ? <TeamCollectionsDialog onClose={() => setAsk(null)} /> : null
}

const TITLE = 'Open a team’s collection'

function TeamCollectionsDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { notifications } = useShell()
  const account = useCall(['account', 'current'], (host, options) => host.account.current({}, options))
  const isSignedIn = account.data?.mode === 'signed-in'
  const reading = useCall(
    ['collections', 'team'],
    (host, options) => host.collections.teamCollections({}, options),
    { enabled: isSignedIn },
  )
  const [chosen, setChosen] = useState<string | null>(null)
  const [parent, setParent] = useState<string | null>(null)
  const [wasTried, setWasTried] = useState(false)
  const all = reading.data ?? []
  const offered = all.filter(({ here }) => here === null)
  const one = offered.find(({ id }) => id === chosen) ?? offered[0]
  const opening = useAction(
    (host, which: Pick<(typeof all)[number], 'id' | 'organisationId'>) =>
      host.collections.openTeamCollection({
        organisationId: which.organisationId,
        teamCollectionId: which.id,
        parent: parent?.trim() ?? null,
      }),
    ['collections'],
    {
      onSuccess: ({ name, requests }) => {
        notifications.toast({
          tone: 'success',
          text: `${name} is open: ${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}.`,
        })
        onClose()
      },
    },
  )
  const failed = describeError(reading.error)
  if (account.data !== undefined && !isSignedIn)
    return (
      <Message onClose={onClose} title="Log in to see what teams share">
        Collections of a team come from the service, to its members. Those on this machine are here without
        it.
      </Message>
    )
  if (failed !== undefined)
    return (
      <Message onClose={onClose} title={failed.message} onRetry={() => void reading.refetch()}>
        {failed.hint}
      </Message>
    )
  if (reading.data === undefined)
    return (
      <Dialog title={TITLE} isOpen onClose={onClose}>
        <SkeletonRows count={3} label="Reading what teams share" />
      </Dialog>
    )
  if (one === undefined)
    return (
      <Message
        onClose={onClose}
        title={all.length === 0 ? 'No team shares a collection' : 'All that your teams share is open here'}
      >
        A collection is shared in its settings, by members who may write.
      </Message>
    )
  const problem = parentProblem(parent)
  return (
    <FormDialog
      title={TITLE}
      submitLabel="Open collection"
      busyLabel="Opening…"
      isBusy={opening.isPending}
      problem={describeError(opening.error)}
      onSubmit={() => {
        setWasTried(true)
        if (problem === undefined) opening.mutate(one)
      }}
      onClose={onClose}
    >
      <Select
        label="Collection"
        options={offered.map(({ id, name, organisationName, files }) => ({
          id: String(id),
          label: name,
          detail: `${organisationName}, ${filesOf(files)}`,
        }))}
        value={String(one.id)}
        onChange={setChosen}
        help={`Shared with ${one.organisationName}, ${filesOf(one.files)}.${one.canWrite ? '' : ' Your role may read it: what you change stays on this machine.'}`}
      />
      <TargetFields
        parent={parent}
        onChange={(next) => {
          setParent(next)
          opening.reset()
        }}
        error={wasTried ? problem : undefined}
      />
    </FormDialog>
  )
}

function filesOf(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'file' : 'files'}`
}

function Message(props: {
  readonly title: string
  readonly children: ReactNode
  readonly onRetry?: () => void
  readonly onClose: () => void
}): ReactNode {
  return (
    <Dialog
      title={TITLE}
      isOpen
      onClose={props.onClose}
      actions={
        <>
          {props.onRetry === undefined ? null : <Button onPress={props.onRetry}>Try again</Button>}
          <Button onPress={props.onClose}>Close</Button>
        </>
      }
    >
      <EmptyState title={props.title}>{props.children}</EmptyState>
    </Dialog>
  )
}
