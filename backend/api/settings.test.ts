import { expect, test } from 'vitest'
import {
  assertSettings,
  DEFAULT_SETTINGS,
  isReservedSchema,
  resolveSettings,
  toRestConfig,
} from './settings.ts'

test('what was never set is the default, also when it was stored before the default changed', () => {
  expect(resolveSettings(null)).toEqual(DEFAULT_SETTINGS)
  expect(resolveSettings({ maxRows: 5 })).toEqual({ ...DEFAULT_SETTINGS, maxRows: 5 })
})

test.each(['pg_catalog', 'pg_temp', 'information_schema', 'nebuladb_schema_cache'])(
  '%s cannot be exposed',
  (schema) => {
    expect(isReservedSchema(schema)).toBe(true)
    expect(() => assertSettings({ schemas: ['public', schema] })).toThrow(schema)
  },
)

test.each(['public', 'api', 'pgx', 'my pg_schema'])('%s can be exposed', (schema) => {
  expect(isReservedSchema(schema)).toBe(false)
  assertSettings({ schemas: [schema] })
})

test('a schema is named once', () => expect(() => assertSettings({ schemas: ['a', 'a'] })).toThrow('twice'))

test('a body is not longer than what all projects together can bear', () => {
  expect(resolveSettings({ maxBodyBytes: 50_000_000 }).maxBodyBytes).toBe(50_000_000)
  expect(() => resolveSettings({ maxBodyBytes: 50_000_001 })).toThrow('50,000,000')
})

test.each([
  ['https://app.example.com', true],
  ['http://localhost:3000', true],
  ['https://app.example.com/', false],
  ['https://app.example.com/path', false],
  ['*', false],
  ['app.example.com', false],
])('the origin %s is taken: %s', (origin, isTaken) => {
  const assert = () => assertSettings({ corsAllowedOrigins: [origin] })
  if (isTaken) assert()
  else expect(assert).toThrow('is not an origin')
})

test('the engine is told the settings, and that nobody may end a transaction otherwise', () => {
  const settings = { ...DEFAULT_SETTINGS, schemas: ['api', 'other'], maxRows: null, maxPlanCost: 1000 }
  expect(toRestConfig(settings, 'https://host/ref/rest/v1')).toMatchObject({
    schemas: ['api', 'other'],
    anonRole: 'anon',
    maxRows: null,
    maxPlanCost: 1000,
    statementTimeoutMs: DEFAULT_SETTINGS.statementTimeoutMs,
    txEnd: 'commit',
    openApiServerProxyUri: 'https://host/ref/rest/v1',
  })
})
