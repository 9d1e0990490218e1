// The rules of docs/specs/rpc.md that show only in a server’s frames: each test plays the client by hand.
import { describe, expect, test } from 'vitest'
import { PROTOCOL_VERSION } from '../limits.ts'
import { createMemoryTransports } from '../transports/memory.ts'
import type { Frame, FrameHead } from './frames.ts'
import { serve } from './server.ts'
import { contract, handlers } from './shop-fixture.ts'

/** Lets what was sent arrive. */
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
