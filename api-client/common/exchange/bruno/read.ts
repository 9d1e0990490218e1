// Bruno's JSON: exports, and what `.bru` files are turned into.
import type { Auth } from '#contract/requests/auth.ts'
import type { Environment, RequestDefaults } from '#contract/requests/collection.ts'
import {
  AssertionOperator,
  type Assertion,
  type Body,
  type MultipartField,
  type Pair,
  type Scripts,
  VariableType,
  type Variable,
} from '#contract/requests/parts.ts'
import type { ApiRequest, Example, RequestSettings, SocketMessage } from '#contract/requests/request.ts'
import {
  INHERITED_SETTINGS,
  newDefaults,
  newGraphqlRequest,
  newHttpRequest,
  newWebSocketRequest,
} from '../../new-request.ts'
import { anyText, fieldsOf, type Fields } from '../loose.ts'
import { essence, exampleBody, header, headerValue } from '../media.ts'
import { SILENT, type Report } from '../problems.ts'
import { reportScript } from '../script-needs.ts'
import type { ImportedSecret } from '../types.ts'
import { pathNames, pathParameter, queryParameter, splitUrl } from '../url.ts'
import { readBrunoAuth } from './auth.ts'

/** A request; null for one of a kind that we have not, which is reported. */
export function readBrunoRequest(item: Fields, name: string, report: Report): ApiRequest | null {
  const request = item.record('request')
  const kind = item.text('type').replace(/-request$/, '')
  if (kind === 'grpc' || kind === 'js') {
    report(kind, kind === 'js' ? 'Files of scripts are not kept.' : 'Requests of gRPC are not kept.')
    return null
  }
  const body = request.record('body')
  const { url, parameters } = splitUrl(request.text('url'))
  const listed = request.records('params')
  const query = listed
    .filter((one) => one.text('type') !== 'path')
    .map((one) => queryParameter(one.text('name'), one.text('value'), flags(one)))
  const path = listed
    .filter((one) => one.text('type') === 'path')
    .map((one) => pathParameter(one.text('name'), one.text('value'), flags(one)))
  const sequence = item.number('seq')
  const shared = {
    sequence,
    tags: item.list('tags').map(String),
    docs: request.text('docs'),
    url,
    parameters: [
      ...(query.length > 0 ? query : parameters),
      ...path,
      ...pathNames(url)
        .filter((one) => !path.some((known) => known.name === one))
        .map((one) => pathParameter(one, '')),
    ],
    headers: request.records('headers').map(pair),
    auth: readBrunoAuth(request.raw('auth'), { type: 'none' }, report),
    variables: variables(request.record('vars').records('req')),
    scripts: scripts(request, report),
    settings: settings(item.record('settings'), report),
  }
  const assertions = request.records('assertions').map((one) => assertion(one, report))
  if (kind === 'ws') {
    if (assertions.length > 0) report('assertions', 'Those of a WebSocket are not kept.')
    const listedMessages = Array.isArray(body.raw('ws')) ? body.records('ws') : []
    return newWebSocketRequest(name, { ...shared, messages: listedMessages.map(message) })
  }
  const method = (request.text('method') || 'GET').toUpperCase()
  const mode = body.text('mode')
  if ((kind === 'graphql' || mode === 'graphql') && (method === 'GET' || method === 'POST')) {
    const graphql = body.record('graphql')
    if (item.list('examples').length > 0) report('examples', 'Those of a GraphQL request are not kept.')
    return newGraphqlRequest(name, {
      ...shared,
      method,
      query: graphql.text('query'),
      graphqlVariables: graphql.text('variables'),
      assertions,
    })
  }
  const read = readBody(body, report)
  return newHttpRequest(name, {
    ...shared,
    headers:
      read.contentType === null || headerValue(shared.headers, 'content-type') !== null
        ? shared.headers
        : [...shared.headers, header('Content-Type', read.contentType)],
    method,
    body: read.body,
    assertions,
    examples: item.records('examples').map((one) => example(one)),
  })
}

/** What a folder or a collection gives to what is in it: the `root` of Bruno. */
export function readBrunoDefaults(root: Fields, absent: Auth, report: Report): RequestDefaults {
  const request = root.record('request')
  return newDefaults({
    headers: request.records('headers').map(pair),
    auth: readBrunoAuth(request.raw('auth'), absent, report),
    variables: variables(request.record('vars').records('req')),
    scripts: scripts(request, report),
  })
}

function flags(one: Fields): { isEnabled: boolean; description: string } {
  return {
    isEnabled: one.flag('enabled', true),
    description: one.has('description') ? anyText(one.raw('description')) : '',
  }
}

function pair(one: Fields): Pair {
  return { name: one.text('name'), value: one.text('value'), ...flags(one) }
}

function variables(list: readonly Fields[]): Variable[] {
  return list.map((one) => {
    const type = VariableType.safeParse(one.text('datatype') || 'string')
    return { ...pair(one), type: type.success ? type.data : 'string', isSecret: false }
  })
}

/** Variables that are taken from the response are lines of the script after it. */
function scripts(request: Fields, report: Report): Scripts {
  const script = request.record('script')
  const taken: string[] = []
  for (const one of request.record('vars').records('res')) {
    if (one.flag('enabled', true))
      taken.push(
        `bru.setVar(${JSON.stringify(one.text('name'))}, ${one.text('value').replace(/^\$res\b/, 'res')})`,
      )
    else
      report(
        `variable ${one.text('name')}`,
        'One that is taken from the response and switched off is not kept.',
      )
  }
  if (taken.length > 0)
    report('vars:post-response', 'They are lines of the script after the response.', 'changed')
  for (const text of [script.text('req'), script.text('res'), request.text('tests')])
    reportScript(text, report)
  return {
    beforeRequest: script.text('req'),
    afterResponse: [...taken, script.text('res')].filter((text) => text !== '').join('\n'),
    tests: request.text('tests'),
  }
}

