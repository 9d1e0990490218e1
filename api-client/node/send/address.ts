// The address of a request, and what of it stands in the request line.
import { SendError } from './failure.ts'

/** Refuses what is no address of the web. `wss` and `ws` only where WebSockets are. */
export function parseAddress(text: string, protocols: readonly string[]): URL {
  const url = URL.parse(text.trim())
  if (url === null || url.hostname === '') {
    throw new SendError(
      'INVALID_URL',
      text.trim() === '' ? 'The request has no address.' : 'The address cannot be read.',
      'Write it as https://example.com/path, and check the variables in it.',
    )
  }
  if (!protocols.includes(url.protocol)) {
    throw new SendError(
      'INVALID_URL',
      `Addresses with ${url.protocol}// cannot be asked here.`,
      `Write one with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`,
    )
  }
  return url
}

/**
 * Path and query. With `encodes` as the URL standard writes them; without, as they were written: only what cannot
 * stand in a request line (spaces, controls, and everything beyond ASCII) is percent-encoded.
 */
export function targetOf(url: URL, written: string, encodes: boolean): string {
  if (encodes) return `${url.pathname}${url.search}`
  const match = /^[a-z][a-z0-9+.-]*:[\\/]*[^\\/?#]*([^#]*)/i.exec(written.trim())
  const rest = (match?.[1] ?? '').replace(/[^!-~]+/gu, (characters) =>
    encodeURIComponent(characters.toWellFormed()),
  )
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** A host as sockets want it: without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' || url.protocol === 'wss:' ? 443 : 80
}

/** Name and password from an address; null for none. */
export function userOf(url: URL): { username: string; password: string } | null {
  if (url.username === '' && url.password === '') return null
  return { username: decode(url.username), password: decode(url.password) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The address without name, password and fragment. */
export function withoutUser(url: URL): URL {
  const copy = new URL(url)
  copy.username = ''
  copy.password = ''
  copy.hash = ''
  return copy
}
