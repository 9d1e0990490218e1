import { expect, it } from 'vitest'
import type { RequestResult, RunSummary } from '#contract/requests/run.ts'
import { createOutput, type OutputOptions } from './output.ts'

const result = (fields: Partial<RequestResult>): RequestResult => ({
  iteration: 1,
  index: 0,
  path: 'Films/All.yml',
  name: 'All',
  method: 'GET',
  url: 'https://api.example.com/films',
  outcome: 'passed',
  status: 200,
  durationMs: 12,
  bodyBytes: 0,
  attempts: 1,
  tests: [],
  failure: null,
  exchangeId: null,
  ...fields,
})
const results = [
  result({ tests: [{ name: 'is well', source: 'test', outcome: 'passed', message: null }] }),
  result({
    path: 'Bad.yml',
    outcome: 'failed',
    attempts: 2,
    tests: [{ name: 'title', source: 'test', outcome: 'failed', message: 'a\u001b[2Jb\u0007' }],
  }),
]
const summary: RunSummary = {
  name: 'Films',
  startedAt: '2026-01-02T03:04:05Z',
  durationMs: 12_345,
  requests: { total: 2, failed: 1, skipped: 1 },
  tests: { total: 2, failed: 1 },
  iterations: 2,
  bytesReceived: 0,
  latency: { p50: 1, p95: 2, p99: 3, max: 4 },
  ended: 'cancelled',
}

function shown(options: Partial<OutputOptions>): string {
  let text = ''
  const show = createOutput({
    write: (part) => (text += part),
    isTerminal: false,
    hasColour: false,
    detail: 'normal',
    ...options,
  })
  show({ type: 'planned', requests: 1, iterations: 2 })
  show({ type: 'results', results })
  show({ type: 'finished', summary })
  return text
}

it('says plain lines where nobody looks, and lets no response steer the terminal', () => {
  expect(shown({})).toBe(
    [
      '✓ Films/All (200, 12 ms, iteration 2)',
      '✗ Bad (200, 12 ms, iteration 2, 2 attempts)',
      '    ✗ title: ab\uFFFD',
      '',
      'Interrupted. What was done: 2 requests, 1 failed, 1 skipped; 2 tests, 1 failed; 12.3 s',
      'Latency p50 1.0 ms, p95 2.0 ms, p99 3.0 ms',
      '',
    ].join('\n'),
  )
})

it('says more and less when asked', () => {
  expect(shown({ detail: 'verbose' })).toContain('    GET https://api.example.com/films\n    ✓ is well\n')
  expect(shown({ detail: 'quiet' })).not.toContain('Films/All')
  expect(shown({ detail: 'quiet' })).toContain('✗ Bad')
})

it('has colours and a line that changes only where a person looks', () => {
  const text = shown({ isTerminal: true, hasColour: true })
  expect(text).toContain('\u001b[31m✗\u001b[0m Bad')
  expect(text).toContain('2 of 2')
  expect(shown({ isTerminal: true })).not.toContain('\u001b[3')
})
