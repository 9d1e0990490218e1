import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBatchBuilder } from './builder.ts'
import { decodeBatch } from './decode.ts'
import { encodeBatch } from './encode.ts'

const text = (rows: readonly (readonly (string | null)[])[], columnCount: number) => {
  const batch = decodeBatch(encodeBatch(rows, columnCount), rows.length)
  return rows.map((_, row) => Array.from({ length: columnCount }, (__, column) => batch.cell(row, column)))
}

describe('a batch', () => {
  test('gives back what was put in: text, empty text and null are three things', () => {
    const rows = [
      ['a', '', null],
      [null, 'Łódź 🐘', '\0'],
      ['\ufeffb', null, ''],
    ]
    expect(text(rows, 3)).toEqual(rows)
  })

  test('of no rows, and of no columns', () => {
    expect(decodeBatch(encodeBatch([], 2), 0)).toMatchObject({ rowCount: 0, columnCount: 2 })
    expect(encodeBatch([[], []], 0)).toEqual([])
  })

  test('any rows come back, also from bodies at any address', () => {
    const cell = fc.option(
      fc.string({ unit: fc.constantFrom('a', 'é', '🐘', '\0', '\ufeff', 'xyz'.repeat(12)), maxLength: 8 }),
      { nil: null },
    )
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 4 })
          .chain((count) =>
            fc.array(fc.array(cell, { minLength: count, maxLength: count }), { maxLength: 20 }),
          ),
        fc.integer({ min: 0, max: 9 }),
        (rows, shift) => {
          const count = rows[0]?.length ?? 1
          const shifted = encodeBatch(rows, count).map((body) => {
            const larger = new Uint8Array(body.length + shift)
            larger.set(body, shift)
            return larger.subarray(shift)
          })
          const batch = decodeBatch(shifted, rows.length)
          const back = rows.map((cells, row) => cells.map((_, column) => batch.cell(row, column)))
          const nulls = rows.map((cells, row) => cells.map((_, column) => batch.isNull(row, column)))
          expect(back).toEqual(rows)
          expect(nulls).toEqual(rows.map((cells) => cells.map((value) => value === null)))
        },
      ),
    )
  })

  test('grows over any number of rows and any size of cell', () => {
    const rows = Array.from({ length: 5000 }, (_, row) => [row % 3 === 0 ? null : 'x'.repeat(row % 400)])
    expect(text(rows, 1)).toEqual(rows)
  })

  test('short rows end in nulls', () => {
    expect(text([['a'], []], 2)).toEqual([
      ['a', null],
      [null, null],
    ])
  })

  test('bytes are the UTF-8 of a cell', () => {
    const batch = decodeBatch(encodeBatch([['é'], [null]], 1), 2)
    expect([...batch.bytes(0, 0)]).toEqual([0xc3, 0xa9])
    expect(batch.bytes(1, 0).length).toBe(0)
    expect(batch.sizeBytes).toBe(3 * 4 + 1 + 2)
  })

  test('cells outside are an error', () => {
    const batch = decodeBatch(encodeBatch([['a']], 1), 1)
    for (const [row, column] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [NaN, 0],
    ] as const)
      expect(() => batch.cell(row, column)).toThrow(RangeError)
  })
})

describe('the builder', () => {
  test('starts anew after finish, with nothing left of the batch before', () => {
    const builder = createBatchBuilder(2)
    builder.appendNull(0)
    builder.appendBytes(1, new Uint8Array([97, 98]), 1, 2)
    builder.endRow()
    expect([builder.rowCount(), builder.sizeBytes()]).toEqual([1, 1])
    builder.finish()
    expect([builder.rowCount(), builder.sizeBytes()]).toEqual([0, 0])
    builder.appendBytes(0, new Uint8Array([99]), 0, 1)
    builder.endRow()
    const { bodies, rowCount } = builder.finish()
    const batch = decodeBatch(bodies, rowCount)
    expect([batch.cell(0, 0), batch.cell(0, 1)]).toEqual(['c', null])
  })
})

describe('a malformed batch is refused', () => {
  const good = (): Uint8Array => encodeBatch([['ab'], ['c']], 1)[0] ?? new Uint8Array()
  const changed = (offset: number, value: number): Uint8Array => {
    const body = good()
    new DataView(body.buffer).setUint32(offset, value, true)
    return body
  }

  test.each<[string, Uint8Array, number]>([
    ['too short for its offsets', new Uint8Array(5), 2],
    ['another row count', good(), 20],
    ['offsets that go back', changed(4, 4), 2],
    ['an offset beyond the text', changed(8, 100), 2],
    ['text before the first offset', changed(0, 1), 2],
    ['text behind the last offset', new Uint8Array([...good(), 1]), 2],
    ['a negative row count', good(), -1],
    ['half a row', good(), 0.5],
  ])('%s', (_, body, rowCount) => {
    expect(() => decodeBatch([body], rowCount)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
