// The rules of docs/specs/rpc.md that show only in the frames themselves: each test plays one side by hand.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { PROTOCOL_VERSION, STREAM_INITIAL_CREDIT } from '../limits.ts'
import { createMemoryTransports } from '../transports/memory.ts'
import { createClient } from './client.ts'
import { binaryCall, call, capability, event, stream, type Handlers } from './definition.ts'
import type { Frame, FrameHead, Transport } from './frames.ts'
import { serve } from './server.ts'

const contract = {
  shop: capability('shop', {
    price: call({ input: z.object({ item: z.string() }), output: z.number() }),
    wrong: call({ input: z.object({}), output: z.number() }),
    who: call({ input: z.object({}), output: z.record(z.string(), z.string()) }),
    hang: call({ input: z.object({}), output: z.void() }),
    picture: binaryCall({ input: z.object({}), output: z.object({ name: z.string() }) }),
    list: stream({ input: z.object({ count: z.number(), failAt: z.number().optional() }), item: z.number() }),
    sold: event(z.string()),
  }),
}

const handlers: Handlers<typeof contract> = {
  shop: {
    price: async ({ item }) => {
      if (item === 'gone')
        throw new AppError('NOT_FOUND', 'No such item.', { details: { item }, hint: 'Look again.' })
      return item.length
    },
    // What a bug in a handler, or an older host, would give.
    wrong: async () => JSON.parse('"not a number"'),
    who: async (_, { metadata }) => ({ ...metadata }),
    hang: () => new Promise(() => undefined),
    picture: async () => ({ value: { name: 'a' }, bodies: [new Uint8Array([1, 2])] }),
    async *list({ count, failAt }) {
      for (let n = 0; n < count; n++) {
        if (n === failAt) throw new AppError('CONFLICT', 'stop here')
        yield n
      }
    },
    sold: (emit) => {
      emit('first')
      return () => undefined
    },
  },
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A server, and the frames it sends, with the greeting already made. */
async function startServer(options: { validateOutputs?: boolean; metadata?: Record<string, string> } = {}) {
  const [near, far] = createMemoryTransports()
  const frames: Frame[] = []
  const bugs: unknown[] = []
  const closed: string[] = []
  near.onFrame((frame) => frames.push(frame))
  near.onClose((reason) => closed.push(reason))
  const stop = serve(contract, handlers, far, {
    kind: 'service',
    newBugId: () => `bug-${bugs.length + 1}`,
    onBug: (bug) => bugs.push(bug),
    ...options,
  })
  const send = async (...heads: FrameHead[]): Promise<void> => {
    for (const head of heads) near.send({ head, bodies: [] })
    await settle()
  }
  const heads = (): FrameHead[] => frames.map(({ head }) => head)
  await send({ type: 'hello', version: PROTOCOL_VERSION, kind: 'client', capabilities: [] })
  frames.length = 0
  return { send, heads, frames, bugs, closed, stop }
}
const shop = (member: string) => ({ capability: 'shop', member })

describe('the server', () => {
  // RPC-8
  test('answers the greeting of another version with its own, and takes nothing more', async () => {
    const [near, far] = createMemoryTransports()
    const frames: Frame[] = []
    const closed = new Promise((resolve) => near.onClose(resolve))
    near.onFrame((frame) => frames.push(frame))
    serve(contract, handlers, far, { kind: 'service', newBugId: () => '', onBug: () => undefined })
    near.send({ head: { type: 'hello', version: 999, kind: 'client', capabilities: [] }, bodies: [] })
    near.send({ head: { type: 'call', id: 1, ...shop('price'), input: { item: 'a' } }, bodies: [] })
    await closed
    expect(frames.map(({ head }) => head)).toMatchObject([{ type: 'hello', version: PROTOCOL_VERSION }])
  })

  // RPC-9
  test('gives one answer per call, under the id of the call', async () => {
    const { send, heads } = await startServer()
    await send(
      { type: 'call', id: 5, ...shop('price'), input: { item: 'abc' } },
      { type: 'call', id: 3, ...shop('price'), input: { item: 'gone' } },
    )
    expect(heads()).toEqual([
      { type: 'reply', id: 5, value: 3 },
      {
        type: 'fail',
        id: 3,
        error: {
          code: 'NOT_FOUND',
          message: 'No such item.',
          details: { item: 'gone' },
          hint: 'Look again.',
        },
      },
    ])
  })

  // RPC-9
  test('refuses an id that is in use', async () => {
    const { send, heads } = await startServer()
    await send(
      { type: 'call', id: 1, ...shop('hang'), input: {} },
      { type: 'call', id: 1, ...shop('price'), input: { item: 'a' } },
    )
    expect(heads()).toMatchObject([{ type: 'fail', id: 1, error: { code: 'INVALID_INPUT' } }])
  })

  // RPC-10
  test.each([
    ['a capability that is not there', { capability: 'bank', member: 'rob' }, {}, 'NOT_FOUND'],
    ['a member that is not there', shop('steal'), {}, 'NOT_FOUND'],
    ['a name that every object has', { capability: 'constructor', member: 'name' }, {}, 'NOT_FOUND'],
    ['a member that every object has', shop('toString'), {}, 'NOT_FOUND'],
    ['an input that does not fit', shop('price'), { item: 5 }, 'INVALID_INPUT'],
    ['a stream by call', shop('list'), { count: 1 }, 'INVALID_INPUT'],
    ['an event by call', shop('sold'), {}, 'INVALID_INPUT'],
  ])('refuses %s', async (_, path, input, code) => {
    const { send, heads, bugs } = await startServer()
    await send({ type: 'call', id: 1, ...path, input })
    expect(heads()).toMatchObject([{ type: 'fail', id: 1, error: { code } }])
    expect(bugs).toEqual([])
  })

  // RPC-10
  test('refuses a call by open and a call by subscribe', async () => {
    const { send, heads } = await startServer()
    await send(
      { type: 'open', id: 1, ...shop('price'), input: { item: 'a' }, credit: 1 },
      { type: 'subscribe', id: 2, ...shop('price') },
    )
    expect(heads()).toMatchObject(
      [
        { type: 'fail', id: 1 },
        { type: 'fail', id: 2 },
      ].map((one) => ({ ...one, error: { code: 'INVALID_INPUT' } })),
    )
  })

  // RPC-10
  test('an output that does not fit is a bug of the server where outputs are checked', async () => {
    const { send, heads, bugs } = await startServer({ validateOutputs: true })
    await send({ type: 'call', id: 1, ...shop('wrong'), input: {} })
    expect(heads()).toMatchObject([{ type: 'fail', error: { code: 'INTERNAL', details: { id: 'bug-1' } } }])
    expect(bugs).toMatchObject([{ id: 'bug-1', at: 'shop.wrong' }])
  })

  // RPC-11
  test('says nothing of a call that was cancelled, and forgets its id', async () => {
    const { send, heads } = await startServer()
    await send({ type: 'call', id: 1, ...shop('hang'), input: {} }, { type: 'cancel', id: 1 })
    expect(heads()).toEqual([])
    await send({ type: 'call', id: 1, ...shop('price'), input: { item: 'ab' } })
    expect(heads()).toEqual([{ type: 'reply', id: 1, value: 2 }])
  })

  // RPC-11
  test('ignores a cancel and a credit for what is over: they crossed its end', async () => {
    const { send, heads, closed } = await startServer()
    await send({ type: 'cancel', id: 9 }, { type: 'credit', id: 9, amount: 3 })
    expect(heads()).toEqual([])
    expect(closed).toEqual([])
  })

  // RPC-13
  test('sends as many items as it was granted, and ends by itself', async () => {
    const { send, heads } = await startServer()
    await send({ type: 'open', id: 1, ...shop('list'), input: { count: 5 }, credit: 2 })
    expect(heads().length).toBe(2)
    await send({ type: 'credit', id: 1, amount: 1 })
    expect(heads().length).toBe(3)
    await send({ type: 'credit', id: 1, amount: 100 })
    expect(heads().slice(3)).toEqual([
      { type: 'item', id: 1, value: 3 },
      { type: 'item', id: 1, value: 4 },
      { type: 'end', id: 1 },
    ])
  })

  // RPC-13
  test('without credit it does not even start the producer', async () => {
    const { send, heads } = await startServer()
    await send({ type: 'open', id: 1, ...shop('list'), input: { count: 5, failAt: 0 }, credit: 0 })
    expect(heads()).toEqual([])
  })

  // RPC-14
  test('a stream that fails tells after the items before it', async () => {
    const { send, heads } = await startServer()
    await send({ type: 'open', id: 1, ...shop('list'), input: { count: 5, failAt: 2 }, credit: 100 })
    expect(heads()).toMatchObject([{ value: 0 }, { value: 1 }, { type: 'fail', error: { code: 'CONFLICT' } }])
  })

  // RPC-17
  test('what it adds to the metadata itself wins over what the caller sent', async () => {
    const { send, heads } = await startServer({ metadata: { address: '10.0.0.1' } })
    await send({
      type: 'call',
      id: 1,
      ...shop('who'),
      input: {},
      metadata: { address: 'forged', authorization: 'a' },
    })
    expect(heads()).toMatchObject([{ value: { address: '10.0.0.1', authorization: 'a' } }])
  })

  // RPC-18
  test('bodies travel beside the value of a binary call', async () => {
    const { send, frames } = await startServer()
    await send({ type: 'call', id: 1, ...shop('picture'), input: {} })
    expect(frames[0]?.head).toMatchObject({ type: 'reply', value: { name: 'a' } })
    expect(frames[0]?.bodies.map((body) => [...body])).toEqual([[1, 2]])
  })

  // RPC-5
  test('a frame that only servers send closes the connection', async () => {
    const { send, closed } = await startServer()
    await send({ type: 'reply', id: 1, value: null })
    expect(closed).toEqual(['A client does not send reply.'])
  })

  // RPC-16
  test('stopping aborts what runs and leaves the connection open', async () => {
    const { send, heads, stop, closed } = await startServer()
    await send({ type: 'open', id: 1, ...shop('list'), input: { count: 5 }, credit: 1 })
    stop()
    await send({ type: 'credit', id: 1, amount: 10 })
    expect(heads().length).toBe(1)
    expect(closed).toEqual([])
  })
})

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
