import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHttp } from '#testing/http-servers.ts'
import type { TestServer } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'
import { createCookieJar } from './cookies.ts'

const sender = testSender()
let other: TestServer
let server: TestServer

beforeAll(async () => {
  other = await startHttp((request, response) => {
    response.end(
      `${request.method ?? ''} auth=${request.headers.authorization ?? ''} key=${request.headers['x-key'] ?? ''}`,
    )
  })
  server = await startHttp((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    const [, kind, status] = url.pathname.split('/')
    if (kind === 'to') {
      response.writeHead(Number(status), {
        location: url.searchParams.get('where') ?? '/end',
        'set-cookie': 'hop=1; Path=/',
      })
      response.end('moved')
      return
    }
    if (kind === 'loop') {
      response.writeHead(302, { location: '/loop' }).end()
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('set-cookie', 'end=2; SameSite=Lax')
      response.end(
        `${request.method ?? ''} ${Buffer.concat(chunks).toString()} type=${request.headers['content-type'] ?? ''} auth=${request.headers.authorization ?? ''} cookie=${request.headers.cookie ?? ''}`,
      )
    })
  })
})
afterAll(async () => {
  await sender.close()
  await server[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
})

const text = { type: 'text', text: 'body', contentType: 'text/plain' } as const

describe('redirects', () => {
  it.each([
    [301, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'POST', 'GET'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i after %s asks with %s, and the body goes along only then', async (status, method, then) => {
    const sent = await sendRequest(sender, { url: `${server.url}/to/${String(status)}`, method, body: text })
    const isKept = then === method
    expect(sent.text).toBe(`${then} ${isKept ? 'body' : ''} type=${isKept ? 'text/plain' : ''} auth= cookie=`)
    expect(sent.hops).toMatchObject([{ status, method, url: `${server.url}/to/${String(status)}` }])
    expect(sent.sent.method).toBe(then)
  })

  it('a hop leaves its connection to the next request', async () => {
    await using own = testSender()
    const before = server.connections()
    for (let turn = 0; turn < 3; turn++) await sendRequest(own, { url: `${server.url}/to/302` })
    expect(server.connections() - before).toBe(1)
  })

  it('HEAD stays HEAD, and what leads nowhere is the answer', async () => {
    const head = await sendRequest(sender, { url: `${server.url}/to/303`, method: 'HEAD' })
    expect(head.sent.method).toBe('HEAD')
    const nowhere = await sendRequest(sender, { url: `${server.url}/to/302?where=mailto:x@example.com` })
    expect(nowhere).toMatchObject({ text: 'moved', response: { status: 302 } })
  })

  it('they are not followed when that is switched off', async () => {
    const sent = await sendRequest(sender, {
      url: `${server.url}/to/302`,
      settings: { followsRedirects: false },
    })
    expect(sent).toMatchObject({ text: 'moved', hops: [], response: { status: 302 } })
  })

  it('a circle ends with words and all its hops', async () => {
    const sent = await sendRequest(sender, { url: `${server.url}/loop`, settings: { maxRedirects: 3 } })
    expect(sent.failure).toMatchObject({
      code: 'TOO_MANY_REDIRECTS',
      message: expect.stringContaining('circle'),
    })
    expect(sent.hops).toHaveLength(4)
  })

  it('a key of an API in a header stays with its origin too', async () => {
    const keys = ['ApiKey', 'X-API-Key', 'api-key']
    await using asked = await startHttp((request, response) => {
      response.end(keys.filter((name) => request.headers[name.toLowerCase()] !== undefined).join())
    })
    const url = `${server.url}/to/302?where=${encodeURIComponent(asked.url)}`
    const headers = keys.map((name) => ({ name, value: 'secret' }))
    expect((await sendRequest(sender, { url, headers })).text).toBe('')
    expect((await sendRequest(sender, { url, headers, settings: { keepsAuthorization: true } })).text).toBe(
      'ApiKey,X-API-Key,api-key',
    )
  })

  it.each([
    [false, 'GET auth= key=kept'],
    [true, 'GET auth=Bearer token key=kept'],
  ])(
    'another origin gets the Authorization only when it is kept (%s)',
    async (keepsAuthorization, answer) => {
      const fields = {
        url: `${server.url}/to/302?where=${encodeURIComponent(other.url)}`,
        headers: [{ name: 'X-Key', value: 'kept' }],
        settings: { keepsAuthorization },
      }
      const byAuth = await sendRequest(sender, { ...fields, auth: { type: 'bearer', token: 'token' } })
      const byHand = await sendRequest(sender, {
        ...fields,
        headers: [...fields.headers, { name: 'authorization', value: 'Bearer token' }],
      })
      expect([byAuth.text, byHand.text]).toEqual([answer, answer])
    },
  )

  it('an API key of another origin stays behind, too', async () => {
    const url = `${server.url}/to/302?where=${encodeURIComponent(other.url)}`
    const sent = await sendRequest(sender, {
      url,
      auth: { type: 'apiKey', key: 'X-Key', value: 'k', placement: 'header' },
    })
    expect(sent.text).toBe('GET auth= key=')
  })

  it('the same origin keeps it, and cookies of hops are sent on and told', async () => {
    const cookies = createCookieJar()
    const sent = await sendRequest(
      sender,
      { url: `${server.url}/to/302`, auth: { type: 'bearer', token: 't' } },
      { cookies },
    )
    expect(sent.text).toBe('GET  type= auth=Bearer t cookie=hop=1')
    expect(sent.cookies.map(({ name }) => name)).toEqual(['hop', 'end'])
    expect(cookies.list().map(({ name, sameSite }) => [name, sameSite])).toEqual([
      ['hop', null],
      ['end', 'lax'],
    ])
  })

  it('cookies are neither sent nor kept when that is switched off', async () => {
    const cookies = createCookieJar()
    await sendRequest(sender, { url: server.url }, { cookies })
    const sent = await sendRequest(
      sender,
      { url: server.url, settings: { sendsCookies: false } },
      { cookies },
    )
    expect(sent.text).toMatch(/cookie=$/)
    const none = createCookieJar()
    await sendRequest(sender, { url: server.url, settings: { keepsCookies: false } }, { cookies: none })
    expect(none.list()).toEqual([])
  })
})
