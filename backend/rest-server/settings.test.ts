import { expect, test } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { type FileValue, parseConfigFile } from './config-file.ts'
import { dumpSettings } from './dump.ts'
import { readSettings, SettingError } from './settings.ts'

interface Sources {
  readonly file?: Record<string, FileValue>
  readonly environment?: Record<string, string>
  readonly database?: Record<string, string>
}
const read = ({ file = {}, environment = {}, database = {} }: Sources) =>
  readSettings({
    file: new Map(Object.entries(file)),
    environment,
    database: new Map(Object.entries(database)),
  })

test('without any source everything is at its default', () => {
  expect(read({})).toEqual({
    rest: sampleConfig({
      schemas: ['public'],
      anonRole: null,
      aggregatesEnabled: false,
      planEnabled: false,
      txEnd: 'commit',
      hoistedTxSettings: [
        'statement_timeout',
        'plan_filter.statement_cost_limit',
        'default_transaction_isolation',
      ],
    }),
    jwt: { secret: null, isBase64: false, audience: null, roleClaimKey: '$.role', cacheMaxEntries: 1000 },
    database: {
      uri: 'postgresql://',
      poolSize: 10,
      acquisitionTimeoutMs: 10_000,
      idleTimeoutMs: 30_000,
      lifetimeMs: 1_800_000,
      recoversByItself: true,
      channel: 'pgrst',
      isChannelEnabled: true,
      readsSettings: true,
      preConfig: null,
    },
    server: { host: '!4', port: 3000, reusesPort: false, unixSocket: null, unixSocketMode: 0o660 },
    admin: { host: '!4', port: null, unixSocket: null, unixSocketMode: 0o660 },
    log: { level: 'error', showsQueries: false },
    warnings: [],
  })
})

test('the database wins over the environment, which wins over the file', () => {
  const file = { 'db-schemas': 'file', 'db-max-rows': 1 }
  const environment = { PGRST_DB_SCHEMAS: 'environment' }
  expect(read({ file }).rest).toMatchObject({ schemas: ['file'], maxRows: 1 })
  expect(read({ file, environment }).rest).toMatchObject({ schemas: ['environment'], maxRows: 1 })
  expect(read({ file, environment, database: { db_schemas: 'a, b' } }).rest.schemas).toEqual(['a', 'b'])
})

test('a name that stands earlier wins over its alias, whatever the source', () => {
  expect(read({ file: { 'db-schema': 'old' } }).rest.schemas).toEqual(['old'])
  expect(
    read({ file: { 'db-schemas': 'new' }, environment: { PGRST_DB_SCHEMA: 'old' } }).rest.schemas,
  ).toEqual(['new'])
  expect(read({ file: { 'max-rows': 5 } }).rest.maxRows).toBe(5)
  expect(read({ file: { 'pre-request': 's.f' } }).rest.preRequest).toEqual({ schema: 's', name: 'f' })
  expect(read({ file: { 'root-spec': 'f' } }).rest.rootSpec).toEqual({ schema: '', name: 'f' })
  expect(read({ file: { 'role-claim-key': '.a' } }).jwt.roleClaimKey).toBe('.a')
  expect(read({ file: { 'secret-is-base64': true } }).jwt.isBase64).toBe(true)
  expect(read({ file: { 'db-pool-timeout': 1, 'db-pool-max-idletime': 2 } }).database.idleTimeoutMs).toBe(
    1000,
  )
})

test('an empty text is no value, but an empty search path is an empty one', () => {
  expect(
    read({ file: { 'db-anon-role': 'anon' }, environment: { PGRST_DB_ANON_ROLE: '' } }).rest.anonRole,
  ).toBeNull()
  expect(read({ file: { 'db-extra-search-path': '' } }).rest.extraSearchPath).toEqual([])
  expect(read({ file: { 'db-extra-search-path': 'a, b' } }).rest.extraSearchPath).toEqual(['a', 'b'])
})

test.each([
  ['true', true],
  ['TRUE', true],
  ['"true"', true],
  ['1', true],
  ['0', false],
  ['False', false],
])('%s is a boolean', (text, expected) => {
  expect(read({ environment: { PGRST_DB_PLAN_ENABLED: text } }).rest.planEnabled).toBe(expected)
})

