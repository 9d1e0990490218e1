// What Postgres makes of plans in cases that went wrong once: rows and values that must be kept, and what hangs together in unusual ways.
import { expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import type { Statement } from '../ddl/statement.ts'
import { diffModels, planMigration } from './plan-migration.ts'

async function inDatabase<Result>(use: (session: Session) => Promise<Result>): Promise<Result> {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  try {
    return await use(session)
  } finally {
    await session.close()
    await database.drop()
  }
}

async function run(session: Session, statements: readonly Statement[]): Promise<void> {
  for (const { sql } of statements)
    try {
      await session.query(sql)
    } catch (error) {
      throw new Error(`${String(error)} in ${sql} of\n${statements.map((one) => one.sql).join(';\n')}`, {
        cause: error,
      })
    }
}

const leftOf = (reached: SchemaModel, wanted: SchemaModel) =>
  diffModels(reached, wanted, { matchBy: 'name' }).map(({ action, name, differences }) => ({
    action,
    name,
    differences,
  }))

/** The id of a table, or of a column of one. */
function idIn({ objects }: SchemaModel, table = '', column = ''): string {
  const found = objects.find(({ kind, name }) => kind === 'table' && name === table)
  if (column === '' || found?.kind !== 'table') return found?.id ?? ''
  return found.columns.find(({ name }) => name === column)?.id ?? ''
}

interface Case {
  readonly title: string
  readonly older: string
  readonly newer: string
  /** Read after the way up, and what it gives. */
  readonly read?: string
  readonly rows?: readonly (readonly unknown[])[]
}

const CASES: readonly Case[] = [
  {
    title: 'a virtual column that becomes a plain one keeps its values, and fires no trigger',
    older: `create table film (a int, twice int generated always as (a * 2) virtual, b int);
      create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
      create trigger refuse before update on film for each row execute function refuse();
      insert into film (a) values (1), (2)`,
    newer: `create table film (a int, b int, twice bigint default 7 not null);
      create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
      create trigger refuse before update on film for each row execute function refuse()`,
    read: 'select a, twice from film order by a',
    rows: [
      ['1', '2'],
      ['2', '4'],
    ],
  },
  {
    title:
      'a virtual column becomes a plain one while the column that it is computed from goes under a new type',
    older: `create table film (a int, twice int generated always as (a * 2) virtual); insert into film values (3)`,
    newer: 'create table film (a text, twice text)',
    read: 'select a, twice from film',
    rows: [['3', '6']],
  },
  {
    title: 'a stored column that becomes a plain one of another type keeps its values',
    older: `create table film (a int, label text generated always as ((a * 2)::text) stored); insert into film values (3)`,
    newer: 'create table film (a int, label int)',
    read: 'select label from film',
    rows: [['6']],
  },
  {
    title: 'a table made again without columns in common keeps the number of its rows',
    older: `create table film (a int); insert into film values (1), (2), (3)`,
    newer: `create table film (b int default 5) partition by range (b);
      create table film_all partition of film default`,
    read: 'select b from film',
    rows: [['5'], ['5'], ['5']],
  },
  {
    title:
      "a parent's new default leaves children their own, however deep, and those that have the same follow",
    older: `create table a (x int default 1, y int default 1, z int);
      create table b () inherits (a); alter table b alter x set default 2; alter table b alter y set default 2;
      create table c () inherits (b); alter table c alter x set default 1;
      create table d () inherits (a)`,
    newer: `create table a (x int default 5, y int, z int, w int default 1);
      create table b () inherits (a); alter table b alter x set default 2; alter table b alter y set default 3; alter table b alter w set default 2;
      create table c () inherits (b); alter table c alter x set default 1;
      create table d () inherits (a)`,
  },
  {
    title: "partitions keep their own defaults when the parent's type changes",
    older: `create table a (k int, x text default '1') partition by range (k);
      create table b partition of a default; alter table b alter x set default '2'`,
    newer: `create table a (k int, x int default 1) partition by range (k);
      create table b partition of a default; alter table b alter x set default 2`,
  },
  {
    title: 'an inheritance parent is published without what inherits from it',
    older: `create table a (x int); create table b () inherits (a); create table c (x int)`,
    newer: `create table a (x int); create table b () inherits (a); create table c (x int);
      create publication one for table only a, c; create publication two for table only a, tables in schema public`,
  },
  {
    title: 'a publication that gets an inheritance parent gets it alone',
    older: `create table a (x int); create table b () inherits (a); create table c (x int);
      create publication one for table c`,
    newer: `create table a (x int); create table b () inherits (a); create table c (x int);
      create publication one for table only a, c`,
  },
  {
    title: 'privileges of what is new are as they should be where default privileges give others',
    older: `alter default privileges grant select on tables to pg_monitor;
      alter default privileges revoke execute on functions from public`,
    newer: `create table a (x int); grant update on a to pg_monitor; create table b (x int);
      create function f() returns int language sql as 'select 1';
      alter default privileges grant select on tables to pg_monitor;
      alter default privileges revoke execute on functions from public`,
  },
  {
    title:
      'a table whose rows a column holds gets an identity, another type and a computed column; the rows inside stay',
    older: `create table film (a int, b int); create table log (id int, was film, check ((was).a > 0));
      create view seen as select (was).b from log; create index on log (((was).a));
      insert into film values (1, 2); insert into log values (1, row(3, 4)), (2, null)`,
    newer: `create table film (a bigint, b int, id int generated always as identity, c int generated always as (b + 1) stored);
      create table log (id int, was film, check ((was).a > 0));
      create view seen as select (was).b from log; create index on log (((was).a))`,
    read: 'select (was).a, (was).b, (was).id, was is null from log order by log.id',
    rows: [
      ['3', '4', null, 'f'],
      [null, null, null, 't'],
    ],
  },
  {
    title: 'a domain inside an array, a composite type and a range becomes stricter',
    older: `create domain name as text; create type person as (first name, last text); create type names as range (subtype = text);
      create table t (a name[], p person, b name, ps person[]); insert into t values ('{x,y}', '(u,v)', 'z', '{"(s,t)"}')`,
    newer: `create domain name as text not null constraint filled check (value <> ''); create type person as (first name, last text);
      create type names as range (subtype = text); create table t (a name[], p person, b name, ps person[])`,
    read: 'select a, (p).first, b, ps from t',
    rows: [['{x,y}', 'u', 'z', '{"(s,t)"}']],
  },
  {
    title: 'what is computed, checked and indexed changes together in one table',
    older: `create table t (a int default 1, b text, c int, d int); insert into t (a, b, c, d) values (1, '2', 3, 4)`,
    newer: `create table t (a bigint default 2 not null, b int, c text, e int default 5 not null,
      f int generated always as (e * 2) stored, g int generated always as identity primary key,
      constraint h check (a > 0), constraint i unique (b, c))`,
    read: 'select * from t',
    rows: [['1', '2', '3', '5', '10', '1']],
  },
  {
    title: 'a view reads a column that comes back through the parent',
    older: `create table a (x int, y int); create table b () inherits (a);
      create function twice(n int) returns int language sql as 'select n * 2';
      create view v as select twice(y) from b; create table t (x int default 1); `,
    newer: `create table a (x int); create table b () inherits (a); create table t (x int)`,
  },
  {
    title: 'columns made again keep their privileges',
    older: `create table film (a int, b int generated always as (a) stored); grant select (b) on film to pg_monitor`,
    newer: `create table film (a int, b int generated always as (a) virtual); grant select (b) on film to pg_monitor`,
  },
]

test.each(CASES)('$title', async ({ older: from, newer: to, read, rows }) => {
  const newer = await inDatabase(async (session) => {
    await session.query(to)
    return await introspectModel(session)
  })
  await inDatabase(async (session) => {
    await session.query(from)
    const older = await introspectModel(session)
    const { up, down } = planMigration(older, newer, { matchBy: 'name' })
    await run(session, up)
    expect(leftOf(await introspectModel(session), newer)).toEqual([])
    if (read !== undefined) expect((await session.query(read)).rows.map((row) => [...row])).toEqual(rows)
    await run(session, down)
    expect(leftOf(await introspectModel(session), older)).toEqual([])
  })
})

test('a column is renamed in a partition and in an inheriting table that leave their parents', async () => {
  await inDatabase(async (session) => {
    await session.query(`create table a (x int) partition by range (x); create table b partition of a default;
      create table c (y int); create table d () inherits (c)`)
    const older = await introspectModel(session)
    const newer = await inDatabase(async (other) => {
      await other.query(`create table a (w int) partition by range (w); create table b (z int);
        create table c (v int); create table e (y int)`)
      return await introspectModel(other)
    })
    const renames = [
      ['a', 'x', 'a', 'w'],
      ['b', 'x', 'b', 'z'],
      ['c', 'y', 'c', 'v'],
      ['d', '', 'e', ''],
    ].map(([table, column, to, next]) => ({ from: idIn(older, table, column), to: idIn(newer, to, next) }))
    const { up, down } = planMigration(older, newer, { matchBy: 'name', renames })
    await run(session, up)
    expect(leftOf(await introspectModel(session), newer)).toEqual([])
    await run(session, down)
    expect(leftOf(await introspectModel(session), older)).toEqual([])
  })
})

test('what Postgres cannot do is said before anything runs', async () => {
  await inDatabase(async (session) => {
    await session.query('create table film (a int); create table log (films film[])')
    const older = await introspectModel(session)
    await session.query(
      'alter table log drop films; alter table film alter a type bigint; alter table log add films film[]',
    )
    const newer = await introspectModel(session)
    expect(() => planMigration(older, newer, { matchBy: 'name' })).toThrow(
      /film cannot be changed like this while column films of log holds arrays of its rows/,
    )
  })
})
