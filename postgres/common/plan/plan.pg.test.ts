// Plans of a real server as trees and as text, and what stands out in them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { findingsOf, nodesOf, parsePlans, planText, type QueryPlan } from './index.ts'

let database: TempDatabase
let session: Session

beforeAll(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  await session.query(`
    create table rental (id int primary key, customer int not null, returned_at timestamptz);
    insert into rental select n, n % 500, case when n % 5000 = 0 then null else now() end from generate_series(1, 20000) n;
    create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.02); return new; end $$;
    analyze rental;
    create table small (id int primary key);
    create trigger slow after insert on small for each row execute function slow();`)
})
afterAll(async () => {
  await session?.close()
  await database?.drop()
})

async function plan(query: string, isAnalyzed = true): Promise<QueryPlan> {
  await session.query('begin')
  const { rows } = await session.query(
    `explain (${isAnalyzed ? 'analyze, buffers, ' : ''}verbose, format json) ${query}`,
  )
  await session.query('rollback')
  const [one] = parsePlans(JSON.parse(String(rows[0]?.[0]))) ?? []
  if (one === undefined) throw new Error('That is no plan.')
  return one
}

describe('a tree', () => {
  test('has times, rows and conditions per node, and what was filtered away', async () => {
    const { root, executionMs } = await plan('select * from rental where returned_at is null')
    expect(root).toMatchObject({
      title: 'Seq Scan',
      target: 'rental',
      rows: 4,
      loops: 1,
      removedRows: 19_996,
      conditions: [{ name: 'Filter', text: '(rental.returned_at IS NULL)' }],
      children: [],
    })
    expect(root.selfMs).toBeGreaterThan(0)
    expect(root.selfMs).toBeLessThanOrEqual(executionMs ?? 0)
    expect(root.buffers).toMatchObject({ hit: expect.any(Number) })
  })

  test('counts the rows of all loops', async () => {
    await session.query('set enable_hashjoin = off; set enable_mergejoin = off; set enable_memoize = off')
    const { root } = await plan(
      'select * from (values (1), (2), (3)) wanted (id) join rental using (id)',
    ).finally(() => session.query('reset all'))
    expect(root.title).toBe('Nested Loop')
    expect(nodesOf(root).find(({ target }) => target === 'rental')).toMatchObject({ rows: 3, loops: 3 })
  })

  test('charges a common table expression once: all nodes alone are no more than the whole', async () => {
    const { root } = await plan(
      'with open as materialized (select id, pg_sleep(0.02) from rental limit 2) select * from open a join open b using (id)',
    )
    const sum = nodesOf(root).reduce((ms, { selfMs }) => ms + (selfMs ?? 0), 0)
    expect(sum).toBeLessThanOrEqual((root.totalMs ?? 0) * 1.2)
  })

  test('that was not run has guesses and no times', async () => {
    const { root, executionMs } = await plan('select * from rental where id = 1', false)
    expect(root).toMatchObject({ title: 'Index Scan', rows: null, selfMs: null, plannedRows: 1 })
    expect(executionMs).toBeNull()
  })

  test.each([null, {}, [{}], [{ Plan: {} }], 'Seq Scan'])('%j is no plan', (json) =>
    expect(parsePlans(json)).toBeNull(),
  )
})

describe('what stands out', () => {
  test.each([
    ['select * from rental where returned_at is null', true, /^20.000 rows of rental were read to keep 4/],
    ['select * from rental where returned_at is null', false, /^All of rental is read to keep about/],
    ['insert into small values (1)', true, /^The trigger slow on small took .* in 1 call/],
  ])('%s (run: %s)', async (query, isAnalyzed, message) =>
    expect(findingsOf(await plan(query, isAnalyzed)).map((one) => one.message)).toEqual([
      expect.stringMatching(message),
    ]),
  )

  test('a sort that needed the disk', async () => {
    await session.query("set work_mem = '64kB'")
    const found = await plan('select * from rental order by returned_at, id desc').finally(() =>
      session.query('reset all'),
    )
    expect(findingsOf(found).map(({ rule }) => rule)).toContain('on-disk')
  })

  test.each(['select * from rental where id = 7', 'select * from small', 'select * from rental limit 5'])(
    'nothing: %s',
    async (query) => expect(findingsOf(await plan(query))).toEqual([]),
  )
})

test('the text has the lines that Postgres’ own has', async () => {
  const query = 'select customer, count(*) from rental r where id > 100 group by customer'
  const { rows } = await session.query(`explain (verbose) ${query}`)
  const own = rows.map(([line]) => String(line).trim().replaceAll(/\s+/g, ' '))
  const made = planText([await plan(query, false)])
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
  expect(own.filter((line) => !made.includes(line))).toEqual([])
})
