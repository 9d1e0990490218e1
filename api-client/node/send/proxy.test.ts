import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHttp, startHttps, startRaw } from '#testing/http-servers.ts'
import type { TestServer } from '#testing/http-servers.ts'
import { startHttpProxy, startSocksProxy } from '#testing/proxies.ts'
import { sendRequest, testSender } from '#testing/sending.ts'
import { bypasses, chooseProxy, proxyFromEnvironment } from './proxy.ts'

const sender = testSender()
let plain: TestServer
let secure: TestServer

beforeAll(async () => {
  plain = await startHttp((request, response) =>
    response.end(`plain ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`),
  )
  secure = await startHttps((_request, response) => response.end('secure'))
})
afterAll(async () => {
  await sender.close()
  await plain[Symbol.asyncDispose]()
  await secure[Symbol.asyncDispose]()
})

const proxy = (
  protocol: 'http' | 'https' | 'socks4' | 'socks5',
  port: number,
  user = { username: '', password: '' },
) => ({ mode: 'on', protocol, host: '127.0.0.1', port, bypass: '', ...user }) as const

describe('HTTP proxies', () => {
  it.each([false, true])(
    'forward http and tunnel https (TLS to the proxy: %s), connections are kept',
    async (isSecure) => {
      await using through = await startHttpProxy({ isSecure })
      const settings = proxy(isSecure ? 'https' : 'http', through.port)
      expect((await sendRequest(sender, { url: `${plain.url}/a?b`, proxy: settings })).text).toBe(
        'plain /a?b ',
      )
      for (let turn = 0; turn < 2; turn++) {
        expect((await sendRequest(sender, { url: secure.url, proxy: settings })).text).toBe('secure')
      }
      expect(through.asked).toEqual([`GET ${plain.url}/a?b`, `CONNECT 127.0.0.1:${String(secure.port)}`])
    },
  )

  it('a name and password are sent to the proxy only, and a wrong one is told', async () => {
    const user = { username: 'anna', password: 'pass:wörd' }
    await using through = await startHttpProxy({ user })
    const right = proxy('http', through.port, user)
    const sent = await sendRequest(sender, { url: plain.url, proxy: right })
    // A forwarding proxy hands its headers on in this test; in what is shown, the password is not.
    expect(sent.response?.status).toBe(200)
    expect(sent.sent.headers).toContainEqual({ name: 'Proxy-Authorization', value: 'Basic ••••••' })
    expect((await sendRequest(sender, { url: secure.url, proxy: right })).text).toBe('secure')
    for (const [settings, words] of [
      [proxy('http', through.port), /wants a name and a password/],
      [proxy('http', through.port, { username: 'anna', password: 'no' }), /another name or password/],
    ] as const) {
      for (const url of [plain.url, secure.url]) {
        const refused = await sendRequest(sender, { url, proxy: settings })
        expect(refused.failure).toMatchObject({ code: 'PROXY', message: expect.stringMatching(words) })
      }
    }
  })

  it('one that is not there, hangs up or answers nonsense is told as the proxy', async () => {
    await using closing = await startRaw((socket) => socket.destroy())
    await using silly = await startRaw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 503 Busy\r\n\r\n')),
    )
    const gone = await startRaw(() => undefined)
    await gone[Symbol.asyncDispose]()
    for (const { port } of [closing, silly, gone]) {
      const sent = await sendRequest(sender, { url: secure.url, proxy: proxy('http', port) })
      expect(sent.failure).toMatchObject({
        code: 'PROXY',
        message: expect.stringContaining('proxy 127.0.0.1'),
      })
    }
  })
})

describe('SOCKS proxies', () => {
  it.each(['socks4', 'socks5'] as const)(
    '%s opens a way for http and https, and looks up names',
    async (protocol) => {
      await using through = await startSocksProxy({ port: secure.port })
      const sent = await sendRequest(sender, {
        url: `https://only-the-proxy-knows.test:444/`,
        proxy: proxy(protocol, through.port),
        settings: { verifiesCertificates: false },
      })
      expect(sent.text).toBe('secure')
      expect(through.asked).toEqual([`${protocol.toUpperCase()} only-the-proxy-knows.test:444`])
      await using direct = await startSocksProxy()
      expect((await sendRequest(sender, { url: plain.url, proxy: proxy(protocol, direct.port) })).text).toBe(
        'plain / ',
      )
    },
  )

  it('a password is checked', async () => {
    const user = { username: 'anna', password: 'secret' }
    await using through = await startSocksProxy({ user })
    expect(
      (await sendRequest(sender, { url: plain.url, proxy: proxy('socks5', through.port, user) })).text,
    ).toBe('plain / ')
    const wrong = await sendRequest(sender, {
      url: plain.url,
      proxy: proxy('socks5', through.port, { ...user, password: 'no' }),
    })
    expect(wrong.failure).toMatchObject({ code: 'PROXY', hint: expect.stringContaining('password') })
  })
})

describe('which proxy', () => {
  it.each([
    ['*', 'http://a.example/', true],
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://api.example.com/', true],
    ['.example.com', 'http://api.example.com/', true],
    ['*.example.com', 'http://api.example.com/', true],
    ['example.com', 'http://notexample.com/', false],
    ['example.com:8080', 'http://example.com/', false],
    ['example.com:443', 'https://example.com/', true],
    ['a, b.example ,c', 'http://b.example/', true],
    ['[::1]', 'http://[::1]:3000/', true],
    ['::1', 'http://[::1]:3000/', true],
    ['127.0.0.1', 'http://127.0.0.1:3000/', true],
    ['', 'http://a.example/', false],
  ])('with NO_PROXY=%j, %s goes directly: %s', (list, url, expected) => {
    expect(bypasses(list, new URL(url))).toBe(expected)
  })

  it('the environment names proxies in either case', () => {
    const system = proxyFromEnvironment({
      HTTPS_PROXY: 'socks5h://u:p%40ss@proxy:1',
      http_proxy: 'proxy.example:3128',
      NO_PROXY: 'direct.example',
    })
    expect(chooseProxy({ mode: 'inherit' }, system, new URL('https://a.example'))).toMatchObject({
      protocol: 'socks5',
      host: 'proxy',
      port: 1,
      username: 'u',
      password: 'p@ss',
    })
    expect(chooseProxy({ mode: 'inherit' }, system, new URL('ws://a.example'))).toMatchObject({
      protocol: 'http',
      host: 'proxy.example',
      port: 3128,
    })
    expect(chooseProxy({ mode: 'inherit' }, system, new URL('https://direct.example'))).toBeNull()
    expect(chooseProxy({ mode: 'off' }, system, new URL('https://a.example'))).toBeNull()
    expect(
      chooseProxy({ mode: 'inherit' }, proxyFromEnvironment({ all_proxy: 'https://x' }), new URL('http://a')),
    ).toMatchObject({ protocol: 'https', port: 443 })
    expect(() =>
      chooseProxy(
        { mode: 'inherit' },
        proxyFromEnvironment({ HTTP_PROXY: 'gopher://x' }),
        new URL('http://a'),
      ),
    ).toThrow(/cannot be read/)
  })
})
