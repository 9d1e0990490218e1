// The door of schema: the model of each database's schema, for the designer, the structure screens and compare.
import type { schema } from '#contract/capabilities/schema.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { readText } from '#postgres/node/parser/read-text.ts'
import { runDry } from './dry-run.ts'
import { createMigrationModels, type MigrationModelDependencies } from './migration-model.ts'
import { modelPieces } from './pieces.ts'
import { createSchemaReader, type ReaderDependencies, type SchemaReader } from './reader.ts'
import { review } from './review.ts'
import { countStakes } from './stakes.ts'
import { createSchemaWatch, type WatchTiming } from './watch.ts'

export type { LoadedSchema } from './pieces.ts'
export type { SchemaReader } from './reader.ts'

export interface SchemaDependencies extends ReaderDependencies, MigrationModelDependencies {
  readonly timing?: Partial<WatchTiming>
}

export interface SchemaCapability {
  readonly handlers: CapabilityHandlers<typeof schema>
  readonly reader: SchemaReader
  close(): Promise<void>
}

/** Makes the capability. */
export function createSchemaCapability(dependencies: SchemaDependencies): SchemaCapability {
  const reader = createSchemaReader(dependencies)
  const watch = createSchemaWatch({
    connections: dependencies.connections,
    mayLook: dependencies.mayLook,
    refresh: (connectionId) => reader.refresh(connectionId),
    ...(dependencies.timing === undefined ? {} : { timing: dependencies.timing }),
  })
  const migrationModels = createMigrationModels(dependencies)
  return {
    reader,
    handlers: {
      async *load({ source, refresh }, { signal }) {
        switch (source.kind) {
          case 'connection': {
            const loaded = await reader.load(source.connectionId, refresh)
            watch.show(source.connectionId)
            yield* modelPieces(loaded)
            break
          }
          case 'migrations':
            yield* modelPieces(await migrationModels.load(source, signal))
            break
          case 'text':
            yield* modelPieces({
              ...(await readText(source, signal)),
              asOf: dependencies.clock.now().toISOString(),
              isStale: false,
            })
            break
        }
      },
      changed(emit) {
        const stopListening = watch.listen()
        const stop = reader.onChanged(emit)
        return () => {
          stop()
          stopListening()
        }
      },
      review: ({ connectionId, sql }, { signal }) =>
        review({ connections: dependencies.connections, reader }, { connectionId, sql, signal }),
      stakes: ({ connectionId, sql }) =>
        countStakes({ connections: dependencies.connections, reader }, connectionId, sql),
      dryRun: (input, { signal }) => runDry(dependencies, { ...input, signal }),
    },
    async close() {
      await watch.close()
      await reader.close()
    },
  }
}
