// Rename, rotate and revoke one key.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import { ApiKeyName, type ApiKey } from '#contract/capabilities/api-keys.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatAge } from '../../components/format.ts'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { CreatedKeyDialog } from './created-key-dialog.tsx'
import { OVERLAP_DAY, OverlapSelect } from './overlap-select.tsx'

interface KeyDialogProps {
  readonly apiKey: ApiKey
  readonly now: Date
  readonly onClose: () => void
}

const RenameForm = z.object({ name: ApiKeyName })

/** Another name for the same key. */
export function RenameKeyDialog({ apiKey, onClose }: KeyDialogProps): ReactNode {
  const form = useForm({ name: apiKey.name }, RenameForm)
  const rename = useAction(
    (host, name: string) => host.apiKeys.rename({ projectId: apiKey.projectId, keyId: apiKey.id, name }),
    ['apiKeys'],
    { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  const problem = describeError(rename.error)
  return (
    <FormDialog
      title="Rename API key"
      submitLabel="Rename key"
      busyLabel="Renaming…"
      isBusy={rename.isPending}
      problem={form.errors['name'] === undefined ? problem : undefined}
      onSubmit={() => {
        if (form.check()) rename.mutate(form.values.name)
      }}
      onClose={onClose}
    >
      <TextField
        label="Name"
        autoFocus
        {...form.field('name')}
        help="Programs that send it notice nothing."
      />
    </FormDialog>
  )
}

/** Asks how long the old one goes on, then shows the new secret once. */
export function RotateKeyDialog({ apiKey, onClose }: KeyDialogProps): ReactNode {
  const [overlapSeconds, setOverlapSeconds] = useState(OVERLAP_DAY)
  const rotate = useAction(
    (host, _input: void) =>
      host.apiKeys.rotate({ projectId: apiKey.projectId, keyId: apiKey.id, overlapSeconds }),
    ['apiKeys'],
    { isSecret: true },
  )
  if (rotate.data !== undefined)
    return (
      <CreatedKeyDialog
        created={rotate.data}
        title={`${apiKey.name} has a new secret`}
        onClose={() => {
          rotate.reset()
          onClose()
        }}
      />
    )
  return (
    <FormDialog
      title={`Rotate ${apiKey.name}?`}
      submitLabel="Rotate key"
      busyLabel="Rotating…"
      isBusy={rotate.isPending}
      problem={describeError(rotate.error)}
      onSubmit={() => rotate.mutate()}
      onClose={onClose}
    >
      <p className="text-body">
        A new key of the same name, kind and scope takes its place. You see its secret once.
      </p>
      <OverlapSelect label="The old key goes on for" seconds={overlapSeconds} onChange={setOverlapSeconds} />
    </FormDialog>
  )
}

/** Asks before a key is ended. */
export function RevokeKeyDialog({ apiKey, now, onClose }: KeyDialogProps): ReactNode {
  const revoke = useAction(
    (host, _input: void) => host.apiKeys.revoke({ projectId: apiKey.projectId, keyId: apiKey.id }),
    ['apiKeys'],
    { onSuccess: onClose },
  )
  const used =
    apiKey.lastUsedAt === null
      ? 'It was never used.'
      : `It was last used ${formatAge(apiKey.lastUsedAt, now)}.`
  return (
    <ConfirmDialog
      isOpen
      title={`Revoke ${apiKey.name}?`}
      lost={`Every program that sends ${apiKey.prefix}… is refused from now on. ${used}`}
      survives="A revoked key cannot be brought back. To change over without a gap, rotate it instead."
      confirmLabel="Revoke key"
      busyLabel="Revoking…"
      isBusy={revoke.isPending}
      error={describeError(revoke.error)?.message}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    />
  )
}
