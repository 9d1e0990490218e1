// The door of projects: the service's answers while it is there, each kept in the cache, and the cache's when it is not.
import { randomUUID } from 'node:crypto'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Project, projects } from '#contract/capabilities/projects.ts'
import { isAppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CloudStore } from '../cache/index.ts'
import { isAway, needsService, type Cloud, type Service } from '../cloud/index.ts'
import type { ProjectCredentials } from './project-credentials.ts'

export { createProjectCredentials, type ProjectCredentials } from './project-credentials.ts'

export interface ProjectsDependencies {
  readonly cloud: Cloud
  readonly store: CloudStore
  readonly credentials: ProjectCredentials
  readonly now: () => Date
}

/** Makes the capability. */
export function createProjectsCapability({
  cloud,
  store,
  credentials,
  now,
}: ProjectsDependencies): CapabilityHandlers<typeof projects> {
  /** Counts single writes: a list that was asked for before one of them is not the whole truth. */
  let writes = 0

  const keep = (project: Project): Project => {
    writes += 1
    store.saveProject(project)
    return project
  }

  /** Brings the cache up to date; false when the service is away. */
  async function readAll(): Promise<boolean> {
    // What is cached is shown at once; who waits for a lost service waits for nothing.
    if (!cloud.isOnline() && store.readAt('project') !== undefined) return false
    const before = writes
    try {
      const { items, asOf } = await cloud.call((service) => service.projects.list({ includeDeleted: true }))
      if (writes === before) store.replaceProjects(items, asOf)
      else for (const project of items) store.saveProject(project)
      return true
    } catch (error) {
      if (isAway(error)) return false
      throw error
    }
  }

  async function change(what: string, run: (service: Service) => Promise<Project>): Promise<Project> {
    try {
      return keep(await cloud.call(run, { now: true }))
    } catch (error) {
      throw needsService(error, what)
    }
  }

  return {
    async list({ organisationId, includeDeleted }) {
      if (cloud.session.state().account === null)
        return { items: [], asOf: now().toISOString(), isStale: false }
      const isFresh = await readAll()
      const items = store
        .projects()
        .filter((project) => organisationId === undefined || project.organisationId === organisationId)
        .filter((project) => includeDeleted === true || project.status !== 'deleted')
      return { items, asOf: store.readAt('project') ?? now().toISOString(), isStale: !isFresh }
    },
    async get({ projectId }) {
      const kept = store.project(projectId)
      if (kept !== undefined && !cloud.isOnline()) return kept
      try {
        const project = keep(await cloud.call((service) => service.projects.get({ projectId })))
        if (project.status === 'awake') credentials.prefetch(project.id)
        return project
      } catch (error) {
        if (isAppError(error, 'NOT_FOUND')) store.removeProject(projectId)
        if (kept !== undefined && isAway(error)) return kept
        throw needsService(error, 'Opening a project for the first time')
      }
    },
    create: (input) => {
      // Chosen here, so that a repeat after a lost answer makes no second project.
      const projectId = input.projectId ?? ProjectId.parse(randomUUID())
      return change('Creating a project', (service) => service.projects.create({ ...input, projectId }))
    },
    rename: (input) => change('Renaming a project', (service) => service.projects.rename(input)),
    delete: (input) => change('Deleting a project', (service) => service.projects.delete(input)),
    restore: (input) => change('Restoring a project', (service) => service.projects.restore(input)),
    start: (input) => change('Starting a project', (service) => service.projects.start(input)),
    stop: (input) => change('Stopping a project', (service) => service.projects.stop(input)),
    async *watch(input, { signal }) {
      try {
        for await (const progress of cloud.stream((service) => service.projects.watch(input, { signal }))) {
          if (progress.project.status === 'awake') credentials.prefetch(keep(progress.project).id)
          else keep(progress.project)
          yield progress
        }
      } catch (error) {
        if (!isAway(error)) throw error
        // What is known here, once; the stream ends and whoever watches asks again when the service is back.
        const kept = store.project(input.projectId)
        if (kept === undefined) throw needsService(error, 'Watching a project')
        yield { project: kept, steps: [] }
      }
    },
  }
}
