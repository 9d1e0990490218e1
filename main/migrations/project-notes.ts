// What was applied from here to a project is in the database's own history. The service is asked to look there, now or when it can be reached again, so that it
// is in the project's audit log too.
import { ProjectId, type ConnectionId } from '#contract/capabilities/ids.ts'
import type { MigrationSourceStore } from '../cache/index.ts'
import { isAway } from '../cloud/index.ts'

export interface ProjectNotesDependencies {
  readonly store: Pick<MigrationSourceStore, 'unnoted' | 'setUnnoted'>
  readonly isProject: (connectionId: string) => boolean
  /** Has the service read the history of a project's database. */
  readonly lookAt: (projectId: ProjectId) => Promise<unknown>
  /** Told of failures other than that the service is away. */
  readonly onProblem: (error: unknown) => void
}

export interface ProjectNotes {
  /** The history of this connection's database changed. Kept through a restart until the service has looked. */
  note(connectionId: ConnectionId): void
  /** The service can be reached again. */
  flush(): void
}

/** Makes the notes. */
export function createProjectNotes({
  store,
  isProject,
  lookAt,
  onProblem,
}: ProjectNotesDependencies): ProjectNotes {
  /** How often each was noted: what was noted while the service looked, it may not have seen. */
  const noted = new Map<string, number>()

  const send = async (connectionId: string): Promise<void> => {
    const before = noted.get(connectionId)
    try {
      await lookAt(ProjectId.parse(connectionId))
      if (noted.get(connectionId) === before) store.setUnnoted(connectionId, false)
    } catch (error) {
      if (!isAway(error)) onProblem(error)
    }
  }
  return {
    note(connectionId) {
      if (!isProject(connectionId)) return
      noted.set(connectionId, (noted.get(connectionId) ?? 0) + 1)
      store.setUnnoted(connectionId, true)
      void send(connectionId)
    },
    flush() {
      for (const connectionId of store.unnoted()) if (isProject(connectionId)) void send(connectionId)
    },
  }
}
