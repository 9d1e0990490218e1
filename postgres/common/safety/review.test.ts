import { describe, expect, test } from 'vitest'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import { columnText, splitCommands } from './command-text.ts'
import { blockedBy, reviewSql, ruleNames } from './review.ts'
import { parsedType, printedType, typeEffect } from './type-change.ts'

const OFFLINE = { serverVersion: 180000, model: null }
const parse = async (sql: string) => {
  const parsed = await parseSql(sql)
  if ('problem' in parsed) throw new Error(`${parsed.problem.message}: ${sql}`)
  return parsed.statements
}
const review = async (sql: string, facts = OFFLINE): Promise<StatementReview[]> =>
  reviewSql({ statements: await parse(sql), facts, script: sql })
const names = async (sql: string): Promise<string[]> =>
  (await parse(sql)).flatMap((statement) => ruleNames(statement, OFFLINE))

describe('without a database', () => {
  test('the careful answer is given, and sizes are not known', async () => {
    expect(await review('alter table film alter column length type bigint')).toMatchObject([
      {
        sql: 'alter table film alter column length type bigint',
        findings: [{ rule: 'column-type-rewrite', severity: 'danger', safeForm: null }],
        locks: [
          {
            schema: 'public',
            name: 'film',
            mode: 'ACCESS EXCLUSIVE',
            blocks: 'reads and writes',
            isRewritten: true,
            isScanned: true,
            estimatedRows: null,
            sizeBytes: null,
          },
        ],
        isDestructive: false,
        inTransaction: true,
      },
    ])
  })

  test('what the migration itself makes is nobody else’s yet', async () => {
    const reviews = await review(
      'create table film (id int); create index on film (id); alter table film add check (id > 0); drop table film; drop table actor',
    )
    expect(reviews.map((one) => one.findings.map((finding) => finding.rule))).toEqual([
      [],
      [],
      [],
      [],
      ['drop-table'],
    ])
    expect(reviews.map((one) => one.isDestructive)).toEqual([false, false, false, false, true])
    expect(reviews.map((one) => one.locks.map(({ mode, blocks }) => [mode, blocks]))).toEqual([
      [],
      [['SHARE', 'nothing']],
      [['ACCESS EXCLUSIVE', 'nothing']],
      [['ACCESS EXCLUSIVE', 'nothing']],
      [['ACCESS EXCLUSIVE', 'reads and writes']],
    ])
  })

  test('the most severe comes first; one entry per table with the strongest lock', async () => {
    const [one] = await review(
      'alter table film add check (id > 0), drop column title, add foreign key (a) references actor',
    )
    expect(one?.findings.map((finding) => finding.severity)).toEqual(['danger', 'caution', 'caution'])
    expect(one?.locks.map((lock) => [lock.name, lock.mode])).toEqual([
      ['film', 'ACCESS EXCLUSIVE'],
      ['actor', 'SHARE ROW EXCLUSIVE'],
    ])
  })
})

describe('VALIDATE CONSTRAINT', () => {
  const validate = 'alter table film validate constraint c'
  const rulesOf = async (sql: string) =>
    (await review(sql)).map(({ findings }) => findings.map(({ rule }) => rule))

  test('as a statement of its own blocks nobody: in a migration it is a step', async () => {
    expect(await rulesOf(`alter table film add constraint c check (id > 0) not valid; ${validate}`)).toEqual([
      [],
      [],
    ])
  })

  test('beside a stronger command reads all rows under its lock, and is offered apart from it', async () => {
    const [one] = await review(`${validate}, add column a int`)
    expect(one?.locks).toMatchObject([{ name: 'film', mode: 'ACCESS EXCLUSIVE', isScanned: true }])
    expect(one?.findings).toMatchObject([
      {
        rule: 'validate-constraint-locked',
        message: expect.stringContaining('the stronger lock on film, of the same statement'),
        safeForm: { statements: [validate, 'alter table film add column a int'] },
      },
    ])
    expect(await rulesOf(`${validate}, alter column a set statistics 5`)).toEqual([[]])
  })

  test('in a transaction that holds a stronger lock is said to keep it', async () => {
    const locked = await review(
      `begin; alter table film add constraint c foreign key (a) references actor not valid; ${validate}; commit; ${validate}`,
    )
    expect(locked.map(({ findings }) => findings.map(({ message }) => message))).toEqual([
      [],
      [],
      [expect.stringContaining('the stronger lock on film, actor, of a statement before')],
      [],
      [],
    ])
    expect(
      await rulesOf(`begin; create table made (id int); alter table made add check (id > 0); ${validate}`),
    ).toEqual([[], [], [], []])
  })
})

describe('batches', () => {
  test('are known by their mark, and not offered again', async () => {
    const sql = '-- nebula:batch by id rows 5000\nupdate film set title = lower(title); update film set a = 1'
    expect((await review(sql)).map(({ findings }) => findings)).toMatchObject([
      [{ rule: 'update-all', message: expect.stringContaining('in batches of 5,000'), safeForm: null }],
      [{ rule: 'update-all', message: expect.stringContaining('until the step ends') }],
    ])
    expect((await review('-- nebula:batch\ndelete from film'))[0]).toMatchObject({
      isDestructive: true,
      findings: [{ message: expect.stringMatching(/lost for good, in batches of 1,000\.$/), safeForm: null }],
    })
  })
})

