// Migrations of projects: applied by the same migrator that the desktop has, each in the project's audit log however it came to be applied.
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { MigrationProgress, MigrationText } from '#contract/capabilities/migrations.ts'
import type { ProjectMigration, projectMigrations } from '#contract/capabilities/project-migrations.ts'
import { AppError } from '#contract/errors.ts'
import { migrationFileName, parseMigration, writeMigration } from '#postgres/node/migrations/file.ts'
import { migrationTexts, type MigrationFiles } from '#postgres/node/migrations/folder.ts'
import { createMigrator, type Migrator, type OpenSession } from '#postgres/node/migrations/migrator.ts'
import { nextVersion } from '#postgres/node/migrations/next-version.ts'
import type { Session } from '#postgres/node/session.ts'
import { audit, type AuditEntry } from '../audit/index.ts'
import type { RateLimits } from '../auth/index.ts'
import type { Clock } from '../clock.ts'
import type { Caller, DatabaseService } from '../database/index.ts'
import type { Database } from '../db/database.ts'
import type { ProjectRow } from '../projects/index.ts'
import { assertModest, readProjectHistory } from './read-history.ts'
import * as store from './store.ts'

export interface ProjectMigrationsDependencies {
  readonly db: Database
  readonly database: Pick<DatabaseService, 'ownerSessions'>
  readonly clock: Clock
  readonly limits: Pick<RateLimits, 'consume'>
  /** From 0 to 1. */
  readonly random: () => number
}

export interface ProjectMigrationList {
  readonly items: ProjectMigration[]
  /** ISO 8601; null when nothing was ever read. */
  readonly asOf: string | null
  readonly isStale: boolean
}

type Ref = store.DatabaseOfProject
type ApplyInput = z.output<(typeof projectMigrations)['members']['apply']['input']>

/** Who calls, and from where: both are counted. */
export interface MigrationCaller extends Caller {
  /** Network address. */
  readonly address: string
}

/** All reject with RATE_LIMITED when an account, or an address, asks too often. */
export interface ProjectMigrationsService {
  list(caller: MigrationCaller, ref: Ref): Promise<ProjectMigrationList>
  read(
    caller: MigrationCaller,
    input: Ref & { version: string },
  ): Promise<MigrationText & { fileName: string }>
  apply(caller: MigrationCaller, input: ApplyInput): Promise<ProjectMigration>
  rollBack(caller: MigrationCaller, input: Ref & { version: string }): Promise<void>
}

/** Of a whole call, in milliseconds. Each of its statements may take minutes, and there may be thousands. */
const DEADLINE_MS = 30 * 60_000
const ROLL_BACK = { lockTimeoutMs: 2_000, statementTimeoutMs: 300_000, lockAttempts: 5 }
const LOCK_ATTEMPTS = 5

