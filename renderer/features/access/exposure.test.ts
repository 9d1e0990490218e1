// What a switch changes, what is shown after it, and the fix of a warning.
import { describe, expect, test } from 'vitest'
import type { ExposedTable, Exposure } from '#contract/capabilities/access.ts'
import { schemaErrors } from '../../components/use-form.ts'
import {
  applyChange,
  columnGrantChange,
  fixOf,
  hasRowSecurity,
  isServed,
  matches,
  servedFirst,
  tableGrantChange,
  unservedAmong,
  withoutUsage,
} from './exposure.ts'
import { inParentheses, partsOf, policyForm, POLICY_TEMPLATES, rolesOf } from './policy-form.ts'
import { readClaims } from './preview-panel.tsx'
import { addRan } from './ran-sql.tsx'

const TABLE: ExposedTable = {
  schema: 'public',
  name: 'film',
  kind: 'table',
  comment: null,
  grants: { anon: ['delete', 'select'], authenticated: [] },
  columns: [{ name: 'title', type: 'text', grants: { anon: ['insert'], authenticated: [] } }],
  rowSecurity: { isEnabled: false, isForced: true, policyCount: 0 },
  isSecurityInvoker: null,
}
const EXPOSURE: Exposure = {
  schemas: [
    { name: 'public', usage: ['anon'], served: true },
    { name: 'internal', usage: [], served: false },
  ],
  tables: [TABLE, { ...TABLE, name: 'other' }],
  functions: [
    {
      schema: 'public',
      name: 'f',
      arguments: '',
      returns: 'void',
      isSecurityDefiner: false,
      execute: ['anon'],
    },
    {
      schema: 'public',
      name: 'f',
      arguments: 'a integer',
      returns: 'void',
      isSecurityDefiner: false,
      execute: [],
    },
  ],
}

describe('what the API serves', () => {
  const mixed: Exposure = {
    ...EXPOSURE,
    tables: [{ ...TABLE, schema: 'internal' }, TABLE, { ...TABLE, schema: 'internal', name: 'b' }],
    functions: EXPOSURE.functions.map((one, at) => (at === 0 ? { ...one, schema: 'internal' } : one)),
  }

  test('comes first, and nothing else changes its place', () => {
    const { tables, functions } = servedFirst(mixed)
    expect(tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'public.film',
      'internal.film',
      'internal.b',
    ])
    expect(functions.map(({ schema }) => schema)).toEqual(['public', 'internal'])
  })

  test('is what its settings name', () => {
    expect(isServed(mixed, 'public')).toBe(true)
    expect(isServed(mixed, 'internal')).toBe(false)
    expect(isServed(mixed, 'gone')).toBe(false)
    expect(unservedAmong(mixed, mixed.tables)).toEqual(['internal'])
    expect(unservedAmong(mixed, [TABLE])).toEqual([])
  })
})

describe('switches', () => {
  test('of a table keep the other privileges', () => {
    expect(tableGrantChange(TABLE, 'anon', 'insert', true)).toMatchObject({
      role: 'anon',
      privileges: ['select', 'insert', 'delete'],
    })
    expect(tableGrantChange(TABLE, 'anon', 'delete', false)).toMatchObject({ privileges: ['select'] })
  })

  test('of a table change it alone', () => {
    const after = applyChange(EXPOSURE, tableGrantChange(TABLE, 'authenticated', 'select', true))
    expect(after.tables[0]?.grants).toEqual({ anon: ['delete', 'select'], authenticated: ['select'] })
    expect(after.tables[1]).toBe(EXPOSURE.tables[1])
  })

  test('of a column change it alone', () => {
    const column = TABLE.columns[0]
    if (column === undefined) throw new Error('It has one.')
    const change = columnGrantChange(TABLE, column, 'anon', { privilege: 'update', isOn: true })
    expect(change).toMatchObject({ column: 'title', privileges: ['insert', 'update'] })
    const after = applyChange(EXPOSURE, change)
    expect(after.tables[0]?.columns[0]?.grants.anon).toEqual(['insert', 'update'])
    expect(after.tables[0]?.grants).toEqual(TABLE.grants)
  })

  test('of a function change that overload alone', () => {
    const after = applyChange(EXPOSURE, {
      type: 'setFunctionGrant',
      schema: 'public',
      function: 'f',
      arguments: 'a integer',
      role: 'authenticated',
      mayExecute: true,
    })
    expect(after.functions.map(({ execute }) => execute)).toEqual([['anon'], ['authenticated']])
  })
})

