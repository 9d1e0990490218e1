// Selecting over lines that are not on screen, and how lines are coloured.
import { describe, expect, test } from 'vitest'
import { colourLine } from './line-colour.ts'
import { cut, selectedIn, wordAt } from './text-selection.ts'
import { scaleOf, within } from './virtual-scroll.ts'
import { hexLines } from './body-hex.tsx'
import { jsonPathOf } from './body-tree.tsx'
import { kindOf, textOf } from './body-table.tsx'

const backwards = { anchor: { line: 3, column: 2 }, head: { line: 1, column: 4 } }

describe('a selection', () => {
  test('counts from its earlier end, however it was made', () => {
    expect(selectedIn(backwards, 0)).toBeUndefined()
    expect(selectedIn(backwards, 1)).toEqual({ start: 4, end: Infinity })
    expect(selectedIn(backwards, 2)).toEqual({ start: 0, end: Infinity })
    expect(selectedIn(backwards, 3)).toEqual({ start: 0, end: 2 })
  })
  test('gives the text between its ends', () => {
    expect(cut(['abcdef', 'ghi', 'jkl'], backwards)).toBe('ef\nghi\njk')
  })
  test.each([
    ['"due_at": 1', 3, { start: 1, end: 7 }],
    ['a  b', 2, { start: 2, end: 3 }],
  ])('a double press in %s takes the word', (line, column, word) => {
    expect(wordAt(line, column)).toEqual(word)
  })
})

test.each([
  ['  "a": "b",', ['text-syn-function', 'text-syn-string']],
  ['  "n": -1.5e3', ['text-syn-function', 'text-syn-number']],
  ['  null, true', ['text-syn-keyword', 'text-syn-keyword']],
])('%s is coloured', (line, classes) => {
  const pieces = colourLine(line, 'json')
  expect(pieces.map(({ text }) => text).join('')).toBe(line)
  expect(pieces.map(({ className }) => className).filter((name) => name !== '')).toEqual(classes)
})

test('a whole taller than browsers allow is scrolled by shares, to its very end', () => {
  const { height, factor } = scaleOf(100_000_000, 500)
  expect(height).toBeLessThan(10_000_000)
  expect(Math.round((height - 500) * factor)).toBe(100_000_000 - 500)
  expect(within(200_000_000, 100_000_000, 500)).toBe(99_999_500)
  expect(scaleOf(1_000, 500)).toEqual({ height: 1_000, factor: 1 })
})

test('bytes are shown as hexadecimal and text', () => {
  expect(hexLines(new Uint8Array([0x41, 0, 0xff]), 16)).toEqual([
    `00000010  ${'41 00 ff'.padEnd(23)}  ${''.padEnd(23)}  A..`,
  ])
})

test.each([
  ['', '$'],
  ['/0/title', '$[0].title'],
  ['/a~1b/c d', '$["a/b"]["c d"]'],
])('the JSON path of %s', (pointer, path) => {
  expect(jsonPathOf(pointer)).toBe(path)
})

test.each([
  ['"text"', 'text', 'text'],
  ['12345678901234567890', '12345678901234567890', 'number'],
  ['"2026-11-23T10:00:00Z"', '2026-11-23T10:00:00Z', 'time'],
  ['{"a":1}', '{"a":1}', 'json'],
  ['true', 'true', 'boolean'],
])('the cell %s', (cell, text, kind) => {
  expect(textOf(cell)).toBe(text)
  expect(kindOf(cell)).toBe(kind)
})
