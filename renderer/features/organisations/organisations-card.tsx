// The organisations of the account: which there are, a new one, joining one with a mailed code.
import { EllipsisVertical, Pencil, Plus, Trash2, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { ReadingFailed } from '../../components/reading-failed.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useOfflineReason } from '../connectivity/index.ts'
import {
  CreateOrganisationDialog,
  DeleteOrganisationDialog,
  JoinOrganisationDialog,
  RenameOrganisationDialog,
} from './organisation-dialogs.tsx'
import { ROLES, rolesToGive, useOrganisations } from './use-organisations.ts'

type Asking =
  | { readonly what: 'create' | 'join' }
  | { readonly what: 'rename' | 'delete'; readonly organisation: Organisation }

/** The card with its dialogs; `onOpen` shows the members of one. */
export function OrganisationsCard(props: {
  readonly onOpen: (organisation: Organisation) => void
}): ReactNode {
  const reading = useOrganisations()
  const offlineReason = useOfflineReason()
  const [asking, setAsking] = useState<Asking>()
  const close = (): void => setAsking(undefined)
  return (
    <Card
      title="Organisations"
      isFlat
      actions={
        <>
          <Button variant="ghost" disabledReason={offlineReason} onPress={() => setAsking({ what: 'join' })}>
            Join with a code
          </Button>
          <Button icon={Plus} disabledReason={offlineReason} onPress={() => setAsking({ what: 'create' })}>
            New organisation
          </Button>
        </>
      }
    >
      {reading.data === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={2} label="Reading the organisations" />
        ) : (
          <ReadingFailed
            title="The organisations cannot be shown"
            problem={describeError(reading.error)}
            isRetrying={reading.isFetching}
            onRetry={() => void reading.refetch()}
          />
        )
      ) : (
        <DataList
          label="Organisations"
          columns={[
            { id: 'name', title: 'Name', isFluid: true },
            { id: 'role', title: 'Your role' },
            { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
          ]}
          rows={reading.data.map((organisation) => ({
            id: organisation.id,
            cells: [
              <RowAction
                key="name"
                icon={Users}
                name={organisation.name}
                detail={organisation.isPersonal ? 'yours alone' : ''}
                onPress={() => props.onOpen(organisation)}
              />,
              ROLES.find(({ id }) => id === organisation.role)?.label,
              organisation.isPersonal || rolesToGive(organisation.role).length === 0 ? null : (
                <MenuButton
                  key="menu"
                  label={`Actions of ${organisation.name}`}
                  placement="bottom end"
                  entries={[
                    {
                      id: 'rename',
                      label: 'Rename…',
                      icon: Pencil,
                      isDisabled: offlineReason !== undefined,
                      onAction: () => setAsking({ what: 'rename', organisation }),
                    },
                    {
                      id: 'delete',
                      label: 'Delete…',
                      icon: Trash2,
                      isDanger: true,
                      startsGroup: true,
                      isDisabled: offlineReason !== undefined || organisation.role !== 'owner',
                      onAction: () => setAsking({ what: 'delete', organisation }),
                    },
                  ]}
                >
                  <IconButton
                    icon={EllipsisVertical}
                    size="small"
                    label={`Actions of ${organisation.name}`}
                  />
                </MenuButton>
              ),
            ],
          }))}
        />
      )}
      {asking?.what === 'create' ? (
        <CreateOrganisationDialog onClose={close} />
      ) : asking?.what === 'join' ? (
        <JoinOrganisationDialog onClose={close} />
      ) : asking?.what === 'rename' ? (
        <RenameOrganisationDialog organisation={asking.organisation} onClose={close} />
      ) : asking?.what === 'delete' ? (
        <DeleteOrganisationDialog organisation={asking.organisation} onClose={close} />
      ) : null}
    </Card>
  )
}
