// Keeps one mark in package-lock.json that npm loses: better-sqlite3 ships its binaries and says `gypfile: false`, which npm reads from the lock
// file only, where it does not write it. Without it `npm ci` compiles the add-on, and fails where there is no compiler. `--check` only looks.
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { ROOT } from './run.ts'

const PACKAGES = ['node_modules/better-sqlite3']
const file = `${ROOT}package-lock.json`
const Lock = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ gypfile: z.boolean().optional() })),
})

const lock = Lock.parse(JSON.parse(readFileSync(file, 'utf8')))
const unmarked = PACKAGES.filter((name) => lock.packages[name]?.gypfile !== false)
if (process.argv.includes('--check')) {
  if (unmarked.length > 0)
    console.log(
      `package-lock.json lost its marks for ${unmarked.join(', ')}: run "node scripts/lockfile.ts".`,
    )
  process.exitCode = unmarked.length === 0 ? 0 : 1
} else {
  for (const name of unmarked) lock.packages[name] = { ...lock.packages[name], gypfile: false }
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(unmarked.length === 0 ? 'The marks are there.' : `Marked ${unmarked.join(', ')}.`)
}
