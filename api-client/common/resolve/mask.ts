// Takes the values of secrets out of whatever is shown or kept: as they are, and as base64, percent-encoded, JSON or hexadecimal text.

const MASK = '••••••'
/** Shorter ones would blank out ordinary text, and that would tell them too. */
const SHORTEST = 3

export interface Mask {
  /** The text without the secrets. */
  readonly text: (text: string) => string
  /** The same for each text in a JSON value, names of members too: parse it again to have its type. */
  readonly deep: (value: unknown) => unknown
}

/** A mask over these values; values of less than three characters are not masked. */
export function createMask(secrets: readonly string[]): Mask {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST)
  if (known.length === 0) return { text: (text) => text, deep: (value) => value }
  // The longest first, so that a secret within another leaves no rest.
  const forms = known.flatMap(formsOf).sort((a, b) => b.length - a.length)
  const pattern = new RegExp([...new Set(forms.map((form) => form.pattern))].join('|'), 'g')
  const text = (whole: string) => whole.replace(pattern, MASK)
  return { text, deep: (value) => maskDeep(value, text) }
}

function maskDeep(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((one: unknown) => maskDeep(one, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [text(name), maskDeep(one, text)]))
}

interface Form {
  /** Of the text that it finds, at least. */
  readonly length: number
  /** Of a regular expression. */
  readonly pattern: string
}

function formsOf(secret: string): Form[] {
  const bytes = new TextEncoder().encode(secret)
  const base64 = [0, 1, 2].map((offset) => base64Core(bytes, offset)).filter((form) => form.length >= 4)
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const texts = [
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map(encodeURIComponent),
    ...(bytes.length >= 4 ? [hex, hex.toUpperCase()] : []),
  ]
  return [
    { length: secret.length, pattern: Array.from(secret, writtenAs).join('') },
    ...texts.map((text) => ({ length: text.length, pattern: literal(text) })),
  ]
}

/** However a sign is written in an address, a form or JSON: what encodes leaves different signs as they are, and so does each part of an address. */
function writtenAs(sign: string): string {
  if (/[A-Za-z0-9_.~-]/.test(sign)) return literal(sign)
  const percent = [...new TextEncoder().encode(sign)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
  const units = Array.from({ length: sign.length }, (_, at) =>
    sign.charCodeAt(at).toString(16).padStart(4, '0'),
  )
  const unicode = units.map((unit) => `\\u${unit}`).join('')
  const ways = [
    sign,
    percent,
    percent.toLowerCase(),
    JSON.stringify(sign).slice(1, -1),
    unicode,
    ...(sign === ' ' ? ['+'] : sign === '/' ? ['\\/'] : []),
  ]
  return `(?:${[...new Set(ways)].map(literal).join('|')})`
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The signs that the bytes decide alone when `offset` unknown bytes stand before them: `user:SECRET` as Basic has it. */
function base64Core(bytes: Uint8Array, offset: number): string {
  const padded = new Uint8Array(offset + bytes.length)
  padded.set(bytes, offset)
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor((padded.length * 8) / 6)
  let text = ''
  for (let sign = first; sign < end; sign++) {
    const bit = sign * 6
    const pair = ((padded[bit >> 3] ?? 0) << 8) | (padded[(bit >> 3) + 1] ?? 0)
    text += SIGNS.charAt((pair >> (10 - (bit & 7))) & 63)
  }
  return text
}
