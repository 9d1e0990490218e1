// What everything above a transport relies on (docs/specs/rpc.md): each transport's test calls this with its own way of making two connected ends.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createClient, type ConnectedClient } from '#contract/rpc/client.ts'
import { binaryStream, call, capability, event, stream, type Handlers } from '#contract/rpc/definition.ts'
import type { Frame, Transport } from '#contract/rpc/frames.ts'
import { serve } from '#contract/rpc/server.ts'
import { STREAM_INITIAL_CREDIT } from '#contract/limits.ts'

export interface TransportPair {
  readonly ends: readonly [Transport, Transport]
  /** Sends from the first end what is no frame; left out where that cannot be (memory). */
  sendGarbage?(): void
  /** Breaks the connection without a goodbye, as a crash of the first end does; left out where that cannot be. */
  crash?(): void
  close(): Promise<void>
}

const contract = {
  pump: capability('pump', {
    echo: call({ input: z.object({ text: z.string() }), output: z.string() }),
    hang: call({ input: z.object({}), output: z.void() }),
    rows: stream({ input: z.object({ count: z.number() }), item: z.number() }),
    bytes: binaryStream({
      input: z.object({ sizes: z.array(z.number()) }),
      item: z.object({ size: z.number() }),
    }),
    tick: event(z.number()),
  }),
}

interface Observed {
  produced: number
  running: number
  aborted: number
  emit: (n: number) => void
  listeners: number
}

function createHandlers(observed: Observed): Handlers<typeof contract> {
  return {
    pump: {
      echo: async ({ text }) => text,
      hang: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          observed.running++
          signal.addEventListener('abort', () => {
            observed.aborted++
            reject(new Error('aborted'))
          })
        }),
      async *rows({ count }) {
        observed.running++
        try {
          for (let n = 0; n < count; n++) {
            observed.produced++
            yield n
          }
        } finally {
          observed.running--
        }
      },
      async *bytes({ sizes }) {
        for (const size of sizes)
          yield { value: { size }, bodies: [new Uint8Array(size).fill(size % 251), new Uint8Array(0)] }
      },
      tick: (emit) => {
        observed.listeners++
        observed.emit = emit
        return () => void observed.listeners--
      },
    },
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn()
}
/** Enough turns of the event loop for whatever is under way to arrive: it is compared with what must not arrive. */
const settle = async (): Promise<void> => {
  for (let count = 0; count < 200; count++) await turn()
}

const item = (id: number, value: unknown, bodies: readonly Uint8Array[] = []): Frame => ({
  head: { type: 'item', id, value },
  bodies,
})

