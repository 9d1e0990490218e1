import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelObject, ObjectKind } from '#contract/schema/types.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { openSession } from '#postgres/node/session.ts'
import { everyFeatureSql } from '#testing/every-feature.ts'
import { readEveryFeature, type EveryFeature } from '#testing/every-feature-model.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase } from '#testing/temp-database.ts'

let feature: EveryFeature
const object: EveryFeature['object'] = (kind, name) => feature.object(kind, name)

beforeAll(async () => {
  feature = await readEveryFeature()
}, 120_000)
afterAll(async () => await feature.close())

describe('other objects', () => {
  const version = serverVersion()
  const objects: [ObjectKind, string, object][] = [
    [
      'schema',
      'shop',
      { comment: 'Where things are sold', grants: [{ grantee: 'feature_reader', privilege: 'USAGE' }] },
    ],
    ['extension', 'citext', { schema: 'public' }],
    ['enum', 'status', { labels: [{ label: 'new' }, { label: 'paid' }, { label: 'sent' }] }],
    [
      'domain',
      'email',
      {
        type: 'public.citext',
        isNullable: false,
        constraints: [
          { name: 'has_at', comment: 'An address' },
          { name: 'is_short', isValidated: false },
          { name: 'not_empty' },
        ],
      },
    ],
    [
      'domain',
      'code',
      {
        type: 'character varying(8)',
        collation: 'pg_catalog."C"',
        isNullable: true,
        grants: [{ grantee: 'feature_reader', isGrantable: true }],
      },
    ],
    [
      'composite',
      'address',
      {
        attributes: [
          { name: 'street', collation: 'pg_catalog."C"', comment: 'With number' },
          { name: 'code', type: 'shop.code' },
          { name: 'tags', type: 'text[]' },
        ],
      },
    ],
    [
      'range',
      'span',
      {
        subtype: 'double precision',
        subtypeDiff: 'shop.gap',
        multirange: version < 140000 ? null : { schema: 'shop', name: 'spans' },
        operatorClass: null,
      },
    ],
    ['range', 'words', { operatorClass: 'pg_catalog.text_pattern_ops', collation: 'pg_catalog."C"' }],
    [
      'sequence',
      'number',
      {
        options: {
          type: 'smallint',
          start: '5',
          increment: '-1',
          min: '-10',
          max: '10',
          cache: '3',
          isCycling: true,
        },
        ownedBy: null,
      },
    ],
    [
      'sequence',
      'scratch_id_seq',
      { ownedBy: { schema: 'shop', name: 'scratch', column: 'id' }, isUnlogged: version >= 150000 },
    ],
    ['routine', 'act', { routineKind: 'procedure', returns: null, language: 'plpgsql' }],
    [
      'routine',
      'rows',
      { returns: 'SETOF record', definition: expect.stringContaining(`SET search_path TO ''`) },
    ],
    [
      'routine',
      'total',
      {
        routineKind: 'aggregate',
        identityArguments: 'integer',
        definition: expect.stringMatching(/^create or replace aggregate shop\.total\(integer\) \(/),
      },
    ],
    [
      'view',
      'cheap',
      {
        options: ['security_barrier=true', 'check_option=local'],
        columns: [{ name: 'id' }, { comment: 'Cheap name' }, { default: '1' }],
        isMaterialized: false,
      },
    ],
    [
      'view',
      'totals',
      {
        isMaterialized: true,
        isPopulated: false,
        options: ['fillfactor=50'],
        indexes: [{ name: 'totals_state', isUnique: true }],
      },
    ],
    ['view', 'cheaper', { triggers: [{ name: 'on_cheaper' }] }],
    [
      'eventTrigger',
      'watching',
      {
        event: 'ddl_command_end',
        tags: ['CREATE TABLE', 'DROP TABLE'],
        function: { schema: 'shop', name: 'watch' },
        enabled: 'disabled',
      },
    ],
    [
      'publication',
      'some_tables',
      {
        operations: ['insert', 'update'],
        generatedColumns: version < 180000 ? 'none' : 'stored',
        tables: [
          version < 150000
            ? { name: 'customer', columns: [], where: null }
            : { name: 'customer', columns: ['id', 'name'], where: '(id > 5)' },
          { name: 'order_line', columns: [], where: null },
        ],
      },
    ],
    ['publication', 'everything', { isForAllTables: true, isViaRoot: true }],
    ['publication', 'whole_schema', { schemas: ['shop'] }],
  ]
  const there = objects.filter(([, name]) => name !== 'whole_schema' || version >= 150000)
  test.each(there)('%s %s', (kind, name, expected) => {
    expect(object(kind, name)).toMatchObject(expected)
  })

  test('default privileges', () => {
    expect(feature.model.objects.filter((one) => one.kind === 'defaultPrivileges')).toMatchObject([
      { schema: null, objects: 'functions', grants: [] },
      { schema: 'shop', objects: 'tables', grants: [{ grantee: 'feature_reader', privilege: 'SELECT' }] },
    ])
  })

  test('what is only brought along has a statement that makes it again', async () => {
    const others = feature.model.objects.filter((one) => one.kind === 'other')
    expect(new Set(others.map(({ what }) => what))).toEqual(
      new Set([
        'cast',
        'collation',
        'conversion',
        'operator',
        'operator class',
        'operator family',
        'server',
        'statistics',
        'text search configuration',
        'text search dictionary',
      ]),
    )
    const order: readonly string[] = [
      'text search dictionary',
      'text search configuration',
      'operator family',
      'operator class',
    ]
    const sorted = [...others].sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what))
    const copy = await createTempDatabase()
    const there = await openSession(copy.target)
    await there.query(everyFeatureSql(Number.parseInt(feature.session.serverVersion, 10)))
    for (const one of sorted.toReversed()) {
      const drop = one.what === 'cast' ? one.identity : `${one.what} ${one.identity}`
      await there.query(`drop ${drop} cascade`)
    }
    for (const one of sorted) await there.query(one.definition)
    const again: readonly ModelObject[] = (await introspectModel(there)).objects.filter(
      (one) => one.kind === 'other',
    )
    const comparable = (objects: readonly ModelObject[]) => objects.map((one) => ({ ...one, id: '' }))
    expect(comparable(again)).toEqual(comparable(others))
    await there.close()
    await copy.drop()
  })
})
