import { existsSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createHostLog, redact } from './host-log.ts'

const now = (): Date => new Date('2026-11-22T10:00:00Z')

test('a bug is written with its id, its words and where it came from', () => {
  const directory = join(tempDirectory(), 'logs')
  createHostLog(
    directory,
    'info',
    now,
  )({
    type: 'bug',
    id: 'abc',
    at: 'query.run',
    error: new TypeError('x is not a function', { cause: new AppError('CONFLICT', 'deeper') }),
  })
  const line: unknown = JSON.parse(readFileSync(join(directory, 'host.log'), 'utf8'))
  expect(line).toMatchObject({
    time: '2026-11-22T10:00:00.000Z',
    at: 'query.run',
    level: 'error',
    id: 'abc',
    error: {
      name: 'TypeError',
      message: 'x is not a function',
      stack: expect.arrayContaining([expect.stringContaining('host-log.test.ts')]),
      cause: { code: 'CONFLICT', message: 'deeper' },
    },
  })
})

test('events below the level are not written', () => {
  const directory = tempDirectory()
  const observe = createHostLog(directory, 'error', now)
  observe({ type: 'problem', during: 'syncing', error: new Error('no') })
  observe({ type: 'host-stopped' })
  expect(existsSync(join(directory, 'host.log'))).toBe(false)
})

test('what looks like a secret is struck out', () => {
  expect(redact('could not reach postgresql://owner.ab:hunter2@db:5432/main today')).toBe(
    'could not reach postgresql://owner.ab:***@db:5432/main today',
  )
  expect(redact('authorization: Bearer abc.def-ghi')).toBe('authorization: Bearer ***')
  expect(redact('token eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl')).toBe('token ***')
  expect(redact('{"password":"hunter2","a":1} secret=hunter2')).not.toContain('hunter2')
  expect(redact('nothing to hide: at main/host/compose.ts:12')).toBe(
    'nothing to hide: at main/host/compose.ts:12',
  )
})

test('secrets inside errors are struck out too', () => {
  const directory = tempDirectory()
  createHostLog(
    directory,
    'info',
    now,
  )({
    type: 'problem',
    during: 'syncing',
    error: new Error('postgres://a:hunter2@b failed'),
  })
  expect(readFileSync(join(directory, 'host.log'), 'utf8')).not.toContain('hunter2')
})

test('a full log makes room for a new one; two files are all there ever is', () => {
  const directory = tempDirectory()
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'host.log'), 'x'.repeat(1_000_001))
  createHostLog(directory, 'info', now)({ type: 'host-stopped' })
  expect(statSync(join(directory, 'host.log')).size).toBeLessThan(1_000)
  expect(statSync(join(directory, 'host.log.1')).size).toBe(1_000_001)
})

test('a log that cannot be written does not stop the work', () => {
  const directory = tempDirectory()
  writeFileSync(join(directory, 'file'), '')
  expect(() => createHostLog(join(directory, 'file'), 'info', now)({ type: 'host-stopped' })).not.toThrow()
})