test('a number or boolean that cannot be read is told and stays at its default', () => {
  const settings = read({ file: { 'db-pool': 'many', 'db-config': 'perhaps' } })
  expect(settings.database).toMatchObject({ poolSize: 10, readsSettings: true })
  expect(settings.warnings).toEqual([
    'db-pool is not an integer, so its default is used.',
    'db-config is not true or false, so its default is used.',
  ])
})

test('settings of the application come from the file and from the environment', () => {
  const settings = read({
    file: { 'app.settings.a': 'file', 'app.settings.b': 2 },
    environment: { PGRST_APP_SETTINGS_a: 'environment' },
  })
  expect(settings.rest.appSettings).toEqual({ 'app.settings.a': 'environment', 'app.settings.b': '2' })
})

test.each([
  [{ 'db-schemas': 'a,pg_catalog' }, "db-schemas does not allow schema: 'pg_catalog'"],
  [{ 'db-schemas': 'information_schema' }, "db-schemas does not allow schema: 'information_schema'"],
  [{ 'db-tx-end': 'maybe' }, 'Invalid transaction termination. Check your configuration.'],
  [{ 'log-level': 'loud' }, 'Invalid logging level. Check your configuration.'],
  [{ 'openapi-mode': 'x' }, 'Invalid openapi-mode. Check your configuration.'],
  [{ 'client-error-verbosity': 'x' }, 'Invalid client-error-verbosity. Check your configuration.'],
  [{ 'server-unix-socket-mode': 'x' }, 'Invalid server-unix-socket-mode: not an octal'],
  [{ 'server-unix-socket-mode': '400' }, 'Invalid server-unix-socket-mode: needs to be between 600 and 777'],
  [{ 'admin-server-port': 3000 }, 'admin-server-port cannot be the same as server-port'],
  [{ 'openapi-server-proxy-uri': 'ftp://x' }, 'Malformed proxy uri'],
  [{ 'openapi-server-proxy-uri': 'https://u:p@x/' }, 'Malformed proxy uri'],
  [{ 'openapi-server-proxy-uri': 'https://x/?a' }, 'Malformed proxy uri'],
  [{ 'openapi-server-proxy-uri': 'http:///x' }, 'Malformed proxy uri'],
  [{ 'server-trace-header': 'X Trace' }, 'server-trace-header should be the name of a header'],
  [{ 'server-trace-header': 'X:\n' }, 'server-trace-header should be the name of a header'],
  [{ 'jwt-aud': 'http://%%localhorst.invalid>' }, 'jwt-aud should be a string or a valid URI'],
  [{ 'jwt-aud': 'https://api.example/100%' }, 'jwt-aud should be a string or a valid URI'],
])('%j is refused', (file, message) => {
  expect(() => read({ file })).toThrow(SettingError)
  expect(() => read({ file })).toThrow(message)
})

test('the query log is read in both ways that PostgREST writes it', () => {
  expect(read({ file: { 'log-query': 'main-query' } }).log.showsQueries).toBe(true)
  expect(read({ file: { 'log-query': 'disabled' } }).log.showsQueries).toBe(false)
  expect(read({ file: { 'log-query': true } }).log.showsQueries).toBe(true)
})

const filled = {
  'db-uri': 'postgresql://u:secret@h/d',
  'jwt-secret': 'a "quoted" $ecret of thirty-two characters',
  'jwt-role-claim-key': '$.a[?(@ == "b")]',
  'db-pre-request': 's.f',
  'db-max-rows': 7,
  'admin-server-port': 3001,
  'app.settings.key': 'v\\al',
}

test('a dump can be read back as a file', () => {
  const settings = read({ file: filled })
  const text = dumpSettings(settings, { withSecrets: true })
  const file = parseConfigFile(text, { readImport: () => '', variable: () => undefined })
  expect(readSettings({ file, environment: {}, database: new Map() })).toEqual(settings)
  expect(text.split('\n')[0]).toBe('admin-server-host = "!4"')
})

test('without secrets a dump shows neither the JWT secret nor passwords nor settings of the application', () => {
  const text = dumpSettings(read({ file: filled }), { withSecrets: false })
  expect(text).toContain('db-uri = "postgresql://u:<hidden>@h/d"')
  for (const secret of ['ecret of', 'secret@', 'v\\al']) expect(text).not.toContain(secret)
  const keywords = dumpSettings(read({ file: { 'db-uri': "host=h password='a b' user=u" } }), {
    withSecrets: false,
  })
  expect(keywords).toContain('db-uri = "host=h password=<hidden> user=u"')
})
