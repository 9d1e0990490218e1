// The door of the Electron edge: everything between `app.whenReady` and the last window.
import { join } from 'node:path'
import { app, BrowserWindow, dialog, session } from 'electron'
import { readAppConfig } from './config.ts'
import { startHostProcess } from './host-process.ts'
import { setApplicationMenu } from './menu.ts'
import { brokerPagePorts } from './page-ports.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'
import { createKeychainStore } from './secrets.ts'
import { guardNavigation, guardSession } from './session-guard.ts'
import { openWindow } from './window.ts'

export interface AppPaths {
  /** Folder of the built page. */
  readonly page: string
  /** The built preload script. */
  readonly preload: string
  /** The built entry of the host's utility process. */
  readonly host: string
  /** The built entry of the process for scripts. */
  readonly sandbox: string
}

/** Where the build puts things, from the folder of the built main process. */
export function builtPaths(mainDirectory: string): AppPaths {
  return {
    page: join(mainDirectory, '../renderer'),
    preload: join(mainDirectory, '../preload/preload.cjs'),
    host: join(mainDirectory, 'utility-entry.js'),
    sandbox: join(mainDirectory, 'sandbox-entry.js'),
  }
}

/** Runs the app until its last window is closed. Call it first thing, before the app is ready. */
export async function runApp(paths: AppPaths): Promise<void> {
  app.enableSandbox()
  registerPageScheme()
  if (!app.requestSingleInstanceLock()) return app.quit()
  guardNavigation(app, readAppConfig())
  const log = (line: string): void => void process.stderr.write(`${line}\n`)

  await app.whenReady()
  const page = session.fromPartition('persist:nebuladb')
  guardSession(page)
  servePage(page, paths.page)
  setApplicationMenu(!app.isPackaged)
  const host = startHostProcess({
    modulePath: paths.host,
    sandboxPath: paths.sandbox,
    secretStore: createKeychainStore(),
    log,
    onFailed: (message) => {
      dialog.showErrorBox('NebulaDB cannot start', message)
      app.quit()
    },
  })
  brokerPagePorts(host.connectPage)

  const open = (): BrowserWindow => openWindow({ session: page, preload: paths.preload })
  open()
  app.on('second-instance', () => {
    const [window = open()] = BrowserWindow.getAllWindows()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => void (BrowserWindow.getAllWindows().length === 0 && open()))
  app.on('window-all-closed', () => void (process.platform !== 'darwin' && app.quit()))

  let isHostStopped = false
  app.on('before-quit', (event) => {
    if (isHostStopped) return
    // The host writes what is unsaved before the app may end.
    event.preventDefault()
    void host.stop().finally(() => {
      isHostStopped = true
      app.quit()
    })
  })
  host.ready.then(
    () => process.send?.({ type: 'ready', url: '' }),
    (error: unknown) =>
      process.send?.({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
  process.on('disconnect', () => app.quit())
}
