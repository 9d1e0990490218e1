import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverVersion } from '#testing/server-version.ts'
import { named, readEveryFeature, type EveryFeature } from '#testing/every-feature-model.ts'

let feature: EveryFeature
const object: EveryFeature['object'] = (kind, name) => feature.object(kind, name)

beforeAll(async () => {
  feature = await readEveryFeature()
}, 120_000)
afterAll(async () => await feature.close())

/** Since when the server has what some of the names stand for. */
const SINCE: Readonly<Record<string, number>> = {
  no_twins: 150000,
  triple: 180000,
  stay_key: 180000,
  to_stay: 180000,
  unenforced: 180000,
}
const isThere = (row: readonly unknown[]): boolean =>
  row.every((cell) => typeof cell !== 'string' || serverVersion() >= (SINCE[cell] ?? 0))

const column = (name: string) => named(object('table', 'customer').columns, name)

describe('a column', () => {
  const columns: [string, object][] = [
    [
      'id',
      {
        type: 'bigint',
        isNullable: false,
        identity: {
          kind: 'always',
          sequence: { schema: 'shop', name: 'customer_ids' },
          options: { start: '100', increment: '10', cache: '2' },
        },
      },
    ],
    [
      'name',
      {
        collation: 'pg_catalog."C"',
        default: `'it''s'::text`,
        storage: 'external',
        compression: serverVersion() < 140000 ? null : 'pglz',
        statisticsTarget: 300,
        options: ['n_distinct=5'],
        comment: 'As on the invoice',
        grants: [{ grantee: 'feature_reader', privilege: 'UPDATE', isGrantable: false }],
      },
    ],
    ['email', { type: 'shop.email', typeId: expect.stringMatching(/^domain:/), collation: null }],
    ['home', { type: 'shop.address', typeId: expect.stringMatching(/^composite:/) }],
    ['states', { type: 'shop.status[]', typeId: expect.stringMatching(/^enum:/) }],
    ['born', { default: `'2000-01-02'::date` }],
    ['nickname', { type: 'name', collation: null }],
    ['plain', { type: 'shop.code', collation: 'pg_catalog."default"' }],
    ['ci', { type: 'public.citext', typeId: null }],
    ['double', { generated: { kind: 'stored', expression: '(price * (2)::numeric)' }, default: null }],
    ['triple', { generated: { kind: 'virtual', expression: '(price * (3)::numeric)' } }],
  ]
  test.each(columns.filter(isThere))('%s', (name, expected) => {
    expect(column(name)).toMatchObject(expected)
  })

  test.skipIf(serverVersion() < 180000)(
    'says of NOT NULL only what Postgres would not have done by itself',
    () => {
      expect(column('name').notNull).toBeNull()
      expect(named(object('table', 'order_line').columns, 'line').notNull).toEqual({
        name: 'odd_name',
        isValidated: false,
        isNoInherit: false,
      })
    },
  )
})

test('names of any characters are read as they are', () => {
  const odd = object('table', 'select')
  expect([odd.schema, ...odd.columns.map(({ name }) => name)]).toEqual([
    'Odd "names"',
    'Id',
    'a b',
    'ünïcode',
    'q"\\,{}',
    'NULL',
  ])
  expect(object('view', 'from').columns[0]?.name).toBe('x.y')
})

describe('a constraint', () => {
  const constraints: [string, string, object][] = [
    [
      'customer',
      'customer_key',
      {
        kind: 'primary key',
        columns: ['id'],
        include: ['name'],
        options: ['fillfactor=70'],
        comment: 'The key',
      },
    ],
    ['customer', 'one_email', { kind: 'unique', isDeferrable: true, isInitiallyDeferred: true }],
    ['nulls', 'no_twins', { isNullsNotDistinct: true }],
    ['stay', 'stay_key', { isWithoutOverlaps: true }],
    [
      'order_line',
      'to_customer',
      {
        kind: 'foreign key',
        references: { schema: 'shop', name: 'customer', columns: ['id'] },
        match: 'full',
        onUpdate: 'cascade',
        onDelete: 'set null',
        onDeleteColumns: serverVersion() < 150000 ? [] : ['customer'],
        isDeferrable: true,
        isValidated: true,
      },
    ],
    ['order_line', 'later', { isValidated: false, match: 'simple', onDelete: 'no action' }],
    ['visit', 'to_stay', { isPeriod: true }],
    ['order_line', 'positive', { kind: 'check', expression: '(line > 0)', isNoInherit: true }],
    ['order_line', 'small', { isValidated: false, isEnforced: true }],
    ['order_line', 'unenforced', { isEnforced: false }],
    [
      'room',
      'no_overlap',
      {
        kind: 'exclusion',
        isDeferrable: true,
        definition: 'EXCLUDE USING gist (during WITH &&) WHERE ((id > 0))',
      },
    ],
    ['event_old', 'event_old_pkey', { isInherited: true }],
    ['child', 'a_positive', { isInherited: true }],
  ]
  test.each(constraints.filter(isThere))('of %s: %s', (table, name, expected) => {
    expect(named(object('table', table).constraints, name)).toMatchObject(expected)
  })

  test('copies of a foreign key for the partitions of the table it points at are left out', () => {
    expect(object('table', 'event_note').constraints).toHaveLength(1)
  })
})

