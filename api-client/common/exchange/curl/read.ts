// cURL command lines.
import type { ClientCertificate, Collection, ProxySettings } from '#contract/requests/collection.ts'
import type { Body, Pair, Variable } from '#contract/requests/parts.ts'
import type { HttpRequest, RequestSettings } from '#contract/requests/request.ts'
import type { CollectionTree } from '../../collection-tree.ts'
import { INHERITED_SETTINGS, newCollection, newDefaults, newHttpRequest } from '../../new-request.ts'
import { header, headerValue } from '../media.ts'
import type { Problems, Report } from '../problems.ts'
import { nameOfUrl, pathNames, pathParameter, queryParameters, splitUrl } from '../url.ts'
import { bodyOfData, datum, formPart, queryOfData } from './data.ts'
import { authOf, certificatesOf, proxyOf, type State } from './connection.ts'
import { OUTPUT_OPTIONS, optionsOf, type Option } from './options.ts'
import { curlLines } from './lines.ts'
import type { Command } from './words.ts'

/** Whether a text has a command of curl in it. */
export function isCurl(text: string): boolean {
  return /^\s*(?:\$\s+|>\s+|PS [^>]*>\s*|#[^\n]*\n\s*|sudo\s+|&\s+|\w+=\S*\s+)*(?:[\w./\\:-]*[/\\])?curl(?:\.exe)?(?=\s|\^|`)/i.test(
    text.slice(0, 10_000),
  )
}

/** Reads all commands of curl in a text; a request for each address. */
export function readCurl(
  text: string,
  { name, problems }: { name: string; problems: Problems },
): CollectionTree {
  const found: Found[] = []
  const { commands, variables } = curlLines(text, problems)
  for (const command of commands)
    for (const options of operations(optionsOf(command.words)))
      for (const one of readOperation(options, command, problems)) found.push(one)
  return {
    collection: newCollection(name || 'Imported from cURL', {
      ...shared(found, problems),
      defaults: newDefaults({
        auth: { type: 'none' },
        variables: [...variables].map(([known, value]) => plainVariable(known, value)),
      }),
    }),
    environments: [],
    items: found.map(({ request }) => ({ type: 'request', request })),
  }
}

function plainVariable(name: string, value: string): Variable {
  return { name, value, type: 'string', isSecret: false, isEnabled: true, description: '' }
}

/** `--next` begins another. */
function operations(options: readonly Option[]): Option[][] {
  const found: Option[][] = [[]]
  for (const option of options)
    if (option.name === 'next') found.push([])
    else found.at(-1)?.push(option)
  return found.filter((one) => one.length > 0)
}

interface Found {
  readonly request: HttpRequest
  readonly proxy: ProxySettings
  readonly certificates: readonly ClientCertificate[]
}

/** What a request has no place for and a collection has. */
function shared(found: readonly Found[], problems: Problems): Partial<Collection> {
  const proxies = new Map(found.map(({ proxy }) => [JSON.stringify(proxy), proxy]))
  const certificates = new Map(
    found.flatMap((one) => one.certificates.map((certificate) => [JSON.stringify(certificate), certificate])),
  )
  const [proxy] = proxies.values()
  if (proxies.size > 1)
    problems.add('', 'proxy', 'The commands name different proxies; a collection has one. The first is kept.')
  return {
    proxy: [...proxies.values()].find((one) => one.mode !== 'inherit') ?? proxy ?? { mode: 'inherit' },
    clientCertificates: [...certificates.values()],
  }
}

function readOperation(options: readonly Option[], command: Command, problems: Problems): Found[] {
  const state: State = {
    urls: [],
    headers: [],
    data: [],
    parts: [],
    query: [],
    method: null,
    upload: null,
    isGet: false,
    isHead: false,
    isJson: false,
    user: null,
    scheme: 'basic',
    schemeName: '',
    bearer: null,
    awsV4: null,
    settings: INHERITED_SETTINGS,
    proxy: null,
    proxyProtocol: '',
    proxyUser: '',
    bypass: '',
    certificate: null,
    certificateType: '',
    key: '',
    passphrase: '',
  }
  // Of many addresses each would say the same again.
  const waiting = new Map<string, readonly [string, string]>()
  const report: Report = (part, message) => waiting.set(`${part}\n${message}`, [part, message])
  for (const option of options) applyOption(state, option, { command, report })
  if (state.urls.length === 0) {
    problems.add('', 'command', 'A command of curl names no address, and is left out.')
    return []
  }
  return state.urls.map((url) => {
    const found = requestOf(state, url, report)
    for (const [part, message] of waiting.values()) problems.add(found.request.name, part, message)
    return found
  })
}

