// Pages by cursor on a real Postgres, while rows come and go.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRestReads, type RestReads } from '#testing/rest-reads.ts'
import { cursorAfter } from '../plan/cursor.ts'

const SCHEMA = `
create schema api;
create table api.groups (id integer primary key, name text);
create table api.items (
  a integer not null,
  b text not null,
  n integer,
  t timestamptz,
  f double precision,
  j jsonb,
  tags text[],
  group_id integer references api.groups (id),
  primary key (a, b)
);
create function api.label(api.items) returns text immutable language sql as $$ select nullif($1.b, 'c') $$;
create view api.item_view as select a, b, n from api.items;
`

/** 48 rows with many equal values and nulls. */
const ROWS = `
truncate api.items, api.groups;
insert into api.groups values (1, 'x'), (2, null), (3, 'y');
insert into api.items
select i / 3, chr(97 + i % 3), nullif(i % 5, 0), case when i % 4 > 0 then timestamptz '2020-01-01 00:00:00.123456+02' + i % 7 * interval '1 day' end,
  case i % 6 when 0 then null when 1 then 'NaN' when 2 then 1e-300 else 0.1 * (i % 3) end,
  case when i % 3 > 0 then jsonb_build_object('k', i % 2) end,
  case when i % 2 = 0 then array['a"b', null, (i % 3)::text] end, nullif(i % 4, 0)
from generate_series(0, 47) as i;
`

let reads: RestReads

beforeAll(async () => {
  reads = await createRestReads(SCHEMA)
})

beforeEach(async () => {
  await reads.run(ROWS)
})

afterAll(async () => {
  await reads.close()
})

interface Page {
  readonly rows: readonly unknown[]
  readonly total: string | null
  /** The cursor of the next page; null for the last one. */
  readonly next: string | null
}

async function page(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
  const { read, cells } = await reads.main(url, { prefer: 'pagination=cursor', ...headers })
  const [total = null, , , key = null, , , body = null] = cells
  const parsed: unknown = JSON.parse(body ?? '[]')
  return {
    rows: Array.isArray(parsed) ? parsed : [],
    total,
    next: read.cursor === null || key === null ? null : cursorAfter(read.cursor, key),
  }
}

/** All rows, page by page; `between` runs after each page. */
async function follow(url: string, between: () => Promise<void> = async () => {}): Promise<unknown[]> {
  const all: unknown[] = []
  let next: string | null = url
  for (let pages = 0; next !== null; pages += 1) {
    if (pages > 100) throw new Error('The pages do not end.')
    const { rows, next: cursor }: Page = await page(next, pages === 0 ? {} : { prefer: 'count=exact' })
    all.push(...rows)
    next = cursor === null ? null : `${url}&cursor=${cursor}`
    if (next !== null) await between()
  }
  return all
}

// REST-C2, REST-C3, REST-C4
describe('pages by cursor show every row once, in the order of one large page', () => {
  test.each([
    'a',
    'a.desc,b.desc',
    'a.desc',
    'n',
    'n.desc',
    'n.nullsfirst',
    'n.desc.nullslast,t.desc',
    't.nullsfirst,n.desc',
    'f',
    'f.desc.nullslast,b.desc',
    'j',
    'j->k.desc,n',
    'j->>k,tags.desc',
    'tags->0.nullsfirst',
    'label.desc',
    'groups(name).nullsfirst,n',
    'groups(name).desc.nullslast,b.desc',
  ])('order=%s', async (order) => {
    const select = 'select=a,b,groups(name)'
    // The key behind the order is what the pages order by as well.
    const whole = await page(`/items?${select}&order=${order},${order.startsWith('a') ? 'b' : 'a,b'}`)
    expect(whole.rows).toHaveLength(48)
    for (const limit of [1, 7, 48]) {
      expect(await follow(`/items?${select}&order=${order}&limit=${String(limit)}`)).toEqual(whole.rows)
    }
  })
})

// REST-C4
test('rows that come or go in between are neither shown twice nor make others skipped', async () => {
  const before = await follow('/items?select=a,b&order=n.desc,a&limit=50')
  let made = 0
  const seen = await follow('/items?select=a,b&order=n.desc,a&limit=5', async () => {
    made += 1
    // One at the very beginning of the order, one at its end, and one that was seen or is still to come goes.
    await reads.run(
      `insert into api.items values (${String(-made)}, 'new', null), (${String(2000 + made)}, 'late', -1)`,
    )
    await reads.run(
      `delete from api.items where n = 4 and ctid = (select min(ctid) from api.items where n = 4)`,
    )
  })
  const old = seen.filter(
    (row) => !JSON.stringify(row).includes('new') && !JSON.stringify(row).includes('late'),
  )
  const keys = seen.map((row) => JSON.stringify(row))
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.some((key) => key.includes('new'))).toBe(false)
  expect(keys.filter((key) => key.includes('late')).length).toBeGreaterThan(0)
  const gone = before.length - old.length
  expect(gone).toBeGreaterThanOrEqual(0)
  expect(before.filter((row) => old.some((one) => JSON.stringify(one) === JSON.stringify(row)))).toEqual(old)
  // All that was there the whole time was shown.
  const rows = await reads.run(
    "select json_build_object('a', a, 'b', b)::jsonb::text from api.items where a between 0 and 1000",
  )
  const remaining = rows.map(([row]) => JSON.stringify(JSON.parse(row ?? 'null')))
  expect(remaining.filter((key) => !keys.includes(key))).toEqual([])
})

// REST-C2
describe('the next page', () => {
  test('is announced by full pages only', async () => {
    expect((await page('/items?select=a&limit=48')).next).not.toBeNull()
    expect((await page('/items?select=a&limit=49')).next).toBeNull()
    expect((await page('/items?select=a')).next).toBeNull()
    expect((await page('/items?select=a&limit=0')).next).toBeNull()
    expect((await page('/items?select=a&a=lt.0&limit=1')).next).toBeNull()
  })

  test('keeps the filters', async () => {
    const rows = await follow('/items?select=a,b,groups(id)&n=eq.2&groups.id=eq.1&limit=3')
    expect(rows).toHaveLength(10)
  })

  test('may be sized by Range or by max-rows', async () => {
    const { rows, next } = await page('/items?select=a', { range: '0-4' })
    expect([rows.length, next === null]).toEqual([5, false])
  })
})

// REST-C7
test('count counts what the filters let through, on every page', async () => {
  const first = await page('/items?select=a&n=eq.2&limit=4', { prefer: 'pagination=cursor,count=exact' })
  const second = await page(`/items?select=a&n=eq.2&limit=4&cursor=${first.next ?? ''}`, {
    prefer: 'count=exact',
  })
  expect([first.total, second.total]).toEqual(['10', '10'])
})

// REST-C3
test('a view goes by the key of its table', async () => {
  expect(await follow('/item_view?select=a,b&order=n&limit=9')).toEqual(
    (await page('/item_view?select=a,b&order=n,a,b')).rows,
  )
})

// REST-C8
test('CSV has the same columns as without a cursor', async () => {
  const headers = { accept: 'text/csv', prefer: 'pagination=cursor' }
  const { cells } = await reads.main('/items?select=a,again:a,b&limit=2', headers)
  expect(cells[6]).toBe('a,again,b\n0,0,a\n0,0,b')
})
