// The request as scripts see it, and what becomes of the request when they change it.
import { joinUrl, splitUrl } from '#api-client/common/exchange/url.ts'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { pairKey } from '#api-client/common/resolve/compose-url.ts'
import { effectiveRequest } from '#api-client/common/resolve/effective.ts'
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { Body, Pair } from '#contract/requests/parts.ts'
import type { GraphqlRequest, HttpRequest } from '#contract/requests/request.ts'
import type { ScriptBody, ScriptRequest, ScriptSend } from '../sandbox/types.ts'

export type SendableRequest = HttpRequest | GraphqlRequest

/** Before sending: references stand as they were written, what is inherited is there. */
export function scriptRequestOf(
  request: SendableRequest,
  inherited: readonly InheritedLevel[],
): ScriptRequest {
  // A pair that stands in the address and in the table is one.
  const own = new Set(splitUrl(request.url).parameters.map(pairKey))
  const added = request.parameters.filter((one) => !own.has(pairKey(one)))
  return {
    name: request.name,
    method: request.method,
    url: joinUrl(request.url, added),
    headers: effectiveRequest(request, inherited).headers.map(({ header: { name, value } }) => ({
      name,
      value,
    })),
    body: request.kind === 'graphql' ? graphqlBody(request) : bodyForScript(request.body),
  }
}

/** After sending: everything is resolved. */
export function scriptRequestOfResolved(name: string, request: ResolvedRequest): ScriptRequest {
  const { body } = request
  return {
    name,
    method: request.method,
    url: request.url,
    headers: request.headers.map(({ name: header, value }) => ({ name: header, value })),
    body:
      body.type === 'text'
        ? { type: 'text', text: body.text, language: languageOf(body.contentType) }
        : body.type === 'form'
          ? { type: 'form', fields: body.fields.map(({ name: field, value }) => ({ name: field, value })) }
          : body.type === 'multipart'
            ? {
                type: 'multipart',
                fields: body.parts.map((part) => ({
                  name: part.name,
                  value: part.type === 'text' ? part.value : part.path,
                })),
              }
            : body.type === 'file'
              ? { type: 'file', path: body.path }
              : { type: 'none' },
  }
}

/** The request as a script left it, and the levels without what it took over from them. Parts that it did not touch stay as they were. */
export function withScriptChanges(
  request: SendableRequest,
  inherited: readonly InheritedLevel[],
  before: ScriptRequest,
  after: ScriptRequest,
): { readonly request: SendableRequest; readonly inherited: readonly InheritedLevel[] } {
  const differs = (part: keyof ScriptRequest) => JSON.stringify(before[part]) !== JSON.stringify(after[part])
  const headersChanged = differs('headers')
  const common = {
    ...(differs('url')
      ? { url: after.url, parameters: request.parameters.filter((one) => one.place === 'path') }
      : {}),
    ...(headersChanged ? { headers: after.headers.map(pair) } : {}),
  }
  const levels = headersChanged
    ? inherited.map((level) => ({ ...level, defaults: { ...level.defaults, headers: [] } }))
    : inherited
  if (request.kind === 'graphql') {
    if (!differs('body') && !differs('method'))
      return { request: { ...request, ...common }, inherited: levels }
    // A script that writes the body itself sends plain HTTP.
    const { kind: _, query: __, graphqlVariables: ___, operationName: ____, ...shared } = request
    return {
      request: {
        ...newHttpRequest(request.name),
        ...shared,
        ...common,
        method: after.method,
        body: bodyFromScript(after.body),
      },
      inherited: levels,
    }
  }
  const body = differs('body') ? changedBody(request.body, after.body) : request.body
  return { request: { ...request, ...common, method: after.method, body }, inherited: levels }
}

/** A request that a script sends of its own. */
export function requestOfScript({ method, url, headers, body }: ScriptSend): HttpRequest {
  return newHttpRequest('pm.sendRequest', {
    method: method.toUpperCase(),
    url,
    headers: headers.map(pair),
    auth: { type: 'none' },
    body: bodyFromScript(body),
  })
}

function pair({ name, value }: HeaderPair): Pair {
  return { name, value, isEnabled: true, description: '' }
}

function bodyForScript(body: Body): ScriptBody {
  switch (body.type) {
    case 'none':
      return body
    case 'json':
    case 'text':
    case 'xml':
      return { type: 'text', text: body.text, language: body.type }
    case 'form':
      return {
        type: 'form',
        fields: body.fields.filter((one) => one.isEnabled).map(({ name, value }) => ({ name, value })),
      }
    case 'multipart':
      return {
        type: 'multipart',
        fields: body.fields
          .filter((one) => one.isEnabled)
          .map((one) => ({ name: one.name, value: one.type === 'text' ? one.value : one.paths.join(', ') })),
      }
    case 'file':
      return { type: 'file', path: body.path }
  }
}

function graphqlBody({ query, graphqlVariables, operationName }: GraphqlRequest): ScriptBody {
  const variables = graphqlVariables.trim()
  const text = `{"query":${JSON.stringify(query)}${variables === '' ? '' : `,"variables":${variables}`}${
    operationName === '' ? '' : `,"operationName":${JSON.stringify(operationName)}`
  }}`
  return { type: 'text', text, language: 'json' }
}

/** Files of a multipart body stay what they were: a script has only seen their names. */
function changedBody(before: Body, after: ScriptBody): Body {
  if (before.type !== 'multipart' || after.type !== 'multipart') return bodyFromScript(after, before)
  const files = before.fields.filter((one) => one.type === 'file')
  return {
    type: 'multipart',
    fields: after.fields.map(
      ({ name, value }) =>
        files.find((file) => file.name === name && file.paths.join(', ') === value) ?? {
          type: 'text',
          ...pair({ name, value }),
          contentType: null,
        },
    ),
  }
}

function bodyFromScript(body: ScriptBody, before: Body = { type: 'none' }): Body {
  switch (body.type) {
    case 'none':
      return body
    case 'text':
      return { type: textType(body.language, before), text: body.text }
    case 'form':
      return { type: 'form', fields: body.fields.map(pair) }
    case 'multipart':
      return {
        type: 'multipart',
        fields: body.fields.map((field) => ({ type: 'text', ...pair(field), contentType: null })),
      }
    case 'file':
      return before.type === 'file' ? before : { type: 'none' }
  }
}

function textType(language: string, before: Body): 'json' | 'xml' | 'text' {
  if (language === 'json' || language === 'xml') return language
  return before.type === 'json' || before.type === 'xml' ? before.type : 'text'
}

function languageOf(contentType: string | null): string {
  if (contentType === null) return 'text'
  return contentType.includes('json') ? 'json' : contentType.includes('xml') ? 'xml' : 'text'
}
