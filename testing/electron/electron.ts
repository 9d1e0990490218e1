// A double of the part of Electron's main-process API that the app uses. Each export is checked against electron.d.ts at the end of the file, so the
// double cannot drift from the real thing without a compile error. Windows are real Chromium pages, ports are real, the rest is recorded.
import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { z } from 'zod'
import { closeBrowser } from './browser.ts'
import { BrowserWindow, contentsCreated, windowEvents, type WebContentsDouble } from './browser-window.ts'
import { ipcMain } from './ipc-main.ts'
import { MessageChannelMain } from './ports.ts'
import { allSessions, session } from './session.ts'
import { utilityProcess } from './utility-process.ts'

const calls: { readonly name: string; readonly input: unknown }[] = []
const record = (name: string, input: unknown = null): void => void calls.push({ name, input })

class AppDouble extends EventEmitter {
  readonly isPackaged = true
  readonly #ready = new Promise<void>((resolve) => setImmediate(resolve))

  enableSandbox(): void {
    record('app.enableSandbox')
  }
  requestSingleInstanceLock(): boolean {
    record('app.requestSingleInstanceLock')
    return true
  }
  whenReady(): Promise<void> {
    record('app.whenReady')
    return this.#ready
  }
  quit(): void {
    let isPrevented = false
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) })
    if (isPrevented) return
    void closeBrowser().finally(() => process.exit(0))
  }
}

const app = new AppDouble()
const contents: WebContentsDouble[] = []
contentsCreated.on('created', (created: WebContentsDouble) => {
  contents.push(created)
  app.emit('web-contents-created', {}, created)
})
windowEvents.on('all-closed', () => app.emit('window-all-closed'))

const protocol = {
  registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) =>
    record('protocol.registerSchemesAsPrivileged', schemes),
}
const nativeTheme = { shouldUseDarkColors: true }
const dialog = {
  showErrorBox: (title: string, content: string) => record('dialog.showErrorBox', { title, content }),
}
const clipboard = { writeText: (text: string) => record('clipboard.writeText', text) }
const shell = { openExternal: async (url: string) => record('shell.openExternal', url) }
const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: (menu: unknown) => record('Menu.setApplicationMenu', menu),
}
// Not encryption, and it does not pretend to be: what matters here is that every secret passes through it.
const safeStorage = {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'gnome_libsecret' as const,
  encryptStringAsync: async (plain: string) => (
    record('safeStorage.encrypt', plain.length),
    Buffer.from(`sealed:${Buffer.from(plain).toString('hex')}`)
  ),
  decryptStringAsync: async (sealed: Buffer) => ({
    shouldReEncrypt: false,
    result: Buffer.from(sealed.toString('utf8').replace('sealed:', ''), 'hex').toString('utf8'),
  }),
}

// What a test asks of the main process: what it called, what it set, and what it would allow.
const Question = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('calls') }),
  z.object({ ask: z.literal('windows') }),
  z.object({ ask: z.literal('permission'), permission: z.string(), origin: z.string() }),
  z.object({
    ask: z.literal('navigate'),
    event: z.enum(['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']),
    url: z.string(),
  }),
  z.object({ ask: z.literal('open'), url: z.string() }),
  z.object({ ask: z.literal('port'), url: z.string(), isSubframe: z.boolean(), nonce: z.string() }),
  z.object({ ask: z.literal('fetch'), url: z.string() }),
])

async function reply(question: z.infer<typeof Question>): Promise<unknown> {
  switch (question.ask) {
    case 'calls':
      return calls
    case 'windows':
      return BrowserWindow.getAllWindows().map((window) => ({
        isVisible: window.isVisible(),
        webPreferences: Object.fromEntries(
          Object.entries(window.options.webPreferences ?? {}).filter(
            ([, value]) => typeof value !== 'object',
          ),
        ),
      }))
    case 'permission': {
      const answers = []
      for (const { handlers } of allSessions()) {
        const granted = await new Promise((resolve) =>
          Reflect.apply(handlers.permissionRequest ?? (() => undefined), undefined, [
            null,
            question.permission,
            resolve,
            {},
          ]),
        )
        const checked: unknown = Reflect.apply(handlers.permissionCheck ?? (() => undefined), undefined, [
          null,
          question.permission,
          question.origin,
          {},
        ])
        const device: unknown = Reflect.apply(handlers.devicePermission ?? (() => undefined), undefined, [
          { deviceType: 'usb', origin: question.origin },
        ])
        const media = await new Promise((resolve) =>
          Reflect.apply(handlers.displayMedia ?? (() => undefined), undefined, [{}, resolve]),
        )
        answers.push({ granted, checked, device, media })
      }
      return answers
    }
    case 'navigate':
      return contents.map((one) => {
        let isPrevented = false
        one.emit(question.event, { url: question.url, preventDefault: () => (isPrevented = true) })
        return isPrevented
      })
    case 'open':
      return contents.map((one) => one.windowOpenHandler?.({ url: question.url }).action)
    case 'port': {
      const posted: string[] = []
      const senderFrame = {
        url: question.url,
        parent: question.isSubframe ? {} : null,
        postMessage: (channel: string) => posted.push(channel),
      }
      ipcMain.emit('nebuladb:request-port', { senderFrame }, question.nonce)
      return posted
    }
    case 'fetch': {
      const [first] = allSessions()
      const response = await first?.protocol.answer(new Request(question.url))
      return { status: response?.status, headers: Object.fromEntries(response?.headers ?? []) }
    }
  }
}

process.on('message', (message) => {
  const { id, ...question } = z.looseObject({ id: z.number() }).parse(message)
  void reply(Question.parse(question)).then((answer) => process.send?.({ type: 'answer', id, answer }))
})

// The compile-time check against electron.d.ts: what the app calls exists there, with these inputs and outputs.
type Same<Real, Names extends keyof Real> = {
  readonly [K in Names]: Real[K] extends (...input: infer I) => unknown ? (...input: I) => unknown : Real[K]
}
protocol satisfies Same<typeof Electron.protocol, 'registerSchemesAsPrivileged'>
nativeTheme satisfies Same<typeof Electron.nativeTheme, 'shouldUseDarkColors'>
dialog satisfies Same<typeof Electron.dialog, 'showErrorBox'>
clipboard satisfies Same<typeof Electron.clipboard, 'writeText'>
shell satisfies Same<typeof Electron.shell, 'openExternal'>
safeStorage satisfies Pick<
  typeof Electron.safeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>
app satisfies Pick<typeof Electron.app, 'isPackaged' | 'enableSandbox' | 'whenReady' | 'quit'> & {
  requestSingleInstanceLock(): boolean
}
utilityProcess satisfies { fork(modulePath: string): Pick<Electron.UtilityProcess, 'postMessage' | 'kill'> }

export {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  safeStorage,
  session,
  shell,
  utilityProcess,
}
