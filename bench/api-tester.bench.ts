// P19 to P21: the API tester's figures in one run. Each part is a function in bench/api-tester that gives its own; names of figures begin with the part's.
// `npm run bench -- api-tester bodies` runs one part.
import { benchBodies } from './api-tester/bodies.ts'
import { benchCollections } from './api-tester/collections.ts'
import { benchOverhead } from './api-tester/overhead.ts'
import type { Part } from './api-tester/part.ts'
import { benchRunner } from './api-tester/runner.ts'
import { describeMachine, report } from './report.ts'

const PARTS: Readonly<Record<string, Part>> = {
  collections: benchCollections,
  bodies: benchBodies,
  overhead: benchOverhead,
  runner: benchRunner,
}

const machine = describeMachine()
const wanted = process.argv.slice(2)
const metrics: Record<string, number> = {}
const ratios: Record<string, number> = {}
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const figures = await part()
  for (const [figure, value] of Object.entries(figures.metrics)) metrics[`${name}.${figure}`] = value
  for (const [figure, value] of Object.entries(figures.ratios)) ratios[`${name}.${figure}`] = value
  for (const missed of figures.missed) console.log(`Missed in ${name}: ${missed}.`)
  // A part that misses its goal fails the run and has its figures all the same.
  if (figures.missed.length > 0) process.exitCode = 1
}
report({ name: 'api-tester', machine, metrics, ratios })
