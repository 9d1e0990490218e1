// The API area: which project, its documentation with snippets, its settings, the signing secret and the issuers; and each state in between.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { act } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiKeyId, type ApiKey } from '#contract/capabilities/api-keys.ts'
import type { ApiState } from '#contract/capabilities/api.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { ApiArea } from './api-area.tsx'
import { ApiSidebar } from './api-sidebar.tsx'
import { ApiPaletteSource } from './palette-source.ts'

afterEach(cleanup)

const AT = '2026-11-22T12:00:00.000Z'
const ID = ProjectId.parse('018f0000-0000-7000-8000-000000000002')
const OTHER = ProjectId.parse('018f0000-0000-7000-8000-000000000003')
const PROJECT: Project = {
  id: ID,
  organisationId: OrganisationId.parse('018f0000-0000-7000-8000-000000000001'),
  name: 'reelhouse',
  ref: 'abc',
  environment: 'development',
  region: 'local',
  postgresVersion: '18',
  status: 'awake',
  problem: null,
  purgeAt: null,
  sizeBytes: null,
  createdAt: AT,
  updatedAt: AT,
}
const STATE: ApiState = {
  projectId: ID,
  url: 'http://127.0.0.1:7400/abc',
  restUrl: 'http://127.0.0.1:7400/abc/rest/v1',
  settings: {
    schemas: ['public', 'shop'],
    extraSearchPath: [],
    maxRows: 1000,
    aggregatesEnabled: false,
    planEnabled: false,
    maxBodyBytes: 10_000_000,
    statementTimeoutMs: 8000,
    maxPlanCost: null,
    rateLimit: { perKey: null, perProject: null, perAddress: null },
    corsAllowedOrigins: [],
  },
  availableSchemas: ['public', 'shop', 'private'],
}
const DOCUMENT = {
  openapi: '3.1.0',
  paths: {
    '/actor': { get: { responses: {} } },
    '/film': {
      get: {
        description: 'Every film.',
        parameters: [{ name: 'select', in: 'query', description: 'Columns to give.' }],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  items: { properties: { title: { type: 'string', description: 'As on the box.' } } },
                },
              },
            },
          },
        },
      },
      post: { responses: {} },
    },
  },
}
const KEY_FIELDS = {
  id: ApiKeyId.parse(OTHER),
  projectId: ID,
  createdAt: AT,
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  replacedBy: null,
  scope: { access: 'read-write' as const, schemas: null },
}

interface Shown {
  readonly page?: string
  readonly id?: string
  readonly api?: NonNullable<SomeHandlers['api']>
  readonly apiKeys?: NonNullable<SomeHandlers['apiKeys']>
  readonly projects?: NonNullable<SomeHandlers['projects']>
  readonly items?: readonly Project[]
  readonly isOffline?: boolean
}

async function show(shown: Shown = {}): Promise<TestPage> {
  const items = shown.items ?? [PROJECT]
  const page = renderPage(
    <>
      <ApiSidebar />
      <ApiArea />
      <ApiPaletteSource hasAccount />
    </>,
    {
      projects: {
        list: async () => ({ items: [...items], asOf: AT, isStale: false }),
        get: async ({ projectId }) => items.find(({ id }) => id === projectId) ?? PROJECT,
        ...shown.projects,
      },
      api: {
        get: async () => STATE,
        document: async () => DOCUMENT,
        jwtSecrets: async () => [{ id: 'k1', createdAt: AT, acceptedUntil: null }],
        issuers: async () => [],
        ...shown.api,
      },
      apiKeys: { list: async () => [], ...shown.apiKeys },
      connectivity: {
        current: async () => ({
          state: shown.isOffline === true ? 'offline' : 'online',
          offlineSince: null,
          latencyMs: 1,
          isSyncing: false,
          lastSyncedAt: null,
          pendingChanges: 0,
          problem: null,
        }),
      },
    },
  )
  await act(async () => page.shell.navigation.go({ area: 'api', page: shown.page ?? '', id: shown.id ?? '' }))
  return page
}

