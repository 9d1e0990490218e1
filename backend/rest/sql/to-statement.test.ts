import { expect, test } from 'vitest'
import { join, sql } from '#postgres/common/sql/sql.ts'
import { toStatement } from './to-statement.ts'

test('a statement has no more values than the protocol has room for', () => {
  const values = (count: number) => sql`select ${join(Array.from({ length: count }, () => sql`${'x'}`))}`
  expect(toStatement(values(65_535)).values).toHaveLength(65_535)
  expect(() => toStatement(values(65_536))).toThrow(expect.objectContaining({ code: '54000', status: 400 }))
})
