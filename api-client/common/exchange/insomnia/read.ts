// Insomnia, versions 1 to 4 (JSON) and 5 (YAML).
import type { Environment } from '#contract/requests/collection.ts'
import type { Body, MultipartField, Pair, Variable } from '#contract/requests/parts.ts'
import type { ApiRequest, RequestSettings, SocketMessage } from '#contract/requests/request.ts'
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
import { anyText, fieldsOf, isRecord, type Fields } from '../loose.ts'
import { essence, formFields, header, headerValue, ownMediaType, textBody } from '../media.ts'
import type { Problems, Report } from '../problems.ts'
import type { ImportedSecret } from '../types.ts'
import { pathNames, pathParameter, queryParameter, splitUrl } from '../url.ts'
import { readInsomniaAuth } from './auth.ts'
import { listedResources } from './earlier.ts'
import { resourcesOf } from './resources.ts'
import { flatValues, ourScript, withOurNames } from './template.ts'

interface Reading {
  readonly name: string
  readonly problems: Problems
  readonly secrets: ImportedSecret[]
}

export function readInsomnia(document: unknown, { name, problems, secrets }: Reading): CollectionTree {
  const report = problems.of('')
  const root = fieldsOf(document, report)
  const listed: readonly unknown[] =
    root.has('resources') || root.has('items')
      ? listedResources(document, report)
      : resourcesOf(document, report)
  const resources = listed.filter(isRecord).map((one) => {
    const itemReport = problems.of(anyText(one['name']) || anyText(one['_type']))
    return fieldsOf(withOurNames(one, itemReport), itemReport)
  })
  const children = new Map<string, Fields[]>()
  for (const one of resources) {
    const parent = one.text('parentId')
    children.set(parent, [...(children.get(parent) ?? []), one])
  }
  const workspaces = resources.filter((one) => one.text('_type') === 'workspace')
  const [workspace] = workspaces
  const ids = new Set(resources.map((one) => one.text('_id')))
  const roots = resources.filter((one) => !ids.has(one.text('parentId')) && one.text('_type') !== 'workspace')
  const trees = workspaces.map((one) => itemsOf(children.get(one.text('_id')) ?? [], { children, problems }))
  const orphans = itemsOf(roots, { children, problems })
  const [first = []] = trees
  reportOthers(resources, problems)
  const { collectionVariables, environments } = environmentsOf(resources, secrets)
  return {
    collection: newCollection(workspace?.text('name') || name || 'Imported from Insomnia', {
      docs: workspace?.text('description') ?? '',
      defaults: newDefaults({ auth: { type: 'none' }, variables: collectionVariables }),
    }),
    environments,
    items:
      workspaces.length < 2
        ? [...first, ...orphans]
        : [
            ...workspaces.map((one, index): TreeItem => ({
              type: 'folder',
              folder: newFolder(one.text('name') || 'Workspace', { docs: one.text('description') }),
              items: trees[index] ?? [],
            })),
            ...orphans,
          ],
  }
}

function reportOthers(resources: readonly Fields[], problems: Problems): void {
  const words = new Map([
    ['api_spec', 'The document of the API is not kept: import it by itself.'],
    ['unit_test', 'Unit tests are not kept: write tests in the scripts of requests.'],
    ['unit_test_suite', 'Test suites are not kept.'],
    ['grpc_request', 'Requests of gRPC are not kept.'],
    ['socketio_request', 'Requests of Socket.IO are not kept.'],
    ['proto_file', 'Files of Protocol Buffers are not kept.'],
    ['mock_route', 'Routes of a mock server are not kept.'],
  ])
  for (const one of resources) {
    const text = words.get(one.text('_type'))
    const isEmptySpec = one.text('_type') === 'api_spec' && one.text('contents') === ''
    if (text !== undefined && !isEmptySpec)
      problems.add(one.text('name') || one.text('fileName'), one.text('_type'), text)
    if (one.text('_type') === 'cookie_jar' && one.list('cookies').length > 0)
      problems.add('', 'cookies', `${one.list('cookies').length} cookies are not kept.`)
  }
}

interface Tree {
  readonly children: ReadonlyMap<string, Fields[]>
  readonly problems: Problems
}

