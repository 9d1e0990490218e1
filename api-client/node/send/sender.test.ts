import type { IncomingMessage } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { answerWith, startHttp, startRaw } from '#testing/http-servers.ts'
import type { TestServer } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'

interface Seen {
  method: string
  url: string
  rawHeaders: string[]
  body: string
}

async function read(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    rawHeaders: request.rawHeaders,
    body: Buffer.concat(chunks).toString(),
  }
}

const sender = testSender()
let echo: TestServer
let last: Seen
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nebuladb-send-'))
  echo = await startHttp((request, response) => {
    void read(request).then((seen) => {
      last = seen
      if (request.url?.startsWith('/status/') === true) response.statusCode = Number(request.url.slice(8))
      response.end(seen.method === 'HEAD' || response.statusCode === 204 ? undefined : 'answer')
    })
  })
})
afterAll(async () => {
  await sender.close()
  await echo[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

function header(name: string): string[] {
  return last.rawHeaders.filter(
    (_, index) => index % 2 === 1 && last.rawHeaders[index - 1]?.toLowerCase() === name,
  )
}

describe('requests', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'QUERY', 'PROPFIND', 'X-custom'])(
    '%s is sent as it is written, with a body',
    async (method) => {
      const sent = await sendRequest(sender, {
        url: `${echo.url}/`,
        method,
        body: { type: 'text', text: 'körper', contentType: 'text/plain' },
      })
      // Node's server refuses methods that its parser does not know: then the client is told so.
      if (method === 'X-custom') expect(sent.response?.status).toBe(400)
      else expect(last).toMatchObject({ method, body: 'körper' })
    },
  )

  it('headers keep their order, their case and their repetition', async () => {
    await sendRequest(sender, {
      url: `${echo.url}/`,
      headers: [
        { name: 'X-Zebra', value: '1' },
        { name: 'x-APPLE', value: '2' },
        { name: 'X-Zebra', value: '3' },
        { name: 'accept', value: 'text/plain' },
        { name: 'X-Empty', value: '' },
      ],
    })
    expect(last.rawHeaders.slice(0, 12)).toEqual([
      'Host',
      `127.0.0.1:${String(echo.port)}`,
      ...['X-Zebra', '1', 'x-APPLE', '2', 'X-Zebra', '3', 'accept', 'text/plain', 'X-Empty', ''],
    ])
    expect(header('accept')).toEqual(['text/plain'])
  })

  it('a Host, a length and an agent that were written are not doubled', async () => {
    await sendRequest(sender, {
      url: `${echo.url}/`,
      method: 'POST',
      headers: [
        { name: 'Content-Length', value: '2' },
        { name: 'user-agent', value: 'me' },
        { name: 'HOST', value: 'elsewhere.example' },
      ],
      body: { type: 'text', text: 'ab', contentType: null },
    })
    expect([header('host'), header('content-length'), header('user-agent')]).toEqual([
      ['elsewhere.example'],
      ['2'],
      ['me'],
    ])
    expect(header('content-type')).toEqual([])
  })

  it('a written Transfer-Encoding sends the body in chunks', async () => {
    await sendRequest(sender, {
      url: `${echo.url}/`,
      method: 'POST',
      headers: [{ name: 'Transfer-Encoding', value: 'chunked' }],
      body: { type: 'text', text: 'in chunks', contentType: null },
    })
    expect(header('content-length')).toEqual([])
    expect(last.body).toBe('in chunks')
  })

  it('values beyond ASCII go out as UTF-8 and come back readable', async () => {
    await using server = await startHttp((request, response) => {
      response.setHeader('X-Back', request.headers['x-name'] ?? '')
      response.end()
    })
    const sent = await sendRequest(sender, {
      url: server.url,
      headers: [{ name: 'X-Name', value: 'Zoë ☕' }],
    })
    expect(sent.response?.headers).toContainEqual({ name: 'X-Back', value: 'Zoë ☕' })
  })

  it.each([
    [{ name: 'X-A', value: 'a\r\nX-Injected: 1' }, /line break/],
    [{ name: 'X-A', value: 'a\nb' }, /line break/],
    [{ name: 'X-A', value: 'a\u0000b' }, /control/],
    [{ name: 'X A', value: 'b' }, /no name of a header/],
    [{ name: 'X-A:', value: 'b' }, /no name of a header/],
    [{ name: '', value: 'b' }, /no name/],
  ])('the header %j is refused before anything is sent', async (pair, message) => {
    const before = echo.connections()
    const sent = await sendRequest(testSender(), { url: echo.url, headers: [pair] })
    expect(sent.failure).toMatchObject({ code: 'INVALID_HEADER', message: expect.stringMatching(message) })
    expect(echo.connections()).toBe(before)
  })

  it.each(['GET /x HTTP/1.1\r\nX: y', 'CONNECT', 'G T', ''])('the method %j is refused', async (method) => {
    expect((await sendRequest(sender, { url: echo.url, method })).failure?.code).toBe('INVALID_METHOD')
  })

  it.each(['', 'not an address', 'ftp://example.com', 'http://', 'file:///etc/passwd'])(
    'the address %j is refused',
    async (url) => {
      expect((await sendRequest(sender, { url })).failure?.code).toBe('INVALID_URL')
    },
  )

  it.each([
    [true, '/a b/../ü?q=a b|c#f', '/%C3%BC?q=a%20b|c'],
    [false, '/a b/../ü?q=a b|c%zz#f', '/a%20b/../%C3%BC?q=a%20b|c%zz'],
    [false, '', '/'],
    [false, '?x=1', '/?x=1'],
  ])('with encoding %s, %j is asked as %j', async (encodesUrl, path, target) => {
    await sendRequest(sender, { url: `${echo.url}${path}`, settings: { encodesUrl } })
    expect(last.url).toBe(target)
  })

  it('a name and password in the address become basic authentication and are not shown', async () => {
    const sent = await sendRequest(sender, {
      url: `http://an%40na:s%C3%A9cret@127.0.0.1:${String(echo.port)}/`,
    })
    expect(header('authorization')).toEqual([`Basic ${Buffer.from('an@na:sécret').toString('base64')}`])
    expect(sent.sent.url).toBe(`${echo.url}/`)
  })
})

