// Needs no network: Node's message is all that is read.
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { reasonPhrase, toHttpRequest } from './http.ts'

test('what is not ASCII in the head of a request is UTF-8', () => {
  const asNodeGivesIt = (text: string): string => Buffer.from(text).toString('latin1')
  const message = new IncomingMessage(new Socket())
  message.method = 'GET'
  message.headers['accept-profile'] = asNodeGivesIt('größe')
  message.headers['prefer'] = 'return=minimal'
  const request = toHttpRequest(message, asNodeGivesIt('/películas?titel=eq.ü'), new Uint8Array())
  expect(request).toMatchObject({
    path: '/películas',
    query: 'titel=eq.ü',
    headers: { 'accept-profile': 'größe', prefer: 'return=minimal' },
  })
})

test.each([
  [200, 'OK'],
  [404, 'Not Found'],
  [416, 'Requested Range Not Satisfiable'],
  [332, ''],
])('%i is in words: %j', (status, words) => {
  expect(reasonPhrase(status)).toBe(words)
})
