// Keeps what the page has read from the host fresh: each capability's news makes its readings be taken again.
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import type { HostContract } from '#contract/contract.ts'
import { useHostEvent } from './host-provider.tsx'

/** Renders nothing; mount it once. */
export function HostEvents(): null {
  const queries = useQueryClient()
  const lastSyncedAt = useRef<string | null>(null)
  const wasOnline = useRef<boolean | undefined>(undefined)
  const reread = (...capabilities: readonly (keyof HostContract)[]): void => {
    for (const capability of capabilities) void queries.invalidateQueries({ queryKey: [capability] })
  }
  useHostEvent(
    (host) => host.account.changed,
    (account) => {
      queries.setQueryData(['account', 'current'], account)
      reread('organisations', 'projects', 'connections', 'savedQueries', 'connectivity', 'history')
      reread('api', 'apiKeys', 'access', 'billing', 'usage')
    },
  )
  useHostEvent(
    (host) => host.connectivity.changed,
    (connectivity) => {
      queries.setQueryData(['connectivity', 'current'], connectivity)
      const isOnline = connectivity.state === 'online'
      const changed = connectivity.lastSyncedAt !== lastSyncedAt.current || isOnline !== wasOnline.current
      if (isOnline && wasOnline.current === false) reread('api', 'apiKeys', 'access', 'billing', 'usage')
      lastSyncedAt.current = connectivity.lastSyncedAt
      wasOnline.current = isOnline
      if (changed) {
        reread('projects', 'organisations', 'connections', 'savedQueries')
        void queries.invalidateQueries({ queryKey: ['connectivity', 'conflicts'] })
      }
    },
  )
  useHostEvent(
    (host) => host.settings.changed,
    (settings) => void queries.setQueryData(['settings', 'get'], settings),
  )
  useHostEvent(
    (host) => host.connections.changed,
    () => reread('connections'),
  )
  useHostEvent(
    (host) => host.history.changed,
    () => reread('history'),
  )
  useHostEvent(
    (host) => host.savedQueries.changed,
    () => reread('savedQueries'),
  )
  useHostEvent(
    (host) => host.migrations.changed,
    () => reread('migrations'),
  )
  useHostEvent(
    (host) => host.catalog.changed,
    ({ connectionId }) => {
      void queries.invalidateQueries({ queryKey: ['catalog', 'load', connectionId] })
      // A project's connection has the project's id: its API follows its schema.
      void queries.invalidateQueries({ queryKey: ['api', 'document', connectionId] })
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === 'access' && queryKey[2] === connectionId,
      })
    },
  )
  return null
}
