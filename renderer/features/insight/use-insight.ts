// Readings of what the database did. A recording does not change, so what was read once stays; the service forgets it after ten minutes.
import { useState } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import { ConnectionId, ProjectId } from '#contract/capabilities/ids.ts'
import type { PolicyEffect, RequestTrace } from '#contract/capabilities/insight.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import { useCall } from '../../host/host-provider.tsx'

/** What names a watched request. */
export interface Watched {
  readonly projectId: ProjectId
  /** A project's connection has the project's id. */
  readonly connectionId: ConnectionId
  readonly ticket: string
}

/** Null for an exchange that nobody watched. */
export function watchedOf({ insight }: Pick<Exchange, 'insight'>): Watched | null {
  return insight === null
    ? null
    : {
        projectId: ProjectId.parse(insight.projectId),
        connectionId: ConnectionId.parse(insight.projectId),
        ticket: insight.ticket,
      }
}

/** What the database did; shared by all that show it. */
export function useTrace({ projectId, ticket }: Watched): UseQueryResult<RequestTrace> {
  return useCall(
    ['insight', 'trace', ticket],
    (host, options) => host.insight.trace({ projectId, ticket }, options),
    { staleTime: Infinity },
  )
}

/** The policies that applied. */
export function usePolicies(
  { projectId, ticket }: Watched,
  isEnabled: boolean,
): UseQueryResult<PolicyEffect[]> {
  return useCall(
    ['insight', 'policies', ticket],
    (host, options) => host.insight.policies({ projectId, ticket }, options),
    { staleTime: Infinity, enabled: isEnabled },
  )
}

/** The newest value that there was: what is shown while the next is read, so that nothing jumps. */
export function useLast<T>(value: T | undefined): T | undefined {
  const [last, setLast] = useState(value)
  if (value !== undefined && value !== last) setLast(value)
  return value ?? last
}
