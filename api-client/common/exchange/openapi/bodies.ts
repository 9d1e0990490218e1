// Bodies of requests and responses by their media types, with examples made from schemas where none are written.
import type { Body, MultipartField, Pair } from '#contract/requests/parts.ts'
import { anyText, compactJson, isRecord, jsonText, own, type Fields } from '../loose.ts'
import { essence, header, isJsonType, isXmlType, textBody } from '../media.ts'
import type { Report } from '../problems.ts'
import type { References } from './references.ts'
import { sampleOf, typeOf } from './sample.ts'
import { queryPairs } from './styles.ts'
import { sampleXml } from './xml.ts'

/** JSON first, then forms, then what comes first. */
export function chosenType(content: Fields): string | null {
  const types = content.keys()
  return types.find((type) => isJsonType(type)) ?? types.find((type) => /form/.test(type)) ?? types[0] ?? null
}

export interface MediaExample {
  readonly name: string
  readonly value: unknown
}

/** Examples of one media type; made from the schema where there are none. */
export function examplesOf(
  media: Fields,
  references: References,
  { direction, report }: { direction: 'request' | 'response'; report?: Report },
): MediaExample[] {
  const named = Object.entries(media.record('examples').value).flatMap(([name, one]): MediaExample[] => {
    const example = references.fields(one)
    const title = example.text('summary') || name
    for (const key of ['value', 'dataValue', 'serializedValue'])
      if (example.raw(key) !== undefined) return [{ name: title, value: example.raw(key) }]
    if (example.has('externalValue'))
      report?.(
        `example ${name}`,
        `It is in another file, which is not read: ${example.text('externalValue')}.`,
      )
    return []
  })
  if (named.length > 0) return named
  if (media.raw('example') !== undefined) return [{ name: '', value: media.raw('example') }]
  if (!media.has('schema')) return []
  return [{ name: '', value: sampleOf(media.raw('schema'), { references, direction }) }]
}

export interface ReadRequestBody {
  readonly body: Body
  readonly headers: Pair[]
}

/** The body of an operation. */
export function readRequestBody(body: Fields, references: References, report: Report): ReadRequestBody {
  const content = body.record('content')
  const type = chosenType(content)
  if (type === null) return { body: { type: 'none' }, headers: [] }
  if (content.keys().length > 1)
    report('body', `Of ${content.keys().join(', ')} one is kept: ${type}.`, 'changed')
  const media = references.fields(content.raw(type))
  const examples = examplesOf(media, references, { direction: 'request', report })
  if (examples.length > 1) report('body', 'Of several examples the first is the body.', 'changed')
  const value = examples[0]?.value ?? null
  const kind = essence(type)
  if (kind === 'application/x-www-form-urlencoded')
    return { body: { type: 'form', fields: formOf(value, media) }, headers: [] }
  if (kind.startsWith('multipart/'))
    return { body: { type: 'multipart', fields: multipartOf(value, { media, references }) }, headers: [] }
  const schema = references.resolve(media.raw('schema'))
  const isBinary =
    isRecord(schema) && (own(schema, 'format') === 'binary' || own(schema, 'contentEncoding') !== undefined)
  if (
    (kind === 'application/octet-stream' || isBinary || /^(image|audio|video)\//.test(kind)) &&
    !isJsonType(kind)
  )
    return { body: { type: 'file', path: '', contentType: type }, headers: [] }
  const written = textOf(value, { type, media, references })
  const made = textBody(written, type.includes('*') ? 'application/json' : type)
  const ownType =
    made.type === 'json' ? 'application/json' : made.type === 'xml' ? 'application/xml' : 'text/plain'
  return {
    body: made,
    headers: type === ownType || type.includes('*') ? [] : [header('Content-Type', type)],
  }
}

/** A value as text of its media type. */
export function textOf(
  value: unknown,
  { type, media, references }: { type: string; media: Fields; references: References },
): string {
  if (isXmlType(type))
    return typeof value === 'string' ? value : sampleXml(value, media.raw('schema'), references)
  if (isJsonType(type) || type.includes('*')) {
    // An example of JSON that was written as text is the text.
    if (
      typeof value === 'string' &&
      isJson(value) &&
      typeOf(references.resolve(media.raw('schema'))) !== 'string'
    )
      return value
    return value === undefined ? '' : jsonText(value)
  }
  return value === null ? '' : anyText(value)
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function formOf(value: unknown, media: Fields): Pair[] {
  if (!isRecord(value)) return []
  const encoding = media.record('encoding')
  return Object.entries(value).flatMap(([name, one]) => {
    const fields = encoding.record(name)
    const style = fields.text('style') || 'form'
    // An object without a style of its own is one value of JSON.
    if (isRecord(one) && !fields.has('style') && !fields.has('explode'))
      return [header(name, compactJson(one))]
    return queryPairs(name, one, { style, isExploded: fields.flag('explode', style === 'form') }).map(
      (pair) => header(pair.name, pair.value),
    )
  })
}

/** Properties of a schema, those of the parts of `allOf` too. */
function propertiesOf(schema: unknown, references: References, depth = 0): Map<string, unknown> {
  const fields = references.fields(schema)
  const all = fields.has('allOf') && depth < 20 ? fields.list('allOf') : []
  return new Map([
    ...all.flatMap((one) => [...propertiesOf(one, references, depth + 1)]),
    ...Object.entries(fields.record('properties').value),
  ])
}

function multipartOf(
  value: unknown,
  { media, references }: { media: Fields; references: References },
): MultipartField[] {
  const properties = propertiesOf(media.raw('schema'), references)
  const names = new Set([...properties.keys(), ...(isRecord(value) ? Object.keys(value) : [])])
  const encoding = media.record('encoding')
  return [...names].flatMap((name): MultipartField[] => {
    const schema = references.fields(properties.get(name))
    const items = references.fields(schema.raw('items'))
    const written = encoding.record(name).maybeText('contentType')
    const isFile = [schema, items].some(
      (one) =>
        one.text('format') === 'binary' || one.text('format') === 'base64' || one.has('contentMediaType'),
    )
    const shared = {
      name,
      contentType: written,
      isEnabled: true,
      description: schema.has('description') ? schema.text('description') : '',
    }
    if (isFile) return [{ type: 'file', ...shared, paths: [] }]
    const one = isRecord(value) ? own(value, name) : undefined
    if (schema.flag('readOnly') && one === undefined) return []
    // Each item of a list is a part of its own; an object is JSON.
    return (Array.isArray(one) && one.length > 0 ? one : [one]).map((item: unknown) => ({
      type: 'text',
      ...shared,
      contentType: written ?? (isRecord(item) ? 'application/json' : null),
      value: anyText(item),
    }))
  })
}