/** In their order; a stack of our own, and what is its own ancestor is met once. */
function itemsOf(list: readonly Fields[], { children, problems }: Tree): TreeItem[] {
  const top: TreeItem[] = []
  const seen = new Set<string>()
  const waiting: { readonly list: readonly Fields[]; readonly into: TreeItem[] }[] = [{ list, into: top }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const one of inOrder(next.list)) {
      const id = one.text('_id')
      const type = one.text('_type')
      const title = one.text('name') || 'Untitled'
      const report = problems.of(title)
      if (seen.has(id) && id !== '') continue
      seen.add(id)
      if (type === 'request_group') {
        const items: TreeItem[] = []
        next.into.push(folderItem(one, { title, items, report }))
        waiting.push({ list: children.get(id) ?? [], into: items })
      } else if (type === 'request')
        next.into.push({ type: 'request', request: readRequest(one, title, report) })
      else if (type === 'websocket_request')
        next.into.push({
          type: 'request',
          request: readSocket(one, { title, payloads: children.get(id) ?? [], report }),
        })
    }
  return top
}

function inOrder(list: readonly Fields[]): Fields[] {
  return list.toSorted((a, b) => (a.number('metaSortKey') ?? 0) - (b.number('metaSortKey') ?? 0))
}

function folderItem(
  one: Fields,
  { title, items, report }: { title: string; items: TreeItem[]; report: Report },
): TreeItem {
  return {
    type: 'folder',
    folder: newFolder(title, {
      docs: one.text('description'),
      defaults: newDefaults({
        auth: readInsomniaAuth(one.raw('authentication'), report),
        headers: one
          .records('headers')
          .map(pair)
          .filter((known) => known.name !== ''),
        variables: flatValues(one.raw('environment')).map(variable),
        scripts: scripts(one, report),
      }),
    }),
    items,
  }
}

function variable({ name, value, isObject }: { name: string; value: string; isObject: boolean }): Variable {
  return {
    name,
    value,
    type: isObject ? 'object' : 'string',
    isSecret: false,
    isEnabled: true,
    description: '',
  }
}

function pair(one: Fields): Pair {
  return {
    name: one.text('name'),
    value: one.text('value'),
    isEnabled: !one.flag('disabled'),
    description: one.text('description'),
  }
}

function scripts(one: Fields, report: Report) {
  return {
    beforeRequest: ourScript(one.text('preRequestScript'), report),
    afterResponse: '',
    tests: ourScript(one.text('afterResponseScript'), report),
  }
}

function settings(one: Fields): RequestSettings {
  const redirects = one.text('settingFollowRedirects')
  // The defaults of Insomnia are ours: only what is different is said.
  const off = (key: string): boolean | null => (one.has(key) && !one.flag(key, true) ? false : null)
  return {
    ...INHERITED_SETTINGS,
    followsRedirects:
      redirects === 'on' || redirects === 'true'
        ? true
        : redirects === 'off' || redirects === 'false'
          ? false
          : null,
    encodesUrl: off('settingEncodeUrl'),
    sendsCookies: off('settingSendCookies'),
    keepsCookies: off('settingStoreCookies'),
  }
}

function common(one: Fields, report: Report) {
  const { url, parameters } = splitUrl(one.text('url'))
  const listed = one.records('parameters').filter((known) => known.text('name') !== '')
  const path = one
    .records('pathParameters')
    .map((known) => pathParameter(known.text('name'), known.text('value')))
  return {
    docs: one.text('description'),
    url,
    parameters: [
      ...parameters,
      ...listed.map((known) => {
        const { name, value, isEnabled, description } = pair(known)
        return queryParameter(name, value, { isEnabled, description })
      }),
      ...path,
      ...pathNames(url)
        .filter((name) => !path.some((known) => known.name === name))
        .map((name) => pathParameter(name, '')),
    ],
    headers: one
      .records('headers')
      .map(pair)
      .filter((known) => known.name !== ''),
    auth: readInsomniaAuth(one.raw('authentication'), report),
    scripts: scripts(one, report),
    settings: settings(one),
  }
}

function readRequest(one: Fields, title: string, report: Report): ApiRequest {
  const method = one.text('method') || 'GET'
  const shared = common(one, report)
  const body = fieldsOf(one.raw('body'), report)
  const mimeType = body.text('mimeType')
  if (mimeType === 'application/graphql' && /^(GET|POST)$/i.test(method))
    return graphql(one, title, { shared, body, report })
  const read = readBody(body, report)
  const needsType =
    mimeType !== '' &&
    (read.type === 'text' || read.type === 'json' || read.type === 'xml') &&
    essence(mimeType) !== ownMediaType(read) &&
    headerValue(shared.headers, 'content-type') === null
  return newHttpRequest(title, {
    ...shared,
    method,
    headers: needsType ? [...shared.headers, header('Content-Type', mimeType)] : shared.headers,
    body: read,
  })
}

