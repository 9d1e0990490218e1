// Postman collections, v2.0 and v2.1, and v1 in their words.
import type { Variable } from '#contract/requests/parts.ts'
import type { ApiRequest, Example, RequestSettings } from '#contract/requests/request.ts'
import type { CollectionTree, TreeItem } from '../../collection-tree.ts'
import {
  INHERITED_SETTINGS,
  newCollection,
  newDefaults,
  newFolder,
  newGraphqlRequest,
  newHttpRequest,
  newWebSocketRequest,
} from '../../new-request.ts'
import { exampleBody, header, headerValue } from '../media.ts'
import { fieldsOf, isRecord, plainText, type Fields } from '../loose.ts'
import { SILENT, type Problems, type Report } from '../problems.ts'
import type { ImportedSecret } from '../types.ts'
import { joinUrl } from '../url.ts'
import { readPostmanAuth } from './auth.ts'
import { readPostmanBody } from './body.ts'
import { asSecondVersion, isFirstVersion } from './first-version.ts'
import { description, readHeaders, readScripts, readUrl, readVariables } from './parts.ts'

/** Reads a collection; `document` is what JSON.parse gave. */
export function readPostmanCollection(
  document: unknown,
  { name, problems, secrets }: { name: string; problems: Problems; secrets: ImportedSecret[] },
): CollectionTree {
  const report = problems.of('')
  const isFirst = isRecord(document) && isFirstVersion(document)
  const outer = fieldsOf(isFirst ? asSecondVersion(document, report) : document, report)
  const root = outer.has('collection') && !outer.has('item') ? outer.record('collection') : outer
  const info = root.record('info')
  const title = info.text('name') || name || 'Imported from Postman'
  const version = info.raw('version')
  return {
    collection: newCollection(title, {
      version: isRecord(version)
        ? ['major', 'minor', 'patch'].map((key) => plainText(version[key]) ?? '').join('.')
        : (plainText(version) ?? ''),
      docs: description(info.raw('description')),
      defaults: newDefaults({
        auth: readPostmanAuth(root.raw('auth'), report) ?? { type: 'none' },
        variables: variables(root, (variable, value) =>
          secrets.push({ environment: null, name: variable, value }),
        ),
        scripts: readScripts(root.records('event'), report),
        settings: readSettings(root, report),
      }),
    }),
    environments: [],
    items: readItems(root, problems),
  }
}

function variables(fields: Fields, secret: (name: string, value: string) => void): Variable[] {
  return readVariables(fields.records('variable'), secret)
}

/** A stack of our own: what comes from outside may be deeper than the machine's. */
function readItems(root: Fields, problems: Problems): TreeItem[] {
  const top: TreeItem[] = []
  const waiting: { readonly from: Fields; readonly into: TreeItem[] }[] = [{ from: root, into: top }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const value of next.from.list('item')) {
      if (!isRecord(value)) {
        problems.add('', 'item', 'An item is not an object, and is left out.')
        continue
      }
      const title = (plainText(value['name']) ?? '') || 'Untitled'
      const item = fieldsOf(value, problems.of(title))
      if (item.has('request'))
        next.into.push({ type: 'request', request: readRequest(item, title, problems) })
      else {
        const items: TreeItem[] = []
        next.into.push(folder(item, { title, problems, items }))
        waiting.push({ from: item, into: items })
      }
    }
  return top
}

function folder(
  item: Fields,
  { title, problems, items }: { title: string; problems: Problems; items: TreeItem[] },
): TreeItem {
  const report = problems.of(title)
  if (!item.has('item'))
    report('item', 'It is neither a request nor a folder; an empty folder stands for it.', 'changed')
  return {
    type: 'folder',
    folder: newFolder(title, {
      docs: description(item.raw('description')),
      defaults: newDefaults({
        auth: readPostmanAuth(item.raw('auth'), report) ?? { type: 'inherit' },
        variables: variables(item, (name) =>
          report(`variable ${name}`, 'The value of a secret in a folder is not kept.'),
        ),
        scripts: readScripts(item.records('event'), report),
        settings: readSettings(item, report),
      }),
    }),
    items,
  }
}

