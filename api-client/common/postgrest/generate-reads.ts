// The requests of a generated folder that read: a list, a filter, one row by its key.
import type { ApiDescription, ApiTable } from '#contract/requests/api-description.ts'
import type { Assertion } from '#contract/requests/parts.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { compose } from './compose.ts'
import { emptyForm, filterOf, orderBy, type EndpointForm } from './form.ts'
import { keepFirstRow, onlyMatching, skipWithout, uniqueKeys, variableNames } from './generate-scripts.ts'
import { familyOf, rowsSchema } from './types.ts'

/** Nothing for a table that may not be read. */
export function readRequests(description: ApiDescription, table: ApiTable): HttpRequest[] {
  if (!table.methods.includes('GET')) return []
  return [list(description, table), ...filter(description, table), ...byKey(description, table)]
}

/** Columns of the primary key, in the table's order. */
export function keyColumns({ columns }: ApiTable): readonly string[] {
  return columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => name)
}

/** The form of one of a table's requests, at the collection's address. */
export function tableForm(table: ApiTable, action: EndpointForm['action']): EndpointForm {
  return { ...emptyForm(action, table.schema, table.name), base: '{{baseUrl}}' }
}

/** A request with its name, assertions and scripts. */
export function named(request: HttpRequest, name: string, fields: Partial<HttpRequest>): HttpRequest {
  return { ...request, name, ...fields }
}

export function assertion(expression: string, operator: Assertion['operator'], value: string): Assertion {
  return { expression, operator, value, isEnabled: true, description: '' }
}

function list(description: ApiDescription, table: ApiTable): HttpRequest {
  const keys = keyColumns(table)
  const form = { ...tableForm(table, 'read'), order: keys.map((name) => orderBy(name)), limit: '10' }
  return named(compose(description, form), `List ${table.name}`, {
    assertions: [
      assertion('res.status', 'eq', '200'),
      assertion('res.body', 'matchesSchema', JSON.stringify(rowsSchema(table.columns))),
    ],
    scripts: {
      tests: '',
      beforeRequest: '',
      afterResponse: [keepFirstRow(table), uniqueKeys(keys)].filter((part) => part !== '').join('\n'),
    },
  })
}

const COMPARABLE = new Set(['number', 'text', 'boolean', 'uuid', 'enum'])

/** By a column that is not the key, where there is one whose values compare exactly. */
function filter(description: ApiDescription, table: ApiTable): HttpRequest[] {
  const candidates = table.columns.filter(
    (column) => COMPARABLE.has(familyOf(column)) && !/^(?:real|double|float)/.test(column.type),
  )
  const column =
    candidates.find(({ isPrimaryKey, isNullable }) => !isPrimaryKey && !isNullable) ??
    candidates.find(({ isPrimaryKey }) => !isPrimaryKey) ??
    candidates[0]
  if (column === undefined) return []
  const { first } = variableNames(table)
  const form = {
    ...tableForm(table, 'read'),
    where: [filterOf(column.name, 'eq', `{{${first(column.name)}}}`)],
    limit: '10',
  }
  return [
    named(compose(description, form), `Filter ${table.name} by ${column.name}`, {
      assertions: [assertion('res.status', 'eq', '200'), assertion('res.body', 'isNotEmpty', '')],
      scripts: {
        tests: '',
        beforeRequest: skipWithout(
          first(column.name),
          `${table.name} has no row whose ${column.name} could be looked for.`,
        ),
        afterResponse: onlyMatching(column.name),
      },
    }),
  ]
}

function byKey(description: ApiDescription, table: ApiTable): HttpRequest[] {
  const keys = keyColumns(table)
  const [key] = keys
  if (key === undefined) return []
  const { first } = variableNames(table)
  const form = {
    ...tableForm(table, 'read'),
    where: keys.map((name) => filterOf(name, 'eq', `{{${first(name)}}}`)),
    isSingle: true,
  }
  return [
    named(compose(description, form), `One of ${table.name} by primary key`, {
      assertions: [assertion('res.status', 'eq', '200')],
      scripts: {
        tests: '',
        beforeRequest: skipWithout(first(key), `${table.name} has no row that could be read by its key.`),
        afterResponse: '',
      },
    }),
  ]
}
