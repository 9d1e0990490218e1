// Where the migrations of each connection are on this machine, and the history of its database as last read.
import { z } from 'zod'
import type { HistoryRow } from '#postgres/node/migrations/history.ts'
import type { Cache } from './database.ts'

export interface MigrationSourceStore {
  /** undefined until one was kept. */
  folder(connectionId: string): string | undefined
  saveFolder(connectionId: string, folder: string): void
  /** undefined when it was never read, or what is there no longer fits. */
  history(connectionId: string): readonly HistoryRow[] | undefined
  saveHistory(connectionId: string, rows: readonly HistoryRow[]): void
  /** Connections to projects whose service has yet to look at what was applied from here. */
  unnoted(): string[]
  setUnnoted(connectionId: string, isUnnoted: boolean): void
}

const Row = z.object({ folder: z.string().nullable(), history: z.string().nullable() })
const IdRow = z.object({ id: z.string() })
const History: z.ZodType<readonly HistoryRow[]> = z.array(
  z.object({
    version: z.string(),
    name: z.string(),
    checksum: z.string(),
    text: z.string(),
    appliedBy: z.string(),
    person: z.string().nullable(),
    appliedAt: z.string(),
    durationMs: z.number(),
    steps: z.number(),
    stepsDone: z.number(),
    state: z.enum(['applied', 'applying', 'rolling back']),
    isStepStarted: z.boolean(),
    batchKey: z.array(z.string()).nullable(),
  }),
)

/** The store over an open cache. */
export function createMigrationSourceStore({ sqlite }: Cache): MigrationSourceStore {
  const select = sqlite.prepare('select folder, history from migration_source where connection_id = ?')
  const upsertFolder = sqlite.prepare(
    `insert into migration_source (connection_id, folder) values (?, ?)
     on conflict (connection_id) do update set folder = excluded.folder`,
  )
  const upsertHistory = sqlite.prepare(
    `insert into migration_source (connection_id, history) values (?, ?)
     on conflict (connection_id) do update set history = excluded.history`,
  )
  const selectUnnoted = sqlite.prepare(
    'select connection_id as id from migration_source where is_unnoted = 1 order by connection_id',
  )
  const upsertUnnoted = sqlite.prepare(
    `insert into migration_source (connection_id, is_unnoted) values (?, ?)
     on conflict (connection_id) do update set is_unnoted = excluded.is_unnoted`,
  )
  const find = (connectionId: string): z.output<typeof Row> | undefined => {
    const row = select.get(connectionId)
    return row === undefined ? undefined : Row.parse(row)
  }
  return {
    folder: (connectionId) => find(connectionId)?.folder ?? undefined,
    saveFolder: (connectionId, folder) => void upsertFolder.run(connectionId, folder),
    history(connectionId) {
      const stored = find(connectionId)?.history ?? null
      if (stored === null) return undefined
      const history = History.safeParse(JSON.parse(stored))
      return history.success ? history.data : undefined
    },
    saveHistory: (connectionId, rows) => void upsertHistory.run(connectionId, JSON.stringify(rows)),
    unnoted: () => selectUnnoted.all().map((row) => IdRow.parse(row).id),
    setUnnoted: (connectionId, isUnnoted) => void upsertUnnoted.run(connectionId, isUnnoted ? 1 : 0),
  }
}
