import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMediaType } from './media-type.ts'
import { parsePayload } from './payload.ts'
import { scanJson, type ScannedJson } from './json-scan.ts'
import { AT_ONCE_BYTES, runAtOnce, STEP_BYTES } from './steps.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const scan = (text: string): ScannedJson | null => runAtOnce(scanJson(bytes(text)))

/** What a body is by the short way, JSON.parse; long ones are scanned. */
function read(text: string): unknown {
  const action = { kind: 'mutate', target: 'films', mutation: 'create' } as const
  try {
    const payload = runAtOnce(parsePayload(action, parseMediaType('application/json'), bytes(text), null))
    if (payload?.kind !== 'json') return payload
    return { keys: payload.keys, isArray: payload.isArray, isEmpty: payload.isEmpty }
  } catch (error) {
    return String(error)
  }
}

/** A body that is longer for spaces that mean nothing. */
const long = (text: string): string => `${' '.repeat(AT_ONCE_BYTES)}${text}`

// Not a backslash alone: behind an object with that key, JSON.parse of Node 24 takes the key `"` for it.
const key = fc.constantFrom('a', 'b', 'c', '"', 'a\\b', 'é', '__proto__', '')
const row = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
const body = fc.oneof(
  fc.jsonValue(),
  row,
  fc.array(row),
  fc.array(fc.record({ a: fc.jsonValue(), b: fc.jsonValue() })),
)

describe('a long body is read as a short one', () => {
  test('of any JSON', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 0, max: 2 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(read(long(text))).toEqual(read(text))
      }),
      { numRuns: 100 },
    )
  })

  test('of what is nearly JSON', () => {
    const letters = '{}[]",:\\u0eE1.-+tfn aé\n'
    fc.assert(
      fc.property(body, fc.nat(), fc.constantFrom(...letters, ''), (value, place, letter) => {
        const text = JSON.stringify(value)
        const at = place % (text.length + 1)
        const broken = text.slice(0, at) + letter + text.slice(at + 1)
        expect(read(long(broken))).toEqual(read(broken))
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    '',
    '[',
    '[1,]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '01',
    '1.',
    '1e',
    '-',
    '-0.1E+5',
    '.5',
    '+1',
    'nul',
    'true false',
    '"\t"',
    String.raw`"\u00g0"`,
    String.raw`"\x"`,
    '"a',
    '[]]',
    '[}',
    '{"a":1]',
    '[{"a":1,"a":2},{"a":3}]',
    String.raw`[{"a":1,"b":2},{"\u0062":2,"a":1}]`,
    '[{"a":1},[]]',
    '[{"a":1},"x"]',
    '[[{"a":1}],[{"b":1}]]',
    '[{"a":{"b":1}},{"a":{"c":1}}]',
    '[{},{}]',
  ])('of %s', (text) => {
    expect(read(long(text))).toEqual(read(text))
  })
})

test('bytes that are no UTF-8 are no JSON, however many', () => {
  const sent = bytes(long('"é"'))
  sent[sent.length - 2] = 0x41
  const action = { kind: 'mutate', target: 'films', mutation: 'create' } as const
  expect(() => runAtOnce(parsePayload(action, parseMediaType('application/json'), sent, null))).toThrow(
    'Empty or invalid json',
  )
})

test('a step takes a part of the body, however it is made', () => {
  const size = STEP_BYTES * 8
  for (const text of [
    `"${'x'.repeat(size)}"`,
    ' '.repeat(size),
    `[${'1,'.repeat(size / 2)}1]`,
    '['.repeat(size),
    `[${'{"a":1},'.repeat(size / 8)}{"a":1}]`,
  ]) {
    const steps = scanJson(bytes(text))
    let count = 0
    while (steps.next().done !== true) count += 1
    expect(count).toBeGreaterThanOrEqual(7)
  }
})

test('nesting takes no stack', () => {
  const depth = 1_000_000
  expect(scan(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toMatchObject({ kind: 'array' })
})

test('an object of more keys than a relation can have is refused', () => {
  const members = Array.from({ length: 20_000 }, (_, index) => `"k${String(index)}":1`)
  expect(() => scan(`{${members.join(',')}}`)).toThrow('keys in one object')
})
