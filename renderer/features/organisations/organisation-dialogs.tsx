// Creates, renames, deletes and joins organisations.
import type { ReactNode } from 'react'
import { z } from 'zod'
import { OrganisationName, type Organisation } from '#contract/capabilities/organisations.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction, type Host } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'

const NameForm = z.object({ name: OrganisationName })

interface NameDialogProps {
  readonly title: string
  readonly submitLabel: string
  readonly busyLabel: string
  readonly name: string
  readonly help: string
  readonly save: (host: Host, name: string) => Promise<Organisation>
  readonly onClose: () => void
}

function NameDialog(props: NameDialogProps): ReactNode {
  const form = useForm({ name: props.name }, NameForm)
  const save = useAction(props.save, ['organisations'], {
    onSuccess: props.onClose,
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  })
  return (
    <FormDialog
      title={props.title}
      submitLabel={props.submitLabel}
      busyLabel={props.busyLabel}
      isBusy={save.isPending}
      problem={form.errors['name'] === undefined ? describeError(save.error) : undefined}
      onSubmit={() => {
        if (form.check()) save.mutate(form.values.name)
      }}
      onClose={props.onClose}
    >
      <TextField label="Name" autoFocus {...form.field('name')} help={props.help} />
    </FormDialog>
  )
}

/** Open while it is rendered. */
export function CreateOrganisationDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <NameDialog
      title="New organisation"
      submitLabel="Create organisation"
      busyLabel="Creating…"
      name=""
      help="It has projects, members and a plan of its own. You become its owner."
      save={(host, name) => host.organisations.create({ name })}
      onClose={onClose}
    />
  )
}

/** Open while it is rendered. */
export function RenameOrganisationDialog(props: {
  readonly organisation: Organisation
  readonly onClose: () => void
}): ReactNode {
  const { id, name } = props.organisation
  return (
    <NameDialog
      title={`Rename ${name}`}
      submitLabel="Rename organisation"
      busyLabel="Renaming…"
      name={name}
      help="Members see the new name; nothing else changes."
      save={(host, to) => host.organisations.rename({ organisationId: id, name: to })}
      onClose={props.onClose}
    />
  )
}

const JoinForm = z.object({ token: z.string().trim().min(1, 'Paste the code from the mail.').max(500) })

/** Open while it is rendered. */
export function JoinOrganisationDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { notifications } = useShell()
  const form = useForm({ token: '' }, JoinForm)
  const join = useAction(
    (host, token: string) => host.organisations.acceptInvitation({ token: token.trim() }),
    ['organisations', 'projects'],
    {
      onSuccess: ({ name }) => {
        notifications.toast({ tone: 'success', text: `You are a member of ${name} now.` })
        onClose()
      },
    },
  )
  return (
    <FormDialog
      title="Join an organisation"
      submitLabel="Join"
      busyLabel="Joining…"
      isBusy={join.isPending}
      problem={describeError(join.error)}
      onSubmit={() => {
        if (form.check()) join.mutate(form.values.token)
      }}
      onClose={onClose}
    >
      <TextField
        label="Code"
        autoFocus
        isMono
        {...form.field('token')}
        help="It is in the mail that invites you, and works for the address that it was sent to."
      />
    </FormDialog>
  )
}

/** Open while it is rendered. */
export function DeleteOrganisationDialog(props: {
  readonly organisation: Organisation
  readonly onClose: () => void
}): ReactNode {
  const { organisation, onClose } = props
  const remove = useAction(
    (host, _input: void) => host.organisations.delete({ organisationId: organisation.id }),
    ['organisations', 'projects'],
    { onSuccess: onClose },
  )
  return (
    <ConfirmDialog
      isOpen
      title={`Delete ${organisation.name}?`}
      lost="The organisation and its memberships are deleted for good. It must have no projects left."
      confirmLabel="Delete organisation"
      busyLabel="Deleting…"
      typedName={organisation.name}
      isBusy={remove.isPending}
      error={describeError(remove.error)?.message}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
