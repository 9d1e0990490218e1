// Targets of httpsnippet. Only its generators are used: what prepares a request there needs Node, so it is done here, and every
// address is encoded so that no quote of it can end a string of the language.
import { targets } from '@readme/httpsnippet/targets'
import { formText, plainRequest, type PlainRequest } from './plain.ts'
import type { CodeRequest } from './types.ts'

type Family = keyof typeof targets
type Prepared = Parameters<(typeof targets)['c']['clientsById'][string]['convert']>[0]

/** The code of one client; null where there is no such client. */
export function snippet(request: CodeRequest, family: Family, client: string): string | null {
  const found = targets[family].clientsById[client]
  return found === undefined ? null : found.convert(prepared(plainRequest(request)))
}

const BOUNDARY = '---011000010111000001101001'

function prepared(plain: PlainRequest): Prepared {
  const headers = headersOf(plain)
  const { text, mimeType, params } = dataOf(plain)
  if (plain.body.type === 'multipart')
    headers.set('content-type', { name: 'Content-Type', value: `multipart/form-data; boundary=${BOUNDARY}` })
  // Some generators ask for it without looking whether it is there.
  if (mimeType !== '' && !headers.has('content-type'))
    headers.set('content-type', { name: 'Content-Type', value: mimeType })
  const headersObj = Object.fromEntries(
    [...headers.values()].map(({ name, value }) => [name.toLowerCase(), value]),
  )
  const address = addressOf(plain.url)
  const jsonObj = mimeType === 'application/json' ? parsed(text) : undefined
  return {
    method: plain.method,
    url: address.url,
    fullUrl: plain.url,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [...headers.values()],
    queryString: address.query,
    headersSize: -1,
    bodySize: -1,
    queryObj: address.queryObj,
    headersObj,
    allHeaders: headersObj,
    cookiesObj: {},
    uriObj: address.uri,
    postData: {
      mimeType: jsonObj === undefined && mimeType === 'application/json' ? 'text/plain' : mimeType,
      text,
      params,
      ...(jsonObj === undefined ? {} : { jsonObj }),
      ...(plain.body.type === 'multipart' ? { boundary: BOUNDARY } : {}),
      ...(plain.body.type === 'form' ? { paramsObj: paramsObject(plain.body.fields) } : {}),
    },
  }
}

function headersOf({ headers, auth }: PlainRequest): Map<string, { name: string; value: string }> {
  const found = new Map<string, { name: string; value: string }>()
  for (const { name, value } of headers) {
    const known = found.get(name.toLowerCase())
    const single = value.replace(/[\r\n]+/g, ' ')
    found.set(name.toLowerCase(), { name, value: known === undefined ? single : `${known.value}, ${single}` })
  }
  if (auth.type === 'basic')
    found.set('authorization', { name: 'Authorization', value: 'Basic {{base64_of_username_and_password}}' })
  if (auth.type === 'digest')
    found.set('authorization', { name: 'Authorization', value: 'Digest {{digest}}' })
  if (auth.type === 'awsV4')
    found.set('authorization', { name: 'Authorization', value: 'AWS4-HMAC-SHA256 {{signature}}' })
  return found
}

interface Param {
  readonly name: string
  readonly value?: string
  readonly fileName?: string
  readonly contentType?: string
}

function dataOf({ body, headers }: PlainRequest): { text: string; mimeType: string; params: Param[] } {
  const mimeType = (
    headers.find((one) => one.name.toLowerCase() === 'content-type')?.value.split(';')[0] ?? ''
  ).trim()
  switch (body.type) {
    case 'none':
      return { text: '', mimeType: '', params: [] }
    case 'text':
      return { text: body.text, mimeType: mimeType || 'text/plain', params: [] }
    case 'form':
      return {
        text: formText(body.fields),
        mimeType: 'application/x-www-form-urlencoded',
        params: body.fields.map(({ name, value }) => ({ name, value })),
      }
    case 'file':
      return {
        text: `{{content of ${body.path}}}`,
        mimeType: mimeType || 'application/octet-stream',
        params: [],
      }
    case 'multipart': {
      const params = body.parts.map((part): Param => ({
        name: part.name,
        ...(part.type === 'file' ? { fileName: part.path } : { value: part.value }),
        ...(part.contentType === null ? {} : { contentType: part.contentType }),
      }))
      const lines = params.flatMap((one) => [
        `--${BOUNDARY}`,
        `Content-Disposition: form-data; name="${quotable(one.name)}"${one.fileName === undefined ? '' : `; filename="${quotable(one.fileName)}"`}`,
        ...(one.contentType === undefined ? [] : [`Content-Type: ${one.contentType}`]),
        '',
        one.value ?? `{{content of ${one.fileName ?? ''}}}`,
      ])
      return { text: [...lines, `--${BOUNDARY}--`, ''].join('\r\n'), mimeType: 'multipart/form-data', params }
    }
  }
}

function quotable(text: string): string {
  return text.replace(/["\r\n]/g, (sign) => encodeURIComponent(sign))
}

function paramsObject(fields: readonly { name: string; value: string }[]): Record<string, string | string[]> {
  const found = new Map<string, string | string[]>()
  for (const { name, value } of fields) {
    const known = found.get(name)
    found.set(name, known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value])
  }
  return Object.fromEntries(found)
}

/** The object of a JSON text, in httpsnippet's narrow type; undefined for what the languages' own numbers would change. */
function parsed(text: string): Record<string, string> | undefined {
  if (/\d{16}/.test(text)) return undefined
  try {
    const value: Record<string, string> | null = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function addressOf(full: string) {
  const at = full.indexOf('?')
  const url = at < 0 ? full : full.slice(0, at)
  const search = at < 0 ? '' : full.slice(at + 1).replace(/#.*$/, '')
  const query = search
    .split('&')
    .filter((one) => one !== '')
    .map((one) => {
      const sign = one.indexOf('=')
      return sign < 0 ? { name: one, value: '' } : { name: one.slice(0, sign), value: one.slice(sign + 1) }
    })
  const match =
    /^([a-z][a-z0-9+.-]*:)\/\/(?:[^/@]*@)?(\[[^\]]*\]|\{\{[^}]*\}\}|[^/:]*)(?::([^/]*))?(\/.*)?$/i.exec(url)
  const pathname = match?.[4] ?? '/'
  const port = match?.[3] ?? null
  const hostname = match?.[2] ?? url
  const queryObj = paramsObject(query)
  return {
    url,
    query,
    queryObj,
    uri: {
      protocol: match?.[1] ?? 'https:',
      slashes: true,
      auth: null,
      host: port === null ? hostname : `${hostname}:${port}`,
      port,
      hostname,
      hash: null,
      search,
      query: queryObj,
      pathname,
      path: search === '' ? pathname : `${pathname}?${search}`,
      href: full,
    },
  }
}
