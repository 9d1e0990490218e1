import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBatch } from '#contract/batch/decode.ts'
import { encodeBatch } from '#contract/batch/encode.ts'
import { sliceBatch } from './batch-slice.ts'

test('a slice holds exactly its rows, nulls included', () => {
  const cell = fc.option(fc.string({ unit: 'binary', maxLength: 12 }), { nil: null })
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 40 })
  fc.assert(
    fc.property(rows, fc.nat(45), fc.nat(45), (all, from, to) => {
      const whole = { rowCount: all.length, bodies: encodeBatch(all, 2) }
      const slice = sliceBatch(whole, from, Math.max(from, to))
      const batch = decodeBatch(slice.bodies, slice.rowCount)
      const read = Array.from({ length: batch.rowCount }, (_, row) => [
        batch.cell(row, 0),
        batch.cell(row, 1),
      ])
      expect(read).toEqual(all.slice(from, Math.max(from, to)))
    }),
  )
})

test('the whole batch is given as it is', () => {
  const batch = { rowCount: 2, bodies: encodeBatch([['a'], [null]], 1) }
  expect(sliceBatch(batch, 0, 2)).toBe(batch)
  expect(sliceBatch(batch, 0, 500)).toBe(batch)
})
