import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError, readServerConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'nebuladb-rest-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const read = (environment: Record<string, string>, path?: string) => readServerConfig({ path, environment })
const SECRET = 'a secret of thirty-two characters!'

// REST-S1, REST-S2
test('file and environment are read together, files that it imports beside it', () => {
  file('other.conf', 'db-pool = 3')
  const path = file('main.conf', 'import "other.conf"\ndb-schemas = "$(SCHEMA)"\ndb-uri = "host=h user=u"')
  const config = read({ SCHEMA: 'api', PGRST_DB_ANON_ROLE: 'anon', PGPORT: '6' }, path)
  expect(config.rest).toMatchObject({ schemas: ['api'], anonRole: 'anon' })
  expect(config.database.poolSize).toBe(3)
  expect(config.targets).toMatchObject([{ host: 'h', user: 'u', port: 6 }])
})

// REST-S3
test('the connection string and the secret may stand in files of their own', () => {
  const uri = file('uri', '  postgresql://u@h/d\n')
  const secret = file('secret', `${SECRET}\n`)
  const config = read({ PGRST_DB_URI: `@${uri}`, PGRST_JWT_SECRET: `@${secret}` })
  expect(config.targets[0]).toMatchObject({ host: 'h', database: 'd' })
  expect(config.jwtSecret).toBe(SECRET)
})

test.each([
  ['a text', { PGRST_JWT_SECRET: SECRET }],
  [
    'base64',
    { PGRST_JWT_SECRET: Buffer.alloc(32, 255).toString('base64'), PGRST_JWT_SECRET_IS_BASE64: 'true' },
  ],
  ['base64 of URLs', { PGRST_JWT_SECRET: '_-'.repeat(22), PGRST_JWT_SECRET_IS_BASE64: 'true' }],
  ['a key', { PGRST_JWT_SECRET: '{"kty":"oct","k":"YQ"}' }],
  ['a set of keys', { PGRST_JWT_SECRET: '{"keys":[]}' }],
])('the secret may be %s', (_, environment) => {
  expect(read(environment).jwtSecret).toBe(environment.PGRST_JWT_SECRET)
})

test.each<[string, Record<string, string>, string]>([
  ['a short secret', { PGRST_JWT_SECRET: 'short' }, 'The JWT secret must be at least 32 characters long.'],
  [
    'a secret that is not base64',
    { PGRST_JWT_SECRET: '!', PGRST_JWT_SECRET_IS_BASE64: '1' },
    'jwt-secret is not valid base64.',
  ],
  [
    'a role path that cannot be read',
    { PGRST_JWT_ROLE_CLAIM_KEY: 'role[' },
    'failed to parse role-claim-key value (role[)',
  ],
  ['a file that is not there', { PGRST_DB_URI: '@/not/there' }, 'no such file'],
  ['a connection string that cannot be read', { PGRST_DB_URI: 'host' }, 'The setting db-uri is not valid.'],
])('%s is refused', (_, environment, message) => {
  expect(() => read(environment)).toThrow(ConfigError)
  expect(() => read(environment)).toThrow(message)
})

test('a mistake in the file names its place', () => {
  const path = file('broken.conf', '\ndb-uri = x')
  expect(() => read({}, path)).toThrow(`Error in config ${path}, line 2, column 10`)
  expect(() => read({}, join(folder, 'missing.conf'))).toThrow('Error in config ENOENT')
})

test.each([
  '.role',
  '$.role',
  '.postgrest.roles[0]',
  '."https://a.b/role".key',
  '.roles[?(@ == "x")]',
  '$.roles[?(@ ^== "x")]',
])('%s is a path to the role', (text) => {
  expect(read({ PGRST_JWT_ROLE_CLAIM_KEY: text }).jwt.roleClaimKey).toBe(text)
})
