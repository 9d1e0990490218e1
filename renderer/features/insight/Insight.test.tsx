// The panel over handlers written by hand: what is said of a success, of a refusal, and where nothing is known.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { PolicyEffect, RequestTrace } from '#contract/capabilities/insight.ts'
import { AppError } from '#contract/errors.ts'
import { ExchangeId, type Exchange } from '#contract/requests/exchange.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { Insight, Why } from './index.ts'

afterEach(cleanup)

const PROJECT = '00000000-0000-4000-8000-0000000000aa'
const ticket = (label: string): string => `ticket-of-a-test-session:${label}`

function exchangeOf(status: number, insight: Exchange['insight']): Exchange {
  return {
    id: ExchangeId.parse('00000000-0000-4000-8000-0000000000e1'),
    collectionId: null,
    path: null,
    name: 'Open rentals',
    startedAt: '2026-11-23T10:00:00Z',
    environment: null,
    request: { method: 'GET', url: '/x', headers: [], bodyPreview: null, bodyBytes: 0, unresolved: [] },
    response: {
      status,
      statusText: '',
      httpVersion: '1.1',
      headers: [],
      contentType: null,
      remoteAddress: null,
      tls: null,
      headerBytes: 0,
      bodyBytes: 0,
      decodedBytes: 0,
      incomplete: null,
    },
    failure: null,
    timings: {
      blocked: null,
      dns: null,
      connect: null,
      tls: null,
      send: null,
      firstByte: null,
      download: null,
      total: 1,
    },
    hops: [],
    cookies: [],
    tests: [],
    console: [],
    changedVariables: [],
    insight,
  }
}

const watched = (status = 200, label = 'one'): Exchange =>
  exchangeOf(status, { projectId: PROJECT, ticket: ticket(label) })

const trace: RequestTrace = {
  ticket: ticket('one'),
  at: '2026-11-23T10:00:00Z',
  method: 'GET',
  path: '/rental?id=eq.7',
  status: 200,
  errorCode: null,
  role: 'authenticated',
  claims: { sub: '214', role: 'authenticated', exp: 1 },
  statements: [
    { purpose: 'settings', sql: "select set_config('role', $1, true)", parameters: ['authenticated'] },
    { purpose: 'query', sql: 'select id from rental where id = $1', parameters: ["o'7"] },
  ],
  stages: [
    { name: 'jwt', durationMs: 0.2 },
    { name: 'transaction', durationMs: 6.8 },
  ],
  rowsReturned: 3,
  rowsWritten: 0,
  statementTimeoutMs: 3_000,
  schemaVersion: { version: '12', readAt: '2026-11-23T09:00:00Z' },
  explanations: [],
}

const refusal: RequestTrace = {
  ...trace,
  method: 'POST',
  status: 403,
  errorCode: '42501',
  rowsReturned: 0,
  explanations: [
    {
      reason: 'missing-table-grant',
      message: 'The role authenticated may not insert into rental.',
      remedy: {
        sql: 'grant insert on rental to authenticated;',
        effect: 'Everybody who is signed in may then insert.',
      },
    },
  ],
}

const own: PolicyEffect = {
  schema: 'public',
  table: 'rental',
  policy: 'own rows',
  command: 'select',
  isPermissive: true,
  using: 'customer_id = 214',
  check: null,
  kept: 3,
  total: 16_044,
  note: null,
}

function show(exchange: Exchange, handlers: NonNullable<SomeHandlers['insight']>) {
  const plan = vi.fn(async () => ({
    json: [
      {
        Plan: {
          'Node Type': 'Seq Scan',
          'Relation Name': 'rental',
          'Plan Rows': 3,
          'Total Cost': 400,
          Filter: '(returned_at IS NULL)',
        },
      },
    ],
    text: 'Seq Scan on rental',
    durationMs: 1,
  }))
  const page = renderPage(
    <>
      <Why exchange={exchange} />
      <Insight exchange={exchange} />
    </>,
    { insight: { policies: async () => [own], plan, ...handlers } },
  )
  return { page, plan }
}

