import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createLog, describeError } from './log.ts'
import { createMetrics } from './metrics.ts'
import { checkReadiness } from './readiness.ts'

function capture(): { lines: string[]; stream: Writable } {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { lines, stream }
}

test('an observation is one JSON line with its type as the message and a level by its kind', () => {
  const { lines, stream } = capture()
  const observe = createLog('info', stream)
  observe({ type: 'mail.written', path: '/srv/mail/1.eml' })
  observe({ type: 'bug', id: 'b1', at: 'auth.logIn', error: new Error('boom') })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', msg: 'mail.written', path: '/srv/mail/1.eml' },
    { level: 'error', msg: 'bug', id: 'b1', at: 'auth.logIn', error: { message: 'boom' } },
  ])
})

test('requests are logged when they fail on our side, and always at level debug', () => {
  const request = {
    type: 'request',
    operation: 'auth.logIn',
    transport: 'http',
    durationMs: 1,
    requestId: 'r',
  } as const
  const quiet = capture()
  const observe = createLog('info', quiet.stream)
  observe({ ...request, status: 401 })
  observe({ ...request, status: 500 })
  expect(quiet.lines).toHaveLength(1)
  const verbose = capture()
  createLog('debug', verbose.stream)({ ...request, status: 200 })
  expect(verbose.lines).toHaveLength(1)
})

test('fields that are named like secrets are cut out of the log', () => {
  const { lines, stream } = capture()
  const error = Object.assign(new Error('x'), { password: 'hunter2' })
  const stray = { type: 'mail.written', path: 'p', token: 'hunter2', more: { password: 'hunter2' } } as const
  createLog('info', stream)(stray)
  createLog('info', stream)({ type: 'bug', id: 'b', at: 'x', error })
  expect(lines).toHaveLength(2)
  expect(lines.join('')).not.toContain('hunter2')
})

test('what Postgres quotes in the details of an error stays out of the log', () => {
  const error = new AppError('QUERY_FAILED', 'duplicate key', { details: { detail: 'Key (email)=(a@b.c)' } })
  expect(describeError(error)).toEqual({ code: 'QUERY_FAILED', message: 'duplicate key' })
  expect(describeError(new Error('outer', { cause: error }))).toMatchObject({
    cause: { code: 'QUERY_FAILED' },
  })
  expect(describeError('text')).toEqual({ message: 'text' })
})

test('metrics count requests by operation and status, jobs, and everything else by type', async () => {
  const metrics = createMetrics()
  metrics.observe({
    type: 'request',
    operation: 'projects.list',
    transport: 'rpc',
    status: 200,
    durationMs: 12,
    requestId: 'r',
  })
  metrics.observe({ type: 'job.done', name: 'a.b', durationMs: 5 })
  metrics.observe({ type: 'job.failed', name: 'a.b', attempt: 1, error: new Error('x') })
  metrics.observe({ type: 'auth.rate-limited', endpoint: 'logIn' })
  metrics.gauge('nebuladb_test_projects', 'Projects.', () => 7)
  const { text, contentType } = await metrics.render()
  expect(contentType).toContain('text/plain')
  expect(text).toContain(
    'nebuladb_request_duration_seconds_count{operation="projects.list",transport="rpc",status="200"} 1',
  )
  expect(text).toContain('nebuladb_job_duration_seconds_count{name="a.b"} 1')
  expect(text).toContain('nebuladb_job_failures_total{name="a.b"} 1')
  expect(text).toContain('nebuladb_observations_total{type="auth.rate-limited"} 1')
  expect(text).toContain('nebuladb_test_projects 7')
})

test('the service is ready when every check passes; a failing or slow one is named without its reason', async () => {
  const passing = { name: 'a', check: async () => undefined }
  expect(await checkReadiness([passing])).toEqual({ isReady: true, checks: { a: 'ok' } })
  const failing = { name: 'b', check: () => Promise.reject(new Error('secret reason')) }
  const slow = { name: 'c', check: () => new Promise<void>(() => undefined) }
  const readiness = await checkReadiness([passing, failing, slow], 5)
  expect(readiness).toEqual({ isReady: false, checks: { a: 'ok', b: 'failing', c: 'failing' } })
})
