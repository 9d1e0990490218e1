// The explorer: endpoints in the sidebar, the form of one, what it means as code, and what is sent and saved.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { API_PROJECT_ID, AT } from '#testing/api-page.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { useStore } from '../../host/store.ts'
import { RequestWorkbenchProvider, useRequestWorkbench } from '../requests/index.ts'
import { endpointView, ENDPOINT_VIEW, ExplorerDialogs, ExplorerSection } from './index.ts'
import { writeParams } from './endpoint-params.ts'
import { API, COLLECTION, handlers, INFO, SOURCE } from '#testing/explorer-page.ts'

afterEach(cleanup)

const PARTS = { views: { [ENDPOINT_VIEW]: endpointView } }

/** What the tester has open, by its titles. */
function OpenTabs() {
  const { tabs, ask } = useRequestWorkbench()
  const open = useStore(tabs.tabs)
  return (
    <>
      <button onClick={() => ask.set({ kind: 'generate', collectionId: null, path: '' })}>Ask</button>
      <ul aria-label="Open">
        {open.map((tab) => (
          <li key={tab.id}>
            {tab.kind === 'view' ? `${tab.title} ${tab.params}` : JSON.stringify(tab.request)}
          </li>
        ))}
      </ul>
    </>
  )
}

function show(more: SomeHandlers = {}, name = 'film', kind: 'table' | 'function' = 'table') {
  return renderPage(
    <RequestWorkbenchProvider parts={PARTS}>
      <ExplorerSection />
      <endpointView.Content
        tabId="1"
        params={writeParams({ source: SOURCE, kind, schema: 'public', name })}
      />
      <OpenTabs />
      <ExplorerDialogs />
    </RequestWorkbenchProvider>,
    handlers(more),
  )
}

const shownUrl = (): string => screen.getByRole('region', { name: 'Request as URL' }).textContent

it('lists tables, views and functions, and opens one in a tab', async () => {
  show()
  const section = await screen.findByRole('region', { name: 'Generated from schema' })
  const rows = await within(section).findAllByRole('treeitem')
  expect(rows.map(({ textContent }) => textContent)).toEqual(['/film5', '/languageGET', '/rpc/in_stockGET'])
  await userEvent.type(within(section).getByRole('searchbox'), 'lang')
  await userEvent.click(within(section).getByRole('treeitem', { name: /language/ }))
  expect(screen.getByRole('list', { name: 'Open' }).textContent).toContain('"name":"language"')
})

it('shows what the form means while it is filled in', async () => {
  show()
  await screen.findByRole('article', { name: 'film' })
  expect(shownUrl()).toBe('https://host/abc/rest/v1/film?limit=20')
  await userEvent.click(screen.getByRole('checkbox', { name: 'title' }))
  await userEvent.click(screen.getByRole('button', { name: 'Add a filter' }))
  await userEvent.type(screen.getByRole('textbox', { name: 'Value' }), '7')
  expect(shownUrl()).toBe('https://host/abc/rest/v1/film?select=title&film_id=eq.7&limit=20')
  await userEvent.click(screen.getByRole('tab', { name: 'curl' }))
  expect(screen.getByRole('region', { name: 'Request as curl' }).textContent).toContain('{{apikey}}')
})

it('embeds a relation by the hint that tells it apart', async () => {
  show()
  await screen.findByRole('article', { name: 'film' })
  await userEvent.click(screen.getByRole('button', { name: /Embed a relation/ }))
  await userEvent.click(await screen.findByRole('option', { name: /language!film_language_fkey/ }))
  expect(shownUrl()).toBe('https://host/abc/rest/v1/film?select=*,language!film_language_fkey(*)&limit=20')
})

