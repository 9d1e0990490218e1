// The tester's screens over handlers written by hand: writing a request, sending it, what comes back, and what is said when nothing does.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { newCollection, newDefaults, newHttpRequest } from '#api-client/common/new-request.ts'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import { CollectionId, type ItemSummary } from '#contract/requests/collection.ts'
import type { Exchange, SendEvent } from '#contract/requests/exchange.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { RequestWorkbenchProvider } from './request-workbench.tsx'
import { RequestsArea } from './requests-screen.tsx'
import { RequestsSidebar } from './tree/requests-sidebar.tsx'

afterEach(cleanup)

const ID = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const collection: CollectionInfo = {
  id: ID,
  name: 'Films',
  folder: '/films',
  organisationId: null,
  requests: 1,
  problems: 0,
  unavailable: null,
  activeEnvironment: 'staging',
}
const item: ItemSummary = {
  path: 'Open.yml',
  kind: 'http',
  name: 'Open',
  sequence: null,
  method: 'PATCH',
  url: '/rental',
  tags: [],
  problem: null,
}
const timings = {
  blocked: 0,
  dns: null,
  connect: 1,
  tls: null,
  send: 0,
  firstByte: 12,
  download: 2,
  total: 15,
}

function exchangeOf(id: Exchange['id'], fields: Partial<Exchange>): Exchange {
  return {
    id,
    collectionId: null,
    path: null,
    name: 'New request',
    startedAt: '2026-11-23T10:00:00Z',
    environment: null,
    request: { method: 'GET', url: '/x', headers: [], bodyPreview: null, bodyBytes: 0, unresolved: [] },
    response: null,
    failure: null,
    timings,
    hops: [],
    cookies: [],
    tests: [],
    console: [],
    changedVariables: [],
    insight: null,
    ...fields,
  }
}

function show(handlers: SomeHandlers = {}) {
  const saveDraft = vi.fn(async () => undefined)
  const page = renderPage(
    <RequestWorkbenchProvider parts={{ views: {} }}>
      <RequestsSidebar />
      <RequestsArea />
    </RequestWorkbenchProvider>,
    {
      ...handlers,
      collections: {
        drafts: async () => [],
        list: async () => [],
        variables: async () => [],
        saveDraft,
        removeDraft: async () => undefined,
        ...handlers.collections,
      },
    },
  )
  return { page, saveDraft }
}

async function newRequest(): Promise<HTMLElement> {
  const [button] = await screen.findAllByRole('button', { name: 'New request' })
  if (button !== undefined) await userEvent.click(button)
  return await screen.findByLabelText('URL')
}

describe('without collections', () => {
  test('the ways to begin are named', async () => {
    show()
    expect(await screen.findByText('No requests yet')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'generate one from a project' })).toBeTruthy()
  })

  test('a typed URL fills the parameters, and those the URL', async () => {
    const { saveDraft } = show()
    const url = await newRequest()
    await userEvent.type(url, 'https://a.b/c?x=1')
    const value = await screen.findByLabelText('Value of x')
    await userEvent.type(value, '2')
    expect(url).toHaveProperty('value', 'https://a.b/c?x=12')
    await waitFor(() => expect(saveDraft.mock.calls.length).toBeGreaterThan(0))
  })

  test('a parameter that is switched off leaves the URL and stays in the table', async () => {
    show()
    const url = await newRequest()
    await userEvent.type(url, '/c?x=1&y=2')
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Send x' }))
    expect(url).toHaveProperty('value', '/c?y=2')
    expect(screen.getByLabelText('Value of x')).toHaveProperty('value', '1')
  })

  test('names of headers are completed by key', async () => {
    show()
    await newRequest()
    await userEvent.click(screen.getByRole('tab', { name: /^Headers/ }))
    await userEvent.type(await screen.findByLabelText('Name of header 1'), 'content-t')
    expect(screen.getByRole('option', { name: 'Content-Type' })).toBeTruthy()
    await userEvent.keyboard('{Enter}')
    expect(screen.getByLabelText('Name of Content-Type')).toHaveProperty('value', 'Content-Type')
  })

  test('a variable without a value is marked and explained', async () => {
    show()
    const url = await newRequest()
    await userEvent.type(url, '{{{{api}}/x')
    await userEvent.type(url, '{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}')
    expect(await screen.findByText(/Nothing gives/)).toBeTruthy()
  })
})

