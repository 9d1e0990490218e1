// Settings: appearance, keyboard, service, about; the account.
import { Info, Keyboard, Palette, Server, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation, useShell } from '../../shell/shell.tsx'
import { Page } from '../../shell/page.tsx'
import { SidebarHeading, SidebarNav } from '../../shell/sidebar-parts.tsx'
import { AccountSettings } from '../account/index.ts'
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

/** The list of pages. */
export function SettingsSidebar(): ReactNode {
  const { navigation } = useShell()
  const { page } = useLocation()
  return (
    <>
      <SidebarHeading title="Settings" />
      <SidebarNav
        label="Settings"
        groups={GROUPS}
        current={page === '' ? FIRST : page}
        onGo={(id) => navigation.go({ area: 'settings', page: id })}
      />
    </>
  )
}

/** The chosen page. */
export function SettingsArea(): ReactNode {
  const { page } = useLocation()
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
          <AccountSettings />
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
