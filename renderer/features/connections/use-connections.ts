// The list of connections, the project ones among them.
import type { UseQueryResult } from '@tanstack/react-query'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Connection } from '#contract/capabilities/connections.ts'
import { useCall } from '../../host/host-provider.tsx'

/** Every connection, kept fresh by the host's events. */
export function useConnections(): UseQueryResult<Connection[]> {
  return useCall(['connections', 'list'], (host, options) => host.connections.list({}, options))
}

/** A connection's id from a text (a project's id is its connection's), or undefined when it is none. */
export function toConnectionId(text: string): ConnectionId | undefined {
  const parsed = ConnectionId.safeParse(text)
  return parsed.success ? parsed.data : undefined
}