function graphql(
  one: Fields,
  title: string,
  { shared, body, report }: { shared: ReturnType<typeof common>; body: Fields; report: Report },
): ApiRequest {
  const text = body.text('text')
  let value: unknown = null
  try {
    value = JSON.parse(text)
  } catch {
    // The query itself, or JSON with templates in it.
  }
  const fields = fieldsOf(isRecord(value) ? value : { query: text }, report)
  return newGraphqlRequest(title, {
    ...shared,
    method: one.text('method').toUpperCase() === 'GET' ? 'GET' : 'POST',
    query: fields.text('query'),
    graphqlVariables: anyText(fields.raw('variables')),
    operationName: fields.text('operationName'),
  })
}

function readBody(body: Fields, report: Report): Body {
  const mimeType = essence(body.text('mimeType'))
  const params = body.has('params') ? body.records('params') : []
  if (mimeType === 'application/x-www-form-urlencoded')
    return { type: 'form', fields: params.length > 0 ? params.map(pair) : formFields(body.text('text')) }
  if (mimeType === 'multipart/form-data')
    return {
      type: 'multipart',
      fields: params.map((one): MultipartField => {
        const { value, ...shared } = pair(one)
        if (one.text('type') !== 'file') {
          const contentType = one.text('multiline').includes('/') ? one.text('multiline') : null
          return { type: 'text', ...shared, value, contentType }
        }
        return {
          type: 'file',
          ...shared,
          paths: [one.text('fileName')].filter((path) => path !== ''),
          contentType: null,
        }
      }),
    }
  if (body.text('fileName') !== '')
    return { type: 'file', path: body.text('fileName'), contentType: mimeType || null }
  if (params.length > 0 && body.text('text') === '') {
    report('body', 'Its fields have no media type: they are a form now.', 'changed')
    return { type: 'form', fields: params.map(pair) }
  }
  return textBody(body.text('text'), body.text('mimeType'))
}

function readSocket(
  one: Fields,
  { title, payloads, report }: { title: string; payloads: readonly Fields[]; report: Report },
): ApiRequest {
  return newWebSocketRequest(title, {
    ...common(one, report),
    messages: payloads
      .filter((payload) => payload.text('_type') === 'websocket_payload')
      .map((payload): SocketMessage => ({
        title: payload.text('name') || 'Message',
        type: /json/.test(payload.text('mode')) ? 'json' : 'text',
        data: payload.text('value'),
      })),
  })
}

/** The base environment is the collection's variables; those below it are environments. */
function environmentsOf(
  resources: readonly Fields[],
  secrets: ImportedSecret[],
): { collectionVariables: Variable[]; environments: Environment[] } {
  const all = resources.filter((one) => one.text('_type') === 'environment')
  const ids = new Set(all.map((one) => one.text('_id')))
  const workspaces = new Set(
    resources.filter((one) => one.text('_type') === 'workspace').map((one) => one.text('_id')),
  )
  const isBase = (one: Fields): boolean =>
    !ids.has(one.text('parentId')) && workspaces.has(one.text('parentId'))
  const names = new Set<string>()
  const environments = all
    .filter((one) => !isBase(one))
    .map((one): Environment => {
      let name = one.text('name') || 'Environment'
      for (let count = 2; names.has(name); count++) name = `${one.text('name')} ${count}`
      names.add(name)
      return {
        name,
        color: one.text('color'),
        description: '',
        extends: null,
        variables: variablesOf(one, (variableName, value) =>
          secrets.push({ environment: name, name: variableName, value }),
        ),
      }
    })
  return {
    collectionVariables: all
      .filter(isBase)
      .flatMap((one) => variablesOf(one, (name, value) => secrets.push({ environment: null, name, value }))),
    environments,
  }
}

function variablesOf(one: Fields, secret: (name: string, value: string) => void): Variable[] {
  const pairs = one.has('kvPairData') ? one.records('kvPairData') : []
  const special = new Map(pairs.map((known) => [known.text('name'), known]))
  const plain = flatValues(one.raw('data')).map((known) => {
    const kept = variable(known)
    const kind = special.get(known.name)?.text('type') ?? ''
    if (!/secret|password/.test(kind)) return kept
    if (kept.value !== '') secret(kept.name, kept.value)
    return { ...kept, value: '', isSecret: true }
  })
  const known = new Set(plain.map((kept) => kept.name))
  // Those that are switched off stand in the list only.
  return [
    ...plain,
    ...pairs
      .filter(
        (kept) => !kept.flag('enabled', true) && !known.has(kept.text('name')) && kept.text('name') !== '',
      )
      .map((kept) => ({
        ...variable({ name: kept.text('name'), value: kept.text('value'), isObject: false }),
        isEnabled: false,
      })),
  ]
}
