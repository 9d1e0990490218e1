// The application menu: what macOS expects, and the roles that make copy and paste work. Everything else is in the page.
import { Menu } from 'electron'

/** Sets the application menu. */
export function setApplicationMenu(isDevelopment: boolean): void {
  const view = isDevelopment ? [{ role: 'toggleDevTools' as const }] : []
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
      { role: 'editMenu' },
      { label: 'View', submenu: [{ role: 'togglefullscreen' }, ...view] },
      { role: 'windowMenu' },
    ]),
  )
}
