// What can be done with an endpoint, and the form that each begins with.
import type { ApiFunction, ApiTable } from '#contract/requests/api-description.ts'
import {
  emptyForm,
  filterOf,
  NO_PREFERENCES,
  type Action,
  type EndpointForm,
} from '#api-client/common/postgrest/form.ts'
import { callForm } from '#api-client/common/postgrest/generate.ts'
import { sampleBody, sampleValue } from '#api-client/common/postgrest/types.ts'

export const ACTION_TITLES: Readonly<Record<Action, string>> = {
  read: 'Read rows',
  insert: 'Insert',
  upsert: 'Upsert',
  update: 'Update',
  replace: 'Put one row',
  delete: 'Delete',
  call: 'Call',
}

/** In the order they are shown. */
export function actionsOf(endpoint: ApiTable | ApiFunction): Action[] {
  if (endpoint.kind === 'function') return ['call']
  const may = (method: string) => endpoint.methods.includes(method)
  return [
    ...(may('GET') ? (['read'] as const) : []),
    ...(may('POST') ? (['insert'] as const) : []),
    ...(may('POST') && may('PATCH') ? (['upsert'] as const) : []),
    ...(may('PATCH') ? (['update'] as const) : []),
    ...(may('PUT') ? (['replace'] as const) : []),
    ...(may('DELETE') ? (['delete'] as const) : []),
  ]
}

/** The form as it is first shown: a read of some rows, a body with what must be there, a filter by the key where all rows would be meant. */
export function firstForm(endpoint: ApiTable | ApiFunction, action: Action): EndpointForm {
  if (endpoint.kind === 'function') return callForm(endpoint)
  const form = emptyForm(action, endpoint.schema, endpoint.name)
  const { columns } = endpoint
  const keys = columns.filter(({ isPrimaryKey }) => isPrimaryKey)
  const byKey = keys.map((column) => filterOf(column.name, 'eq', argumentOf(sampleValue(column))))
  const returned = { ...NO_PREFERENCES, return: 'representation' as const }
  switch (action) {
    case 'insert':
      return { ...form, body: sampleBody(columns, { which: 'required' }), prefer: returned }
    case 'upsert':
      return {
        ...form,
        body: sampleBody(columns, { which: 'all' }),
        prefer: { ...returned, resolution: 'merge-duplicates' },
      }
    case 'replace':
      return { ...form, body: sampleBody(columns, { which: 'all' }), where: byKey, prefer: returned }
    case 'update':
      return {
        ...form,
        body: sampleBody(columns.filter(({ isPrimaryKey }) => !isPrimaryKey).slice(0, 1), { which: 'all' }),
        where: byKey,
        prefer: returned,
      }
    case 'delete':
      return { ...form, where: byKey, prefer: returned }
    case 'read':
    case 'call':
      return { ...form, limit: '20' }
  }
}

function argumentOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
