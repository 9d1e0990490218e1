// What the API page reads.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ApiState, JwtSecretInfo, TokenIssuer } from '#contract/capabilities/api.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { useCall } from '../../host/host-provider.tsx'
import { toProjectId, useProjects } from '../projects/index.ts'
import { readDocument, type ApiDocument } from './document.ts'

/** Address and settings. */
export function useApi(projectId: ProjectId): UseQueryResult<ApiState> {
  return useCall(['api', 'get', projectId], (host, options) => host.api.get({ projectId }, options))
}

export type SeenBy = 'all' | 'anon' | 'authenticated' | 'service_role'

export interface DocumentChoice {
  /** Undefined for the default schema. */
  readonly schema: string | undefined
  readonly as: SeenBy
}

/** The documentation, from the live schema. */
export function useApiDocument(
  projectId: ProjectId,
  { schema, as }: DocumentChoice,
): UseQueryResult<ApiDocument> {
  return useCall(['api', 'document', projectId, schema ?? '', as], async (host, options) =>
    readDocument(
      await host.api.document({ projectId, as, ...(schema === undefined ? {} : { schema }) }, options),
    ),
  )
}

/** Signing secrets, without their values. */
export function useJwtSecrets(projectId: ProjectId): UseQueryResult<JwtSecretInfo[]> {
  return useCall(['api', 'jwtSecrets', projectId], (host, options) =>
    host.api.jwtSecrets({ projectId }, options),
  )
}

/** Third parties whose tokens count. */
export function useIssuers(projectId: ProjectId): UseQueryResult<TokenIssuer[]> {
  return useCall(['api', 'issuers', projectId], (host, options) => host.api.issuers({ projectId }, options))
}

/** Projects that have an API: all that are not deleted. */
export function useApiProjects(): {
  readonly projects: readonly Project[] | undefined
  readonly error: unknown
  readonly isFetching: boolean
  readonly refetch: () => void
} {
  const reading = useProjects()
  return {
    projects: reading.data?.items.filter(({ status }) => status !== 'deleted'),
    error: reading.error,
    isFetching: reading.isFetching,
    refetch: () => void reading.refetch(),
  }
}

/** The project at a location: the one it names, else the only one there is. */
export function projectAt(id: string, projects: readonly Project[] | undefined): ProjectId | undefined {
  const named = toProjectId(id)
  if (named !== undefined) return named
  return projects?.length === 1 ? projects[0]?.id : undefined
}
