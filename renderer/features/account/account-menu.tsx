// The round mark at the right of the title bar: who is logged in, settings, log out.
import { Keyboard, LogIn, LogOut, Settings, UserRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { AvatarButton } from '../../components/avatar-button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { initials, useAccount } from './use-account.ts'

/** The account menu. */
export function AccountMenu(): ReactNode {
  const shell = useShell()
  const queries = useQueryClient()
  const state = useAccount().data
  const connectivity = useCall(['connectivity', 'current'], (host, options) =>
    host.connectivity.current({}, options),
  ).data
  const [isAsking, setIsAsking] = useState(false)
  const logOut = useAction(
    (host, _input: void) => host.account.logOut({}),
    ['projects', 'organisations', 'connections'],
    {
      onSuccess: (next) => {
        setIsAsking(false)
        queries.setQueryData(['account', 'current'], next)
        shell.navigation.go({ area: 'home' })
      },
    },
  )
  const account = state?.account ?? null
  const hasAccount = account !== null
  const pending = connectivity?.pendingChanges ?? 0
  useCommands([
    {
      id: 'account.log-in',
      title: 'Log in or create an account',
      group: 'Account',
      icon: LogIn,
      when: () => state?.mode !== 'signed-in' && state?.mode !== 'undecided',
      run: () => shell.navigation.go({ area: 'home', page: 'welcome' }),
    },
    {
      id: 'account.log-out',
      title: 'Log out',
      group: 'Account',
      icon: LogOut,
      when: () => hasAccount,
      run: () => setIsAsking(true),
    },
  ])
  const settingsCaps = useCaps('area.settings')
  const shortcutCaps = useCaps('shortcuts.show')
  const entries: readonly MenuEntry[] = [
    ...(state?.mode === 'signed-in'
      ? []
      : [
          {
            id: 'log-in',
            label: state?.mode === 'expired' ? 'Log in again' : 'Log in or create an account',
            icon: LogIn,
            onAction: () => void shell.commands.run('account.log-in'),
          },
        ]),
    ...(hasAccount
      ? [
          {
            id: 'account',
            label: 'Account',
            icon: UserRound,
            onAction: () => shell.navigation.go({ area: 'settings', page: 'account' }),
          },
        ]
      : []),
    {
      id: 'settings',
      label: 'Settings',
      icon: Settings,
      caps: settingsCaps,
      onAction: () => shell.navigation.go({ area: 'settings' }),
    },
    {
      id: 'shortcuts',
      label: 'Keyboard shortcuts',
      icon: Keyboard,
      caps: shortcutCaps,
      onAction: () => void shell.commands.run('shortcuts.show'),
    },
    ...(hasAccount
      ? [
          {
            id: 'log-out',
            label: 'Log out',
            icon: LogOut,
            startsGroup: true,
            onAction: () => setIsAsking(true),
          },
        ]
      : []),
  ]
  return (
    <>
      <MenuButton
        label="Account"
        placement="bottom end"
        entries={entries}
        header={
          <div className="border-b border-line-1 px-12 py-10 text-small">
            <div className="font-medium">
              {account === null ? 'Local only' : account.name === '' ? account.email : account.name}
            </div>
            <div className="text-3">
              {account === null
                ? 'Nothing leaves this machine.'
                : state?.mode === 'expired'
                  ? 'The session ended. Local work goes on.'
                  : account.email}
            </div>
          </div>
        }
      >
        <AvatarButton
          label={account === null ? 'Account: local only' : `Account: ${account.email}`}
          initials={account === null ? undefined : initials(account.name, account.email)}
        />
      </MenuButton>
      <ConfirmDialog
        isOpen={isAsking}
        title="Log out of this machine?"
        lost={
          pending === 0
            ? 'The projects of this account leave this machine, with their kept schemas and results.'
            : `${pending} ${pending === 1 ? 'change is' : 'changes are'} not synced yet and will be lost here. The projects of this account leave this machine.`
        }
        survives="Your own connections, their passwords and your history stay. The projects are there again when you log in."
        confirmLabel="Log out"
        busyLabel="Logging out…"
        isBusy={logOut.isPending}
        error={describeError(logOut.error)?.message}
        onConfirm={() => logOut.mutate()}
        onClose={() => setIsAsking(false)}
      />
    </>
  )
}
