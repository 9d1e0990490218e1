// Runs the built main process over the double of Electron and lets a spec drive its windows and question it.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from '@playwright/test'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const Told = z.discriminatedUnion('type', [
  z.object({ type: z.literal('browser'), endpoint: z.string() }),
  z.object({ type: z.literal('answer'), id: z.number(), answer: z.unknown() }),
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])

export interface ElectronDouble {
  /** The page of the first window. */
  readonly page: Page
  /** Asks the main process; the questions are in testing/electron/electron.ts. */
  ask(question: Readonly<Record<string, unknown>>): Promise<unknown>
  /** Closes the window as a person does; resolves to the exit code of the app. */
  close(): Promise<number>
  /** Ends the app as a crash does. */
  kill(): Promise<void>
}

/** Starts dist/main/entry.js. Resolves when the window and the host are up. */
export async function startElectronDouble(
  environment: Readonly<Record<string, string>>,
): Promise<ElectronDouble> {
  const child = spawn(
    process.execPath,
    ['--import', `${ROOT}testing/electron/register.ts`, `${ROOT}dist/main/entry.js`],
    {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  const answers = new Map<number, (answer: unknown) => void>()
  const endpoint = Promise.withResolvers<string>()
  const ready = Promise.withResolvers<void>()
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  void exited.then((code) => {
    const error = new Error(`The main process ended with ${code}.`)
    endpoint.reject(error)
    ready.reject(error)
  })
  child.on('message', (message) => {
    const told = Told.parse(message)
    switch (told.type) {
      case 'browser':
        return endpoint.resolve(told.endpoint)
      case 'answer':
        return answers.get(told.id)?.(told.answer)
      case 'ready':
        return ready.resolve()
      case 'failed':
        return ready.reject(new Error(told.message))
    }
  })
  const browser: Browser = await chromium.connectOverCDP(await endpoint.promise)
  await ready.promise
  const find = (): Page | undefined =>
    browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((page) => page.url().startsWith('https://nebuladb.test/'))
  let page = find()
  while (page === undefined) {
    await new Promise((resolve) => setImmediate(resolve))
    page = find()
  }
  const window = page
  let nextId = 1
  return {
    page: window,
    ask(question) {
      const id = nextId++
      return new Promise((resolve) => {
        answers.set(id, resolve)
        child.send({ id, ...question })
      })
    },
    async close() {
      await window.close()
      await browser.close()
      return exited
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
      await browser.close()
    },
  }
}
