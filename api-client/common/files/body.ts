// Bodies and examples, as files have them.
import type { Body, MultipartField } from '#contract/requests/parts.ts'
import type { Example } from '#contract/requests/request.ts'
import { readOff, readPairs, some, writeOff, writePairs } from './parts.ts'
import { type At, elements, field, has, isFields, number, selected, text, word } from './reading.ts'
import { type FileMap, type FileValue, Unreadable } from './yaml.ts'

/** A body, or of titled variants the selected one. */
export function bodyOf(at: At): At {
  if (!Array.isArray(at.value)) return at
  const variant = selected(elements(at))
  return variant === undefined ? { value: undefined, path: at.path } : field(variant, 'body')
}

export function readBody(given: At): Body {
  const at = bodyOf(given)
  if (!has(at)) return { type: 'none' }
  if (!isFields(at.value)) throw new Unreadable(at.path, 'A body with `type` and `data` is expected here.')
  const data = field(at, 'data')
  const type = text(field(at, 'type'))
  switch (type) {
    case 'none':
    case '':
      return { type: 'none' }
    case 'json':
    case 'xml':
    case 'text':
      return { type, text: text(data) }
    case 'sparql':
      return { type: 'text', text: text(data) }
    case 'form-urlencoded':
      return { type: 'form', fields: readPairs(data) }
    case 'multipart-form':
      return { type: 'multipart', fields: elements(data).map(readField) }
    case 'file': {
      const file = selected(elements(data))
      if (file === undefined) return { type: 'file', path: '', contentType: null }
      return { type, path: text(field(file, 'filePath')), contentType: typeOf(file) }
    }
    default:
      throw new Unreadable([...at.path, 'type'], `Bodies of the type \`${type.slice(0, 50)}\` are not known.`)
  }
}

function typeOf(at: At): string | null {
  const type = text(field(at, 'contentType'))
  return type === '' ? null : type
}

function readField(at: At): MultipartField {
  const common = { name: text(field(at, 'name')), contentType: typeOf(at), ...readOff(at) }
  const value = field(at, 'value')
  if (word(field(at, 'type'), ['text', 'file'], 'text') === 'text')
    return { type: 'text', ...common, value: text(value) }
  const paths = Array.isArray(value.value) ? elements(value).map((one) => text(one)) : [text(value)]
  return { type: 'file', ...common, paths: paths.filter((path) => path !== '') }
}

export function writeBody(body: Body): FileMap | undefined {
  switch (body.type) {
    case 'none':
      return undefined
    case 'form':
      return { type: 'form-urlencoded', data: writePairs(body.fields) ?? [] }
    case 'multipart':
      return { type: 'multipart-form', data: body.fields.map(writeField) }
    case 'file':
      return {
        type: 'file',
        data: [{ filePath: body.path, contentType: body.contentType ?? '', selected: true }],
      }
    default:
      return { type: body.type, data: body.text }
  }
}

function writeField(one: MultipartField): FileMap {
  return {
    name: one.name,
    type: one.type,
    value: one.type === 'file' ? one.paths : one.value,
    ...(one.contentType === null ? {} : { contentType: one.contentType }),
    ...writeOff(one),
  }
}

const RESPONSE_TYPES = ['json', 'text', 'xml', 'html', 'binary'] as const

export function readExamples(list: At): Example[] {
  return elements(list).map((one) => {
    const request = field(one, 'request')
    const response = field(one, 'response')
    const status = number(field(response, 'status')) ?? 200
    return {
      name: text(field(one, 'name')),
      description: text(field(one, 'description')),
      request: {
        method: text(field(request, 'method'), 'GET'),
        url: text(field(request, 'url')),
        headers: readPairs(field(request, 'headers')),
        body: readBody(field(request, 'body')),
      },
      response: {
        status,
        statusText: text(field(response, 'statusText')),
        headers: elements(field(response, 'headers')).map((header) => ({
          name: text(field(header, 'name')),
          value: text(field(header, 'value')),
        })),
        body: {
          type: word(field(response, 'body', 'type'), RESPONSE_TYPES, 'text'),
          text: text(field(response, 'body', 'data')),
        },
      },
    }
  })
}

export function writeExamples(examples: readonly Example[]): FileValue | undefined {
  return some(
    examples.map(({ name, description, request, response }) => ({
      name,
      ...(description === '' ? {} : { description }),
      request: {
        url: request.url,
        method: request.method,
        headers: writePairs(request.headers),
        body: writeBody(request.body),
      },
      response: {
        status: response.status,
        statusText: response.statusText === '' ? undefined : response.statusText,
        headers: some(response.headers.map((one) => ({ name: one.name, value: one.value }))),
        body: { type: response.body.type, data: response.body.text },
      },
    })),
  )
}
