import { afterAll, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import type { SocketEvent } from '#contract/requests/exchange.ts'
import { startHttp, startHttps } from '#testing/http-servers.ts'
import { startHttpProxy, startSocksProxy } from '#testing/proxies.ts'
import { testRequest, testSender } from '#testing/sending.ts'
import type { RequestFields } from '#testing/sending.ts'
import { createCookieJar } from './cookies.ts'
import { createNetworkGuard } from './guard.ts'
import type { Sender } from './types.ts'

const sender = testSender()
afterAll(() => sender.close())

/** Says back what it hears; `close` and `big` do what they say. */
async function startEcho(isSecure = false) {
  const http = await (isSecure ? startHttps : startHttp)((_request, response) =>
    response.writeHead(404).end(),
  )
  const handshakes: string[][] = []
  const echo = new WebSocketServer({
    noServer: true,
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (protocols) => [...protocols].at(-1) ?? false,
  })
  http.server.on('upgrade', (request, socket, head) => {
    handshakes.push(request.rawHeaders)
    if (request.url === '/refuse') {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
      return
    }
    echo.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data, isBinary) => {
        if (String(data) === 'close') peer.close(4_001, 'enough')
        else if (String(data) === 'big') peer.send('x'.repeat(5_000))
        else peer.send(data, { binary: isBinary })
      })
    })
  })
  return { ...http, handshakes }
}

function connect(fields: RequestFields, protocols: string[] = [], by: Sender = sender) {
  const events: SocketEvent[] = []
  const controller = new AbortController()
  const cookies = createCookieJar()
  const socket = by.connectSocket(testRequest(fields), {
    signal: controller.signal,
    protocols,
    cookies,
    onEvent: (event) => {
      events.push(event)
    },
  })
  const until = (type: SocketEvent['type'], count = 1) =>
    vi.waitFor(() => {
      expect(events.filter((event) => event.type === type)).toHaveLength(count)
    }, 5_000)
  return { socket, events, controller, until, cookies }
}

describe('WebSockets', () => {
  it.each([false, true])(
    'texts and bytes go both ways (TLS: %s), with headers, protocols and a code at the end',
    async (isSecure) => {
      await using server = await startEcho(isSecure)
      const { socket, events, until } = connect(
        {
          url: server.url.replace('http', 'ws'),
          headers: [{ name: 'X-Mine', value: 'é' }],
          auth: { type: 'bearer', token: 't' },
        },
        ['graphql-ws', 'chat.v2'],
      )
      await until('opened')
      await socket.send('text', 'höllo')
      await socket.send('binary', Buffer.from([0, 1, 255]).toString('base64'))
      await until('message', 4)
      await socket.send('text', 'close')
      await socket.closed
      expect(events[0]).toMatchObject({ type: 'opened', protocol: 'chat.v2' })
      expect(
        events
          .flatMap((event) =>
            event.type === 'message'
              ? [`${event.direction} ${event.format} ${event.data} ${String(event.bytes)}`]
              : [],
          )
          .toSorted(),
      ).toEqual([
        'received binary AAH/ 3',
        'received text höllo 6',
        'sent binary AAH/ 3',
        'sent text close 5',
        'sent text höllo 6',
      ])
      expect(events.at(-1)).toEqual({ type: 'closed', code: 4_001, reason: 'enough' })
      expect(server.handshakes[0]).toEqual(
        expect.arrayContaining([
          'X-Mine',
          'Authorization',
          'Bearer t',
          'permessage-deflate; client_max_window_bits',
        ]),
      )
      await expect(socket.send('text', 'late')).rejects.toThrow('not open')
    },
  )

  it('closing and aborting end in order, whatever the state', async () => {
    await using server = await startEcho()
    const url = server.url
    const closing = connect({ url })
    await closing.until('opened')
    closing.socket.close(1_000, 'bye')
    await closing.socket.closed
    expect(closing.events.at(-1)).toEqual({ type: 'closed', code: 1_000, reason: 'bye' })
    const aborting = connect({ url })
    await aborting.until('opened')
    aborting.controller.abort()
    await aborting.socket.closed
    expect(aborting.events.at(-1)?.type).toBe('closed')
    const early = connect({ url })
    early.controller.abort()
    await early.socket.closed
    expect(early.events).toMatchObject([{ type: 'failed', failure: { code: 'CANCELLED' } }])
    await vi.waitFor(() => {
      expect(server.open()).toBe(0)
    })
  })

  it.each(['http', 'socks5'] as const)('goes through a proxy: %s', async (protocol) => {
    await using server = await startEcho()
    await using proxy = await (protocol === 'http' ? startHttpProxy() : startSocksProxy())
    const { socket, until } = connect({
      url: server.url,
      proxy: {
        mode: 'on',
        protocol,
        host: '127.0.0.1',
        port: proxy.port,
        username: '',
        password: '',
        bypass: '',
      },
    })
    await until('opened')
    expect(proxy.asked).toHaveLength(1)
    socket.close()
    await socket.closed
  })

  it('failures are told: refused, no WebSocket, nobody there, blocked, too long', async () => {
    await using server = await startEcho()
    const refused = connect({ url: `${server.url}/refuse` })
    await refused.socket.closed
    expect(refused.events).toMatchObject([
      { type: 'failed', failure: { code: 'PROTOCOL', message: expect.stringContaining('401') } },
    ])
    await using plain = await startHttp((_request, response) => response.end('no'))
    const none = connect({ url: plain.url })
    await none.socket.closed
    expect(none.events).toMatchObject([{ failure: { message: expect.stringContaining('200') } }])
    await using silent = await startHttp(() => undefined)
    const late = connect({ url: silent.url, settings: { timeoutMs: 50 } })
    await late.socket.closed
    expect(late.events).toMatchObject([{ failure: { code: 'TIMEOUT' } }])
    await using hosted = testSender({ guard: createNetworkGuard({ allowsPrivate: false }) })
    const blocked = connect({ url: server.url }, [], hosted)
    await blocked.socket.closed
    expect(blocked.events).toMatchObject([{ failure: { code: 'BLOCKED' } }])
    await using small = testSender({ limits: { messageBytes: 1_000 } })
    const big = connect({ url: server.url }, [], small)
    await big.until('opened')
    await big.socket.send('text', 'big')
    await big.socket.closed
    expect(big.events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'TOO_LARGE' } })
  })

  it.each(['same same', 'a b'])('a protocol that is none (%j) is refused in words', async (name) => {
    await using server = await startEcho()
    const { socket, events } = connect({ url: server.url }, [name])
    await socket.closed
    expect(events).toMatchObject([{ type: 'failed', failure: { code: 'PROTOCOL' } }])
  })
})
