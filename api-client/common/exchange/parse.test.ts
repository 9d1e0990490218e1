import { expect, test } from 'vitest'
import { parseDocument } from './parse.ts'

test.each<[string, string, unknown]>([
  ['JSON', '{"a": 1}', { a: 1 }],
  ['JSON with a mark of its order', '\uFEFF{"a": 1}', { a: 1 }],
  ['JSON with comments and commas', '# c\n{"a": [1,],}', { a: [1] }],
  ['a key twice, of which the last counts', 'a: 1\na: 2\n', { a: 2 }],
  ['anchors', '---\n# c\nx: &x {b: 1}\na: *x\n', { x: { b: 1 }, a: { b: 1 } }],
  ['what is merged', 'x: &x {b: 1}\na: {<<: *x, c: 2}\n', { x: { b: 1 }, a: { b: 1, c: 2 } }],
  ['a directive', '%YAML 1.2\n---\na: 1\n', { a: 1 }],
  ['keys of many words', '"a b": 1\n', { 'a b': 1 }],
  ['lines of Windows', 'a:\r\n  b: 1\r\n', { a: { b: 1 } }],
  ['big integers', 'a: 9007199254740993\n', { a: 9007199254740993n }],
])('%s is read', (_name, text, wanted) => {
  expect(parseDocument(text)).toEqual(wanted)
})

test.each([
  ['lines of nothing', '\n'.repeat(1_000_000)],
  ['a log', '2026-01-01T00:00:00Z INFO a=1 {b}\n'.repeat(50_000)],
  ['brackets that are never closed', 'a: [\n'.repeat(50_000)],
  ['prose', 'Once upon a time, in a land.\n'.repeat(50_000)],
])('%s are refused in a moment', (_name, text) => {
  const start = performance.now()
  expect(parseDocument(text)).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(1_500)
})

test.each([
  ['a key twice', 'a: 1\na: 2\n', 'unique'],
  ['a second document', 'a: 1\n---\nb: 2\n', 'multiple documents'],
  ['a tab', 'a:\n\tb: 1\n', 'Tabs'],
])('%s is told', (_name, text, wanted) => {
  const faults: string[] = []
  parseDocument(text, (message) => faults.push(message))
  expect(faults.join()).toContain(wanted)
})
