// Electron's BrowserWindow: a page in a real Chromium. app:// is served by the app's own protocol handler under an https name that stands for it;
// the preload script runs in an isolated world, as it does in Electron, and talks to the main process by a binding that only that world has.
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { CDPSession, Page } from '@playwright/test'
import type Electron from 'electron'
import { z } from 'zod'
import { browserContext } from './browser.ts'
import { ipcMain } from './ipc-main.ts'
import { decodeMessage, encodeMessage } from './message-encoding.ts'
import { nodePorts } from './ports.ts'
import type { SessionDouble } from './session.ts'

const APP = 'app://nebuladb'
const STAND_IN = 'https://nebuladb.test'
const WORLD = 'Electron Isolated Context'
const Call = z.discriminatedUnion('type', [
  z.object({ type: z.literal('send'), channel: z.string(), message: z.unknown() }),
  z.object({ type: z.literal('port'), id: z.number(), message: z.string() }),
])

/** Address as the app knows it → address as Chromium is given it. */
export const toBrowser = (address: string): string => address.replace(APP, STAND_IN)
/** And back. */
export const toApp = (address: string): string => address.replace(STAND_IN, APP)

export class WebContentsDouble extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler
  }
}

const openWindows: BrowserWindow[] = []
/** Told of each new webContents, as `app.on('web-contents-created')` is. */
export const contentsCreated = new EventEmitter()
export const windowEvents = new EventEmitter()

export class BrowserWindow extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly webContents = new WebContentsDouble()
  readonly #session: SessionDouble
  #page: Page | undefined
  #isVisible: boolean

  constructor(
    options: Electron.BrowserWindowConstructorOptions & { webPreferences: { session: SessionDouble } },
  ) {
    super()
    this.options = options
    this.#session = options.webPreferences.session
    this.#isVisible = options.show !== false
    openWindows.push(this)
    contentsCreated.emit('created', this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...openWindows]
  }

  async loadURL(address: string): Promise<void> {
    const context = await browserContext()
    const page = await context.newPage()
    this.#page = page
    await page.route(`${STAND_IN}/**`, async (route) => {
      const request = route.request()
      const response = await this.#session.protocol.answer(
        new Request(toApp(request.url()), { method: request.method() }),
      )
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      })
    })
    await this.#installPreload(page)
    page.once('domcontentloaded', () => this.emit('ready-to-show'))
    page.once('close', () => {
      openWindows.splice(openWindows.indexOf(this), 1)
      if (openWindows.length === 0) windowEvents.emit('all-closed')
    })
    await page.goto(toBrowser(address))
  }

  show(): void {
    this.#isVisible = true
  }
  isVisible(): boolean {
    return this.#isVisible
  }
  isMinimized(): boolean {
    return false
  }
  restore(): void {}
  focus(): void {
    void this.#page?.bringToFront()
  }

  async #installPreload(page: Page): Promise<void> {
    const preload = this.options.webPreferences?.preload
    if (preload === undefined) return
    const cdp = await page.context().newCDPSession(page)
    let world: number | undefined
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === WORLD) world = context.id
    })
    cdp.on('Runtime.bindingCalled', ({ payload }) => this.#receive(payload, cdp, () => world))
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: 'electronDouble', executionContextName: WORLD })
    await cdp.send('Page.enable')
    const source = `${readFileSync(new URL('./preload-world.js', import.meta.url), 'utf8')}
;((require, module, exports) => {\n${readFileSync(preload, 'utf8')}\n})(electronDoubleRequire, { exports: {} }, {})`
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: WORLD })
  }

  readonly #ports = new Map<number, ReturnType<typeof nodePorts>[number]>()
  #nextPort = 1

  #receive(payload: string, cdp: CDPSession, world: () => number | undefined): void {
    const call = Call.parse(JSON.parse(payload))
    if (call.type === 'port') {
      this.#ports.get(call.id)?.postMessage(decodeMessage(call.message))
      return
    }
    const deliver = (name: string, ...values: unknown[]): void => {
      const contextId = world()
      if (contextId === undefined) return
      const expression = `${name}(${values.map((value) => JSON.stringify(value)).join(',')})`
      void cdp.send('Runtime.evaluate', { expression, contextId }).catch(() => undefined)
    }
    const senderFrame = {
      url: toApp(this.#page?.url() ?? ''),
      parent: null,
      postMessage: (channel: string, message: unknown, transfer?: Electron.MessagePortMain[]) => {
        const ids = nodePorts(transfer).map((port) => {
          const id = this.#nextPort++
          this.#ports.set(id, port)
          port.on('message', (data: unknown) => deliver('electronDoublePort', id, encodeMessage(data)))
          return id
        })
        deliver('electronDoubleReceive', channel, message, ids)
      },
    }
    ipcMain.emit(call.channel, { senderFrame, sender: this.webContents }, call.message)
  }
}
