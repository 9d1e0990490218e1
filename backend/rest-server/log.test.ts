import { expect, test } from 'vitest'
import { createServerLog, formatTime } from './log.ts'
import type { LogLevel } from './settings.ts'

function capture(level: LogLevel) {
  const out: string[] = []
  const err: string[] = []
  const log = createServerLog({
    level,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    now: () => new Date(2026, 6, 3, 4, 5, 6),
  })
  return { log, out, err }
}
const line = {
  address: '127.0.0.1',
  role: 'anon',
  method: 'GET',
  target: '/films?a="b"',
  httpVersion: '1.1',
  status: 200,
  sizeBytes: 56,
  referer: '',
  userAgent: 'curl/8\n',
}

test('times are written as Apache writes them, with the zone', () => {
  expect(formatTime(new Date(2026, 6, 3, 4, 5, 6))).toMatch(/^03\/Jul\/2026:04:05:06 [+-]\d{4}$/)
})

test('a request is one line, and nothing of it can end the line', () => {
  const { log, out } = capture('info')
  log.access(line)
  expect(out).toHaveLength(1)
  expect(out[0]).toMatch(
    /^127\.0\.0\.1 - anon \[03\/Jul\/2026:04:05:06 [+-]\d{4}\] "GET \/films\?a=\\"b\\" HTTP\/1\.1" 200 56 "" "curl\/8\\x0a"\n$/,
  )
})

test.each<[LogLevel, number[]]>([
  ['crit', []],
  ['error', [500]],
  ['warn', [404, 500]],
  ['info', [200, 404, 500]],
  ['debug', [200, 404, 500]],
])('at level %s requests with status %j are logged', (level, expected) => {
  const { log, out, err } = capture(level)
  for (const status of [200, 404, 500]) {
    log.access({ ...line, status })
    log.query('select 1', status)
  }
  expect(out.map((text) => Number(/" (\d{3}) /.exec(text)?.[1]))).toEqual(expected)
  expect(err).toHaveLength(expected.length)
})

test('messages stand on one line with their time, and the level can change', () => {
  const { log, err } = capture('crit')
  log.say('a\n  b')
  log.sayError('hidden')
  log.sayDebug('hidden')
  log.setLevel('debug')
  log.sayError('error')
  log.sayDebug('debug')
  expect(err.map((text) => text.replace(/^.*\d{4}: /, ''))).toEqual(['a b\n', 'error\n', 'debug\n'])
})
