// The tab of mock servers over handlers written by hand.
import { cleanup, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import type { Mock } from '#contract/capabilities/mocks.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { RequestWorkbenchProvider } from '../requests/index.ts'
import { MocksView } from './mocks-view.tsx'

afterEach(cleanup)

const ID = '00000000-0000-4000-8000-000000000001'
const mock: Mock = {
  id: ID,
  name: 'Films API',
  url: 'http://127.0.0.1:4010',
  source: {
    type: 'rows',
    source: { type: 'url', url: 'https://a.example', token: '' },
    auth: null,
    rowsPerTable: 9,
  },
  contents: [{ name: 'film', detail: '9 rows' }],
  notes: ['secret has no rows: the API answered with status 403.'],
  startedAt: '2026-11-23T10:00:00Z',
  delayMs: 30,
  answered: 1,
}

function show(mocks: NonNullable<SomeHandlers['mocks']>) {
  renderPage(
    <RequestWorkbenchProvider parts={{ views: {} }}>
      <MocksView tabId="t" params="" />
    </RequestWorkbenchProvider>,
    { collections: { drafts: async () => [], list: async () => [] }, mocks },
  )
}

test('what is wrong with the form is told at its fields, what the host refuses below them', async () => {
  const start = vi.fn(async () => {
    throw new AppError('CONNECTION_FAILED', 'The API is out of reach.', { hint: 'Try later.' })
  })
  show({ list: async () => [], start })
  await userEvent.click(await screen.findByRole('radio', { name: 'Rows of tables' }))
  await userEvent.type(screen.getByLabelText('Port'), '80')
  await userEvent.click(screen.getByRole('button', { name: 'Start mock server' }))
  expect(await screen.findByText(/This is no address/)).toBeTruthy()
  expect(screen.getByText('Give a whole number from 1024 to 65535.')).toBeTruthy()
  expect(start).not.toHaveBeenCalled()
  await userEvent.clear(screen.getByLabelText('Port'))
  await userEvent.type(screen.getByLabelText('Address'), 'https://a.example/rest/v1')
  await userEvent.click(screen.getByRole('button', { name: 'Start mock server' }))
  expect(await screen.findByText('The API is out of reach.')).toBeTruthy()
  expect(start).toHaveBeenCalledWith(
    expect.objectContaining({ port: null, source: expect.objectContaining({ type: 'rows' }) }),
    expect.anything(),
  )
})

test('one that runs tells what it has, what it lacks, and what came; it is stopped', async () => {
  let isRunning = true
  show({
    list: async () => (isRunning ? [mock] : []),
    log: async () => [
      { at: '2026-11-23T10:00:01Z', method: 'GET', path: '/nothing', status: 404, matched: null },
    ],
    stop: async () => {
      isRunning = false
    },
  })
  expect(await screen.findByText(mock.url)).toBeTruthy()
  for (const text of [/1 request$/, '9 rows', mock.notes[0] ?? '', '/nothing', 'nothing'])
    expect(await screen.findByText(text)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
  expect(await screen.findByText('No mock server runs')).toBeTruthy()
})

test('a list that cannot be read can be tried again', async () => {
  let isBroken = true
  show({
    list: async () => {
      if (isBroken) throw new AppError('INTERNAL', 'Something broke.')
      return []
    },
  })
  expect(await screen.findByText('The mock servers cannot be shown')).toBeTruthy()
  isBroken = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('No mock server runs')).toBeTruthy()
})
