import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ERROR_CATALOGUE } from '../contract/errors.ts'
import { ERROR_DOCS_FILE, renderErrorDocs } from './error-docs.ts'

test('docs/errors.md is made from the catalogue (else run: node scripts/error-docs.ts)', async () => {
  expect(await readFile(ERROR_DOCS_FILE, 'utf8')).toBe(renderErrorDocs())
})

test('the page names every code of the catalogue and no other', () => {
  const named = [...renderErrorDocs().matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1])
  expect(named).toEqual(Object.keys(ERROR_CATALOGUE))
})