/** Makes the service. */
export function createProjectMigrationsService(
  deps: ProjectMigrationsDependencies,
): ProjectMigrationsService {
  const { db, database } = deps

  const record = (
    caller: Caller | null,
    project: ProjectRow,
    entry: Pick<AuditEntry, 'action' | 'details'>,
  ): Promise<void> =>
    db.transaction((tx) =>
      audit(tx, {
        actor: caller?.actor ?? null,
        organisationId: project.organisationId,
        subjectKind: 'database',
        subjectId: project.id,
        ...entry,
      }),
    )

  /**
   * Reads the history and audits what it shows for the first time: what was applied or undone past the service. `own` is what the caller's call has
   * audited already.
   */
  const readAndNote = async (
    { project, ref, open }: { readonly project: ProjectRow; readonly ref: Ref; readonly open: OpenSession },
    own?: string,
  ): Promise<ProjectMigration[]> => {
    const readAt = await store.currentTime(db)
    const items = await withSession(open, readProjectHistory)
    const found = items.filter((item) => item.state === 'applied')
    await db.transaction(async (tx) => {
      const note = (action: string, details: Readonly<Record<string, unknown>>): Promise<void> =>
        audit(tx, {
          actor: null,
          organisationId: project.organisationId,
          subjectKind: 'database',
          subjectId: project.id,
          action,
          details: { database: ref.database, ...details },
        })
      const gone = await store.noteGone(tx, ref, { found, readAt })
      for (const version of gone) if (version !== own) await note('migration.gone', { version })
      for (const { version, name, checksum, role, person, appliedAt } of await store.noteFound(
        tx,
        ref,
        found,
      ))
        if (version !== own)
          await note('migration.found', { version, name, checksum, role, person, appliedAt })
    })
    return items
  }

  const migratorOf = async (caller: Caller, open: OpenSession, files: MigrationFiles): Promise<Migrator> =>
    createMigrator({
      openSession: open,
      files,
      person: await store.emailOf(db, caller.actor.accountId),
      now: () => deps.clock.now().getTime(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
      random: deps.random,
    })

  /** After it is known that the caller may: strangers count against nobody. */
  const sessionsOf = async (
    caller: MigrationCaller,
    wanted: Parameters<DatabaseService['ownerSessions']>[1],
  ): ReturnType<DatabaseService['ownerSessions']> => {
    const sessions = await database.ownerSessions(caller, wanted)
    await deps.limits.consume('migrate', { address: caller.address, account: caller.actor.accountId })
    return sessions
  }

  return {
    async list(caller, ref) {
      const { project, open } = await sessionsOf(caller, { ...ref, action: 'database.inspect' })
      if (project.status !== 'awake') {
        const noted = await store.listNoted(db, ref)
        const times = noted.map((one) => one.notedAt).sort()
        return { items: noted.map((one) => one.migration), asOf: times.at(-1) ?? null, isStale: true }
      }
      const asOf = deps.clock.now().toISOString()
      return { items: await readAndNote({ project, ref, open }), asOf, isStale: false }
    },

    async read(caller, { version, ...ref }) {
      const { open } = await sessionsOf(caller, { ...ref, action: 'database.execute' })
      await withSession(open, assertModest)
      return (await migratorOf(caller, open, migrationTexts([]))).read(version)
    },

    async apply(caller, { version: wanted, name, up, down, lockTimeoutMs, statementTimeoutMs, ...ref }) {
      const { project, open } = await sessionsOf(caller, { ...ref, action: 'database.change' })
      await withSession(open, assertModest)
      const before = await readAndNote({ project, ref, open })
      const version = wanted ?? nextVersion(deps.clock.now(), before.at(-1)?.version)
      const file = parseMigration(migrationFileName(version, name), writeMigration({ up, down }))
      const present = before.find((item) => item.version === version)
      if (present?.state === 'applied' && present.checksum === file.checksum) return present
      await record(caller, project, {
        action: 'migration.apply',
        details: { database: ref.database, version, name, checksum: file.checksum },
      })
      const migrator = await migratorOf(caller, open, migrationTexts([file]))
      const timeouts = { lockTimeoutMs, statementTimeoutMs, lockAttempts: LOCK_ATTEMPTS }
      const after = await noting(
        follow(migrator.apply({ ...timeouts, to: version, signal: deadline(caller) }), version),
        () => readAndNote({ project, ref, open }, version),
      )
      const applied = after.find((item) => item.version === version)
      if (applied === undefined)
        throw new AppError('CONFLICT', `Migration ${version} was rolled back at once.`)
      return applied
    },

    async rollBack(caller, { version, ...ref }) {
      const { project, open } = await sessionsOf(caller, { ...ref, action: 'database.change' })
      await withSession(open, assertModest)
      const latest = (await readAndNote({ project, ref, open })).at(-1)?.version
      if (latest !== version)
        throw latest === undefined || latest < version
          ? new AppError('NOT_FOUND', `The database has not had migration ${version}.`)
          : new AppError('CONFLICT', `Migration ${version} is not the latest: ${latest} is.`, {
              hint: 'Undo the later ones first, the latest at first.',
            })
      await record(caller, project, {
        action: 'migration.roll-back',
        details: { database: ref.database, version },
      })
      const migrator = await migratorOf(caller, open, migrationTexts([]))
      await noting(follow(migrator.rollBack({ ...ROLL_BACK, signal: deadline(caller) }), version), () =>
        readAndNote({ project, ref, open }, version),
      )
    },
  }
}

/** Runs to the end. Stops before anything is done when somebody else applies, or when another migration than `version` would run. */
async function follow(progress: AsyncGenerator<MigrationProgress, void>, version: string): Promise<void> {
  for await (const item of progress) {
    if (item.type === 'waiting')
      throw new AppError('CONFLICT', `Somebody else applies migrations to this database: ${item.holder}.`, {
        hint: 'Try again when they are done.',
      })
    if (item.type === 'migration' && item.version !== version)
      throw new AppError('CONFLICT', `Migration ${item.version} came in between.`, {
        hint: 'Look at the list again.',
      })
  }
}

/** When the caller has gone, or it has taken too long. */
function deadline({ signal }: Caller): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])
}

async function withSession<T>(open: OpenSession, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await open()
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** What is noted once the work is over; also when it failed, but then that failure is what counts. */
async function noting<T>(work: Promise<void>, note: () => Promise<T>): Promise<T> {
  try {
    await work
  } catch (error) {
    await note().catch(() => undefined)
    throw error
  }
  return note()
}
