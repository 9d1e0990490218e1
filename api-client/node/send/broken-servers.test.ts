import type { Socket } from 'node:net'
import { gzipSync, brotliCompressSync, deflateRawSync, deflateSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { answerWith, startHttp, startRaw } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'

const sender = testSender()
afterAll(() => sender.close())

const says = (text: string | Buffer, ends = false) =>
  answerWith((socket) => {
    if (ends) socket.end(text)
    else socket.write(text)
  })

describe('servers that break off', () => {
  it.each<[string, string | Buffer, string]>([
    ['says nothing', '', 'ECONNRESET'],
    ['half a status line', 'HTTP/1.1 20', 'ECONNRESET'],
    ['half its headers', 'HTTP/1.1 200 OK\r\nContent-Le', 'ECONNRESET'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'PROTOCOL'],
    ['HTML without a status', '<html><body>hello</body></html>', 'PROTOCOL'],
    ['a status that is none', 'HTTP/1.1 abc OK\r\n\r\n', 'PROTOCOL'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'PROTOCOL'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'PROTOCOL'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: one\r\n\r\na', 'PROTOCOL'],
    ['headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(400_000)}\r\n\r\n`, 'TOO_LARGE'],
    ['many headers', `HTTP/1.1 200 OK\r\n${'X-Many: 0123456789\r\n'.repeat(30_000)}\r\n`, 'TOO_LARGE'],
  ])('%s: a failure in words, and no socket stays', async (_name, text, code) => {
    await using server = await startRaw(says(text, true))
    const sent = await sendRequest(sender, { url: server.url })
    expect(sent.failure?.code).toBe(code)
    expect(sent.failure?.message).toContain(`127.0.0.1:${String(server.port)}`)
    expect(sent.response).toBeNull()
    await vi.waitFor(() => {
      expect(server.open()).toBe(0)
    })
  })

  it.each<[string, string | Buffer, string, RegExp]>([
    [
      'less than its length',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
      'ECONNRESET',
      /3 of 10 bytes/,
    ],
    [
      'no last chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
      'ECONNRESET',
      /after 3 bytes/,
    ],
    [
      'a chunk that is none',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n',
      'PROTOCOL',
      /not HTTP/,
    ],
  ])('%s: the response is there and says that it is incomplete', async (_name, text, code, words) => {
    await using server = await startRaw(says(text, true))
    const sent = await sendRequest(sender, { url: server.url })
    expect(sent).toMatchObject({ failure: null, text: 'abc', interruption: { code } })
    expect(sent.response?.incomplete).toMatch(words)
  })

  it('a body without a length ends with the connection', async () => {
    await using server = await startRaw(says('HTTP/1.1 200 OK\r\n\r\nuntil the end', true))
    expect(await sendRequest(sender, { url: server.url })).toMatchObject({
      text: 'until the end',
      response: { incomplete: null },
    })
  })

  it('bytes beyond the length are no answer to the next request', async () => {
    let connections = 0
    await using server = await startRaw((socket: Socket) => {
      connections++
      says('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')(
        socket,
      )
    })
    const first = await sendRequest(sender, { url: server.url })
    const second = await sendRequest(sender, { url: server.url })
    expect([first.text, second.text, connections]).toEqual(['abc', 'abc', 2])
  })

  it('slow bytes arrive in the end', async () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
    await using server = await startRaw(
      answerWith((socket) => {
        let index = 0
        const next = (): void => {
          socket.write(text[index] ?? '', () => {
            index++
            if (index < text.length) setImmediate(next)
          })
        }
        next()
      }),
    )
    expect((await sendRequest(sender, { url: server.url })).text).toBe('hello')
  })

  it('a request that outlives a closed connection is sent once more, but not when it could be done twice', async () => {
    const seen: string[] = []
    await using server = await startRaw((socket) => {
      let answered = 0
      answerWith((open, request) => {
        seen.push(request.slice(0, 4).trim())
        answered++
        // The second request on a connection meets a server that has just hung up.
        if (answered === 2) open.resetAndDestroy()
        else open.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })(socket)
    })
    const get = { url: server.url }
    expect((await sendRequest(sender, get)).text).toBe('ok')
    expect((await sendRequest(sender, get)).text).toBe('ok')
    expect(seen).toEqual(['GET', 'GET', 'GET'])
    const post = await sendRequest(sender, { ...get, method: 'POST' })
    expect(post.failure?.code).toBe('ECONNRESET')
    expect(seen).toEqual(['GET', 'GET', 'GET', 'POST'])
  })
})

describe('limits of time and size', () => {
  it('a server that does not answer is given up, and its socket freed', async () => {
    await using server = await startRaw((socket) => socket.resume())
    const sent = await sendRequest(sender, { url: server.url, settings: { timeoutMs: 50 } })
    expect(sent.failure).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('50 ms') })
    await vi.waitFor(() => {
      expect(server.open()).toBe(0)
    })
  })

  it('a body that does not end is given up with what came', async () => {
    await using server = await startRaw(says('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    const sent = await sendRequest(sender, { url: server.url, settings: { timeoutMs: 100 } })
    expect(sent).toMatchObject({ failure: null, text: 'half', interruption: { code: 'TIMEOUT' } })
  })

  it('cancelling before, while connecting, waiting and reading frees the socket each time', async () => {
    await using waiting = await startRaw((socket) => socket.resume())
    await using reading = await startRaw(says('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    const cancelled = AbortSignal.abort()
    expect((await sendRequest(sender, { url: waiting.url }, { signal: cancelled })).failure?.code).toBe(
      'CANCELLED',
    )
    expect(waiting.connections()).toBe(0)

    const controller = new AbortController()
    const promise = sendRequest(sender, { url: waiting.url }, { signal: controller.signal })
    await vi.waitFor(() => {
      expect(waiting.open()).toBe(1)
    })
    controller.abort()
    expect((await promise).failure?.code).toBe('CANCELLED')

    const stop = new AbortController()
    const half = await sendRequest(
      sender,
      { url: reading.url },
      {
        signal: stop.signal,
        sink: () => {
          stop.abort()
        },
      },
    )
    expect(half).toMatchObject({ failure: null, interruption: { code: 'CANCELLED' } })
    await vi.waitFor(() => {
      expect([waiting.open(), reading.open()]).toEqual([0, 0])
    })
  })

  it('a body beyond the limit is cut there', async () => {
    await using own = testSender({ limits: { bodyBytes: 1_000 } })
    await using server = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)))
    })
    const sent = await sendRequest(own, { url: server.url })
    expect(sent).toMatchObject({ interruption: { code: 'TOO_LARGE' }, response: { decodedBytes: 1_000 } })
    expect(sent.body.length).toBe(1_000)
  })

  it('nobody at the port, and no such host, are told apart', async () => {
    const server = await startRaw((socket) => socket.resume())
    await server[Symbol.asyncDispose]()
    expect((await sendRequest(sender, { url: server.url })).failure).toMatchObject({
      code: 'ECONNREFUSED',
      message: `Nothing answers at 127.0.0.1:${String(server.port)}.`,
    })
    expect((await sendRequest(sender, { url: 'http://no-such-host.invalid/' })).failure?.code).toBe(
      'ENOTFOUND',
    )
  })
})

