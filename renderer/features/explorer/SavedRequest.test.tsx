// A request and its form: opened from one to the other, typed as an address, run with a key; and what no longer fits its API.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it } from 'vitest'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { API_PROJECT_ID } from '#testing/api-page.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { useStore } from '../../host/store.ts'
import { RequestWorkbenchProvider, useRequestWorkbench } from '../requests/index.ts'
import { writeParams } from './endpoint-params.ts'
import { API, COLLECTION, handlers, SOURCE } from '#testing/explorer-page.ts'
import { DriftMark, endpointView, ENDPOINT_VIEW, ExplorerDialogs } from './index.ts'

afterEach(cleanup)

const PARTS = { views: { [ENDPOINT_VIEW]: endpointView } }

function show(more: SomeHandlers = {}) {
  return renderPage(
    <RequestWorkbenchProvider parts={PARTS}>
      <endpointView.Content
        tabId="1"
        params={writeParams({ source: SOURCE, kind: 'table', schema: 'public', name: 'film' })}
      />
    </RequestWorkbenchProvider>,
    handlers(more),
  )
}

const SAVED = newHttpRequest('Two films', {
  url: '{{baseUrl}}/film?title=like.*a*&limit=2&odd=1',
  auth: { type: 'project', projectId: ProjectId.parse(API_PROJECT_ID), as: 'anon', claims: '' },
  docs: 'Kept.',
})

/** Opens a request in a tab, and asks for its form. */
function OpenForm({ request }: { readonly request: ApiRequest }) {
  const { tabs, ask } = useRequestWorkbench()
  const open = useStore(tabs.tabs)
  const form = open.find((tab) => tab.kind === 'view')
  const origin = open.find((tab) => tab.kind === 'request')
  return (
    <>
      <button onClick={() => ask.set({ kind: 'form', tabId: tabs.openNew(request) })}>Open form</button>
      <output>{origin?.kind === 'request' ? JSON.stringify(origin.request) : ''}</output>
      {form?.kind === 'view' ? <endpointView.Content tabId={form.id} params={form.params} /> : null}
      <ExplorerDialogs />
    </>
  )
}

function showForm(request: ApiRequest) {
  return renderPage(
    <RequestWorkbenchProvider parts={PARTS}>
      <OpenForm request={request} />
    </RequestWorkbenchProvider>,
    handlers(),
  )
}

it('opens a request in its form, keeps what no field shows, and puts the changes back', async () => {
  showForm(SAVED)
  await userEvent.click(await screen.findByRole('button', { name: 'Open form' }))
  const article = await screen.findByRole('article', { name: 'film' })
  expect(article.textContent).toContain('The form of the request Two films')
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Value' }).value).toBe('*a*')
  const kept = screen.getByRole('region', { name: 'Kept as it stands' })
  expect(within(kept).getByDisplayValue('odd')).toBeTruthy()
  expect(kept.textContent).toContain('its docs')
  const limit = screen.getByRole('textbox', { name: 'Limit' })
  await userEvent.clear(limit)
  await userEvent.type(limit, '9')
  await userEvent.click(screen.getByRole('button', { name: 'Put into the request' }))
  const request: unknown = JSON.parse(screen.getByRole('status').textContent)
  expect(request).toMatchObject({ name: 'Two films', docs: 'Kept.', url: '{{baseUrl}}/film' })
  expect(JSON.stringify(request)).toContain('"name":"limit","value":"9"')
  expect(JSON.stringify(request)).toContain('"name":"odd","value":"1"')
})

it('says that a request of no known API has no form', async () => {
  const { shell } = showForm(newHttpRequest('Elsewhere', { url: 'https://elsewhere.example.com/film' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Open form' }))
  await waitFor(() =>
    expect(shell.notifications.toasts.get()[0]?.text).toContain('No API that is known here has this request'),
  )
})

it('reads a typed address into the form, and refuses one of something else', async () => {
  show()
  await screen.findByRole('article', { name: 'film' })
  const url = screen.getByRole<HTMLInputElement>('combobox', { name: 'URL' })
  fireEvent.change(url, { target: { value: 'https://host/abc/rest/v1/film?title=eq.Solaris&limit=3' } })
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Limit' }).value).toBe('3')
  fireEvent.change(url, { target: { value: 'https://host/abc/rest/v1/language?limit=4' } })
  expect(screen.getByRole('alert').textContent).toContain('This is the address of language')
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Limit' }).value).toBe('3')
})

it('lists per request what does not fit any more, with what to do', async () => {
  renderPage(
    <RequestWorkbenchProvider parts={PARTS}>
      <DriftMark collectionId={COLLECTION} />
      <ExplorerDialogs />
    </RequestWorkbenchProvider>,
    handlers({
      explorer: {
        describe: async () => ({ ...API, cachedAt: null }),
        alarm: async () => ({ requests: 1, newEndpoints: 1 }),
        drift: async () => [
          {
            path: 'film/List.yml',
            kind: 'missing-column',
            message: 'List: film has no column title any more.',
          },
          { path: null, kind: 'new-endpoint', message: 'No request calls /award.' },
        ],
      },
    }),
  )
  await userEvent.click(await screen.findByText('1 request does not fit the API any more'))
  const dialog = await screen.findByRole('dialog', { name: 'Changes since the collection was made' })
  const list = await within(dialog).findByRole('list', { name: 'Requests that do not fit' })
  expect(list.textContent).toContain(
    'film has no column title any more. Take the column out of the request, or give it its new name.',
  )
  await userEvent.click(within(dialog).getByRole('button', { name: 'Show them' }))
  expect(within(dialog).getByText('No request calls /award.')).toBeTruthy()
})

it('keeps a key in the keychain, under a variable of the globals', async () => {
  const kept: unknown[] = []
  show({
    collections: {
      variables: async () => [],
      environments: async () => [{ name: 'Globals', variables: [], revision: 'a' }],
      saveEnvironment: async ({ environment }) => {
        kept.push(environment.variables.map(({ name, value, isSecret }) => ({ name, value, isSecret })))
        return { revision: 'b' }
      },
      setSecret: async (input) => void kept.push(input),
    },
  })
  await screen.findByRole('article', { name: 'film' })
  await userEvent.click(screen.getByRole('button', { name: /Run as$/ }))
  await userEvent.click(await screen.findByRole('option', { name: /A key/ }))
  await userEvent.type(screen.getByLabelText('Value of apikey'), 'k3y')
  await userEvent.click(screen.getByRole('button', { name: 'Keep' }))
  await waitFor(() => expect(kept).toHaveLength(2))
  expect(kept[0]).toEqual([{ name: 'apikey', value: '', isSecret: true }])
  expect(kept[1]).toMatchObject({ id: null, name: 'apikey', value: 'k3y' })
})
