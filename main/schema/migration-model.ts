// The schema that a folder of migrations makes: they are applied to a scratch database on the connection's server, and that is read.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { reachOf } from '#postgres/common/safety/reach.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { migrationTexts, type MigrationFiles } from '#postgres/node/migrations/folder.ts'
import { createMigrator, type OpenSession } from '#postgres/node/migrations/migrator.ts'
import { withScratchDatabase } from '#postgres/node/scratch-database.ts'
import type { ConnectionsService } from '../connections/index.ts'
import { askSuperuser } from '../migrations/index.ts'
import type { LoadedSchema } from './pieces.ts'
import { withoutHistory } from '#postgres/node/migrations/without-history.ts'

export interface MigrationModelDependencies {
  readonly connections: ConnectionsService
  readonly clock: { now(): Date }
  readonly newId: () => string
  readonly migrationFiles: (connectionId: ConnectionId) => Promise<MigrationFiles>
}

export interface WantedModel {
  readonly connectionId: ConnectionId
  readonly version?: string | undefined
  readonly asSuperuser?: boolean | undefined
}

export interface MigrationModels {
  /**
   * What the migrations make, up to and with `version`. Rejects with FORBIDDEN where the role may not make databases, or is a powerful one that was not
   * agreed to; with INVALID_INPUT and QUERY_FAILED for migrations that are none or fail, with CONNECTION_FAILED, with NOT_FOUND for a version that is not there.
   */
  load(wanted: WantedModel, signal: AbortSignal): Promise<LoadedSchema>
}

const TIMEOUTS = { lockTimeoutMs: 10_000, statementTimeoutMs: 0, lockAttempts: 1 }
/** Models kept, so that what did not change is not made again. */
const MAX_KEPT = 2

/** Makes the reader. */
export function createMigrationModels(dependencies: MigrationModelDependencies): MigrationModels {
  const { connections, clock, newId } = dependencies
  const kept = new Map<string, LoadedSchema>()

  const make = async (
    openSession: OpenSession,
    files: MigrationFiles,
    to: { readonly version: string | undefined; readonly signal: AbortSignal },
  ): Promise<SchemaModel> => {
    const now = (): number => clock.now().getTime()
    return await withScratchDatabase(
      { openSession, id: newId().replaceAll('-', ''), signal: to.signal },
      async (scratch) => {
        const migrator = createMigrator({
          openSession: scratch.openSession,
          files,
          person: null,
          // Whoever compares wants nothing changed: not on the server, nor anywhere else.
          isLeftOut: ({ tree }) => reachOf(tree) !== null,
          // Nobody else is there to wait for.
          now,
          sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
          random: () => 0,
        })
        for await (const progress of migrator.apply({ ...TIMEOUTS, to: to.version, signal: to.signal }))
          void progress
        const session = await scratch.openSession({ signal: to.signal })
        try {
          return withoutHistory(await introspectModel(session))
        } finally {
          await session.close()
        }
      },
    )
  }

  return {
    async load({ connectionId, version, asSuperuser = false }, signal) {
      const { database } = await connections.get(connectionId)
      const files = await (await dependencies.migrationFiles(connectionId)).list()
      const key = keyOf(
        connectionId,
        version,
        files.map((file) => file.checksum),
      )
      const present = kept.get(key)
      if (present !== undefined) return present
      const asOf = clock.now().toISOString()
      const openSession: OpenSession = (options = {}) =>
        connections.open(connectionId, { purpose: 'scratch', ...options })
      await askSuperuser(openSession, asSuperuser)
      // The files as they were when they were asked for.
      const model = await make(openSession, migrationTexts(files), { version, signal })
      const loaded = { model: { ...model, database }, asOf, isStale: false }
      kept.set(key, loaded)
      for (const other of kept.keys()) {
        if (kept.size <= MAX_KEPT) break
        kept.delete(other)
      }
      return loaded
    },
  }
}

function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
