// Builds the page with Vite, unless dist/renderer was built from the very same sources.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, runStep } from './run.ts'

const STAMP = join(ROOT, 'dist/renderer/.sources')
const SOURCES = ['renderer', 'contract', 'postgres/common', 'api-client/common']

/** Builds the page if its sources changed. Resolves to whether it was built; throws with Vite's words when it fails. */
export async function buildPage(): Promise<boolean> {
  const stamp = hashSources()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return false
  const { exitCode, output } = await runStep({
    title: 'page',
    command: ['vite', 'build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'],
  })
  if (exitCode !== 0) throw new Error(`The page could not be built:\n${output}`)
  writeFileSync(STAMP, stamp)
  return true
}

function hashSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  for (const folder of SOURCES) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
      hash.update(path.slice(ROOT.length)).update(readFileSync(path))
  }
  return hash.digest('hex')
}