describe('the area', () => {
  it('opens the only project at once', async () => {
    const page = await show()
    expect(await screen.findByRole('heading', { name: 'Documentation' })).toBeTruthy()
    await waitFor(() => expect(page.shell.scope.get()?.name).toBe('reelhouse'))
    expect(page.bugs).toEqual([])
  })

  it('asks which of several projects, and goes there', async () => {
    const page = await show({ items: [PROJECT, { ...PROJECT, id: OTHER, name: 'gift-cards' }] })
    await userEvent.click(
      within(await screen.findByRole('table')).getByRole('button', { name: 'gift-cards' }),
    )
    expect(page.shell.navigation.location.get()).toMatchObject({ area: 'api', id: OTHER })
  })

  it('says what to do without a project, with a deleted one, and with one that is not there', async () => {
    await show({ items: [] })
    expect(await screen.findByText('No projects yet')).toBeTruthy()
    cleanup()
    await show({ id: ID, items: [{ ...PROJECT, status: 'deleted' }] })
    expect(await screen.findByText('reelhouse is deleted')).toBeTruthy()
    cleanup()
    const get = async (): Promise<Project> => {
      throw new AppError('NOT_FOUND', 'There is no such project.')
    }
    await show({ id: ID, projects: { get } })
    expect(await screen.findByText('There is no such project.')).toBeTruthy()
  })

  it('goes from page to page by the sidebar, by commands and by the palette', async () => {
    const page = await show()
    await screen.findByRole('heading', { name: 'Documentation' })
    await userEvent.click(
      within(screen.getByRole('navigation', { name: 'Pages of the API' })).getByRole('button', {
        name: 'Keys',
      }),
    )
    expect(await screen.findByRole('heading', { name: 'Keys' })).toBeTruthy()
    act(() => void page.shell.commands.run('api.settings'))
    expect(await screen.findByRole('heading', { name: 'API settings' })).toBeTruthy()
    const items = page.shell.palette.all.get().flatMap((source) => source.items(''))
    expect(items.map(({ title }) => title)).toContain('API exposure')
    act(() => items.find(({ title }) => title === 'API documentation')?.run({ inNewTab: false }))
    expect(await screen.findByRole('heading', { name: 'Documentation' })).toBeTruthy()
  })
})

describe('the documentation', () => {
  it('shows each table with its comment, columns, parameters and snippets', async () => {
    await show()
    const tree = await screen.findByRole('tree')
    await userEvent.click(within(tree).getByRole('treeitem', { name: 'film' }))
    const article = await screen.findByRole('article', { name: 'film' })
    expect(article.textContent).toContain('Every film.')
    expect(within(article).getByRole('table', { name: 'Columns' }).textContent).toContain('As on the box.')
    expect(within(article).getByRole('table', { name: 'Parameters' }).textContent).toContain(
      'Columns to give.',
    )
    expect(within(article).getByRole('region', { name: 'Snippet for curl' }).textContent).toBe(
      "curl 'http://127.0.0.1:7400/abc/rest/v1/film?select=*&limit=10' \\\n  -H 'apikey: YOUR_PUBLISHABLE_KEY'",
    )
    await userEvent.click(within(article).getByRole('tab', { name: 'Insert rows' }))
    await userEvent.click(within(article).getByRole('tab', { name: 'Go' }))
    expect(within(article).getByRole('region', { name: 'Snippet for Go' }).textContent).toContain(
      'http.NewRequest("POST"',
    )
  })

  it('copies the snippet', async () => {
    await show()
    await screen.findByRole('article')
    await userEvent.click(screen.getByRole('button', { name: 'Copy snippet' }))
    await screen.findByRole('button', { name: 'Copied' })
    expect(await navigator.clipboard.readText()).toMatch(/^curl '/)
  })

  it('is searched', async () => {
    await show()
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
      id: ApiKeyId.parse(ID),
      name: 'Server',
      kind: 'secret',
      prefix: 'nbl_secret_9kQz',
    }
    await show({ apiKeys: { list: async () => [web, server] } })
    await screen.findByRole('article')
    await userEvent.click(screen.getByRole('button', { name: /Key in snippets/ }))
    const option = await screen.findByRole('option', { name: /^Web/ })
    expect(screen.queryByRole('option', { name: /^Server/ })).toBeNull()
    await userEvent.click(option)
    expect(snippet()).toContain('apikey: nbl_publishable_4fTa…')
  })

  it('puts a pasted key into the snippets, but never a secret one', async () => {
    await show()
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
    const document = vi.fn(async () => DOCUMENT)
    await show({ api: { document } })
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
    await show({ api: { document: async () => ({ paths: {} }) } })
    expect(await screen.findByText('No tables yet')).toBeTruthy()
  })

  it('that cannot be read says why, and wakes a database that sleeps', async () => {
    const start = vi.fn(async () => PROJECT)
    const document = vi.fn(async (): Promise<Record<string, unknown>> => DOCUMENT)
    document.mockRejectedValueOnce(new AppError('PROJECT_NOT_READY', 'The database sleeps.'))
    await show({ api: { document }, projects: { start } })
    expect((await screen.findByRole('alert')).textContent).toContain('The database sleeps.')
    await userEvent.click(screen.getByRole('button', { name: 'Wake the database' }))
    await waitFor(() => expect(start).toHaveBeenCalledOnce())
    expect(await screen.findByRole('article')).toBeTruthy()
  })
})

