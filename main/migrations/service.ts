// Rules of migrations: which folder, which database, who; what is known while the database is away. What a migration is stands in postgres/node/migrations.
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type {
  Migration,
  MigrationProgress,
  MigrationText,
  RolePower,
} from '#contract/capabilities/migrations.ts'
import { AppError } from '#contract/errors.ts'
import { migrationFileName, parseMigration } from '#postgres/node/migrations/file.ts'
import { folderNote, migrationFolder, type MigrationFiles } from '#postgres/node/migrations/folder.ts'
import {
  createMigrator,
  type ApplyOptions,
  type Migrator,
  type OpenSession,
} from '#postgres/node/migrations/migrator.ts'
import { nextVersion } from '#postgres/node/migrations/next-version.ts'
import { toMigrations } from '#postgres/node/migrations/plan.ts'
import { readStanding, type Standing } from '#postgres/node/migrations/standing.ts'
import type { MigrationSourceStore } from '../cache/index.ts'
import { isUnreachable, type ConnectionsService } from '../connections/index.ts'
import { askSuperuser } from './ask-superuser.ts'
import { createFolders, createFolderWatch } from './folders.ts'

export interface MigrationsDependencies {
  readonly connections: ConnectionsService
  readonly store: MigrationSourceStore
  /** Where folders lie until a person chooses others. */
  readonly defaultFolder: string
  /** Who sits there, for the history; null when not known. */
  readonly person: () => string | null
  /** The schema of this database may have changed. */
  readonly onSchemaChange: (connectionId: ConnectionId) => void
  /** The history of this database may have changed: its service, where it has one, should look. */
  readonly onHistoryChange: (connectionId: ConnectionId) => void
  readonly clock: { now(): Date }
  /** From 0 to 1. */
  readonly random: () => number
}

export interface MigrationList {
  readonly folder: string
  readonly items: Migration[]
  readonly isStale: boolean
  readonly isPooled: boolean
  readonly note?: string
  /** Left out while the database is away. */
  readonly runsAs?: RolePower
}

interface NewMigration extends MigrationText {
  readonly name: string
  readonly version?: string | undefined
}

export interface RunOptions extends ApplyOptions {
  /** The person was told what the role of the connection can do, where it is a powerful one: else FORBIDDEN. */
  readonly asSuperuser: boolean
}

export interface MigrationsService {
  list(connectionId: ConnectionId): Promise<MigrationList>
  /** The files of its folder. */
  files(connectionId: ConnectionId): Promise<MigrationFiles>
  chooseFolder(connectionId: ConnectionId, folder: string): Promise<string>
  read(connectionId: ConnectionId, version: string): Promise<MigrationText & { fileName: string }>
  write(connectionId: ConnectionId, migration: NewMigration): Promise<Migration>
  /** Rejects with READ_ONLY for a read-only connection, as all that follow do. */
  apply(connectionId: ConnectionId, options: RunOptions): AsyncGenerator<MigrationProgress, void>
  rollBack(connectionId: ConnectionId, options: RunOptions): AsyncGenerator<MigrationProgress, void>
  /** Runs one of the migrator's changes of history or files. */
  change(connectionId: ConnectionId, work: (migrator: Migrator) => Promise<Migration>): Promise<Migration>
  /** Told when files or history of a connection changed; folders are watched while anybody listens. Returns how to stop. */
  onChanged(listener: (change: { readonly connectionId: ConnectionId }) => void): () => void
  close(): void
}

const CONNECT_TIMEOUT_MS = 10_000
const RETRY_TIMEOUT_MS = 1_500

