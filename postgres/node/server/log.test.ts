import { expect, test } from 'vitest'
import { failureReason } from './log.ts'

test.each([
  [
    'x\n2026 [1] FATAL:  could not create lock file\n2026 [1] LOG:  off\n',
    'Postgres said: could not create lock file',
  ],
  ['initdb: error: directory exists', 'Postgres said: directory exists'],
  ['PANIC:  could not write: No space left on device', 'The disk is full. Free some space and try again.'],
  ['only this', 'Postgres said: only this'],
  ['', 'Postgres said: It gave no reason.'],
])('%j becomes a sentence for a person', (output, expected) => {
  expect(failureReason(output)).toBe(expected)
})
