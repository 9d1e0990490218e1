// `npm run check`: format, types, lint, arrows with their self-test, names, generated docs, unit tests. `--full` adds what needs Postgres and a browser.
import { runSteps, type Step } from './run.ts'

const typed = [
  'contract',
  'postgres/common',
  'postgres/node',
  'api-client/common',
  'api-client/node',
  'main',
  'preload',
  'renderer',
  'backend',
  'tsconfig.tests.json',
]

const steps: Step[] = [
  {
    title: 'lint',
    command: ['eslint', '--cache', '--cache-location', '.cache/eslint', '--max-warnings', '0', '.'],
  },
  ...typed.map((project): Step => ({ title: `types ${project}`, command: ['tsc', '-p', project] })),
  { title: 'unit tests', command: ['vitest', 'run', '--project', 'unit', '--reporter', 'dot'] },
  { title: 'arrows', command: ['node', 'scripts/arrows.ts'] },
  {
    title: 'format',
    command: [
      'prettier',
      '--check',
      '--log-level',
      'warn',
      '--cache',
      '--cache-location',
      '.cache/prettier',
      '.',
    ],
  },
  { title: 'lock file', command: ['node', 'scripts/lockfile.ts', '--check'] },
  { title: 'names', command: ['node', 'scripts/names.ts'] },
  { title: 'error docs', command: ['node', 'scripts/error-docs.ts', '--check'] },
]

const startedAt = performance.now()
const failed = [...(await runSteps(steps))]
if (process.argv.includes('--full')) {
  failed.push(
    ...(await runSteps([{ title: 'all tests', command: ['node', 'scripts/test.ts'], isLive: true }])),
  )
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
console.log(failed.length === 0 ? `All checks passed in ${seconds} s.` : `Failed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
