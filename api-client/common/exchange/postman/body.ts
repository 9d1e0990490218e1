// Postman's bodies.
import type { Body, MultipartField, Pair } from '#contract/requests/parts.ts'
import { header, headerValue, textBody } from '../media.ts'
import { anyText, fieldsOf, isRecord, plainText, type Fields } from '../loose.ts'
import type { Report } from '../problems.ts'
import { description, pair } from './parts.ts'

export type ReadBody =
  | { readonly type: 'http'; readonly body: Body; readonly contentType: string | null }
  | {
      readonly type: 'graphql'
      readonly query: string
      readonly variables: string
      readonly operationName: string
    }

const LANGUAGES = new Map([
  ['json', 'application/json'],
  ['xml', 'application/xml'],
  ['html', 'text/html'],
  ['javascript', 'application/javascript'],
  ['text', 'text/plain'],
])

/** Reads `body`. `contentType` is what a body says of itself where our own kind would say something else. */
export function readPostmanBody(value: unknown, headers: readonly Pair[], report: Report): ReadBody {
  const none: ReadBody = { type: 'http', body: { type: 'none' }, contentType: null }
  if (value === undefined || value === null) return none
  if (typeof value === 'string') return rawBody(value, '', headers)
  const body = fieldsOf(value, report)
  if (body.flag('disabled')) {
    if (body.text('mode') !== '') report('body', 'It is switched off, and is left out.')
    return none
  }
  const mode = body.text('mode')
  switch (mode) {
    case '':
      return none
    case 'raw': {
      const raw = body.raw('raw')
      const language = body.has('options')
        ? anyText(fieldsOf(body.record('options').raw('raw'), report).raw('language'))
        : ''
      if (isRecord(raw) || Array.isArray(raw))
        report('body', 'It is not text, and is kept as JSON.', 'changed')
      return rawBody(anyText(raw), language, headers)
    }
    case 'urlencoded': {
      const raw = body.raw('urlencoded')
      const fields =
        typeof raw === 'string'
          ? raw.split('&').map((one) => header(one.split('=')[0] ?? '', one.split('=').slice(1).join('=')))
          : body.records('urlencoded').map(pair)
      // Postman keeps an empty list of every kind of body that was once looked at, and sends none.
      return fields.length === 0 ? none : { type: 'http', body: { type: 'form', fields }, contentType: null }
    }
    case 'formdata': {
      const fields = body.records('formdata').map((one) => multipartField(one, report))
      return fields.length === 0
        ? none
        : { type: 'http', body: { type: 'multipart', fields }, contentType: null }
    }
    case 'file': {
      const file = body.raw('file')
      const source = isRecord(file) ? plainText(file['src']) : plainText(file)
      if (isRecord(file) && typeof file['content'] === 'string' && file['content'] !== '')
        return rawBody(file['content'], '', headers)
      if ((source ?? '') === '') report('body', 'No file is named.', 'note')
      return {
        type: 'http',
        body: { type: 'file', path: source ?? '', contentType: null },
        contentType: null,
      }
    }
    case 'graphql': {
      const graphql = body.raw('graphql')
      if (typeof graphql === 'string')
        return { type: 'graphql', query: graphql, variables: '', operationName: '' }
      const fields = fieldsOf(graphql, report)
      const variables = fields.raw('variables')
      return {
        type: 'graphql',
        query: fields.text('query'),
        variables: anyText(variables),
        operationName: fields.text('operationName'),
      }
    }
    default:
      report('body', `There is no body of kind “${mode}” here.`)
      return none
  }
}

function rawBody(text: string, language: string, headers: readonly Pair[]): ReadBody {
  const written = headerValue(
    headers.filter((one) => one.isEnabled),
    'content-type',
  )
  const named = LANGUAGES.get(language) ?? null
  const body = textBody(text, named ?? written)
  // Text in a language that is no kind of ours says so in a header.
  const isOther = language === 'html' || language === 'javascript'
  return { type: 'http', body, contentType: isOther && written === null ? named : null }
}

function multipartField(one: Fields, report: Report): MultipartField {
  const shared = {
    name: one.text('key'),
    contentType: one.maybeText('contentType'),
    isEnabled: !one.flag('disabled'),
    description: description(one.raw('description')),
  }
  if (one.text('type') !== 'file' && !one.has('src'))
    return { type: 'text', ...shared, value: one.text('value') }
  const source = one.raw('src')
  const paths = Array.isArray(source)
    ? source.map((path: unknown) => anyText(path)).filter((path) => path !== '')
    : [one.text('src')].filter((path) => path !== '')
  if (one.text('fileName') !== '')
    report('body', `The name “${one.text('fileName')}” that a file is sent under is not kept.`)
  return { type: 'file', ...shared, paths }
}
