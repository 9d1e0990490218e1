// Puts an address together: scheme, path parameters, query, and what must be percent-encoded.
import { AppError } from '#contract/errors.ts'
import type { Parameter } from '#contract/requests/parts.ts'
import { splitUrl } from '../exchange/url.ts'
import type { Resolver } from './resolve-text.ts'

export interface UrlInput {
  readonly url: string
  readonly parameters: readonly Parameter[]
  readonly resolver: Resolver
  /** False sends what is written, but for characters that cannot stand in a request line. */
  readonly encodes: boolean
  readonly isSocket: boolean
}

export interface ComposedUrl {
  readonly url: string
  /** Of `https://user:password@host`, decoded: it goes into a header, not onto the wire. */
  readonly userinfo: { readonly username: string; readonly password: string } | null
}

/**
 * The absolute address. Rules: a `%` with two hexadecimal digits stays, so that nothing is encoded twice; `+` stays; in the value of a parameter `&`
 * and `#` are encoded, `=` too in its name; path parameters keep `/` and lose `?` and `#`; spaces, quotes, control and other non-ASCII characters are
 * encoded as UTF-8. The query keeps order and repetition: first what the address itself holds, then the parameters; a pair that stands in both is sent once.
 * The fragment is not sent. Without a scheme it is https, but http for localhost, IP addresses and names without a dot. Throws INVALID_INPUT with what to do.
 */
export function composeUrl({ url, parameters, resolver, encodes, isSocket }: UrlInput): ComposedUrl {
  const split = splitUrl(url.trim())
  // A variable may hold an address with a query of its own.
  const resolved = splitUrl(resolver.text(withPathParameters(split.url, parameters, resolver, encodes)))
  const { base, userinfo } = absolute(resolved.url.trim(), isSocket)
  const listed = new Set(parameters.filter(({ place }) => place === 'query').map(pairKey))
  const own = split.parameters.filter((one) => !listed.has(pairKey(one)))
  const pairs = [
    ...resolved.parameters.map((one) => pairText(one, encodes)),
    ...[...own, ...parameters.filter((one) => one.place === 'query' && one.isEnabled && one.name !== '')].map(
      (one) =>
        pairText(
          { name: resolver.text(one.name), value: resolver.text(one.value), hasEquals: hasEquals(one, own) },
          encodes,
        ),
    ),
  ]
  const query = pairs.join('&')
  return { url: query === '' ? base(encodes) : `${base(encodes)}?${query}`, userinfo }
}

/** The same for all ways to write a pair of the query: an address says `a%26b` where the table says `a&b`. */
export function pairKey({ name, value }: { readonly name: string; readonly value: string }): string {
  return [name, value]
    .map((one) => encoded(one, IN_NAME, true).replace(/%[0-9a-f]{2}/g, (code) => code.toUpperCase()))
    .join('=')
}

/** `?flag` in an address stays without `=`; an empty value of the table has one. */
function hasEquals(one: Parameter, own: readonly Parameter[]): boolean {
  return one.value !== '' || !own.includes(one)
}

function pairText(
  {
    name,
    value,
    hasEquals = true,
  }: { readonly name: string; readonly value: string; readonly hasEquals?: boolean },
  encodes: boolean,
): string {
  if (!hasEquals || (value === '' && name === '')) return encoded(name, IN_NAME, encodes)
  return `${encoded(name, IN_NAME, encodes)}=${encoded(value, IN_VALUE, encodes)}`
}

