// The query string as names and values, and back in its canonical form.
import { textInvalid } from './errors.ts'

/** A parameter; null is one without `=`. */
export type Pair = readonly [name: string, value: string | null]

const decoder = new TextDecoder('utf-8')

function decodeBytes(text: string): string {
  const bytes: number[] = []
  const plain = new TextEncoder().encode(text)
  for (let at = 0; at < plain.length; at += 1) {
    const byte = plain[at] ?? 0
    const hex = byte === 0x25 ? String.fromCharCode(plain[at + 1] ?? 0, plain[at + 2] ?? 0) : ''
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(parseInt(hex, 16))
      at += 2
    } else {
      bytes.push(byte)
    }
  }
  return decoder.decode(new Uint8Array(bytes))
}

/** Percent-decodes; what is no escape stays as it is, bytes that are no UTF-8 become U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return decodeBytes(text)
  }
}

function decode(text: string): string {
  return percentDecode(text.includes('+') ? text.replaceAll('+', ' ') : text)
}

/**
 * The parameters in order, split at `&` and `;`, with `+` as a space. Nothing follows a last separator.
 * @throws RestError 22021 for a zero byte, which Postgres cannot hold.
 */
export function parsePairs(query: string): readonly Pair[] {
  if (query === '') return []
  // A half of a surrogate pair is no character that could be sent on.
  const pairs = query
    .toWellFormed()
    .replace(/[&;]$/, '')
    .split(/[&;]/)
    .map((part): Pair => {
      const equals = part.indexOf('=')
      return equals < 0
        ? [decode(part), null]
        : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))]
    })
  if (pairs.some(([name, value]) => name.includes('\0') || value?.includes('\0') === true)) {
    throw textInvalid('0x00')
  }
  return pairs
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Sorted by name, the values of a repeated name joined by commas: `a=1,2&b=`. */
export function canonicalQuery(pairs: readonly Pair[]): string {
  if (pairs.length === 0) return ''
  const values = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const encoded = encode(value ?? '')
    const others = values.get(name)
    if (others === undefined) values.set(name, [encoded])
    else others.push(encoded)
  }
  return [...values]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([name, all]) => `${encode(name)}=${all.join(',')}`)
    .join('&')
}
