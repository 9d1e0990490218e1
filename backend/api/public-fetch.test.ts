import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  createGuardedFetch,
  fetchPublic,
  isPlainlyPrivate,
  isPublicAddress,
  type LookupAll,
} from './public-fetch.ts'

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.169.0.1', '2606:4700:4700::1111'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
)

test.each([
  '127.0.0.1',
  '127.8.8.8',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fd00::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  'no address',
])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false))

test.each([
  ['https://login.example.com/jwks', false],
  ['https://8.8.8.8/jwks', false],
  ['http://127.0.0.1/jwks', true],
  ['http://2130706433/jwks', true],
  ['http://0x7f.1/jwks', true],
  ['http://[::1]/jwks', true],
  ['http://[::ffff:7f00:1]/jwks', true],
  ['http://localhost:8080/jwks', true],
  ['http://localhost./jwks', true],
  ['http://a.localhost/jwks', true],
  ['http://postgres/jwks', true],
])('%s is plainly private: %s', (url, expected) => expect(isPlainlyPrivate(url)).toBe(expected))

const KEYS = '{"keys":[]}'
let server: Server
let port: number
let asked: string[]
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.headers.host?.split(':')[0] ?? ''} ${request.headers.accept ?? ''}`)
    if (request.url === '/moved') response.writeHead(302, { location: '/keys' }).end('elsewhere')
    else response.end(KEYS)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  port = address.port
})
afterAll(() => server?.close())
beforeEach(() => (asked = []))

const init = { headers: { accept: 'application/json' } }
/** A name service in which every name is these addresses. */
const named =
  (...addresses: string[]): LookupAll =>
  (_host, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const loopback = (address: string) => address === '127.0.0.1'

test('what is allowed is fetched, by address and by name', async () => {
  const fetchKeys = createGuardedFetch(loopback, named('127.0.0.1'))
  for (const host of ['127.0.0.1', 'login.example.com']) {
    const response = await fetchKeys(`http://${host}:${port}/keys`, init)
    expect([response.status, await response.text()]).toEqual([200, KEYS])
  }
  expect(asked).toEqual(['127.0.0.1 application/json', 'login.example.com application/json'])
})

test('a redirect is not followed', async () => {
  const response = await createGuardedFetch(loopback)(`http://127.0.0.1:${port}/moved`, {})
  expect([response.status, await response.text()]).toEqual([302, ''])
})

test('it ends when nobody waits any more', async () => {
  const ask = createGuardedFetch(loopback)(`http://127.0.0.1:${port}/`, { signal: AbortSignal.abort() })
  await expect(ask).rejects.toThrow('abort')
})

test.each(['127.0.0.1', 'localhost', '0.0.0.0'])('this machine is not asked as %s', async (host) => {
  await expect(fetchPublic(`http://${host}:${port}/`, {})).rejects.toThrow('not a public one')
  expect(asked).toEqual([])
})

test.each([
  ['is private', ['127.0.0.1']],
  ['is private beside a public address', ['8.8.8.8', '127.0.0.1']],
  ['is nothing', []],
])('a name that %s is not asked', async (_, addresses) => {
  const fetchKeys = createGuardedFetch(isPublicAddress, named(...addresses))
  await expect(fetchKeys(`http://login.example.com:${port}/`, {})).rejects.toThrow('not a public one')
  expect(asked).toEqual([])
})

test('a name that cannot be looked up says so', async () => {
  const fails: LookupAll = (_host, _options, done) => done(new Error('no such name'), [])
  const ask = createGuardedFetch(isPublicAddress, fails)(`https://login.example.com/`, {})
  await expect(ask).rejects.toThrow('no such name')
})
