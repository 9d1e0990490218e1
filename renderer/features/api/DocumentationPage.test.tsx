// The documentation of the API with its snippets, and each state in between.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiKeyId, type ApiKey } from '#contract/capabilities/api-keys.ts'
import { AppError } from '#contract/errors.ts'
import {
  API_DOCUMENT,
  API_PROJECT,
  API_PROJECT_ID,
  AT,
  OTHER_PROJECT_ID,
  showApi,
} from '#testing/api-page.ts'

afterEach(cleanup)

const KEY_FIELDS = {
  id: ApiKeyId.parse(OTHER_PROJECT_ID),
  projectId: API_PROJECT_ID,
  createdAt: AT,
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  replacedBy: null,
  scope: { access: 'read-write' as const, schemas: null },
}

describe('the documentation', () => {
  it('shows each table with its comment, columns, parameters and snippets', async () => {
    await showApi()
    const tree = await screen.findByRole('tree')
    await userEvent.click(within(tree).getByRole('treeitem', { name: 'film' }))
    const article = await screen.findByRole('article', { name: 'film' })
    expect(article.textContent).toContain('Every film.')
    expect(within(article).getByRole('table', { name: 'Columns' }).textContent).toContain('As on the box.')
    expect(within(article).getByRole('table', { name: 'Parameters' }).textContent).toContain(
      'Columns to give.',
    )
    expect(within(article).getByRole('region', { name: 'Snippet for curl' }).textContent).toBe(
      "curl 'http://127.0.0.1:7400/abc/rest/v1/film?select=*&limit=10' \\\n  --header 'apikey: YOUR_PUBLISHABLE_KEY'",
    )
    await userEvent.click(within(article).getByRole('tab', { name: 'Insert rows' }))
    await userEvent.click(within(article).getByRole('tab', { name: 'Go' }))
    expect(within(article).getByRole('region', { name: 'Snippet for Go' }).textContent).toContain(
      'http.NewRequest("POST"',
    )
  })

  it('copies the snippet', async () => {
    await showApi()
    await screen.findByRole('article')
    await userEvent.click(screen.getByRole('button', { name: 'Copy snippet' }))
    await screen.findByRole('button', { name: 'Copied' })
    expect(await navigator.clipboard.readText()).toMatch(/^curl '/)
  })

  it('is searched', async () => {
    await showApi()
    await screen.findByRole('tree')
    await userEvent.type(screen.getByRole('searchbox'), 'box')
    expect(screen.getAllByRole('treeitem').map(({ textContent }) => textContent)).toEqual(['Tables1', 'film'])
    await userEvent.type(screen.getByRole('searchbox'), 'zzz')
    expect(screen.getByText('Nothing matches “boxzzz”.')).toBeTruthy()
  })

  const snippet = (): string => screen.getByRole('region', { name: 'Snippet for curl' }).textContent

  it('puts the chosen publishable key into the snippets', async () => {
    const web: ApiKey = { ...KEY_FIELDS, name: 'Web', kind: 'publishable', prefix: 'nbl_publishable_4fTa' }
    const server: ApiKey = {
      ...KEY_FIELDS,
      id: ApiKeyId.parse(API_PROJECT_ID),
      name: 'Server',
      kind: 'secret',
      prefix: 'nbl_secret_9kQz',
    }
    await showApi({ apiKeys: { list: async () => [web, server] } })
    await screen.findByRole('article')
    await userEvent.click(screen.getByRole('button', { name: /Key in snippets/ }))
    const option = await screen.findByRole('option', { name: /^Web/ })
    expect(screen.queryByRole('option', { name: /^Server/ })).toBeNull()
    await userEvent.click(option)
    expect(snippet()).toContain('apikey: nbl_publishable_4fTa…')
  })

  it('puts a pasted key into the snippets, but never a secret one', async () => {
    await showApi()
    await screen.findByRole('article')
    await userEvent.click(screen.getByRole('button', { name: /Key in snippets/ }))
    await userEvent.click(await screen.findByRole('option', { name: 'A key that I paste' }))
    const field = screen.getByLabelText('Publishable key')
    await userEvent.click(field)
    await userEvent.paste('nbl_secret_x')
    expect(screen.getByText(/This is a secret key/)).toBeTruthy()
    expect(snippet()).toContain('apikey: YOUR_PUBLISHABLE_KEY')
    await userEvent.clear(field)
    await userEvent.paste('nbl_publishable_whole')
    expect(snippet()).toContain('apikey: nbl_publishable_whole')
  })

  it('is read for the schema and the role that are chosen', async () => {
    const document = vi.fn(async () => API_DOCUMENT)
    await showApi({ api: { document } })
    await screen.findByRole('article')
    await userEvent.click(screen.getByRole('button', { name: /Schema/ }))
    await userEvent.click(await screen.findByRole('option', { name: 'shop' }))
    await waitFor(() =>
      expect(document).toHaveBeenLastCalledWith(
        expect.objectContaining({ schema: 'shop', as: 'all' }),
        expect.anything(),
      ),
    )
    await waitFor(() =>
      expect(screen.getByRole('region', { name: 'Snippet for curl' }).textContent).toContain(
        'Accept-Profile: shop',
      ),
    )
    await userEvent.click(screen.getByRole('button', { name: /Seen by/ }))
    await userEvent.click(await screen.findByRole('option', { name: 'As anon sees it' }))
    await waitFor(() =>
      expect(document).toHaveBeenLastCalledWith(expect.objectContaining({ as: 'anon' }), expect.anything()),
    )
  })

  it('that is empty says how endpoints come', async () => {
    await showApi({ api: { document: async () => ({ paths: {} }) } })
    expect(await screen.findByText('No tables yet')).toBeTruthy()
  })

  it('that cannot be read says why, and wakes a database that sleeps', async () => {
    const start = vi.fn(async () => API_PROJECT)
    const document = vi.fn(async (): Promise<Record<string, unknown>> => API_DOCUMENT)
    document.mockRejectedValueOnce(new AppError('PROJECT_NOT_READY', 'The database sleeps.'))
    await showApi({ api: { document }, projects: { start } })
    expect((await screen.findByRole('alert')).textContent).toContain('The database sleeps.')
    await userEvent.click(screen.getByRole('button', { name: 'Wake the database' }))
    await waitFor(() => expect(start).toHaveBeenCalledOnce())
    expect(await screen.findByRole('article')).toBeTruthy()
  })
})