/** The service over connections and the store. */
export function createMigrationsService(dependencies: MigrationsDependencies): MigrationsService {
  const { connections, store, clock } = dependencies
  const emitter = new EventEmitter<{ changed: [{ connectionId: ConnectionId }] }>()
  emitter.setMaxListeners(0)
  const notify = (connectionId: ConnectionId): void => void emitter.emit('changed', { connectionId })
  const folders = createFolders(store, dependencies.defaultFolder)
  const watch = createFolderWatch(notify)

  const opener =
    (connection: Connection): OpenSession =>
    (options = {}) =>
      connections.open(connection.id, {
        purpose: 'migrations',
        connectTimeoutMs: connection.reachability === 'unreachable' ? RETRY_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
        ...options,
      })
  const migratorOf = (connection: Connection): Migrator =>
    createMigrator({
      openSession: opener(connection),
      files: migrationFolder(folders.of(connection)),
      person: dependencies.person(),
      now: () => clock.now().getTime(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
      random: dependencies.random,
    })
  const writable = async (connectionId: ConnectionId): Promise<Connection> => {
    const connection = await connections.get(connectionId)
    if (connection.isReadOnly)
      throw new AppError(
        'READ_ONLY',
        'This connection is read-only, so its migrations were left as they are.',
        {
          hint: 'Allow writes in the settings of the connection.',
        },
      )
    return connection
  }
  /** The history from the database, or as last read. Rejects when it is not known. */
  const historyOf = async (
    connection: Connection,
  ): Promise<Omit<Standing, 'runsAs'> & { readonly isStale: boolean; readonly runsAs?: RolePower }> => {
    try {
      const session = await opener(connection)()
      try {
        const standing = await readStanding(session)
        store.saveHistory(connection.id, standing.rows)
        return { ...standing, isStale: false }
      } finally {
        await session.close()
      }
    } catch (error) {
      if (!isUnreachable(error)) throw error
      return { rows: store.history(connection.id) ?? [], isRunning: false, isPooled: false, isStale: true }
    }
  }
  const list = async (connection: Connection): Promise<MigrationList> => {
    const folder = folders.of(connection)
    watch.show(connection.id, folder)
    const files = await migrationFolder(folder).list()
    const { rows, isRunning, isStale, isPooled, runsAs } = await historyOf(connection)
    const note = await folderNote(folder)
    const items = toMigrations(files, rows, isRunning)
    return {
      folder,
      items,
      isStale,
      isPooled,
      ...(note === undefined ? {} : { note }),
      ...(runsAs === undefined ? {} : { runsAs }),
    }
  }
  /** Passes progress on; whatever comes of it, the schema is read again. */
  async function* run(
    connectionId: ConnectionId,
    asSuperuser: boolean,
    start: (migrator: Migrator) => AsyncGenerator<MigrationProgress, void>,
  ): AsyncGenerator<MigrationProgress, void> {
    const connection = await writable(connectionId)
    await askSuperuser(opener(connection), asSuperuser)
    try {
      yield* start(migratorOf(connection))
    } finally {
      dependencies.onSchemaChange(connectionId)
      dependencies.onHistoryChange(connectionId)
      notify(connectionId)
    }
  }

  return {
    files: async (connectionId) => migrationFolder(folders.of(await connections.get(connectionId))),
    list: async (connectionId) => list(await connections.get(connectionId)),
    async chooseFolder(connectionId, wanted) {
      await connections.get(connectionId)
      const folder = folders.choose(connectionId, wanted)
      watch.show(connectionId, folder)
      notify(connectionId)
      return folder
    },
    async read(connectionId, version) {
      const connection = await connections.get(connectionId)
      try {
        return await migratorOf(connection).read(version)
      } catch (error) {
        const kept = store.history(connectionId)?.find((row) => row.version === version)
        if (kept === undefined || !isUnreachable(error)) throw error
        const { up, down, fileName } = parseMigration(migrationFileName(version, kept.name), kept.text)
        return { up: up.text, down: down.text, fileName }
      }
    },
    async write(connectionId, { name, version, up, down }) {
      const connection = await connections.get(connectionId)
      const folder = folders.of(connection)
      const files = migrationFolder(folder)
      const before = await files.list()
      const { rows, isRunning } = await historyOf(connection)
      const present = before.find((file) => file.version === version)
      if (version !== undefined) assertPending(toMigrations(before, rows, isRunning), version)
      const chosen = version ?? nextVersion(clock.now(), toMigrations(before, rows).at(-1)?.version)
      const file = await files.write({ version: chosen, name, up, down })
      if (present !== undefined && present.fileName !== file.fileName) await files.remove(present)
      watch.show(connectionId, folder)
      notify(connectionId)
      const written = toMigrations([file], rows).find((item) => item.version === chosen)
      if (written === undefined) throw new AppError('NOT_FOUND', `${file.fileName} was removed at once.`)
      return written
    },
    apply: (connectionId, { asSuperuser, ...options }) =>
      run(connectionId, asSuperuser, (migrator) => migrator.apply(options)),
    rollBack: (connectionId, { asSuperuser, ...options }) =>
      run(connectionId, asSuperuser, (migrator) => migrator.rollBack(options)),
    async change(connectionId, work) {
      const migration = await work(migratorOf(await writable(connectionId)))
      dependencies.onHistoryChange(connectionId)
      notify(connectionId)
      return migration
    },
    onChanged(listener) {
      const stop = watch.listen()
      emitter.on('changed', listener)
      return () => {
        emitter.off('changed', listener)
        stop()
      }
    },
    close: () => watch.close(),
  }
}

function assertPending(items: readonly Migration[], version: string): void {
  const state = items.find((item) => item.version === version)?.state
  if (state === undefined) throw new AppError('NOT_FOUND', `There is no migration ${version}.`)
  if (state === 'running')
    throw new AppError('CONFLICT', `Migration ${version} is being applied, or rolled back, just now.`, {
      hint: 'Wait until that is done.',
    })
  if (state !== 'pending' && state !== 'failed')
    throw new AppError(
      'CONFLICT',
      `Migration ${version} is applied: another text in its file would change nothing.`,
      { hint: 'Write a new migration, or roll this one back first.' },
    )
}
