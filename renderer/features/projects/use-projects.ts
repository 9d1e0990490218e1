// Projects as the host knows them, and the live progress of one.
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Project, ProjectList, ProjectProgress, ProjectStatus } from '#contract/capabilities/projects.ts'
import type { StatusTone } from '../../components/badge.tsx'
import { isCancelled } from '#contract/errors.ts'
import { useCall, useHost } from '../../host/host-provider.tsx'

const REFRESH_MS = 15_000

/** All projects, deleted ones that can be restored included. */
export function useProjects(isEnabled = true): UseQueryResult<ProjectList> {
  return useCall(
    ['projects', 'list'],
    (host, options) => host.projects.list({ includeDeleted: true }, options),
    { enabled: isEnabled, refetchInterval: REFRESH_MS },
  )
}

/** One project, from the service or the cache. */
export function useProject(projectId: ProjectId): UseQueryResult<Project> {
  return useCall(
    ['projects', 'get', projectId],
    (host, options) => host.projects.get({ projectId }, options),
    {
      refetchInterval: REFRESH_MS,
    },
  )
}

const RETRY_MS = 2_000

/** Follows a project while `projectId` is set; the readings of the project and of the list are kept up with it. */
export function useProjectProgress(projectId: ProjectId | undefined): ProjectProgress | undefined {
  const host = useHost()
  const queries = useQueryClient()
  const [progress, setProgress] = useState<ProjectProgress>()
  useEffect(() => {
    if (projectId === undefined) return undefined
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const follow = async (): Promise<void> => {
      try {
        for await (const item of host.projects.watch({ projectId }, { signal: controller.signal })) {
          setProgress(item)
          queries.setQueryData(['projects', 'get', projectId], item.project)
          queries.setQueryData<ProjectList>(
            ['projects', 'list'],
            (list) => list && withProject(list, item.project),
          )
        }
      } catch (error) {
        // The service went away: what is shown stays, and is followed again when it is back.
        if (!isCancelled(error) && !controller.signal.aborted)
          timer = setTimeout(() => void follow(), RETRY_MS)
      }
    }
    void follow()
    return () => {
      clearTimeout(timer)
      controller.abort()
      setProgress(undefined)
    }
  }, [host, queries, projectId])
  return progress?.project.id === projectId ? progress : undefined
}

function withProject(list: ProjectList, project: Project): ProjectList {
  const isKnown = list.items.some((item) => item.id === project.id)
  return {
    ...list,
    items: isKnown
      ? list.items.map((item) => (item.id === project.id ? project : item))
      : [...list.items, project],
  }
}

/** Whether the project is on its way from one state to another. */
export function isMoving(status: ProjectStatus): boolean {
  return status === 'creating' || status === 'starting' || status === 'stopping'
}

const STATUS_WORDS: Readonly<Record<ProjectStatus, string>> = {
  creating: 'Creating…',
  starting: 'Waking…',
  awake: 'Awake',
  stopping: 'Going to sleep…',
  asleep: 'Asleep',
  deleted: 'Deleted',
  failed: 'Failed',
}
const STATUS_TONES: Readonly<Record<ProjectStatus, StatusTone>> = {
  creating: 'working',
  starting: 'working',
  awake: 'good',
  stopping: 'working',
  asleep: 'resting',
  deleted: 'resting',
  failed: 'bad',
}

/** The status in a word, and its dot. */
export function statusOf(status: ProjectStatus): { readonly word: string; readonly tone: StatusTone } {
  return { word: STATUS_WORDS[status], tone: STATUS_TONES[status] }
}

/** A project's id from a text, or undefined when it is none. */
export function toProjectId(text: string): ProjectId | undefined {
  const parsed = ProjectId.safeParse(text)
  return parsed.success ? parsed.data : undefined
}
