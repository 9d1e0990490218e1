// The door of connectivity: whether the service can be reached, what waits for it, and syncing by hand.
import { EventEmitter } from 'node:events'
import type { connectivity, ConnectivityState } from '#contract/capabilities/connectivity.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { isAway, type Cloud } from '../cloud/index.ts'
import type { Replication } from './replication.ts'

export { createReplication, type Replication, type ReplicationTiming } from './replication.ts'

export interface ConnectivityDependencies {
  readonly cloud: Cloud
  readonly replication: Replication
}

/** Makes the capability. */
export function createConnectivityCapability({
  cloud,
  replication,
}: ConnectivityDependencies): CapabilityHandlers<typeof connectivity> {
  const events = new EventEmitter<{ changed: [ConnectivityState] }>()
  events.setMaxListeners(0)
  let told = ''
  const tell = (): void => {
    const state = current()
    const text = JSON.stringify(state)
    if (text === told) return
    told = text
    events.emit('changed', state)
  }
  cloud.link.events.on('changed', tell)
  cloud.session.events.on('changed', tell)
  replication.events.on('changed', tell)

  function current(): ConnectivityState {
    const { mode } = cloud.session.state()
    const link = cloud.link.state()
    const sync = replication.status()
    const isLocal = mode === 'undecided' || mode === 'local'
    return {
      state: isLocal
        ? 'local'
        : link.status === 'online' || link.status === 'offline'
          ? link.status
          : 'connecting',
      offlineSince: isLocal ? null : (link.offlineSince?.toISOString() ?? null),
      latencyMs: isLocal ? null : link.latencyMs,
      isSyncing: sync.isSyncing,
      lastSyncedAt: sync.lastSyncedAt,
      pendingChanges: sync.pendingChanges,
      problem: isLocal
        ? null
        : mode === 'expired'
          ? 'Your session has ended. Log in again to sync.'
          : (link.problem ?? sync.problem),
    }
  }

  return {
    current: async () => current(),
    async syncNow() {
      if (cloud.session.state().account !== null) {
        try {
          await cloud.link.client({ now: true })
          await replication.run()
        } catch (error) {
          // The state says that it is offline and why.
          if (!isAway(error)) throw error
        }
      }
      return current()
    },
    conflicts: async () => replication.conflicts(),
    changed: (emit) => {
      events.on('changed', emit)
      return () => events.off('changed', emit)
    },
  }
}
