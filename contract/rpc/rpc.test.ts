import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { STREAM_INITIAL_CREDIT } from '../limits.ts'
import { createMemoryTransports } from '../transports/memory.ts'
import { createClient } from './client.ts'
import { binaryStream, call, capability, event, stream, type Handlers } from './definition.ts'
import { serve } from './server.ts'

const contract = {
  echo: capability('echo', {
    say: call({ input: z.object({ text: z.string().min(1) }), output: z.string() }),
    wait: call({ input: z.object({}), output: z.string() }),
    fail: call({ input: z.object({}), output: z.void() }),
    forget: call({ input: z.object({}), output: z.void() }),
    count: stream({ input: z.object({ to: z.number() }), item: z.number() }),
    bytes: binaryStream({ input: z.object({}), item: z.object({ size: z.number() }) }),
    ticked: event(z.number()),
  }),
}

function connect(overrides: Partial<Handlers<typeof contract>['echo']> = {}) {
  const bugs: unknown[] = []
  const state = { pulled: 0, aborted: 0, unsubscribed: 0, emit: (_: number): void => undefined }
  const [a, b] = createMemoryTransports()
  const handlers: Handlers<typeof contract> = {
    echo: {
      say: async ({ text }, { metadata }) => `${text}${metadata['authorization'] ?? ''}`,
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener(
            'abort',
            () => (state.aborted++, reject(new AppError('CANCELLED', 'stopped'))),
          ),
        ),
      fail: async () => {
        throw new Error('password is hunter2')
      },
      forget: async () => undefined,
      async *count({ to }) {
        try {
          for (let n = 1; n <= to; n++) {
            state.pulled = n
            yield n
          }
        } finally {
          state.aborted++
        }
      },
      async *bytes() {
        yield { value: { size: 3 }, bodies: [new Uint8Array([1, 2, 3])] }
      },
      ticked: (emit) => {
        state.emit = emit
        return () => void state.unsubscribed++
      },
      ...overrides,
    },
  }
  serve(contract, handlers, b, {
    kind: 'service',
    newBugId: () => 'bug-1',
    onBug: (bug) => bugs.push(bug),
    validateOutputs: true,
  })
  const client = createClient(contract, a, { metadata: () => ({ authorization: '!' }) })
  return { client, api: client.api.echo, state, bugs, transports: [a, b] as const }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('calls', () => {
  test('a call gets its reply, and its metadata reaches the handler', async () => {
    expect(await connect().api.say({ text: 'hello' })).toBe('hello!')
  })

  test('an input that does not fit its schema is refused by the server with the field named', async () => {
    await expect(connect().api.say({ text: '' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { issues: [{ path: 'text' }] },
    })
  })

  test('a bug in a handler is logged with an id and its words stay behind', async () => {
    const { api, bugs } = connect()
    const error = await api.fail({}).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'INTERNAL', details: { id: 'bug-1' } })
    expect(JSON.stringify(error)).not.toContain('hunter2')
    expect(bugs).toMatchObject([{ id: 'bug-1', at: 'echo.fail' }])
  })

  test('aborting a call cancels its handler', async () => {
    const { api, state, client } = connect()
    await client.hello
    const controller = new AbortController()
    const waiting = api.wait({}, { signal: controller.signal })
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
    await until(() => state.aborted === 1)
  })

  test('closing the transport fails what waits and aborts the handlers', async () => {
    const { api, state, client } = connect()
    await client.hello
    const waiting = api.wait({})
    await new Promise((resolve) => setImmediate(resolve))
    client.close()
    await expect(waiting).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
    await until(() => state.aborted === 1)
  })
})

describe('replies', () => {
  test('a call that returns nothing is answered', async () => {
    expect(await connect().api.forget({})).toBeUndefined()
  })
})

describe('streams', () => {
  test('all items arrive in order', async () => {
    const seen: number[] = []
    for await (const n of connect().api.count({ to: 100 })) seen.push(n)
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  })

  test('a reader that stops reading stops the producer at its credit', async () => {
    const { api, state } = connect()
    const reader = api.count({ to: 1000 })[Symbol.asyncIterator]()
    await reader.next()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(state.pulled).toBeLessThanOrEqual(STREAM_INITIAL_CREDIT)
    await reader.return?.()
    await until(() => state.aborted === 1)
  })

  test('bodies travel beside their item', async () => {
    for await (const item of connect().api.bytes({})) {
      expect(item.value).toEqual({ size: 3 })
      expect(item.bodies.map((body) => [...body])).toEqual([[1, 2, 3]])
    }
  })
})

describe('events', () => {
  test('a subscriber hears events until it leaves', async () => {
    const { api, state } = connect()
    const heard: number[] = []
    const leave = api.ticked((n) => heard.push(n))
    await new Promise((resolve) => setImmediate(resolve))
    state.emit(1)
    await until(() => heard.length === 1)
    leave()
    await until(() => state.unsubscribed === 1)
    state.emit(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard).toEqual([1])
  })
})

describe('the greeting', () => {
  test('tells the kind of host and its capabilities', async () => {
    expect(await connect().client.hello).toEqual({ kind: 'service', capabilities: ['echo'] })
  })

  test('another protocol version is an error with a code', async () => {
    const [a, b] = createMemoryTransports()
    b.onFrame(() =>
      b.send({ head: { type: 'hello', version: 99, kind: 'service', capabilities: [] }, bodies: [] }),
    )
    await expect(createClient(contract, a).hello).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
  })

  test('a first frame that is no greeting closes the connection', async () => {
    const closed = Promise.withResolvers<string>()
    const [c, d] = createMemoryTransports()
    serve({}, {}, d, { kind: 'service', newBugId: () => '', onBug: () => undefined })
    c.onClose(closed.resolve)
    c.send({ head: { type: 'cancel', id: 1 }, bodies: [] })
    expect(await closed.promise).toContain('hello')
  })
})
