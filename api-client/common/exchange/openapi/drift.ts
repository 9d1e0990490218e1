// What is different between a collection and the OpenAPI document that it was made from.
import type { z } from 'zod'
import type { Drift as DriftSchema } from '#contract/capabilities/explorer.ts'
import type { ItemPath } from '#contract/requests/collection.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { requestsOf, type CollectionTree } from '../../collection-tree.ts'
import { fieldsOf, isRecord, own } from '../loose.ts'
import { isJsonType } from '../media.ts'
import { collectProblems, SILENT } from '../problems.ts'
import { documentOf, type Document, type Operation } from './operations.ts'

export type Drift = z.infer<typeof DriftSchema>

export interface DriftOptions {
  /** Where a request is in its folder; null when it is not known. */
  readonly pathOf?: (request: HttpRequest) => ItemPath | null
}

/**
 * Holds the requests of a collection against a document of OpenAPI 3 or Swagger 2, as parsed from JSON or YAML. Kinds: `missing-endpoint`,
 * `missing-operation`, `missing-parameter`, `new-required-parameter`, `missing-field`, `new-required-field`, `changed-type`, `new-endpoint`.
 */
export function driftOf(
  tree: CollectionTree,
  value: unknown,
  { pathOf = () => null }: DriftOptions = {},
): Drift[] {
  const document = documentOf(value, collectProblems())
  const shapes = document.operations.map((operation) => ({ operation, shape: shapeOfPath(operation.path) }))
  const bases = basesOf(document)
  const met = new Set<Operation>()
  const found: Drift[] = []
  for (const { request } of requestsOf(tree.items)) {
    if (request.kind !== 'http') continue
    const path = pathOf(request)
    const shape = shapesOfUrl(request.url, bases)
    const here = shapes.filter((one) => shape.includes(one.shape))
    const match = here.find((one) => one.operation.method === request.method.toUpperCase())
    const label = `${request.method.toUpperCase()} ${here[0]?.operation.path ?? request.url}`
    if (match === undefined) {
      found.push(
        here.length === 0
          ? {
              path,
              kind: 'missing-endpoint',
              message: `${label} (“${request.name}”) is not in the document any more.`,
            }
          : {
              path,
              kind: 'missing-operation',
              message: `${label} (“${request.name}”): the document has this address without this method.`,
            },
      )
      continue
    }
    met.add(match.operation)
    const differ = (kind: string, words: string): void => {
      found.push({ path, kind, message: `${label} (“${request.name}”): ${words}` })
    }
    parameterDrift(request, match.operation, differ)
    bodyDrift(request, { operation: match.operation, document, differ })
  }
  for (const operation of document.operations)
    if (!met.has(operation))
      found.push({
        path: null,
        kind: 'new-endpoint',
        message: `${operation.method} ${operation.path} (“${operation.name}”) has no request yet.`,
      })
  return found
}

/** `/film/{}` of `/film/{id}` and of `/film/:id`: names of parameters do not count. */
function shapeOfPath(path: string): string {
  return `/${path
    .split('/')
    .filter((one) => one !== '')
    .map((one) => one.replace(/\{[^{}]*\}/g, '{}'))
    .join('/')}`
}

