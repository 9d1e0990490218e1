// The tab of a run over handlers written by hand: what is chosen, what is said while it goes, what is left of it.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState, type ReactNode } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import { AppError } from '#contract/errors.ts'
import { CollectionId, ItemSummary } from '#contract/requests/collection.ts'
import type { RunEvent, RunSummary } from '#contract/requests/run.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { RequestWorkbenchProvider, useRequestWorkbench } from '../requests/index.ts'
import { changeRunState } from './run-state.ts'
import { RunView } from './run-view.tsx'

afterEach(cleanup)

const ID = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const collection: CollectionInfo = {
  id: ID,
  name: 'Films',
  folder: '/films',
  organisationId: null,
  requests: 3,
  problems: 0,
  unavailable: null,
  activeEnvironment: 'staging',
}
const item = (path: string, kind: ItemSummary['kind'] = 'http'): ItemSummary =>
  ItemSummary.parse({
    path,
    kind,
    name: path.split('/').at(-1),
    sequence: null,
    method: 'GET',
    url: '/',
    tags: [],
    problem: null,
  })
const items = [item('One'), item('Folder', 'folder'), item('Folder/Two'), item('Folder/Three')]
const counts = {
  requests: { total: 3, failed: 1, skipped: 0 },
  tests: { total: 2, failed: 1 },
  bytesReceived: 10,
  latency: { p50: 1, p95: 2, p99: 3, max: 4 },
}
const summaryOf = (ended: RunSummary['ended']): RunSummary => ({
  name: 'Films',
  startedAt: '2026-11-23T10:00:00Z',
  durationMs: 40,
  iterations: 1,
  ended,
  ...counts,
})

type Start = NonNullable<NonNullable<SomeHandlers['runs']>['start']>

/** A tab that can be turned away from. */
function Tab(): ReactNode {
  const [isShown, setIsShown] = useState(true)
  const workbench = useRequestWorkbench()
  return (
    <>
      <button onClick={() => setIsShown(!isShown)}>Turn</button>
      <button onClick={() => changeRunState(workbench, ID, () => ({ asked: 'Folder' }))}>
        Ask for folder
      </button>
      {isShown ? <RunView tabId="t" params={ID} /> : null}
    </>
  )
}

function show(handlers: SomeHandlers = {}) {
  const start = vi.fn<Start>(async function* ({ runId: _ }): AsyncGenerator<RunEvent> {
    yield { type: 'planned', requests: 3, iterations: 1 }
    yield { type: 'progress', progress: counts }
    yield { type: 'finished', summary: summaryOf('finished') }
  })
  renderPage(
    <RequestWorkbenchProvider parts={{ views: {} }}>
      <Tab />
    </RequestWorkbenchProvider>,
    {
      collections: {
        drafts: async () => [],
        list: async () => [collection],
        items: async () => items,
        environments: async () => [],
        ...handlers.collections,
      },
      runs: {
        start,
        list: async () => [],
        results: async () => ({ results: [], total: 0 }),
        compare: async () => ({ before: null, changes: [] }),
        ...handlers.runs,
      },
    },
  )
  return { start }
}

const optionsOf = (start: ReturnType<typeof show>['start']) => start.mock.lastCall?.[0].options
const runButton = () => screen.findByRole('button', { name: /^Run( again)?$/ })

describe('choosing', () => {
  test('everything runs at first, in the environment of the collection', async () => {
    const { start } = show()
    expect(await screen.findByText('All 3 requests')).toBeTruthy()
    await userEvent.click(await runButton())
    expect(optionsOf(start)).toMatchObject({ paths: [], environment: 'staging', iterations: 1, data: null })
  })

  test('requests are ticked by the keyboard; a folder asked for is the only one', async () => {
    const { start } = show()
    const tree = await screen.findByRole('tree', { name: 'Requests to run' })
    tree.focus()
    await userEvent.keyboard(' ')
    expect(screen.getByText('1 of 3 requests')).toBeTruthy()
    await userEvent.click(await runButton())
    expect(optionsOf(start)?.paths).toEqual(['One'])
    await userEvent.click(screen.getByRole('button', { name: 'All' }))
    await userEvent.click(screen.getByRole('button', { name: 'Ask for folder' }))
    await waitFor(() => expect(screen.getByText('2 of 3 requests')).toBeTruthy())
    const [one] = within(tree).getAllByRole('treeitem')
    expect(one?.getAttribute('aria-checked')).toBe('true')
  })

  test('the order is changed by the keyboard', async () => {
    const { start } = show()
    await userEvent.click(await screen.findByRole('button', { name: 'Change order' }))
    const list = screen.getByRole('tree', { name: 'Order of the requests' })
    const before = within(list).getAllByRole('treeitem').length
    list.focus()
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}')
    await userEvent.click(await runButton())
    const paths = optionsOf(start)?.paths ?? []
    expect([before, paths.length]).toEqual([3, 3])
    expect(paths).not.toEqual(['Folder/Three', 'Folder/Two', 'One'])
    expect(paths[0]).toBe('Folder/Two')
  })

  test('nothing runs without a request, or with a wrong number', async () => {
    show()
    await userEvent.click(await screen.findByRole('button', { name: 'None' }))
    expect(await runButton()).toHaveProperty('disabled', true)
    await userEvent.click(screen.getByRole('button', { name: 'All' }))
    await userEvent.clear(screen.getByLabelText('Iterations'))
    expect(screen.getByText(/Give a whole number from 1 to/)).toBeTruthy()
    expect(await runButton()).toHaveProperty('disabled', true)
  })
})

describe('a run', () => {
  test('that cannot begin says why', async () => {
    show({
      runs: {
        start: async function* () {
          const why = new AppError('CONFLICT', 'This collection is being run already.', { hint: 'Wait.' })
          yield await Promise.reject<RunEvent>(why)
        },
      },
    })
    await userEvent.click(await runButton())
    expect(await screen.findByText('This collection is being run already.')).toBeTruthy()
  })

  test('goes on while its tab is turned away from, and is cancelled from it', async () => {
    const cancelled = Promise.withResolvers<undefined>()
    show({
      runs: {
        start: async function* () {
          yield { type: 'planned', requests: 5, iterations: 2 }
          yield { type: 'progress', progress: counts }
          await cancelled.promise
          yield { type: 'finished', summary: summaryOf('cancelled') }
        },
        cancel: async () => cancelled.resolve(undefined),
      },
    })
    await userEvent.click(await runButton())
    expect(await screen.findByText('3 of 10 requests')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Turn' }))
    expect(screen.queryByText('3 of 10 requests')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Turn' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel run' }))
    expect(await screen.findByText('Cancelled')).toBeTruthy()
    expect(await screen.findByRole('button', { name: 'Run again' })).toBeTruthy()
  })

  test('shows what the host cannot give as that', async () => {
    let isBroken = true
    show({
      runs: {
        results: async () => {
          if (isBroken) throw new AppError('LOCAL_DATA_UNUSABLE', 'The local data is damaged.')
          return { results: [], total: 0 }
        },
      },
    })
    await userEvent.click(await runButton())
    expect(await screen.findByText('The results cannot be shown')).toBeTruthy()
    isBroken = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Nothing ran')).toBeTruthy()
  })
})

test('a collection that is gone is said to be', async () => {
  show({ collections: { list: async () => [] } })
  expect(await screen.findByText('The collection is not open any more')).toBeTruthy()
})
