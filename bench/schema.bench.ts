// The figures of the schema model and its designer in one run: reading and refreshing, the differ, layout and frames. Each part is a benchmark of its own
// and runs as a process of its own, one after the other; names of figures begin with the part's.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { describeMachine, report } from './report.ts'

const PARTS = { introspection: 'schema-introspection', diff: 'schema-diff', designer: 'designer' }

const Numbers = z.record(z.string(), z.number().nullable())
const Part = z.object({ metrics: Numbers, ratios: Numbers })

const machine = describeMachine()
const metrics: Record<string, number> = {}
const ratios: Record<string, number> = {}
for (const [part, name] of Object.entries(PARTS)) {
  const file = fileURLToPath(new URL(`${name}.bench.ts`, import.meta.url))
  const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  process.stdout.write(stdout)
  // A part that misses its goal fails and has its figures all the same; one that broke off has none.
  if (status !== 0) process.exitCode = 1
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  if (!last.startsWith('{')) continue
  const figures = Part.parse(JSON.parse(last))
  addFigures(metrics, part, figures.metrics)
  addFigures(ratios, part, figures.ratios)
}
report({ name: 'schema', machine, metrics, ratios })

/** JSON has null for what is not a number. */
function addFigures(to: Record<string, number>, part: string, figures: z.infer<typeof Numbers>): void {
  for (const [name, value] of Object.entries(figures)) to[`${part}.${name}`] = value ?? Number.NaN
}