function applyOption(
  state: State,
  option: Option,
  { command, report }: { command: Command; report: Report },
): void {
  const { name, value, isOff } = option
  const set = (settings: Partial<RequestSettings>): void => {
    state.settings = { ...state.settings, ...settings }
  }
  switch (name) {
    case 'url':
      state.urls.push(value)
      break
    case 'request':
      state.method = value
      break
    case 'header':
      addHeader(state, value, report)
      break
    case 'data':
    case 'data-ascii':
    case 'data-binary':
    case 'data-raw':
    case 'data-urlencode':
      state.data.push(datum(name, value, command.stdin))
      break
    case 'json':
      state.isJson = true
      state.data.push(datum('json', value, command.stdin))
      break
    case 'url-query':
      state.query.push(
        queryOfData(
          [
            value.startsWith('+')
              ? { type: 'text', text: value.slice(1) }
              : datum('data-urlencode', value, null),
          ],
          report,
        ),
      )
      break
    case 'form':
    case 'form-string':
      state.parts.push(formPart(value, name === 'form-string', report))
      break
    case 'get':
      state.isGet = !isOff
      break
    case 'head':
      state.isHead = !isOff
      break
    case 'upload-file':
      state.upload = value
      break
    case 'user':
      state.user = value
      break
    case 'digest':
      state.scheme = 'digest'
      break
    case 'ntlm':
    case 'ntlm-wb':
    case 'negotiate':
      state.scheme = 'unsupported'
      state.schemeName = name
      report(`auth ${name}`, 'It is not supported.')
      break
    case 'oauth2-bearer':
      state.bearer = value
      break
    case 'aws-sigv4':
      state.awsV4 = value
      break
    case 'cookie':
      if (value.includes('=') || value.includes('{{')) state.headers.push(header('Cookie', value))
      else report('cookie', `Cookies of the file ${value} are not read.`)
      break
    case 'cookie-jar':
      report('cookie-jar', 'Cookies are kept in the jar of the collection instead.')
      break
    case 'user-agent':
      state.headers.push(header('User-Agent', value))
      break
    case 'referer':
      state.headers.push(header('Referer', value.replace(/;auto$/, '')))
      break
    case 'range':
      state.headers.push(header('Range', `bytes=${value}`))
      break
    case 'insecure':
      set({ verifiesCertificates: isOff })
      break
    case 'location':
      set({ followsRedirects: !isOff })
      break
    case 'location-trusted':
      set({ followsRedirects: true, keepsAuthorization: true })
      break
    case 'max-redirs':
      set({ maxRedirects: Math.max(0, Math.min(100, Math.trunc(Number(value)) || 0)) })
      break
    case 'max-time':
      set({ timeoutMs: Math.round((Number(value) || 0) * 1_000) })
      break
    case 'path-as-is':
      set({ encodesUrl: false })
      break
    case 'http1.0':
      report('http1.0', 'HTTP 1.1 is used instead.')
      set({ httpVersion: '1.1' })
      break
    case 'http1.1':
      set({ httpVersion: '1.1' })
      break
    case 'http2':
    case 'http2-prior-knowledge':
      set({ httpVersion: '2' })
      break
    case 'http3':
    case 'http3-only':
      report(name, 'HTTP 3 is not supported; the version is chosen automatically.')
      break
    case 'tlsv1':
    case 'tlsv1.0':
    case 'tlsv1.1':
    case 'tlsv1.2':
    case 'tlsv1.3':
      set({
        minTlsVersion:
          name === 'tlsv1.3' ? '1.3' : name === 'tlsv1.2' ? '1.2' : name === 'tlsv1.1' ? '1.1' : '1.0',
      })
      break
    case 'proxy':
    case 'socks4':
    case 'socks4a':
    case 'socks5':
    case 'socks5-hostname':
      state.proxy = value
      state.proxyProtocol = name === 'proxy' ? '' : name.slice(0, 6)
      break
    case 'proxy-user':
      state.proxyUser = value
      break
    case 'noproxy':
      state.bypass = value
      break
    case 'cert':
      state.certificate = value
      break
    case 'cert-type':
      state.certificateType = value
      break
    case 'key':
      state.key = value
      break
    case 'pass':
      state.passphrase = value
      break
    default:
      if (OUTPUT_OPTIONS.has(name)) break
      report(
        name.length === 1 ? `-${name}` : `--${name}`,
        option.isKnown ? 'There is no such setting here.' : 'This option is not known.',
      )
  }
}

