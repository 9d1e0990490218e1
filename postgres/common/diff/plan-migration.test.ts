// The statements of a plan, as a person would have written them.
import { describe, expect, test } from 'vitest'
import type { ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import {
  testCheck,
  testColumn,
  testEnum,
  testForeignKey,
  testFunction,
  testIndex,
  testKey,
  testModel,
  testTable,
  testView,
} from '#testing/model-objects.ts'
import { diffModels, planMigration } from './plan-migration.ts'

const film = testTable('film', [
  testColumn('id', 'bigint', { isNullable: false }),
  testColumn('title'),
  testColumn('length', 'integer'),
])

function up(older: SchemaModel, newer: SchemaModel): readonly string[] {
  return planMigration(older, newer, { matchBy: 'id' }).up.map(({ sql }) => sql)
}

function change(table: Table, rest: Partial<Table>): SchemaModel {
  return testModel([{ ...table, ...rest }])
}

function withColumn(table: Table, name: string, rest: Partial<Table['columns'][number]>): Table {
  return { ...table, columns: table.columns.map((one) => (one.name === name ? { ...one, ...rest } : one)) }
}

const CASES: readonly (readonly [
  string,
  readonly ModelObject[],
  readonly ModelObject[],
  readonly string[],
])[] = [
  ['a table renamed', [film], [{ ...film, name: 'movie' }], ['alter table public.film rename to movie']],
  [
    'a column renamed and retyped',
    [film],
    [withColumn(film, 'length', { name: 'minutes', type: 'smallint' })],
    [
      'alter table public.film rename column length to minutes',
      'alter table public.film alter column minutes type smallint',
    ],
  ],
  [
    'a type that needs a conversion, with its default',
    [withColumn(film, 'title', { default: "'1'::text" })],
    [withColumn(film, 'title', { type: 'integer', default: '1' })],
    [
      `alter table public.film
  alter column title drop default,
  alter column title type integer using title::integer,
  alter column title set default 1`,
    ],
  ],
  [
    'two columns that swap their names',
    [film],
    [
      {
        ...film,
        columns: film.columns.map((one) =>
          one.name === 'title'
            ? { ...one, name: 'length' }
            : one.name === 'length'
              ? { ...one, name: 'title' }
              : one,
        ),
      },
    ],
    [
      'alter table public.film rename column title to title_old',
      'alter table public.film rename column length to title',
      'alter table public.film rename column title_old to length',
    ],
  ],
  [
    'values of an enum added in their places',
    [testEnum('mood', ['sad', 'glad'])],
    [testEnum('mood', ['awful', 'sad', 'ok', 'glad', 'great'])],
    [
      "alter type public.mood add value if not exists 'awful' before 'sad'",
      "alter type public.mood add value if not exists 'ok' after 'sad'",
      "alter type public.mood add value if not exists 'great'",
    ],
  ],
  [
    'a value of an enum taken away',
    [
      testEnum('mood', ['sad', 'glad']),
      withColumn(film, 'title', { type: 'public.mood', typeId: 'enum:mood', default: "'sad'::public.mood" }),
    ],
    [
      testEnum('mood', ['sad']),
      withColumn(film, 'title', { type: 'public.mood', typeId: 'enum:mood', default: "'sad'::public.mood" }),
    ],
    [
      'alter table public.film alter column title drop default',
      'alter type public.mood rename to mood_old',
      "create type public.mood as enum ('sad')",
      `alter table public.film
  alter column title type public.mood using title::text::public.mood,
  alter column title set default 'sad'::public.mood`,
      'drop type public.mood_old',
    ],
  ],
  [
    'a table with a foreign key to another new table',
    [],
    [
      testTable('a', [testColumn('b_id', 'bigint')], {
        constraints: [testForeignKey('a_b', ['b_id'], { schema: 'public', name: 'b', columns: ['id'] })],
      }),
      testTable('b', [testColumn('id', 'bigint', { isNullable: false })], {
        constraints: [testKey('b_pkey', ['id'])],
      }),
    ],
    [
      'create table public.a (\n  b_id bigint\n)',
      'create table public.b (\n  id bigint,\n  constraint b_pkey primary key (id)\n)',
      'alter table public.a add constraint a_b foreign key (b_id) references public.b (id)',
    ],
  ],
  [
    'a column dropped with the index on it',
    [{ ...film, indexes: [testIndex('film_title', ['title'])] }],
    [{ ...film, columns: film.columns.filter(({ name }) => name !== 'title') }],
    ['alter table public.film drop column title'],
  ],
  [
    'a check with another expression',
    [{ ...film, constraints: [testCheck('positive', '(length > 0)')] }],
    [{ ...film, constraints: [testCheck('positive', '(length > 1)')] }],
    [
      'alter table public.film drop constraint positive',
      'alter table public.film add constraint positive check (length > 1)',
    ],
  ],
]

describe('a plan', () => {
  test.each(CASES)('%s', (_name, older, newer, expected) => {
    expect(up(testModel(older), testModel(newer))).toEqual(expected)
  })

  test('rebuilds a view over a column that gets another type, with its comment and privileges', () => {
    const view = {
      ...testView('titles', [['title', 'text']], ' SELECT film.title\n   FROM public.film'),
      comment: 'All titles',
      grants: [{ grantee: 'reader', privilege: 'SELECT', isGrantable: false }],
    }
    const dependencies = [[view.id, 'column:title']] as const
    const newer = {
      ...view,
      columns: view.columns.map((column) => ({ ...column, type: 'character varying(20)' })),
    }
    const plan = planMigration(
      testModel([film, view], dependencies),
      testModel([withColumn(film, 'title', { type: 'character varying(20)' }), newer], dependencies),
      { matchBy: 'id' },
    )
    expect(plan.up.map(({ sql }) => sql)).toEqual([
      'drop view public.titles',
      'alter table public.film alter column title type character varying(20)',
      'create view public.titles as\n select film.title\n   from public.film',
      'grant select on table public.titles to reader',
      "comment on view public.titles is 'All titles'",
    ])
    expect(plan.up.some(({ isDestructive }) => isDestructive)).toBe(false)
    expect(plan.changes.find(({ id }) => id === view.id)?.isRebuilt).toBe(true)
  })

  test('leaves a view alone when only a column under it is renamed, though its text says the old name', () => {
    const view = testView('titles', [['title', 'text']], ' SELECT film.title\n   FROM public.film')
    const dependencies = [[view.id, 'column:title']] as const
    expect(
      up(
        testModel([film, view], dependencies),
        testModel([withColumn(film, 'title', { name: 'name' }), view], dependencies),
      ),
    ).toEqual(['alter table public.film rename column title to name'])
  })

  test('a view that is made again over a renamed column keeps the name of its own column', () => {
    const view = testView('titles', [['title', 'text']], ' SELECT film.title\n   FROM public.film')
    const dependencies = [[view.id, 'column:title']] as const
    const newer = {
      ...view,
      columns: view.columns.map((column) => ({ ...column, type: 'character varying(20)' })),
    }
    const renamed = withColumn(film, 'title', { name: 'name', type: 'character varying(20)' })
    expect(up(testModel([film, view], dependencies), testModel([renamed, newer], dependencies))).toEqual([
      'alter table public.film rename column title to name',
      'drop view public.titles',
      'alter table public.film alter column name type character varying(20)',
      'create view public.titles (title) as\n select film.name\n   from public.film',
    ])
  })

  test('the way back fills a dropped column that must not be null, since its values are gone', () => {
    const older = withColumn(film, 'title', { isNullable: false })
    const newer = { ...film, columns: film.columns.filter(({ name }) => name !== 'title') }
    const { down } = planMigration(testModel([older]), testModel([newer]), { matchBy: 'id' })
    expect(down.map(({ sql }) => sql)).toEqual([
      "alter table public.film add column title text default '' not null",
      'alter table public.film alter column title drop default',
    ])
  })

  test('marks what loses rows, and says so', () => {
    const [drop] = planMigration(testModel([film]), testModel([]), { matchBy: 'id' }).up
    expect(drop).toMatchObject({ sql: 'drop table public.film', isDestructive: true })
    expect(drop?.summary).toContain('comes back empty')
  })

  test('new values of an enum stand in steps of their own', () => {
    const plan = planMigration(testModel([testEnum('m', ['a'])]), testModel([testEnum('m', ['a', 'b'])]), {
      matchBy: 'id',
    })
    expect(plan.up.map(({ inTransaction }) => inTransaction)).toEqual([false])
  })

  test('is empty for what only looks different', () => {
    const other = withColumn(film, 'title', { default: "('new'::text)" })
    expect(
      diffModels(testModel([withColumn(film, 'title', { default: "'new'" })]), testModel([other]), {
        matchBy: 'name',
      }),
    ).toEqual([])
    expect(
      diffModels(testModel([film]), change(film, { estimatedRows: 5, sizeBytes: 10, owner: 'other' }), {
        matchBy: 'name',
      }),
    ).toEqual([])
  })

  test('a function whose body names a renamed table is written anew when its text changes, and left alone when not', () => {
    const routine = testFunction('count_films', ' select 1 from film ')
    const renamed = { ...film, name: 'movie' }
    const rewritten = testFunction('count_films', ' select 1 from movie ')
    expect(up(testModel([film, routine]), testModel([renamed, routine]))).toHaveLength(1)
    expect(up(testModel([film, routine]), testModel([renamed, rewritten]))).toHaveLength(2)
  })

  test('does not depend on the order in which the models list things', () => {
    const tables = ['c', 'a', 'b'].map((name) =>
      testTable(name, [testColumn('id', 'bigint', { id: `column:${name}.id` })]),
    )
    expect(up(testModel([]), testModel(tables))).toEqual(up(testModel([]), testModel(tables.toReversed())))
  })
})
