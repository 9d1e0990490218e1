// Which changes of a table stand together in one ALTER TABLE, and which never do.
import { expect, test } from 'vitest'
import type { Statement } from '../../ddl/statement.ts'
import { mergeAlterTables } from './merge-alter-tables.ts'

const of = (sql: string, rest: Partial<Statement> = {}): Statement => ({
  sql,
  inTransaction: true,
  isDestructive: false,
  summary: `Do ${sql.slice(0, 20)}`,
  objectId: sql,
  ...rest,
})
const merged = (...statements: readonly string[]): readonly string[] =>
  mergeAlterTables(statements.map((sql) => of(sql))).map(({ sql }) => sql)

test('changes of one table become one statement, comments come behind', () => {
  expect(
    merged(
      'alter table "a b".t add column x int',
      "comment on column t.x is 'x'",
      'alter table "a b".t add column "y z" int',
      'alter table "a b".t alter column k type bigint',
      'alter table "a b".t add constraint "c d" check (k > 0)',
      'alter table u add column x int',
    ),
  ).toEqual([
    'alter table "a b".t\n  add column x int,\n  add column "y z" int,\n  alter column k type bigint,\n  add constraint "c d" check (k > 0)',
    "comment on column t.x is 'x'",
    'alter table u add column x int',
  ])
})

test('one statement says what each of its actions does, and is for the first', () => {
  const [one] = mergeAlterTables([
    of('alter table t add column a int', { summary: 'Add a', objectId: '1' }),
    of('alter table t alter column b type smallint', { summary: 'Change b', isDestructive: true }),
  ])
  expect(one).toMatchObject({ summary: 'Add a; change b', objectId: '1', isDestructive: true })
})

test.each([
  [
    'a default that fills goes only after it has filled',
    'add column a int default 0',
    'alter column a drop default',
  ],
  ['no type changes twice', 'alter column a type text', 'alter column a type int using a::int'],
  [
    'what is computed from a new column follows it',
    'add column a int',
    'add column b int generated always as (a) stored',
  ],
  ['a type that changes behind a default', 'alter column a set default 1', 'alter column a type bigint'],
  [
    'a foreign key locks another table',
    'add column a int',
    'add constraint f foreign key (a) references u (a)',
  ],
  ['a check of rows locks less', 'alter column a set default 1', 'validate constraint c'],
  ['a rename', 'alter column a set default 1', 'rename column b to c'],
  ['row security', 'alter column a set default 1', 'enable row level security'],
])('%s: apart', (_title, one, other) => {
  expect(merged(`alter table t ${one}`, `alter table t ${other}`)).toHaveLength(2)
})

test('a column that is lost stands apart from changes, and with others that are lost', () => {
  const drop = (name: string): Statement => of(`alter table t drop column ${name}`, { isDestructive: true })
  expect(
    mergeAlterTables([of('alter table t add column a int'), drop('b'), drop('c')]).map(({ sql }) => sql),
  ).toEqual(['alter table t add column a int', 'alter table t\n  drop column b,\n  drop column c'])
})

test('what cannot run in a transaction stays alone', () => {
  const alone = of('alter table t add column a int', { inTransaction: false })
  expect(mergeAlterTables([of('alter table t add column b int'), alone])).toHaveLength(2)
})
