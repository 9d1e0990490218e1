import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { renderRuleDocs } from './rule-docs.ts'
import { SAFETY_RULES } from './rules.ts'

const FILE = join(import.meta.dirname, '..', '..', '..', 'docs', 'migration-safety.md')

test('docs/migration-safety.md is made from the rules (else run with NEBULADB_WRITE_DOCS=1)', async () => {
  const page = await format(renderRuleDocs(), { ...(await resolveConfig(FILE)), parser: 'markdown' })
  if (process.env['NEBULADB_WRITE_DOCS'] === '1') await writeFile(FILE, page)
  expect(await readFile(FILE, 'utf8')).toBe(page)
})

test('names are unique, and every source is a page of the manual', () => {
  expect(new Set(SAFETY_RULES.map((rule) => rule.name)).size).toBe(SAFETY_RULES.length)
  for (const rule of SAFETY_RULES)
    expect(rule.source).toMatch(/^https:\/\/www\.postgresql\.org\/docs\/18\/[a-z-]+\.html(#[A-Z-]+)?$/)
})
