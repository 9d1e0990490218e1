import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCsv } from './csv.ts'
import { runAtOnce, STEP_BYTES } from './steps.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function rows(text: string): unknown {
  return JSON.parse(new TextDecoder().decode(runAtOnce(parseCsv(bytes(text))).json))
}

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`

test('fields come out as they went in, quoted or not, short or long', () => {
  const letter = fc.constantFrom('a', ',', '"', '\\', '\n', '\r', 'é', '\u0001', '𝄞', ' ')
  const field = fc
    .tuple(fc.string({ unit: letter, maxLength: 6 }), fc.constantFrom(1, 1, 1, 10_000))
    .map(([text, times]) => text.repeat(times))
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 4 }), (records) => {
      const lines = records.map((record) => record.map(quoted).join(','))
      expect(rows(['x,y', ...lines].join('\r\n'))).toEqual(records.map(([x, y]) => ({ x, y })))
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['a,b\n1,2\n', [{ a: '1', b: '2' }]],
  [
    'a,b\n1,\n,2',
    [
      { a: '1', b: '' },
      { a: '', b: '2' },
    ],
  ],
  ['a\r\n\r\n1\r2\n', [{ a: '1' }, { a: '2' }]],
  ['a,b\nNULL,"NULL"', [{ a: null, b: null }]],
  ['a,b\n1,2,3', [{ a: '1', b: '2' }]],
  [
    'a,b,c\n1,2\n3,4',
    [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ],
  ],
  ['a,b,a\n1,2,3', [{ a: '3', b: '2' }]],
  ['"a""x"\n1', [{ 'a"x': '1' }]],
  ['a,b', []],
])('%j', (text, expected) => {
  expect(rows(text)).toEqual(expected)
})

test.each(['a\n"1', 'a\n1"2', 'a\n"1"2', 'a,b\n1,2\n3', ''])('%j is refused', (text) => {
  expect(() => rows(text)).toThrow(expect.objectContaining({ code: 'PGRST102', status: 400 }))
})

test('a zero byte is refused', () => {
  expect(() => rows('a\n\0')).toThrow(expect.objectContaining({ code: '22021' }))
})

test('a step takes a part of the body, however it is made', () => {
  const size = STEP_BYTES * 8
  for (const text of [
    `a\n${'x\n'.repeat(size / 2)}`,
    `a\n"${'""'.repeat(size / 2)}"`,
    `a\n${','.repeat(size)}`,
    '\n'.repeat(size) + 'a',
  ]) {
    const steps = parseCsv(bytes(text))
    let count = 0
    while (steps.next().done !== true) count += 1
    expect(count).toBeGreaterThanOrEqual(7)
  }
})