describe('sending', () => {
  const sending = (make: (id: Exchange['id']) => readonly SendEvent[]): SomeHandlers => ({
    requests: {
      send: async function* ({ exchangeId }) {
        yield* make(exchangeId)
      },
      bodyInfo: async () => ({
        kind: 'json',
        contentType: 'application/json',
        bytes: 7,
        lines: 3,
        isComplete: true,
        isTable: false,
        problem: null,
      }),
      lines: async () => ({ lines: ['{', '  "big": 12345678901234567890', '}'], total: 3, isComplete: true }),
    },
  })
  const response: Exchange['response'] = {
    status: 200,
    statusText: 'OK',
    httpVersion: '1.1',
    headers: [{ name: 'content-type', value: 'application/json' }],
    contentType: 'application/json',
    remoteAddress: '127.0.0.1',
    tls: null,
    headerBytes: 10,
    bodyBytes: 7,
    decodedBytes: 7,
    incomplete: null,
  }

  test('shows status, time, size and the body, failed tests first', async () => {
    show(
      sending((id) => [
        {
          type: 'done',
          exchange: exchangeOf(id, {
            response,
            tests: [
              { name: 'status is 200', source: 'assertion', outcome: 'passed', message: null },
              { name: 'has rows', source: 'test', outcome: 'failed', message: 'expected 3, was 0' },
            ],
          }),
        },
      ]),
    )
    await newRequest()
    await userEvent.click(screen.getByRole('button', { name: /^Send/ }))
    expect(await screen.findByText('200 OK')).toBeTruthy()
    expect(screen.getByText('7 B')).toBeTruthy()
    await userEvent.click(screen.getByRole('tab', { name: 'Tests 1 failed' }))
    const results = await screen.findByRole('list', { name: 'Results of tests' })
    const [first] = within(results).getAllByRole('listitem')
    expect(first?.textContent).toContain('expected 3, was 0')
  })

  test('says what went wrong and what to do when no response came', async () => {
    show(
      sending((id) => [
        {
          type: 'done',
          exchange: exchangeOf(id, {
            failure: {
              code: 'ECONNREFUSED',
              message: 'Nothing answers at 127.0.0.1:1.',
              hint: 'Start the server.',
            },
          }),
        },
      ]),
    )
    await newRequest()
    await userEvent.click(screen.getByRole('button', { name: /^Send/ }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('Nothing answers at 127.0.0.1:1.')
    expect(alert.textContent).toContain('Start the server.')
    expect(alert.textContent).toContain('ECONNREFUSED')
  })

  test('can be cancelled while it is under way', async () => {
    const aborted = vi.fn()
    show({
      requests: {
        send: async function* (_input, { signal }): AsyncGenerator<SendEvent> {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          aborted()
          yield* []
        },
      },
    })
    await newRequest()
    await userEvent.click(screen.getByRole('button', { name: /^Send/ }))
    const [cancel] = await screen.findAllByRole('button', { name: 'Cancel' })
    if (cancel !== undefined) await userEvent.click(cancel)
    expect(await screen.findByText('Cancelled.')).toBeTruthy()
    await waitFor(() => expect(aborted).toHaveBeenCalledOnce())
  })
})

describe('the tree', () => {
  const files = (more: NonNullable<SomeHandlers['collections']> = {}): SomeHandlers => ({
    collections: {
      list: async () => [collection],
      items: async () => [item],
      read: async () => ({
        item: newHttpRequest('Open', { method: 'PATCH', url: '/rental' }),
        revision: '1',
        inherited: [],
      }),
      ...more,
    },
  })

  test('opens a request, which is sent with the active environment', async () => {
    const send = vi.fn(async function* (): AsyncGenerator<SendEvent> {
      yield* []
    })
    show({ ...files(), requests: { send } })
    await userEvent.click(await screen.findByRole('treeitem', { name: /PATCH\s*Open/ }))
    expect(await screen.findByLabelText('URL')).toHaveProperty('value', '/rental')
    await userEvent.click(screen.getByRole('button', { name: /^Send/ }))
    await waitFor(() => expect(send).toHaveBeenCalled())
    expect(send).toHaveBeenCalledWith(
      expect.objectContaining({ path: 'Open.yml', collectionId: ID, environment: 'staging' }),
      expect.anything(),
    )
  })

  test('renames in place', async () => {
    const move = vi.fn(async () => ({ path: 'Late.yml', revision: '2' }))
    show(files({ move }))
    await userEvent.click(await screen.findByRole('treeitem', { name: /Open/ }))
    screen.getByRole('tree').focus()
    await userEvent.keyboard('{F2}')
    const field = await screen.findByLabelText('New name')
    await userEvent.clear(field)
    await userEvent.type(field, 'Late{Enter}')
    await waitFor(() => expect(move).toHaveBeenCalledOnce())
    expect(move).toHaveBeenCalledWith(
      expect.objectContaining({ path: 'Open.yml', toFolder: '', name: 'Late' }),
      expect.anything(),
    )
  })

  test('a request that has no file yet tells what it inherits', async () => {
    const auth = { type: 'basic', username: 'mara', password: '' } as const
    const item = newCollection('Films', { defaults: newDefaults({ auth }) })
    show(files({ read: async () => ({ item, revision: '1', inherited: [] }) }))
    await screen.findByRole('treeitem', { name: /Films/ })
    await newRequest()
    await userEvent.click(screen.getByRole('tab', { name: /^Auth/ }))
    expect(await screen.findByText('Basic, as Films says.')).toBeTruthy()
  })

  test('takes a deletion back', async () => {
    const restore = vi.fn(async () => ({ path: 'Open.yml' }))
    const { page } = show(files({ remove: async () => ({ undo: 'u1' }), restore }))
    await userEvent.click(await screen.findByRole('treeitem', { name: /Open/ }))
    screen.getByRole('tree').focus()
    await userEvent.keyboard('{Delete}')
    await waitFor(() => expect(page.shell.notifications.toasts.get()).toHaveLength(1))
    page.shell.notifications.toasts.get()[0]?.action?.run()
    await waitFor(() => expect(restore).toHaveBeenCalledOnce())
  })

  test('asks before a collection of this machine alone is deleted, with what is lost', async () => {
    const close = vi.fn(async () => undefined)
    show(files({ list: async () => [{ ...collection, folder: null }], close }))
    await userEvent.pointer({
      keys: '[MouseRight]',
      target: await screen.findByRole('treeitem', { name: /Films/ }),
    })
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete collection' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete collection Films?' })
    expect(dialog.textContent).toContain('1 request with')
    expect(close).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Delete collection' }))
    await waitFor(() => expect(close).toHaveBeenCalledWith({ id: ID }, expect.anything()))
  })

  test('says which files could not be read', async () => {
    show(files({ items: async () => [{ ...item, problem: 'Line 3: no colon.' }] }))
    expect(await screen.findByText('Line 3: no colon.')).toBeTruthy()
  })
})
