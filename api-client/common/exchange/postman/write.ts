// Postman collections, v2.1.
import type { Body, Pair, Parameter, Scripts, Variable } from '#contract/requests/parts.ts'
import type { ApiRequest, Example, HttpRequest, RequestSettings } from '#contract/requests/request.ts'
import type { CollectionTree, TreeItem } from '../../collection-tree.ts'
import { jsonText } from '../loose.ts'
import { headerValue, isJsonType, isXmlType } from '../media.ts'
import type { Problems, Report } from '../problems.ts'
import { joinUrl, splitUrl } from '../url.ts'
import { writePostmanAuth } from './auth.ts'

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

/** A document's text. Environments have documents of their own there, and are not in it. */
export function writePostman(tree: CollectionTree, problems: Problems): string {
  const { collection } = tree
  const report = problems.of('')
  if (tree.environments.length > 0)
    report('environments', 'Postman keeps environments in files of their own: they are not in a collection.')
  if (collection.proxy.mode === 'on') report('proxy', 'A collection of Postman has no proxy.')
  if (collection.clientCertificates.length > 0)
    report('client certificates', 'Postman keeps them in its settings.')
  if (collection.source !== null) report('source', 'Where it was generated from is not kept.')
  const auth = writePostmanAuth(collection.defaults.auth, report)
  const children = items(tree.items, problems)
  return jsonText({
    info: {
      name: collection.name,
      ...(collection.docs === '' ? {} : { description: collection.docs }),
      ...(collection.version === '' ? {} : { version: collection.version }),
      schema: SCHEMA,
    },
    item: defaultHeaders(children, collection.defaults.headers, report),
    ...(auth === null ? {} : { auth }),
    ...events(collection.defaults.scripts, report),
    ...variables(collection.defaults.variables, report),
    ...settingsOf(collection.defaults.settings, report),
  })
}

function defaultHeaders(children: object[], headers: readonly Pair[], report: Report): object[] {
  if (headers.length > 0)
    report('headers', 'Postman has no headers of folders and collections: they are left out.')
  return children
}

function items(list: readonly TreeItem[], problems: Problems): object[] {
  return list.map((item) => {
    if (item.type === 'request') return writeRequest(item.request, problems.of(item.request.name))
    const { folder } = item
    const report = problems.of(folder.name)
    const auth = writePostmanAuth(folder.defaults.auth, report)
    return {
      name: folder.name,
      ...(folder.docs === '' ? {} : { description: folder.docs }),
      item: defaultHeaders(items(item.items, problems), folder.defaults.headers, report),
      ...(auth === null ? {} : { auth }),
      ...events(folder.defaults.scripts, report),
      ...variables(folder.defaults.variables, report),
      ...settingsOf(folder.defaults.settings, report),
    }
  })
}

function writeRequest(request: ApiRequest, report: Report): object {
  const auth = writePostmanAuth(request.auth, report)
  if (request.tags.length > 0) report('tags', 'Postman has no tags of requests.')
  if (request.kind !== 'websocket' && request.assertions.length > 0)
    report('assertions', `${request.assertions.length} without code are left out: Postman has scripts only.`)
  if (request.kind === 'websocket') {
    if (request.messages.length > 0) report('messages', 'Messages of a WebSocket are left out.')
    if (request.protocols.length > 0) report('protocols', 'Sec-WebSocket-Protocol is left out.')
  }
  const body =
    request.kind === 'http' ? writeBody(request.body, request.headers, report) : graphqlBody(request)
  return {
    name: request.name,
    ...events(request.scripts, report),
    ...variables(request.variables, report),
    ...settingsOf(request.settings, report),
    request: {
      method: request.kind === 'websocket' ? 'GET' : request.method,
      header: request.headers.map(pair),
      url: writeUrl(request.url, request.parameters),
      ...(body === null ? {} : { body }),
      ...(auth === null ? {} : { auth }),
      ...(request.docs === '' ? {} : { description: request.docs }),
    },
    response:
      request.kind === 'http' ? request.examples.map((one) => writeExample(one, request, report)) : [],
  }
}

function graphqlBody(request: Exclude<ApiRequest, HttpRequest>): object | null {
  if (request.kind === 'websocket') return null
  return {
    mode: 'graphql',
    graphql: {
      query: request.query,
      variables: request.graphqlVariables,
      ...(request.operationName === '' ? {} : { operationName: request.operationName }),
    },
  }
}

function pair(one: Pair): object {
  return {
    key: one.name,
    value: one.value,
    ...(one.isEnabled ? {} : { disabled: true }),
    ...(one.description === '' ? {} : { description: one.description }),
  }
}

