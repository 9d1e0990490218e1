// The rectangle of selected cells, and what the status bar says of it.
import { expect, test } from 'vitest'
import { boundsOf, cellCount, extend, isInBounds, type RangeSelection } from './range-selection.ts'
import { summarise } from './selection-summary.ts'

const selection = (
  rows: [number, number],
  columns: [number, number],
  kind: RangeSelection['kind'] = 'cells',
): RangeSelection => ({
  anchor: { row: rows[0], column: columns[0] },
  head: { row: rows[1], column: columns[1] },
  kind,
})

test('bounds are in order, whichever way it was dragged', () => {
  expect(boundsOf(selection([5, 2], [3, 1]), 10)).toEqual({
    firstRow: 2,
    lastRow: 5,
    firstColumn: 1,
    lastColumn: 3,
  })
})

test('whole rows have every column', () => {
  const bounds = boundsOf(selection([1, 2], [0, 0], 'rows'), 4)
  expect(cellCount(bounds)).toBe(8)
  expect(isInBounds(bounds, 1, 3)).toBe(true)
  expect(isInBounds(bounds, 3, 3)).toBe(false)
})

test('the head moves and stops at the edges, the anchor stays', () => {
  const limits = { rowCount: 10, columnCount: 3, toEdge: false }
  const start = selection([9, 9], [2, 2])
  expect(extend(start, 'down', limits).head).toEqual({ row: 9, column: 2 })
  expect(extend(start, 'left', limits).head).toEqual({ row: 9, column: 1 })
  expect(extend(start, 'up', { ...limits, toEdge: true })).toEqual(selection([9, 0], [2, 2]))
})

const number = { name: 'n', type: 'int4', kind: 'number' } as const
const word = { name: 't', type: 'text', kind: 'text' } as const
const cells = (values: (string | null | undefined)[]) => ({ cell: (row: number) => values[row] })
const bounds = (rows: number) => ({ firstRow: 0, lastRow: rows - 1, firstColumn: 0, lastColumn: 0 })

test('numbers are summed; NULL does not count towards the average', () => {
  expect(summarise(bounds(3), [number], cells(['1.5', null, '2.5']))).toEqual({
    rowCount: 3,
    cellCount: 3,
    sum: 4,
    average: 2,
  })
})

test('there is no sum of text, of what is not loaded, or of NaN', () => {
  expect(summarise(bounds(2), [word], cells(['1', '2'])).sum).toBeNull()
  expect(summarise(bounds(2), [number], cells(['1', undefined])).sum).toBeNull()
  expect(summarise(bounds(2), [number], cells(['1', 'NaN'])).sum).toBeNull()
})
