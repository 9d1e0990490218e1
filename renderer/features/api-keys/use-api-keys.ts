// The keys of a project, without their secrets.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ApiKey } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { useCall } from '../../host/host-provider.tsx'

const REFRESH_MS = 30_000

/** Every key, those that ended included. */
export function useApiKeys(projectId: ProjectId): UseQueryResult<ApiKey[]> {
  return useCall(
    ['apiKeys', 'list', projectId],
    (host, options) => host.apiKeys.list({ projectId, includeRevoked: true }, options),
    { refetchInterval: REFRESH_MS },
  )
}
