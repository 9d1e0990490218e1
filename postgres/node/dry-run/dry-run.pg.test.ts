import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import { sessionOpener } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { openSession, type Session } from '../session.ts'
import { dryRun, type DryRunOptions } from './dry-run.ts'

let database: TempDatabase
let session: Session
beforeAll(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  await session.query(`
    create schema shop;
    create table shop.language (id int primary key, name text not null);
    insert into shop.language select n, 'language ' || n from generate_series(1, 500) n;
    create table shop.film (id int generated always as identity primary key, parent int references shop.film, language_id int not null references shop.language,
      title text, price numeric(20, 10), twice int generated always as (language_id * 2) stored, tags text[], at timestamptz default now());
    insert into shop.film (language_id, title, price, tags) select 500 - n, 'film "' || n, 1.0000000001, '{a,"b c"}' from generate_series(1, 300) n;
    update shop.film set parent = 301 - id;
    create table event (id int, at date not null, film int references shop.film) partition by range (at);
    create table event_2026 partition of event for values from ('2026-01-01') to ('2027-01-01');
    insert into event select n, '2026-01-01'::date + n, n from generate_series(1, 100) n;
    create function shop.refuse() returns trigger language plpgsql as 'begin raise exception $$no writes$$; end';
    create trigger refused before insert on shop.language for each row execute function shop.refuse();
    create view shop.titles as select title from shop.film;
    create type mood as enum ('sad');
    analyze`)
})
afterAll(async () => {
  await session.close()
  await database.drop()
})

let next = 0
const run = async (sql: string, options: Partial<DryRunOptions> = {}): Promise<DryRunItem[]> => {
  const items: DryRunItem[] = []
  next += 1
  const id = `${database.target.database.slice(2)}${String(next)}`
  for await (const item of dryRun({
    openSession: sessionOpener(database.target),
    sql,
    on: 'database',
    sampleRows: 20,
    now: () => performance.now(),
    id,
    ...options,
  }))
    items.push(item)
  return items
}
const statements = (items: readonly DryRunItem[]) => items.filter((item) => item.type === 'statement')

afterEach(async () => {
  const { rows } = await session.query(
    `select datname from pg_database where datname like 'nebuladb\_scratch\_%' || $1 || '%'`,
    [database.target.database.slice(2)],
  )
  expect(rows).toEqual([])
  expect((await session.query('select count(*) from shop.film where title is not null')).rows).toEqual([
    ['300'],
  ])
})

