// Being somebody of a project: sessions are asked for at the service that the app is signed in to.
import {
  createProjectSessions as createSessions,
  type ProjectSessionOptions,
  type ProjectSessions,
} from '#api-client/node/execute/project-sessions.ts'
import { askService, type Cloud } from '../cloud/index.ts'

export type { ProjectSessions } from '#api-client/node/execute/project-sessions.ts'

export interface ProjectSessionDependencies extends Omit<ProjectSessionOptions, 'open'> {
  readonly cloud: Pick<Cloud, 'call'>
}

/** Makes it over the cloud client. */
export function createProjectSessions({ cloud, ...options }: ProjectSessionDependencies): ProjectSessions {
  const ask = askService(cloud)
  return createSessions({
    ...options,
    open: (input) => ask('Being a user of a project', ({ testSessions }) => testSessions.open(input)),
  })
}
