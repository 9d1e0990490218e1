// A shop for tests of the protocol: its contract, and handlers that answer, fail, hang and stream.
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { binaryCall, call, capability, event, stream, type Handlers } from './definition.ts'

/** A contract with a member of each kind. */
export const contract = {
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

export const handlers: Handlers<typeof contract> = {
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
