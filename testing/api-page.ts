// The API area for component tests: a project with two exposed schemas and the document of two tables.
import { act, createElement, Fragment } from 'react'
import type { ApiState } from '#contract/capabilities/api.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { ApiArea } from '../renderer/features/api/api-area.tsx'
import { ApiSidebar } from '../renderer/features/api/api-sidebar.tsx'
import { ApiPaletteSource } from '../renderer/features/api/palette-source.ts'
import { connectivityThat, renderPage, type SomeHandlers, type TestPage } from './page.ts'

export const AT = '2026-11-22T12:00:00.000Z'
export const API_PROJECT_ID = ProjectId.parse('018f0000-0000-7000-8000-000000000002')
export const OTHER_PROJECT_ID = ProjectId.parse('018f0000-0000-7000-8000-000000000003')
export const API_PROJECT: Project = {
  id: API_PROJECT_ID,
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
export const API_STATE: ApiState = {
  projectId: API_PROJECT_ID,
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
export const API_DOCUMENT = {
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
/** What the test has otherwise; the project is awake and has one signing secret and no key. */
export interface ShownApi {
  readonly page?: string
  readonly id?: string
  readonly api?: NonNullable<SomeHandlers['api']>
  readonly apiKeys?: NonNullable<SomeHandlers['apiKeys']>
  readonly projects?: NonNullable<SomeHandlers['projects']>
  readonly items?: readonly Project[]
  readonly isOffline?: boolean
}

/** The API area of a project with its sidebar and its entries of the palette. */
export async function showApi(shown: ShownApi = {}): Promise<TestPage> {
  const items = shown.items ?? [API_PROJECT]
  const page = renderPage(
    createElement(
      Fragment,
      null,
      createElement(ApiSidebar),
      createElement(ApiArea),
      createElement(ApiPaletteSource, { hasAccount: true }),
    ),
    {
      projects: {
        list: async () => ({ items: [...items], asOf: AT, isStale: false }),
        get: async ({ projectId }) => items.find(({ id }) => id === projectId) ?? API_PROJECT,
        ...shown.projects,
      },
      api: {
        get: async () => API_STATE,
        document: async () => API_DOCUMENT,
        jwtSecrets: async () => [{ id: 'k1', createdAt: AT, acceptedUntil: null }],
        issuers: async () => [],
        ...shown.api,
      },
      apiKeys: { list: async () => [], ...shown.apiKeys },
      connectivity: connectivityThat(shown.isOffline === true ? 'offline' : 'online'),
    },
  )
  await act(async () => page.shell.navigation.go({ area: 'api', page: shown.page ?? '', id: shown.id ?? '' }))
  return page
}