function addHeader(state: State, value: string, report: Report): void {
  if (value.startsWith('@')) {
    report('header', `Headers of the file ${value.slice(1)} are not read.`)
    return
  }
  const at = value.indexOf(':')
  if (at >= 0) {
    const text = value.slice(at + 1).trim()
    if (text === '')
      report('header', `${value.slice(0, at)} is taken out of what curl sends by itself; that is not kept.`)
    else state.headers.push(header(value.slice(0, at).trim(), text))
  } else if (value.endsWith(';')) state.headers.push(header(value.slice(0, -1).trim(), ''))
  else report('header', `${value} has no colon, and is left out.`)
}

function requestOf(state: State, address: string, report: Report): Found {
  const withScheme = /^([a-z][a-z0-9+.-]*:\/\/|\{\{)/i.test(address) ? address : `http://${address}`
  const account = /^(https?:\/\/)([^/@{}]*)@/i.exec(withScheme)
  const { url, parameters, fragment } = splitUrl(
    account === null ? withScheme : withScheme.replace(account[0], account[1] ?? ''),
  )
  if (fragment !== '') report('url', `#${fragment} is never sent, and is left out.`)
  if (/(^|[^{])\{[^{}]+,[^{}]*\}|\[\d+-\d+(:\d+)?\]/.test(address))
    report('url', 'Curl would make several addresses of the brackets; one request is made of them.')
  const isQuery = state.isGet || (state.isHead && state.data.length > 0)
  const query = [...state.query, ...(isQuery ? [queryOfData(state.data, report)] : [])].filter(
    (one) => one !== '',
  )
  let headers = state.headers
  if (state.isJson)
    for (const [name, value] of [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json'],
    ] as const)
      if (headerValue(headers, name) === null) headers = [...headers, header(name, value)]
  const { body, contentType } = bodyOf(state, { headers, isQuery, report })
  if (contentType !== null) headers = [...headers, header('Content-Type', contentType)]
  const method =
    state.method ??
    (state.isHead
      ? 'HEAD'
      : state.isGet
        ? 'GET'
        : state.upload !== null
          ? 'PUT'
          : body.type === 'none' && state.data.length === 0
            ? 'GET'
            : 'POST')
  const user = state.user ?? (account === null ? null : decode(account[2] ?? ''))
  return {
    request: newHttpRequest(nameOfUrl(method, url), {
      method: method || 'GET',
      url,
      parameters: [
        ...parameters,
        ...query.flatMap(queryParameters),
        ...pathNames(url).map((name) => pathParameter(name, '')),
      ],
      headers,
      body,
      auth: authOf(state, user),
      settings: state.settings,
    }),
    proxy: proxyOf(state),
    certificates: certificatesOf(state, url),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function bodyOf(
  state: State,
  { headers, isQuery, report }: { headers: readonly Pair[]; isQuery: boolean; report: Report },
): { body: Body; contentType: string | null } {
  if (state.upload !== null)
    return {
      body: { type: 'file', path: state.upload, contentType: headerValue(headers, 'content-type') },
      contentType: null,
    }
  if (state.parts.length > 0) {
    if (state.data.length > 0) report('data', 'Data beside a form of fields is left out.')
    return { body: { type: 'multipart', fields: state.parts }, contentType: null }
  }
  if (state.data.length === 0 || isQuery) return { body: { type: 'none' }, contentType: null }
  return bodyOfData(state.data, headers, report)
}
