// Invites somebody by e-mail; the mail has a code that they join with.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import { Email } from '#contract/capabilities/auth.ts'
import type { Organisation, Role } from '#contract/capabilities/organisations.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { ROLES, rolesToGive } from './use-organisations.ts'

const InviteForm = z.object({ email: Email })

/** Open while it is rendered. */
export function InviteDialog(props: {
  readonly organisation: Organisation
  readonly onClose: () => void
}): ReactNode {
  const { organisation, onClose } = props
  const { notifications } = useShell()
  const [role, setRole] = useState<Role>('developer')
  const form = useForm({ email: '' }, InviteForm)
  const invite = useAction(
    (host, email: string) => host.organisations.invite({ organisationId: organisation.id, email, role }),
    [],
    {
      onSuccess: (_answer, email) => {
        notifications.toast({
          tone: 'success',
          text: `A code is on its way to ${email}. It is good for 7 days.`,
        })
        onClose()
      },
      onError: (error) => form.setErrors(fieldErrorsOf(error)),
    },
  )
  const given = rolesToGive(organisation.role)
  return (
    <FormDialog
      title={`Invite to ${organisation.name}`}
      submitLabel="Send invitation"
      busyLabel="Sending…"
      isBusy={invite.isPending}
      problem={form.errors['email'] === undefined ? describeError(invite.error) : undefined}
      onSubmit={() => {
        if (form.check()) invite.mutate(form.values.email)
      }}
      onClose={onClose}
    >
      <TextField
        label="E-mail"
        type="email"
        autoFocus
        {...form.field('email')}
        help="They get a code, and join with it under Settings, Account."
      />
      <Select
        label="Role"
        options={ROLES.filter(({ id }) => given.includes(id))}
        value={role}
        onChange={setRole}
        help={ROLES.find(({ id }) => id === role)?.may}
      />
    </FormDialog>
  )
}
