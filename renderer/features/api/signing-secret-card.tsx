// The project's own secret for signing users' tokens: revealed to a person who asks, rotated with an overlap.
import { Eye, RotateCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList } from '../../components/data-list.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatFull, formatMoment } from '../../components/format.ts'
import { SecretDialog } from '../../components/secret-dialog.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { OVERLAP_DAY, OverlapSelect } from '../api-keys/index.ts'
import { useOfflineReason } from '../connectivity/index.ts'
import { ReadingProblem } from '../projects/index.ts'
import { useJwtSecrets } from './use-api.ts'

/** The card with its dialogs. */
export function SigningSecretCard({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const now = useNow()
  const reading = useJwtSecrets(projectId)
  const offlineReason = useOfflineReason()
  const [isRotating, setIsRotating] = useState(false)
  const reveal = useAction((host, _input: void) => host.api.revealJwtSecret({ projectId }), ['api'], {
    isSecret: true,
  })
  const problem = describeError(reveal.error)
  const secrets = reading.data ?? []
  return (
    <Card
      title="Signing secret"
      isFlat
      actions={
        <>
          <Button
            icon={Eye}
            variant="ghost"
            isBusy={reveal.isPending}
            disabledReason={offlineReason}
            onPress={() => reveal.mutate()}
          >
            Reveal
          </Button>
          <Button icon={RotateCw} disabledReason={offlineReason} onPress={() => setIsRotating(true)}>
            Rotate
          </Button>
        </>
      }
    >
      <p className="border-b border-line-1 px-14 py-10 text-small text-2">
        A server of yours signs tokens with it (HS256) for users that it knows. The API trusts what such a
        token claims: its role and its user.
      </p>
      {problem === undefined ? null : (
        <div className="p-14">
          <FormError message={problem.message} hint={problem.hint} />
        </div>
      )}
      {reading.data === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={1} label="Reading the signing secrets" />
        ) : (
          <ReadingProblem
            projectId={projectId}
            title="The signing secrets cannot be shown"
            error={reading.error}
            isRetrying={reading.isFetching}
            onRetry={() => void reading.refetch()}
          />
        )
      ) : secrets.length === 0 ? (
        <p className="px-14 py-10 text-small text-3">None yet: it is made when it is first needed.</p>
      ) : (
        <DataList
          label="Signing secrets"
          columns={[
            { id: 'id', title: 'Key id' },
            { id: 'state', title: 'State' },
            { id: 'created', title: 'Made', align: 'right' },
          ]}
          rows={secrets.map((secret) => ({
            id: secret.id,
            isMuted: secret.acceptedUntil !== null,
            cells: [
              <span key="id" className="font-mono text-data select-text">
                {secret.id}
              </span>,
              secret.acceptedUntil === null ? (
                <Badge key="state" tone="success">
                  Current
                </Badge>
              ) : (
                <Badge key="state" tone="warning">
                  Accepted until {formatMoment(secret.acceptedUntil, now)}
                </Badge>
              ),
              <span key="created" className="text-3" title={formatFull(secret.createdAt)}>
                {formatAge(secret.createdAt, now)}
              </span>,
            ],
          }))}
        />
      )}
      {reveal.data === undefined ? null : (
        <SecretDialog
          title="Signing secret"
          noun="signing secret"
          secret={reveal.data.secret}
          isShownOnce={false}
          warning="Whoever has it can sign a token for any user and any role of the API. Keep it on your servers."
          onClose={() => reveal.reset()}
        />
      )}
      {isRotating ? <RotateDialog projectId={projectId} onClose={() => setIsRotating(false)} /> : null}
    </Card>
  )
}

function RotateDialog(props: { readonly projectId: ProjectId; readonly onClose: () => void }): ReactNode {
  const [overlapSeconds, setOverlapSeconds] = useState(OVERLAP_DAY)
  const rotate = useAction(
    (host, _input: void) => host.api.rotateJwtSecret({ projectId: props.projectId, overlapSeconds }),
    ['api'],
    { isSecret: true },
  )
  if (rotate.data !== undefined)
    return (
      <SecretDialog
        title="The new signing secret"
        noun="signing secret"
        secret={rotate.data.secret}
        isShownOnce={false}
        warning="Give it to the servers that sign tokens. Whoever has it can sign a token for any user and any role of the API."
        onClose={() => {
          rotate.reset()
          props.onClose()
        }}
      />
    )
  return (
    <FormDialog
      title="Rotate the signing secret?"
      submitLabel="Rotate secret"
      busyLabel="Rotating…"
      isBusy={rotate.isPending}
      problem={describeError(rotate.error)}
      onSubmit={() => rotate.mutate()}
      onClose={props.onClose}
    >
      <p className="text-body">
        New tokens are signed with a new secret. Users whose tokens were signed with the old one stay signed
        in until it is no longer accepted.
      </p>
      <OverlapSelect
        label="The old secret is accepted for"
        seconds={overlapSeconds}
        onChange={setOverlapSeconds}
      />
    </FormDialog>
  )
}