describe('rules that no transaction of a test can show', () => {
  test.each([
    ['do $$ begin end $$', 'run-code'],
    ['call p()', 'run-code'],
    [`alter system set work_mem = '1MB'`, 'server'],
    ['drop database d', 'drop-database'],
    ['drop subscription s', 'subscription'],
    ['alter table a detach partition b concurrently', 'detach-partition-concurrently'],
    ['alter table a detach partition b finalize', 'detach-partition-concurrently'],
    ['vacuum (full) a', 'vacuum-full'],
    ['copy film from stdin', 'write-rows'],
    ['copy film to stdout', 'read-rows'],
    ['create user mapping for a server b', 'roles'],
    ['import foreign schema a from server b into c', 'create-other'],
    [`security label on table film is 'x'`, 'comment'],
    ['create foreign table f (a int) server s', 'create-table'],
  ])('%s: %s', async (sql, rule) => {
    expect(await names(sql)).toEqual([rule])
  })
})

test('every kind of statement has a rule', async () => {
  const kinds = `create schema a; alter collation c refresh version; grant a to b; create tablespace t location '/x'; alter tablespace t set (a = 1); alter table all in tablespace a set tablespace b;
    create extension e; alter extension e update; alter extension e add table a; create foreign data wrapper w; alter foreign data wrapper w options (a 'b'); create server s foreign data wrapper w; alter server s version '1';
    alter user mapping for a server b options (a 'b'); drop user mapping for a server b; create access method a type index handler h; create event trigger e on ddl_command_end execute function f(); alter event trigger e disable;
    create language l; create role r; alter role r login; alter role r set a = 1; drop role r; create operator class o for type t using btree as operator 1 <; create operator family f using btree; alter operator family f using btree add operator 1 < (int, int);
    declare c cursor for select 1; close c; fetch c; notify a; listen a; unlisten a; load 'a'; alter database d set a = 1; alter database d refresh collation version; checkpoint; discard all; reindex system d;
    create conversion a for 'UTF8' to 'LATIN1' from f; create cast (a as b) without function; create transform for a language b (from sql with function f(a)); prepare p as select 1; execute p; deallocate p; drop owned by a; reassign owned by a to b;
    alter text search dictionary a (b = c); alter text search configuration a drop mapping for b; create subscription s connection 'x' publication p; alter subscription s enable; alter operator + (int, int) owner to a; alter operator + (int, int) set (restrict = none);
    alter function f() depends on extension e; alter type t set (receive = f); create type t as range (subtype = int); create type t; set a = 1; show a; explain select 1; create text search parser p (start = a, gettoken = b, end = c, lextypes = d); drop access method a; drop operator + (int, int); alter statistics s set statistics 1; merge into a using b on true when matched then delete; create sequence s; values (1)`
  expect((await names(kinds)).filter((name) => name === 'unknown' || name === '')).toEqual([])
})

test.each([
  [
    'alter table if exists only "A, b".c * add a int, add b numeric(1, 2) default f(1, 2)',
    'alter table if exists only "A, b".c *',
    ['add a int', 'add b numeric(1, 2) default f(1, 2)'],
  ],
  ['ALTER TABLE x -- y, z\n  DROP a -- b, c\n, ADD d int', 'ALTER TABLE x', ['DROP a', 'ADD d int']],
])('commands of %j', (sql, head, commands) => {
  expect(splitCommands(sql).commands).toEqual(commands)
  expect(splitCommands(sql).head).toBe(head)
})

test.each([
  [
    'add column if not exists "A b" numeric(1, 2) not null default null',
    { name: '"A b"', type: 'numeric(1, 2)', default: 'null', isNotNull: true, hasMore: false },
  ],
  [
    'add a text default (not true)::text || f() null',
    { name: 'a', type: 'text', default: '(not true)::text || f()', isNotNull: false, hasMore: false },
  ],
  [
    'add a int default 1 check (a > 0)',
    { name: 'a', type: 'int', default: '1', isNotNull: false, hasMore: true },
  ],
  ['add a text collate "C"', { name: 'a', type: 'text', default: null, isNotNull: false, hasMore: true }],
])('parts of %j', (text, parts) => {
  expect(columnText(text)).toEqual(parts)
})

test.each([
  ['character varying(20)', 'character varying(21)', 'in place'],
  ['character varying', 'character varying(20)', 'rewritten'],
  ['bit varying(5)', 'bit varying', 'in place'],
  ['bit(5)', 'bit(6)', 'rewritten'],
  ['timestamp(3) without time zone', 'timestamp without time zone', 'in place'],
  ['timestamp with time zone', 'timestamp without time zone', 'rewritten'],
  ['numeric', 'numeric(5,2)', 'rewritten'],
  ['integer[]', 'integer[]', 'same'],
  ['integer', 'integer[]', 'rewritten'],
  ['cidr', 'inet', 'in place'],
  ['inet', 'cidr', 'rewritten'],
  ['shop.mood', 'shop.mood', 'same'],
])('from %s to %s: %s', (from, to, effect) => {
  expect(typeEffect(printedType(from), printedType(to), { domain: () => undefined, isUtc: false })).toBe(
    effect,
  )
})

test('types that the parser reads are those that Postgres prints', async () => {
  const [statement] = await parse(
    'create table a (a varchar(3), b decimal(4, 2), c timestamp(1) with time zone, d int[], e shop.mood, f char(2))',
  )
  if (statement === undefined || !('CreateStmt' in statement.tree)) throw new Error('no table')
  expect(
    (statement.tree.CreateStmt.tableElts ?? []).flatMap((node) =>
      'ColumnDef' in node ? [parsedType(node.ColumnDef.typeName)] : [],
    ),
  ).toEqual(
    [
      'character varying(3)',
      'numeric(4,2)',
      'timestamp(1) with time zone',
      'integer[]',
      'shop.mood',
      'character(2)',
    ].map(printedType),
  )
})

test('what a lock keeps others from', () => {
  expect(
    (['ACCESS SHARE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'ACCESS EXCLUSIVE'] as const).map(blockedBy),
  ).toEqual(['nothing', 'schema changes', 'writes', 'reads and writes'])
})
