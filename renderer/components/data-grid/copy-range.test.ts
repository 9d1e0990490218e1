// Copying a range: which rows and columns, and that a cut is told.
import { expect, test } from 'vitest'
import { encodeBatch } from '#contract/batch/encode.ts'
import { copyRange } from './copy-range.ts'
import type { GridColumn } from './types.ts'
import { createWindowSource } from './window-source.ts'

const columns: GridColumn[] = ['a', 'b', 'c'].map((name) => ({ name, type: 'text', kind: 'text' }))

/** A result of which nothing is loaded yet. */
function sourceOf(totalRows: number) {
  const source = createWindowSource({
    fetchWindow: async ({ firstRow, rowCount }) => {
      const count = Math.min(rowCount, totalRows - firstRow)
      const rows = Array.from({ length: count }, (_, at) =>
        ['a', 'b', 'c'].map((name) => `${name}${firstRow + at}`),
      )
      return {
        batches: [{ firstRow, rowCount: count, bodies: encodeBatch(rows, 3) }],
        totalRows,
        isComplete: true,
      }
    },
  })
  source.setTotal(totalRows, true)
  return source
}
const rest = { columns, format: 'tsv', tableName: undefined } as const

test('takes the rows and columns of the range, loaded or not', async () => {
  const range = { firstRow: 4998, lastRow: 5001, firstColumn: 1, lastColumn: 2 }
  const copied = await copyRange({ ...rest, source: sourceOf(9000), range })
  expect(copied.text.trim().split('\n')).toEqual([
    'b4998\tc4998',
    'b4999\tc4999',
    'b5000\tc5000',
    'b5001\tc5001',
  ])
  expect(copied).toMatchObject({ rows: 4, selectedRows: 4 })
})

test('takes the first rows of too many, and says how many were selected', async () => {
  const range = { firstRow: 10, lastRow: 59, firstColumn: 0, lastColumn: 0 }
  const copied = await copyRange({ ...rest, source: sourceOf(100), range, maxRows: 3 })
  expect(copied.text.trim().split('\n')).toEqual(['a10', 'a11', 'a12'])
  expect(copied).toMatchObject({ rows: 3, selectedRows: 50 })
})

test('a copy holds 100 000 rows and no more', async () => {
  const range = { firstRow: 0, lastRow: 100_000, firstColumn: 0, lastColumn: 0 }
  expect(await copyRange({ ...rest, source: sourceOf(100_001), range })).toMatchObject({
    rows: 100_000,
    selectedRows: 100_001,
  })
})
