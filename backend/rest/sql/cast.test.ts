import { expect, test } from 'vitest'
import { sql } from '#postgres/common/sql/sql.ts'
import { castSql } from './cast.ts'

test.each([
  ['int', 'integer'],
  [' INTEGER ', 'integer'],
  ['double   precision', 'double precision'],
  ['timestamp with time zone', 'timestamp with time zone'],
  ['char', 'character'],
  ['text', '"text"'],
  ['Json', '"json"'],
  ['int array', 'integer[]'],
  ['my_type array', '"my_type"[]'],
  ['integer; drop table t', '"integer; drop table t"'],
  ['a"b', '"a""b"'],
  ['integer)', '"integer)"'],
])('::%s is %s', (type, expected) => {
  expect(castSql(sql`${1}`, type).text).toBe(`cast($1 as ${expected})`)
})
