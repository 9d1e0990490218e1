// `npm run bench -- NAME`: runs bench/NAME.bench.ts, which prints one JSON object last. Without a name it lists them.
import { readdirSync } from 'node:fs'
import { ROOT, runStep } from './run.ts'

const [name, ...rest] = process.argv.slice(2)
const names = readdirSync(`${ROOT}bench`)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
if (name === undefined || !names.includes(name)) {
  console.log(`Benchmarks: ${names.join(', ')}. Run one with "npm run bench -- NAME".`)
  process.exitCode = name === undefined ? 0 : 1
} else {
  const { exitCode } = await runStep({
    title: name,
    command: ['node', '--expose-gc', `bench/${name}.bench.ts`, ...rest],
    isLive: true,
  })
  process.exitCode = exitCode
}
