// The same specs in a browser on the headless host, and in Electron where its binary is.
import { defineConfig } from '@playwright/test'
import { BROWSER_FLAGS } from '../scripts/browser.ts'
import { findElectron } from '../scripts/electron-binary.ts'

const executablePath = process.env['NEBULADB_TEST_BROWSER']
const hasElectron = findElectron() !== undefined
if (!hasElectron && process.env['TEST_WORKER_INDEX'] === undefined)
  console.log(
    'Electron: its binary is not here, so the specs run in the browser and over the double of Electron.',
  )

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  timeout: 180_000,
  expect: { timeout: 15_000 },
  // Each spec has a service, a host, a browser and ports of its own; they mostly wait for each other.
  workers: 2,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ?? '../.cache/playwright.json' }],
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: { args: BROWSER_FLAGS, ...(executablePath === undefined ? {} : { executablePath }) },
  },
  projects: [
    { name: 'browser', testIgnore: 'electron-*.spec.ts' },
    // The built desktop app over the double of Electron.
    { name: 'double', testMatch: ['journeys.spec.ts', 'electron-*.spec.ts'] },
    ...(hasElectron ? [{ name: 'electron', testIgnore: 'electron-*.spec.ts' }] : []),
  ],
})
