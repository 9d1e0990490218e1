// The schema that migrations make, and what a database has beyond or short of it.
import type { SchemaModel } from '#contract/schema/types.ts'
import type { Change } from '#postgres/common/ddl/change.ts'
import { diffModels } from '#postgres/common/diff/plan-migration.ts'
import { openScratchSession } from '../dry-run/scratch-session.ts'
import { introspectModel } from '../introspect-model.ts'
import { parseMigration, type MigrationFile } from './file.ts'
import { readHistory } from './history.ts'
import type { OpenSession } from './migrator.ts'
import { runCancellable } from './run-cancellable.ts'
import { splitSteps } from './steps.ts'
import { withoutHistory } from './without-history.ts'

export interface ScratchOptions {
  readonly openSession: OpenSession
  /** Letters and digits that nobody else uses: they name the scratch database. */
  readonly id: string
  readonly signal?: AbortSignal | undefined
}

/** The model that these files make of an empty database, tried on a scratch one. Rejects as an apply does, and with FORBIDDEN without CREATEDB. */
export async function modelOfMigrations(
  files: readonly MigrationFile[],
  { openSession, id, signal }: ScratchOptions,
): Promise<SchemaModel> {
  const scratch = await openScratchSession(openSession, { id, signal })
  try {
    for (const file of files) {
      for (const step of await splitSteps(file.fileName, file.up))
        await runCancellable(scratch.session, { text: step.sql }, signal)
      await scratch.session.query('reset session authorization; reset all')
    }
    return await introspectModel(scratch.session)
  } finally {
    await scratch.close()
  }
}

/** What must change in the schema that the history makes to get the live one: nothing, where nobody changed it by other ways. Owners and grants aside. */
export async function findDrift(options: ScratchOptions): Promise<Change[]> {
  const session = await options.openSession({ signal: options.signal })
  try {
    const rows = (await readHistory(session)).filter((row) => row.state === 'applied')
    const files = rows.map((row) => parseMigration(`${row.version}_${row.name}.sql`, row.text))
    const live = withoutHistory(await introspectModel(session))
    const made = await modelOfMigrations(files, options)
    return diffModels(made, live, { matchBy: 'name', ignore: { owners: true, grants: true } })
  } finally {
    await session.close()
  }
}
