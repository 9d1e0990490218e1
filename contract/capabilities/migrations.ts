// Migrations: plain SQL files in a folder that a person keeps under git, and the history of what a database has had.
import { z } from 'zod'
import { call, capability, event, stream } from '../rpc/definition.ts'
import { ConnectionId, Timestamp } from './ids.ts'

/** UTC `YYYYMMDDHHMMSS`; files are `<version>_<name>.sql`. */
export const MigrationVersion = z.string().regex(/^\d{14}$/)
export const MigrationName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-z0-9_]+$/, 'Lower case letters, digits and underscores only.')

export const Migration = z.object({
  version: MigrationVersion,
  name: z.string(),
  /**
   * `pending`: a file that the database has not had. `applied`: both agree. `edited`: the file changed after it was applied. `missing`: applied, but
   * there is no file. `failed`: stopped between two of its steps and can be resumed. `running`: between two of its steps while somebody applies it or rolls it
   * back just now.
   */
  state: z.enum(['pending', 'applied', 'edited', 'missing', 'failed', 'running']),
  appliedAt: Timestamp.nullable(),
  /** The Postgres role and, where known, the person. */
  appliedBy: z.string().nullable(),
  durationMs: z.number().nullable(),
  /** SHA-256 of the file's text, hexadecimal. */
  checksum: z.string().nullable(),
  canRollBack: z.boolean(),
  /** Steps done of all, for one that failed or is running. */
  stepsDone: z.number().int().nullable(),
})
export type Migration = z.infer<typeof Migration>

export const MigrationText = z.object({ up: z.string(), down: z.string() })
export type MigrationText = z.infer<typeof MigrationText>

export const MigrationProgress = z.discriminatedUnion('type', [
  /** Somebody else applies to this database. */
  z.object({ type: z.literal('waiting'), holder: z.string(), sinceMs: z.number() }),
  z.object({
    type: z.literal('migration'),
    version: MigrationVersion,
    name: z.string(),
    steps: z.number().int(),
  }),
  z.object({
    type: z.literal('step'),
    index: z.number().int(),
    sql: z.string(),
    state: z.enum(['running', 'done']),
    durationMs: z.number().nullable(),
  }),
  /** A lock was not had in time; tried again after `inMs`. */
  z.object({ type: z.literal('retry'), attempt: z.number().int(), inMs: z.number(), message: z.string() }),
  z.object({ type: z.literal('done'), applied: z.array(MigrationVersion), durationMs: z.number() }),
])
export type MigrationProgress = z.infer<typeof MigrationProgress>

/**
 * What the role of a connection could do beyond its database. `superuser`: everything. `files`, `programs`: read or write the server's files, run programs
 * there. `roles`: give itself such a right. Empty for an ordinary role.
 */
export const RolePower = z.object({
  role: z.string(),
  powers: z.array(z.enum(['superuser', 'files', 'programs', 'roles'])),
})
export type RolePower = Readonly<z.infer<typeof RolePower>>

/** In the details of a FORBIDDEN: nothing was run, because the SQL would run with these powers and the call did not say `asSuperuser`. */
export const NeedsSuperuser = z.object({ needs: z.literal('asSuperuser'), runsAs: RolePower })

/**
 * Whether SQL may run as a role that can do more than its database. Files in a folder may have been written by somebody else, so a person is asked
 * first. Without it a call is refused with FORBIDDEN and `NeedsSuperuser`, if the role is such a one.
 */
export const AsSuperuser = z.boolean().default(false)

/** Milliseconds. */
const Timeouts = z.object({
  lockTimeoutMs: z.number().int().min(100).max(600_000).default(2_000),
  statementTimeoutMs: z.number().int().min(0).max(86_400_000).default(0),
  /** How often a step that could not have its lock is tried again. */
  lockAttempts: z.number().int().min(1).max(20).default(5),
})

const on = z.object({ connectionId: ConnectionId })
const one = on.extend({ version: MigrationVersion })

export const migrations = capability('migrations', {
  /** Files and history side by side, oldest first. Offline: the files, with what was last known of the history. */
  list: call({
    input: on,
    output: z.object({
      folder: z.string(),
      items: z.array(Migration),
      isStale: z.boolean(),
      /** The connection goes through a pooler: in transaction mode nothing can be applied through it. */
      isPooled: z.boolean().optional(),
      /** As whom they would run; left out while that is not known. */
      runsAs: RolePower.optional(),
      /** What to know of the folder, for a person: it is not there, files in it are named otherwise. */
      note: z.string().optional(),
    }),
  }),
  /** Another folder for this connection's files. Made when it does not exist. */
  chooseFolder: call({
    input: on.extend({ folder: z.string().min(1) }),
    output: z.object({ folder: z.string() }),
  }),
  read: call({ input: one, output: MigrationText.extend({ fileName: z.string() }) }),
  /** Writes a new file, or, with `version`, over one that is pending. */
  write: call({
    input: on.extend({ ...MigrationText.shape, name: MigrationName, version: MigrationVersion.optional() }),
    output: Migration,
  }),
  /** Applies what is pending up to `to` (all, when left out); a failed one is resumed where it stopped. */
  apply: stream({
    input: on.extend({ ...Timeouts.shape, to: MigrationVersion.optional(), asSuperuser: AsSuperuser }),
    item: MigrationProgress,
  }),
  /** Undoes applied ones, latest first, down to but without `to`; just the latest when left out. */
  rollBack: stream({
    input: on.extend({ ...Timeouts.shape, to: MigrationVersion.optional(), asSuperuser: AsSuperuser }),
    item: MigrationProgress,
  }),
  /** Notes that the database has (or has not) had a migration, without running it. */
  mark: call({ input: one.extend({ as: z.enum(['applied', 'pending']) }), output: Migration }),
  /** Takes an edited file as the one that was applied. */
  repair: call({ input: one, output: Migration }),
  /** Makes one migration of all from `from` to `to`; the history follows. */
  squash: call({
    input: on.extend({ from: MigrationVersion, to: MigrationVersion, name: MigrationName }),
    output: Migration,
  }),
  /** Files or history changed. */
  changed: event(on),
})
