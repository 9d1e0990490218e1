import { describe, expect, test } from 'vitest'
import type { ModelObject } from '#contract/schema/types.ts'
import {
  buildCheck,
  buildColumn,
  buildForeignKey,
  buildIndex,
  buildModel,
  buildRoutine,
  buildTable,
  buildView,
} from '#testing/schemas/build.ts'
import { compileContext } from './create/context.ts'
import { orderedSteps } from './order.ts'
import { namesInText } from './order/names-in-text.ts'
import { dropModel, writeModel } from './write-model.ts'

const order = (objects: readonly ModelObject[]): string[] => {
  const model = buildModel(objects)
  return orderedSteps(model, compileContext(model)).flatMap(({ id, object }) =>
    id === object.id ? [object.name] : [],
  )
}
const firstLines = (objects: readonly ModelObject[]): string[] =>
  writeModel(buildModel(objects)).map(({ sql }) => sql.split('\n')[0] ?? '')

describe('the order of creation', () => {
  test('follows names in texts where no catalog tells', () => {
    const table = buildTable('film', { columns: [buildColumn('price', 'public.price')] })
    const price = {
      kind: 'domain',
      id: 'domain:price',
      schema: 'public',
      name: 'price',
      owner: 'o',
      comment: null,
      type: 'numeric',
      typeId: null,
      collation: null,
      isNullable: true,
      default: null,
      constraints: [],
      grants: [],
    } as const
    const over = buildView('a_view', 'SELECT * FROM public.b_view')
    const under = buildView('b_view', 'SELECT public.f() FROM public.film')
    expect(order([over, under, table, buildRoutine('f', 'select 1'), price])).toEqual([
      'price',
      'film',
      'f',
      'b_view',
      'a_view',
    ])
  })

  test('is the same whatever order the objects come in', () => {
    const objects = [
      buildTable('b'),
      buildTable('a'),
      buildView('c', 'SELECT 1'),
      buildRoutine('d', 'select 1 from a'),
    ]
    expect(order(objects)).toEqual(['a', 'b', 'c', 'd'])
    expect(order(objects.toReversed())).toEqual(order(objects))
  })

  test('keys come after all tables, so that tables may point at each other', () => {
    const key = (from: string, to: string) =>
      buildForeignKey(`${from}_${to}`, { schema: 'public', name: to, columns: ['id'] })
    const tables = [
      buildTable('a', { constraints: [key('a', 'b')] }),
      buildTable('b', { constraints: [key('b', 'a')] }),
    ]
    expect(firstLines(tables)).toEqual([
      'create table public.a ()',
      'create table public.b ()',
      'alter table public.a add constraint a_b foreign key (id) references public.b (id)',
      'alter table public.b add constraint b_a foreign key (id) references public.a (id)',
    ])
  })

  test('a default and a check that need the table itself come later', () => {
    const table = buildTable('film', {
      columns: [buildColumn('id', 'integer', { default: 'public.next()' })],
      constraints: [buildCheck('ok', 'public.next() > id')],
    })
    const next = buildRoutine('next', '', {
      definition:
        'CREATE FUNCTION public.next() RETURNS integer LANGUAGE sql RETURN (SELECT max(id) FROM public.film)',
    })
    const model = [next, table]
    expect(firstLines(model)).toEqual([
      'set check_function_bodies = off',
      'create table public.film (',
      'create function public.next() returns integer language sql return (select max(id) from public.film)',
      'alter table public.film alter column id set default public.next()',
      'alter table public.film add constraint ok check (public.next() > id)',
      'reset check_function_bodies',
    ])
    expect(dropModel(buildModel(model)).map(({ sql }) => sql)).toEqual([
      'alter table public.film drop constraint ok',
      'alter table public.film alter column id drop default',
      'drop function public.next()',
      'drop table public.film',
    ])
  })

  test('of views in a circle one is a placeholder first', () => {
    const columns = [{ id: 'c', name: 'n', type: 'integer', comment: null, default: null, grants: [] }]
    const views = [
      buildView('a', 'SELECT n FROM public.b', { columns }),
      buildView('b', 'SELECT n FROM public.a', { columns }),
    ]
    expect(firstLines(views)).toEqual([
      'create view public.a as',
      'create view public.b as',
      'create or replace view public.a as',
    ])
  })

  test('an index waits for the function that it uses', () => {
    const index = {
      ...buildIndex('i', []),
      elements: [
        {
          column: null,
          expression: 'public.f()',
          collation: null,
          operatorClass: null,
          isDescending: true,
          isNullsFirst: false,
        },
      ],
    }
    const text = writeModel(
      buildModel([buildTable('film', { indexes: [index] }), buildRoutine('f', 'select 1')]),
    )
      .map(({ sql }) => sql)
      .join('\n')
    expect(text.indexOf('create or replace function')).toBeLessThan(
      text.indexOf('create index i on public.film ((public.f()) desc nulls last)'),
    )
  })
})

describe('names in text', () => {
  test.each<[string, string[]]>([
    [`SELECT a.b, "C d".e FROM shop."Film"`, ['select', 'a.b', 'C d.e', 'from', 'shop.Film']],
    [`nextval('public.film_id_seq'::regclass)`, ['nextval', 'public.film_id_seq', 'regclass']],
    [`'two words' || 'x -- y' -- shop.film`, []],
    [`AS $x$ select 1 from t $x$`, ['as', 'select (body)', 'from (body)', 't (body)']],
  ])('%s', (text, expected) => {
    expect(
      namesInText(text).map(({ parts, isInBody }) => parts.join('.') + (isInBody ? ' (body)' : '')),
    ).toEqual(expected)
  })
})