function withPathParameters(
  url: string,
  parameters: readonly Parameter[],
  resolver: Resolver,
  encodes: boolean,
): string {
  const values = new Map(
    parameters.filter((one) => one.place === 'path' && one.isEnabled).map((one) => [one.name, one.value]),
  )
  if (values.size === 0) return url
  const valueOf = (name: string, written: string) => {
    const value = values.get(name)
    if (value === undefined) return written
    // What a value holds is not resolved again with the address.
    return encoded(resolver.text(value), IN_SEGMENT, encodes).replaceAll('{{', '\\{{')
  }
  const start = url.search(/[^/:]\/(?!\/)/) + 1
  return (
    url.slice(0, start) +
    url
      .slice(start)
      .replace(
        /(\/):([^/?#:{}]+)|(?<!\{)\{([^{}/]+)\}(?!\})/g,
        (written, slash?: string, colon?: string, braces?: string) =>
          colon === undefined
            ? valueOf(braces ?? '', written)
            : `${slash ?? ''}${valueOf(colon, `:${colon}`)}`,
      )
  )
}

function absolute(text: string, isSocket: boolean) {
  if (text === '')
    throw new AppError('INVALID_INPUT', 'This request has no address yet.', { hint: 'Type a URL.' })
  const match = /^(?:([a-z][a-z0-9+.-]*):)?\/\/([^/?#]*)(.*)$/is.exec(
    text.includes('://') ? text : `//${text.replace(/^\/\//, '')}`,
  )
  const authority = match?.[2] ?? ''
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (host.includes('{{'))
    throw new AppError('INVALID_INPUT', `The address begins with ${host}, which has no value.`, {
      hint: 'Choose an environment, or give the variable a value.',
    })
  if (
    host === '' ||
    /[\s\\<>^|"{}]/.test(host) ||
    !/^(\[[0-9a-f:.%a-z_-]+\]|[^:[\]]+)(:\d{0,5})?$/i.test(host)
  )
    throw new AppError('INVALID_INPUT', `“${text.slice(0, 200)}” is no address: its host cannot be read.`, {
      hint: 'Write it as https://host/path.',
    })
  const isPlain = /^(\[.*\]|\d+(\.\d+){3}|[^.:]+|.*\.localhost)(:\d*)?$/i.test(host)
  const assumed = isSocket ? (isPlain ? 'ws' : 'wss') : isPlain ? 'http' : 'https'
  const scheme = schemeOf(match?.[1]?.toLowerCase() ?? assumed, isSocket)
  const path = match?.[3] ?? ''
  return {
    userinfo: at < 0 ? null : userinfoOf(authority.slice(0, at)),
    base: (encodes: boolean) =>
      `${scheme}://${host}${encoded(path.startsWith('/') ? path : `/${path}`, IN_PATH, encodes)}`,
  }
}

function schemeOf(scheme: string, isSocket: boolean): string {
  if (isSocket) {
    if (scheme === 'ws' || scheme === 'wss') return scheme
    if (scheme === 'http') return 'ws'
    if (scheme === 'https') return 'wss'
  } else if (scheme === 'http' || scheme === 'https') return scheme
  throw new AppError('INVALID_INPUT', `Requests cannot be sent to ${scheme}: addresses.`, {
    hint: isSocket ? 'Use ws:// or wss://.' : 'Use http:// or https://.',
  })
}

function userinfoOf(text: string) {
  const colon = text.indexOf(':')
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part)
    } catch {
      return part
    }
  }
  return {
    username: decode(colon < 0 ? text : text.slice(0, colon)),
    password: colon < 0 ? '' : decode(text.slice(colon + 1)),
  }
}

/** What is encoded where, beyond what cannot stand in a request line at all. */
const IN_PATH = '"<>`{}^|\\'
const IN_SEGMENT = `${IN_PATH}?`
const IN_VALUE = '"<>`{}^|\\&'
const IN_NAME = `${IN_VALUE}=`

function encoded(text: string, signs: string, encodes: boolean): string {
  return text.toWellFormed().replace(/%(?![0-9a-f]{2})|["<>`{}^|\\&=?]|[^\u0021-\u007e]+|#/gi, (found) => {
    if (found === '%') return encodes ? '%25' : found
    if (found === '#' || /[^\u0021-\u007e]/.test(found)) return percent(found)
    return encodes && signs.includes(found) ? percent(found) : found
  })
}

function percent(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
