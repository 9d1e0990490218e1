// HAR 1.2, with an entry per example; a request without one has an entry that was never answered.
import type { ApiRequest, Example } from '#contract/requests/request.ts'
import { requestsOf, type CollectionTree } from '../../collection-tree.ts'
import { formText, plainRequest } from '../../code/plain.ts'
import type { CodeRequest } from '../../code/types.ts'
import type { ResolvedBody } from '../../resolve/types.ts'
import { flattened, resolvedBody } from '../flatten.ts'
import { jsonText } from '../loose.ts'
import { decodeForm, headerValue } from '../media.ts'
import { SILENT, type Problems, type Report } from '../problems.ts'
import { joinUrl, splitUrl } from '../url.ts'

/** A collection was never sent: its entries are of no time. */
const NEVER = '1970-01-01T00:00:00.000Z'

export function writeHar(tree: CollectionTree, problems: Problems): string {
  const entries: object[] = []
  for (const { request, folders } of requestsOf(tree.items)) {
    const report = problems.of(request.name)
    const flat = flattened(request, { collection: tree.collection, folders }, report)
    if (request.kind === 'websocket') report('websocket', 'Its messages are left out.')
    if (Object.values(request.scripts).some((one) => one !== ''))
      report('scripts', 'A recording has no scripts.')
    if (request.kind !== 'websocket' && request.assertions.length > 0)
      report('assertions', 'A recording has none.')
    if (request.docs !== '') report('docs', 'They are the comment of the request.', 'changed')
    if (flat.auth.type !== 'none' && flat.auth.type !== 'apiKey' && flat.auth.type !== 'bearer')
      report(`auth ${flat.auth.type}`, 'A recording has headers only: how they are made is left out.')
    const examples = request.kind === 'http' ? request.examples : []
    const own = writeRequest(flat, request.docs, report)
    // A request that none of its examples asked for is an entry too: else it would be nowhere.
    if (!examples.some((one) => isAskedBy(one, request))) entries.push(entry(own, null, request.name))
    for (const one of examples) entries.push(entry(exampleRequest(one, flat), one, request.name))
  }
  if (tree.items.some((one) => one.type === 'folder'))
    problems.add('', 'folders', 'A recording is a flat list.')
  if (tree.environments.length > 0) problems.add('', 'environments', 'A recording has none.')
  return jsonText({
    log: {
      version: '1.2',
      creator: { name: 'NebulaDB', version: '1' },
      pages: [],
      entries,
      ...(tree.collection.docs === '' ? {} : { comment: tree.collection.docs }),
    },
  })
}

function isAskedBy(example: Example, request: ApiRequest): boolean {
  const { method, url, body } = example.request
  return (
    request.kind === 'http' &&
    method === request.method &&
    url === joinUrl(request.url, request.parameters) &&
    jsonText(body) === jsonText(request.body)
  )
}

/** `name` is the entry's comment: recordings have no names, and requests of one address would be one. */
function entry(request: object, example: Example | null, name: string): object {
  return {
    startedDateTime: NEVER,
    time: 0,
    request,
    response: example === null ? NO_RESPONSE : writeResponse(example),
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    comment: name,
  }
}

const NO_RESPONSE = {
  status: 0,
  statusText: '',
  httpVersion: '',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
}

function exampleRequest(example: Example, flat: CodeRequest): object {
  return writeRequest(
    {
      ...flat,
      method: example.request.method,
      url: example.request.url,
      headers: example.request.headers
        .filter((one) => one.isEnabled)
        .map(({ name, value }) => ({ name, value })),
      body: resolvedBody(example.request.body, SILENT),
      auth: { type: 'none' },
    },
    '',
    SILENT,
  )
}

function writeRequest(flat: CodeRequest, comment: string, report: Report): object {
  const plain = plainRequest(flat)
  const { parameters } = splitUrl(plain.url)
  const data = writeBody(plain.body, headerValue(plain.headers, 'content-type'), report)
  return {
    method: plain.method,
    url: plain.url,
    httpVersion: flat.settings?.httpVersion === '2' ? 'HTTP/2' : 'HTTP/1.1',
    cookies: [],
    headers: plain.headers,
    queryString: parameters.map((one) => ({ name: decodeForm(one.name), value: decodeForm(one.value) })),
    ...(data === null ? {} : { postData: data }),
    headersSize: -1,
    bodySize: -1,
    ...(comment === '' ? {} : { comment }),
  }
}

function writeBody(body: ResolvedBody, contentType: string | null, report: Report): object | null {
  switch (body.type) {
    case 'none':
      return null
    case 'text':
      return { mimeType: contentType ?? body.contentType ?? 'text/plain', text: body.text }
    case 'form':
      return {
        mimeType: 'application/x-www-form-urlencoded',
        params: body.fields,
        text: formText(body.fields),
      }
    case 'file':
      report('body', `The content of the file ${body.path} is left out.`)
      return {
        mimeType: contentType ?? body.contentType ?? 'application/octet-stream',
        text: '',
        comment: body.path,
      }
    case 'multipart':
      return {
        mimeType: 'multipart/form-data',
        params: body.parts.map((part) => ({
          name: part.name,
          ...(part.type === 'file' ? { fileName: part.path } : { value: part.value }),
          ...(part.contentType === null ? {} : { contentType: part.contentType }),
        })),
        text: '',
      }
  }
}

function writeResponse({ response, description }: Example): object {
  const isBinary = response.body.type === 'binary'
  return {
    status: response.status,
    statusText: response.statusText,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: response.headers,
    content: {
      size: new TextEncoder().encode(response.body.text).byteLength,
      mimeType: headerValue(response.headers, 'content-type') ?? 'x-unknown',
      text: response.body.text,
      ...(isBinary ? { encoding: 'base64' } : {}),
    },
    redirectURL: headerValue(response.headers, 'location') ?? '',
    headersSize: -1,
    bodySize: -1,
    ...(description === '' ? {} : { comment: description }),
  }
}
