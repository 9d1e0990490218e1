// Brings a person's database from migration to migration, and says where it stands. Files and history side by side; one at a time; each step whole or not at all.
import type { Migration, MigrationProgress, MigrationText } from '#contract/capabilities/migrations.ts'
import { AppError } from '#contract/errors.ts'
import type { ParsedStatement } from '#postgres/common/script/parsed-statement.ts'
import type { Session } from '../session.ts'
import { checksumOf, parseMigration, type MigrationFile } from './file.ts'
import type { MigrationFiles } from './folder.ts'
import { ensureHistory, forget, readHistory, recordProgress, type HistoryRow } from './history.ts'
import { acquireLock, releaseLock } from './lock.ts'
import { assertInOrder, pendingUpTo, rollBackDownTo, toMigrations } from './plan.ts'
import { assertGoing } from './run-cancellable.ts'
import { runSteps, type Run, type RunContext, type Timeouts } from './run-steps.ts'
import { readStanding } from './standing.ts'
import { splitSteps } from './steps.ts'
import { squash } from './squash.ts'
import { createWatcher } from './watch-blockers.ts'

/** Opens a session of the database that is migrated. The caller closes it. */
export type OpenSession = (options?: {
  /** Another database of the same server: for scratch copies. */
  readonly database?: string
  readonly signal?: AbortSignal | undefined
}) => Promise<Session>

export interface MigratorOptions {
  readonly openSession: OpenSession
  readonly files: MigrationFiles
  /** Who sits there, as the product knows them: written into the history, and told to whoever waits. */
  readonly person: string | null
  /** In a scratch database: statements that are not applied there. */
  readonly isLeftOut?: (statement: ParsedStatement) => boolean
  /** Milliseconds. */
  readonly now: () => number
  /** Resolves after so long, or at once when the signal aborts. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** From 0 to 1: spreads the tries of those who wait for the same lock. */
  readonly random: () => number
}

export interface ApplyOptions extends Timeouts {
  /** The last one to apply, or the one to go back to and keep. */
  readonly to?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Migrator {
  /** Files and history side by side, oldest first. Rejects with INVALID_INPUT for files that cannot be read, CONNECTION_FAILED. */
  list(): Promise<Migration[]>
  /**
   * Applies what is pending up to `to`; one that stopped goes on where it stopped. Rejects with CONFLICT when an applied file was edited, with
   * QUERY_FAILED, naming file and line, when a step fails, with CANCELLED: whatever was done stays done and recorded.
   */
  apply(options: ApplyOptions): AsyncGenerator<MigrationProgress, void>
  /** Undoes the latest; with `to` all behind it. The way back is the file's as it was applied. Rejects as `apply` does. */
  rollBack(options: ApplyOptions): AsyncGenerator<MigrationProgress, void>
  /** Notes that the database has, or has not, had a migration. Nothing runs. Rejects with NOT_FOUND, CONFLICT. */
  mark(version: string, as: 'applied' | 'pending'): Promise<Migration>
  /** Takes an edited file as the one that was applied. Rejects with NOT_FOUND, CONFLICT. */
  repair(version: string): Promise<Migration>
  /** Makes one file of those from `from` to `to`, under the version of the last. Rejects with CONFLICT unless all are applied or none is. */
  squash(range: { readonly from: string; readonly to: string; readonly name: string }): Promise<Migration>
  /** The text of a migration: the file's, or, when it is gone, what the history keeps. Rejects with NOT_FOUND. */
  read(version: string): Promise<MigrationText & { readonly fileName: string }>
}

/** Makes the migrator of one database and one set of files. It holds nothing open between calls. */
export function createMigrator(options: MigratorOptions): Migrator {
  const { files, person } = options

  const withSession = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await options.openSession()
    try {
      return await work(session)
    } finally {
      await session.close()
    }
  }
  const list = () =>
    withSession(async (session) => {
      const { rows, isRunning } = await readStanding(session)
      return toMigrations(await files.list(), rows, isRunning)
    })

