// Writes docs/errors.md from the catalogue of contract/errors.ts.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ERROR_CATALOGUE } from '../contract/errors.ts'

export const ERROR_DOCS_FILE = join(import.meta.dirname, '..', 'docs', 'errors.md')

/** The page: one row per code. */
export function renderErrorDocs(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(
    ([code, kind]) =>
      `| \`${code}\` | ${kind.status} | ${kind.retryable ? 'yes' : 'no'} | ${kind.meaning.replaceAll('|', '\\|')} |`,
  )
  return [
    '# Errors',
    '',
    'Every error that leaves a process has one of these codes. It travels as `{ "error": { "code", "message", "details", "hint" } }` over HTTP, with',
    'the status below, and as the same object in a `fail` frame between processes. "Again" says whether the same call may succeed later.',
    '',
    'Made by `node scripts/error-docs.ts` from `contract/errors.ts`: never edited by hand.',
    '',
    '| code | status | again | what it means and what to do |',
    '| ---- | ------ | ----- | ---------------------------- |',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) await writeFile(ERROR_DOCS_FILE, renderErrorDocs())