function readRequest(item: Fields, title: string, problems: Problems): ApiRequest {
  const report = problems.of(title)
  const raw = item.raw('request')
  const request = fieldsOf(typeof raw === 'string' ? { url: raw } : raw, report)
  const method = request.text('method') || 'GET'
  const headers = readHeaders(request.raw('header'), report)
  const body = readPostmanBody(request.raw('body'), headers, report)
  const shared = {
    docs: description(request.raw('description')) || description(item.raw('description')),
    ...readUrl(request.raw('url'), report),
    headers,
    auth: readPostmanAuth(request.raw('auth'), report) ?? ({ type: 'inherit' } as const),
    variables: variables(item, (name) =>
      report(`variable ${name}`, 'The value of a secret in a request is not kept.'),
    ),
    scripts: readScripts(item.records('event'), report),
    settings: readSettings(item, report),
  }
  for (const [key, what] of [
    ['proxy', 'The proxy of one request is not kept: set one for the collection.'],
    ['certificate', 'The client certificate of one request is not kept: set one for the collection.'],
  ] as const)
    if (request.has(key)) report(key, what)
  const responses = item.records('response')
  if (body.type === 'graphql' && /^(GET|POST)$/i.test(method)) {
    if (responses.length > 0) report('examples', `${responses.length} of a GraphQL request are not kept.`)
    return newGraphqlRequest(title, {
      ...shared,
      method: method.toUpperCase() === 'GET' ? 'GET' : 'POST',
      query: body.query,
      graphqlVariables: body.variables,
      operationName: body.operationName,
    })
  }
  if (/^wss?:/i.test(shared.url)) {
    if (responses.length > 0) report('examples', `${responses.length} of a WebSocket are not kept.`)
    return newWebSocketRequest(title, shared)
  }
  const http =
    body.type === 'http'
      ? body
      : {
          body: {
            type: 'json',
            text: JSON.stringify({ query: body.query, variables: body.variables }),
          } as const,
          contentType: null,
        }
  return newHttpRequest(title, {
    ...shared,
    headers: http.contentType === null ? headers : [...headers, header('Content-Type', http.contentType)],
    method,
    body: http.body,
    examples: responses.map((one) => readExample(one, request, report)),
  })
}

function readExample(response: Fields, ofRequest: Fields, report: Report): Example {
  const original = response.maybeRecord('originalRequest') ?? ofRequest
  const requestHeaders = readHeaders(original.raw('header'), SILENT)
  const body = readPostmanBody(original.raw('body'), requestHeaders, SILENT)
  const { url, parameters } = readUrl(original.raw('url'), SILENT)
  const headers = readHeaders(response.raw('header'), report)
  const code = response.number('code')
  const isStatus = code !== null && Number.isInteger(code) && code >= 100 && code <= 599
  if (!isStatus) report('example', 'Its status is no HTTP status; 200 stands for it.', 'changed')
  if (response.list('cookie').length > 0)
    report('example', 'Its cookies are kept as far as its headers have them.', 'note')
  const language = response.text('_postman_previewlanguage')
  const mediaType =
    headerValue(headers, 'content-type') ??
    { json: 'application/json', xml: 'application/xml', html: 'text/html' }[language] ??
    ''
  return {
    name: response.text('name') || 'Example',
    description: description(response.raw('description')),
    request: {
      method: original.text('method') || 'GET',
      url: joinUrl(url, parameters),
      headers: requestHeaders,
      body:
        body.type === 'http'
          ? body.body
          : { type: 'json', text: JSON.stringify({ query: body.query, variables: body.variables }) },
    },
    response: {
      status: isStatus ? code : 200,
      statusText: response.text('status'),
      headers: headers.map(({ name, value }) => ({ name, value })),
      body: exampleBody(response.text('body'), mediaType),
    },
  }
}

/** `protocolProfileBehavior`. */
function readSettings(item: Fields, report: Report): RequestSettings {
  const behaviour = item.maybeRecord('protocolProfileBehavior')
  if (behaviour === null) return INHERITED_SETTINGS
  let settings = INHERITED_SETTINGS
  for (const key of behaviour.keys()) {
    const flag = behaviour.flag(key)
    switch (key) {
      case 'followRedirects':
        settings = { ...settings, followsRedirects: flag }
        break
      case 'maxRedirects':
        settings = { ...settings, maxRedirects: behaviour.number(key) }
        break
      case 'strictSSL':
        settings = { ...settings, verifiesCertificates: flag }
        break
      case 'disableUrlEncoding':
        settings = { ...settings, encodesUrl: !flag }
        break
      case 'disableCookies':
        settings = { ...settings, sendsCookies: !flag, keepsCookies: !flag }
        break
      case 'followAuthorizationHeader':
        settings = { ...settings, keepsAuthorization: flag }
        break
      case 'protocolVersion': {
        const version = behaviour.text(key)
        settings = {
          ...settings,
          httpVersion: version === 'http2' ? '2' : version === 'http1' ? '1.1' : 'auto',
        }
        break
      }
      case 'requestTimeout':
        settings = { ...settings, timeoutMs: behaviour.number(key) }
        break
      // Bodies are sent with every method here.
      case 'disableBodyPruning':
        break
      default:
        if (behaviour.raw(key) !== false && !isEmpty(behaviour.raw(key)))
          report(`setting ${key}`, 'There is no such setting here.')
    }
  }
  return settings
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
