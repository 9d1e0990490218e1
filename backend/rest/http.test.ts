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

test('of a header of one value the first line counts; lists go on in the next', () => {
  const message = new IncomingMessage(new Socket())
  const lines = [
    'Accept-Profile',
    'a, b',
    'Accept-Profile',
    'c',
    'Range',
    '0-1',
    'Range',
    '5-6',
    'Prefer',
    'x=1',
    'Prefer',
    'y=2',
  ]
  message.rawHeaders = lines
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] ?? '').toLowerCase()
    const before = message.headers[name]
    message.headers[name] = before === undefined ? lines[at + 1] : `${String(before)}, ${lines[at + 1] ?? ''}`
    ;(message.headersDistinct[name] ??= []).push(lines[at + 1] ?? '')
  }
  expect(toHttpRequest(message, '/', new Uint8Array()).headers).toEqual({
    'accept-profile': 'a, b',
    range: '0-1',
    prefer: 'x=1, y=2',
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
