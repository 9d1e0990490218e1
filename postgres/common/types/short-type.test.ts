import { expect, test } from 'vitest'
import { shortType } from './short-type.ts'

test.each([
  ['timestamp with time zone', 'timestamptz'],
  ['timestamp(3) without time zone', 'timestamp(3)'],
  ['character varying(20)', 'varchar(20)'],
  ['character(2)', 'char(2)'],
  ['bigint[]', 'int8[]'],
  ['double precision', 'float8'],
  ['boolean', 'bool'],
  ['jsonb', 'jsonb'],
  ['status_t', 'status_t'],
])('%s is written %s', (type, short) => {
  expect(shortType(type)).toBe(short)
})
