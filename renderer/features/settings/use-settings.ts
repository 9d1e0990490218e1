// The person's choices on this machine.
import { useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import type { About, Settings } from '#contract/capabilities/settings.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'

/** The settings, kept fresh by the host's events. */
export function useSettings(): UseQueryResult<Settings> {
  return useCall(['settings', 'get'], (host, options) => host.settings.get({}, options))
}

/** What this app is, and where it keeps things. */
export function useAbout(): UseQueryResult<About> {
  return useCall(['settings', 'about'], (host, options) => host.settings.about({}, options))
}

/** Changes some settings; they take effect at once. */
export function useSetSettings(): UseMutationResult<Settings, Error, Partial<Settings>> {
  const queries = useQueryClient()
  return useAction((host, change: Partial<Settings>) => host.settings.set(change), [], {
    onSuccess: (settings) => void queries.setQueryData(['settings', 'get'], settings),
  })
}
