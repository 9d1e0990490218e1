import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { answerWith, startHttp, startRaw } from '#testing/http-servers.ts'
import type { TestServer } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'

const sender = testSender()
let echo: TestServer
let lastBody = ''

beforeAll(async () => {
  echo = await startHttp((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      lastBody = Buffer.concat(chunks).toString()
      if (request.url?.startsWith('/status/') === true) response.statusCode = Number(request.url.slice(8))
      // Node's client drops a connection after a HEAD whose response has no length.
      if (request.method === 'HEAD') response.setHeader('content-length', 6)
      response.end(request.method === 'HEAD' || response.statusCode === 204 ? undefined : 'answer')
    })
  })
})
afterAll(async () => {
  await sender.close()
  await echo[Symbol.asyncDispose]()
})

describe('responses', () => {
  it.each([
    ['HEAD', '/status/200', 200],
    ['GET', '/status/204', 204],
    ['GET', '/status/304', 304],
  ])('%s %s has no body, and the connection goes on', async (method, path, status) => {
    await using own = testSender()
    const before = echo.connections()
    const first = await sendRequest(own, { url: `${echo.url}${path}`, method })
    const second = await sendRequest(own, { url: `${echo.url}/` })
    expect([first.response?.status, first.text, second.text]).toEqual([status, '', 'answer'])
    expect(echo.connections() - before).toBe(1)
  })

  it('a connection is used again, and its phases are then not timed', async () => {
    await using own = testSender()
    const first = await sendRequest(own, { url: echo.url })
    const second = await sendRequest(own, { url: echo.url })
    expect(first.timings).toMatchObject({ connect: expect.any(Number), dns: null, tls: null })
    expect(second.timings).toMatchObject({
      connect: null,
      firstByte: expect.any(Number),
      download: expect.any(Number),
    })
    expect(second.timings.total).toBeGreaterThanOrEqual(
      (second.timings.firstByte ?? 0) + (second.timings.download ?? 0),
    )
    expect(second.response).toMatchObject({
      httpVersion: '1.1',
      statusText: 'OK',
      remoteAddress: '127.0.0.1',
      bodyBytes: 6,
    })
  })

  it('localhost is found on whichever family the server listens', async () => {
    expect((await sendRequest(sender, { url: `http://localhost:${String(echo.port)}/` })).text).toBe('answer')
    expect((await sendRequest(sender, { url: `http://api.localhost:${String(echo.port)}/` })).text).toBe(
      'answer',
    )
  })

  it('trailers are kept', async () => {
    await using server = await startHttp((_request, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' })
      response.write('a')
      response.addTrailers({ 'X-Sum': '42' })
      response.end()
    })
    expect((await sendRequest(sender, { url: server.url })).response?.trailers).toEqual([
      { name: 'X-Sum', value: '42' },
    ])
  })

  it('a server that switches protocols is told as it answered', async () => {
    await using server = await startRaw(
      answerWith((socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
      ),
    )
    const sent = await sendRequest(sender, {
      url: server.url,
      headers: [
        { name: 'Upgrade', value: 'x' },
        { name: 'Connection', value: 'Upgrade' },
      ],
    })
    expect(sent.response).toMatchObject({ status: 101, incomplete: null })
  })

  it('the body is taken no faster than the sink takes it', async () => {
    const size = 40_000_000
    let written = 0
    await using server = await startHttp((_request, response) => {
      response.writeHead(200, { 'Content-Length': size })
      const chunk = Buffer.alloc(100_000)
      const write = (): void => {
        while (written < size) {
          written += chunk.length
          if (!response.write(chunk)) {
            response.once('drain', write)
            return
          }
        }
        response.end()
      }
      write()
    })
    const gate = Promise.withResolvers<void>()
    const first = Promise.withResolvers<void>()
    const sending = sendRequest(
      sender,
      { url: server.url },
      {
        sink: () => {
          first.resolve()
          return gate.promise
        },
      },
    )
    await first.promise
    // The kernel's buffers take some megabytes; without back-pressure everything would be written.
    await vi.waitFor(async () => {
      const before = written
      await new Promise((resolve) => setImmediate(resolve))
      expect(written).toBe(before)
    })
    expect(written).toBeLessThan(size / 2)
    gate.resolve()
    expect((await sending).response?.decodedBytes).toBe(size)
  })

  it('cancelling does not wait for a sink that takes for ever', async () => {
    const controller = new AbortController()
    const sent = await sendRequest(
      sender,
      { url: echo.url },
      {
        signal: controller.signal,
        sink: () => {
          queueMicrotask(() => {
            controller.abort()
          })
          return new Promise<void>(() => undefined)
        },
      },
    )
    expect(sent.interruption?.code).toBe('CANCELLED')
  })

  it.each([
    [new Error('That is enough.'), 'STORE', /^That is enough\.$/],
    [new AppError('TOO_LARGE', 'The body is too large to keep.'), 'TOO_LARGE', /too large to keep/],
    [Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }), 'STORE', /could not be kept/],
  ])('a sink that throws %s ends the response in its words', async (error, code, words) => {
    const sent = await sendRequest(
      sender,
      { url: echo.url },
      {
        sink: () => {
          throw error
        },
      },
    )
    expect(sent.response?.incomplete).toMatch(words)
    expect(sent.interruption?.code).toBe(code)
  })

  it('secrets are masked in what was sent, in every form', async () => {
    const sent = await sendRequest(sender, {
      url: `${echo.url}/?token=s%26cret%3D9`,
      method: 'POST',
      headers: [{ name: 'X-Key', value: 's&cret=9' }],
      body: { type: 'text', text: '{"k":"s&cret=9"}', contentType: null },
      auth: { type: 'basic', username: 'anna', password: 's&cret=9' },
      secrets: ['s&cret=9'],
    })
    expect(JSON.stringify([sent.sent, sent.events])).not.toMatch(/cret|c2/)
    expect(lastBody).toBe('{"k":"s&cret=9"}')
    expect(sent.sent.headers).toContainEqual({ name: 'Authorization', value: 'Basic ••••••' })
  })
})