describe('compressed bodies', () => {
  const plain = Buffer.from('a text that is long enough to be worth it. '.repeat(2_000))
  const compressed: [string, Buffer][] = [
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['zstd', zstdCompressSync(plain)],
    ['gzip, br', brotliCompressSync(gzipSync(plain))],
    ['identity', plain],
  ]

  it.each(compressed)('%s is undone, and both sizes are told', async (encoding, bytes) => {
    await using server = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
    })
    const sent = await sendRequest(sender, { url: server.url })
    expect(sent.body.equals(plain)).toBe(true)
    expect(sent.response).toMatchObject({
      bodyBytes: bytes.length,
      decodedBytes: plain.length,
      incomplete: null,
    })
  })

  it.each(compressed.filter(([encoding]) => encoding !== 'identity'))(
    '%s that is cut or broken is told',
    async (encoding, bytes) => {
      for (const broken of [bytes.subarray(0, bytes.length / 2), Buffer.from('this is not compressed')]) {
        await using server = await startHttp((_request, response) => {
          response.writeHead(200, { 'content-encoding': encoding }).end(broken)
        })
        const sent = await sendRequest(sender, { url: server.url })
        expect(sent.interruption?.code).toBe('DECODE')
        expect(plain.subarray(0, sent.body.length).equals(sent.body)).toBe(true)
      }
    },
  )

  it('an empty body and an unknown encoding are left as they are', async () => {
    await using server = await startHttp((request, response) => {
      response.setHeader('content-encoding', request.url === '/empty' ? 'gzip' : 'rot13')
      response.end(request.url === '/empty' ? '' : 'uryyb')
    })
    expect((await sendRequest(sender, { url: `${server.url}/empty` })).response?.incomplete).toBeNull()
    expect((await sendRequest(sender, { url: server.url })).text).toBe('uryyb')
  })

  it('a body that says to be encoded thousands of times stays as it came', async () => {
    await using server = await startHttp((_request, response) => {
      response.setHeader('content-encoding', Array(5_000).fill('gzip').join())
      response.end('plain')
    })
    const sent = await sendRequest(sender, { url: server.url })
    expect([sent.text, sent.failure, sent.interruption]).toEqual(['plain', null, null])
  })
})