describe('an index', () => {
  const plain = {
    expression: null,
    collation: null,
    operatorClass: null,
    isDescending: false,
    isNullsFirst: false,
  }
  test.each<[string, object]>([
    [
      'by_expression',
      {
        where: '(price > (0)::numeric)',
        include: ['born'],
        elements: [
          {
            ...plain,
            column: null,
            expression: 'lower(name)',
            collation: 'pg_catalog."C"',
            isDescending: true,
            isNullsFirst: true,
          },
          { ...plain, column: 'price', isDescending: true, isNullsFirst: false },
          { ...plain, column: 'seen', isNullsFirst: true },
        ],
      },
    ],
    [
      'by_pattern',
      {
        isUnique: true,
        elements: [
          { ...plain, column: 'name', operatorClass: 'pg_catalog.text_pattern_ops' },
          { ...plain, column: 'nickname' },
        ],
      },
    ],
    ['by_hash', { method: 'hash', comment: 'Fast', isValid: true }],
    ['by_array', { method: 'gin', options: ['fastupdate=off'] }],
    ['by_words', { elements: [{ operatorClass: 'pg_catalog.tsvector_ops (siglen=100)' }] }],
    [
      'other_collation',
      { elements: [{ collation: 'pg_catalog."POSIX"' }, { column: 'plain', collation: null }] },
    ],
  ])('%s', (name, expected) => {
    expect(named(object('table', 'customer').indexes, name)).toMatchObject(expected)
  })

  test('of a partition knows the index it is attached to', () => {
    expect(named(object('table', 'event_old').indexes, 'event_old_kind_idx').parent).toEqual({
      schema: 'shop',
      name: 'event_kind',
    })
  })

  test('of a constraint is no index of its own', () => {
    expect(object('table', 'customer').indexes.map(({ name }) => name)).not.toContain('customer_key')
  })
})

describe('a table', () => {
  test.each<[string, object]>([
    [
      'customer',
      {
        hasRowSecurity: true,
        isRowSecurityForced: true,
        replicaIdentity: { kind: 'index', index: 'customer_key' },
        options: ['fillfactor=80', 'autovacuum_enabled=false', 'toast.autovacuum_enabled=false'],
        comment: 'Who buys',
      },
    ],
    ['scratch', { isUnlogged: true, rules: [{ name: 'nothing', enabled: 'replica', comment: 'Keeps' }] }],
    ['event', { partitionKey: 'RANGE (at)', partitionOf: null }],
    [
      'event_old',
      {
        partitionKey: 'HASH (id)',
        partitionOf: {
          parent: { schema: 'shop', name: 'event' },
          bound: `FOR VALUES FROM (MINVALUE) TO ('2020-01-01')`,
        },
      },
    ],
    [
      'event_rest',
      { partitionOf: { bound: 'DEFAULT' }, triggers: [{ name: 'event_touched', isInherited: true }] },
    ],
    ['by_length', { partitionKey: 'LIST (length(word))' }],
    [
      'child',
      {
        inherits: [
          { schema: 'shop', name: 'base' },
          { schema: 'shop', name: 'also' },
        ],
        columns: [
          { name: 'a', isInherited: true },
          { name: 'b', isInherited: false, default: `'child'::text` },
          { name: 'c', isInherited: true },
          { name: 'd', isInherited: false },
        ],
      },
    ],
    [
      'far',
      {
        foreign: { server: 'files', options: ['filename=/nowhere', 'format=csv'] },
        columns: [{ options: ['force_not_null=true'] }, { isNullable: false }],
      },
    ],
    ['base', { options: [], accessMethod: null, tablespace: null, inherits: [], foreign: null }],
  ])('%s', (name, expected) => {
    expect(object('table', name)).toMatchObject(expected)
  })

  test('lists privileges of others than the owner, each once', () => {
    expect(object('table', 'customer').grants).toEqual([
      { grantee: null, privilege: 'SELECT', isGrantable: false },
      { grantee: 'feature_reader', privilege: 'INSERT', isGrantable: false },
      { grantee: 'feature_reader', privilege: 'SELECT', isGrantable: false },
      { grantee: 'feature_reader', privilege: 'UPDATE', isGrantable: true },
    ])
  })

  test('has triggers and policies', () => {
    const { triggers, policies } = object('table', 'customer')
    expect(triggers).toMatchObject([
      {
        name: 'touched',
        enabled: 'disabled',
        isInherited: false,
        comment: 'Touches',
        definition: expect.stringContaining('BEFORE UPDATE OF name, price ON shop.customer'),
      },
    ])
    expect(policies).toMatchObject([
      {
        name: 'own',
        command: 'update',
        isPermissive: false,
        roles: ['feature_reader', 'postgres'],
        using: '(id > 0)',
        check: '(price > (0)::numeric)',
        comment: 'Only own',
      },
      { name: 'seen', command: 'all', isPermissive: true, roles: [], using: 'true', check: null },
    ])
    expect(named(object('table', 'order_line').triggers, 'checked').enabled).toBe('always')
  })
})
