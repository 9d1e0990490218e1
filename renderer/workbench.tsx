// The composition root of the page: starts the shell once the host has answered, and lists the areas.
import { Home, Network, Plug, ServerCog, Settings as SettingsIcon, Unplug } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { AccountState } from '#contract/capabilities/account.ts'
import type { About, Settings } from '#contract/capabilities/settings.ts'
import type { Workspace } from '#contract/capabilities/workspace.ts'
import { Banner } from './components/banner.tsx'
import { AccountMenu, useAccount, Welcome } from './features/account/index.ts'
import { ApiArea, ApiPaletteSource, ApiSidebar } from './features/api/index.ts'
import { BillingBanner, HostedPageProvider } from './features/billing/index.ts'
import { ConnectionPaletteSource, ConnectionsArea, ScopeSwitcher } from './features/connections/index.ts'
import { ConnectivityButton, NotificationsButton, OfflineBanner } from './features/connectivity/index.ts'
import { DesignerArea, DesignerProvider, DesignerSidebar } from './features/designer/index.ts'
import { HomeArea, HomeSidebar } from './features/projects/index.ts'
import { sqlArea, SqlWorkbenchProvider } from './features/query/index.ts'
import {
  RequestPaletteSource,
  requestsArea,
  RequestWorkbenchProvider,
  TesterCommands,
} from './features/requests/index.ts'
import { SettingsArea, SettingsSidebar, useAbout, useSettings } from './features/settings/index.ts'
import { HostEvents } from './host/host-events.tsx'
import { useCall, useHost, useHostState, type Host } from './host/host-provider.tsx'
import type { Area } from './shell/areas.ts'
import { TESTER_PARTS } from './tester-parts.ts'
import { Frame } from './shell/frame.tsx'
import { Location } from './shell/navigation.ts'
import { createShell, ShellProvider, useLocation, useShell, type Shell } from './shell/shell.tsx'
import { StartScreen } from './shell/start-screen.tsx'
import { applyAppearance } from './shell/theme.ts'

const AREAS: readonly Area[] = [
  {
    id: 'home',
    title: 'Home',
    icon: Home,
    placement: 'top',
    Content: HomeArea,
    Sidebar: HomeSidebar,
    sidebarWidth: 208,
    showsSidebar: (location) => location.page === 'project',
  },
  sqlArea,
  {
    id: 'designer',
    title: 'Designer',
    icon: Network,
    placement: 'top',
    Content: DesignerArea,
    Sidebar: DesignerSidebar,
  },
  requestsArea,
  {
    id: 'api',
    title: 'Data API',
    icon: ServerCog,
    placement: 'top',
    Content: ApiArea,
    Sidebar: ApiSidebar,
    sidebarWidth: 208,
  },
  { id: 'connections', title: 'Connections', icon: Plug, placement: 'top', Content: ConnectionsArea },
  {
    id: 'settings',
    title: 'Settings',
    icon: SettingsIcon,
    placement: 'bottom',
    Content: SettingsArea,
    Sidebar: SettingsSidebar,
    sidebarWidth: 208,
  },
]

/** The whole app. */
export function Workbench({ isBrowser }: { readonly isBrowser: boolean }): ReactNode {
  const settings = useSettings()
  const about = useAbout()
  const account = useAccount()
  const workspace = useCall(['workspace', 'load'], (host, options) => host.workspace.load({}, options), {
    staleTime: Infinity,
  })
  const failed = [settings, about, account, workspace].find(
    (reading) => reading.isError && reading.data === undefined,
  )
  if (
    settings.data === undefined ||
    about.data === undefined ||
    account.data === undefined ||
    workspace.data === undefined
  )
    return <StartScreen error={failed?.error ?? undefined} />
  return (
    <Started
      isBrowser={isBrowser}
      settings={settings.data}
      about={about.data}
      account={account.data}
      workspace={workspace.data}
    />
  )
}

interface StartedProps {
  readonly isBrowser: boolean
  readonly settings: Settings
  readonly about: About
  readonly account: AccountState
  readonly workspace: Workspace
}