  /** Changes the history with the lock held, and gives the migration as it stands afterwards. */
  const change = async (
    version: string,
    work: (session: Session, file: MigrationFile | undefined, row: HistoryRow | undefined) => Promise<void>,
  ): Promise<Migration> => {
    await withSession(async (session) => {
      await assertWritable(session)
      for await (const waiting of acquireLock(session, { ...options, signal: undefined })) void waiting
      await ensureHistory(session)
      const file = (await files.list()).find((one) => one.version === version)
      await work(
        session,
        file,
        (await readHistory(session)).find((one) => one.version === version),
      )
    })
    return found(await list(), version)
  }

  /** Runs what `plan` gives, one after another, with the lock held. */
  async function* run(
    { signal, ...timeouts }: ApplyOptions,
    plan: (files: readonly MigrationFile[], rows: readonly HistoryRow[]) => Promise<Run[]>,
  ): AsyncGenerator<MigrationProgress, void> {
    const begun = options.now()
    const session = await options.openSession({ signal })
    const watcher = createWatcher(session, {
      open: () => options.openSession({ signal }),
      everyMs: Math.max(50, Math.min(1_000, timeouts.lockTimeoutMs * 0.4)),
      sleep: options.sleep,
    })
    try {
      await nameSession(session, person)
      await assertWritable(session)
      yield* acquireLock(session, { ...options, signal })
      await ensureHistory(session)
      const runs = await plan(await files.list(), await readHistory(session))
      const context: RunContext = { ...options, session, timeouts, signal, watched: watcher.watched }
      for (const one of runs) {
        assertGoing(signal)
        yield* runSteps(context, one)
        // Settings that the migration made are its own.
        await session.query('reset session authorization; reset all')
        await nameSession(session, person)
      }
      await releaseLock(session)
      yield { type: 'done', applied: runs.map((one) => one.file.version), durationMs: options.now() - begun }
    } finally {
      // The lock goes with the session, where it was not released.
      await watcher.close()
      await session.close()
    }
  }

  return {
    list,
    apply: (applyOptions) =>
      run(applyOptions, async (all, rows) => {
        assertInOrder(all, rows)
        const runs: Run[] = []
        // All are parsed before the first one runs.
        for (const { file, row } of pendingUpTo(all, rows, applyOptions.to))
          runs.push(await planUp(file, row, options.isLeftOut))
        return runs
      }),
    rollBack: (applyOptions) =>
      run(applyOptions, async (_all, rows) => {
        const runs: Run[] = []
        for (const row of rollBackDownTo(rows, applyOptions.to)) runs.push(await planDown(row))
        return runs
      }),
    mark: (version, as) =>
      change(version, async (session, file, row) => {
        if (as === 'pending') {
          if (row === undefined) throw new AppError('CONFLICT', `The database has not had ${version}.`)
          return forget(session, version)
        }
        if (file === undefined) throw new AppError('NOT_FOUND', `There is no file of migration ${version}.`)
        const steps = (await splitSteps(file.fileName, file.up)).length
        await recordProgress(session, {
          ...file,
          person,
          durationMs: 0,
          steps,
          stepsDone: steps,
          state: 'applied',
          isStepStarted: false,
          batchKey: null,
        })
      }),
    repair: (version) =>
      change(version, async (session, file, row) => {
        if (file === undefined) throw new AppError('NOT_FOUND', `There is no file of migration ${version}.`)
        if (row?.state !== 'applied')
          throw new AppError(
            'CONFLICT',
            `Migration ${version} is not applied, so there is nothing to repair.`,
          )
        await recordProgress(session, { ...row, name: file.name, checksum: file.checksum, text: file.text })
      }),
    async squash(range) {
      await withSession(async (session) => {
        await assertWritable(session)
        for await (const waiting of acquireLock(session, { ...options, signal: undefined })) void waiting
        await ensureHistory(session)
        await squash({ session, files, person, ...range })
      })
      return found(await list(), range.to)
    },
    async read(version) {
      const file =
        (await files.list()).find((one) => one.version === version) ??
        (await withSession(async (session) => {
          const row = (await readHistory(session)).find((one) => one.version === version)
          return row === undefined ? undefined : parseMigration(`${row.version}_${row.name}.sql`, row.text)
        }))
      if (file === undefined) throw new AppError('NOT_FOUND', `There is no migration ${version}.`)
      return { up: file.up.text, down: file.down.text, fileName: file.fileName }
    },
  }
}

