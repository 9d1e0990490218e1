import { expect, test } from 'vitest'
import type { Catalog, CatalogConstraint, CatalogRelation } from './catalog.ts'
import { createHints } from './hints.ts'

const RELATION: CatalogRelation = {
  oid: 1,
  namespace: 0,
  name: 't',
  kind: 'table',
  isPartition: false,
  updatable: 28,
  columns: [],
  comments: new Map(),
  defaults: new Map(),
  origins: new Map(),
}
const CONSTRAINT: CatalogConstraint = {
  oid: 7,
  name: 'k',
  kind: 'unique',
  relation: 1,
  columns: [1],
  foreignRelation: 0,
  foreignColumns: [],
}
const CATALOG: Catalog = {
  serverVersion: 180_000,
  snapshot: { text: '', firstUnseen: 0n, end: 0n },
  relations: new Map([
    [1, RELATION],
    [2, { ...RELATION, oid: 2, kind: 'view' }],
  ]),
  constraints: new Map([[7, CONSTRAINT]]),
  routines: new Map(),
  types: new Map(),
  extras: {
    namespaces: new Map(),
    schemaDescriptions: new Map(),
    representations: [],
    handlers: [],
    roleSettings: new Map(),
  },
  rules: '',
  timezones: new Set(),
}

test('payloads are taken together, once; a constraint stands for its relation', () => {
  const hints = createHints()
  hints.add('r5 f6 d2')
  hints.add('c7 c8')
  expect(hints.take(CATALOG)).toEqual({ relations: new Set([5, 2, 1]), routines: new Set([6]) })
  expect(hints.take(CATALOG)).toBeUndefined()
})

test.each([
  ['something that has no hint', 'r5 x'],
  ['a view that others may stand on', 'r2'],
  ['nonsense', 'drop table'],
  ['a number that is too long', 'r12345678901'],
  ['nothing', ''],
])('%s is not enough', (_, payload) => {
  const hints = createHints()
  hints.add('r1')
  hints.add(payload)
  expect(hints.take(CATALOG)).toBeUndefined()
})

test('more objects than are worth it to be named are not kept', () => {
  const hints = createHints()
  for (let oid = 1; oid <= 1_000; oid += 1) hints.add(`d${String(oid)} f${String(oid % 3)}`)
  expect(hints.take(CATALOG)).toBeUndefined()
  for (let oid = 1; oid <= 1_000; oid += 1) hints.add(`d${String(oid)}`)
  expect(hints.take(CATALOG)?.relations.size).toBe(1_000)
})
