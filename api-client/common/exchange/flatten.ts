// A request with what its folders give it, its {{names}} left as they are: what exports of single requests write.
import type { Collection, Folder } from '#contract/requests/collection.ts'
import type { Body } from '#contract/requests/parts.ts'
import type { ApiRequest, RequestSettings } from '#contract/requests/request.ts'
import type { CodeRequest } from '../code/types.ts'
import { INHERITED_SETTINGS } from '../new-request.ts'
import { effectiveRequest } from '../resolve/effective.ts'
import type { ResolvedBody, ResolvedPart } from '../resolve/types.ts'
import { compactJson } from './loose.ts'
import { ownMediaType } from './media.ts'
import type { Report } from './problems.ts'
import { joinUrl } from './url.ts'

export interface Inherited {
  readonly collection: Collection
  /** From the outermost. */
  readonly folders: readonly Folder[]
}

/** Merged, with names unresolved; `report` is told what such a request cannot hold. */
export function flattened(
  request: ApiRequest,
  { collection, folders }: Inherited,
  report: Report,
): CodeRequest {
  const levels = [collection, ...folders].map(({ name, defaults }) => ({ path: name, name, defaults }))
  const { headers, auth } = effectiveRequest(request, levels)
  return {
    method: request.kind === 'websocket' ? 'GET' : request.method,
    url: addressOf(request, report),
    headers: headers.map(({ header: { name, value } }) => ({ name, value })),
    body: request.kind === 'websocket' ? { type: 'none' } : bodyOf(request, report),
    auth,
    settings: definedSettings([...levels.map(({ defaults }) => defaults.settings), request.settings]),
    proxy: collection.proxy,
    clientCertificates: collection.clientCertificates,
  }
}

function definedSettings(
  levels: readonly RequestSettings[],
): Partial<{ [K in keyof RequestSettings]: NonNullable<RequestSettings[K]> }> {
  const last = <K extends keyof RequestSettings>(key: K): RequestSettings[K] =>
    levels.reduce<RequestSettings[K]>(
      (found, one) => one[key] ?? found,
      levels[0]?.[key] ?? INHERITED_SETTINGS[key],
    )
  const settings = {
    timeoutMs: last('timeoutMs'),
    followsRedirects: last('followsRedirects'),
    maxRedirects: last('maxRedirects'),
    keepsAuthorization: last('keepsAuthorization'),
    encodesUrl: last('encodesUrl'),
    httpVersion: last('httpVersion'),
    verifiesCertificates: last('verifiesCertificates'),
    minTlsVersion: last('minTlsVersion'),
  }
  return {
    ...(settings.timeoutMs === null ? {} : { timeoutMs: settings.timeoutMs }),
    ...(settings.followsRedirects === null ? {} : { followsRedirects: settings.followsRedirects }),
    ...(settings.maxRedirects === null ? {} : { maxRedirects: settings.maxRedirects }),
    ...(settings.keepsAuthorization === null ? {} : { keepsAuthorization: settings.keepsAuthorization }),
    ...(settings.encodesUrl === null ? {} : { encodesUrl: settings.encodesUrl }),
    ...(settings.httpVersion === null ? {} : { httpVersion: settings.httpVersion }),
    ...(settings.verifiesCertificates === null
      ? {}
      : { verifiesCertificates: settings.verifiesCertificates }),
    ...(settings.minTlsVersion === null ? {} : { minTlsVersion: settings.minTlsVersion }),
  }
}

/** With the values of `:name` segments put in, where there are some. */
function addressOf(request: ApiRequest, report: Report): string {
  let url = request.url
  for (const one of request.parameters.filter((parameter) => parameter.place === 'path')) {
    if (one.value === '') {
      if (url.includes(`/:${one.name}`))
        report(`parameter ${one.name}`, 'It has no value: its name stands in the address.', 'note')
      continue
    }
    const name = one.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    url = url.replace(new RegExp(`/:${name}(?=[/?#]|$)`, 'g'), () => `/${one.value}`)
  }
  return joinUrl(url, request.parameters)
}

function bodyOf(request: Exclude<ApiRequest, { kind: 'websocket' }>, report: Report): ResolvedBody {
  if (request.kind === 'graphql') {
    if (request.method === 'GET')
      report('graphql', 'A query that is asked for by GET is written as a body.', 'changed')
    return { type: 'text', text: graphqlText(request), contentType: 'application/json' }
  }
  return resolvedBody(request.body, report)
}

/** What a GraphQL request sends; variables that are no JSON ({{names}}) go in as they are. */
function graphqlText(request: { query: string; graphqlVariables: string; operationName: string }): string {
  const parts = [`"query": ${JSON.stringify(request.query)}`]
  if (request.graphqlVariables.trim() !== '') parts.push(`"variables": ${request.graphqlVariables.trim()}`)
  if (request.operationName !== '') parts.push(`"operationName": ${compactJson(request.operationName)}`)
  return `{${parts.join(', ')}}`
}

export function resolvedBody(body: Body, report: Report): ResolvedBody {
  switch (body.type) {
    case 'none':
      return body
    case 'json':
    case 'text':
    case 'xml':
      return { type: 'text', text: body.text, contentType: ownMediaType(body) }
    case 'form':
      return {
        type: 'form',
        fields: body.fields.filter((one) => one.isEnabled).map(({ name, value }) => ({ name, value })),
      }
    case 'file':
      return body
    case 'multipart':
      return {
        type: 'multipart',
        parts: body.fields
          .filter((one) => one.isEnabled)
          .flatMap((one): ResolvedPart[] => {
            if (one.type === 'text')
              return [{ type: 'text', name: one.name, value: one.value, contentType: one.contentType }]
            if (one.paths.length === 0)
              report('body', `The field “${one.name}” names no file, and is left out.`)
            return one.paths.map((path) => ({
              type: 'file',
              name: one.name,
              path,
              contentType: one.contentType,
            }))
          }),
      }
  }
}
