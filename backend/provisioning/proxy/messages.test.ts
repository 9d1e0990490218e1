import { describe, expect, test } from 'vitest'
import {
  createStartupReader,
  errorMessage,
  GSSENC_REQUEST,
  readFirstMessage,
  SSL_REQUEST,
  startupMessage,
} from './messages.ts'

function request(length: number, code: number, body = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(length, 0)
  head.writeInt32BE(code, 4)
  return Buffer.concat([head, body])
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

describe('the first message', () => {
  test('a startup message is read back as it was written, and what is behind it is left', () => {
    const parameters = new Map([
      ['user', 'owner.k3j5h2ab'],
      ['options', '-c x=y'],
      ['empty', ''],
    ])
    const bytes = startupMessage(196_608, parameters)
    const read = readFirstMessage(Buffer.concat([bytes, Buffer.from('Q')]))
    expect(read).toEqual({ message: { kind: 'startup', version: 196_608, parameters }, length: bytes.length })
  })

  test('nothing is read before it is complete', () => {
    const bytes = startupMessage(196_608, new Map([['user', 'x']]))
    for (let length = 0; length < bytes.length; length += 1)
      expect(readFirstMessage(bytes.subarray(0, length))).toBeUndefined()
  })

  test('requests for encryption and for cancelling are told apart', () => {
    expect(readFirstMessage(request(8, SSL_REQUEST))?.message.kind).toBe('ssl')
    expect(readFirstMessage(request(8, GSSENC_REQUEST))?.message.kind).toBe('gss')
    const key = Buffer.from('0000004d01020304', 'hex')
    expect(readFirstMessage(request(16, 80_877_102, key))?.message).toMatchObject({
      kind: 'cancel',
      key: '0000004d01020304',
    })
  })

  test.each([
    ['too short a length', request(4, 196_608)],
    ['too long a length', request(10_001, 196_608)],
    ['another protocol', request(8, 2 << 16)],
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['parameters without an end', request(13, 196_608, Buffer.from('user\0'))],
    ['a name without a value', request(14, 196_608, Buffer.from('user\0\0'))],
    ['a cancel request without a key', request(8, 80_877_102)],
    ['an SSL request with more in it', request(9, SSL_REQUEST, Buffer.from('x'))],
  ])('%s is invalid', (_, bytes) => {
    expect(readFirstMessage(bytes)?.message.kind).toBe('invalid')
  })
})

describe('following a server until it is ready', () => {
  const key = Buffer.from('0000004d01020304', 'hex')
  const stream = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('S', Buffer.from('a\0b\0')),
    message('K', key),
    message('Z', Buffer.from('I')),
  ])

  test.each([1, 3, 7, 1000])('the key is found in pieces of %i bytes', (size) => {
    const reader = createStartupReader()
    const found: string[] = []
    let isReady = false
    for (let index = 0; index < stream.length; index += size) {
      const result = reader.read(stream.subarray(index, index + size))
      if (result.key !== undefined) found.push(result.key)
      isReady = result.isReady
    }
    expect(found).toEqual([key.toString('hex')])
    expect(isReady).toBe(true)
  })
})

test('an error message has the fields that clients show', () => {
  const bytes = errorMessage({ sqlstate: '28000', message: 'No.', hint: 'Try.' })
  expect(bytes.toString('latin1', 0, 1)).toBe('E')
  expect(bytes.readInt32BE(1)).toBe(bytes.length - 1)
  expect(bytes.toString('utf8', 5)).toBe('SFATAL\0VFATAL\0C28000\0MNo.\0HTry.\0\0')
})
