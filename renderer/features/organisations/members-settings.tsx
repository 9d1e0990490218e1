// Members of an organisation: their roles, who manages billing, and inviting others.
import { EllipsisVertical, LogOut, Pencil, Plus, UserMinus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { AccountId } from '#contract/capabilities/ids.ts'
import type { Organisation, OrganisationMember, Role } from '#contract/capabilities/organisations.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList } from '../../components/data-list.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatFull } from '../../components/format.ts'
import { MenuButton } from '../../components/menu.tsx'
import { Select } from '../../components/select.tsx'
import { ReadingFailed } from '../../components/reading-failed.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useOfflineReason } from '../connectivity/index.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { RenameOrganisationDialog } from './organisation-dialogs.tsx'
import { RemoveMemberDialog } from './remove-member-dialog.tsx'
import { actionsOn, ROLES, rolesToGive, useMembers, type MemberActions } from './use-organisations.ts'

type Asking =
  { readonly what: 'invite' | 'rename' } | { readonly what: 'remove'; readonly member: OrganisationMember }

/** The page of one organisation. `accountId` is who looks at it. */
export function MembersSettings(props: {
  readonly organisation: Organisation
  readonly accountId: AccountId
}): ReactNode {
  const { organisation, accountId } = props
  const now = useNow()
  const offlineReason = useOfflineReason()
  const reading = useMembers(organisation.id)
  const [asking, setAsking] = useState<Asking>()
  const setRole = useAction(
    (host, input: { readonly accountId: AccountId; readonly role: Role }) =>
      host.organisations.setRole({ organisationId: organisation.id, ...input }),
    ['organisations'],
  )
  const setBilling = useAction(
    (host, input: { readonly accountId: AccountId; readonly managesBilling: boolean }) =>
      host.organisations.setBillingAdmin({ organisationId: organisation.id, ...input }),
    ['organisations'],
  )
  const isAdmin = rolesToGive(organisation.role).length > 0
  const members = reading.data ?? []
  const owners = members.filter(({ role }) => role === 'owner').length
  const problem = describeError(setRole.error ?? setBilling.error)
  return (
    <div className="flex flex-col gap-16">
      <Card
        title={organisation.name}
        isFlat
        actions={
          isAdmin && !organisation.isPersonal ? (
            <>
              <Button
                variant="ghost"
                icon={Pencil}
                disabledReason={offlineReason}
                onPress={() => setAsking({ what: 'rename' })}
              >
                Rename
              </Button>
              <Button
                variant="primary"
                icon={Plus}
                disabledReason={offlineReason}
                onPress={() => setAsking({ what: 'invite' })}
              >
                Invite
              </Button>
            </>
          ) : null
        }
      >
        {problem === undefined ? null : (
          <div className="px-14 pt-14">
            <FormError message={problem.message} hint={problem.hint} />
          </div>
        )}
        {reading.data === undefined ? (
          reading.error === null ? (
            <SkeletonRows count={3} label="Reading the members" />
          ) : (
            <ReadingFailed
              title="The members cannot be shown"
              problem={describeError(reading.error)}
              isRetrying={reading.isFetching}
              onRetry={() => void reading.refetch()}
            />
          )
        ) : (
          <div className="overflow-x-auto">
            <DataList
              label={`Members of ${organisation.name}`}
              columns={[
                { id: 'name', title: 'Name', isFluid: true },
                { id: 'role', title: 'Role' },
                { id: 'billing', title: 'Manages billing' },
                { id: 'joined', title: 'Since', align: 'right' },
                { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
              ]}
              rows={members.map((member) => {
                const isSelf = member.accountId === accountId
                return {
                  id: member.accountId,
                  cells: cellsOf(member, {
                    now,
                    isSelf,
                    isOffline: offlineReason !== undefined,
                    may: actionsOn(member, { own: organisation.role, isSelf, owners }),
                    onRole: (role) => setRole.mutate({ accountId: member.accountId, role }),
                    onBilling: (managesBilling) =>
                      setBilling.mutate({ accountId: member.accountId, managesBilling }),
                    onRemove: () => setAsking({ what: 'remove', member }),
                  }),
                }
              })}
            />
          </div>
        )}
      </Card>
      <p className="text-small text-2">
        {organisation.isPersonal
          ? 'This organisation is yours alone. To work with others, create an organisation under Account and invite them there.'
          : 'Owners and those who manage billing see the plan, invoices and costs. Everybody sees usage.'}
      </p>
      {asking?.what === 'invite' ? (
        <InviteDialog organisation={organisation} onClose={() => setAsking(undefined)} />
      ) : asking?.what === 'rename' ? (
        <RenameOrganisationDialog organisation={organisation} onClose={() => setAsking(undefined)} />
      ) : asking?.what === 'remove' ? (
        <RemoveMemberDialog
          organisation={organisation}
          member={asking.member}
          isSelf={asking.member.accountId === accountId}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </div>
  )
}

interface MemberCells {
  readonly now: Date
  readonly isSelf: boolean
  readonly isOffline: boolean
  readonly may: MemberActions
  readonly onRole: (role: Role) => void
  readonly onBilling: (managesBilling: boolean) => void
  readonly onRemove: () => void
}

function cellsOf(member: OrganisationMember, can: MemberCells): ReactNode[] {
  const name = member.name === '' ? member.email : member.name
  const word = ROLES.find(({ id }) => id === member.role)?.label ?? member.role
  return [
    <span key="name" className="flex min-w-0 items-center gap-8">
      <span className="truncate text-body font-medium">{name}</span>
      {member.name === '' ? null : <span className="truncate text-3">{member.email}</span>}
      {can.isSelf ? <Badge>You</Badge> : null}
    </span>,
    can.may.roles.length === 0 ? (
      <span key="role">{word}</span>
    ) : (
      <div key="role" className="w-120">
        <Select
          label={`Role of ${name}`}
          isLabelHidden
          isDisabled={can.isOffline}
          options={ROLES.filter(({ id }) => can.may.roles.includes(id) || id === member.role)}
          value={member.role}
          onChange={can.onRole}
        />
      </div>
    ),
    can.may.canSetBilling ? (
      <Checkbox
        key="billing"
        label={<span className="sr-only">{`${name} manages billing`}</span>}
        isSelected={member.managesBilling}
        isDisabled={can.isOffline}
        onChange={can.onBilling}
      />
    ) : (
      <span key="billing" className={member.managesBilling ? undefined : 'text-3'}>
        {member.managesBilling ? 'Yes' : 'No'}
      </span>
    ),
    <span key="joined" className="text-3" title={formatFull(member.joinedAt)}>
      {formatAge(member.joinedAt, can.now)}
    </span>,
    can.may.canRemove ? (
      <MenuButton
        key="menu"
        label={`Actions of ${name}`}
        placement="bottom end"
        entries={[
          {
            id: 'remove',
            label: can.isSelf ? 'Leave…' : 'Remove…',
            icon: can.isSelf ? LogOut : UserMinus,
            isDanger: true,
            isDisabled: can.isOffline,
            onAction: can.onRemove,
          },
        ]}
      >
        <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${name}`} />
      </MenuButton>
    ) : null,
  ]
}
