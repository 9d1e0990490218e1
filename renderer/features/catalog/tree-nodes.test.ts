// The schema tree as rows.
import { expect, test } from 'vitest'
import type { Catalog, CatalogTable } from '#contract/capabilities/catalog.ts'
import { openTableSql, sqlName } from './object-sql.ts'
import { catalogNodes } from './tree-nodes.ts'

function table(name: string, fields: Partial<CatalogTable> = {}): CatalogTable {
  const column = (columnName: string, isPrimaryKey: boolean) => ({
    name: columnName,
    position: 1,
    type: 'bigint',
    typeOid: 20,
    isNullable: false,
    isPrimaryKey,
    default: null,
    identity: null,
    isGenerated: false,
    comment: null,
  })
  return {
    schema: 'public',
    name,
    oid: 1,
    kind: 'table',
    estimatedRows: 10,
    comment: null,
    columns: [column(`${name}_id`, true), column('store_id', false)],
    constraints: [],
    indexes: [],
    ...fields,
  }
}

const catalog: Catalog = {
  serverVersion: '18',
  database: 'main',
  schemas: [
    { name: 'audit', owner: 'o' },
    { name: 'public', owner: 'o' },
  ],
  tables: [
    table('film'),
    table('rental'),
    table('late', { kind: 'view' }),
    table('event', { schema: 'audit' }),
  ],
  routines: [
    {
      schema: 'public',
      name: 'pay',
      oid: 5,
      kind: 'function',
      arguments: '',
      returns: 'void',
      language: 'sql',
    },
  ],
  types: [{ schema: 'public', name: 'status_t', oid: 6, kind: 'enum', details: ['a'] }],
}
const labels = (filter = '', open = {}): string[] =>
  catalogNodes(catalog, filter, open).map((node) => `${'  '.repeat(node.depth)}${node.label}`)

test('public comes first with its tables open, the rest is closed', () => {
  expect(labels()).toEqual([
    'public',
    '  Tables',
    '    film',
    '    rental',
    '  Views',
    '  Functions',
    '  Types',
    'audit',
  ])
})

test('what the person opens is open, what they close is closed', () => {
  expect(labels('', { 't:public.film': true, 's:public/Types': true })).toContain('      film_id')
  expect(labels('', { 's:public/Types': true })).toContain('    status_t')
  expect(labels('', { 's:public': false })).toEqual(['public', 'audit'])
})

test('a filter opens what holds a match, in every schema, and leaves out the rest', () => {
  expect(labels('even')).toEqual(['audit', '  Tables', '    event', '      event_id'].slice(0, 3))
  expect(labels('rental_id')).toEqual(['public', '  Tables', '    rental', '      rental_id'])
  expect(labels('status')).toEqual(['public', '  Types', '    status_t'])
  expect(labels('zzz')).toEqual([])
})

test('the match is marked', () => {
  expect(catalogNodes(catalog, 'IL', {}).find((node) => node.label === 'film')?.match).toEqual({
    start: 1,
    end: 3,
  })
})

test('a table opens in the order of its key', () => {
  expect(openTableSql(table('film'))).toBe('select *\nfrom film\norder by film_id\nlimit 1000;')
  expect(openTableSql(table('Odd', { schema: 'audit', columns: [] }))).toBe(
    'select *\nfrom audit."Odd"\nlimit 1000;',
  )
})

test('names are written as they must be', () => {
  const nodes = catalogNodes(catalog, '', { 's:audit': true, 't:public.film': true })
  expect(nodes.filter((node) => ['event', 'film', 'film_id'].includes(node.label)).map(sqlName)).toEqual([
    'film',
    'film_id',
    'audit.event',
  ])
})
