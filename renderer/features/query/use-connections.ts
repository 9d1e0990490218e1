// The connections that a tab can use.
import type { Connection } from '#contract/capabilities/connections.ts'
import { useCall } from '../../host/host-provider.tsx'

const NONE: readonly Connection[] = []

/** All connections; empty until they are read. */
export function useConnections(): {
  readonly connections: readonly Connection[]
  readonly isPending: boolean
} {
  const { data, isPending } = useCall(['connections', 'list'], (host, options) =>
    host.connections.list({}, options),
  )
  return { connections: data ?? NONE, isPending }
}
