import { request as httpRequest, type RequestOptions } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createMockServer, type MockServer, type MockServerOptions } from './server.ts'

const servers: MockServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const FILMS = {
  name: 'film',
  columns: [{ name: 'film_id', type: 'integer' }],
  primaryKey: ['film_id'],
  rows: [{ film_id: 1 }],
}

async function start(options: Partial<MockServerOptions> = {}): Promise<MockServer> {
  const server = await createMockServer({
    source: { type: 'rows', tables: [FILMS] },
    now: Date.now,
    random: Math.random,
    ...options,
  })
  servers.push(server)
  return server
}

/** What fetch does not let one say. */
async function send(url: string, options: RequestOptions, body = '') {
  const asked = httpRequest(url, options)
  asked.end(body)
  const [response] = await once(asked, 'response')
  return { status: response.statusCode, headers: response.headers, text: await text(response) }
}

describe('a mock server', () => {
  it('listens on loopback only, at the port that was asked for, and says when it is taken', async () => {
    const first = await start()
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const port = Number(new URL(first.url).port)
    await expect(start({ port })).rejects.toThrow(`Port ${String(port)} is in use.`)
    await first.close()
    await first.close()
    const again = await start({ port })
    expect(again.url).toBe(first.url)
  })

  it.each([
    ['rebound.example', 403],
    ['127.0.0.1.rebound.example', 403],
    ['127.0.0.1:1', 403],
    ['127.0.0.1', 403],
  ])('refuses requests that name the host %s', async (host, status) => {
    const { url } = await start()
    expect((await send(`${url}/film`, { headers: { host } })).status).toBe(status)
  })

  it('answers to localhost with its port', async () => {
    const { url } = await start()
    const host = `localhost:${new URL(url).port}`
    expect((await send(`${url}/film`, { headers: { host } })).status).toBe(200)
  })

  it('answers pages of this machine only', async () => {
    const { url } = await start()
    const origin = 'http://localhost:5173'
    const preflight = await send(`${url}/film`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'prefer,apikey',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': 'prefer,apikey',
    })
    const read = await send(`${url}/film`, { headers: { origin } })
    expect(read.headers['access-control-allow-origin']).toBe(origin)
    expect(read.headers['access-control-expose-headers']).toContain('content-range')
    for (const other of ['https://elsewhere.example', 'null', 'http://localhost.elsewhere.example']) {
      const refused = await send(`${url}/film`, { method: 'DELETE', headers: { origin: other } })
      expect(refused.status, other).toBe(403)
      expect(refused.headers).not.toHaveProperty('access-control-allow-origin')
    }
    expect(await (await fetch(`${url}/film`)).json()).toEqual([{ film_id: 1 }])
  })

  it('refuses a body that is too large', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/film`, { method: 'POST', body: 'x'.repeat(10_000_001) })
    expect(response.status).toBe(413)
  })

  it('waits before it answers, and gives up waiting when it is closed', async () => {
    const late = await start({ delayMs: 50 })
    const before = performance.now()
    await fetch(`${late.url}/film`)
    expect(performance.now() - before).toBeGreaterThan(45)
    const arrived = Promise.withResolvers<undefined>()
    const never = await start({
      delayMs: 3_600_000,
      now: () => {
        arrived.resolve(undefined)
        return 0
      },
    })
    const asked = fetch(`${never.url}/film`).then(
      () => 'answered',
      () => 'ended',
    )
    await arrived.promise
    await never.close()
    expect(await asked).toBe('ended')
  })

  it('survives clients that speak no HTTP or go away', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    const wild = connect(port, '127.0.0.1')
    wild.write('\u0016\u0003\u0001 this is no HTTP\r\n\r\n')
    expect(await text(wild)).toContain('400 Bad Request')
    const gone = connect(port, '127.0.0.1')
    gone.write(`POST /film HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nContent-Length: 100\r\n\r\n{`)
    gone.resume().end()
    await once(gone, 'close')
    expect((await fetch(`${url}/film`)).status).toBe(200)
  })
})
