// One spec, three hosts: a page in a browser on the headless host; the built app over the double of Electron; the built app in Electron itself.
// The Playwright project says which.
import { fileURLToPath } from 'node:url'
import { test as base, _electron, type ElectronApplication, type Page } from '@playwright/test'
import { findElectron } from '../scripts/electron-binary.ts'
import { startElectronDouble, type ElectronDouble } from './electron-double.ts'
import type { Stack } from './stack.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Desktop {
  /** Starts the app on the stack's data folder, as a person does after installing it or after a restart. */
  start(stack: Stack): Promise<Page>
  /** Ends the app; the service is not touched. */
  stop(): Promise<void>
  /** Ends its host as a crash does. */
  kill(): Promise<void>
}

/** `test` with a `desktop` fixture of the project's kind. It is ended with the test. */
export const test = base.extend<{ desktop: Desktop }>({
  desktop: async ({ context }, use, { project }) => {
    const desktop =
      project.name === 'electron'
        ? inElectron()
        : project.name === 'double'
          ? overDouble()
          : inBrowser(() => context.newPage())
    await use(desktop)
    await desktop.stop()
  },
})

function inBrowser(newPage: () => Promise<Page>): Desktop {
  let stack: Stack | undefined
  let page: Page | undefined
  return {
    async start(on) {
      stack = on
      page = await newPage()
      await page.goto(await on.startHost())
      return page
    },
    async stop() {
      await stack?.stopHost()
      await page?.close()
    },
    async kill() {
      await stack?.killHost()
      await page?.close()
    },
  }
}

function overDouble(): Desktop {
  let app: ElectronDouble | undefined
  return {
    async start(stack) {
      app = await startElectronDouble(stack.environment)
      return app.page
    },
    async stop() {
      await app?.close()
      app = undefined
    },
    async kill() {
      await app?.kill()
      app = undefined
    },
  }
}

function inElectron(): Desktop {
  let app: ElectronApplication | undefined
  return {
    async start(stack) {
      const executablePath = findElectron()
      if (executablePath === undefined) throw new Error('The Electron binary is not here.')
      app = await _electron.launch({
        executablePath,
        args: [ROOT],
        env: { ...definedOnly(process.env), ...stack.environment },
      })
      return app.firstWindow()
    },
    async stop() {
      await app?.close()
      app = undefined
    },
    async kill() {
      const ended = app?.waitForEvent('close')
      app?.process().kill('SIGKILL')
      await ended
      app = undefined
    },
  }
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
