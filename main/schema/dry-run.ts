// Tries statements on a connection's database, or on a copy of its schema.
import { performance } from 'node:perf_hooks'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import { AppError } from '#contract/errors.ts'
import { dryRun } from '#postgres/node/dry-run/dry-run.ts'
import type { OpenSession } from '#postgres/node/migrations/migrator.ts'
import type { ConnectionsService } from '../connections/index.ts'
import { askSuperuser } from '../migrations/index.ts'

export interface DryRunDependencies {
  readonly connections: ConnectionsService
  readonly newId: () => string
}

export interface WantedDryRun {
  readonly connectionId: ConnectionId
  readonly sql: string
  readonly on: 'database' | 'copy'
  readonly sampleRows: number
  readonly asSuperuser: boolean
  readonly signal: AbortSignal
}

/**
 * Rejects with READ_ONLY for a read-only connection: what is tried writes, though nothing of it is kept; with FORBIDDEN for a powerful role that was not
 * agreed to. Else as `dryRun` of postgres/node does.
 */
export async function* runDry(
  { connections, newId }: DryRunDependencies,
  { connectionId, asSuperuser, ...wanted }: WantedDryRun,
): AsyncGenerator<DryRunItem, void> {
  const { isReadOnly } = await connections.get(connectionId)
  if (isReadOnly)
    throw new AppError('READ_ONLY', 'This connection is read-only, so nothing was tried on its server.', {
      hint: 'Allow writes in the settings of the connection.',
    })
  const openSession: OpenSession = (options = {}) =>
    connections.open(connectionId, { purpose: 'dry run', ...options })
  await askSuperuser(openSession, asSuperuser)
  yield* dryRun({
    ...wanted,
    openSession,
    now: () => performance.now(),
    id: newId().replaceAll('-', ''),
  })
}
