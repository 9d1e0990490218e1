// Requests and answers as Node's HTTP server has them: reads the body up to its limit, writes the answer at the client's pace.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { BodyShare } from './body-budget.ts'
import type { HttpRequest } from './parse/api-request.ts'
import { AT_ONCE_BYTES, concat } from './parse/steps.ts'
import { bodiesTooMany, bodyTooLarge, clientLeft } from './respond/errors.ts'
import { inSlices } from './slices.ts'
import type { RestResponse, ResultBody } from './types.ts'

const NOTHING = new Uint8Array()

/** Reads the request's body. Rejects with RestError: BODY_TOO_LARGE, BODIES_TOO_MANY where `share` has no room, or that the client has left. */
export function readBody(
  message: IncomingMessage,
  maxBytes: number | null,
  share: BodyShare,
): Uint8Array | Promise<Uint8Array> {
  const { headers } = message
  const announced = headers['content-length']
  if (announced === undefined && headers['transfer-encoding'] === undefined) return NOTHING
  if (maxBytes !== null && Number(announced) > maxBytes) return Promise.reject(bodyTooLarge(maxBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (maxBytes !== null && size > maxBytes) {
        message.removeAllListeners('data')
        reject(bodyTooLarge(maxBytes))
      } else if (!share.take(chunk.length)) {
        message.removeAllListeners('data')
        reject(bodiesTooMany())
      } else chunks.push(chunk)
    })
    message.on('end', () => {
      if (size > AT_ONCE_BYTES) inSlices(concat(chunks, size)).then(resolve, reject)
      else resolve(chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks, size))
    })
    message.on('error', () => reject(clientLeft()))
    message.on('close', () => {
      if (!message.complete) reject(clientLeft())
    })
  })
}

/** Node gives the bytes of a request's head as Latin-1; what is not ASCII there is UTF-8. */
function asUtf8(text: string): string {
  return /[\u0080-\u00ff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}

/** Of these a second line means nothing: they have one value, which may have commas. */
const OF_ONE_VALUE = ['accept-profile', 'content-profile', 'range'] as const

/** The request as the first stage takes it. Headers of several lines are joined by commas, but for those of one value, whose first line counts. `url` is the path below the API's root, with the query. */
export function toHttpRequest(message: IncomingMessage, url: string, body: Uint8Array): HttpRequest {
  const target = asUtf8(url)
  const question = target.indexOf('?')
  const headers: Record<string, string> = {}
  for (const name in message.headers) {
    const value = message.headers[name]
    if (value !== undefined) headers[name] = asUtf8(typeof value === 'string' ? value : value.join(', '))
  }
  for (const name of OF_ONE_VALUE) {
    if (headers[name]?.includes(', ') !== true) continue
    const first = message.headersDistinct[name]?.[0]
    if (first !== undefined) headers[name] = asUtf8(first)
  }
  return {
    method: message.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers,
    body,
  }
}

/** Where PostgREST's words are those of an earlier HTTP than Node's. */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable',
}

/** The words beside a status, which clients show; none for a status of somebody's own. */
export function reasonPhrase(status: number): string {
  return REASON_PHRASES[status] ?? STATUS_CODES[status] ?? ''
}

/** Headers that the body and the connection decide. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export interface WriteOptions {
  readonly isHead: boolean
  /** Sent too, in place of the answer's own of the same name. */
  readonly headers: readonly (readonly [string, string])[]
  /** A client that takes nothing for so long is given up. */
  readonly slowClientTimeoutMs: number
  /** Must come before the last byte is sent: whether the transaction ended well. */
  readonly ended: Promise<void> | null
  /** What is left of a request that was not read: taken for a while after the answer, since a client that still sends would not see it. */
  readonly unread?: IncomingMessage | undefined
}

/** Writes the answer. Gives the bytes of the body that were written. Never rejects: a client that is gone, or a body that failed, closes the socket. */
export async function writeResponse(
  response: ServerResponse,
  { status, statusText, headers, body }: RestResponse,
  options: WriteOptions,
): Promise<number> {
  const lines: string[] = []
  const replaced = new Set(options.headers.map(([name]) => name.toLowerCase()))
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    // What the server has set for all its answers (of safety, say) is not for a function to change.
    if (!OF_THE_CONNECTION.has(lower) && !replaced.has(lower) && !response.hasHeader(lower))
      lines.push(name, headerText(value))
  }
  for (const [name, value] of options.headers) lines.push(name, headerText(value))
  if (body !== null) lines.push('Content-Length', String(sizeOf(body)))
  response.writeHead(status, headerText(statusText ?? reasonPhrase(status)), lines)
  if (body === null || options.isHead) {
    if (body?.kind === 'stream') await drop(body, options.ended)
    response.end()
    return 0
  }
  if (body.kind === 'bytes') {
    if (options.unread !== undefined) {
      response.write(body.bytes)
      await linger(options.unread)
      response.end()
    } else response.end(body.bytes)
    return body.bytes.byteLength
  }
  return await writeStream(response, body, options)
}

async function writeStream(
  response: ServerResponse,
  { chunks }: ResultBody & { readonly kind: 'stream' },
  { ended, slowClientTimeoutMs }: WriteOptions,
): Promise<number> {
  let written = 0
  try {
    let last: Uint8Array | undefined
    for await (const chunk of chunks) {
      if (last !== undefined) {
        written += last.byteLength
        if (!response.write(last)) await drained(response, slowClientTimeoutMs)
      }
      last = chunk
      if (response.destroyed) throw new Error('The client has left.')
    }
    // Only when the transaction has ended well is the answer complete.
    await ended
    response.end(last)
    return written + (last?.byteLength ?? 0)
  } catch {
    response.destroy()
    return written
  }
}

const LINGER_MS = 5_000

/** Throws away what still comes of a request, for some seconds at most. */
function linger(message: IncomingMessage): Promise<void> {
  if (message.complete || message.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS)
    message.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    message.once('end', () => {
      clearTimeout(timer)
      resolve()
    })
    message.resume()
  })
}

/** Reads a body that nobody wants to its end. */
export async function drop(
  { chunks }: ResultBody & { readonly kind: 'stream' },
  ended: Promise<void> | null,
): Promise<void> {
  try {
    const iterator = chunks[Symbol.asyncIterator]()
    while ((await iterator.next()).done !== true);
    await ended
  } catch {
    // It was of no interest.
  }
}

function drained(response: ServerResponse, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      leave()
      reject(new Error('The client takes nothing.'))
    }, timeoutMs)
    const leave = (): void => {
      clearTimeout(timer)
      response.off('drain', onDrain)
      response.off('close', onClose)
    }
    const onDrain = (): void => {
      leave()
      resolve()
    }
    const onClose = (): void => {
      leave()
      reject(new Error('The client has left.'))
    }
    response.on('drain', onDrain)
    response.on('close', onClose)
  })
}

function sizeOf(body: ResultBody): number {
  return body.kind === 'bytes' ? body.bytes.byteLength : body.sizeBytes
}

/** Node takes one byte for each character: UTF-8 is spelled out; line breaks and the like become spaces. */
function headerText(text: string): string {
  if (!/[^\x20-\x7e]/.test(text)) return text
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/[\x00-\x1f\x7f]/g, ' ')
}
