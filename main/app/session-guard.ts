// What a page may ask of the browser: nothing, but to write text to the clipboard. And where it may go: nowhere.
import { shell, type App, type Session, type WebContents } from 'electron'
import type { AppConfig } from './config.ts'
import { mayOpenOutside } from './outside-address.ts'
import { PAGE_ORIGIN } from './page-protocol.ts'

const ALLOWED = 'clipboard-sanitized-write'

/** Denies permissions and devices to every page of the session. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(permission === ALLOWED))
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === ALLOWED && isPageOrigin(origin),
  )
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null))
}

/** Keeps every page of the app where it is: no navigation, no new window, no webview. Links to the web open in the person's browser. */
export function guardNavigation(app: App, { testPayments }: AppConfig): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, testPayments))
}

function guardContents(contents: WebContents, testPayments: string | undefined): void {
  contents.on('will-navigate', (details) => void (isPageOrigin(details.url) || details.preventDefault()))
  contents.on('will-redirect', (details) => details.preventDefault())
  contents.on(
    'will-frame-navigate',
    (details) => void (isPageOrigin(details.url) || details.preventDefault()),
  )
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openInBrowser(url, testPayments)
    return { action: 'deny' }
  })
}

/** Hands an https address, or one of the test payments, to the system's browser; anything else is dropped. */
export function openInBrowser(address: string, testPayments?: string): void {
  if (mayOpenOutside(address, testPayments)) void shell.openExternal(new URL(address).href)
}

/** Whether an address or origin is the page's own. */
export function isPageOrigin(address: string): boolean {
  return address === PAGE_ORIGIN || address.startsWith(`${PAGE_ORIGIN}/`)
}
