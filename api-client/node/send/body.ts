// The bytes of a request's body, and what the client says of them. Files are streamed; every body can be read again for a redirect or a challenge.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { ResolvedBody, ResolvedPart } from '#api-client/common/resolve/types.ts'
import { SendError } from './failure.ts'
import { fileError, resolvePath } from './files.ts'
import type { FileAccess } from './files.ts'
import { mediaTypeOf } from './media-type.ts'

/** Characters of a body that are shown as its beginning. */
const PREVIEW_CHARACTERS = 10_000

export interface RequestBody {
  /** Bytes in all. */
  readonly size: number
  /** What goes into Content-Type unless the request says so itself. */
  readonly contentType: string | null
  /** The beginning, when it is text. */
  readonly preview: string | null
  /** Everything at once for a body in memory, else a stream from the beginning. */
  open(): Buffer | Readable
}

interface BodyOptions extends FileAccess {
  readonly randomBytes: (size: number) => Uint8Array
  /** As the request has it: a boundary that a person chose is used. */
  readonly writtenContentType: string | null
}

/** Null for no body. Rejects with FILE when a file cannot be read. */
export async function openBody(body: ResolvedBody, options: BodyOptions): Promise<RequestBody | null> {
  switch (body.type) {
    case 'none':
      return null
    case 'text':
      return bodyOfText(body.text, body.contentType)
    case 'form':
      return bodyOfText(
        new URLSearchParams(body.fields.map(({ name, value }): [string, string] => [name, value])).toString(),
        'application/x-www-form-urlencoded',
      )
    case 'file': {
      const file = await openFile(body.path, options)
      return {
        size: file.size,
        contentType: body.contentType ?? mediaTypeOf(body.path),
        preview: null,
        open: () => Readable.from(file.read(), { objectMode: false }),
      }
    }
    case 'multipart':
      return multipart(body.parts, options)
  }
}

function bodyOfText(text: string, contentType: string | null): RequestBody {
  const bytes = Buffer.from(text)
  return { size: bytes.length, contentType, preview: text.slice(0, PREVIEW_CHARACTERS), open: () => bytes }
}

interface OpenedFile {
  readonly size: number
  read(): AsyncGenerator<Buffer>
}

async function openFile(path: string, access: FileAccess): Promise<OpenedFile> {
  let absolute: string
  let size: number
  try {
    absolute = await resolvePath(path, access)
    const stats = await stat(absolute)
    if (!stats.isFile()) {
      throw new SendError('FILE', `${path} is no plain file.`, 'Choose the file again in the request.')
    }
    size = stats.size
  } catch (error) {
    throw fileError(path, error)
  }
  return { size, read: () => readFile(absolute, path, size) }
}

/** Exactly `size` bytes, which were promised: not more of a file that grew, and a failure for one that shrank. */
async function* readFile(absolute: string, path: string, size: number): AsyncGenerator<Buffer> {
  if (size === 0) return
  let read = 0
  try {
    const stream = createReadStream(absolute, { end: size - 1, highWaterMark: 256 * 1024 })
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue
      read += chunk.length
      yield chunk
    }
  } catch (error) {
    throw fileError(path, error)
  }
  if (read < size) {
    throw new SendError('FILE', `The file ${path} became shorter while it was being sent.`, 'Send it again.')
  }
}

async function multipart(parts: readonly ResolvedPart[], options: BodyOptions): Promise<RequestBody> {
  const written = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(options.writtenContentType ?? '')
  const boundary =
    written?.[1] ?? written?.[2] ?? `NebulaDB${Buffer.from(options.randomBytes(18)).toString('hex')}`
  const pieces: (Buffer | OpenedFile)[] = []
  const preview: string[] = []
  const addText = (text: string): void => {
    pieces.push(Buffer.from(text))
    preview.push(text)
  }
  for (const part of parts) {
    addText(`--${boundary}\r\n`)
    if (part.type === 'text') {
      const type = part.contentType === null ? '' : `Content-Type: ${lineOf(part.contentType)}\r\n`
      addText(`Content-Disposition: form-data; name="${quoted(part.name)}"\r\n${type}\r\n${part.value}\r\n`)
      continue
    }
    const file = await openFile(part.path, options)
    const name = part.path.split(/[\\/]/).at(-1) ?? part.path
    const type = part.contentType ?? mediaTypeOf(part.path)
    addText(
      `Content-Disposition: form-data; name="${quoted(part.name)}"; filename="${quoted(name)}"\r\nContent-Type: ${lineOf(type)}\r\n\r\n`,
    )
    pieces.push(file)
    preview.push(`(${String(file.size)} bytes of ${part.path})`)
    addText('\r\n')
  }
  addText(`--${boundary}--\r\n`)
  const size = pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.size), 0)
  return {
    size,
    contentType: `multipart/form-data; boundary=${boundary}`,
    preview: preview.join('').slice(0, PREVIEW_CHARACTERS),
    open: () => Readable.from(readPieces(pieces), { objectMode: false }),
  }
}

async function* readPieces(pieces: readonly (Buffer | OpenedFile)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece
    else yield* piece.read()
  }
}

/** RFC 7578 and browsers: UTF-8 as it is, and only what would end the quotes or the line is escaped. (`filename*` of RFC 8187 must not stand here.) */
function quoted(name: string): string {
  return name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22')
}

function lineOf(text: string): string {
  return text.replace(/[\r\n]+/g, ' ')
}

/** The hash of a body, as hexadecimal text. */
export async function hashBody(
  body: RequestBody | null,
  algorithm: 'md5' | 'sha256' | 'sha512-256',
): Promise<string> {
  const hash = createHash(algorithm)
  const content = body?.open()
  if (Buffer.isBuffer(content)) hash.update(content)
  else if (content !== undefined) {
    for await (const chunk of content) {
      if (Buffer.isBuffer(chunk)) hash.update(chunk)
    }
  }
  return hash.digest('hex')
}

/** The value of a header, the first of that name; null when there is none. */
export function headerOf(headers: readonly HeaderPair[], name: string): string | null {
  const lower = name.toLowerCase()
  return headers.find((header) => header.name.toLowerCase() === lower)?.value ?? null
}
