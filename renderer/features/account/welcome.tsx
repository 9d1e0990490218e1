// The first page: with an account, or without one. Both ways in have the same weight.
import { Check, Cloud, Database, Lock, RefreshCw, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../components/button.tsx'
import { FormError } from '../../components/form-error.tsx'
import { Logo } from '../../components/logo.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { ConnectionDialog } from '../connections/index.ts'
import { SignInCard } from './sign-in-card.tsx'
import { useAccount } from './use-account.ts'

const WORKS_LOCALLY = [
  { label: 'SQL editor', detail: 'Completion from your schema, several tabs, cancel' },
  { label: 'Results', detail: 'A million rows scroll, sorted by the server' },
  { label: 'Schema, history, saved queries', detail: 'Kept on this machine' },
  { label: 'Offline', detail: 'The last schema and results stay readable' },
] as const
const NEEDS_ACCOUNT = [
  { icon: Cloud, label: 'Hosted databases', detail: 'A Postgres 18 in about a second' },
  { icon: Users, label: 'Organisations', detail: 'Projects with roles for a team' },
  { icon: RefreshCw, label: 'Sync', detail: 'Queries and connections on each machine' },
] as const

/** The welcome page. `onBack` is given when somebody who stayed local came to log in. */
export function Welcome({ onBack }: { readonly onBack?: () => void }): ReactNode {
  const account = useAccount().data
  const about = useCall(['settings', 'about'], (host, options) => host.settings.about({}, options)).data
  const [isConnecting, setIsConnecting] = useState(false)
  const queries = useQueryClient()
  const { navigation } = useShell()
  const stay = useAction((host, _input: void) => host.account.stayLocal({}), ['connections'], {
    onSuccess: (state) => {
      queries.setQueryData(['account', 'current'], state)
      navigation.go({ area: 'home' })
    },
  })
  const isUndecided = account?.mode === 'undecided'
  const continueLocally = (): void => (isUndecided ? stay.mutate() : onBack?.())
  useCommands([
    {
      id: 'account.stay-local',
      title: 'Continue without account',
      group: 'Welcome',
      keys: ['Mod+L'],
      run: continueLocally,
    },
  ])
  const stayCaps = useCaps('account.stay-local')
  const problem = describeError(stay.error)
  return (
    <div className="flex min-h-0 flex-1 justify-center overflow-auto px-24 py-24">
      <div className="m-auto w-940 max-w-full">
        <div className="mb-30 flex items-center gap-14">
          <Logo />
          <div className="min-w-0 flex-1">
            <h1 className="text-display">Welcome to NebulaDB</h1>
            <p className="text-body text-2">
              Work on any Postgres from here. An account adds hosted databases and sync.
            </p>
          </div>
          {onBack === undefined ? null : <Button onPress={onBack}>Back</Button>}
        </div>
        <div className="grid grid-cols-[400px_1fr] gap-20 max-[900px]:grid-cols-1">
          <SignInCard
            serviceUrl={account?.serviceUrl ?? ''}
            email={account?.account?.email}
            startsWith={isUndecided ? 'sign-up' : 'log-in'}
          />
          <section
            aria-label="Stay local"
            className="flex flex-col overflow-hidden rounded-card border border-line-1 bg-s2 light:bg-s1"
          >
            <div className="flex items-center gap-8 border-b border-line-1 px-20 pt-20 pb-14">
              <div className="min-w-0 flex-1">
                <h2 className="text-[14px]/18 font-semibold">Stay local</h2>
                <p className="mt-3 text-small text-2">All local work, no account.</p>
              </div>
              <Button size="large" onPress={continueLocally} isBusy={stay.isPending} caps={stayCaps}>
                Continue without account
              </Button>
            </div>
            <FormError message={problem?.message} hint={problem?.hint} />
            <div className="flex items-center gap-12 border-b border-line-1 px-20 py-11">
              <Database aria-hidden="true" size={16} strokeWidth={1.75} className="text-2" />
              <div className="min-w-0 flex-1">
                <div className="text-body font-medium">Connect to a Postgres</div>
                <div className="text-small text-3">Paste a connection string, or fill in host and user</div>
              </div>
              <Button size="compact" onPress={() => setIsConnecting(true)}>
                Connect
              </Button>
            </div>
            <div className="grid flex-1 grid-cols-2 content-start gap-x-24 px-20 py-18 text-small">
              <div>
                <h3 className="mb-12 text-small font-medium text-2">Works without an account</h3>
                <ul className="flex flex-col gap-14">
                  {WORKS_LOCALLY.map(({ label, detail }) => (
                    <li key={label} className="flex items-start gap-10">
                      <Check aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 text-success" />
                      <span>
                        <span className="block text-1">{label}</span>
                        <span className="mt-2 block text-3">{detail}</span>
                      </span>
                    </li>
                  ))}
                </ul>
              </div>
              <div>
                <h3 className="mb-12 text-small font-medium text-2">Needs an account</h3>
                <ul className="flex flex-col gap-14">
                  {NEEDS_ACCOUNT.map(({ icon: Icon, label, detail }) => (
                    <li key={label} className="flex items-start gap-10">
                      <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 text-3" />
                      <span>
                        <span className="block text-2">{label}</span>
                        <span className="mt-2 block text-3">{detail}</span>
                      </span>
                    </li>
                  ))}
                </ul>
              </div>
            </div>
            <div className="border-t border-line-1 px-20 py-12 text-small text-3">
              You can log in later; what you made stays.
            </div>
          </section>
        </div>
        <p className="mt-16 flex items-start gap-8 text-small text-3">
          <Lock aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1" />
          <span>
            Queries, results and passwords stay on this machine.
            {about === undefined ? '' : ` ${about.secretStore}`}
          </span>
        </p>
      </div>
      <ConnectionDialog
        isOpen={isConnecting}
        onClose={() => setIsConnecting(false)}
        onSaved={() => {
          setIsConnecting(false)
          continueLocally()
        }}
      />
    </div>
  )
}
