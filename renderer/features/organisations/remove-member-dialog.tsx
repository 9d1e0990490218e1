// Asks before a member is removed, or leaves.
import type { ReactNode } from 'react'
import type { Organisation, OrganisationMember } from '#contract/capabilities/organisations.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'

/** Open while it is rendered. */
export function RemoveMemberDialog(props: {
  readonly organisation: Organisation
  readonly member: OrganisationMember
  readonly isSelf: boolean
  readonly onClose: () => void
}): ReactNode {
  const { organisation, member, isSelf, onClose } = props
  const remove = useAction(
    (host, _input: void) =>
      host.organisations.removeMember({ organisationId: organisation.id, accountId: member.accountId }),
    ['organisations', 'projects', 'connections'],
    { onSuccess: onClose },
  )
  const name = member.name === '' ? member.email : member.name
  return (
    <ConfirmDialog
      isOpen
      title={isSelf ? `Leave ${organisation.name}?` : `Remove ${name} from ${organisation.name}?`}
      lost={
        isSelf
          ? 'You no longer see its projects. Only an invitation brings you back.'
          : `${name} no longer sees its projects, and keys they know of go on working until they are revoked.`
      }
      survives="Projects, data and what was made in them stay."
      confirmLabel={isSelf ? 'Leave' : 'Remove member'}
      busyLabel={isSelf ? 'Leaving…' : 'Removing…'}
      isBusy={remove.isPending}
      error={describeError(remove.error)?.message}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
