// `npm run screens`: takes a picture of every screen, dark and light, from the running app, into docs/screens.
import { provideBrowser } from './browser.ts'
import { buildPage } from './build-page.ts'
import { runStep } from './run.ts'

await buildPage()
const browser = await provideBrowser((line) => console.log(line))
const { exitCode } = await runStep({
  title: 'screens',
  command: ['playwright', 'test', '--config', 'e2e/playwright.config.ts', 'screens'],
  isLive: true,
  environment: { NEBULADB_TEST_BROWSER: browser.executablePath, NEBULADB_SCREENS: '1' },
})
process.exitCode = exitCode
