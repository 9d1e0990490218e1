// Bodies of responses as the page asks for them: in parts, from the store of bodies.
import type { BodyStore } from '#api-client/node/bodies/types.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'

type BodyHandlers = Pick<
  CapabilityHandlers<typeof requests>,
  'bodyInfo' | 'lines' | 'find' | 'tree' | 'jsonPath' | 'table' | 'bytes' | 'saveBody' | 'diff'
>

/** The handlers over the store. Each throws NOT_FOUND for a body that is not kept (any more). */
export function createBodyHandlers(bodies: BodyStore): BodyHandlers {
  return {
    bodyInfo: async ({ exchangeId, view }) => (await bodies.open(exchangeId)).info(view),
    lines: async ({ exchangeId, view, from, count }) =>
      (await bodies.open(exchangeId)).lines(view, from, count),
    async *find({ exchangeId, ...query }, { signal }) {
      yield* (await bodies.open(exchangeId)).find(query, signal)
    },
    tree: async ({ exchangeId, pointer, from, count }) =>
      (await bodies.open(exchangeId)).tree(pointer, from, count),
    jsonPath: async ({ exchangeId, expression, limit }, { signal }) =>
      (await bodies.open(exchangeId)).jsonPath(expression, limit, signal),
    table: async ({ exchangeId, pointer, from, count }) =>
      (await bodies.open(exchangeId)).table(pointer, from, count),
    async bytes({ exchangeId, from, count }) {
      const { bytes, total } = await (await bodies.open(exchangeId)).bytes(from, count)
      return { value: { total }, bodies: [bytes] }
    },
    saveBody: async ({ exchangeId, file, replaces }) =>
      (await bodies.open(exchangeId)).save(file, { replaces }),
    diff: async ({ older, newer }, { signal }) => (await bodies.open(newer)).diff(older, signal),
  }
}
