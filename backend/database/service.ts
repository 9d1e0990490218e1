// SQL and schema of a project's databases, as its owner role and never as superuser.
import type { z } from 'zod'
import type {
  CatalogColumn,
  CatalogConstraint,
  CatalogIndex,
  CatalogRelation,
} from '#contract/capabilities/catalog.ts'
import type { ExecuteSql, SchemaChange } from '#contract/capabilities/database.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { classifyStatement } from '#postgres/common/script/index.ts'
import { literal, sql } from '#postgres/common/sql/sql.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { CredentialsService } from '../credentials/index.ts'
import type { Database } from '../db/database.ts'
import { requireProject, type ProjectAction, type ProjectRow } from '../projects/index.ts'
import { MAIN_DATABASE, type Provisioning } from '../provisioning/index.ts'
import { applyChange, compileAllowedChange } from './apply-change.ts'
import { assertExecutable, executeStatement, type Executed } from './execute.ts'
import * as inspect from './inspect.ts'
import { createSessionPool, type DatabaseRef } from './session-pool.ts'

export interface DatabaseDependencies {
  readonly db: Database
  readonly provisioning: Pick<Provisioning, 'ensureAwake' | 'ownerTarget' | 'onProgress'>
  readonly credentials: Pick<CredentialsService, 'settle'>
  readonly pool?: {
    /** Sessions per database, at most. */
    readonly max: number
    readonly idleTimeoutMs: number
    readonly waitTimeoutMs: number
  }
}

/** Who asks, and until when they care. */
export interface Caller {
  readonly actor: Actor
  readonly signal: AbortSignal
}

type TableInput = DatabaseRef & inspect.TableRef

/** What another capability does in the main database of a project. */
export interface OwnerWork {
  readonly projectId: ProjectId
  /** What the caller must be allowed to do. */
  readonly action: ProjectAction
  /** Of each statement. */
  readonly timeoutMs: number
  /** For a change: its row in the audit log, written before. Never a secret. */
  readonly note?: { readonly action: string; readonly details: Readonly<Record<string, unknown>> }
}

export interface OwnerSessions {
  readonly project: ProjectRow
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<Session>
}

export interface DatabaseService {
  execute(caller: Caller, input: z.output<typeof ExecuteSql>): Promise<Executed>
  databases(caller: Caller, projectId: ProjectId): Promise<inspect.DatabaseEntry[]>
  schemas(caller: Caller, ref: DatabaseRef): Promise<inspect.SchemaEntry[]>
  tables(caller: Caller, input: DatabaseRef & { schema: string }): Promise<CatalogRelation[]>
  columns(caller: Caller, input: TableInput): Promise<CatalogColumn[]>
  indexes(caller: Caller, input: TableInput): Promise<CatalogIndex[]>
  constraints(caller: Caller, input: TableInput): Promise<CatalogConstraint[]>
  change(caller: Caller, input: DatabaseRef & { change: SchemaChange }): Promise<{ sql: string[] }>
  /** Runs `work` in a session as owner, for another capability, once the caller is allowed. A transaction it leaves open is rolled back. */
  asOwner<T>(caller: Caller, use: OwnerWork, work: (session: Session) => Promise<T>): Promise<T>
  /**
   * For what must hold a session of its own, once the caller is allowed: opens sessions as owner, which wakes the database; whoever opens one closes it.
   * A statement may take 15 s where nothing else is set, and give 64 MB. Nothing is audited here.
   */
  ownerSessions(caller: Caller, use: DatabaseRef & { readonly action: ProjectAction }): Promise<OwnerSessions>
  /** Closes the sessions. Those in use are closed when they are given back. */
  close(): Promise<void>
}

const POOL = { max: 4, idleTimeoutMs: 60_000, waitTimeoutMs: 10_000 }
const INSPECT_TIMEOUT_MS = 15_000
const CHANGE_TIMEOUT_MS = 300_000
/** Twice the largest history that is read. */
const MAX_RESULT_BYTES = 64 * 1024 * 1024

