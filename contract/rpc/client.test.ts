// The rules of docs/specs/rpc.md that show only in a client’s frames: each test plays the server by hand.
import { describe, expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { PROTOCOL_VERSION, STREAM_INITIAL_CREDIT } from '../limits.ts'
import { createMemoryTransports } from '../transports/memory.ts'
import { createClient } from './client.ts'
import type { FrameHead, Transport } from './frames.ts'
import { contract } from './shop-fixture.ts'

/** Lets what was sent arrive. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A client, and the frames it sends, to a server played by the test. */
async function startClient(greet = true) {
  const [near, far] = createMemoryTransports()
  const sent: FrameHead[] = []
  far.onFrame(({ head }) => sent.push(head))
  const client = createClient(contract, near, { metadata: async ({ member }) => ({ for: member }) })
  client.hello.catch(() => undefined)
  const answer = async (head: FrameHead, bodies: readonly Uint8Array[] = []): Promise<void> => {
    far.send({ head, bodies })
    await settle()
  }
  if (greet)
    await answer({ type: 'hello', version: PROTOCOL_VERSION, kind: 'service', capabilities: ['shop'] })
  await settle()
  return { client, shop: client.api.shop, sent, answer, far }
}

describe('the client', () => {
  // RPC-7
  test('greets first, and sends calls only when it was greeted', async () => {
    const { shop, sent, answer } = await startClient(false)
    const price = shop.price({ item: 'abc' })
    await settle()
    expect(sent.map(({ type }) => type)).toEqual(['hello'])
    await answer({ type: 'hello', version: PROTOCOL_VERSION, kind: 'service', capabilities: [] })
    expect(sent[1]).toEqual({
      type: 'call',
      id: 1,
      capability: 'shop',
      member: 'price',
      input: { item: 'abc' },
      metadata: { for: 'price' },
    })
    await answer({ type: 'reply', id: 1, value: 3 })
    expect(await price).toBe(3)
  })

  // RPC-8
  test('another version fails every call and closes', async () => {
    const { client, shop, answer, far } = await startClient(false)
    const closed = new Promise((resolve) => far.onClose(resolve))
    const price = shop.price({ item: 'a' }).catch((error: unknown) => error)
    await answer({ type: 'hello', version: 999, kind: 'service', capabilities: [] })
    await expect(client.hello).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
    expect(await price).toMatchObject({ code: 'PROTOCOL_MISMATCH' })
    await closed
  })

  // RPC-10
  test('a reply that does not fit its schema fails the call and not the connection', async () => {
    const { shop, answer } = await startClient()
    const wrong = shop.wrong({}).catch((error: unknown) => error)
    await settle()
    await answer({ type: 'reply', id: 1, value: 'text' })
    expect(await wrong).toBeInstanceOf(Error)
    const price = shop.price({ item: 'a' })
    await settle()
    await answer({ type: 'reply', id: 2, value: 1 })
    expect(await price).toBe(1)
  })

  // RPC-12
  test('an error code that it does not know is INTERNAL, with the words kept', async () => {
    const { shop, answer } = await startClient()
    const price = shop.price({ item: 'a' }).catch((error: unknown) => error)
    await settle()
    await answer({ type: 'fail', id: 1, error: { code: 'FROM_THE_FUTURE', message: 'new words' } })
    expect(await price).toMatchObject({ code: 'INTERNAL', message: 'new words' })
  })

  // RPC-11
  test('a call that is aborted before it is sent is never sent', async () => {
    const { shop, sent } = await startClient()
    await expect(shop.price({ item: 'a' }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(sent.map(({ type }) => type)).toEqual(['hello'])
  })

  // RPC-11
  test('an answer that crosses a cancel is dropped', async () => {
    const { shop, sent, answer } = await startClient()
    const controller = new AbortController()
    const price = shop.price({ item: 'a' }, { signal: controller.signal }).catch((error: unknown) => error)
    await settle()
    controller.abort()
    await answer({ type: 'reply', id: 1, value: 1 })
    expect(await price).toMatchObject({ code: 'CANCELLED' })
    expect(sent.at(-1)).toEqual({ type: 'cancel', id: 1 })
  })

  // RPC-13
  test('grants one more for each item that was consumed, not for each that came', async () => {
    const { shop, sent, answer } = await startClient()
    const reader = shop.list({ count: 100 })[Symbol.asyncIterator]()
    const first = reader.next()
    await settle()
    expect(sent.at(-1)).toMatchObject({ type: 'open', credit: STREAM_INITIAL_CREDIT })
    for (let n = 0; n < 3; n++) await answer({ type: 'item', id: 1, value: n })
    expect((await first).value).toBe(0)
    expect(sent.filter(({ type }) => type === 'credit')).toEqual([])
    expect((await reader.next()).value).toBe(1)
    await settle()
    expect(sent.filter(({ type }) => type === 'credit')).toEqual([{ type: 'credit', id: 1, amount: 1 }])
    await reader.return?.()
    await settle()
    expect(sent.at(-1)).toEqual({ type: 'cancel', id: 1 })
  })

  // RPC-14
  test('items that came before a failure are given first', async () => {
    const { shop, answer } = await startClient()
    const reader = shop.list({ count: 100 })[Symbol.asyncIterator]()
    const first = reader.next()
    await settle()
    await answer({ type: 'item', id: 1, value: 0 })
    await answer({ type: 'item', id: 1, value: 1 })
    await answer({ type: 'fail', id: 1, error: { code: 'CONFLICT', message: 'stop' } })
    expect((await first).value).toBe(0)
    expect((await reader.next()).value).toBe(1)
    await expect(reader.next()).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  // RPC-5
  test('a frame that only clients send closes the connection', async () => {
    const { answer, far } = await startClient()
    const closed = new Promise((resolve) => far.onClose(resolve))
    await answer({ type: 'cancel', id: 1 })
    expect(await closed).toBe('A server does not send cancel.')
  })

  // RPC-6
  test('a frame that is too large fails its own call only', async () => {
    const [near, far] = createMemoryTransports()
    far.onFrame(({ head }) => {
      if (head.type === 'hello')
        far.send({
          head: { type: 'hello', version: PROTOCOL_VERSION, kind: 'service', capabilities: [] },
          bodies: [],
        })
      if (head.type === 'call') far.send({ head: { type: 'reply', id: head.id, value: 1 }, bodies: [] })
    })
    const strict: Transport = {
      ...near,
      send(frame) {
        if (JSON.stringify(frame.head).length > 500) throw new AppError('TOO_LARGE', 'too large')
        near.send(frame)
      },
    }
    const { api } = createClient(contract, strict)
    await expect(api.shop.price({ item: 'x'.repeat(1000) })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    const reader = api.shop.list({ count: 1, failAt: Number('9'.repeat(20)) })[Symbol.asyncIterator]()
    await reader.return?.()
    expect(await api.shop.price({ item: 'a' })).toBe(1)
  })
})