it('warns of a write without a filter, and fills bodies from the types', async () => {
  show()
  await screen.findByRole('article', { name: 'film' })
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(screen.queryByText(/deletes every row/)).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter' }))
  expect(screen.getByText(/deletes every row/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Insert' }))
  expect(screen.getByRole('region', { name: 'Body of the request' }).textContent).toBe(
    '{\n  "title": "text"\n}',
  )
})

it('documents columns, keys and relations', async () => {
  show()
  await userEvent.click(await screen.findByRole('tab', { name: 'Documentation' }))
  const columns = screen.getByRole('table', { name: 'Columns' })
  expect(columns.textContent).toContain('As on the box.required')
  expect(columns.textContent).toContain('refers to language.language_id')
  expect(screen.getByRole('table', { name: 'Relations' }).textContent).toContain(
    'language_id → language.language_id',
  )
})

it('sends the request as somebody of the project, without any secret in the page', async () => {
  const sent: ApiRequest[] = []
  show({
    requests: {
      async *send({ request }) {
        sent.push(request)
      },
    },
  })
  await screen.findByRole('article', { name: 'film' })
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]).toMatchObject({
    method: 'GET',
    url: 'https://host/abc/rest/v1/film',
    auth: { type: 'project', as: 'anon', projectId: API_PROJECT_ID },
  })
})

it('saves the request to a new collection', async () => {
  const saved: unknown[] = []
  show({
    collections: {
      create: async ({ name }) => ({ ...INFO, name }),
      createRequest: async (input) => {
        saved.push(input)
        return { path: 'Read film.yml', revision: '1' }
      },
    },
  })
  await screen.findByRole('article', { name: 'film' })
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Save request' }))
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(saved[0]).toMatchObject({
    id: COLLECTION,
    request: { name: 'Read film', url: 'https://host/abc/rest/v1/film' },
  })
})

it('calls a function by GET with its arguments', async () => {
  show({}, 'in_stock', 'function')
  await screen.findByRole('article', { name: 'in_stock' })
  expect(shownUrl()).toBe('https://host/abc/rest/v1/rpc/in_stock?film=1')
})

it('says why the schema cannot be read, and reads it again', async () => {
  let isBroken = true
  show({
    explorer: {
      describe: async () => {
        if (isBroken) throw new AppError('SERVICE_UNREACHABLE', 'The service does not answer.')
        return { ...API, cachedAt: null }
      },
    },
  })
  const [again] = await screen.findAllByRole('button', { name: 'Try again' })
  expect(screen.getAllByText('The service does not answer.').length).toBeGreaterThan(0)
  isBroken = false
  if (again !== undefined) await userEvent.click(again)
  expect(await screen.findByRole('article', { name: 'film' })).toBeTruthy()
})

it('says that an endpoint is gone', async () => {
  show({}, 'dropped')
  expect(await screen.findByText('dropped is not there any more')).toBeTruthy()
})

it('says that what it shows was read earlier', async () => {
  show({ explorer: { describe: async () => ({ ...API, cachedAt: AT }) } })
  expect(await screen.findByText(/The API cannot be asked now/)).toBeTruthy()
})

it('generates a collection of what is chosen', async () => {
  const asked: unknown[] = []
  show({
    explorer: {
      describe: async () => ({ ...API, cachedAt: null }),
      generate: async (input) => {
        asked.push(input)
        return { collectionId: COLLECTION, requests: 7 }
      },
    },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Generate' }))
  await userEvent.click(await screen.findByRole('checkbox', { name: '/language' }))
  await userEvent.click(screen.getByRole('button', { name: 'Generate collection' }))
  await waitFor(() => expect(asked).toHaveLength(1))
  expect(asked[0]).toMatchObject({ name: 'reelhouse', parent: null, tables: ['film', 'rpc/in_stock'] })
})

it('generates where another part of the tester asks for it', async () => {
  show()
  await screen.findByRole('article', { name: 'film' })
  await userEvent.click(screen.getByRole('button', { name: 'Ask' }))
  expect(await screen.findByRole('dialog', { name: 'Generate a collection' })).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})
