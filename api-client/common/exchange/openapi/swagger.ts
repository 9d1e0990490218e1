// Swagger 2 said in the words of OpenAPI 3, so that one reader serves both. References keep their places.
import { fieldsOf, isRecord, own, type Fields, type Loose } from '../loose.ts'
import type { Report } from '../problems.ts'
import type { References } from './references.ts'

const JSON_TYPE = ['application/json']

/** Servers of `schemes`, `host` and `basePath`. */
export function swaggerServers(root: Fields): { url: string }[] {
  const host = root.text('host')
  const base = root.text('basePath').replace(/\/$/, '')
  if (host === '') return [{ url: base }]
  const schemes = root.list('schemes').map(String)
  return (schemes.length === 0 ? ['https'] : schemes)
    .toSorted((a, b) => Number(b === 'https') - Number(a === 'https'))
    .map((scheme) => ({ url: `${scheme}://${host}${base}` }))
}

/** An operation of Swagger 2 as one of OpenAPI 3. */
export function fromSwagger(
  operation: Loose,
  {
    root,
    shared,
    references,
    report,
  }: { root: Fields; shared: readonly unknown[]; references: References; report: Report },
): Loose {
  const fields = fieldsOf(operation, report)
  const own3 = [...shared, ...fields.list('parameters')].map((one) => references.fields(one))
  const consumes = mediaTypes(fields, root, 'consumes')
  const produces = mediaTypes(fields, root, 'produces')
  const body = own3.find((one) => one.text('in') === 'body')
  const form = own3.filter((one) => one.text('in') === 'formData')
  const responses = Object.entries(fields.record('responses').value).map(([status, value]) => {
    const response = references.fields(value)
    const examples = response.record('examples')
    const types = examples.keys().length > 0 ? examples.keys() : produces
    const content = types.map((type) => [
      type,
      { schema: response.raw('schema'), ...(examples.has(type) ? { example: examples.raw(type) } : {}) },
    ])
    return [
      status,
      {
        description: response.text('description'),
        headers: response.raw('headers'),
        ...(response.has('schema') || examples.keys().length > 0
          ? { content: Object.fromEntries(content) }
          : {}),
      },
    ]
  })
  return {
    ...operation,
    parameters: own3
      .filter((one) => one.text('in') !== 'body' && one.text('in') !== 'formData')
      .map((one) => parameter(one)),
    ...(body === undefined ? {} : { requestBody: requestBody(body, consumes) }),
    ...(form.length === 0 ? {} : { requestBody: formBody(form, consumes) }),
    responses: Object.fromEntries(responses),
  }
}

function mediaTypes(operation: Fields, root: Fields, key: 'consumes' | 'produces'): string[] {
  const list = operation.has(key) ? operation.list(key) : root.list(key)
  const types = list.map(String)
  return types.length === 0 ? JSON_TYPE : types
}

const STYLES = new Map([
  ['multi', { style: 'form', explode: true }],
  ['ssv', { style: 'spaceDelimited', explode: false }],
  ['pipes', { style: 'pipeDelimited', explode: false }],
  ['tsv', { style: 'tabDelimited', explode: false }],
])

/** `collectionFormat` is `style` and `explode` now. */
function styleOf(one: Fields): Loose {
  if (one.text('type') !== 'array') return {}
  return STYLES.get(one.text('collectionFormat')) ?? { style: 'form', explode: false }
}

function parameter(one: Fields): Loose {
  return {
    name: one.raw('name'),
    in: one.raw('in'),
    description: one.raw('description'),
    required: one.raw('required'),
    ...(one.text('in') === 'query' ? styleOf(one) : {}),
    ...(one.has('x-example') ? { example: one.raw('x-example') } : {}),
    schema: one.value,
  }
}

function requestBody(body: Fields, consumes: readonly string[]): Loose {
  return {
    description: body.raw('description'),
    content: Object.fromEntries(
      consumes.map((type) => [
        type,
        { schema: body.raw('schema'), ...(body.has('x-example') ? { example: body.raw('x-example') } : {}) },
      ]),
    ),
  }
}

function formBody(form: readonly Fields[], consumes: readonly string[]): Loose {
  const hasFile = form.some((one) => one.text('type') === 'file')
  const type = hasFile
    ? 'multipart/form-data'
    : (consumes.find((one) => /form/.test(one)) ?? 'application/x-www-form-urlencoded')
  const properties = form.map((one) => [
    one.text('name'),
    one.text('type') === 'file'
      ? { type: 'string', format: 'binary', description: one.raw('description') }
      : one.value,
  ])
  const encoding = form.map((one) => [one.text('name'), styleOf(one)])
  return {
    content: {
      [type]: {
        schema: { type: 'object', properties: Object.fromEntries(properties) },
        encoding: Object.fromEntries(encoding),
      },
    },
  }
}

/** Schemas of a definition may have been named so in Swagger: a guard for what is no object. */
export function definitionsOf(root: Loose): Loose {
  const found = own(root, 'securityDefinitions')
  return isRecord(found) ? found : {}
}