describe('on the database', () => {
  test('tells the locks that each statement adds, and keeps nothing', async () => {
    const items = await run(
      `comment on table shop.film is 'x'; alter table shop.film drop column title cascade; create index concurrently i on event (id); select 1`,
    )
    expect(statements(items)).toMatchObject([
      {
        index: 0,
        locks: [{ schema: 'shop', name: 'film', mode: 'SHARE UPDATE EXCLUSIVE' }],
        problem: null,
        isSkipped: false,
      },
      {
        index: 1,
        locks: expect.arrayContaining([{ schema: 'shop', name: 'film', mode: 'ACCESS EXCLUSIVE' }]),
      },
      { index: 2, isSkipped: true, locks: [] },
      { index: 3, isSkipped: false },
    ])
    expect(items.at(-1)).toMatchObject({ type: 'done', isPassed: true })
  })

  test('says so when a constraint is validated under locks that the migration would not hold', async () => {
    const validate = 'alter table shop.film validate constraint c'
    const phases = (items: readonly DryRunItem[]) => items.filter((item) => item.type === 'phase')
    const sql = `alter table shop.film add constraint c check (id > 0) not valid; ${validate}`
    expect(phases(await run(sql)).at(-1)).toMatchObject({
      message: expect.stringContaining('while the locks of the statements before are held'),
    })
    expect(phases(await run(sql, { on: 'copy' })).at(-1)).toMatchObject({ message: 'Running on the copy' })
  })

  test('stops at the first statement that fails, with its place', async () => {
    const items = await run('select 1; select nothing from shop.film; drop table shop.film')
    expect(statements(items)).toMatchObject([
      { problem: null },
      { index: 1, problem: { sqlstate: '42703', position: 8 } },
    ])
    expect(items.at(-1)).toMatchObject({ isPassed: false })
  })

  test('what is no SQL fails as a whole', async () => {
    expect(await run('select 1; selec 2')).toMatchObject([
      { type: 'statement', problem: { position: 11, sqlstate: '42601' } },
      { type: 'done', isPassed: false },
    ])
  })

  test('what needs a commit in between is skipped, and so is what needs that', async () => {
    const items = await run(
      `alter type mood add value 'ok'; create table m (mood mood default 'ok'); insert into m values ('ok'); begin;
       create unique index concurrently by_title on shop.film (title); alter table shop.film add unique using index by_title; select 1`,
    )
    expect(statements(items).map((item) => item.isSkipped)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      false,
    ])
    expect(items.at(-1)).toMatchObject({ isPassed: true })
  })

  test('gives up when a lock is not to be had, so that others do not wait behind it', async () => {
    const other = await openSession(database.target)
    await other.query('begin; lock table shop.film in access share mode')
    const items = await run('alter table shop.film add column x int', { lockTimeoutMs: 50 })
    expect(statements(items)).toMatchObject([{ problem: { sqlstate: '55P03' } }])
    await other.close()
  })

  test('can be cancelled', async () => {
    const controller = new AbortController()
    const other = await openSession(database.target)
    const items = run('select pg_sleep(60)', { signal: controller.signal })
    while (
      (
        await other.query(
          `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        )
      ).rows.length === 0
    );
    controller.abort()
    await expect(items).rejects.toMatchObject({ code: 'CANCELLED' })
    await other.close()
  })
})

describe('on a copy', () => {
  test('has the schema and rows that fit each other, and runs what no transaction takes', async () => {
    const items = await run(
      `create index concurrently on shop.film (title);
       do $$ begin
         if (select count(*) from shop.film) not between 20 and 299 then raise 'films: %', (select count(*) from shop.film); end if;
         if (select count(*) from event) <> 20 then raise 'events'; end if;
         if exists (select from shop.film where price <> 1.0000000001 or twice <> language_id * 2 or tags <> array['a', 'b c']) then raise 'values'; end if;
       end $$;
       alter type mood add value 'ok'; create table m (mood mood default 'ok'); insert into m values ('ok');
       do $$ begin insert into m values ('sad'); commit; end $$;
       alter table shop.film alter column price type numeric(30, 10)`,
      { on: 'copy' },
    )
    expect(statements(items).map((item) => [item.problem, item.isSkipped])).toEqual(
      Array.from({ length: 7 }, () => [null, false]),
    )
    expect(statements(items).at(-1)?.locks).toContainEqual({
      schema: 'shop',
      name: 'film',
      mode: 'ACCESS EXCLUSIVE',
    })
    expect(items.at(-1)).toMatchObject({ type: 'done', isPassed: true })
    expect(items.filter((item) => item.type === 'phase')).toHaveLength(3)
  })

  test('takes fewer rows where they are many or large, each table its share, and those still fit each other', async () => {
    const counts = `do $$ begin
      if (select count(*) from shop.film) not between 1 and 39 then raise 'films: %', (select count(*) from shop.film); end if;
      if (select count(*) from event) not between 1 and 20 then raise 'events: %', (select count(*) from event); end if;
    end $$`
    for (const sampleBounds of [
      { rows: 40, bytes: 1_000_000 },
      { rows: 1_000, bytes: 6_000 },
    ]) {
      const items = await run(counts, { on: 'copy', sampleBounds })
      expect(statements(items)).toMatchObject([{ problem: null }])
      expect(items.filter((item) => item.type === 'phase').map(({ message }) => message)).toContain(
        'The rows are many or large: the copy has fewer of them',
      )
    }
  })

  test('takes no row where there is no room for those that it needs', async () => {
    const items = await run(
      `do $$ begin if exists (select from shop.film) then raise 'films'; end if; end $$`,
      { on: 'copy', sampleBounds: { rows: 1_000, bytes: 10 } },
    )
    expect(statements(items)).toMatchObject([{ problem: null }])
  })

  test('what fails only at commit is a problem of the statement', async () => {
    const items = await run(
      `create table d (id int references shop.language deferrable initially deferred); insert into d values (-1); select 1`,
      { on: 'copy', sampleRows: 0 },
    )
    expect(statements(items)).toMatchObject([{ problem: null }, { problem: { sqlstate: '23503' } }])
  })

  test('a role that may not create databases is told so, and what it can do instead', async () => {
    const role = `no_copy_${database.target.database}`
    await session.query(`create role ${role} login password 'x'`)
    await expect(
      run('select 1', {
        on: 'copy',
        openSession: sessionOpener({ ...database.target, user: role, password: 'x' }),
      }),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
      hint: expect.stringContaining('rolled back'),
    })
    await session.query(`drop role ${role}`)
  })
})

test.each(['database', 'copy'] as const)(
  'on the %s, what no dry run can take back is skipped',
  async (on) => {
    const role = `tried_${database.target.database}`
    const path = (await session.query('show data_directory')).rows[0]?.[0] ?? ''
    const items = await run(
      `create role ${role}; grant select on shop.film to ${role}; copy shop.film to '${path}/${role}';
     copy shop.film to program 'cat > ${path}/${role}'; alter system set log_min_duration_statement = 1; create database ${role}; select 1`,
      { on },
    )
    const isSkippedOnCopy = on === 'copy'
    expect(statements(items).map((item) => item.isSkipped)).toEqual([
      isSkippedOnCopy,
      isSkippedOnCopy,
      true,
      true,
      true,
      true,
      false,
    ])
    const left = await session.query(
      `select (select count(*) from pg_roles where rolname = $1), (select count(*) from pg_database where datname = $1),
       (select count(*) from pg_ls_dir($2) f where f = $1), (select count(*) from pg_file_settings where name = 'log_min_duration_statement')`,
      [role, path],
    )
    expect(left.rows).toEqual([['0', '0', '0', '0']])
  },
)