/** Makes the service. */
export function createDatabaseService(deps: DatabaseDependencies): DatabaseService {
  const { db, provisioning } = deps
  const pool = createSessionPool({
    ...(deps.pool ?? POOL),
    provisioning,
    settleCredentials: (projectId) => deps.credentials.settle(projectId),
  })

  const allowed = async (
    { actor }: Caller,
    projectId: ProjectId,
    action: ProjectAction,
  ): Promise<ProjectRow> => {
    const project = await requireProject(db, actor, projectId, action)
    if (project.desiredState === 'deleted')
      throw new AppError('PROJECT_NOT_READY', 'The project is deleted.', { hint: 'Restore it first.' })
    return project
  }

  const withSession = async <T>(
    { signal }: Caller,
    { project, database }: { project: ProjectRow; database: string },
    work: (session: Session) => Promise<T>,
  ): Promise<T> => {
    if (project.status !== 'awake') await provisioning.ensureAwake(project.id)
    return pool.use({ projectId: project.id, database }, signal, work)
  }

  const inspecting = async <T>(
    caller: Caller,
    { projectId, database }: DatabaseRef,
    work: (session: Session) => Promise<T>,
  ): Promise<T> => {
    const project = await allowed(caller, projectId, 'database.inspect')
    return withSession(caller, { project, database }, async (session) => {
      await limitTime(session, INSPECT_TIMEOUT_MS)
      return work(session)
    })
  }

  /** Written before: there is never a change without its row. */
  const note = (
    { actor }: Caller,
    project: ProjectRow,
    entry: { action: string; details: Readonly<Record<string, unknown>> },
  ): Promise<void> =>
    db.transaction((tx) =>
      audit(tx, {
        actor,
        organisationId: project.organisationId,
        subjectKind: 'database',
        subjectId: project.id,
        ...entry,
      }),
    )

  return {
    async execute(caller, { projectId, database, ...execution }) {
      const project = await allowed(caller, projectId, 'database.execute')
      assertExecutable(execution)
      const { verb, isWrite } = classifyStatement(execution.sql)
      if (isWrite && !execution.readOnly)
        await note(caller, project, { action: 'database.execute', details: { database, verb } })
      return withSession(caller, { project, database }, (session) => executeStatement(session, execution))
    },

    databases: (caller, projectId) =>
      inspecting(caller, { projectId, database: MAIN_DATABASE }, inspect.listDatabases),
    schemas: (caller, ref) => inspecting(caller, ref, inspect.listSchemas),
    tables: (caller, input) =>
      inspecting(caller, input, (session) => inspect.listTables(session, input.schema)),
    columns: (caller, input) => inspecting(caller, input, (session) => inspect.listColumns(session, input)),
    indexes: (caller, input) => inspecting(caller, input, (session) => inspect.listIndexes(session, input)),
    constraints: (caller, input) =>
      inspecting(caller, input, (session) => inspect.listConstraints(session, input)),

    async change(caller, { projectId, database, change }) {
      const project = await allowed(caller, projectId, 'database.change')
      const compiled = compileAllowedChange(change)
      await note(caller, project, { action: 'database.change', details: { database, change: change.type } })
      // Our own idle sessions would keep Postgres from renaming or dropping the database.
      if (change.type === 'dropDatabase' || change.type === 'renameDatabase')
        await pool.evict(projectId, change.name)
      await withSession(caller, { project, database }, async (session) => {
        await limitTime(session, CHANGE_TIMEOUT_MS)
        await applyChange(session, compiled)
      })
      return { sql: [...compiled.statements] }
    },

    async asOwner(caller, { projectId, action, timeoutMs, note: entry }, work) {
      const project = await allowed(caller, projectId, action)
      if (entry !== undefined) await note(caller, project, entry)
      return withSession(caller, { project, database: MAIN_DATABASE }, async (session) => {
        await limitTime(session, timeoutMs)
        return work(session)
      })
    },

    async ownerSessions(caller, { projectId, database, action }) {
      const project = await allowed(caller, projectId, action)
      return {
        project,
        async open({ signal = caller.signal } = {}) {
          await provisioning.ensureAwake(projectId)
          await deps.credentials.settle(projectId)
          return openSession(await provisioning.ownerTarget(projectId, database), {
            signal,
            // Until whoever opened it sets others: a table that somebody holds, or fills, is no reason to wait or to read for ever.
            settings: {
              statement_timeout: String(INSPECT_TIMEOUT_MS),
              lock_timeout: String(INSPECT_TIMEOUT_MS),
            },
            maxResultBytes: MAX_RESULT_BYTES,
          })
        },
      }
    },

    close: () => pool.close(),
  }
}

async function limitTime(session: Session, timeoutMs: number): Promise<void> {
  await session.query(sql`set statement_timeout = ${literal(timeoutMs)}`.text)
}
