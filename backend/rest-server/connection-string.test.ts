import { expect, test } from 'vitest'
import { parseConnectionString } from './connection-string.ts'

const parse = (text: string, variables: Record<string, string> = {}, passwordFile = '') =>
  parseConnectionString(text, {
    variable: (name) => variables[name],
    systemUser: 'me',
    socketDirectory: '/run/pg',
    passwordFile: () => passwordFile,
  })

test.each([
  ['postgresql://', { host: '/run/pg', port: 5432, user: 'me', database: 'me' }],
  ['postgres://u@/db', { host: '/run/pg', user: 'u', database: 'db' }],
  [
    'postgres://u:p%40ss@localhost:5433/db?sslmode=require&application_name=x%20y',
    {
      host: 'localhost',
      port: 5433,
      user: 'u',
      password: 'p@ss',
      database: 'db',
      sslMode: 'require',
      applicationName: 'x y',
    },
  ],
  ['postgres://admin:?pass?special?@localhost:5432/db', { password: '?pass?special?', host: 'localhost' }],
  ['postgresql://[::1]:5433/db', { host: '::1', port: 5433 }],
  ['postgresql:///db?host=/var/run/x&port=1', { host: '/var/run/x', port: 1, database: 'db' }],
  ['postgresql://%2Fvar%2Frun%2Fx/db', { host: '/var/run/x' }],
  [
    'host=h port=1 user=u dbname=d connect_timeout=3',
    { host: 'h', port: 1, user: 'u', database: 'd', connectTimeoutMs: 3000 },
  ],
  [
    String.raw`host = h password = 'it\'s a \\ secret' user=a\ b`,
    { password: "it's a \\ secret", user: 'a b' },
  ],
  ['', { host: '/run/pg' }],
])('%s names a target', (text, expected) => {
  expect(parse(text)[0]).toMatchObject(expected)
})

test('several hosts are targets in their order, with one port or one each', () => {
  expect(parse('postgresql://a:1,b:2/d').map((target) => [target.host, target.port])).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  expect(parse('host=a,b port=7').map((target) => [target.host, target.port])).toEqual([
    ['a', 7],
    ['b', 7],
  ])
  expect(() => parse('host=a,b,c port=1,2')).toThrow('2 ports for 3 hosts')
})

test('what is left open comes from the variables of libpq', () => {
  const variables = {
    PGHOST: 'h',
    PGPORT: '6',
    PGUSER: 'u',
    PGPASSWORD: 'p',
    PGDATABASE: 'd',
    PGSSLMODE: 'disable',
  }
  expect(parse('postgresql://', variables)[0]).toEqual({
    host: 'h',
    port: 6,
    user: 'u',
    password: 'p',
    database: 'd',
    sslMode: 'disable',
  })
  expect(parse('user=other', variables)[0]).toMatchObject({ user: 'other', host: 'h' })
})

test('a password file gives the password of the first line that fits', () => {
  const file = '# remark\nother:*:*:*:no\nh:5432:d\\:b:u:se\\:cret\n*:*:*:*:last'
  expect(parse('host=h user=u dbname=d:b', {}, file)[0]).toMatchObject({ password: 'se:cret' })
  expect(parse('host=x user=u', {}, file)[0]).toMatchObject({ password: 'last' })
  expect(parse('host=x user=u password=own', {}, file)[0]).toMatchObject({ password: 'own' })
})

test.each([
  'nonsense',
  'host=h port=x',
  'postgresql://h/?sslmode=maybe',
  'postgresql://h:99999/',
  'postgresql://%zz/',
])('%s is refused without being quoted whole', (text) => {
  expect(() => parse(text)).toThrow('The setting db-uri is not valid.')
})
