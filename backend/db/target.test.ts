import { expect, test } from 'vitest'
import { parseDatabaseUrl } from './target.ts'

test('every part of a URL is read, percent-encoding undone', () => {
  expect(parseDatabaseUrl('postgresql://al%40ice:p%2Fw@db.example:6432/my%20db?sslmode=verify-full')).toEqual(
    {
      host: 'db.example',
      port: 6432,
      database: 'my db',
      user: 'al@ice',
      password: 'p/w',
      sslMode: 'verify-full',
      applicationName: 'nebuladb-service',
    },
  )
})

test('port, user and sslmode have defaults', () => {
  expect(parseDatabaseUrl('postgres://db.example/control')).toMatchObject({
    port: 5432,
    user: 'postgres',
    password: undefined,
    sslMode: 'prefer',
  })
})

test('a socket directory and an IPv6 address are understood', () => {
  expect(parseDatabaseUrl('postgres:///control?host=/run/postgresql').host).toBe('/run/postgresql')
  expect(parseDatabaseUrl('postgres://[::1]:5433/control').host).toBe('::1')
})

test.each(['nonsense', 'postgres:///control', 'postgres://host', 'postgres://u:hunter2@h/d?sslmode=odd'])(
  'what cannot be used is refused without being repeated: %s',
  (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow('NEBULADB_DATABASE_URL')
    expect(() => parseDatabaseUrl(url)).not.toThrow('hunter2')
  },
)
