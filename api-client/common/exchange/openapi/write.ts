// OpenAPI 3.1: a path per address, an operation per method, schemas as the bodies show them.
import type { Auth } from '#contract/requests/auth.ts'
import type { Folder } from '#contract/requests/collection.ts'
import type { Body, Pair } from '#contract/requests/parts.ts'
import type { Example, HttpRequest } from '#contract/requests/request.ts'
import { requestsOf, type CollectionTree } from '../../collection-tree.ts'
import { jsonText } from '../loose.ts'
import { essence, headerValue, ownMediaType } from '../media.ts'
import type { Problems, Report } from '../problems.ts'
import { schemaOf, merged } from './infer.ts'

const METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])

export function writeOpenApi(tree: CollectionTree, problems: Problems): string {
  const paths = new Map<string, Map<string, object>>()
  const servers = new Map<string, object>()
  const schemes = new Map<string, object>()
  const tags = new Map<string, string>()
  const ids = new Set<string>()
  for (const { request, folders } of requestsOf(tree.items)) {
    const report = problems.of(request.name)
    if (request.kind !== 'http') {
      report(request.kind, 'OpenAPI describes requests of HTTP only: it is left out.')
      continue
    }
    const { server, path, names } = pathOf(request)
    const method = request.method.toUpperCase()
    if (!METHODS.has(method)) {
      report('method', `OpenAPI has no method ${request.method}: it is left out.`)
      continue
    }
    const operations = paths.get(path) ?? new Map<string, object>()
    if (operations.has(method.toLowerCase())) {
      report('operation', `There is another request ${method} ${path}: the first is kept.`)
      continue
    }
    reportLost(request, report)
    const folder = folders.at(-1)
    if (folder !== undefined) tags.set(folder.name, folder.docs)
    if (server !== '') servers.set(server, serverOf(server, tree))
    const auth = authOf(request, folders, tree)
    const scheme = schemeOf(auth, report)
    if (scheme !== null) schemes.set(scheme.name, scheme.scheme)
    operations.set(method.toLowerCase(), {
      operationId: operationId(request.name, ids),
      summary: request.name,
      ...(request.docs === '' ? {} : { description: request.docs }),
      ...(folder === undefined ? {} : { tags: [folder.name] }),
      ...(request.tags.includes('deprecated') ? { deprecated: true } : {}),
      parameters: parametersOf(request, names),
      ...bodyOf(request, report),
      responses: responsesOf(request),
      ...(scheme === null ? { security: [] } : { security: [{ [scheme.name]: [] }] }),
    })
    paths.set(path, operations)
  }
  const { collection } = tree
  return jsonText({
    openapi: '3.1.0',
    info: {
      title: collection.name,
      version: collection.version || '1.0.0',
      ...(collection.docs === '' ? {} : { description: collection.docs }),
    },
    ...(servers.size === 0 ? {} : { servers: [...servers.values()] }),
    ...(tags.size === 0
      ? {}
      : {
          tags: [...tags].map(([name, description]) => ({
            name,
            ...(description === '' ? {} : { description }),
          })),
        }),
    paths: Object.fromEntries([...paths].map(([path, operations]) => [path, Object.fromEntries(operations)])),
    ...(schemes.size === 0 ? {} : { components: { securitySchemes: Object.fromEntries(schemes) } }),
  })
}

function reportLost(request: HttpRequest, report: Report): void {
  if (Object.values(request.scripts).some((one) => one !== '')) report('scripts', 'OpenAPI has no scripts.')
  if (request.assertions.length > 0) report('assertions', 'OpenAPI has no assertions.')
  if (request.variables.length > 0) report('variables', 'OpenAPI has variables of servers only.')
  if (Object.values(request.settings).some((one) => one !== null))
    report('settings', 'OpenAPI has no settings.')
}

/** `{{baseUrl}}/film/:id` as a server and `/film/{id}`. */
function pathOf(request: HttpRequest): { server: string; path: string; names: string[] } {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/]*|\{\{[^{}]*\}\})?(.*)$/i.exec(
    request.url.replace(/[?#].*$/, ''),
  )
  const names: string[] = []
  const path = (match?.[2] ?? '')
    .split('/')
    .map((segment) => {
      const name = /^:([^{}]+)$/.exec(segment)?.[1]
      if (name === undefined)
        return segment.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_all, variable: string) => {
          const plain = variable.replace(/[^\w-]+/g, '_')
          names.push(plain)
          return `{${plain}}`
        })
      names.push(name)
      return `{${name}}`
    })
    .join('/')
  return {
    server: match?.[1] ?? '',
    path: path.startsWith('/') ? path : `/${path}`,
    names: [...new Set(names)],
  }
}

