// What a migration costs in rows, counted in a real database before anybody agrees to it.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stakes } from '#contract/capabilities/schema.ts'
import { context, createTestSchema } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createTempDatabase()
  client = new pg.Client(database.target)
  await client.connect()
  await client.query(`
    create schema shop;
    create type shop.rating as enum ('G', 'R');
    create table shop.film (id int primary key, title text, length text, rating text);
    insert into shop.film select n, case when n > 3 then 'Film ' || n end, n, case n when 7 then 'X' else 'G' end
      from generate_series(1, 12) n;
    create table shop.empty (id int primary key);
    create table shop.event (at date) partition by range (at);
    create table shop.event_2025 partition of shop.event for values from ('2025-01-01') to ('2026-01-01');
    insert into shop.event values ('2025-03-01'), ('2025-04-01')`)
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

async function stakes(sql: string): Promise<Stakes> {
  const { handlers, connectionId } = await createTestSchema(database.target)
  return await handlers.stakes({ connectionId, sql }, context)
}

describe('what is lost', () => {
  test.each([
    ['drop table shop.film', [{ statement: 0, schema: 'shop', name: 'film', column: null, count: 12 }]],
    ['drop table shop.event', [{ statement: 0, schema: 'shop', name: 'event', column: null, count: 2 }]],
    ['truncate shop.film', [{ statement: 0, schema: 'shop', name: 'film', column: null, count: 12 }]],
    ['delete from shop.film', [{ statement: 0, schema: 'shop', name: 'film', column: null, count: 12 }]],
    // Values that are there: a column of nulls has none to lose.
    [
      'select 1; alter table shop.film drop column title',
      [{ statement: 1, schema: 'shop', name: 'film', column: 'title', count: 9 }],
    ],
    // By the names that the rows have now.
    [
      `alter table shop.film rename to movie; alter table shop.movie rename column title to name;
       alter table shop.movie drop column name; drop table shop.movie`,
      [
        { statement: 2, schema: 'shop', name: 'film', column: 'title', count: 9 },
        { statement: 3, schema: 'shop', name: 'film', column: null, count: 12 },
      ],
    ],
    ['drop table shop.empty', [{ statement: 0, schema: 'shop', name: 'empty', column: null, count: 0 }]],
    ['drop table shop.gone', [{ statement: 0, schema: 'shop', name: 'gone', column: null, count: 0 }]],
    ['create table shop.fresh (id int); drop table shop.fresh', []],
    ['alter table shop.film add column note text; alter table shop.film drop column note', []],
    ['drop tabel', []],
  ])('%s', async (sql, losses) => {
    expect((await stakes(sql)).losses).toEqual(losses)
  })

  test('a table that somebody holds is not waited for', async () => {
    await client.query('begin; lock table shop.film in access exclusive mode')
    expect((await stakes('drop table shop.film')).losses).toEqual([
      { statement: 0, schema: 'shop', name: 'film', column: null, count: null },
    ])
    await client.query('rollback')
  })
})

describe('what the rows stand against', () => {
  test.each([
    [
      'alter table shop.film alter column title set not null',
      ['3 rows of shop.film have no value in title now. Give them one before it is required.'],
    ],
    [
      'alter table shop.film rename column title to name; alter table shop.film alter column name set not null',
      ['3 rows of shop.film have no value in title now. Give them one before it is required.'],
    ],
    ["update shop.film set title = ''; alter table shop.film alter column title set not null", []],
    ['alter table shop.film alter column id set not null', []],
    [
      'alter table shop.film add column stars int not null',
      [
        'shop.film has 12 rows now, which would have no value in stars. Give the column a default, or require it after filling it.',
      ],
    ],
    ['alter table shop.film add column stars int not null default 1', []],
    ['alter table shop.film add column number bigserial not null', []],
    ['alter table shop.empty add column stars int not null', []],
    ['alter table shop.film alter column length type integer using length::integer', []],
    [
      'alter table shop.film alter column rating type shop.rating using rating::shop.rating',
      ['A value of shop.film.rating cannot be converted now: invalid input value for enum shop.rating: "X".'],
    ],
    [
      'alter table shop.film alter column title type date using title::date',
      [expect.stringContaining('invalid input syntax for type date: "Film 4"')],
    ],
    [
      'alter table shop.film alter column title type varchar(6)',
      ['3 rows of shop.film have more than 6 characters in title now.'],
    ],
    [
      'alter table shop.film alter column title type varchar(6) using title::varchar(6)',
      ['3 rows of shop.film have more than 6 characters in title now, and lose the rest.'],
    ],
    ['alter table shop.film alter column title type varchar(7)', []],
    // What else a person writes is not run to find out.
    ['alter table shop.film alter column title type int using (1 / 0)', []],
  ])('%s', async (sql, messages) => {
    expect((await stakes(sql)).obstacles.map(({ message }) => message)).toEqual(messages)
  })
})