describe('bodies', () => {
  it('a form is encoded as browsers do', async () => {
    await sendRequest(sender, {
      url: echo.url,
      method: 'POST',
      body: {
        type: 'form',
        fields: [
          { name: 'a b', value: 'c&d=é' },
          { name: 'a b', value: '2' },
        ],
      },
    })
    expect(last.body).toBe('a+b=c%26d%3D%C3%A9&a+b=2')
    expect(header('content-type')).toEqual(['application/x-www-form-urlencoded'])
  })

  it('multipart holds texts and streamed files, with its length known', async () => {
    await writeFile(join(directory, 'na"me é.json'), '{"x":1}')
    const sent = await sendRequest(sender, {
      url: echo.url,
      method: 'POST',
      directory,
      headers: [{ name: 'Content-Type', value: 'multipart/form-data' }],
      body: {
        type: 'multipart',
        parts: [
          { type: 'text', name: 'title', value: 'Hällo', contentType: null },
          { type: 'text', name: 'meta', value: '{}', contentType: 'application/json' },
          { type: 'file', name: 'up"load', path: 'na"me é.json', contentType: null },
        ],
      },
    })
    const type = header('content-type')[0] ?? ''
    const form = await new Response(last.body, { headers: { 'content-type': type } }).formData()
    expect(form.get('title')).toBe('Hällo')
    expect(last.body).toContain(
      'name="up%22load"; filename="na%22me é.json"\r\nContent-Type: application/json\r\n\r\n{"x":1}',
    )
    expect(Number(header('content-length')[0])).toBe(Buffer.byteLength(last.body))
    expect(sent.sent.bodyPreview).toContain('(7 bytes of na"me é.json)')
  })

  it('a large file is streamed whole', async () => {
    const bytes = Buffer.alloc(3_000_000, 'x')
    await writeFile(join(directory, 'large.bin'), bytes)
    const sent = await sendRequest(sender, {
      url: echo.url,
      method: 'PUT',
      directory,
      body: { type: 'file', path: 'large.bin', contentType: null },
    })
    expect(last.body.length).toBe(bytes.length)
    expect(header('content-type')).toEqual(['application/octet-stream'])
    expect(sent.sent.bodyBytes).toBe(bytes.length)
  })

  it.each([
    ['missing.txt', /is not there/],
    ['.', /no plain file/],
    ['', /No file is chosen/],
  ])('the file %j fails in words', async (path, words) => {
    const sent = await sendRequest(sender, {
      url: echo.url,
      method: 'POST',
      directory,
      body: { type: 'file', path, contentType: null },
    })
    expect(sent.failure).toMatchObject({ code: 'FILE', message: expect.stringMatching(words) })
  })

  it('POST without a body says that it has none', async () => {
    await sendRequest(sender, { url: echo.url, method: 'POST' })
    expect(header('content-length')).toEqual(['0'])
  })

  it('Expect: 100-continue waits for the server, and sends nothing when it refuses', async () => {
    const bodies: string[] = []
    await using server = await startRaw(
      answerWith((socket, request) => {
        if (request.startsWith('POST /yes')) {
          socket.once('data', (body) => {
            bodies.push(body.toString())
          })
          socket.write('HTTP/1.1 100 Continue\r\n\r\n')
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        } else {
          bodies.push(request.split('\r\n\r\n')[1] ?? '')
          socket.end('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        }
      }),
    )
    const fields = {
      method: 'POST',
      headers: [{ name: 'Expect', value: '100-continue' }],
      body: { type: 'text', text: 'later', contentType: null },
    } as const
    const refused = await sendRequest(sender, { url: `${server.url}/no`, ...fields })
    expect(refused.response?.status).toBe(417)
    expect(bodies).toEqual([''])
    const taken = await sendRequest(sender, { url: `${server.url}/yes`, ...fields })
    expect(taken.response?.status).toBe(200)
    await vi.waitFor(() => {
      expect(bodies).toEqual(['', 'later'])
    })
  })
})
