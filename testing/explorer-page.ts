// The sample API of the explorer's tests, and a host that describes it.
import type { ApiColumn, ApiDescription } from '#contract/requests/api-description.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { API_PROJECT, API_PROJECT_ID, AT } from './api-page.ts'
import { connectivityThat, type SomeHandlers } from './page.ts'

const COLUMN: ApiColumn = {
  name: 'film_id',
  type: 'integer',
  isNullable: false,
  hasDefault: true,
  isGenerated: false,
  isPrimaryKey: true,
  maxLength: null,
  values: [],
  references: null,
  docs: '',
}
const LANGUAGE = { ...COLUMN, name: 'language_id' }
export const API: ApiDescription = {
  title: 'Films',
  docs: '',
  version: '1',
  baseUrl: 'https://host/abc/rest/v1',
  schemas: ['public'],
  tables: [
    {
      kind: 'table',
      schema: 'public',
      name: 'film',
      docs: 'Every film.',
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      columns: [
        COLUMN,
        {
          ...COLUMN,
          name: 'title',
          type: 'text',
          isPrimaryKey: false,
          hasDefault: false,
          docs: 'As on the box.',
        },
        {
          ...COLUMN,
          name: 'language_id',
          isPrimaryKey: false,
          references: { table: 'language', column: 'language_id' },
        },
      ],
      relations: [
        {
          name: 'language!film_language_fkey',
          target: 'language',
          cardinality: 'one',
          columns: ['language_id'],
          targetColumns: ['language_id'],
        },
      ],
    },
    {
      kind: 'view',
      schema: 'public',
      name: 'language',
      docs: '',
      methods: ['GET'],
      columns: [LANGUAGE],
      relations: [],
    },
  ],
  functions: [
    {
      kind: 'function',
      schema: 'public',
      name: 'in_stock',
      docs: '',
      methods: ['GET', 'POST'],
      parameters: [{ name: 'film', type: 'integer', isRequired: true, isVariadic: false, docs: '' }],
      returns: { type: 'boolean', isSet: false, columns: [] },
    },
  ],
}
export const SOURCE = JSON.stringify({ type: 'project', projectId: API_PROJECT_ID })
export const COLLECTION = CollectionId.parse('018f0000-0000-7000-8000-00000000000a')

export const INFO = {
  id: COLLECTION,
  folder: null,
  organisationId: null,
  requests: 0,
  problems: 0,
  unavailable: null,
  activeEnvironment: null,
}

export function handlers(more: SomeHandlers = {}): SomeHandlers {
  return {
    projects: { list: async () => ({ items: [API_PROJECT], asOf: AT, isStale: false }) },
    connectivity: connectivityThat('online'),
    explorer: { describe: async () => ({ ...API, cachedAt: null }) },
    ...more,
    collections: {
      drafts: async () => [],
      list: async () => [],
      saveDraft: async () => undefined,
      ...more.collections,
    },
  }
}
