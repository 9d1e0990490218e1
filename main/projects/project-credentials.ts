// How to reach a project's database as its owner: from the service while it answers, else from the sealed copy in the cache.
import { existsSync } from 'node:fs'
import { Credentials } from '#contract/capabilities/credentials.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { AppError } from '#contract/errors.ts'
import type { CloudStore } from '../cache/index.ts'
import { isAway, type Cloud } from '../cloud/index.ts'
import type { SecretStore } from '../secrets/index.ts'

export interface ProjectCredentials {
  /** Projects that are known here, deleted ones left out. */
  projects(): readonly Project[]
  /**
   * The owner's credentials with the endpoints that can work from this machine, a socket before the network.
   * Throws SERVICE_UNREACHABLE when neither the service nor a copy has them, else what the service answered.
   */
  credentials(projectId: ProjectId): Promise<Credentials>
  /** Has a copy ready for when the service is away. Failing is no matter. */
  prefetch(projectId: ProjectId): void
}

export interface ProjectCredentialsDependencies {
  readonly cloud: Cloud
  readonly store: CloudStore
  readonly secretStore: SecretStore
  readonly now: () => Date
}

/** Makes the source of credentials. They are asked for again at each use while the service answers, because passwords can be changed elsewhere. */
export function createProjectCredentials({
  cloud,
  store,
  secretStore,
  now,
}: ProjectCredentialsDependencies): ProjectCredentials {
  const asked = new Map<ProjectId, Promise<Credentials>>()

  function ask(projectId: ProjectId): Promise<Credentials> {
    const running = asked.get(projectId)
    if (running !== undefined) return running
    const answer = cloud
      .call((service) => service.credentials.get({ projectId }))
      .then(async (credentials) => {
        const sealed = await secretStore.seal(JSON.stringify(credentials))
        // The project may have gone from this machine meanwhile (logged out): then no copy is left behind.
        if (store.project(projectId) !== undefined)
          store.saveSealedCredentials(projectId, sealed, now().toISOString())
        return credentials
      })
      .finally(() => asked.delete(projectId))
    asked.set(projectId, answer)
    return answer
  }

  async function copy(projectId: ProjectId): Promise<Credentials | undefined> {
    const sealed = store.sealedCredentials(projectId)
    return sealed === undefined ? undefined : Credentials.parse(JSON.parse(await secretStore.open(sealed)))
  }

  return {
    projects: () => store.projects().filter((project) => project.status !== 'deleted'),
    async credentials(projectId) {
      try {
        return usableHere(await ask(projectId))
      } catch (error) {
        if (!isAway(error)) throw error
        const kept = await copy(projectId)
        if (kept !== undefined) return usableHere(kept)
        throw new AppError(
          'SERVICE_UNREACHABLE',
          'This machine does not know the password of this project yet, and the NebulaDB service cannot be reached now.',
          {
            hint: 'Open the project once while the service is there; after that it also works offline.',
            cause: error,
          },
        )
      }
    },
    prefetch(projectId) {
      if (store.sealedCredentials(projectId) === undefined) ask(projectId).catch(() => undefined)
    },
  }
}

/** Leaves out sockets whose directory is not on this machine; the others go first. */
function usableHere(credentials: Credentials): Credentials {
  const sockets = credentials.endpoints.filter(
    (endpoint) => endpoint.kind === 'socket' && existsSync(endpoint.directory),
  )
  const networks = credentials.endpoints.filter((endpoint) => endpoint.kind === 'tcp')
  return { ...credentials, endpoints: [...sockets, ...networks] }
}
