import { Window } from 'happy-dom'
import { describe, expect, it } from 'vitest'
import type { RequestResult, RunSummary } from '#contract/requests/run.ts'
import { escapeMarkup } from './escape.ts'
import { RunReport } from './json.ts'
import { renderReport } from './render.ts'

const NASTY = '<b>&"\' ]]> \u001b[31m\u0000 \uD800 😀 line\nbreak'
const NASTY_SHOWN = '<b>&"\' ]]> \\u001b[31m\\u0000 \\ud800 😀 line\nbreak'

const result = (fields: Partial<RequestResult>): RequestResult => ({
  iteration: 0,
  index: 0,
  path: 'Films/All.yml',
  name: 'All',
  method: 'GET',
  url: 'https://api.example.com/films',
  outcome: 'passed',
  status: 200,
  durationMs: 1_500,
  bodyBytes: 12,
  attempts: 1,
  tests: [],
  failure: null,
  exchangeId: null,
  ...fields,
})
const results = [
  result({
    outcome: 'failed',
    tests: [
      { name: 'is well', source: 'test', outcome: 'passed', message: null },
      { name: NASTY, source: 'assertion', outcome: 'failed', message: NASTY },
      { name: 'later', source: 'test', outcome: 'skipped', message: null },
    ],
  }),
  result({ path: 'Root.yml', name: 'Root', outcome: 'skipped', status: null }),
  result({
    iteration: 1,
    outcome: 'error',
    status: null,
    failure: { code: 'ECONNREFUSED', message: 'Nobody listens.', hint: 'Start the server.' },
  }),
]
const summary: RunSummary = {
  name: NASTY,
  startedAt: '2026-01-02T03:04:05.678Z',
  durationMs: 3_000,
  requests: { total: 3, failed: 2, skipped: 1 },
  tests: { total: 3, failed: 1 },
  iterations: 2,
  bytesReceived: 36,
  latency: { p50: 1_500, p95: 1_500, p99: 1_500, max: 1_500 },
  ended: 'finished',
}
const input = { summary, results }

const { DOMParser } = new Window()

describe('JUnit', () => {
  const xml = renderReport('junit', input)
  const document = new DOMParser().parseFromString(xml, 'application/xml')
  const attribute = (selector: string, name: string) =>
    [...document.querySelectorAll(selector)].map((element) => element.getAttribute(name))

  it('has a suite per folder and iteration, whose counts are those of its cases', () => {
    expect(document.querySelector('parsererror')).toBeNull()
    expect(attribute('testsuite', 'name')).toEqual([
      'Films (iteration 1)',
      `${NASTY_SHOWN} (iteration 1)`,
      'Films (iteration 2)',
    ])
    for (const suite of document.querySelectorAll('testsuite')) {
      const count = (selector: string) => String(suite.querySelectorAll(selector).length)
      expect(suite.getAttribute('tests')).toBe(count('testcase'))
      expect(suite.getAttribute('failures')).toBe(count('failure'))
      expect(suite.getAttribute('errors')).toBe(count('error'))
      expect(suite.getAttribute('skipped')).toBe(count('skipped'))
    }
    expect(attribute('testsuite', 'timestamp')[0]).toBe('2026-01-02T03:04:05')
    expect(attribute('testsuites', 'tests')).toEqual(['5'])
  })

  it('has a case per test, tells the time of a request once, and why something failed', () => {
    expect(attribute('testcase', 'classname')).toEqual([
      'Films.All',
      'Films.All',
      'Films.All',
      'Root',
      'Films.All',
    ])
    expect(attribute('testsuite:first-child testcase', 'time')).toEqual(['1.500', '0.000', '0.000'])
    expect(document.querySelector('failure')?.textContent).toBe(NASTY_SHOWN)
    expect(attribute('error', 'message')).toEqual(['ECONNREFUSED: Nobody listens. Start the server.'])
  })

  it('holds nothing that XML cannot', () => {
    // The characters of XML 1.0, and no end of CDATA outside of one.
    expect(xml).toMatch(/^[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u)
    expect(xml).not.toContain(']]>')
    expect(escapeMarkup('a\tb\r\n<')).toBe('a&#9;b&#13;&#10;&lt;')
  })
})

describe('HTML', () => {
  const html = renderReport('html', input)
  const document = new DOMParser().parseFromString(html, 'text/html')

  it('shows every request with its tests, failed ones open', () => {
    const rows = [...document.querySelectorAll('details')]
    expect(rows.map((row) => [row.className, row.hasAttribute('open')])).toEqual([
      ['failed', true],
      ['skipped', false],
      ['error', true],
    ])
    expect(document.querySelector('h1')?.textContent).toBe(NASTY_SHOWN)
    expect(rows[0]?.textContent).toContain(`Failed: ${NASTY_SHOWN} — ${NASTY_SHOWN}`)
    expect(rows[2]?.textContent).toContain('Nobody listens. Start the server.')
  })

  it('needs nothing from elsewhere, runs no script and can be filtered', () => {
    expect(document.querySelectorAll('script, link, img, iframe')).toHaveLength(0)
    expect(html).toContain("default-src 'none'")
    for (const radio of document.querySelectorAll('input[type=radio]'))
      if (radio.id !== 'show-all') expect(html).toContain(`:has(#${radio.id}:checked)`)
    expect(document.querySelectorAll('input[type=radio]')).toHaveLength(4)
  })
})

describe('JSON', () => {
  it('is as its schema describes it, with every character', () => {
    const report = RunReport.parse(JSON.parse(renderReport('json', input)))
    expect(report).toEqual({ format: 'nebuladb-run', version: 1, summary, results })
  })
})
