import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from '../limits.ts'
import { decodeFrame, encodeFrame } from './codec.ts'
import type { Frame } from './frames.ts'

const frame = (value: unknown, bodies: readonly Uint8Array[] = []): Frame => ({
  head: { type: 'item', id: 7, value },
  bodies,
})
const refused = expect.objectContaining({ code: 'INVALID_INPUT' })

describe('frames as bytes', () => {
  // RPC-1
  test('come back as they were, from any address', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.array(fc.uint8Array({ maxLength: 50 })),
        fc.nat(9),
        (json, bodies, shift) => {
          // JSON has no negative zero.
          const value: unknown = JSON.parse(JSON.stringify(json))
          const encoded = encodeFrame(frame(value, bodies))
          const larger = new Uint8Array(encoded.length + shift)
          larger.set(encoded, shift)
          const decoded = decodeFrame(larger.subarray(shift))
          expect(decoded.head).toEqual({ type: 'item', id: 7, value })
          expect(decoded.bodies.map((body) => [...body])).toEqual(bodies.map((body) => [...body]))
        },
      ),
    )
  })

  // RPC-6
  test('over the limit are refused by the sender and by the receiver', () => {
    const large = new Uint8Array(MAX_FRAME_BYTES)
    const tooLarge = expect.objectContaining({ code: 'TOO_LARGE' })
    expect(() => encodeFrame(frame(null, [large]))).toThrow(tooLarge)
    expect(() => decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow(tooLarge)
  })

  // RPC-5
  test('every truncation is refused, or is a frame with fewer bodies', () => {
    const encoded = encodeFrame(frame('x', [new Uint8Array(3), new Uint8Array(5)]))
    const whole: number[] = []
    for (let length = 0; length < encoded.length; length++) {
      try {
        whole.push(decodeFrame(encoded.subarray(0, length)).bodies.length)
      } catch (error) {
        expect(error).toEqual(refused)
      }
    }
    expect(whole).toEqual([0, 1])
  })

  // RPC-5
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a length beyond the end', new Uint8Array([255, 255, 255, 255])],
    ['a head that is not JSON', new Uint8Array([1, 0, 0, 0, 123])],
    ['a head that is not UTF-8', new Uint8Array([3, 0, 0, 0, 34, 0xff, 34])],
    ['a head of no known type', new Uint8Array([2, 0, 0, 0, 123, 125])],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(refused)
  })

  test('any bytes either decode or are refused with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          decodeFrame(bytes)
        } catch (error) {
          expect(error).toEqual(refused)
        }
      }),
    )
  })
})
