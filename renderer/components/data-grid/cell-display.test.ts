// What a cell shows of its value.
import { expect, test } from 'vitest'
import { byteLength, displayCell, jsonPieces } from './cell-display.ts'

const text = (value: string | null | undefined, kind: Parameters<typeof displayCell>[1] = 'text'): string =>
  displayCell(value, kind)
    .pieces.map((piece) => piece.text)
    .join('')

test('NULL, the empty text and a value that has not arrived look different', () => {
  expect(displayCell(null, 'text').pieces).toEqual([{ text: 'NULL', tone: 'null' }])
  expect(displayCell('', 'text').pieces).toEqual([{ text: "''", tone: 'hint' }])
  expect(displayCell(undefined, 'text').pieces).toEqual([{ text: '·', tone: 'hint' }])
})

test('a long value is cut on screen and says its true size', () => {
  const shown = displayCell('ä'.repeat(1000), 'text')
  expect(text('ä'.repeat(1000)).length).toBe(301)
  expect(shown.title).toBe('2.0 kB, Space shows all of it')
})

test('line breaks and tabs are visible', () => {
  expect(text('a\r\nb\tc')).toBe('a↵b⇥c')
})

test('booleans are words', () => {
  expect(text('t', 'boolean')).toBe('true')
  expect(text('f', 'boolean')).toBe('false')
})

test('bytes show how many they are', () => {
  expect(text(`\\x${'ab'.repeat(1500)}`, 'bytes')).toBe('\\xabababababababab… 1.5 kB')
})

test('JSON is coloured by what its parts are', () => {
  const pieces = jsonPieces('{"a": "b", "n": -1.5e3, "t": true}')
  const tone = (part: string): string | undefined => pieces.find((piece) => piece.text === part)?.tone
  expect([tone('"a"'), tone('"b"'), tone('-1.5e3'), tone('true'), tone(':'), tone('{')]).toEqual([
    'key',
    'string',
    'number',
    'word',
    'mark',
    'plain',
  ])
  expect(pieces.map((piece) => piece.text).join('')).toBe('{"a": "b", "n": -1.5e3, "t": true}')
})

test('colouring loses nothing of what is not JSON', () => {
  for (const broken of ['{"a": "unclosed', "{1,NULL,'x'}", '[[1,2],[3', '"\\u00'])
    expect(
      jsonPieces(broken)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(broken)
})

test('counts the bytes of UTF-8', () => {
  for (const sample of ['abc', 'äöü', '€', '😀', 'a😀b'])
    expect(byteLength(sample)).toBe(new TextEncoder().encode(sample).length)
})
