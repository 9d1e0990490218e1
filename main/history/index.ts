// History: every statement that was run on this machine. Other capabilities append, the page reads.
import { EventEmitter } from 'node:events'
import type { history, HistoryEntry } from '#contract/capabilities/history.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { HistoryStore } from '../cache/index.ts'

/** What query uses. */
export interface HistoryService {
  append(entry: Omit<HistoryEntry, 'id'>): void
}

export interface HistoryCapability {
  readonly handlers: CapabilityHandlers<typeof history>
  readonly service: HistoryService
}

/** Makes the capability over its store. */
export function createHistoryCapability(store: HistoryStore): HistoryCapability {
  const emitter = new EventEmitter<{ changed: [] }>()
  emitter.setMaxListeners(0)
  return {
    service: {
      append(entry) {
        store.append(entry)
        emitter.emit('changed')
      },
    },
    handlers: {
      list: async (page) => store.list(page),
      async clear({ connectionId }) {
        store.clear(connectionId)
        emitter.emit('changed')
      },
      changed(emit) {
        const tell = (): void => emit({})
        emitter.on('changed', tell)
        return () => void emitter.off('changed', tell)
      },
    },
  }
}
