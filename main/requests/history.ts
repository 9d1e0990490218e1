// What was sent: kept in SQLite, its bodies in the store of bodies, pruned together.
import { EventEmitter } from 'node:events'
import type { requests } from '#contract/capabilities/requests.ts'
import { AppError } from '#contract/errors.ts'
import { ExchangeId, type Exchange } from '#contract/requests/exchange.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ExchangeStore } from '../cache/index.ts'
import type { LateBodyStore } from './late-bodies.ts'

type HistoryHandlers = Pick<
  CapabilityHandlers<typeof requests>,
  'exchange' | 'history' | 'removeHistory' | 'historyChanged'
>

export interface ExchangeHistory {
  readonly handlers: HistoryHandlers
  /** Keeps an exchange, whose secrets are masked already. */
  add(exchange: Exchange): Promise<void>
}

/** Makes it over both stores. */
export function createExchangeHistory(store: ExchangeStore, bodies: LateBodyStore): ExchangeHistory {
  const emitter = new EventEmitter<{ changed: [] }>()
  emitter.setMaxListeners(0)
  const forget = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await bodies.remove(ExchangeId.parse(id))
  }
  return {
    async add(exchange) {
      const pruned = store.add(exchange)
      emitter.emit('changed')
      await forget(pruned)
    },
    handlers: {
      async exchange({ exchangeId }) {
        const exchange = store.get(exchangeId)
        if (exchange === undefined)
          throw new AppError('NOT_FOUND', 'This exchange is not in the history any more.')
        return exchange
      },
      async history(page) {
        const kept = await bodies.ready()
        return store.list(page).map((entry) => ({ ...entry, hasBody: kept.has(entry.id) }))
      },
      async removeHistory({ id }) {
        await forget(store.remove(id))
        emitter.emit('changed')
      },
      historyChanged(emit) {
        const tell = (): void => emit({})
        emitter.on('changed', tell)
        return () => void emitter.off('changed', tell)
      },
    },
  }
}
