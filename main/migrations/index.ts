// The door of migrations: the files in a person's folder and the history of each database.
import type { migrations } from '#contract/capabilities/migrations.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { createMigrationsService, type MigrationsDependencies, type MigrationsService } from './service.ts'

export { askSuperuser } from './ask-superuser.ts'
export { createProjectNotes, type ProjectNotes } from './project-notes.ts'
export type { MigrationsDependencies } from './service.ts'

export interface MigrationsCapability {
  readonly handlers: CapabilityHandlers<typeof migrations>
  readonly files: MigrationsService['files']
  close(): void
}

/** Makes the capability. */
export function createMigrationsCapability(dependencies: MigrationsDependencies): MigrationsCapability {
  const service = createMigrationsService(dependencies)
  return {
    close: service.close,
    files: service.files,
    handlers: {
      list: ({ connectionId }) => service.list(connectionId),
      chooseFolder: async ({ connectionId, folder }) => ({
        folder: await service.chooseFolder(connectionId, folder),
      }),
      read: ({ connectionId, version }) => service.read(connectionId, version),
      write: ({ connectionId, ...migration }) => service.write(connectionId, migration),
      apply: ({ connectionId, ...options }, { signal }) =>
        service.apply(connectionId, { ...options, signal }),
      rollBack: ({ connectionId, ...options }, { signal }) =>
        service.rollBack(connectionId, { ...options, signal }),
      mark: ({ connectionId, version, as }) =>
        service.change(connectionId, (migrator) => migrator.mark(version, as)),
      repair: ({ connectionId, version }) =>
        service.change(connectionId, (migrator) => migrator.repair(version)),
      squash: ({ connectionId, ...range }) =>
        service.change(connectionId, (migrator) => migrator.squash(range)),
      changed: (emit) => service.onChanged(emit),
    },
  }
}