/** What is left of a migration to apply. One that stopped may have been mended meanwhile, but not in the steps that are done. */
async function planUp(
  file: MigrationFile,
  row: HistoryRow | undefined,
  isLeftOut: MigratorOptions['isLeftOut'],
): Promise<Run> {
  const steps = await splitSteps(file.fileName, file.up, isLeftOut)
  if (row === undefined)
    return { file, direction: 'up', steps, stepsDone: 0, isStepStarted: false, batchKey: null, durationMs: 0 }
  const before = await splitSteps(file.fileName, parseMigration(file.fileName, row.text).up)
  for (let index = 0; index < row.stepsDone; index += 1)
    if (before[index]?.sql !== steps[index]?.sql)
      throw new AppError(
        'CONFLICT',
        `${file.fileName} stopped after step ${String(row.stepsDone)}, and step ${String(index + 1)}, which is done, was edited since.`,
        {
          hint: 'Put that step back as it was. Those behind it may be changed.',
        },
      )
  const isSame = before[row.stepsDone]?.sql === steps[row.stepsDone]?.sql
  return {
    file,
    direction: 'up',
    steps,
    stepsDone: row.stepsDone,
    isStepStarted: row.isStepStarted && isSame,
    batchKey: isSame ? row.batchKey : null,
    durationMs: row.durationMs,
  }
}

async function planDown(row: HistoryRow): Promise<Run> {
  // The file that a person sees has this checksum: what is run must be what they see.
  if (checksumOf(row.text) !== row.checksum)
    throw new AppError(
      'CONFLICT',
      `The text of ${row.version}_${row.name} in the history is not the one that was applied: its checksum is another.`,
      { hint: 'Find out who changed the history. To go back all the same, repair it with the file.' },
    )
  const file = parseMigration(`${row.version}_${row.name}.sql`, row.text)
  const steps = await splitSteps(file.fileName, file.down)
  if (steps.length === 0)
    throw new AppError(
      'CONFLICT',
      `${file.fileName} has no way back: nothing stands below "-- migrate:down".`,
      {
        hint: 'Write a new migration that undoes it, or mark it as pending if it was undone by hand.',
      },
    )
  const isResumed = row.state === 'rolling back'
  return {
    file,
    direction: 'down',
    steps,
    stepsDone: isResumed ? row.stepsDone : 0,
    isStepStarted: isResumed && row.isStepStarted,
    batchKey: isResumed ? row.batchKey : null,
    durationMs: row.durationMs,
  }
}

function found(all: readonly Migration[], version: string): Migration {
  const migration = all.find((one) => one.version === version)
  if (migration === undefined) throw new AppError('NOT_FOUND', `There is no migration ${version} any more.`)
  return migration
}

/** The name that others see while they wait for this session. */
async function nameSession(session: Session, person: string | null): Promise<void> {
  const name = person === null ? 'NebulaDB migrations' : `NebulaDB migrations of ${person}`
  // Postgres keeps 63 bytes of it.
  await session.query(`select pg_catalog.set_config('application_name', $1, false)`, [name])
}

async function assertWritable(session: Session): Promise<void> {
  const { rows } = await session.query(
    `select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')`,
  )
  if (rows[0]?.[0] === 't')
    throw new AppError('READ_ONLY', 'This server is a standby: migrations are applied to its primary.')
  if (rows[0]?.[1] === 'on')
    throw new AppError(
      'READ_ONLY',
      'Transactions are read-only here (default_transaction_read_only), so no migration can be applied.',
    )
}
