// The schema capability of a host for tests: over a real database.
import { onTestFinished } from 'vitest'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { ImportProblem, SchemaSource } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { migrationTexts, type MigrationFiles } from '#postgres/node/migrations/folder.ts'
import { createSchemaStore } from '../main/cache/index.ts'
import {
  createSchemaCapability,
  type SchemaCapability,
  type SchemaDependencies,
} from '../main/schema/index.ts'
import { createTestConnections, saveConnection, type TestConnections } from './host-fixtures.ts'
import type { TempDatabaseTarget } from './temp-database.ts'

export const context = { signal: new AbortController().signal, metadata: {} }

/** A model as it came, in pieces. */
export interface LoadedPieces {
  readonly isStale: boolean
  readonly asOf: string
  readonly problems: readonly ImportProblem[]
  readonly model: SchemaModel
}

export interface TestSchema extends SchemaCapability {
  readonly connections: TestConnections
  readonly connectionId: ConnectionId
  /** What a page was told of: `asOf` of each change, or that the database is out of reach. */
  readonly changes: string[]
  readonly errors: unknown[]
  mayLook: boolean
  /** What the connection's folder has. */
  files: MigrationFiles
  /** Ends the names of scratch databases. */
  readonly scratchId: string
  stopListening(): void
  /** Another host over the same data. */
  restart(): SchemaCapability
  load(refresh?: boolean): Promise<LoadedPieces>
  tables(refresh?: boolean): Promise<string[]>
  /** Points the connection at another port: 1 is closed. */
  point(port: number): void
}

/** Makes it, with a page that listens; gone when the test is. */
export async function createTestSchema(
  target: TempDatabaseTarget,
  timing: Pick<SchemaDependencies, 'keepDelayMs' | 'lockTimeoutMs'> & { readonly intervalMs?: number } = {},
): Promise<TestSchema> {
  const { intervalMs = 600_000, keepDelayMs = 600_000, lockTimeoutMs = 100 } = timing
  const connections = createTestConnections()
  const connectionId = await saveConnection(connections, target)
  const errors: unknown[] = []
  const scratchId = crypto.randomUUID().replaceAll('-', '')
  const changes: string[] = []
  const create = (): SchemaCapability => {
    const capability = createSchemaCapability({
      connections: connections.service,
      store: createSchemaStore(connections.cache),
      clock: connections.clock,
      newId: () => scratchId,
      migrationFiles: () => Promise.resolve(schema.files),
      mayLook() {
        return schema.mayLook
      },
      timing: { intervalMs, retryMs: intervalMs, shareOfTime: 1 },
      keepDelayMs,
      lockTimeoutMs,
      onBackgroundError: (error) => void errors.push(error),
    })
    onTestFinished(() => capability.close())
    return capability
  }
  const capability = create()
  const stopListening = capability.handlers.changed(
    ({ asOf, isStale }) => void changes.push(isStale ? 'out of reach' : asOf),
    context,
  )
  const load = (refresh = false): Promise<LoadedPieces> =>
    collectModel(capability, { kind: 'connection', connectionId }, refresh)
  const schema: TestSchema = {
    ...capability,
    connections,
    connectionId,
    errors,
    changes,
    mayLook: true,
    files: migrationTexts([]),
    scratchId,
    stopListening,
    restart: create,
    load,
    async tables(refresh) {
      return tableNames((await load(refresh)).model)
    },
    point(port) {
      const stored = connections.store.get(connectionId)
      if (stored === undefined) throw new Error('The connection is gone.')
      connections.store.save({ ...stored.record, port }, undefined)
    },
  }
  return schema
}

/** Names of tables, sorted. */
export function tableNames(model: SchemaModel): string[] {
  return model.objects
    .filter(({ kind }) => kind === 'table')
    .map(({ name }) => name)
    .sort()
}

/** Puts the pieces of a model together. */
export async function collectModel(
  { handlers }: SchemaCapability,
  source: SchemaSource,
  refresh = false,
): Promise<LoadedPieces> {
  let loaded: LoadedPieces | undefined
  for await (const piece of handlers.load({ source, refresh }, context)) {
    if (piece.type === 'start') {
      const { isStale, asOf, problems, serverVersion, database } = piece
      loaded = { isStale, asOf, problems, model: { serverVersion, database, objects: [], dependencies: [] } }
    } else if (loaded === undefined) throw new Error('The start comes first.')
    else {
      const { model } = loaded
      loaded = {
        ...loaded,
        model:
          piece.type === 'objects'
            ? { ...model, objects: [...model.objects, ...piece.objects] }
            : { ...model, dependencies: [...model.dependencies, ...piece.dependencies] },
      }
    }
  }
  if (loaded === undefined) throw new Error('Nothing came.')
  return loaded
}
