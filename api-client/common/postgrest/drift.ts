// How saved requests and the API differ: names that are gone, types that are others, endpoints that no request knows.
import type { Drift } from '#contract/capabilities/explorer.ts'
import type { ApiDescription, ApiFunction, ApiTable } from '#contract/requests/api-description.ts'
import type { ApiRequest, HttpRequest } from '#contract/requests/request.ts'
import { z } from 'zod'
import { requestsOf, type CollectionTree } from '../collection-tree.ts'
import { embedName, type Condition, type EndpointForm, type OrderTerm, type SelectItem } from './form.ts'
import { readBack } from './read-back.ts'
import { columnSchema } from './types.ts'

export interface DriftOptions {
  /** Where a request's file is; null where it has none. */
  readonly pathOf?: (request: ApiRequest) => string | null
}

/** In the order of the requests; endpoints that no request calls come last. */
export function schemaDrift(
  description: ApiDescription,
  tree: CollectionTree,
  { pathOf = () => null }: DriftOptions = {},
): Drift[] {
  const found: Drift[] = []
  const called = new Set<string>()
  for (const { request } of requestsOf(tree.items)) {
    if (request.kind !== 'http') continue
    const form = readBack(description, request)
    if (form === null) continue
    called.add(`${form.action === 'call' ? 'rpc/' : ''}${form.schema}.${form.name}`)
    const all = form.action === 'call' ? callDrift(description, form) : tableDrift(description, form, request)
    const seen = new Set<string>()
    for (const { kind, message } of all) {
      if (seen.has(message)) continue
      seen.add(message)
      found.push({ path: pathOf(request), kind, message: `${request.name}: ${message}` })
    }
  }
  return [...found, ...newEndpoints(description, called)]
}

type Finding = Omit<Drift, 'path'>

function newEndpoints({ tables, functions }: ApiDescription, called: ReadonlySet<string>): Drift[] {
  const entries = [
    ...tables.map((one) => ({ id: `${one.schema}.${one.name}`, text: `/${one.name}` })),
    ...functions.map((one) => ({ id: `rpc/${one.schema}.${one.name}`, text: `/rpc/${one.name}` })),
  ]
  return entries
    .filter(({ id }) => !called.has(id))
    .map(({ text }) => ({ path: null, kind: 'new-endpoint', message: `No request calls ${text}.` }))
}

function callDrift({ functions }: ApiDescription, form: EndpointForm): Finding[] {
  const one = functions.find(({ name, schema }) => name === form.name && schema === form.schema)
  if (one === undefined)
    return [{ kind: 'missing-function', message: `there is no function ${form.name} any more.` }]
  if (!one.methods.includes(form.method === 'HEAD' ? 'GET' : form.method))
    return [
      { kind: 'missing-operation', message: `${form.name} cannot be called by ${form.method} any more.` },
    ]
  const given = form.method === 'POST' ? bodyKeys(form.body) : form.arguments.map(({ name }) => name)
  return given === null ? [] : argumentDrift(one, form, new Set(given))
}

function argumentDrift(one: ApiFunction, form: EndpointForm, given: ReadonlySet<string>): Finding[] {
  if (one.parameters[0]?.name === '') return []
  const known = new Set(one.parameters.map(({ name }) => name))
  // By GET, what is no argument any more may be a filter of the result as well.
  const others =
    form.method === 'POST'
      ? []
      : form.otherParameters.filter(({ isEnabled }) => isEnabled).map(({ name }) => name)
  return [
    ...[...given, ...others]
      .filter((name) => !known.has(name))
      .map((name) => ({
        kind: 'missing-argument',
        message: `${one.name} has no argument ${name} any more.`,
      })),
    ...one.parameters
      .filter(({ isRequired, name }) => isRequired && !given.has(name))
      .map(({ name }) => ({ kind: 'new-argument', message: `${one.name} needs the argument ${name}.` })),
  ]
}

/** Of the first row; null for a body that only scripts or variables know. */
function bodyKeys(text: string): string[] | null {
  if (text === '') return []
  try {
    const value: unknown = JSON.parse(text)
    const row = z.record(z.string(), z.unknown()).safeParse(Array.isArray(value) ? value[0] : value)
    return row.success ? Object.keys(row.data) : null
  } catch {
    return null
  }
}

