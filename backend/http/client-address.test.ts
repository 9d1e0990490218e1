import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createClientAddress, isLoopback } from './client-address.ts'

function requestFrom(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress })
  const request = new IncomingMessage(socket)
  if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor
  return request
}

test('X-Forwarded-For of nobody is believed by default', () => {
  const addressOf = createClientAddress([])
  expect(addressOf(requestFrom('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9')
})

test('behind a trusted proxy the nearest address that is not trusted counts, whatever the client put in front', () => {
  const addressOf = createClientAddress(['10.0.0.0/8', '::1'])
  expect(addressOf(requestFrom('10.0.0.5', '1.2.3.4, 198.51.100.1, 10.9.9.9'))).toBe('198.51.100.1')
  expect(addressOf(requestFrom('::ffff:10.0.0.5', '198.51.100.1'))).toBe('198.51.100.1')
  expect(addressOf(requestFrom('::1', '2001:db8::7'))).toBe('2001:db8::7')
})

test('a header that is no address leaves the proxy as the client', () => {
  const addressOf = createClientAddress(['10.0.0.5'])
  expect(addressOf(requestFrom('10.0.0.5', 'not an address'))).toBe('10.0.0.5')
  expect(addressOf(requestFrom('10.0.0.5'))).toBe('10.0.0.5')
})

test('a trusted proxy that is no address is refused', () => {
  expect(() => createClientAddress(['proxy.example'])).toThrow('no address or network')
  expect(() => createClientAddress(['10.0.0.0/x'])).toThrow('no address or network')
})

test('loopback is 127.0.0.0/8 and ::1', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].map(isLoopback)).toEqual([true, true, true])
  expect(['10.0.0.1', '2001:db8::1', '127.evil.example'].map(isLoopback)).toEqual([false, false, false])
})
