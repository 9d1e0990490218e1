// Finds a Chromium for the end-to-end tests, or installs one: Playwright's own, one that is installed, or Debian's package.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'
import { ROOT, runStep } from './run.ts'

export interface Browser {
  readonly executablePath: string
  /** Where it came from, for a person. */
  readonly origin: string
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files\\Chromium\\Application\\chrome.exe',
]

/** What a headless browser needs on a machine without a display, and as root; and to keep it from calling home. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-quic',
]

/** A browser that is there already. */
export function findBrowser(): Browser | undefined {
  const own = chromium.executablePath()
  if (existsSync(own)) return { executablePath: own, origin: "Playwright's own" }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => PROGRAMS.map((program) => join(folder, program)))
  const installed = [...onPath, ...PLACES].find(isExecutable)
  return installed === undefined ? undefined : { executablePath: installed, origin: 'installed' }
}

/** Finds a browser or installs one; says what it does. Throws with what to do when neither works. */
export async function provideBrowser(say: (line: string) => void): Promise<Browser> {
  const found = findBrowser()
  if (found !== undefined) {
    say(`Browser: ${found.executablePath} (${found.origin}).`)
    return found
  }
  say('Browser: none here, trying to download the one of Playwright.')
  await runStep({
    title: 'download',
    command: [
      'timeout',
      '120',
      join(ROOT, 'node_modules/.bin/playwright'),
      'install',
      '--only-shell',
      'chromium',
    ],
  })
  const downloaded = findBrowser()
  if (downloaded !== undefined) {
    say(`Browser: ${downloaded.executablePath} (downloaded).`)
    return downloaded
  }
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say("Browser: the download did not work, installing Debian's chromium.")
    for (const command of [
      ['apt-get', 'update', '-q'],
      ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'chromium'],
    ] as const) {
      const { exitCode, output } = await runStep({
        title: command.join(' '),
        command: [...command],
        environment: { DEBIAN_FRONTEND: 'noninteractive' },
      })
      if (exitCode !== 0) say(output.trimEnd())
    }
    const packaged = findBrowser()
    if (packaged !== undefined) {
      say(`Browser: ${packaged.executablePath} (Debian's package).`)
      return packaged
    }
  }
  throw new Error(
    'The end-to-end tests need a Chromium. Install Chromium or Chrome, or run "npx playwright install chromium" where it can be downloaded.',
  )
}

/** Version line of a browser, for reports. */
export function browserVersion(browser: Browser): string {
  return spawnSync(browser.executablePath, ['--version', '--no-sandbox'], { encoding: 'utf8' }).stdout.trim()
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