/** With the value of its variable, where the collection or an environment has one. */
function serverOf(server: string, { collection, environments }: CollectionTree): object {
  const variables = [...collection.defaults.variables, ...environments.flatMap((one) => one.variables)]
  const value = (name: string): string =>
    variables.find((one) => one.name === name && one.value !== '')?.value ?? ''
  const whole = /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(server)?.[1]
  const text = whole === undefined ? server : value(whole) || server
  const names = [...text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map((match) => match[1] ?? '')
  return {
    url: text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, '{$1}'),
    ...(names.length === 0
      ? {}
      : { variables: Object.fromEntries(names.map((name) => [name, { default: value(name) }])) }),
  }
}

function operationId(name: string, ids: Set<string>): string {
  const words = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
  const base =
    words
      .map((word, index) =>
        index === 0 ? word.toLowerCase() : word.slice(0, 1).toUpperCase() + word.slice(1),
      )
      .join('') || 'operation'
  let id = base
  for (let count = 2; ids.has(id); count++) id = `${base}${count}`
  ids.add(id)
  return id
}

function parametersOf(request: HttpRequest, names: readonly string[]): object[] {
  const described = (one: Pair): object => ({
    ...(one.description === '' ? {} : { description: one.description }),
    schema: { type: 'string' },
    ...(one.value === '' ? {} : { example: one.value }),
  })
  const query = new Map<string, Pair[]>()
  for (const one of request.parameters.filter(
    (parameter) => parameter.place === 'query' && parameter.name !== '',
  ))
    query.set(one.name, [...(query.get(one.name) ?? []), one])
  const headers = new Map(
    request.headers
      .filter((one) => one.name !== '' && !/^(accept|content-type|authorization|cookie)$/i.test(one.name))
      .map((one) => [one.name.toLowerCase(), one]),
  )
  return [
    ...names.map((name) => {
      const found = request.parameters.find((one) => one.place === 'path' && one.name === name)
      return {
        name,
        in: 'path',
        required: true,
        ...(found === undefined ? { schema: { type: 'string' } } : described(found)),
      }
    }),
    ...[...query].map(([name, pairs]) => {
      const [first] = pairs
      return pairs.length > 1 || first === undefined
        ? {
            name,
            in: 'query',
            schema: { type: 'array', items: { type: 'string' } },
            example: pairs.map((one) => one.value),
          }
        : { name, in: 'query', required: false, ...described(first) }
    }),
    ...[...headers.values()].map((one) => ({
      name: one.name,
      in: 'header',
      required: false,
      ...described(one),
    })),
  ]
}

function bodyOf(request: HttpRequest, report: Report): object {
  const { body } = request
  if (body.type === 'none') return {}
  const type = essence(
    headerValue(request.headers, 'content-type') ?? ownMediaType(body) ?? 'application/octet-stream',
  )
  return { requestBody: { content: { [type || 'application/octet-stream']: contentOf(body, report) } } }
}

function contentOf(body: Exclude<Body, { type: 'none' }>, report: Report): object {
  switch (body.type) {
    case 'json':
      return jsonContent(body.text, report)
    case 'text':
    case 'xml':
      return { schema: { type: 'string' }, example: body.text }
    case 'file':
      return { schema: { type: 'string', format: 'binary' } }
    case 'form':
      return {
        schema: {
          type: 'object',
          properties: Object.fromEntries(body.fields.map((one) => [one.name, property(one)])),
        },
        example: Object.fromEntries(body.fields.map((one) => [one.name, one.value])),
      }
    case 'multipart':
      return {
        schema: {
          type: 'object',
          properties: Object.fromEntries(
            body.fields.map((one) => [
              one.name,
              one.type === 'file' ? { type: 'string', format: 'binary' } : property(one),
            ]),
          ),
        },
      }
  }
}

function property(one: { description: string }): object {
  return { type: 'string', ...(one.description === '' ? {} : { description: one.description }) }
}

function jsonContent(text: string, report: Report): object {
  try {
    const value: unknown = JSON.parse(text)
    return { schema: schemaOf(value), example: value }
  } catch {
    report('body', 'It is no JSON before its {{names}} have values: the example is text.', 'changed')
    return { schema: {}, example: text }
  }
}

