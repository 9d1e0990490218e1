// Frames as bytes, for transports that carry bytes. Layout: u32 head length, head as UTF-8 JSON, then per body u32 length and bytes (little endian).
import { AppError } from '../errors.ts'
import { MAX_FRAME_BYTES } from '../limits.ts'
import { FrameHead, type Frame } from './frames.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Encodes a frame. Throws TOO_LARGE above MAX_FRAME_BYTES. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(JSON.stringify(frame.head))
  const size = frame.bodies.reduce((sum, body) => sum + 4 + body.byteLength, 4 + head.byteLength)
  if (size > MAX_FRAME_BYTES)
    throw new AppError('TOO_LARGE', `A frame of ${size} bytes is over the limit of ${MAX_FRAME_BYTES}.`)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, head.byteLength, true)
  bytes.set(head, 4)
  let offset = 4 + head.byteLength
  for (const body of frame.bodies) {
    view.setUint32(offset, body.byteLength, true)
    bytes.set(body, offset + 4)
    offset += 4 + body.byteLength
  }
  return bytes
}

/** Decodes a frame; the bodies are views into `bytes`. Throws INVALID_INPUT on anything malformed. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.byteLength > MAX_FRAME_BYTES)
    throw new AppError('TOO_LARGE', `A frame of ${bytes.byteLength} bytes is over the limit.`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const take = (offset: number): number => {
    if (offset + 4 > bytes.byteLength) throw malformed('it ends inside a length')
    const length = view.getUint32(offset, true)
    if (offset + 4 + length > bytes.byteLength) throw malformed('a part is longer than the frame')
    return length
  }
  const headLength = take(0)
  const bodies: Uint8Array[] = []
  let offset = 4 + headLength
  while (offset < bytes.byteLength) {
    const length = take(offset)
    bodies.push(bytes.subarray(offset + 4, offset + 4 + length))
    offset += 4 + length
  }
  return { head: parseHead(bytes.subarray(4, 4 + headLength)), bodies }
}

function parseHead(bytes: Uint8Array): FrameHead {
  let json: unknown
  try {
    json = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw malformed('its head is not JSON', cause)
  }
  const head = FrameHead.safeParse(json)
  if (!head.success) throw malformed('its head is not one of the known ones', head.error)
  return head.data
}

function malformed(why: string, cause?: unknown): AppError {
  return new AppError('INVALID_INPUT', `A frame could not be read: ${why}.`, { cause })
}