/** Pieces beside the raw text: some readers take only those. */
function writeUrl(url: string, parameters: readonly Parameter[]): object {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)([^?#]*)/i.exec(url)
  const hasScheme = match?.[1] !== undefined
  const isHost = hasScheme || url.startsWith('{{')
  const host = isHost ? (match?.[2] ?? '') : ''
  const path = isHost ? (match?.[3] ?? '') : url
  const port = /^(.*):(\d+)$/.exec(host)
  const query = parameters.filter((one) => one.place === 'query')
  const variable = parameters.filter((one) => one.place === 'path')
  return {
    raw: joinUrl(url, parameters),
    ...(hasScheme ? { protocol: match?.[1] } : {}),
    ...(host === '' ? {} : { host: host.startsWith('{{') ? [host] : (port?.[1] ?? host).split('.') }),
    ...(port === null || host.startsWith('{{') ? {} : { port: port[2] }),
    ...(path === '' ? {} : { path: path.replace(/^\//, '').split('/') }),
    ...(query.length === 0 ? {} : { query: query.map(pair) }),
    ...(variable.length === 0 ? {} : { variable: variable.map(pair) }),
  }
}

function writeBody(body: Body, headers: readonly Pair[], report: Report): object | null {
  switch (body.type) {
    case 'none':
      return null
    case 'json':
    case 'xml':
      return { mode: 'raw', raw: body.text, options: { raw: { language: body.type } } }
    case 'text': {
      const type = headerValue(headers, 'content-type') ?? ''
      const language = isJsonType(type) ? 'json' : isXmlType(type) ? 'xml' : 'text'
      return { mode: 'raw', raw: body.text, options: { raw: { language } } }
    }
    case 'form':
      return { mode: 'urlencoded', urlencoded: body.fields.map((one) => ({ ...pair(one), type: 'text' })) }
    case 'file':
      if (body.contentType !== null) report('body', 'The content type of a file is left out: add a header.')
      return { mode: 'file', file: { src: body.path } }
    case 'multipart':
      return {
        mode: 'formdata',
        formdata: body.fields.map((one) => ({
          key: one.name,
          type: one.type,
          ...(one.type === 'text' ? { value: one.value } : { src: one.paths }),
          ...(one.contentType === null ? {} : { contentType: one.contentType }),
          ...(one.isEnabled ? {} : { disabled: true }),
          ...(one.description === '' ? {} : { description: one.description }),
        })),
      }
  }
}

function writeExample(example: Example, request: HttpRequest, report: Report): object {
  const { url, parameters } = splitUrl(example.request.url)
  const body = writeBody(example.request.body, example.request.headers, report)
  if (example.description !== '') report('example', 'Descriptions of examples are left out.')
  if (example.response.body.type === 'binary')
    report('example', 'Bytes of a response are written as base64 text.', 'changed')
  const { type, text } = example.response.body
  return {
    name: example.name,
    originalRequest: {
      method: example.request.method || request.method,
      header: example.request.headers.map(pair),
      url: writeUrl(url, parameters),
      ...(body === null ? {} : { body }),
    },
    status: example.response.statusText,
    code: example.response.status,
    _postman_previewlanguage: type === 'json' || type === 'xml' || type === 'html' ? type : 'text',
    header: example.response.headers.map(({ name, value }) => ({ key: name, value })),
    cookie: [],
    body: text,
  }
}

/** After the response and tests are one script there. */
function events(scripts: Scripts, report: Report): object {
  const after = [scripts.afterResponse, scripts.tests].filter((one) => one !== '')
  if (after.length > 1)
    report('scripts', 'The script after the response and the tests are one script now.', 'changed')
  const event = [
    ...(scripts.beforeRequest === '' ? [] : [script('prerequest', scripts.beforeRequest)]),
    ...(after.length === 0 ? [] : [script('test', after.join('\n'))]),
  ]
  if (/\bbru\.|\breq\.set|\bres\.get/.test(scripts.beforeRequest + after.join('\n')))
    report('scripts', "They use Bruno's words (bru, req, res), which Postman does not know.", 'note')
  return event.length === 0 ? {} : { event }
}

function script(listen: string, text: string): object {
  return { listen, script: { type: 'text/javascript', exec: text.split('\n') } }
}

function variables(list: readonly Variable[], report: Report): object {
  if (list.some((one) => one.isSecret))
    report('variables', 'Values of secrets stay in the keychain: they are empty.', 'note')
  if (list.length === 0) return {}
  return {
    variable: list.map((one) => ({
      key: one.name,
      value: one.value,
      type: one.isSecret
        ? 'secret'
        : one.type === 'number' || one.type === 'boolean'
          ? one.type
          : one.type === 'string'
            ? 'string'
            : 'any',
      ...(one.isEnabled ? {} : { disabled: true }),
      ...(one.description === '' ? {} : { description: one.description }),
    })),
  }
}

function settingsOf(settings: RequestSettings, report: Report): object {
  const written: [string, unknown][] = [
    ['followRedirects', settings.followsRedirects],
    ['maxRedirects', settings.maxRedirects],
    ['strictSSL', settings.verifiesCertificates],
    ['disableUrlEncoding', settings.encodesUrl === null ? null : !settings.encodesUrl],
    ['followAuthorizationHeader', settings.keepsAuthorization],
    [
      'protocolVersion',
      settings.httpVersion === null
        ? null
        : { auto: 'auto', '1.1': 'http1', 2: 'http2' }[settings.httpVersion],
    ],
    ['requestTimeout', settings.timeoutMs],
    ['disableCookies', settings.sendsCookies === null ? null : !settings.sendsCookies],
  ]
  if (settings.keepsCookies !== settings.sendsCookies)
    report('settings', 'Postman sends and keeps cookies, or neither.')
  if (settings.minTlsVersion !== null) report('settings', 'The least TLS version is left out.')
  const kept = written.filter(([, value]) => value !== null)
  return kept.length === 0 ? {} : { protocolProfileBehavior: Object.fromEntries(kept) }
}
