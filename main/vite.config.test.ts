// Threads and processes of the bundled app are found by the names of their files: what asks for one and what is built have to agree.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import config from './vite.config.ts'

const ROOT = join(import.meta.dirname, '..')
const Built = z.object({
  build: z.object({ rolldownOptions: z.object({ input: z.record(z.string(), z.string()) }) }),
})
/** `'./body-thread.js'` beside the bundle, `'sandbox-entry.js'` in its folder. */
const ASKED = /'(?:\.\/)?([\w-]+-(?:thread|entry))\.js'/g

test('every thread and process that the app starts is built, from a file that is there', () => {
  const { input } = Built.parse(config).build.rolldownOptions
  const asked = ['main', 'api-client/node', 'postgres/node'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .flatMap((path) => [...readFileSync(join(ROOT, folder, path), 'utf8').matchAll(ASKED)])
      .map(([, name]) => name ?? ''),
  )
  expect(new Set(asked)).toEqual(
    new Set(['body-thread', 'import-thread', 'text-thread', 'sandbox-entry', 'utility-entry']),
  )
  expect(Object.keys(input)).toEqual(expect.arrayContaining(asked))
  for (const file of Object.values(input)) expect(readFileSync(file, 'utf8')).not.toBe('')
})
