// The Chromium behind the windows, with a debugging port so that a test can drive the same pages.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from '@playwright/test'
import { BROWSER_FLAGS, findBrowser } from '../../scripts/browser.ts'

let opened: Promise<BrowserContext> | undefined

/** The one browser context of this process, opened when it is first needed; its debugging address is sent to the parent. */
export function browserContext(): Promise<BrowserContext> {
  return (opened ??= open())
}

export async function closeBrowser(): Promise<void> {
  await (await opened)?.close()
}

async function open(): Promise<BrowserContext> {
  const executablePath = process.env['NEBULADB_TEST_BROWSER'] ?? findBrowser()?.executablePath
  if (executablePath === undefined) throw new Error('There is no Chromium here.')
  const profile = mkdtempSync(join(tmpdir(), 'nebuladb-electron-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [...BROWSER_FLAGS, '--remote-debugging-port=0'],
    viewport: { width: 1440, height: 900 },
    ignoreHTTPSErrors: true,
  })
  const [port] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')
  process.send?.({ type: 'browser', endpoint: `http://127.0.0.1:${port}` })
  return context
}
