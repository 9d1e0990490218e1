// A request as it will be sent: inherited parts merged, {{references}} replaced, the address put together.
import { AppError } from '#contract/errors.ts'
import { Auth } from '#contract/requests/auth.ts'
import { ClientCertificate, ProxySettings } from '#contract/requests/collection.ts'
import type { Body } from '#contract/requests/parts.ts'
import type { ApiRequest, GraphqlRequest } from '#contract/requests/request.ts'
import { composeUrl } from './compose-url.ts'
import type { DynamicValues } from './dynamic.ts'
import { effectiveRequest } from './effective.ts'
import { createResolver, type Resolver } from './resolve-text.ts'
import type { InheritedLevel, Lookup } from './scopes.ts'
import type { ResolvedAuth, ResolvedBody, ResolvedPart, ResolvedRequest, ResolvedSettings } from './types.ts'

export interface ResolveInput {
  readonly request: ApiRequest
  /** From the collection down to the parent folder. */
  readonly inherited: readonly InheritedLevel[]
  readonly lookup: Lookup
  readonly dynamic: DynamicValues | null
  readonly processVariable?: (name: string) => string | undefined
  /** The app's; DEFAULT_SETTINGS where not given. */
  readonly settings?: ResolvedSettings
  readonly proxy?: ProxySettings
  readonly clientCertificates?: readonly ClientCertificate[]
  readonly directory: string | null
}

/** The request as it will be sent. Throws INVALID_INPUT (no address, GraphQL variables that are no JSON) and TOO_LARGE, with what to do. */
export function resolveRequest(input: ResolveInput): ResolvedRequest {
  const { request, inherited, lookup, directory } = input
  const effective = effectiveRequest(request, inherited, input.settings)
  const { processVariable } = input
  const resolver = createResolver({
    lookup,
    dynamic: input.dynamic,
    ...(processVariable === undefined ? {} : { processVariable }),
  })
  const headers = effective.headers.map(({ header }) => ({
    name: resolver.text(header.name).trim(),
    value: resolver.text(header.value),
  }))
  const hasContentType = headers.some(({ name }) => name.toLowerCase() === 'content-type')
  const body = request.kind === 'websocket' ? { type: 'none' as const } : resolveBody(request, resolver)
  const { url, userinfo } = composeUrl({
    url: request.url,
    parameters: [...request.parameters, ...graphqlParameters(request, resolver)],
    resolver,
    encodes: effective.settings.encodesUrl,
    isSocket: request.kind === 'websocket',
  })
  const auth = resolveAuth(effective.auth, resolver)
  const isAuthorised =
    auth.type !== 'none' || headers.some(({ name }) => name.toLowerCase() === 'authorization')
  return {
    method: request.kind === 'websocket' ? 'GET' : resolver.text(request.method).trim(),
    url,
    headers,
    body: hasContentType && body.type === 'text' ? { ...body, contentType: null } : body,
    auth: userinfo !== null && !isAuthorised ? { type: 'basic', ...userinfo } : auth,
    settings: effective.settings,
    proxy: ProxySettings.parse(mapTexts(input.proxy ?? { mode: 'inherit' }, resolver.text)),
    clientCertificates: (input.clientCertificates ?? [])
      .filter((certificate) => certificate.isEnabled)
      .map((certificate) => ClientCertificate.parse(mapTexts(certificate, resolver.text))),
    directory,
    secrets: [...new Set([...lookup.secrets(), ...resolver.processValues()])],
    unresolved: resolver.unresolved(),
  }
}

function resolveBody(request: Exclude<ApiRequest, { kind: 'websocket' }>, resolver: Resolver): ResolvedBody {
  if (request.kind === 'http') return resolveHttpBody(request.body, resolver)
  if (request.method === 'GET') return { type: 'none' }
  const variables = graphqlVariables(request, resolver)
  const members = [
    `"query":${JSON.stringify(resolver.text(request.query))}`,
    ...(variables === '' ? [] : [`"variables":${variables}`]),
    ...(request.operationName === ''
      ? []
      : [`"operationName":${JSON.stringify(resolver.text(request.operationName))}`]),
  ]
  return { type: 'text', text: `{${members.join(',')}}`, contentType: 'application/json' }
}

function graphqlParameters(request: ApiRequest, resolver: Resolver) {
  if (request.kind !== 'graphql' || request.method !== 'GET') return []
  // Already resolved: what the values hold must not be resolved again with the address.
  const parameter = (name: string, value: string) => ({
    name,
    value: value.replaceAll('{{', '\\{{'),
    isEnabled: value !== '',
    description: '',
    place: 'query' as const,
  })
  return [
    parameter('query', resolver.text(request.query)),
    parameter('variables', graphqlVariables(request, resolver)),
    parameter('operationName', resolver.text(request.operationName)),
  ]
}

/** As text: numbers keep their digits. */
function graphqlVariables(request: GraphqlRequest, resolver: Resolver): string {
  const text = resolver.json(request.graphqlVariables).trim()
  if (text === '') return ''
  try {
    JSON.parse(text)
  } catch (error) {
    throw new AppError(
      'INVALID_INPUT',
      `The GraphQL variables are no valid JSON: ${error instanceof Error ? error.message : ''}`,
      { hint: 'Write them as {"name": "value"}.', cause: error },
    )
  }
  return text
}

const CONTENT_TYPES = { json: 'application/json', text: 'text/plain', xml: 'application/xml' } as const

function resolveHttpBody(body: Body, resolver: Resolver): ResolvedBody {
  switch (body.type) {
    case 'none':
      return body
    case 'json':
    case 'text':
    case 'xml':
      return {
        type: 'text',
        text: body.type === 'json' ? resolver.json(body.text) : resolver.text(body.text),
        contentType: CONTENT_TYPES[body.type],
      }
    case 'form':
      return {
        type: 'form',
        fields: body.fields
          .filter((field) => field.isEnabled && field.name !== '')
          .map((field) => ({ name: resolver.text(field.name), value: resolver.text(field.value) })),
      }
    case 'multipart':
      return {
        type: 'multipart',
        parts: body.fields
          .filter((field) => field.isEnabled && field.name !== '')
          .flatMap((field): ResolvedPart[] => {
            const name = resolver.text(field.name)
            const contentType = field.contentType === null ? null : resolver.text(field.contentType)
            if (field.type === 'text')
              return [{ type: 'text', name, value: resolver.text(field.value), contentType }]
            return field.paths.map((path) => ({ type: 'file', name, path: resolver.text(path), contentType }))
          }),
      }
    case 'file':
      return {
        type: 'file',
        path: resolver.text(body.path),
        contentType: body.contentType === null ? null : resolver.text(body.contentType),
      }
  }
}

function resolveAuth(auth: ResolvedAuth, resolver: Resolver): ResolvedAuth {
  const parsed = Auth.parse(
    mapTexts(auth, (text, key) =>
      (auth.type === 'jwt' && (key === 'payload' || key === 'header')) ||
      (auth.type === 'project' && key === 'claims')
        ? resolver.json(text)
        : resolver.text(text),
    ),
  )
  return parsed.type === 'inherit' ? { type: 'none' } : parsed
}

/** The value with each text in it replaced; its type is checked again by who calls. */
function mapTexts(value: unknown, replace: (text: string, key: string) => string, key = ''): unknown {
  if (typeof value === 'string') return replace(value, key)
  if (Array.isArray(value)) return value.map((one: unknown) => mapTexts(one, replace, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, replace, name)]))
}
