import { expect, test } from 'vitest'
import { parsePostmasterFile } from './postmaster-file.ts'

const WHOLE = '4711\n/data\n1795380000\n5432\n/run/s\n\n   123456    1\nready   \n'

test('a whole file tells pid, start, port, socket and status', () => {
  expect(parsePostmasterFile(WHOLE)).toEqual({
    pid: 4711,
    startedAt: 1_795_380_000,
    port: 5432,
    socketDirectory: '/run/s',
    status: 'ready',
  })
})

test('while it is being written, its status is empty', () => {
  expect(parsePostmasterFile('4711\n/data\n1795380000\n5432\n')).toMatchObject({ pid: 4711, status: '' })
})

test.each(['', '\n', 'x\ny\nz', '4711'])('%j is no such file', (text) => {
  expect(parsePostmasterFile(text)).toBeUndefined()
})
