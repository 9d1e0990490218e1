// Casts and transforms have no names of their own: scripts comment on them and drop them by their types.
import { expect, test } from 'vitest'
import { importSql } from '#postgres/common/exchange/sql/import-sql.ts'
import { parseSql } from './parser/parse-sql.ts'

const MADE = `create type complex as (re float8, im float8);
create function norm(complex) returns float8 language sql as 'select 1.0';
create function from_sql(internal) returns internal language c as 'x', 'y';
create cast (complex as double precision) with function norm(complex) as assignment;
create transform for complex language plperl (from sql with function from_sql(internal));
`

const others = async (script: string) => {
  const { model, problems } = await importSql(script, parseSql)
  const found = model.objects.flatMap((one) => (one.kind === 'other' ? [one] : []))
  return { found, messages: problems.map(({ message }) => message) }
}

test('casts and transforms are imported with their comments', async () => {
  const { found, messages } = await others(`${MADE}
comment on cast (complex as double precision) is 'its length';
comment on transform for complex language plperl is 'as a hash';`)
  expect(messages).toEqual([])
  expect(found).toMatchObject([
    { what: 'cast', identity: 'cast (public.complex as double precision)', comment: 'its length' },
    {
      what: 'transform',
      identity: 'transform for public.complex language plperl',
      comment: 'as a hash',
    },
  ])
})

test('what is dropped is gone', async () => {
  const { found, messages } = await others(`${MADE}
drop cast (complex as float8);
drop transform for complex language plperl;
drop cast if exists (complex as float8);`)
  expect(messages).toEqual([])
  expect(found).toEqual([])
})

test.each([
  ['drop cast (text as bytea)', 'There is no such cast to drop.'],
  ['drop transform for text language plperl', 'There is no such transform to drop.'],
  ["comment on cast (text as bytea) is 'x'", 'There is no such cast.'],
])('%s says what is missing', async (sql, message) => {
  expect((await others(sql)).messages).toEqual([message])
})
