import { createServer } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { fetchPublic, isPlainlyPrivate, isPublicAddress } from './public-fetch.ts'

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

const options = () => ({ headers: new Headers(), signal: AbortSignal.timeout(5000) })

test('a server of this machine is not asked', async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  for (const host of ['127.0.0.1', 'localhost', '0.0.0.0'])
    await expect(fetchPublic(`http://${host}:${address.port}/`, options())).rejects.toThrow(
      'not a public one',
    )
  expect(asked).toBe(0)
  server.close()
})