describe('a request that succeeded', () => {
  test('is told with role, claims, SQL, policies, stages and rows', async () => {
    show(watched(), { trace: async () => trace })
    const as = await screen.findByRole('region', { name: 'Acted as' })
    expect(as.textContent).toContain('statement_timeout 3.00 s')
    expect(within(as).getByRole('list', { name: 'Role and claims' }).textContent).toBe(
      'role authenticatedsub 214',
    )
    expect(screen.getByRole('region', { name: 'Query' }).textContent).toContain('$1')
    expect(screen.getByRole('list', { name: 'Values of query' }).textContent).toContain("o'7")
    expect(await screen.findByText(/^kept 3 of 16.044$/)).toBeTruthy()
    expect(screen.getByText('Postgres')).toBeTruthy()
    expect(screen.getByText(/3 rows returned, 0 written/)).toBeTruthy()
    expect(screen.getByText('schema 12')).toBeTruthy()
    expect(screen.queryByText('Why:')).toBeNull()
  })

  test('shows values in their places, quoted', async () => {
    show(watched(), { trace: async () => trace })
    await userEvent.click(await screen.findByRole('switch', { name: 'Values in place' }))
    expect(screen.getByRole('region', { name: 'Query' }).textContent).toContain("id = 'o''7'")
  })

  test('opens in the editor as the same role, rolled back', async () => {
    const { page } = show(watched(), { trace: async () => trace })
    const opened = vi.fn()
    page.shell.sqlRequests.serve(opened)
    await userEvent.click(await screen.findByRole('button', { name: 'Open in editor' }))
    expect(opened).toHaveBeenCalledWith(
      expect.objectContaining({
        connectionId: PROJECT,
        sql: expect.stringMatching(/^begin;\nset local role "authenticated";[^]*'o''7'[^]*rollback;\n$/),
      }),
    )
    expect(opened.mock.calls[0]?.[0]).not.toHaveProperty('run')
  })

  test('has a plan when it is asked for one, with what stands out', async () => {
    const { plan } = show(watched(), { trace: async () => trace })
    await userEvent.click(await screen.findByRole('button', { name: 'Show plan' }))
    expect((await screen.findByRole('list', { name: 'Plan' })).textContent).toContain('Seq Scan')
    expect(screen.getByText(/All of rental is read to keep about 3 rows/)).toBeTruthy()
    expect(screen.getByText(/Nothing ran/)).toBeTruthy()
    expect(plan).toHaveBeenCalledTimes(1)
  })

  test('holds a plan against the one that was asked for before, of the same endpoint and kind', async () => {
    const answer = (node: object, time: number) => ({
      json: [{ Plan: { 'Plan Rows': 3, 'Total Cost': 4, ...node }, 'Execution Time': time }],
      text: '',
      durationMs: 1,
    })
    const seq = { 'Node Type': 'Seq Scan', 'Relation Name': 'rental' }
    const index = { 'Node Type': 'Index Scan', 'Relation Name': 'rental', 'Index Name': 'rental_open' }
    const plan = vi
      .fn(async () => answer(index, 0.3))
      .mockResolvedValueOnce(answer(seq, 5.9))
      .mockResolvedValueOnce(answer(seq, 1))
    show(watched(), { trace: async () => ({ ...trace, path: '/compared?a=1' }), plan })
    await userEvent.click(await screen.findByRole('button', { name: 'Run and time it' }))
    await screen.findByRole('list', { name: 'Plan' })
    expect(screen.queryByRole('button', { name: 'Compare with last' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Estimate again' }))
    await screen.findByText(/Nothing ran/)
    expect(screen.queryByRole('button', { name: 'Compare with last' })).toBeNull()
    cleanup()
    show(watched(200, 'two'), { trace: async () => ({ ...trace, path: '/compared?b=2' }), plan })
    await userEvent.click(await screen.findByRole('button', { name: 'Run and time it' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Compare with last' }))
    const compared = screen.getByRole('region', { name: 'Compared with last' })
    expect(compared.textContent).toContain('0.3 ms, 5.9 ms last time.')
    expect(compared.textContent).toMatch(/New: Index Scan.*Gone: Seq Scan of rental/)
    expect(within(compared).getByRole('list', { name: 'Last plan' }).textContent).toContain('Seq Scan')
  })
})

describe('a request that failed', () => {
  test('is explained first, with SQL that is opened and never run', async () => {
    const { page } = show(watched(403), { trace: async () => refusal })
    const opened = vi.fn()
    page.shell.sqlRequests.serve(opened)
    const why = await screen.findByRole('region', { name: 'Why it failed' })
    expect(why.compareDocumentPosition(screen.getByRole('region', { name: 'Acted as' }))).toBe(
      Node.DOCUMENT_POSITION_FOLLOWING,
    )
    expect(screen.getByText('Why:').parentElement?.textContent).toContain('may not insert into rental')
    await userEvent.click(within(why).getByRole('button', { name: 'Open in editor' }))
    expect(opened.mock.calls).toEqual([
      [{ connectionId: PROJECT, sql: 'grant insert on rental to authenticated;', title: 'Remedy' }],
    ])
  })

  test('is run again for its time only after what that does was said', async () => {
    const { plan } = show(watched(403), { trace: async () => refusal })
    await userEvent.click(await screen.findByRole('button', { name: 'Run and time it' }))
    expect(screen.getByText(/Sequences move on/)).toBeTruthy()
    expect(plan).not.toHaveBeenCalled()
    await userEvent.click(screen.getByRole('button', { name: 'Run and roll back' }))
    await waitFor(() =>
      expect(plan).toHaveBeenCalledWith(expect.objectContaining({ analyze: true }), expect.anything()),
    )
  })
})

describe('nothing is known', () => {
  test.each([
    ['NOT_FOUND', 'No longer known'],
    ['FORBIDDEN', 'Not yours to see'],
    ['SERVICE_UNREACHABLE', 'Offline'],
    ['INTERNAL', 'It could not be read'],
  ] as const)('%s: %s', async (code, title) => {
    show(watched(), {
      trace: async () => {
        throw new AppError(code, 'It cannot be had.')
      },
    })
    expect(await screen.findByRole('heading', { name: title })).toBeTruthy()
    const again = screen.queryByRole('button', { name: 'Try again' })
    expect(again === null).toBe(code === 'NOT_FOUND' || code === 'FORBIDDEN')
  })

  test('of another API, and says how it would be', async () => {
    const asked = vi.fn()
    show(exchangeOf(200, null), { trace: asked })
    expect(await screen.findByRole('heading', { name: 'Nobody watched' })).toBeTruthy()
    expect(asked).not.toHaveBeenCalled()
  })
})

test.each([
  ['FORBIDDEN', true],
  ['ECONNREFUSED', false],
])('of a request that did not go out, %s: roles are named: %s', async (code, isNamed) => {
  const failure = { code, message: 'It cannot be.', hint: '' }
  show({ ...exchangeOf(200, null), response: null, failure }, {})
  const heading = await screen.findByRole('heading', { name: 'It was not sent' })
  expect(heading.parentElement?.textContent.includes('Developers and above')).toBe(isNamed)
})

function TwoRequests() {
  const [label, setLabel] = useState('one')
  return (
    <>
      <button onClick={() => setLabel('two')}>Next</button>
      <Insight exchange={watched(200, label)} />
    </>
  )
}

test('what was shown stays while the next request is read', async () => {
  const next = Promise.withResolvers<RequestTrace>()
  renderPage(<TwoRequests />, {
    insight: {
      policies: async () => [],
      trace: async ({ ticket: asked }) => (asked === trace.ticket ? trace : next.promise),
    },
  })
  await screen.findByText('schema 12')
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  expect(screen.getByText('schema 12')).toBeTruthy()
  next.resolve({ ...trace, ticket: ticket('two'), schemaVersion: null, rowsReturned: 1 })
  expect(await screen.findByText(/1 row returned/)).toBeTruthy()
})
