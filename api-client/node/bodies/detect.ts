// What a body is, from its content type and its first bytes, and in which charset its text is written.
import type { BodyInfo } from './types.ts'

export type Kind = BodyInfo['kind']

/** How a body is laid out in lines, which its kind does not say alone: SVG is an image and XML. */
export type Shape = 'json' | 'xml' | 'html' | 'text' | 'hex'

export interface Detected {
  readonly kind: Kind
  readonly shape: Shape
  /** A label that TextDecoder knows. */
  readonly charset: string
  /** Bytes of a byte order mark. */
  readonly bomBytes: number
}

/** So many first bytes are enough to tell; with fewer it may still change. */
export const DETECTION_BYTES = 1_024

const MAGIC: readonly (readonly [Kind, string])[] = [
  ['image', '\x89PNG\r\n\x1a\n'],
  ['image', 'GIF87a'],
  ['image', 'GIF89a'],
  ['image', '\xff\xd8\xff'],
  ['image', 'BM'],
  ['pdf', '%PDF-'],
  ['binary', 'PK\x03\x04'],
  ['binary', '\x1f\x8b'],
  ['binary', '\x7fELF'],
]

/** Tells kind, shape and charset. `head` is the beginning of the body. */
export function detect(contentType: string | null, head: Uint8Array): Detected {
  const media = mediaOf(contentType)
  const bom = bomOf(head)
  const kind = kindOf(media, head, bom !== null)
  const shape = shapeOf(kind, media)
  const charset =
    shape === 'hex'
      ? 'utf-8'
      : (bom?.charset ?? charsetOf(contentType) ?? declaredIn(head, shape) ?? guessed(head, shape))
  return { kind, shape, charset, bomBytes: shape === 'hex' ? 0 : (bom?.bytes ?? 0) }
}

function kindOf(media: string, head: Uint8Array, hasBom: boolean): Kind {
  if (head.length === 0) return 'empty'
  const start = Buffer.from(head.subarray(0, 512)).toString('latin1')
  const named = namedKind(media)
  // Servers say text/plain or octet-stream of anything, so there the bytes have the word.
  const isVague = named === null || media === 'text/plain'
  const magic = MAGIC.find(([, bytes]) => start.startsWith(bytes))?.[0] ?? webp(start)
  if (magic !== null && (isVague || named === 'binary')) return magic
  if (named !== null && !isVague) return named
  if (!hasBom && looksBinary(head)) return 'binary'
  if (named !== null) return named
  const text = start.replace(/^\xef\xbb\xbf/, '').trimStart()
  if (/^<(!doctype html|html|head|body)[\s>]/i.test(text)) return 'html'
  if (/^<[?!a-z]/i.test(text)) return 'xml'
  return /^[[{]/.test(text) ? 'json' : 'text'
}

/** Null where the content type says nothing about it. */
function namedKind(media: string): Kind | null {
  if (/^(application|text)\/(json|.+\+json|json5|x-json|geo\+json)$/.test(media)) return 'json'
  if (media === 'text/html' || media === 'application/xhtml+xml') return 'html'
  if (media.startsWith('image/')) return 'image'
  if (/^(application|text)\/xml$/.test(media) || media.endsWith('+xml')) return 'xml'
  if (media === 'application/pdf') return 'pdf'
  if (media.startsWith('text/')) return 'text'
  if (
    /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|javascript|sql|yaml|x-yaml|graphql|x-www-form-urlencoded|toml)$/.test(
      media,
    )
  )
    return 'text'
  if (/^(audio|video|font)\//.test(media)) return 'binary'
  if (/^application\/(zip|gzip|wasm|x-tar|vnd\.ms-.+|vnd\.openxmlformats-.+)$/.test(media)) return 'binary'
  return null
}

function shapeOf(kind: Kind, media: string): Shape {
  if (kind === 'image') return media === 'image/svg+xml' ? 'xml' : 'hex'
  if (kind === 'pdf' || kind === 'binary') return 'hex'
  return kind === 'empty' ? 'text' : kind
}

function mediaOf(contentType: string | null): string {
  return (contentType ?? '').split(';', 1).join('').trim().toLowerCase()
}

function webp(start: string): Kind | null {
  return start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP' ? 'image' : null
}

/** NUL is in no text that is written in bytes; other control characters are rare. */
function looksBinary(head: Uint8Array): boolean {
  let odd = 0
  const part = head.subarray(0, DETECTION_BYTES)
  for (const byte of part) {
    if (byte === 0) return true
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) odd += 1
  }
  return odd > part.length / 10
}

function bomOf(head: Uint8Array): { readonly charset: string; readonly bytes: number } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { charset: 'utf-8', bytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { charset: 'utf-16le', bytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { charset: 'utf-16be', bytes: 2 }
  return null
}

function charsetOf(contentType: string | null): string | null {
  return known(/;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1])
}

/** The XML prolog's encoding, or a page's meta element. */
function declaredIn(head: Uint8Array, shape: Shape): string | null {
  if (shape !== 'xml' && shape !== 'html') return null
  const start = Buffer.from(head.subarray(0, DETECTION_BYTES)).toString('latin1')
  const label =
    /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1] ??
    /<meta[^>]*charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1]
  const charset = known(label)
  // The declaration could be read as bytes, so it is no UTF-16 whatever it says.
  return charset?.startsWith('utf-16') === true ? 'utf-8' : charset
}

/** JSON begins with an ASCII character, so a NUL beside it is UTF-16 without a mark. */
function guessed(head: Uint8Array, shape: Shape): string {
  if (shape !== 'json' || head.length < 2) return 'utf-8'
  if (head[0] === 0 && head[1] !== 0) return 'utf-16be'
  return head[1] === 0 && head[0] !== 0 ? 'utf-16le' : 'utf-8'
}

function known(label: string | undefined): string | null {
  if (label === undefined) return null
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}