function tableDrift(description: ApiDescription, form: EndpointForm, request: HttpRequest): Finding[] {
  const table = findTable(description, form.schema, form.name)
  if (table === undefined)
    return [{ kind: 'missing-table', message: `there is no table or view ${form.name} any more.` }]
  const method = form.method === 'HEAD' ? 'GET' : form.method
  const written = form.bodyFormat === 'json' && form.body !== '' ? (bodyKeys(form.body) ?? []) : []
  return [
    ...(table.methods.includes(method)
      ? []
      : [{ kind: 'missing-operation', message: `${form.name} does not allow ${method} any more.` }]),
    ...missingColumns(table, [...written, ...form.columns, ...form.onConflict]),
    ...levelDrift(description, table, form),
    ...typeDrift(table, request),
  ]
}

function findTable({ tables }: ApiDescription, schema: string, name: string): ApiTable | undefined {
  return tables.find((one) => one.name === name && one.schema === schema)
}

interface Level {
  readonly select: readonly SelectItem[]
  readonly where: readonly Condition[]
  readonly order: readonly OrderTerm[]
}

function levelDrift(description: ApiDescription, table: ApiTable, level: Level): Finding[] {
  const picked = level.select.flatMap((item) => (item.kind === 'column' ? [item.field.name] : []))
  const ordered = level.order.filter(({ relation }) => relation === '').map(({ field }) => field.name)
  // `embed=is.null` filters by whether there are rows at all, and so names an embed.
  const embeds = new Set(level.select.flatMap((item) => (item.kind === 'embed' ? [embedName(item)] : [])))
  const filtered = level.where.flatMap(namesOf).filter((name) => !embeds.has(name))
  return [
    ...missingColumns(
      table,
      [...picked, ...filtered, ...ordered].filter((name) => name !== '' && name !== '*'),
    ),
    ...level.select.flatMap((item) => {
      if (item.kind === 'column') return []
      const target = relationTarget(table, item.target, item.hint)
      if (target === undefined)
        return [
          { kind: 'missing-relation', message: `${table.name} is not related to ${item.target} any more.` },
        ]
      const other = findTable(description, table.schema, target)
      return other === undefined ? [] : levelDrift(description, other, item)
    }),
  ]
}

/** A relation goes by its own name, its table's, a column of the key, or (with a hint) by any of them. */
function relationTarget({ relations }: ApiTable, target: string, hint: string): string | undefined {
  return relations.find(
    (one) =>
      one.name === target ||
      one.target === target ||
      one.columns.includes(target) ||
      (hint !== '' && one.name === `${target}!${hint}`),
  )?.target
}

function namesOf(condition: Condition): string[] {
  return condition.kind === 'filter' ? [condition.field.name] : condition.conditions.flatMap(namesOf)
}

function missingColumns(table: ApiTable, names: readonly string[]): Finding[] {
  const known = new Set(table.columns.map(({ name }) => name))
  return [...new Set(names)]
    .filter((name) => !known.has(name))
    .map((name) => ({ kind: 'missing-column', message: `${table.name} has no column ${name} any more.` }))
}

const RowsSchema = z.object({
  items: z.object({
    properties: z.record(z.string(), z.looseObject({ type: z.array(z.string()).optional() })),
  }),
})

/** The schema that an assertion was generated with, against the one that would be generated now. */
function typeDrift(table: ApiTable, { assertions }: HttpRequest): Finding[] {
  return assertions.flatMap(({ operator, value, expression }) => {
    if (operator !== 'matchesSchema' || expression !== 'res.body') return []
    const saved = RowsSchema.safeParse(parsed(value)).data?.items.properties
    if (saved === undefined) return []
    const now = new Map(table.columns.map((column) => [column.name, column]))
    return Object.entries(saved).flatMap(([name, before]) => {
      const column = now.get(name)
      if (column === undefined)
        return [{ kind: 'missing-column', message: `${table.name} has no column ${name} any more.` }]
      const after = columnSchema(column)
      return JSON.stringify(after) === JSON.stringify(before)
        ? []
        : [
            {
              kind: 'changed-type',
              message: `${table.name}.${name} is ${column.type}${column.isNullable ? '' : ', not null,'} now, which the expected rows are not.`,
            },
          ]
    })
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
