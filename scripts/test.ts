// `npm test`: every test there is. Builds the page, runs unit, component and database tests, then the end-to-end specs in a browser. `npm test -- --coverage`
// counts the lines of the first three, which takes half as long again.
// Arguments are handed to Playwright when the first one is `e2e`, to Vitest otherwise.
import { mkdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { provideBrowser } from './browser.ts'
import { buildPage } from './build-page.ts'
import { ROOT, runStep } from './run.ts'

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
})
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), skipped: z.number(), flaky: z.number() }),
})

interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const say = (line: string): void => console.log(line)
const report = (name: string): string => `${ROOT}.cache/${name}.json`
const read = (name: string): unknown => JSON.parse(readFileSync(report(name), 'utf8'))
const [which, ...rest] = process.argv.slice(2)
mkdirSync(`${ROOT}.cache`, { recursive: true })

async function runVitest(): Promise<Count> {
  const options = which === undefined ? [] : [which, ...rest]
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', report('vitest')]
  const { exitCode } = await runStep({
    title: 'vitest',
    command: ['vitest', 'run', ...reporters, ...options],
    isLive: true,
  })
  const { numPassedTests, numFailedTests, numPendingTests } = VitestReport.parse(read('vitest'))
  return {
    passed: numPassedTests,
    failed: exitCode !== 0 && numFailedTests === 0 ? 1 : numFailedTests,
    skipped: numPendingTests,
  }
}

async function runPlaywright(): Promise<Count> {
  const browser = await provideBrowser(say)
  // The desktop's specs run what the installer would contain.
  const { exitCode: built, output } = await runStep({
    title: 'electron',
    command: ['node', 'scripts/build.ts', 'electron'],
  })
  if (built !== 0) throw new Error(output)
  const { exitCode } = await runStep({
    title: 'playwright',
    command: ['playwright', 'test', '--config', 'e2e/playwright.config.ts', ...(which === 'e2e' ? rest : [])],
    isLive: true,
    environment: {
      NEBULADB_TEST_BROWSER: browser.executablePath,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report('playwright'),
    },
  })
  const { expected, unexpected, skipped, flaky } = PlaywrightReport.parse(read('playwright')).stats
  return { passed: expected + flaky, failed: exitCode !== 0 && unexpected === 0 ? 1 : unexpected, skipped }
}

const built = await buildPage()
if (built) say('Built the page.')
const counts: Count[] = []
if (which !== 'e2e') counts.push(await runVitest())
if (which === 'e2e' || which === undefined) counts.push(await runPlaywright())
const sum = (pick: (count: Count) => number): number =>
  counts.reduce((total, count) => total + pick(count), 0)
const failed = sum((count) => count.failed)
say(
  `tests: ${sum((count) => count.passed)} passed, ${failed} failed, ${sum((count) => count.skipped)} skipped`,
)
process.exitCode = failed === 0 ? 0 : 1
