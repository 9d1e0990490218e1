import { once } from 'node:events'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { encodeFrame } from '#contract/rpc/codec.ts'
import { serviceContract } from '#contract/contract.ts'
import { createClient } from '#contract/rpc/client.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import { startTestService, type TestService } from '#testing/service.ts'

let service: TestService
beforeAll(async () => void (service = await startTestService()))
afterAll(() => service.close())

const open = (options: { path?: string; origin?: string; at?: string } = {}): WebSocket => {
  const url = `${(options.at ?? service.url).replace('http', 'ws')}${options.path ?? '/rpc'}`
  return new WebSocket(url, options.origin === undefined ? {} : { origin: options.origin })
}
const refusal = async (socket: WebSocket): Promise<string> => {
  const [error] = await once(socket, 'error')
  return error instanceof Error ? error.message : ''
}

test('a client is greeted as by the service, with its capabilities', async () => {
  const connected = createClient(serviceContract, createWebSocketTransport(open()))
  expect(await connected.hello).toEqual({ kind: 'service', capabilities: Object.keys(serviceContract) })
  connected.close()
})

test('a browser page is refused, whatever its origin, and another path is not there', async () => {
  expect(await refusal(open({ origin: 'https://evil.example' }))).toContain('403')
  expect(await refusal(open({ origin: 'null' }))).toContain('403')
  expect(await refusal(open({ path: '/rpc/other' }))).toContain('404')
})

test('an origin that is allowed may connect', async () => {
  await using other = await startTestService({
    config: { http: { allowedOrigins: ['https://app.example'] } },
  })
  const socket = open({ origin: 'https://app.example', at: other.url })
  await once(socket, 'open')
  socket.close()
})

test.each([
  ['a text message', 'hello'],
  ['bytes that are no frame', Buffer.from([1, 2, 3])],
  ['a call before hello', encodeFrame({ head: { type: 'cancel', id: 1 }, bodies: [] })],
])('%s closes the connection and nothing else', async (_, message) => {
  const socket = open()
  await once(socket, 'open')
  socket.send(message)
  await once(socket, 'close')
  expect((await service.http('GET', '/healthz')).status).toBe(200)
})

test('a message over 16 MiB closes the connection', async () => {
  const socket = open()
  await once(socket, 'open')
  socket.on('error', () => undefined)
  socket.send(Buffer.alloc(16 * 1024 * 1024 + 1))
  const [code] = await once(socket, 'close')
  expect([1006, 1009]).toContain(code)
})

test('what a client sends as its address is not believed: limits hold', async () => {
  await using limited = await startTestService({ rateLimitScale: 1 })
  let spoofed = 0
  const api = limited.connect(() => ({ 'client-address': `203.0.113.${(spoofed += 1)}` }))
  const attempts = []
  for (let round = 0; round < 11; round += 1)
    attempts.push(
      await api.auth.logIn({ email: 'a@example.com', password: 'wrong' }).catch((error: unknown) => error),
    )
  expect(attempts.at(9)).toMatchObject({ code: 'CREDENTIALS_REJECTED' })
  expect(attempts.at(10)).toMatchObject({
    code: 'RATE_LIMITED',
    details: { retryAfterMs: expect.any(Number) },
  })
})

test('calls are observed under their name with their status', async () => {
  const person = await service.signUp()
  await person.api.auth.whoAmI({})
  await expect(service.client.auth.whoAmI({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  const statuses = service.observations.flatMap((one) =>
    one.type === 'request' && one.transport === 'rpc' && one.operation === 'auth.whoAmI' ? [one.status] : [],
  )
  expect(statuses).toEqual([200, 401])
})

test('a raw upgrade that breaks off leaves the service standing', async () => {
  const { hostname, port } = new URL(service.url)
  const socket = createConnection(Number(port), hostname)
  await once(socket, 'connect')
  socket.write('GET /elsewhere HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')
  socket.destroy()
  expect((await service.http('GET', '/healthz')).status).toBe(200)
})

test('a stop tells connected clients, who see the connection close', async () => {
  const other = await startTestService()
  const socket = open({ at: other.url })
  await once(socket, 'open')
  const closed = once(socket, 'close')
  await other.close()
  const [code] = await closed
  expect(code).toBe(1001)
  await vi.waitFor(() => expect(other.observations.at(-1)).toMatchObject({ type: 'service.stopped' }))
})
