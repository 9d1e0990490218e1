import fc from 'fast-check'
import { expect, test } from 'vitest'
import { followPointer, parseJsonText, sliceOf, type JsonNode } from './json-text.ts'

/** The value again, read from the slices of the tree. */
function rebuild(text: string, node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map((item) => rebuild(text, item))
  if (node.kind === 'object')
    return Object.fromEntries(node.members.map(({ name, value }) => [name, rebuild(text, value)]))
  return JSON.parse(sliceOf(text, node))
}

test('every JSON document is read as JSON.parse does, whatever its spaces', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
      const text = ` ${JSON.stringify(value, null, indent)}\n`
      const root = parseJsonText(text)
      expect(rebuild(text, root)).toEqual(JSON.parse(text))
      expect(JSON.parse(sliceOf(text, root))).toEqual(JSON.parse(text))
    }),
  )
})

test.each(['', '{', '[1,]', '{"a"}', '01', "{'a':1}", '[1] 2', '"\\x"', 'nul'])('%s is no JSON', (text) => {
  expect(() => parseJsonText(text)).toThrow(SyntaxError)
})

test('strings end where they end', () => {
  const text = String.raw`["a\"b","c\\","\\\"",""]`
  expect(rebuild(text, parseJsonText(text))).toEqual(['a"b', 'c\\', '\\"', ''])
})

test('a long string needs no deep stack, a deep document is refused', () => {
  const long = JSON.stringify('\\'.repeat(2_000_000))
  expect(parseJsonText(long).end).toBe(long.length)
  const deep = '['.repeat(501) + ']'.repeat(501)
  expect(() => parseJsonText(`[${deep}]`)).toThrow('nested too deep')
})

test.each([
  ['', '{"a":{"b/c":[10,{"~":1.50}]},"":5,"a":{"b/c":[1.0,{"~":2.50}]}}'],
  ['/', '5'],
  ['/a/b~1c/0', '1.0'],
  ['/a/b~1c/1/~0', '2.50'],
  ['/a/b~1c/2', undefined],
  ['/a/b~1c/-', undefined],
  ['/a/b~1c/01', undefined],
  ['/a/b~1c/0/x', undefined],
  ['/x', undefined],
  ['/length', undefined],
  ['/constructor', undefined],
])('the pointer %j leads to %s', (pointer, expected) => {
  const text = '{"a":{"b/c":[10,{"~":1.50}]},"":5,"a":{"b/c":[1.0,{"~":2.50}]}}'
  const found = followPointer(parseJsonText(text), pointer)
  expect(found === undefined ? undefined : sliceOf(text, found)).toBe(expected)
})
