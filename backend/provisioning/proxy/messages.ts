// The few messages of the Postgres protocol that the proxy reads or writes itself. Everything else passes through unread.
// https://www.postgresql.org/docs/18/protocol-message-formats.html

export const SSL_REQUEST = 80_877_103
export const GSSENC_REQUEST = 80_877_104
const CANCEL_REQUEST = 80_877_102
/** As Postgres: a longer startup packet is not one. */
const MAX_STARTUP_BYTES = 10_000

/** Longer than anything that a server sends before it is ready, an error with all its fields included. */
const MAX_ANSWER_BYTES = 64 * 1024

export type FirstMessage =
  | { readonly kind: 'ssl' | 'gss' }
  | { readonly kind: 'cancel'; readonly key: string; readonly bytes: Buffer }
  | {
      readonly kind: 'startup'
      /** 3.0 is 196608; newer minor versions are negotiated by the server behind. */
      readonly version: number
      readonly parameters: ReadonlyMap<string, string>
    }
  | { readonly kind: 'invalid' }

/** The first message in `bytes` and how many bytes it has; undefined while it is not complete. */
export function readFirstMessage(bytes: Buffer): { message: FirstMessage; length: number } | undefined {
  const invalid = { message: { kind: 'invalid' }, length: bytes.length } as const
  if (bytes.length < 8) return undefined
  const length = bytes.readInt32BE(0)
  const code = bytes.readInt32BE(4)
  if (length < 8 || length > MAX_STARTUP_BYTES) return invalid
  if (bytes.length < length) return undefined
  const body = bytes.subarray(8, length)
  if (code === SSL_REQUEST || code === GSSENC_REQUEST) {
    if (length !== 8) return invalid
    return { message: { kind: code === SSL_REQUEST ? 'ssl' : 'gss' }, length }
  }
  if (code === CANCEL_REQUEST) {
    if (body.length < 8) return invalid
    return {
      message: { kind: 'cancel', key: body.toString('hex'), bytes: bytes.subarray(0, length) },
      length,
    }
  }
  if (code >> 16 !== 3) return invalid
  const parameters = readParameters(body)
  return parameters === undefined
    ? invalid
    : { message: { kind: 'startup', version: code, parameters }, length }
}

function readParameters(body: Buffer): Map<string, string> | undefined {
  const parameters = new Map<string, string>()
  const texts = body.toString('utf8').split('\0')
  // Name, value, …, then an empty name; the last NUL leaves one more empty text behind.
  if (texts.at(-1) !== '' || texts.at(-2) !== '' || texts.length % 2 !== 0) return undefined
  for (let index = 0; index < texts.length - 2; index += 2) {
    const name = texts[index]
    const value = texts[index + 1]
    if (name === undefined || name === '' || value === undefined) return undefined
    parameters.set(name, value)
  }
  return parameters
}

/** A startup message with these parameters. */
export function startupMessage(version: number, parameters: ReadonlyMap<string, string>): Buffer {
  const text = [...parameters].map(([name, value]) => `${name}\0${value}\0`).join('')
  const body = Buffer.from(`${text}\0`, 'utf8')
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + body.length, 0)
  head.writeInt32BE(version, 4)
  return Buffer.concat([head, body])
}

export interface Refusal {
  readonly sqlstate: string
  readonly message: string
  readonly hint?: string
}

/** A fatal ErrorResponse, as a client shows it to the person. */
export function errorMessage(refusal: Refusal): Buffer {
  const fields: [string, string][] = [
    ['S', 'FATAL'],
    ['V', 'FATAL'],
    ['C', refusal.sqlstate],
    ['M', refusal.message],
    ...(refusal.hint === undefined ? [] : [['H', refusal.hint] satisfies [string, string]]),
  ]
  const body = Buffer.from(`${fields.map(([type, text]) => `${type}${text}\0`).join('')}\0`, 'utf8')
  const head = Buffer.alloc(5)
  head.write('E', 0, 'latin1')
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

/**
 * Follows what a server sends until it is ready for the first query, and takes its cancel key out. Feed it every chunk until
 * `isReady`; chunks are passed on by the caller as they are.
 */
export function createStartupReader(): {
  read(chunk: Buffer): { readonly key?: string; readonly isReady: boolean }
} {
  let rest: Buffer = Buffer.alloc(0)
  return {
    read(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let key: string | undefined
      while (rest.length >= 5) {
        const end = 1 + rest.readInt32BE(1)
        // Nothing of a start is that long: this is no start that we understand, and not worth memory.
        if (end > MAX_ANSWER_BYTES || end < 5) return { isReady: true }
        if (rest.length < end) break
        const type = rest.toString('latin1', 0, 1)
        if (type === 'K') key = rest.toString('hex', 5, end)
        rest = rest.subarray(end)
        if (type === 'Z') return { ...(key === undefined ? {} : { key }), isReady: true }
      }
      return { ...(key === undefined ? {} : { key }), isReady: false }
    },
  }
}
