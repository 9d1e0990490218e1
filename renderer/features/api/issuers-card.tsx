// Third parties whose tokens the API trusts: an identity provider with its JWKS.
import { Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import type { TokenIssuer } from '#contract/capabilities/api.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DataList } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatAge, formatFull } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { useNow } from '../../components/use-now.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useOfflineReason } from '../connectivity/index.ts'
import { ReadingProblem } from '../projects/index.ts'
import { useIssuers } from './use-api.ts'

/** The card with its dialogs. */
export function IssuersCard({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const now = useNow()
  const reading = useIssuers(projectId)
  const offlineReason = useOfflineReason()
  const [isAdding, setIsAdding] = useState(false)
  const [removing, setRemoving] = useState<TokenIssuer>()
  const issuers = reading.data ?? []
  const add = (
    <Button icon={Plus} disabledReason={offlineReason} onPress={() => setIsAdding(true)}>
      Add issuer
    </Button>
  )
  return (
    <Card title="Token issuers" isFlat actions={issuers.length === 0 ? undefined : add}>
      {reading.data === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={1} label="Reading the issuers" />
        ) : (
          <ReadingProblem
            projectId={projectId}
            title="The issuers cannot be shown"
            error={reading.error}
            isRetrying={reading.isFetching}
            onRetry={() => void reading.refetch()}
          />
        )
      ) : issuers.length === 0 ? (
        <EmptyState title="Only your own tokens count" action={add}>
          Add an identity provider, and the API also trusts the tokens that it signs. Its public keys are read
          from its JWKS.
        </EmptyState>
      ) : (
        <div className="overflow-x-auto">
          <DataList
            label="Token issuers"
            columns={[
              { id: 'issuer', title: 'Issuer' },
              { id: 'jwks', title: 'JWKS', isFluid: true },
              { id: 'audience', title: 'Audience' },
              { id: 'role', title: 'Role claim' },
              { id: 'created', title: 'Added', align: 'right' },
              { id: 'remove', title: 'Remove', isTitleHidden: true, align: 'right' },
            ]}
            rows={issuers.map((issuer) => ({
              id: issuer.id,
              cells: [
                <span key="issuer" className="block max-w-280 truncate text-body font-medium">
                  {issuer.issuer}
                </span>,
                <span key="jwks" className="block truncate text-2" title={issuer.jwksUrl}>
                  {issuer.jwksUrl}
                </span>,
                issuer.audience ?? <span className="text-3">any</span>,
                <span key="role" className="font-mono text-data">
                  {issuer.roleClaim}
                </span>,
                <span key="created" className="text-3" title={formatFull(issuer.createdAt)}>
                  {formatAge(issuer.createdAt, now)}
                </span>,
                <IconButton
                  key="remove"
                  icon={Trash2}
                  size="small"
                  label={`Remove ${issuer.issuer}`}
                  isDisabled={offlineReason !== undefined}
                  onPress={() => setRemoving(issuer)}
                />,
              ],
            }))}
          />
        </div>
      )}
      {isAdding ? <AddDialog projectId={projectId} onClose={() => setIsAdding(false)} /> : null}
      {removing === undefined ? null : (
        <RemoveDialog projectId={projectId} issuer={removing} onClose={() => setRemoving(undefined)} />
      )}
    </Card>
  )
}

const ADDRESS = 'Write an address that begins with https://.'
const IssuerForm = z.object({
  issuer: z.url({ protocol: /^https?$/, error: ADDRESS }),
  jwksUrl: z.url({ protocol: /^https?$/, error: ADDRESS }),
  audience: z.string().max(300, 'Use at most 300 characters.'),
  roleClaim: z.string().trim().min(1, 'Say where the role stands.').max(300, 'Use at most 300 characters.'),
})

function AddDialog(props: { readonly projectId: ProjectId; readonly onClose: () => void }): ReactNode {
  const { projectId, onClose } = props
  const form = useForm({ issuer: '', jwksUrl: '', audience: '', roleClaim: '$.role' }, IssuerForm)
  const add = useAction(
    (host, values: z.infer<typeof IssuerForm>) =>
      host.api.addIssuer({
        projectId,
        ...values,
        audience: values.audience.trim() === '' ? null : values.audience.trim(),
      }),
    ['api'],
    { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  const problem = describeError(add.error)
  const guessJwks = (): void => {
    form.blur('issuer')
    if (form.values.jwksUrl === '' && IssuerForm.shape.issuer.safeParse(form.values.issuer).success)
      form.set('jwksUrl', `${form.values.issuer.replace(/\/$/, '')}/.well-known/jwks.json`)
  }
  return (
    <FormDialog
      title="Add token issuer"
      submitLabel="Add issuer"
      busyLabel="Adding…"
      isBusy={add.isPending}
      problem={Object.keys(form.errors).length === 0 ? problem : undefined}
      onSubmit={() => {
        if (form.check()) add.mutate(form.values)
      }}
      onClose={onClose}
    >
      <TextField
        label="Issuer"
        type="url"
        autoFocus
        value={form.values.issuer}
        onChange={(issuer) => form.set('issuer', issuer)}
        onBlur={guessJwks}
        placeholder="https://login.example.com"
        help="What iss in its tokens says."
        error={form.errors['issuer']}
      />
      <TextField
        label="JWKS address"
        type="url"
        {...form.field('jwksUrl')}
        placeholder="https://login.example.com/.well-known/jwks.json"
      />
      <TextField
        label="Audience"
        {...form.field('audience')}
        help="Left empty, tokens for any audience count."
      />
      <TextField
        label="Role claim"
        isMono
        {...form.field('roleClaim')}
        help="Where the role stands in the claims, as a JSON path."
      />
    </FormDialog>
  )
}

function RemoveDialog(props: {
  readonly projectId: ProjectId
  readonly issuer: TokenIssuer
  readonly onClose: () => void
}): ReactNode {
  const { projectId, issuer, onClose } = props
  const remove = useAction(
    (host, _input: void) => host.api.removeIssuer({ projectId, issuerId: issuer.id }),
    ['api'],
    { onSuccess: onClose },
  )
  return (
    <ConfirmDialog
      isOpen
      title={`Remove ${issuer.issuer}?`}
      lost="Users who are signed in there are refused from now on."
      survives="It can be added again at any time."
      confirmLabel="Remove issuer"
      busyLabel="Removing…"
      isBusy={remove.isPending}
      error={describeError(remove.error)?.message}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