/** Tests one transport. */
export function describeTransport(name: string, connect: () => Promise<TransportPair>): void {
  describe(`the transport ${name}`, () => {
    let pair: TransportPair
    let near: Transport
    let far: Transport
    beforeEach(async () => {
      pair = await connect()
      ;[near, far] = pair.ends
    })
    afterEach(() => pair.close())

    const receive = (transport: Transport): Frame[] => {
      const frames: Frame[] = []
      transport.onFrame((frame) => frames.push(frame))
      return frames
    }

    // RPC-1
    test('carries frames whole and in order, both ways', async () => {
      const [there, back] = [receive(far), receive(near)]
      for (let id = 0; id < 200; id++) {
        near.send(item(id, { text: `é🐘 ${id}`, nested: [null, true, { a: id }] }))
        far.send(item(id, id))
      }
      await until(() => there.length === 200 && back.length === 200)
      expect(there.map(({ head }) => head)).toEqual(
        Array.from(
          { length: 200 },
          (_, id) => item(id, { text: `é🐘 ${id}`, nested: [null, true, { a: id }] }).head,
        ),
      )
      expect(back.map(({ head }) => 'id' in head && head.id)).toEqual(
        Array.from({ length: 200 }, (_, id) => id),
      )
    })

    // RPC-1
    test('carries bodies of every size unchanged, also from the middle of a buffer', async () => {
      const frames = receive(far)
      const large = new Uint8Array(3_000_001).map((_, index) => index % 251)
      const bodies = [new Uint8Array(0), large.subarray(1, 2), large.subarray(3, 1000), large.subarray(1)]
      near.send(item(1, null, bodies))
      await until(() => frames.length === 1)
      const sums = (parts: readonly Uint8Array[]) =>
        parts.map((body) => [body.length, body.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)])
      expect(sums(frames[0]?.bodies ?? [])).toEqual(sums(bodies))
    })

    // RPC-2
    test('a sender may reuse its buffer as soon as send returned', async () => {
      const frames = receive(far)
      const body = new Uint8Array([1, 2, 3])
      near.send(item(1, null, [body]))
      body.fill(9)
      await until(() => frames.length === 1)
      expect([...(frames[0]?.bodies[0] ?? [])]).toEqual([1, 2, 3])
    })

    // RPC-3
    test('keeps frames that come before anybody listens', async () => {
      near.send(item(1, 'early'))
      near.send(item(2, 'early'))
      await settle()
      const frames = receive(far)
      await until(() => frames.length === 2)
    })

    // RPC-4
    test('tells both ends of a close, once, with its reason; late listeners too', async () => {
      const told: string[] = []
      near.onClose((reason) => told.push(`near ${reason}`))
      far.onClose((reason) => told.push(`far ${reason}`))
      near.close('enough')
      near.close('again')
      await until(() => told.length === 2)
      await settle()
      expect(told.sort()).toEqual(['far enough', 'near enough'])
      far.onClose((reason) => told.push(`late ${reason}`))
      expect(told.at(-1)).toBe('late enough')
    })

    // RPC-4
    test('frames sent before a close still arrive; none after it, and sending is harmless', async () => {
      const frames = receive(far)
      const closed = Promise.withResolvers<string>()
      far.onClose(closed.resolve)
      near.send(item(1, 'before'))
      near.close('bye')
      near.send(item(2, 'after'))
      await closed.promise
      far.send(item(3, 'after'))
      await settle()
      expect(frames.map(({ head }) => head)).toEqual([item(1, 'before').head])
    })

    // RPC-5
    test('what is no frame closes the connection', async () => {
      if (pair.sendGarbage === undefined) return
      const frames = receive(far)
      const closed = Promise.withResolvers<string>()
      far.onClose(closed.resolve)
      pair.sendGarbage()
      expect(await closed.promise).toMatch(/frame|binary/)
      expect(frames).toEqual([])
    })

    // RPC-4
    test('a crash of the other side is a close', async () => {
      if (pair.crash === undefined) return
      const closed = Promise.withResolvers<string>()
      far.onClose(closed.resolve)
      pair.crash()
      await closed.promise
    })

    describe('with a contract over it', () => {
      let client: ConnectedClient<typeof contract>
      let observed: Observed
      beforeEach(() => {
        observed = { produced: 0, running: 0, aborted: 0, emit: () => undefined, listeners: 0 }
        serve(contract, createHandlers(observed), far, {
          kind: 'service',
          newBugId: () => 'bug',
          onBug: () => undefined,
          validateOutputs: true,
        })
        client = createClient(contract, near)
      })

      test('a thousand calls at once each get their own answer', async () => {
        const texts = Array.from({ length: 1000 }, (_, n) => `text ${n}`)
        expect(await Promise.all(texts.map((text) => client.api.pump.echo({ text })))).toEqual(texts)
      })

      // RPC-13
      test('a reader that does not read holds the producer at its credit, for as long as it likes', async () => {
        const reader = client.api.pump.rows({ count: 100_000 })[Symbol.asyncIterator]()
        expect((await reader.next()).value).toBe(0)
        await settle()
        expect(observed.produced).toBeLessThanOrEqual(STREAM_INITIAL_CREDIT)
        expect((await reader.next()).value).toBe(1)
        await settle()
        expect(observed.produced).toBeLessThanOrEqual(STREAM_INITIAL_CREDIT + 1)
        await reader.return?.()
        await until(() => observed.running === 0)
      })

      // RPC-13
      test('a slow reader is never more than its credit behind, and gets everything', async () => {
        let read = 0
        let ahead = 0
        for await (const n of client.api.pump.rows({ count: 2000 })) {
          expect(n).toBe(read++)
          if (read % 3 === 0) await turn()
          ahead = Math.max(ahead, observed.produced - read)
        }
        expect(read).toBe(2000)
        expect(ahead).toBeLessThanOrEqual(STREAM_INITIAL_CREDIT)
      })

      // RPC-13
      test('a stalled stream does not hold up another one, nor calls', async () => {
        const stalled = client.api.pump.rows({ count: 1000 })[Symbol.asyncIterator]()
        await stalled.next()
        let sum = 0
        for await (const n of client.api.pump.rows({ count: 500 })) sum += n
        expect(sum).toBe((499 * 500) / 2)
        expect(await client.api.pump.echo({ text: 'still here' })).toBe('still here')
        await stalled.return?.()
      })

      test('a stream of large batches arrives whole', async () => {
        const sizes = Array.from({ length: 60 }, (_, n) => (n * 7919) % 300_000)
        const seen: number[] = []
        for await (const { value, bodies } of client.api.pump.bytes({ sizes })) {
          expect(bodies.map(({ length }) => length)).toEqual([value.size, 0])
          expect(bodies[0]?.every((byte) => byte === value.size % 251)).toBe(true)
          seen.push(value.size)
        }
        expect(seen).toEqual(sizes)
      })

      // RPC-14
      test('leaving a stream ends its producer', async () => {
        for await (const n of client.api.pump.rows({ count: 100_000 })) if (n === 20) break
        await until(() => observed.running === 0)
        expect(observed.produced).toBeLessThanOrEqual(21 + STREAM_INITIAL_CREDIT)
      })

      // RPC-11
      test('cancelling a call reaches its handler', async () => {
        const controller = new AbortController()
        const hanging = client.api.pump.hang({}, { signal: controller.signal })
        await until(() => observed.running === 1)
        controller.abort()
        await expect(hanging).rejects.toMatchObject({ code: 'CANCELLED' })
        await until(() => observed.aborted === 1)
      })

      // RPC-15
      test('events come in order until the listener leaves', async () => {
        const heard: number[] = []
        const leave = client.api.pump.tick((n) => heard.push(n))
        await until(() => observed.listeners === 1)
        for (let n = 0; n < 50; n++) observed.emit(n)
        await until(() => heard.length === 50)
        leave()
        await until(() => observed.listeners === 0)
        expect(heard).toEqual(Array.from({ length: 50 }, (_, n) => n))
      })

      // RPC-16
      test('when the connection goes, calls and streams fail, handlers are told, listeners leave', async () => {
        const hanging = client.api.pump.hang({}).catch((error: unknown) => error)
        const reader = client.api.pump.rows({ count: 1000 })[Symbol.asyncIterator]()
        await reader.next()
        client.api.pump.tick(() => undefined)
        await until(() => observed.running === 2 && observed.listeners === 1)
        if (pair.crash === undefined) near.close('gone')
        else pair.crash()
        expect(await hanging).toMatchObject({ code: 'TRANSPORT_CLOSED' })
        await until(() => observed.aborted === 1 && observed.running === 1 && observed.listeners === 0)
        await expect(client.api.pump.echo({ text: 'late' })).rejects.toMatchObject({
          code: 'TRANSPORT_CLOSED',
        })
      })
    })
  })
}
