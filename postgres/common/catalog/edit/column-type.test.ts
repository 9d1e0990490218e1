// Types as people write them.
import { describe, expect, test } from 'vitest'
import { testColumn, testEnum, testModel, testSchema, testTable } from '#testing/model-objects.ts'
import { canReference, resolveType } from './column-type.ts'
import { rewritePlain, rewriteQualified } from './qualified.ts'

const MOOD = { ...testEnum('mood', ['ok']), schema: 'shop' }
const MODEL = testModel([
  testSchema('shop'),
  MOOD,
  testEnum('Odd type', ['x']),
  testTable('place', [testColumn('at', 'public.geometry(Point,4326)')]),
  {
    kind: 'extension',
    id: 'extension:1',
    name: 'citext',
    schema: 'public',
    owner: '',
    comment: null,
    version: '1',
  },
])

describe('a written type', () => {
  test.each([
    ['int', 'integer'],
    ['INT8', 'bigint'],
    ['varchar', 'character varying'],
    ['varchar(20)', 'character varying(20)'],
    ['character varying (20) []', 'character varying(20)[]'],
    ['char', 'character(1)'],
    ['bpchar', 'bpchar'],
    ['bit', 'bit(1)'],
    ['numeric(10)', 'numeric(10,0)'],
    ['decimal(10, 2)', 'numeric(10,2)'],
    ['float', 'double precision'],
    ['float(24)', 'real'],
    ['double precision', 'double precision'],
    ['timestamptz', 'timestamp with time zone'],
    ['timestamptz(3)', 'timestamp(3) with time zone'],
    ['timestamp', 'timestamp without time zone'],
    ['timestamp with time zone', 'timestamp with time zone'],
    ['time(0) with time zone', 'time(0) with time zone'],
    ['interval day to second', 'interval day to second'],
    ['interval(3)', 'interval(3)'],
    ['text[][]', 'text[]'],
    ['int[3]', 'integer[]'],
    ['mood', 'shop.mood'],
    ['shop.mood[]', 'shop.mood[]'],
    ['"Odd type"', 'public."Odd type"'],
    ['citext', 'public.citext'],
    ['geometry(Point,4326)', 'public.geometry(Point,4326)'],
    ['place', 'public.place'],
  ])('%s is %s', (text, type) => {
    expect(resolveType(MODEL, text)).toMatchObject({ problem: null, type })
  })

  test('serial is an identity', () => {
    expect(resolveType(MODEL, 'bigserial')).toEqual({
      problem: null,
      type: 'bigint',
      typeId: null,
      isSerial: true,
    })
  })

  test.each([
    '',
    'nope',
    'varchar(',
    'varchar(0)',
    'int(3)',
    'numeric(2000)',
    'timestamp(9)',
    'shop.',
    'mood(3)',
    'a b c',
    'int; drop',
    'float(99)',
    'varchar(1,2)',
  ])('%j is none', (text) => {
    expect(resolveType(MODEL, text).problem).toEqual(expect.any(String))
  })
})

test('which types can be joined by a foreign key', () => {
  const pairs = [
    ['integer', 'bigint', true],
    ['integer', 'numeric', true],
    ['numeric', 'integer', false],
    ['text', 'character varying(20)', true],
    ['uuid', 'text', false],
    ['date', 'timestamp with time zone', true],
    ['jsonb', 'jsonb', true],
    ['json', 'json', false],
    ['integer[]', 'integer[]', true],
    ['shop.mood', 'shop.mood', true],
    ['shop.mood', 'text', false],
  ] as const
  expect(pairs.map(([from, to]) => [from, to, canReference(MODEL, from, to)])).toEqual(pairs)
})

test('names in printed text follow a rename, quoted where they need it', () => {
  const rename = (schema: string, name: string) =>
    schema === 'shop' && name === 'mood' ? (['Shop', 'order'] as const) : ([schema, name] as const)
  expect(rewriteQualified(`shop.mood[], "shop"."mood", other.mood, 'shop.mood'`, rename)).toBe(
    `"Shop"."order"[], "Shop"."order", other.mood, 'shop.mood'`,
  )
  expect(rewritePlain(`lower(name) || 'name' || "name"`, 'name', 'Full name')).toBe(
    `lower("Full name") || 'name' || "Full name"`,
  )
  expect(rewritePlain('select "select" from "order"', 'select', 'chosen')).toBe('select chosen from "order"')
})
