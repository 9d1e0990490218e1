import { describe, expect, it } from 'vitest'
import type { Cookie } from '#contract/requests/exchange.ts'
import { createCookieJar } from './cookies.ts'

const COOKIE: Cookie = {
  name: 'a',
  value: '1',
  domain: 'example.com',
  path: '/',
  expiresAt: null,
  isHttpOnly: false,
  isSecure: false,
  sameSite: null,
  isHostOnly: false,
}

describe('cookie jars', () => {
  it.each([
    ['https://api.example.com/v1/x', 'a=1', 'https://api.example.com/v1/y', 'a=1'],
    ['https://api.example.com/v1/x', 'a=1', 'https://api.example.com/v2', ''],
    ['https://api.example.com/', 'a=1', 'https://example.com/', ''],
    ['https://api.example.com/', 'a=1; Domain=example.com', 'https://other.example.com/', 'a=1'],
    ['https://api.example.com/', 'a=1; Domain=other.com', 'https://other.com/', ''],
    ['https://shop.co.uk/', 'a=1; Domain=co.uk', 'https://bank.co.uk/', ''],
    ['https://x.github.io/', 'a=1; Domain=github.io', 'https://y.github.io/', ''],
    ['https://example.com/', 'a=1; Secure', 'http://example.com/', ''],
    ['https://example.com/', 'a=1; Path=/api', 'https://example.com/apix', ''],
    ['https://example.com/', 'a=1; Max-Age=0', 'https://example.com/', ''],
    ['https://example.com/', 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT', 'https://example.com/', ''],
    ['http://localhost:3000/', 'a=1', 'http://localhost:4000/', 'a=1'],
    ['http://127.0.0.1:3000/', 'a=1', 'http://127.0.0.1:3000/', 'a=1'],
    ['http://[::1]:3000/', 'a=1', 'http://[::1]:3000/', 'a=1'],
    ['wss://example.com/socket', 'a=1; Path=/', 'https://example.com/', 'a=1'],
    ['https://example.com/', 'not a cookie; ;', 'https://example.com/', 'not a cookie'],
  ])('from %s, %j is sent to %s as %j', (from, line, to, expected) => {
    const jar = createCookieJar()
    jar.receive(from, [line])
    expect(jar.headerFor(to)).toBe(expected)
  })

  it('tells what was taken, with all of its facts', () => {
    const jar = createCookieJar()
    const taken = jar.receive('https://example.com/', [
      'sid=x; HttpOnly; Secure; SameSite=Strict; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
      'evil=1; Domain=com',
    ])
    expect(taken).toEqual([
      {
        name: 'sid',
        value: 'x',
        domain: 'example.com',
        path: '/',
        expiresAt: '2100-01-01T00:00:00.000Z',
        isHttpOnly: true,
        isSecure: true,
        sameSite: 'strict',
        isHostOnly: true,
      },
    ])
    expect(jar.list()).toEqual(taken)
  })

  it('cookies are added, replaced, removed and kept as text', () => {
    const jar = createCookieJar()
    jar.set(COOKIE)
    jar.set({ ...COOKIE, name: 'b', expiresAt: '2100-01-01T00:00:00.000Z' })
    jar.set({ ...COOKIE, name: 'c', value: '3' }, COOKIE)
    expect(jar.headerFor('https://www.example.com/')).toBe('b=1; c=3')
    const again = createCookieJar(jar.serialise())
    expect(again.list()).toEqual(jar.list())
    again.remove({ domain: 'example.com', path: null, name: 'b' })
    expect(again.list().map(({ name }) => name)).toEqual(['c'])
    again.remove({ domain: null, path: null, name: null })
    expect(again.list()).toEqual([])
    expect(jar.list()).toHaveLength(2)
  })

  it('a text that is no jar begins anew', () => {
    for (const text of ['{', '[]', '{"cookies":7}', 'null']) expect(createCookieJar(text).list()).toEqual([])
  })

  it('public suffixes hold after a jar was read again', () => {
    const jar = createCookieJar(createCookieJar().serialise())
    jar.receive('https://shop.co.uk/', ['a=1; Domain=co.uk'])
    expect(jar.list()).toEqual([])
  })
})
