// Headers exactly as they were written, in their order, and those that the client adds.
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { RequestBody } from './body.ts'
import { headerOf } from './body.ts'
import { SendError } from './failure.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Refuses what would change the request around it. */
export function checkHeaders(headers: readonly HeaderPair[]): void {
  for (const { name, value } of headers) {
    if (!TOKEN.test(name)) {
      throw new SendError(
        'INVALID_HEADER',
        name === '' ? 'A header has no name.' : `${JSON.stringify(name)} is no name of a header.`,
        "Names are letters, digits and !#$%&'*+-.^_`|~ only.",
      )
    }
    if (hasControls(value)) {
      throw new SendError(
        'INVALID_HEADER',
        `The value of the header ${name} has a line break or another control character in it.`,
        'Take it out; a variable may have brought it in.',
      )
    }
  }
}

/** Control characters other than the tab. */
function hasControls(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if ((code < 32 && code !== 9) || code === 127) return true
  }
  return false
}

export function checkMethod(method: string): void {
  if (!TOKEN.test(method)) {
    throw new SendError(
      'INVALID_METHOD',
      `${JSON.stringify(method)} is no method.`,
      'Methods are words such as GET.',
    )
  }
  if (method.toUpperCase() === 'CONNECT') {
    throw new SendError(
      'INVALID_METHOD',
      'CONNECT opens a tunnel through a proxy and cannot be sent by hand.',
      'Set the proxy in the settings of the collection.',
    )
  }
}

interface Added {
  readonly method: string
  readonly url: URL
  readonly body: RequestBody | null
  readonly userAgent: string
  readonly cookie: string
  /** Of the authentication and the proxy. */
  readonly extra: readonly HeaderPair[]
}

/** What a person wrote, and around it what the protocol needs and they did not write. */
export function completeHeaders(written: readonly HeaderPair[], added: Added): HeaderPair[] {
  const { method, url, body } = added
  const has = (name: string): boolean => headerOf(written, name) !== null
  const headers: HeaderPair[] = []
  if (!has('Host')) headers.push({ name: 'Host', value: url.host })
  headers.push(...written.map((header) => withBoundary(header, body)))
  const add = (name: string, value: string): void => {
    if (!has(name)) headers.push({ name, value })
  }
  for (const { name, value } of added.extra) add(name, value)
  add('User-Agent', added.userAgent)
  add('Accept', '*/*')
  add('Accept-Encoding', 'gzip, deflate, br, zstd')
  add('Connection', 'keep-alive')
  if (added.cookie !== '') add('Cookie', added.cookie)
  if (body !== null) {
    if (body.contentType !== null) add('Content-Type', body.contentType)
    if (!has('Transfer-Encoding')) add('Content-Length', String(body.size))
  } else if (/^(POST|PUT|PATCH)$/.test(method) && !has('Transfer-Encoding')) add('Content-Length', '0')
  return headers
}

/** A hand-written `multipart/form-data` gets the boundary that the body has. */
function withBoundary(header: HeaderPair, body: RequestBody | null): HeaderPair {
  if (header.name.toLowerCase() !== 'content-type' || !/^\s*multipart\/form-data\s*$/i.test(header.value)) {
    return header
  }
  const type = body?.contentType ?? ''
  return type.startsWith('multipart/') ? { name: header.name, value: type } : header
}

/** Node writes one byte per character: other characters go out as their UTF-8 bytes. */
export function toWire(value: string): string {
  for (let index = 0; index < value.length; index++) {
    if (value.charCodeAt(index) > 126) return Buffer.from(value).toString('latin1')
  }
  return value
}

/** Names and values in turn, as Node gives them: one character per byte. Valid UTF-8 is read as such. */
export function pairsOf(raw: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push({ name: raw[index] ?? '', value: fromWire(raw[index + 1] ?? '') })
  }
  return pairs
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function fromWire(value: string): string {
  let isAscii = true
  for (let index = 0; index < value.length && isAscii; index++) isAscii = value.charCodeAt(index) < 128
  if (isAscii) return value
  try {
    return utf8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}
