// The OpenAPI document as the page shows it: tables and functions, each with its columns or arguments and what can be done with it.
import { z } from 'zod'
import type { Json } from './snippets/types.ts'

export interface DocumentedColumn {
  readonly name: string
  /** As Postgres names it: `character varying`, `integer[]`. */
  readonly type: string
  readonly comment: string | null
  readonly isRequired: boolean
  readonly isPrimaryKey: boolean
  /** Postgres makes its value: it cannot be written. */
  readonly isReadOnly: boolean
  /** `customer.customer_id`, for a column that refers to another table. */
  readonly refersTo: string | null
  readonly values: readonly string[]
  readonly standard: string | null
  /** A value that it could have. */
  readonly example: Json
}

export interface DocumentedParameter {
  readonly name: string
  readonly place: string
  readonly comment: string | null
  readonly isRequired: boolean
  readonly type: string | null
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'

export interface DocumentedOperation {
  readonly method: Method
  readonly title: string
  readonly comment: string | null
  readonly parameters: readonly DocumentedParameter[]
}

export interface DocumentedEntry {
  /** `table film`, `function charge_fee`: unique in the document. */
  readonly id: string
  readonly kind: 'table' | 'function'
  readonly name: string
  readonly path: string
  readonly comment: string | null
  /** Columns of a table; arguments of a function. */
  readonly columns: readonly DocumentedColumn[]
  readonly operations: readonly DocumentedOperation[]
}

export interface ApiDocument {
  readonly title: string
  readonly comment: string | null
  readonly entries: readonly DocumentedEntry[]
}

const Reference = z.object({ $ref: z.string() })
const Schema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  example: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  readOnly: z.boolean().optional(),
  /** The type as Postgres names it, where JSON's says less. */
  'x-postgres-type': z.string().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
})
type Schema = z.infer<typeof Schema>
const Examples = z.record(z.string(), z.json())
const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  description: z.string().optional(),
  required: z.boolean().optional(),
  schema: z.unknown().optional(),
})
const Content = z.object({ content: z.record(z.string(), z.object({ schema: z.unknown().optional() })) })
const Operation = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(z.unknown()).optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()).optional(),
})
type Operation = z.infer<typeof Operation>
const Document = z.object({
  info: z.object({ title: z.string().optional(), description: z.string().optional() }).optional(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const
const TITLES: Readonly<Record<'table' | 'function', Readonly<Record<Method, string>>>> = {
  table: {
    GET: 'Read rows',
    POST: 'Insert rows',
    PATCH: 'Update rows',
    PUT: 'Upsert one row',
    DELETE: 'Delete rows',
  },
  function: {
    GET: 'Call without changing data',
    POST: 'Call',
    PATCH: 'Call',
    PUT: 'Call',
    DELETE: 'Call',
  },
}

/** Reads a document of OpenAPI 3.1. Parts that it does not know are left out; it never throws for a JSON object. */
export function readDocument(document: Readonly<Record<string, unknown>>): ApiDocument {
  const parsed = Document.safeParse(document)
  const { info, paths = {} } = parsed.success ? parsed.data : {}
  const entries = Object.entries(paths)
    .map(([path, item]) => readEntry(document, path, item))
    .filter((entry) => entry !== undefined)
    .toSorted((a, b) => (a.kind === b.kind ? compare(a.name, b.name) : a.kind === 'table' ? -1 : 1))
  return { title: info?.title ?? '', comment: textOf(info?.description), entries }
}

/** The entries whose name, comment or columns have all of the words. */
export function searchEntries(entries: readonly DocumentedEntry[], words: string): DocumentedEntry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.filter((entry) => {
    const text = [entry.name, entry.comment, ...entry.columns.flatMap(({ name, comment }) => [name, comment])]
      .join(' ')
      .toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}

function readEntry(
  document: unknown,
  path: string,
  item: Readonly<Record<string, unknown>>,
): DocumentedEntry | undefined {
  const segments = path.split('/').filter((segment) => segment !== '')
  const isFunction = segments.length === 2 && segments[0] === 'rpc'
  if (segments.length !== 1 && !isFunction) return undefined
  const name = decode(segments.at(-1) ?? '')
  const kind = isFunction ? 'function' : 'table'
  const found = METHODS.flatMap((method) => {
    const operation = Operation.safeParse(resolve(document, item[method.toLowerCase()]))
    return operation.success ? [{ method, operation: operation.data }] : []
  })
  if (found.length === 0) return undefined
  const shared = Array.isArray(item['parameters']) ? item['parameters'] : []
  const operations = found.map(({ method, operation }) => ({
    method,
    title: TITLES[kind][method],
    comment: textOf(operation.description),
    parameters: [...shared, ...(operation.parameters ?? [])]
      .map((parameter) => readParameter(document, parameter))
      .filter((parameter) => parameter !== undefined),
  }))
  const all = found.map(({ operation }) => operation)
  // The summary of a table's operation only says what it does; that of a function is its comment's first line.
  const comments = [
    textOf(item['description']),
    ...all.map(({ description }) => textOf(description)),
    ...(isFunction ? all.map(({ summary }) => textOf(summary)) : []),
  ]
  return {
    id: `${kind} ${name}`,
    kind,
    name,
    path: `/${segments.join('/')}`,
    comment: comments.find((comment) => comment !== null && comment !== `Call ${name}`) ?? null,
    columns: isFunction ? argumentsOf(document, all) : columnsOf(document, all),
    operations,
  }
}

function columnsOf(document: unknown, operations: readonly Operation[]): DocumentedColumn[] {
  const answers = operations.flatMap(({ responses = {} }) =>
    Object.entries(responses).flatMap(([status, response]) =>
      status.startsWith('2') ? contentSchemas(document, response) : [],
    ),
  )
  const bodies = operations.flatMap(({ requestBody }) => contentSchemas(document, requestBody))
  // What must be there is said by the body of an insert only: a row that is read has everything anyway.
  const required = new Set(bodies.flatMap((body) => objectSchema(document, body, 0)?.required ?? []))
  return propertiesOf(document, [...answers, ...bodies]).map((column) =>
    required.has(column.name) ? { ...column, isRequired: true } : column,
  )
}

function argumentsOf(document: unknown, operations: readonly Operation[]): DocumentedColumn[] {
  const fromBody = propertiesOf(
    document,
    operations.flatMap(({ requestBody }) => contentSchemas(document, requestBody)),
  )
  if (fromBody.length > 0) return fromBody
  return operations
    .flatMap(({ parameters = [] }) => parameters)
    .flatMap((parameter) => {
      const parsed = Parameter.safeParse(resolve(document, parameter))
      if (!parsed.success || parsed.data.in !== 'query' || GENERIC.has(parsed.data.name)) return []
      return [
        readColumn(document, parsed.data.name, {
          ...describe(parsed.data),
          isRequired: parsed.data.required === true,
        }),
      ]
    })
}

/** Parameters of every call, which are no arguments. */
const GENERIC = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict', 'and', 'or'])

function describe(parameter: z.infer<typeof Parameter>): {
  readonly schema: unknown
  readonly comment: string | null
} {
  return { schema: parameter.schema, comment: textOf(parameter.description) }
}

/** The members of the first schema that has any: of itself, of its items, or of one of its alternatives. */
function propertiesOf(document: unknown, schemas: readonly unknown[]): DocumentedColumn[] {
  for (const candidate of schemas) {
    const schema = objectSchema(document, candidate, 0)
    if (schema?.properties === undefined) continue
    const required = new Set(schema.required)
    const examples = Examples.safeParse(schema.example)
    return Object.entries(schema.properties).map(([name, property]) =>
      readColumn(document, name, {
        schema: property,
        comment: null,
        isRequired: required.has(name),
        example: examples.success ? examples.data[name] : undefined,
      }),
    )
  }
  return []
}

const DEEPEST = 8

function objectSchema(document: unknown, candidate: unknown, depth: number): Schema | undefined {
  const parsed = Schema.safeParse(resolve(document, candidate))
  if (!parsed.success || depth > DEEPEST) return undefined
  const schema = parsed.data
  if (schema.properties !== undefined) return schema
  const inside = [schema.items, ...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]
  for (const one of inside) {
    const found = one === undefined ? undefined : objectSchema(document, one, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

interface ToldColumn {
  readonly schema: unknown
  readonly comment: string | null
  readonly isRequired: boolean
  /** Of the whole row's example. */
  readonly example?: Json | undefined
}

function readColumn(document: unknown, name: string, told: ToldColumn): DocumentedColumn {
  const parsed = Schema.safeParse(resolve(document, told.schema))
  const schema = parsed.success ? parsed.data : {}
  const notes = (told.comment ?? schema.description ?? '').split('\n\n')
  const reference = notes.map((note) => REFERENCE.exec(note)?.[1]).find((found) => found !== undefined)
  const type = typeWord(document, schema)
  const values = (schema.enum ?? []).filter((value) => typeof value === 'string')
  return {
    name,
    type,
    comment: textOf(notes.filter((note) => note !== PRIMARY_KEY && !REFERENCE.test(note)).join('\n\n')),
    isRequired: told.isRequired,
    isPrimaryKey: notes.includes(PRIMARY_KEY),
    isReadOnly: schema.readOnly === true,
    refersTo: reference ?? null,
    values,
    standard:
      schema.default === undefined || schema.default === null
        ? null
        : typeof schema.default === 'string'
          ? schema.default
          : JSON.stringify(schema.default),
    example: told.example ?? exampleOf(schema, type, values),
  }
}

/** Notes on keys are paragraphs of a column's description; they are shown as marks instead. */
const PRIMARY_KEY = 'Primary key.'
const REFERENCE = /^Refers to (.+)[.]$/

function typeWord(document: unknown, schema: Schema): string {
  if (schema['x-postgres-type'] !== undefined) return schema['x-postgres-type']
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type ?? '']).filter(
    (one) => one !== 'null',
  )
  if (types[0] === 'array') {
    const items = Schema.safeParse(resolve(document, schema.items))
    return items.success ? `${typeWord(document, items.data)}[]` : 'array'
  }
  if (types[0] === undefined || types[0] === '') return 'any'
  return schema.format ?? types.join(' or ')
}

const UUID_EXAMPLE = '6f1b3c52-6f0e-4a58-9c3e-2f8a54b7c1d0'
const EXAMPLES: readonly (readonly [pattern: RegExp, example: Json])[] = [
  [/\[\]$|^array$/, []],
  [/json|^object$/, {}],
  [/^(?:small|big)?int|serial|^oid$/, 1],
  [/numeric|decimal|real|double|float|^number$|money/, 9.5],
  [/^bool/, true],
  [/^uuid$/, UUID_EXAMPLE],
  [/^timestamp|date-time/, '2026-01-31T12:00:00Z'],
  [/^date$/, '2026-01-31'],
  [/^time/, '12:00:00'],
  [/^interval$/, '1 day'],
  [/^inet$/, '192.0.2.1'],
]

function exampleOf(schema: Schema, type: string, values: readonly string[]): Json {
  const given = schema.example ?? schema.examples?.[0]
  if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') return given
  return values[0] ?? EXAMPLES.find(([pattern]) => pattern.test(type))?.[1] ?? 'text'
}

function readParameter(document: unknown, parameter: unknown): DocumentedParameter | undefined {
  const parsed = Parameter.safeParse(resolve(document, parameter))
  if (!parsed.success || parsed.data.in === 'body') return undefined
  const schema = Schema.safeParse(resolve(document, parsed.data.schema))
  return {
    name: parsed.data.name,
    place: parsed.data.in,
    comment: textOf(parsed.data.description),
    isRequired: parsed.data.required === true,
    type: schema.success ? typeWord(document, schema.data) : null,
  }
}

/** The schemas of a request or response body, JSON's first. */
function contentSchemas(document: unknown, body: unknown): unknown[] {
  const parsed = Content.safeParse(resolve(document, body))
  if (!parsed.success) return []
  return Object.entries(parsed.data.content)
    .toSorted(([a], [b]) => Number(b === 'application/json') - Number(a === 'application/json'))
    .map(([, { schema }]) => schema)
}

/** What a local reference points to; anything else stays as it is. */
function resolve(document: unknown, value: unknown): unknown {
  let current = value
  for (let steps = 0; steps < DEEPEST; steps += 1) {
    const reference = Reference.safeParse(current)
    if (!reference.success || !reference.data.$ref.startsWith('#/')) return current
    current = reference.data.$ref
      .slice(2)
      .split('/')
      .map((part) => decode(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>(
        (at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined),
        document,
      )
  }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function textOf(text: unknown): string | null {
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
