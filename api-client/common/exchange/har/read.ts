// HAR 1.2: what a browser or a proxy recorded.
import type { Body, Pair } from '#contract/requests/parts.ts'
import type { Example, HttpRequest } from '#contract/requests/request.ts'
import type { CollectionTree } from '../../collection-tree.ts'
import { newCollection, newHttpRequest, newWebSocketRequest } from '../../new-request.ts'
import { textOfBase64 } from '../base64.ts'
import { decodeForm, essence, exampleBody, formFields, header, headerValue, textBody } from '../media.ts'
import { fieldsOf, type Fields } from '../loose.ts'
import type { Problems, Report } from '../problems.ts'
import { nameOfUrl, queryParameter, splitUrl } from '../url.ts'

/** What the client says by itself, and what only HTTP 2 has. */
const BY_ITSELF = new Set(['host', 'content-length', 'connection', 'transfer-encoding'])

/** Reads all entries; the same request made again with the same body is kept once, with a response each. */
export function readHar(
  document: unknown,
  { name, problems }: { name: string; problems: Problems },
): CollectionTree {
  const root = fieldsOf(document, problems.of(''))
  const log = root.has('log')
    ? root.record('log')
    : fieldsOf({ entries: [{ request: document }] }, problems.of(''))
  const requests = new Map<string, HttpRequest>()
  const sockets = new Map<string, ReturnType<typeof newWebSocketRequest>>()
  for (const entry of log.records('entries')) {
    const request = entry.record('request')
    const method = request.text('method') || 'GET'
    const named = entry.text('comment').split('\n')[0]?.slice(0, 500) ?? ''
    const title = named || nameOfUrl(method, request.text('url'))
    const report = problems.of(title)
    if (/^wss?:/i.test(request.text('url'))) {
      const { url, parameters } = splitUrl(request.text('url'))
      if (entry.has('_webSocketMessages'))
        report('messages', 'Messages of a recorded WebSocket are not kept.')
      if (sockets.has(request.text('url')))
        report('request', 'It was recorded more than once: it is kept once.', 'note')
      sockets.set(
        request.text('url'),
        newWebSocketRequest(title, { url, parameters, headers: headersOf(request, report) }),
      )
      continue
    }
    const read = readRequest(request, title, report)
    const example = readResponse(entry.record('response'), read, report)
    const key = JSON.stringify([named, method, read.url, read.parameters, read.body, read.headers])
    const earlier = requests.get(key)
    if (earlier !== undefined)
      report('request', 'It was recorded more than once: it is kept once, with each response.', 'note')
    const examples = example === null ? [] : [example]
    requests.set(
      key,
      earlier === undefined
        ? { ...read, examples }
        : { ...earlier, examples: [...earlier.examples, ...examples] },
    )
  }
  const pages = log.records('pages')
  if (pages.length > 0) problems.add('', 'pages', 'Which page asked for what is not kept.', 'note')
  return {
    collection: newCollection(name || pages[0]?.text('title') || 'Imported from HAR', {
      docs: log.text('comment'),
    }),
    environments: [],
    items: [...requests.values(), ...sockets.values()].map((request) => ({ type: 'request', request })),
  }
}

function headersOf(request: Fields, report: Report): Pair[] {
  const headers = request
    .records('headers')
    .map((one) => header(one.text('name'), one.text('value'), { description: one.text('comment') }))
    .filter(({ name }) => !name.startsWith(':') && !BY_ITSELF.has(name.toLowerCase()))
  const cookies = request.records('cookies')
  if (cookies.length > 0 && headerValue(headers, 'cookie') === null) {
    report('cookies', 'They stand in a Cookie header now.', 'changed')
    return [
      ...headers,
      header('Cookie', cookies.map((one) => `${one.text('name')}=${one.text('value')}`).join('; ')),
    ]
  }
  return headers
}

