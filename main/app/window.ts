// The app's windows: sandboxed pages that can do nothing but talk through their port.
import { BrowserWindow, nativeTheme, type Session } from 'electron'
import { PAGE_URL } from './page-protocol.ts'

export interface WindowOptions {
  readonly session: Session
  /** Path of the built preload script. */
  readonly preload: string
}

/** Opens a window on the page and shows it once it has painted, so that nothing flashes. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'NebulaDB',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#151519' : '#ffffff',
    titleBarStyle: process.platform === 'darwin' ? 'hiddenInset' : 'default',
    autoHideMenuBar: true,
    webPreferences: {
      session: options.session,
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(PAGE_URL)
  return window
}
