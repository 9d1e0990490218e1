// Decompression of bodies as they arrive. What is broken fails with DECODE, after everything before the break was handed on.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import type { Transform } from 'node:stream'
import { SendError } from './failure.ts'

/** Nobody encodes more often; each layer is a decoder on the stack. */
const MOST_ENCODINGS = 8

/** Encodings that we undo, in the order in which they are undone; null when one is not known, or they are too many: then the body stays as it came. */
export function encodingsOf(contentEncoding: string | null): string[] | null {
  const names = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse()
  return names.length <= MOST_ENCODINGS && names.every((name) => Object.hasOwn(DECODERS, name)) ? names : null
}

const DECODERS: Readonly<Record<string, (first: Uint8Array) => Transform>> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  // RFC 9110 means zlib's format; some servers send the bare stream.
  deflate: (first) =>
    ((first[0] ?? 0) & 0x0f) === 8
      ? createInflate({ flush: constants.Z_SYNC_FLUSH })
      : createInflateRaw({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress(),
}

/** The decoded chunks of a body. */
export function decodeBody(
  source: AsyncIterable<Uint8Array>,
  encodings: readonly string[],
): AsyncIterable<Uint8Array> {
  return encodings.reduce<AsyncIterable<Uint8Array>>((chunks, name) => decodeOne(chunks, name), source)
}

async function* decodeOne(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  const create = DECODERS[name]
  // No byte at all is an empty body, whatever its encoding.
  if (first.done === true || create === undefined) return
  const decoder = create(first.value)
  let sourceError: unknown
  const fed = pipeline(
    Readable.from(
      rest(first.value, iterator, (error) => {
        sourceError = error
      }),
    ),
    decoder,
  )
  // The decoder's own iteration tells of it.
  fed.catch(() => undefined)
  try {
    for await (const chunk of decoder) {
      if (chunk instanceof Uint8Array) yield chunk
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError
    if (error instanceof SendError) throw error
    throw new SendError(
      'DECODE',
      `The body is not valid ${name} data, or ends in the middle of it.`,
      'What could be read is shown. Ask for it uncompressed with the header Accept-Encoding: identity.',
      error,
    )
  } finally {
    decoder.destroy()
  }
}

async function* rest(
  first: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  yield first
  try {
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  } catch (error) {
    onError(error)
    throw error
  }
}
