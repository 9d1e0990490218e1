// The store of bodies, opened when it is first needed: a host that sends nothing has no threads and reads no folder.
import type { BodyStore } from '#api-client/node/bodies/types.ts'

/** A store that opens by itself. What needs an answer at once (`has`, `usage`) knows nothing before `ready`. */
export interface LateBodyStore extends BodyStore {
  ready(): Promise<BodyStore>
}

/** Makes it of how it is opened. Opening that failed is tried again the next time. */
export function openLate(open: () => Promise<BodyStore>): LateBodyStore {
  let opening: Promise<BodyStore> | null = null
  let store: BodyStore | null = null
  const ready = (): Promise<BodyStore> => {
    opening ??= open().then(
      (opened) => (store = opened),
      (error: unknown) => {
        opening = null
        throw error
      },
    )
    return opening
  }
  return {
    ready,
    create: async (exchangeId, about) => (await ready()).create(exchangeId, about),
    open: async (exchangeId) => (await ready()).open(exchangeId),
    has: (exchangeId) => store?.has(exchangeId) ?? false,
    remove: async (exchangeId) => (await ready()).remove(exchangeId),
    usage: () => store?.usage() ?? { bodies: 0, bytes: 0 },
    close: async () => (await opening?.catch(() => null))?.close(),
  }
}