describe('the settings', () => {
  it('send what was changed and say so', async () => {
    const update = vi.fn(async () => ({ ...STATE, settings: { ...STATE.settings, maxRows: 50 } }))
    await show({ page: 'settings', api: { update } })
    const rows = await screen.findByLabelText('Rows of an answer')
    expect(screen.getByRole('button', { name: /Save settings/ }).hasAttribute('data-disabled')).toBe(true)
    await userEvent.clear(rows)
    await userEvent.type(rows, '50')
    await userEvent.click(screen.getByRole('checkbox', { name: 'private' }))
    expect(screen.getByText('2 settings are changed.')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: /Save settings/ }))
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(
        { projectId: ID, settings: { maxRows: 50, schemas: ['public', 'shop', 'private'] } },
        expect.anything(),
      ),
    )
  })

  it('that cannot be are marked, and can be discarded', async () => {
    await show({ page: 'settings' })
    const rows = await screen.findByLabelText('Rows of an answer')
    await userEvent.type(rows, 'x')
    await userEvent.click(screen.getByRole('button', { name: /Save settings/ }))
    expect(await screen.findByText(/Write a whole number/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Discard' }))
    expect(screen.getByLabelText('Rows of an answer')).toHaveProperty('value', '1000')
  })

  it('of schemas choose the default', async () => {
    const update = vi.fn(async () => STATE)
    await show({ page: 'settings', api: { update } })
    await userEvent.click(await screen.findByRole('button', { name: 'Make shop the default' }))
    await userEvent.click(screen.getByRole('button', { name: /Save settings/ }))
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(
        { projectId: ID, settings: { schemas: ['shop', 'public'] } },
        expect.anything(),
      ),
    )
  })

  it('cannot be saved without the service, or read when it is not there', async () => {
    await show({ page: 'settings', isOffline: true })
    await userEvent.type(await screen.findByLabelText('Rows of an answer'), '0')
    expect(screen.getByRole('button', { name: /Save settings/ }).hasAttribute('data-disabled')).toBe(true)
    cleanup()
    const get = async (): Promise<ApiState> => {
      throw new AppError('SERVICE_UNREACHABLE', 'It needs the service.')
    }
    await show({ page: 'settings', api: { get } })
    expect(await screen.findByText('The settings cannot be shown')).toBeTruthy()
  })
})

describe('the signing secret', () => {
  it('is revealed to who asks, and hidden again', async () => {
    await show({ page: 'keys', api: { revealJwtSecret: async () => ({ id: 'k1', secret: 'hush' }) } })
    expect(await screen.findByText('k1')).toBeTruthy()
    expect(document.body.textContent).not.toContain('hush')
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    expect((await screen.findByLabelText('signing secret')).textContent).toBe('hush')
    await userEvent.click(screen.getByRole('button', { name: 'Hide' }))
    await waitFor(() => expect(document.body.textContent).not.toContain('hush'))
  })

  it('is rotated with an overlap', async () => {
    const rotateJwtSecret = vi.fn(async () => ({ id: 'k2', secret: 'new hush' }))
    await show({ page: 'keys', api: { rotateJwtSecret } })
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate secret' }))
    expect((await screen.findByLabelText('signing secret')).textContent).toBe('new hush')
    expect(rotateJwtSecret).toHaveBeenCalledWith({ projectId: ID, overlapSeconds: 86_400 }, expect.anything())
  })
})

describe('token issuers', () => {
  const ISSUER = {
    id: OTHER,
    issuer: 'https://login.example.com',
    jwksUrl: 'https://login.example.com/.well-known/jwks.json',
    audience: null,
    roleClaim: '$.role',
    createdAt: AT,
  }

  it('are added, with the usual place of their keys', async () => {
    const addIssuer = vi.fn(async () => ISSUER)
    await show({ page: 'keys', api: { addIssuer } })
    await userEvent.click(await screen.findByRole('button', { name: 'Add issuer' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add issuer' }))
    expect(within(dialog).getAllByText(/begins with https/)).toHaveLength(2)
    await userEvent.type(within(dialog).getByLabelText('Issuer'), ISSUER.issuer)
    await userEvent.tab()
    expect(within(dialog).getByLabelText('JWKS address')).toHaveProperty('value', ISSUER.jwksUrl)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add issuer' }))
    await waitFor(() =>
      expect(addIssuer).toHaveBeenCalledWith(
        {
          projectId: ID,
          issuer: ISSUER.issuer,
          jwksUrl: ISSUER.jwksUrl,
          audience: null,
          roleClaim: '$.role',
        },
        expect.anything(),
      ),
    )
  })

  it('are removed after a question', async () => {
    const removeIssuer = vi.fn(async () => undefined)
    await show({ page: 'keys', api: { issuers: async () => [ISSUER], removeIssuer } })
    await userEvent.click(await screen.findByRole('button', { name: `Remove ${ISSUER.issuer}` }))
    const dialog = await screen.findByRole('alertdialog')
    expect(removeIssuer).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove issuer' }))
    await waitFor(() => expect(removeIssuer).toHaveBeenCalledOnce())
  })
})
