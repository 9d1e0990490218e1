// The pretty view of JSON holds to a plain reference, whatever the text and in whatever chunks it comes. BODY_RUNS tries more texts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { createJsonLayout } from './json-layout.ts'
import { createLocator, readLines } from './printer.ts'
import { openSource } from './source.ts'
import { referenceLines } from '#testing/json-reference.ts'

const RUNS = Number(process.env['BODY_RUNS'] ?? 150)
const folder = mkdtempSync(join(tmpdir(), 'nebuladb-bodies-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The layout of a text that came in chunks of a size, and all its lines. */
function pretty(text: string | Buffer, chunk: number, page = 500) {
  const bytes = Buffer.from(text)
  const path = join(folder, 'body')
  writeFileSync(path, bytes)
  const layout = createJsonLayout(0)
  for (let at = 0; at < bytes.length; at += chunk) layout.feed(bytes.subarray(at, at + chunk))
  layout.finish()
  const source = openSource(path)
  const lines: string[] = []
  const continues: number[] = []
  for (let from = 0; from < layout.lines; from += page) {
    const printed = readLines(layout, source, { from, count: page })
    continues.push(...printed.continues.map((index) => index + from))
    lines.push(...printed.lines)
  }
  return { layout, source, lines, continues }
}

const space = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t', '  \n  ')
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('"\\u0041\\/"', '"\\\\"', '"\\"{[,:]}"', '"é\\n𝒳"', '"\\ud800"', '""'),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('0', '-0', '1e400', '1E+2', '-1.50e-10', '12345678901234567890', '9'.repeat(400)),
)
/** Any JSON as a text, with space wherever it may be. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, number, fc.constantFrom('true', 'false', 'null')),
    fc
      .tuple(space, fc.array(fc.tuple(space, tie('value'), space)))
      .map(
        ([inner, items]) => `[${items.length === 0 ? inner : items.map((item) => item.join('')).join(',')}]`,
      ),
    fc
      .tuple(space, fc.array(fc.tuple(space, text, space, space, tie('value'), space)))
      .map(
        ([inner, members]) =>
          `{${members.length === 0 ? inner : members.map(([a, key, b, c, item, d]) => `${a}${key}${b}:${c}${item}${d}`).join(',')}}`,
      ),
  ),
}))

test('any JSON in chunks of any size has the lines of the reference, its tokens as they stand', () => {
  fc.assert(
    fc.property(
      value,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 300 }),
      (json, chunk, page) => {
        JSON.parse(json)
        const { layout, lines, continues } = pretty(json, chunk, page)
        const expected = referenceLines(json)
        expect(layout.problem).toBe(null)
        expect(lines).toEqual(expected.lines)
        expect(continues).toEqual(expected.continues)
        expect(layout.lines).toBe(expected.lines.length)
        // Without the inserted space the text is the same, so it says the same.
        if (continues.length === 0) expect(JSON.parse(lines.join('\n'))).toEqual(JSON.parse(json))
      },
    ),
    { numRuns: RUNS, seed: 20 },
  )
})

test('a text is valid exactly when JSON.parse reads it', () => {
  const broken = fc
    .tuple(value, fc.nat(), fc.constantFrom('', ',', '}', ']', '"', 'x', '\n', '0', '.', '-'))
    .map(
      ([json, at, instead]) =>
        `${json.slice(0, at % json.length)}${instead}${json.slice((at % json.length) + 1)}`,
    )
  fc.assert(
    fc.property(broken, fc.integer({ min: 1, max: 20 }), (json, chunk) => {
      const { layout, lines } = pretty(json, chunk)
      let isValid = true
      try {
        JSON.parse(json)
      } catch {
        isValid = false
      }
      expect(layout.problem === null).toBe(isValid)
      expect(lines).toHaveLength(json === '' ? 0 : layout.lines)
      // From the problem on it is shown as it came.
      const at = layout.index.problem?.offset
      if (at === undefined) return
      const rest = Buffer.from(json).subarray(at).toString().replaceAll('\r\n', '\n')
      expect(lines.join('\n').endsWith(rest)).toBe(true)
    }),
    { numRuns: RUNS * 2, seed: 21 },
  )
})

test('garbage never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (bytes, chunk) => {
      const { layout, lines } = pretty(Buffer.from(bytes), chunk)
      expect(lines.length).toBe(bytes.length === 0 ? 0 : layout.lines)
    }),
    { numRuns: RUNS * 2, seed: 22 },
  )
})

test('what is nested ten thousand levels deep is read, and what is deeper than a hundred thousand is shown as it came', () => {
  const deep = '['.repeat(10_000) + '1' + ']'.repeat(10_000)
  const { layout, lines } = pretty(deep, 777)
  expect(layout.problem).toBe(null)
  expect(lines).toHaveLength(20_001)
  expect(lines[10_000]).toBe(`${' '.repeat(200)}1`)
  expect(pretty('['.repeat(200_000), 65_536).layout.problem).toMatch(/deeper than 100,000/)
})

test('a text of one very long line is cut into parts that can be read anywhere', () => {
  const long = `{"a": "${'é\\"x\\\\'.repeat(900_000)}", "b": 1}`
  const { layout, source } = pretty(long, 65_536)
  const expected = referenceLines(long)
  expect(layout.lines).toBe(expected.lines.length)
  for (const from of [0, 1, 255, 256, 257, 400, expected.lines.length - 3]) {
    const { lines, continues } = readLines(layout, source, { from, count: 3 })
    expect(lines).toEqual(expected.lines.slice(from, from + 3))
    expect(continues).toEqual([0, 1, 2].filter((index) => expected.continues.includes(from + index)))
  }
})

test('places in the text are found in the view, also when one begins anywhere', () => {
  const json = JSON.stringify(
    Array.from({ length: 3_000 }, (_, id) => ({ id, name: `n${String(id)}é`, tags: [] })),
  )
  const { layout, source, lines } = pretty(json, 1_000)
  const bytes = Buffer.from(json)
  for (const id of [0, 7, 1_500, 2_999]) {
    const needle = Buffer.from(`"n${String(id)}é"`)
    const place = createLocator(layout, source).locate(bytes.indexOf(needle), needle.length)
    expect(
      lines[place?.line ?? -1]?.slice(place?.column, (place?.column ?? 0) + needle.toString().length),
    ).toBe(needle.toString())
  }
  expect(createLocator(layout, source).locate(bytes.indexOf('"id":0'), 6)).toBe(null)
})

test('the problem says line and column of the text as it came', () => {
  expect(pretty('{"a": 1,\n  "b": tru }', 5).layout.problem).toBe(
    'Not valid JSON at line 2, column 11: a value is missing.',
  )
  expect(pretty('[1 2]', 5).layout.problem).toMatch(/line 1, column 4: a comma or ] is missing/)
  expect(pretty('[1,', 5).layout.problem).toMatch(/the text ends before the value does/)
  expect(pretty('', 5).layout.problem).toMatch(/ends before/)
})