function readRequest(request: Fields, title: string, report: Report): HttpRequest {
  const { url, parameters, fragment } = splitUrl(request.text('url'))
  if (fragment !== '') report('url', `#${fragment} is never sent, and is left out.`, 'changed')
  const listed = request
    .records('queryString')
    .map((one) => queryParameter(encoded(one.text('name')), encoded(one.text('value'))))
  const headers = headersOf(request, report)
  return newHttpRequest(title, {
    method: request.text('method') || 'GET',
    url,
    // What stands in the address is exact; the list beside it is the same, taken apart.
    parameters: parameters.length > 0 ? parameters : listed,
    headers,
    body: readBody(request, report),
    docs: request.text('comment'),
  })
}

function encoded(text: string): string {
  return text.replace(
    /[&#+%]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

function readBody(request: Fields, report: Report): Body {
  const data = request.maybeRecord('postData')
  if (data === null) return { type: 'none' }
  const mediaType = data.text('mimeType')
  const params = data.records('params')
  const text = data.text('text')
  const kind = essence(mediaType) || (params.some((one) => one.has('fileName')) ? 'multipart/form-data' : '')
  if (data.text('encoding') === 'base64') report('body', 'It is not text: its bytes are not kept.')
  if (kind === 'multipart/form-data' && params.length > 0)
    return {
      type: 'multipart',
      fields: params.map((one) => {
        const shared = {
          name: one.text('name'),
          contentType: one.maybeText('contentType'),
          isEnabled: true,
          description: one.text('comment'),
        }
        if (!one.has('fileName')) return { type: 'text', ...shared, value: one.text('value') }
        report(
          'body',
          `The content of the file ${one.text('fileName')} is not in a recording: give its path.`,
        )
        return { type: 'file', ...shared, paths: [one.text('fileName')] }
      }),
    }
  if (kind === 'application/x-www-form-urlencoded') {
    // Browsers write the params of a form encoded, as its text is.
    if (text !== '') return { type: 'form', fields: formFields(text) }
    return {
      type: 'form',
      fields: params.map((one) => header(decodeForm(one.text('name')), decodeForm(one.text('value')))),
    }
  }
  if (text === '' && params.length > 0) {
    report('body', 'Its params have no media type of forms: they are a form now.', 'changed')
    return { type: 'form', fields: params.map((one) => header(one.text('name'), one.text('value'))) }
  }
  return textBody(text, mediaType)
}

function readResponse(response: Fields, request: HttpRequest, report: Report): Example | null {
  const status = response.number('status')
  if (status === null || !Number.isInteger(status) || status < 100 || status > 599) {
    if (response.keys().length > 0)
      report('response', 'It has no status: the request was not answered.', 'note')
    return null
  }
  const content = response.record('content')
  const headers = response
    .records('headers')
    .map((one) => ({ name: one.text('name'), value: one.text('value') }))
    .filter(({ name }) => !name.startsWith(':'))
  const mediaType = content.text('mimeType') || headerValue(headers, 'content-type') || ''
  const isBase64 = content.text('encoding') === 'base64'
  const text = isBase64 ? decodedText(content.text('text'), mediaType) : content.text('text')
  if (!content.has('text') && (content.number('size') ?? 0) > 0)
    report('response', 'Its body was not recorded.', 'note')
  const { method, url, headers: requestHeaders, body, parameters } = request
  return {
    name: `${status} ${response.text('statusText')}`.trim(),
    description: response.text('comment'),
    request: {
      method,
      url:
        parameters.length === 0
          ? url
          : `${url}?${parameters.map((one) => `${one.name}=${one.value}`).join('&')}`,
      headers: requestHeaders,
      body,
    },
    response: {
      status,
      statusText: response.text('statusText'),
      headers,
      body: text === null ? { type: 'binary', text: content.text('text') } : exampleBody(text, mediaType),
    },
  }
}

/** Text of base64, where its media type says that it is text; null for bytes. */
function decodedText(base64: string, mediaType: string): string | null {
  if (!/json|xml|text|javascript|html|x-www-form-urlencoded/i.test(mediaType)) return null
  return textOfBase64(base64)
}
