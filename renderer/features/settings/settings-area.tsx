// Settings: appearance, keyboard, service, about; the account; pages of each organisation.
import { CreditCard, Info, Keyboard, Palette, Server, UserRound, Users, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AccountId } from '#contract/capabilities/ids.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import { useLocation, useShell } from '../../shell/shell.tsx'
import { Page } from '../../shell/page.tsx'
import { SidebarHeading, SidebarNav } from '../../shell/sidebar-parts.tsx'
import { AccountSettings, useAccount } from '../account/index.ts'
import { BillingPage } from '../billing/index.ts'
import {
  MembersSettings,
  organisationPage,
  useOrganisations,
  type OrganisationPageId,
} from '../organisations/index.ts'
import { AboutSettings } from './about-settings.tsx'
import { AppearanceSettings } from './appearance-settings.tsx'
import { KeyboardSettings } from './keyboard-settings.tsx'
import { ServiceSettings } from './service-settings.tsx'

const GROUPS = [
  {
    title: 'This machine',
    entries: [
      { id: 'appearance', label: 'Appearance', icon: Palette },
      { id: 'keyboard', label: 'Keyboard', icon: Keyboard },
      { id: 'service', label: 'Service', icon: Server },
      { id: 'about', label: 'About', icon: Info },
    ],
  },
  { title: 'Account', entries: [{ id: 'account', label: 'Account', icon: UserRound }] },
] as const

const FIRST = 'appearance'

interface OrganisationPageProps {
  readonly organisation: Organisation
  /** Who looks at it. */
  readonly accountId: AccountId
}

interface OrganisationPage {
  readonly id: OrganisationPageId
  readonly label: string
  readonly icon: LucideIcon
  readonly Content: (props: OrganisationPageProps) => ReactNode
  /** It has a title and actions of its own. */
  readonly isWhole?: boolean
}

/** What each organisation has: an entry in the sidebar, and the page behind it. */
const ORGANISATION_PAGES: readonly OrganisationPage[] = [
  { id: 'billing', label: 'Plan and billing', icon: CreditCard, Content: BillingPage, isWhole: true },
  { id: 'members', label: 'Members', icon: Users, Content: MembersSettings },
]

function useShownOrganisations(): readonly Organisation[] {
  const isSignedIn = (useAccount().data?.account ?? null) !== null
  const organisations = useOrganisations(isSignedIn).data
  return isSignedIn ? (organisations ?? []) : []
}

/** The list of pages. */
export function SettingsSidebar(): ReactNode {
  const { navigation } = useShell()
  const { page } = useLocation()
  const organisations = useShownOrganisations().map((organisation) => ({
    title: organisation.name,
    entries: ORGANISATION_PAGES.map(({ id, label, icon }) => ({
      id: organisationPage(id, organisation.id),
      label,
      icon,
    })),
  }))
  return (
    <>
      <SidebarHeading title="Settings" />
      <SidebarNav
        label="Settings"
        groups={[...GROUPS, ...organisations]}
        current={page === '' ? FIRST : page}
        onGo={(id) => navigation.go({ area: 'settings', page: id })}
      />
    </>
  )
}

/** The chosen page. */
export function SettingsArea(): ReactNode {
  const { navigation } = useShell()
  const { page } = useLocation()
  const accountId = useAccount().data?.account?.id
  const organisations = useShownOrganisations()
  for (const organisation of organisations)
    for (const { id, label, Content, isWhole } of ORGANISATION_PAGES)
      if (accountId !== undefined && page === organisationPage(id, organisation.id))
        return isWhole === true ? (
          <Content key={organisation.id} organisation={organisation} accountId={accountId} />
        ) : (
          <Page title={label} detail={organisation.name}>
            <Content key={organisation.id} organisation={organisation} accountId={accountId} />
          </Page>
        )
  switch (page) {
    case 'keyboard':
      return (
        <Page title="Keyboard" detail="Press a key to change it">
          <KeyboardSettings />
        </Page>
      )
    case 'service':
      return (
        <Page title="Service" isNarrow>
          <ServiceSettings />
        </Page>
      )
    case 'about':
      return (
        <Page title="About" isNarrow>
          <AboutSettings />
        </Page>
      )
    case 'account':
      return (
        <Page title="Account" isNarrow>
          <AccountSettings
            onOpenOrganisation={(organisation) =>
              navigation.go({ area: 'settings', page: organisationPage('members', organisation.id) })
            }
          />
        </Page>
      )
    default:
      return (
        <Page title="Appearance" isNarrow>
          <AppearanceSettings />
        </Page>
      )
  }
}
