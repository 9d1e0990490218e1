import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAppError } from '#contract/errors.ts'
import { parseConnectionUri } from './parse-uri.ts'
import { connectionUri } from './snippet.ts'

const parse = (uri: string) => parseConnectionUri(uri, 'os_user')
const messageOf = (uri: string): string => {
  try {
    parse(uri)
  } catch (error) {
    if (isAppError(error, 'INVALID_INPUT')) return error.message
    throw error
  }
  return 'nothing was thrown'
}

describe('parseConnectionUri', () => {
  test('takes every part of a full URI', () => {
    expect(parse('postgresql://ada:s3cret@db.example.com:6543/shop?sslmode=require')).toEqual({
      address: { host: 'db.example.com', port: 6543, database: 'shop', user: 'ada', sslMode: 'require' },
      password: 's3cret',
    })
  })

  test('fills in what libpq fills in', () => {
    expect(parse('postgres://')).toEqual({
      address: { host: 'localhost', port: 5432, database: 'os_user', user: 'os_user', sslMode: 'prefer' },
      password: undefined,
    })
    expect(parse('postgresql://ada@').address).toMatchObject({ user: 'ada', database: 'ada' })
    expect(parse('postgresql:///shop').address).toMatchObject({ database: 'shop', user: 'os_user' })
  })

  test('decodes percent escapes in every part, and leaves a plus alone', () => {
    const { address, password } = parse('postgresql://a%40b:p%2Fw+%25@h/my%20db')
    expect(address).toMatchObject({ user: 'a@b', database: 'my db' })
    expect(password).toBe('p/w+%')
  })

  test.each([
    ['postgresql://u@[2001:db8::1]:6000/d', { host: '2001:db8::1', port: 6000 }],
    ['postgresql://u@[::1]/d', { host: '::1', port: 5432 }],
    ['postgresql://%2Fvar%2Frun%2Fpostgresql/d', { host: '/var/run/postgresql' }],
    ['postgresql:///d?host=/tmp&port=5433&user=eve&password=x', { host: '/tmp', port: 5433, user: 'eve' }],
    [
      'postgresql://h/d?connect_timeout=10&application_name=x&sslmode=verify-full',
      { sslMode: 'verify-full' },
    ],
    ['postgresql://h/d?sslmode=verify-ca', { sslMode: 'verify-full' }],
    ['postgresql://h/d?sslmode=allow', { sslMode: 'prefer' }],
    ['postgresql://h/d?ssl=true', { sslMode: 'require' }],
    ['postgresql://?hostaddr=10.0.0.1&dbname=d', { host: '10.0.0.1', database: 'd' }],
    ['jdbc:postgresql://h:1/d?user=u&password=p', { host: 'h', port: 1, user: 'u', database: 'd' }],
    ['  postgres://h/d\n', { host: 'h', database: 'd' }],
    ['postgresql://owner.k3j9:pw@h:7432/main', { user: 'owner.k3j9' }],
  ])('reads %s', (uri, expected) => {
    expect(parse(uri).address).toMatchObject(expected)
  })

  test('takes the last @ as the end of a password that has one unescaped', () => {
    expect(parse('postgresql://u:p@ss@h/d')).toMatchObject({ address: { host: 'h' }, password: 'p@ss' })
  })

  test('has no password for an empty one', () => {
    expect(parse('postgresql://u:@h/d').password).toBeUndefined()
  })

  test.each([
    ['mysql://h/d', /must start with postgresql/],
    ['postgresql://h:port/d', /port/],
    ['postgresql://h:99999/d', /port/],
    ['postgresql://a,b/d', /more than one host/],
    ['postgresql:///d?host=a,b', /more than one host/],
    ['postgresql://h/d?sslmode=maybe', /sslmode/],
    ['postgresql://u:100%@h/d', /password/],
    ['postgresql://h/%00', /database/],
  ])('refuses %s with a reason', (uri, message) => {
    expect(messageOf(uri)).toMatch(message)
  })

  test('never repeats a password in its error', () => {
    expect(messageOf('postgresql://u:hunter2%zz@h:x/d')).not.toContain('hunter2')
    expect(messageOf('postgresql://u:hunter2@h:x/d')).not.toContain('hunter2')
  })

  test('reads back every URI that it writes', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((part) => !part.includes('\0'))
    const address = fc.record({
      host: fc.constantFrom('localhost', '10.0.0.1', '::1', '/var/run/postgresql', 'db.example.com'),
      port: fc.integer({ min: 1, max: 65535 }),
      database: text,
      user: text,
      sslMode: fc.constantFrom(
        'disable' as const,
        'prefer' as const,
        'require' as const,
        'verify-full' as const,
      ),
    })
    fc.assert(
      fc.property(address, fc.option(text, { nil: undefined }), (fields, password) => {
        expect(parse(connectionUri(fields, password))).toEqual({ address: fields, password })
      }),
    )
  })
})
