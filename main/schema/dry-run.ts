// Tries statements on a connection's database, or on a copy of its schema.
import { performance } from 'node:perf_hooks'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import { AppError } from '#contract/errors.ts'
import { dryRun } from '#postgres/node/dry-run/dry-run.ts'
import type { ConnectionsService } from '../connections/index.ts'

export interface DryRunDependencies {
  readonly connections: ConnectionsService
  readonly newId: () => string
}

export interface WantedDryRun {
  readonly connectionId: ConnectionId
  readonly sql: string
  readonly on: 'database' | 'copy'
  readonly sampleRows: number
  readonly signal: AbortSignal
}

/** Rejects with READ_ONLY for a read-only connection: what is tried writes, though nothing of it is kept. Else as `dryRun` of postgres/node does. */
export async function* runDry(
  { connections, newId }: DryRunDependencies,
  { connectionId, ...wanted }: WantedDryRun,
): AsyncGenerator<DryRunItem, void> {
  const { isReadOnly } = await connections.get(connectionId)
  if (isReadOnly)
    throw new AppError('READ_ONLY', 'This connection is read-only, so nothing was tried on its server.', {
      hint: 'Allow writes in the settings of the connection.',
    })
  yield* dryRun({
    ...wanted,
    openSession: (options = {}) => connections.open(connectionId, { purpose: 'dry run', ...options }),
    now: () => performance.now(),
    id: newId().replaceAll('-', ''),
  })
}
