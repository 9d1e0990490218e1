// Whether the service can be reached, for every feature.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ConnectivityState } from '#contract/capabilities/connectivity.ts'
import { formatMoment } from '../../components/format.ts'
import { useCall } from '../../host/host-provider.tsx'

/** The connectivity, kept fresh by the host's events. */
export function useConnectivity(): UseQueryResult<ConnectivityState> {
  return useCall(['connectivity', 'current'], (host, options) => host.connectivity.current({}, options))
}

/** Why what needs the service cannot be done now; undefined while it can. */
export function useOfflineReason(): string | undefined {
  const state = useConnectivity().data?.state
  return state === undefined || state === 'online'
    ? undefined
    : 'This needs the service, which does not answer now.'
}

/** The state in a few words, for the status bar. */
export function connectivityWord(state: ConnectivityState, now: Date): string {
  switch (state.state) {
    case 'local':
      return 'Local only'
    case 'connecting':
      return 'Connecting…'
    case 'offline':
      return state.offlineSince === null
        ? 'Offline'
        : `Offline since ${formatMoment(state.offlineSince, now)}`
    case 'online':
      return state.isSyncing
        ? 'Syncing…'
        : state.pendingChanges > 0
          ? `${pendingWord(state)} to sync`
          : 'Synced'
  }
}

/** `1 change`, `3 changes`. */
export function pendingWord(state: ConnectivityState): string {
  return `${state.pendingChanges} ${state.pendingChanges === 1 ? 'change' : 'changes'}`
}