/** Paths that servers begin with: a request may have been written with them. */
function basesOf({ servers }: Document): string[] {
  return servers
    .map((one) => shapeOfPath(one.text('url').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')))
    .filter((one) => one !== '/')
}

function shapesOfUrl(url: string, bases: readonly string[]): string[] {
  const path = url.replace(/[?#].*$/, '').replace(/^([a-z][a-z0-9+.-]*:\/\/[^/]*|\{\{[^{}]*\}\})/i, '')
  const shape = shapeOfPath(path.replace(/\{\{[^{}]*\}\}/g, '{}').replace(/\/:[^/]+/g, '/{}'))
  return [
    shape,
    ...bases.filter((base) => shape.startsWith(`${base}/`)).map((base) => shape.slice(base.length)),
  ]
}

type Differ = (kind: string, words: string) => void

function parameterDrift(request: HttpRequest, { parameters }: Operation, differ: Differ): void {
  const places = [
    { place: 'query', sent: request.parameters.filter((one) => one.place === 'query'), isExact: true },
    { place: 'header', sent: request.headers, isExact: false },
  ]
  for (const { place, sent, isExact } of places) {
    const declared = parameters.filter((one) => one.text('in') === place)
    const same = (name: string, other: string): boolean =>
      isExact
        ? name === other || name.startsWith(`${other}[`) || name === `${other}[]`
        : name.toLowerCase() === other.toLowerCase()
    // Headers that no document describes are everywhere; a query that is not described is an old one.
    if (isExact && declared.length + sent.length > 0)
      for (const name of new Set(sent.filter((one) => one.isEnabled).map((one) => one.name)))
        if (
          !declared.some((one) => same(name, one.text('name'))) &&
          !declared.some((one) => isFreeForm(one.raw('schema')))
        )
          differ('missing-parameter', `the parameter “${name}” is not in the document any more.`)
    for (const one of declared)
      if (one.flag('required') && !sent.some((known) => same(known.name, one.text('name'))))
        differ(
          'new-required-parameter',
          `the ${place === 'query' ? 'parameter' : 'header'} “${one.text('name')}” is required now.`,
        )
  }
}

function isFreeForm(schema: unknown): boolean {
  return isRecord(schema) && own(schema, 'type') === 'object'
}

function bodyDrift(
  request: HttpRequest,
  {
    operation,
    document: { references },
    differ,
  }: { operation: Operation; document: Document; differ: Differ },
): void {
  const body = references.fields(operation.fields.raw('requestBody'))
  const content = body.record('content')
  if (request.body.type === 'none') {
    if (body.flag('required')) differ('new-required-field', 'a body is required now.')
    return
  }
  if (request.body.type !== 'json') return
  const type = content.keys().find(isJsonType)
  if (type === undefined) return
  let value: unknown
  try {
    value = JSON.parse(request.body.text)
  } catch {
    // With {{names}} in it there is no value to compare.
    return
  }
  const schema = references.fields(references.fields(content.raw(type)).raw('schema'))
  const isList = Array.isArray(value)
  const one: unknown = Array.isArray(value) ? value[0] : value
  const object = isList && schema.has('items') ? references.fields(schema.raw('items')) : schema
  const { properties, required, isOpen } = propertiesOf(object.value, references.resolve)
  if (!isRecord(one) || properties.size === 0) return
  for (const [key, field] of Object.entries(one)) {
    const property = properties.get(key)
    if (property === undefined) {
      if (!isOpen) differ('missing-field', `the field “${key}” is not in the document any more.`)
      continue
    }
    const wanted = typesOf(references.resolve(property))
    if (
      wanted.length > 0 &&
      !wanted.includes(typeName(field)) &&
      !(typeName(field) === 'integer' && wanted.includes('number'))
    )
      differ('changed-type', `the field “${key}” is ${wanted.join(' or ')} now, not ${typeName(field)}.`)
  }
  for (const key of required)
    if (!Object.hasOwn(one, key)) differ('new-required-field', `the field “${key}” is required now.`)
}

interface Properties {
  readonly properties: Map<string, unknown>
  readonly required: Set<string>
  readonly isOpen: boolean
}

/** Of a schema and all that it is put together from. Alternatives leave it open. */
function propertiesOf(schema: unknown, resolve: (value: unknown) => unknown): Properties {
  const found: Properties = { properties: new Map(), required: new Set(), isOpen: false }
  let isOpen = false
  const seen = new Set<unknown>()
  const waiting: unknown[] = [schema]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const resolved = resolve(next)
    if (!isRecord(resolved) || seen.has(resolved)) continue
    seen.add(resolved)
    const fields = fieldsOf(resolved, SILENT)
    for (const [key, one] of Object.entries(fields.record('properties').value)) found.properties.set(key, one)
    for (const key of fields.list('required')) {
      const property = resolve(found.properties.get(String(key)))
      if (!(isRecord(property) && own(property, 'readOnly') === true)) found.required.add(String(key))
    }
    waiting.push(...fields.list('allOf'))
    const extra = own(resolved, 'additionalProperties')
    if (extra === true || isRecord(extra) || fields.has('oneOf') || fields.has('anyOf')) isOpen = true
  }
  return { ...found, isOpen }
}

function typesOf(schema: unknown): string[] {
  if (!isRecord(schema)) return []
  const type = own(schema, 'type')
  const types = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : []
  return types.length > 0 && own(schema, 'nullable') === true ? [...types, 'null'] : types
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