function Started(props: StartedProps): ReactNode {
  const host = useHost()
  const [shell] = useState(() => startShell(host, props))
  const { settings, about, isBrowser } = props
  useEffect(() => applyAppearance(document, settings), [settings])
  useEffect(
    () => shell.keys.set({ platform: about.platform, isBrowser, overrides: settings.keybindings }),
    [shell, about.platform, isBrowser, settings.keybindings],
  )
  return (
    <ShellProvider shell={shell}>
      <HostEvents />
      <ConnectionPaletteSource />
      <ApiPaletteSource hasAccount={props.account.mode === 'signed-in' || props.account.mode === 'expired'} />
      <SqlWorkbenchProvider workspace={props.workspace}>
        <DesignerProvider>
          <RequestWorkbenchProvider parts={TESTER_PARTS}>
            <RequestPaletteSource />
            <TesterCommands />
            <HostedPageProvider>
              <Window account={props.account} about={about} />
            </HostedPageProvider>
          </RequestWorkbenchProvider>
        </DesignerProvider>
      </SqlWorkbenchProvider>
    </ShellProvider>
  )
}

const LOCATION_NAME = 'location'

function startShell(host: Host, { workspace, about, isBrowser, settings }: StartedProps): Shell {
  const kept = workspace.layout[LOCATION_NAME]
  const location = readLocation(typeof kept === 'string' ? kept : '')
  const shell = createShell({
    keys: { platform: about.platform, isBrowser, overrides: settings.keybindings },
    layout: workspace.layout,
    location,
    saveLayout: (layout) =>
      // The next change tries again; a lost pane size is no reason to disturb anybody.
      void host.workspace.saveLayout({ ...layout }).catch(() => undefined),
    now: () => new Date(),
  })
  shell.navigation.location.subscribe(() =>
    shell.layout.set(LOCATION_NAME, JSON.stringify(shell.navigation.location.get())),
  )
  return shell
}

/** Where the person was, or the first page. */
function readLocation(kept: string): Location {
  try {
    const parsed = Location.safeParse(JSON.parse(kept))
    if (parsed.success && AREAS.some((area) => area.id === parsed.data.area)) return parsed.data
  } catch {
    // Nothing kept yet, or from another version.
  }
  return { area: 'home', page: '', id: '' }
}

function Window({ account, about }: { readonly account: AccountState; readonly about: About }): ReactNode {
  const shell = useShell()
  const location = useLocation()
  const isUndecided = account.mode === 'undecided'
  const isWelcome = isUndecided || (location.page === 'welcome' && account.mode !== 'signed-in')
  const area = AREAS.find((one) => one.id === location.area)
  return (
    <Frame
      areas={AREAS}
      titleLeft={
        isWelcome ? (
          <span className="pl-2 text-body font-medium text-2">Welcome</span>
        ) : (
          <ScopeSwitcher fallback={area?.id === 'home' ? 'Projects' : (area?.title ?? 'NebulaDB')} />
        )
      }
      titleRight={
        <>
          <ConnectivityButton />
          {isWelcome ? null : (
            <>
              <NotificationsButton />
              <AccountMenu />
            </>
          )}
        </>
      }
      statusRight={
        <button
          type="button"
          title="About this version"
          onClick={() => shell.navigation.go({ area: 'settings', page: 'about' })}
          className="h-23 px-9 hover:bg-hover hover:text-1 focus-visible:outline-offset-[-2px]"
        >
          {about.version}
        </button>
      }
      banners={
        <>
          <HostBanner />
          <OfflineBanner isExpired={account.mode === 'expired'} />
          {account.mode === 'signed-in' ? <BillingBanner /> : null}
        </>
      }
    >
      {isWelcome ? (
        <Welcome {...(isUndecided ? {} : { onBack: () => shell.navigation.go({ area: 'home' }) })} />
      ) : undefined}
    </Frame>
  )
}

/** The host itself went away: the page waits for it. */
function HostBanner(): ReactNode {
  const state = useHostState()
  if (state.status === 'connected' || state.status === 'connecting') return null
  return (
    <Banner
      icon={Unplug}
      tone="warning"
      lead={state.status === 'lost' ? 'The app behind this page does not answer.' : 'Reload this page.'}
    >
      {state.status === 'lost' ? 'Trying again by itself.' : state.message}
    </Banner>
  )
}