describe('a warning', () => {
  const warning = { schema: 'public', object: 'film' }
  test.each(['table-without-row-security', 'policies-without-row-security'])(
    '%s is mended at once',
    (rule) => {
      const fix = fixOf({ ...warning, rule }, EXPOSURE)
      expect(fix?.change).toEqual({
        type: 'setRowSecurity',
        schema: 'public',
        table: 'film',
        isEnabled: true,
        isForced: true,
      })
      if (fix === undefined) throw new Error('There is one.')
      const after = applyChange(EXPOSURE, fix.change)
      expect(after.tables[0]?.rowSecurity).toMatchObject({ isEnabled: true, isForced: true })
      // Once mended there is nothing left to press.
      expect(fixOf({ ...warning, rule }, after)).toBeUndefined()
    },
  )
  test('without a fix offers none', () => {
    expect(fixOf({ ...warning, rule: 'anon-may-write' }, EXPOSURE)).toBeUndefined()
    expect(
      fixOf({ ...warning, rule: 'table-without-row-security', object: 'gone' }, EXPOSURE),
    ).toBeUndefined()
  })
})

test('only tables have row security', () => {
  expect(hasRowSecurity({ kind: 'partitioned table' })).toBe(true)
  expect(hasRowSecurity({ kind: 'view' })).toBe(false)
})

test('grants without usage of their schema are told, of served schemas, and only those', () => {
  expect(withoutUsage(EXPOSURE)).toEqual([])
  const tables = [{ ...TABLE, schema: 'internal' }]
  expect(withoutUsage({ ...EXPOSURE, tables })).toEqual([])
  const schemas = EXPOSURE.schemas.map((schema) => ({ ...schema, served: true }))
  expect(withoutUsage({ ...EXPOSURE, schemas, tables })).toEqual([{ schema: 'internal', role: 'anon' }])
})

test.each([
  ['', true],
  ['FILM', true],
  ['pub film', true],
  ['actor', false],
])('the filter %j lets public.film through: %s', (filter, isShown) => {
  expect(matches(filter, 'public.film')).toBe(isShown)
})

describe('the form of a policy', () => {
  const values = { name: 'p', roles: 'anon', using: 'true', check: '' }
  test('asks for a condition where Postgres would let no row through without one', () => {
    expect(schemaErrors(policyForm('select'), values)).toEqual({})
    expect(Object.keys(schemaErrors(policyForm('select'), { ...values, using: ' ' }))).toEqual(['using'])
    expect(Object.keys(schemaErrors(policyForm('insert'), values))).toEqual(['check'])
    expect(schemaErrors(policyForm('all'), values)).toEqual({})
  })
  test('takes roles separated by commas, each once', () => {
    expect(rolesOf(' anon, authenticated,,anon ')).toEqual(['anon', 'authenticated'])
    expect(Object.keys(schemaErrors(policyForm('select'), { ...values, roles: ' , ' }))).toEqual(['roles'])
    expect(Object.keys(schemaErrors(policyForm('select'), { ...values, roles: 'x'.repeat(64) }))).toEqual([
      'roles',
    ])
  })
  test.each(POLICY_TEMPLATES)('has the template $id, which can be saved as it is', (template) => {
    expect(schemaErrors(policyForm(template.command), { ...template })).toEqual({})
    expect(template.check === '' || partsOf(template.command).check).toBe(true)
  })
})

test.each([
  ['', '', { claims: {} }],
  ['', ' 42 ', { claims: { sub: '42' } }],
  ['{"org": 7, "sub": "other"}', '42', { claims: { org: 7, sub: '42' } }],
  ['[1]', '', { error: 'Write one JSON object.' }],
  ['7', '', { error: 'Write one JSON object.' }],
])('the claims %j of user %j are read as %j', (text, user, expected) => {
  expect(readClaims(text, user)).toMatchObject(expected)
})

test('claims that are no JSON say so', () => {
  expect(readClaims('{', '').error).toMatch(/JSON|Expected/)
})

test('the log of SQL has the newest statement first and does not grow for ever', () => {
  expect(addRan(['a'], ['b', 'c'])).toEqual(['c', 'b', 'a'])
  expect(addRan(Array.from({ length: 60 }, String), ['new'])).toHaveLength(50)
})

test.each([
  ['true', '(true)'],
  ['(rental_days < 4)', '(rental_days < 4)'],
  ['(a = 1) or (b = 2)', '((a = 1) or (b = 2))'],
  ["(name <> ')')", "(name <> ')')"],
  ["(a = '(') or (b = ')')", "((a = '(') or (b = ')'))"],
])('the condition %s is shown as %s', (expression, shown) => {
  expect(inParentheses(expression)).toBe(shown)
})