function settings(given: Fields, report: Report): RequestSettings {
  const flag = (key: string): boolean | null =>
    given.has(key) && given.text(key) !== 'inherit' ? given.flag(key) : null
  const number = (key: string): number | null =>
    given.has(key) && /^\d+$/.test(given.text(key)) ? Number(given.text(key)) : null
  for (const key of given.keys())
    if (!['encodeUrl', 'timeout', 'followRedirects', 'maxRedirects', 'keepAliveInterval'].includes(key))
      report(`setting ${key}`, 'There is no such setting here.')
  return {
    ...INHERITED_SETTINGS,
    encodesUrl: flag('encodeUrl'),
    followsRedirects: flag('followRedirects'),
    timeoutMs: number('timeout'),
    maxRedirects: number('maxRedirects'),
  }
}

function assertion(one: Fields, report: Report): Assertion {
  const text = one.text('value').trim()
  const at = text.search(/\s/)
  const word = at < 0 ? text : text.slice(0, at)
  const operator = AssertionOperator.safeParse(word)
  const shared = { expression: one.text('name').replace(/^\$res\b/, 'res'), ...flags(one) }
  if (operator.success)
    return { ...shared, operator: operator.data, value: at < 0 ? '' : text.slice(at + 1).trim() }
  // Without a word it is compared.
  if (/^[a-z]+[A-Z]\w*$/.test(word))
    report(`assertion ${word}`, 'The operator is not known: it is compared.', 'changed')
  return { ...shared, operator: 'eq', value: text }
}

function readBody(body: Fields, report: Report): { body: Body; contentType: string | null } {
  const plain = (found: Body): { body: Body; contentType: string | null } => ({
    body: found,
    contentType: null,
  })
  const mode = body.text('mode')
  switch (mode) {
    case '':
    case 'none':
      return plain({ type: 'none' })
    case 'json':
    case 'text':
    case 'xml':
      return plain({ type: mode, text: body.text(mode) })
    case 'sparql':
      return { body: { type: 'text', text: body.text('sparql') }, contentType: 'application/sparql-query' }
    case 'formUrlEncoded':
    case 'form-urlencoded':
      return plain({ type: 'form', fields: body.records('formUrlEncoded').map(pair) })
    case 'multipartForm':
    case 'multipart-form':
      return plain({ type: 'multipart', fields: body.records('multipartForm').map(multipartField) })
    case 'file': {
      const files = body.records('file')
      const chosen = files.find((one) => one.flag('selected')) ?? files[0]
      if (files.length > 1) report('body', 'Of several files the chosen one is kept.')
      return plain({
        type: 'file',
        path: chosen?.text('filePath') ?? '',
        contentType: chosen?.text('contentType') || null,
      })
    }
    case 'graphql': {
      const graphql = body.record('graphql')
      return plain({
        type: 'json',
        text: JSON.stringify({ query: graphql.text('query'), variables: graphql.text('variables') }),
      })
    }
    default:
      report('body', `There is no body of kind “${mode}” here.`)
      return plain({ type: 'none' })
  }
}

function multipartField(one: Fields): MultipartField {
  const { name, isEnabled, description } = { ...pair(fieldsOf({ ...one.value, value: '' }, SILENT)) }
  const shared = { name, isEnabled, description, contentType: one.text('contentType') || null }
  if (one.text('type') !== 'file') return { type: 'text', ...shared, value: one.text('value') }
  const value = one.raw('value')
  const paths = Array.isArray(value) ? value.map(anyText) : [one.text('value')]
  return { type: 'file', ...shared, paths: paths.filter((path) => path !== '') }
}

function message(one: Fields): SocketMessage {
  const type = one.text('type')
  return {
    title: one.text('name') || one.text('title') || 'Message',
    type: type === 'json' || type === 'xml' ? type : 'text',
    data: one.text('content') || one.text('data'),
  }
}

function example(one: Fields): Example {
  const request = one.record('request')
  const response = one.record('response')
  const headers = response
    .records('headers')
    .map(({ text }) => ({ name: text('name'), value: text('value') }))
  const status = Number(response.text('status'))
  const body = response.record('body')
  const named = { json: 'application/json', xml: 'application/xml', html: 'text/html' }[body.text('type')]
  const mediaType = named ?? headerValue(headers, 'content-type') ?? ''
  return {
    name: one.text('name') || 'Example',
    description: one.text('description'),
    request: {
      method: request.text('method') || 'GET',
      url: request.text('url'),
      headers: request.records('headers').map(pair),
      body: readBody(request.record('body'), SILENT).body,
    },
    response: {
      status: Number.isInteger(status) && status >= 100 && status <= 599 ? status : 200,
      statusText: response.text('statusText'),
      headers,
      body:
        body.text('type') === 'binary'
          ? { type: 'binary', text: body.text('content') }
          : exampleBody(body.text('content'), essence(mediaType)),
    },
  }
}

/** `{ name, variables }`; values of secrets go to `secrets`. */
export function readBrunoEnvironment(one: Fields, secrets: ImportedSecret[]): Environment {
  const name = one.text('name') || 'Imported'
  return {
    name,
    color: one.text('color'),
    description: '',
    extends: null,
    variables: one.records('variables').map((variable) => {
      const isSecret = variable.flag('secret')
      const value = variable.text('value')
      if (isSecret && value !== '') secrets.push({ environment: name, name: variable.text('name'), value })
      return { ...pair(variable), value: isSecret ? '' : value, type: 'string', isSecret }
    }),
  }
}
