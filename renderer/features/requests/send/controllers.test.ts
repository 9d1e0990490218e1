// Sending and WebSockets: what is seen on the way, what a second send does to the first, what stays of a cancelled one.
import { expect, test, vi } from 'vitest'
import { newHttpRequest, newWebSocketRequest } from '#api-client/common/new-request.ts'
import { ExchangeId, type Exchange, type SendEvent, type SocketEvent } from '#contract/requests/exchange.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { createSocketController } from '../socket/socket-controller.ts'
import { createSendController } from './send-controller.ts'

type Requests = Partial<Host['requests']>

function hostOf(requests: Requests): Pick<Host, 'requests'>
function hostOf(requests: object): object {
  return { requests }
}
let nextId = 0
const newId = (): string => `00000000-0000-4000-8000-${String(++nextId).padStart(12, '0')}`
const sent = { method: 'GET', url: '/x', headers: [], bodyPreview: null, bodyBytes: 0, unresolved: [] }
const exchangeOf = (id: string): Exchange => ({
  id: ExchangeId.parse(id),
  collectionId: null,
  path: null,
  name: 'A',
  startedAt: '2026-11-23T10:00:00Z',
  environment: null,
  request: sent,
  response: null,
  failure: null,
  timings: {
    blocked: 0,
    dns: null,
    connect: null,
    tls: null,
    send: 0,
    firstByte: 1,
    download: 1,
    total: 2,
  },
  hops: [],
  cookies: [],
  tests: [],
  console: [],
  changedVariables: [],
  insight: null,
})
const input = { request: newHttpRequest('A'), collectionId: null, path: null, environment: null }

test('what is seen on the way is kept, and the exchange at the end', async () => {
  const controller = createSendController({
    host: hostOf({
      send: async function* ({ exchangeId }): AsyncGenerator<SendEvent> {
        yield { type: 'sent', request: sent }
        yield { type: 'headers', status: 200, statusText: 'OK', headers: [] }
        yield { type: 'progress', received: 5, total: 10 }
        yield { type: 'serverEvent', event: 'tick', id: '1', data: 'x', atMs: 3 }
        yield { type: 'done', exchange: exchangeOf(exchangeId) }
      },
    }),
    newId,
    now: () => 7,
  })
  await controller.send('tab', input)
  expect(controller.state('tab').get()).toMatchObject({
    status: 'done',
    startedAt: 7,
    head: { status: 200 },
    received: 5,
    events: [{ data: 'x' }],
    exchange: { name: 'A' },
  })
  expect(controller.earlier('tab')).toHaveLength(1)
  controller.forget('tab')
  expect(controller.state('tab').get()).toBeNull()
})

test('a second send cancels the first, whose end is no longer heard of', async () => {
  const aborted = vi.fn()
  let count = 0
  const controller = createSendController({
    host: hostOf({
      send: async function* ({ exchangeId }, options): AsyncGenerator<SendEvent> {
        count++
        if (count === 1) {
          await new Promise<void>((resolve) => options?.signal?.addEventListener('abort', () => resolve()))
          aborted()
          throw new Error('Cancelled by the person.')
        }
        yield { type: 'done', exchange: exchangeOf(exchangeId) }
      },
    }),
    newId,
    now: () => 0,
  })
  const first = controller.send('tab', input)
  await controller.send('tab', input)
  await first
  expect(aborted).toHaveBeenCalledOnce()
  expect(controller.state('tab').get()).toMatchObject({ status: 'done', problem: null })
})

test('a stream that ends without a response is a failure, not a wait for ever', async () => {
  const controller = createSendController({
    host: hostOf({
      send: async function* (): AsyncGenerator<SendEvent> {
        yield { type: 'sent', request: sent }
      },
    }),
    newId,
    now: () => 0,
  })
  await controller.send('tab', input)
  expect(controller.state('tab').get()).toMatchObject({
    status: 'failed',
    problem: { message: 'It ended without a response.' },
  })
})

const socketInput = {
  request: newWebSocketRequest('W'),
  collectionId: null,
  path: null,
  environment: null,
}

test('a socket keeps its messages, says how it closed, and sends over what is open', async () => {
  const sendMessage = vi.fn(async () => undefined)
  const end = Promise.withResolvers<undefined>()
  const sockets = createSocketController({
    host: hostOf({
      connect: async function* (): AsyncGenerator<SocketEvent> {
        yield { type: 'opened', protocol: 'v1', headers: [] }
        yield { type: 'message', direction: 'received', format: 'text', data: 'hello', bytes: 5, atMs: 1 }
        await end.promise
        yield { type: 'closed', code: 1001, reason: 'going away' }
      },
      sendMessage,
    }),
    newId,
    now: () => 0,
  })
  const connected = sockets.connect('tab', socketInput)
  await vi.waitFor(() => expect(sockets.state('tab').get()?.messages).toHaveLength(1))
  expect(sockets.state('tab').get()).toMatchObject({ status: 'open', protocol: 'v1' })
  await sockets.send('tab', { format: 'text', data: 'hi' })
  expect(sendMessage).toHaveBeenCalledWith({
    socketId: sockets.state('tab').get()?.socketId,
    format: 'text',
    data: 'hi',
  })
  end.resolve(undefined)
  await connected
  expect(sockets.state('tab').get()).toMatchObject({ status: 'closed', closed: { code: 1001 } })
  sockets.clear('tab')
  expect(sockets.state('tab').get()?.messages).toEqual([])
})

test('a socket that never opened says why', async () => {
  const sockets = createSocketController({
    host: hostOf({
      connect: async function* (): AsyncGenerator<SocketEvent> {
        yield {
          type: 'failed',
          failure: { code: 'ECONNREFUSED', message: 'Nothing answers.', hint: 'Start it.' },
        }
      },
    }),
    newId,
    now: () => 0,
  })
  await sockets.connect('tab', socketInput)
  expect(sockets.state('tab').get()).toMatchObject({
    status: 'closed',
    failure: { message: 'Nothing answers.' },
  })
})
