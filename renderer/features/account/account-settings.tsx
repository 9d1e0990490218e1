// Settings of the account: who it is, its organisations, change the password, delete it.
import { useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { ChangePassword } from '#contract/capabilities/auth.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Form } from '../../components/form.tsx'
import { formatFull } from '../../components/format.ts'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { OrganisationsCard } from '../organisations/index.ts'
import { useAccount } from './use-account.ts'

/** The account page of the settings. */
export function AccountSettings(props: {
  readonly onOpenOrganisation: (organisation: Organisation) => void
}): ReactNode {
  const state = useAccount().data
  const { navigation } = useShell()
  if (state === undefined) return null
  if (state.account === null) {
    return (
      <Card>
        <EmptyState
          title="No account on this machine"
          action={
            <Button variant="primary" onPress={() => navigation.go({ area: 'home', page: 'welcome' })}>
              Log in or create an account
            </Button>
          }
        >
          Everything local works without one. An account adds hosted databases and sync.
        </EmptyState>
      </Card>
    )
  }
  return (
    <div className="flex flex-col gap-16">
      <Card title="Profile">
        <dl className="grid grid-cols-[110px_1fr] gap-y-8 px-14 py-14 text-small">
          <dt className="text-3">Name</dt>
          <dd>{state.account.name === '' ? '–' : state.account.name}</dd>
          <dt className="text-3">E-mail</dt>
          <dd className="select-text">{state.account.email}</dd>
          <dt className="text-3">Since</dt>
          <dd>{formatFull(state.account.createdAt)}</dd>
        </dl>
      </Card>
      <OrganisationsCard onOpen={props.onOpenOrganisation} />
      <PasswordCard />
      <DeleteCard email={state.account.email} />
    </div>
  )
}

function PasswordCard(): ReactNode {
  const queries = useQueryClient()
  const { notifications } = useShell()
  const form = useForm({ currentPassword: '', newPassword: '' }, ChangePassword)
  const change = useAction(
    (host, input: { currentPassword: string; newPassword: string }) => host.account.changePassword(input),
    [],
    {
      onSuccess: (state) => {
        queries.setQueryData(['account', 'current'], state)
        form.reset({ currentPassword: '', newPassword: '' })
        notifications.toast({ tone: 'success', text: 'Password changed. Other sessions have ended.' })
      },
      onError: (error) => form.setErrors(fieldErrorsOf(error)),
    },
  )
  return (
    <Card title="Password">
      <Form
        className="max-w-420 gap-12 px-14 py-14"
        problem={describeError(change.error)}
        onSubmit={() => {
          if (form.check()) change.mutate(form.values)
        }}
        actions={
          <div>
            <Button type="submit" isBusy={change.isPending}>
              {change.isPending ? 'Changing…' : 'Change password'}
            </Button>
          </div>
        }
      >
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          {...form.field('currentPassword')}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          {...form.field('newPassword')}
          help="At least 10 characters. All other sessions end."
        />
      </Form>
    </Card>
  )
}

function DeleteCard({ email }: { readonly email: string }): ReactNode {
  const queries = useQueryClient()
  const { navigation } = useShell()
  const [isAsking, setIsAsking] = useState(false)
  const [password, setPassword] = useState('')
  const remove = useAction(
    (host, input: { password: string }) => host.account.deleteAccount(input),
    ['projects', 'organisations', 'connections'],
    {
      onSuccess: (state) => {
        setIsAsking(false)
        queries.setQueryData(['account', 'current'], state)
        navigation.go({ area: 'home' })
      },
    },
  )
  return (
    <Card title="Delete account">
      <div className="flex items-center gap-16 px-14 py-14">
        <p className="min-w-0 flex-1 text-small text-2">
          Deletes the account, its personal organisation and every project in it. This cannot be undone.
        </p>
        <Button variant="danger" onPress={() => setIsAsking(true)}>
          Delete account
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title="Delete this account?"
        lost="Your account, your personal organisation and all of its projects with their databases are deleted for good."
        survives="Connections, history and saved queries on this machine stay."
        confirmLabel="Delete account"
        busyLabel="Deleting…"
        typedName={email}
        isBusy={remove.isPending}
        isConfirmBlocked={password === ''}
        error={describeError(remove.error)?.message}
        onConfirm={() => remove.mutate({ password })}
        onClose={() => {
          setPassword('')
          setIsAsking(false)
        }}
      >
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={setPassword}
        />
      </ConfirmDialog>
    </Card>
  )
}