function responsesOf(request: HttpRequest): object {
  const byStatus = new Map<string, Example[]>()
  for (const one of request.examples)
    byStatus.set(String(one.response.status), [...(byStatus.get(String(one.response.status)) ?? []), one])
  if (byStatus.size === 0) return { default: { description: 'Any response.' } }
  return Object.fromEntries([...byStatus].map(([status, examples]) => [status, responseOf(examples)]))
}

function responseOf(examples: readonly Example[]): object {
  const [first] = examples
  const byType = new Map<string, Example[]>()
  for (const one of examples) {
    const { type } = one.response.body
    const own = {
      json: 'application/json',
      xml: 'application/xml',
      html: 'text/html',
      text: 'text/plain',
      binary: 'application/octet-stream',
    }[type]
    const mediaType = essence(headerValue(one.response.headers, 'content-type') ?? '') || own
    if (one.response.body.text !== '') byType.set(mediaType, [...(byType.get(mediaType) ?? []), one])
  }
  const headers = first?.response.headers.filter((one) => one.name.toLowerCase() !== 'content-type') ?? []
  return {
    description: first?.description || first?.name || 'A response.',
    ...(headers.length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            headers.map((one) => [one.name, { schema: { type: 'string' }, example: one.value }]),
          ),
        }),
    ...(byType.size === 0
      ? {}
      : { content: Object.fromEntries([...byType].map(([type, list]) => [type, mediaOf(list)])) }),
  }
}

function mediaOf(examples: readonly Example[]): object {
  const values = examples.map((one, index): [string, unknown] => {
    const name = one.name.replace(/[^\w.-]+/g, '_') || `example_${index + 1}`
    try {
      return [
        name,
        one.response.body.type === 'json' ? JSON.parse(one.response.body.text) : one.response.body.text,
      ]
    } catch {
      return [name, one.response.body.text]
    }
  })
  return {
    schema: values.map(([, value]) => schemaOf(value)).reduce(merged),
    examples: Object.fromEntries(
      values.map(([name, value], index) => [name, { summary: examples[index]?.name ?? name, value }]),
    ),
  }
}

function authOf(request: HttpRequest, folders: readonly Folder[], tree: CollectionTree): Auth {
  const auths = [
    request.auth,
    ...folders.toReversed().map((one) => one.defaults.auth),
    tree.collection.defaults.auth,
  ]
  return auths.find((one) => one.type !== 'inherit') ?? { type: 'none' }
}

function schemeOf(auth: Auth, report: Report): { name: string; scheme: object } | null {
  switch (auth.type) {
    case 'none':
    case 'inherit':
      return null
    case 'basic':
      return { name: 'basic', scheme: { type: 'http', scheme: 'basic' } }
    case 'digest':
      return { name: 'digest', scheme: { type: 'http', scheme: 'digest' } }
    case 'bearer':
    case 'jwt':
    case 'project':
      return { name: 'bearer', scheme: { type: 'http', scheme: 'bearer' } }
    case 'apiKey':
      return {
        name: `key_${auth.key.replace(/[^\w.-]+/g, '_')}`,
        scheme: { type: 'apiKey', name: auth.key || 'key', in: auth.placement },
      }
    case 'oauth2':
      return { name: 'oauth2', scheme: oauth2Scheme(auth) }
    case 'awsV4':
    case 'unsupported':
      report(`auth ${auth.type}`, 'OpenAPI has no word for it.')
      return null
  }
}

function oauth2Scheme(auth: Extract<Auth, { type: 'oauth2' }>): object {
  const scopes = Object.fromEntries(
    auth.scope
      .split(/\s+/)
      .filter((one) => one !== '' && !one.includes('{{'))
      .map((one) => [one, '']),
  )
  const authorizationUrl = auth.authorizationUrl || 'https://example.com'
  const tokenUrl = auth.accessTokenUrl || 'https://example.com'
  const refresh = auth.refreshTokenUrl === '' ? {} : { refreshUrl: auth.refreshTokenUrl }
  const flow = {
    authorization_code: { authorizationCode: { authorizationUrl, tokenUrl, ...refresh, scopes } },
    client_credentials: { clientCredentials: { tokenUrl, ...refresh, scopes } },
    password: { password: { tokenUrl, ...refresh, scopes } },
    implicit: { implicit: { authorizationUrl, ...refresh, scopes } },
  }[auth.flow]
  return { type: 'oauth2', flows: flow }
}
