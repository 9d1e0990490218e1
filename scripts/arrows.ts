// Checks who imports whom (.dependency-cruiser.cjs), that the tool really saw every file, and that each rule still catches a planted violation. The
// planting happens in a copy of the tree, all seeds in one run: nothing here touches the working tree.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { PLACEHOLDERS, SEEDS } from './arrow-seeds.ts'
import { ROOT } from './run.ts'

const FOLDERS = ['contract', 'postgres', 'api-client', 'renderer', 'preload', 'main', 'backend', 'testing']
const Report = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

function cruise(directory: string): z.infer<typeof Report> {
  const present = FOLDERS.filter((folder) => existsSync(join(directory, folder)))
  const run = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/.bin/depcruise'),
      '--config',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
      ...present,
    ],
    {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 1e9,
    },
  )
  if (run.stdout === '') throw new Error(`dependency-cruiser gave nothing: ${run.stderr}`)
  return Report.parse(JSON.parse(run.stdout))
}

const problems: string[] = []
const report = cruise(ROOT)
for (const { rule, from } of report.summary.violations) problems.push(`${from} breaks ${rule.name}`)

const onDisk = FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<![.]d)[.]tsx?$/.test(file),
  ),
)
const seen = report.modules.filter(
  ({ source }) => FOLDERS.includes(source.split('/')[0] ?? '') && !source.endsWith('.d.ts'),
)
// A cruiser that cannot parse TypeScript reports success on nothing.
if (seen.length < onDisk.length) problems.push(`only ${seen.length} of ${onDisk.length} files were looked at`)

const copy = mkdtempSync(join(tmpdir(), 'nebuladb-arrows-'))
try {
  for (const folder of FOLDERS)
    if (existsSync(join(ROOT, folder))) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true })
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json', 'tsconfig.base.json'])
    cpSync(join(ROOT, file), join(copy, file))
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    writeFileSync(join(copy, file), text)
  }
  for (const file of PLACEHOLDERS)
    if (!existsSync(join(copy, file))) plant(file, 'export const placeholder = 1\n')
  for (const { files } of SEEDS) for (const [file, text] of Object.entries(files)) plant(file, text)
  const planted = cruise(copy).summary.violations
  for (const { rule, files } of SEEDS) {
    const caught = Object.keys(files).some((file) =>
      planted.some((violation) => violation.rule.name === rule && violation.from === file),
    )
    if (!caught) problems.push(`the rule ${rule} did not catch ${Object.keys(files).join(', ')}`)
  }
  const { forbidden } = z
    .object({ forbidden: z.array(z.object({ name: z.string() })) })
    .parse((await import(join(ROOT, '.dependency-cruiser.cjs'))).default)
  for (const name of new Set(forbidden.map((rule) => rule.name))) {
    if (!SEEDS.some((seed) => seed.rule === name)) problems.push(`the rule ${name} has no planted violation`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}

for (const problem of problems) console.log(problem)
console.log(
  `${seen.length} files looked at, ${SEEDS.length} planted violations, ${problems.length} problems.`,
)
process.exitCode = problems.length === 0 ? 0 : 1
