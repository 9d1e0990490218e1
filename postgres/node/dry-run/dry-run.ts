// Tries statements before they are applied: in a transaction of the database itself that is rolled back, or for real on a copy of its schema with some rows.
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import { AppError, isAppError, isCancelled, postgresDetails } from '#contract/errors.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { writeModel } from '#postgres/common/ddl/write-model.ts'
import { reachOf } from '#postgres/common/safety/reach.ts'
import { outsideTransaction, transactionControl } from '#postgres/common/safety/transaction.ts'
import { blockedBy } from '#postgres/common/safety/review.ts'
import { validations } from '#postgres/common/safety/validation.ts'
import type { ParsedStatement } from '#postgres/common/script/parsed-statement.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import { introspectModel } from '../introspect-model.ts'
import type { OpenSession } from '../migrations/migrator.ts'
import { executeCancellable, runCancellable } from '../migrations/run-cancellable.ts'
import { withoutHistory } from '../migrations/without-history.ts'
import { parseSql } from '../parser/parse-sql.ts'
import type { Session } from '../session.ts'
import { heldLocks, type HeldLock } from './held-locks.ts'
import { insertSample, sampleRows, type SampleBounds } from './sample-rows.ts'
import { openScratchSession, type ScratchSession } from './scratch-session.ts'

/** Where statements are tried. Branches of a project will be a third one. */
export type DryRunPlace = 'database' | 'copy'

export interface DryRunOptions {
  readonly openSession: OpenSession
  readonly sql: string
  readonly on: DryRunPlace
  /** Rows of each table that a copy gets, and those that they refer to. */
  readonly sampleRows: number
  /** Of the rows of all tables together. 100,000 and 64 MB by default. */
  readonly sampleBounds?: SampleBounds
  /** Milliseconds: a dry run holds up others as the real one does, so it gives up early. 2,000 by default. */
  readonly lockTimeoutMs?: number
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. */
  readonly now: () => number
  /** Letters and digits that nobody else uses: they name the copy. */
  readonly id: string
}

/** Postgres’ code for a value of an enum that is used before it is committed, and for COMMIT inside of a block. */
const NEEDS_COMMIT = ['55P04', '2D000']
/** Something is not there: after a statement was skipped, because that one would have made it. */
const NOT_THERE = ['42P01', '42703', '42704', '42883', '3F000']

/**
 * Runs the statements one after another up to the first that fails, and tells of each. Nothing is kept: what reaches
 * further than that is skipped where it can be seen (not inside of functions and DO blocks); numbers of sequences are not taken back. Rejects with CONNECTION_FAILED, FORBIDDEN, CANCELLED.
 */
export async function* dryRun(options: DryRunOptions): AsyncGenerator<DryRunItem, void> {
  const begun = options.now()
  const parsed = await parseSql(options.sql, { signal: options.signal })
  if ('problem' in parsed) {
    const problem = { ...parsed.problem, sqlstate: SQLSTATE.syntaxError }
    yield { type: 'statement', index: 0, durationMs: 0, locks: [], problem, isSkipped: false }
    yield { type: 'done', isPassed: false, durationMs: options.now() - begun }
    return
  }
  const run = options.on === 'database' ? onDatabase : onCopy
  const isPassed = yield* run(options, parsed.statements)
  yield { type: 'done', isPassed, durationMs: options.now() - begun }
}

async function* onDatabase(
  options: DryRunOptions,
  statements: readonly ParsedStatement[],
): AsyncGenerator<DryRunItem, boolean> {
  yield { type: 'phase', message: 'Running in a transaction that is rolled back' }
  const session = await options.openSession({ signal: options.signal })
  try {
    await session.query(`begin; set local lock_timeout = ${String(options.lockTimeoutMs ?? 2_000)}`)
    let held: readonly HeldLock[] = []
    let hasSkipped = false
    const validates = validations(statements)
    for (const [index, statement] of statements.entries()) {
      // The migration itself commits before it: only here everything is one transaction.
      if (validates[index] === true && held.some(({ mode }) => isStrong(mode)))
        yield {
          type: 'phase',
          message:
            'Validating a constraint while the locks of the statements before are held; applied, it is a step of its own without them',
        }
      if (
        outsideTransaction(statement.tree) !== null ||
        transactionControl(statement.tree) !== undefined ||
        reachOf(statement.tree) === 'elsewhere'
      ) {
        hasSkipped = true
        yield skipped(index)
        continue
      }
      await session.query('savepoint before_statement')
      const tried = await attempt(options, session, statement)
      if (tried.error !== null) {
        await session.query('rollback to savepoint before_statement')
        const sqlstate = postgresDetails(tried.error)?.sqlstate ?? ''
        if (NEEDS_COMMIT.includes(sqlstate) || (hasSkipped && NOT_THERE.includes(sqlstate))) {
          hasSkipped = true
          yield skipped(index)
          continue
        }
        yield failed(index, tried)
        return false
      }
      const locks = await heldLocks(session)
      yield done(index, tried.durationMs, newLocks(held, locks))
      held = locks
    }
    return true
  } finally {
    await session.query('rollback').catch(() => undefined)
    await session.close()
  }
}

async function* onCopy(
  options: DryRunOptions,
  statements: readonly ParsedStatement[],
): AsyncGenerator<DryRunItem, boolean> {
  yield { type: 'phase', message: 'Making an empty database' }
  const scratch = await openCopy(options)
  try {
    yield { type: 'phase', message: 'Copying the schema and some rows' }
    if (await copyInto(options, scratch.session))
      yield { type: 'phase', message: 'The rows are many or large: the copy has fewer of them' }
    yield { type: 'phase', message: 'Running on the copy' }
    let hasSkipped = false
    for (const [index, statement] of statements.entries()) {
      const { session } = scratch
      // Dropping the copy does not take back what was done to the server.
      if (transactionControl(statement.tree) !== undefined || reachOf(statement.tree) !== null) {
        hasSkipped = true
        yield skipped(index)
        continue
      }
      const isAlone = outsideTransaction(statement.tree) !== null
      if (!isAlone) await session.query('begin')
      let tried = await attempt(options, session, statement)
      const locks = isAlone || tried.error !== null ? [] : await heldLocks(session)
      if (!isAlone) tried = { ...tried, error: (await ended(session, tried.error)) ?? tried.error }
      if (tried.error !== null && postgresDetails(tried.error)?.sqlstate === '2D000')
        tried = await attempt(options, session, statement)
      if (tried.error !== null) {
        if (hasSkipped && NOT_THERE.includes(postgresDetails(tried.error)?.sqlstate ?? '')) {
          yield skipped(index)
          continue
        }
        yield failed(index, tried)
        return false
      }
      yield done(index, tried.durationMs, locks)
    }
    return true
  } finally {
    await scratch.close()
  }
}

async function openCopy({ openSession, id, signal }: DryRunOptions): Promise<ScratchSession> {
  try {
    return await openScratchSession(openSession, { id, signal })
  } catch (error) {
    if (!isAppError(error, 'FORBIDDEN')) throw error
    throw new AppError('FORBIDDEN', error.message, {
      cause: error,
      hint: 'Run it on the database itself in a transaction that is rolled back, or let a superuser run: alter role … createdb.',
    })
  }
}

/** Commits, or rolls back what failed. Gives what COMMIT itself found: constraints that are checked only then. */
async function ended(session: Session, error: AppError | null): Promise<AppError | null> {
  if (error !== null) {
    await session.query('rollback').catch(() => undefined)
    return null
  }
  try {
    await session.query('commit')
    return null
  } catch (found) {
    if (isAppError(found)) return found
    throw found
  }
}

interface Attempt {
  readonly durationMs: number
  readonly error: AppError | null
}

/** Runs a statement. What Postgres says against it is a result; anything else rejects. */
async function attempt(
  { now, signal }: DryRunOptions,
  session: Session,
  { text }: ParsedStatement,
): Promise<Attempt> {
  const begun = now()
  try {
    await executeCancellable(session, text, signal)
    return { durationMs: now() - begun, error: null }
  } catch (error) {
    const isCalledOff = signal?.aborted === true && isCancelled(error)
    if (
      !isAppError(error) ||
      isCalledOff ||
      postgresDetails(error) === undefined ||
      error.code === 'CONNECTION_FAILED'
    )
      throw error
    return { durationMs: now() - begun, error }
  }
}

/** The schema first, then rows, then what would look at the rows or act on them. Gives whether rows were left out for want of room. */
async function copyInto(options: DryRunOptions, copy: Session): Promise<boolean> {
  const source = await options.openSession({ signal: options.signal })
  try {
    const model = withoutHistory(await introspectModel(source))
    const late = lateIds(model)
    const statements = writeModel(model, { withGrants: true })
    for (const { sql, objectId } of statements)
      if (!late.has(objectId)) await runCancellable(copy, { text: sql }, options.signal)
    const { samples, isCut } = await sampleRows(source, model, {
      rowsPerTable: options.sampleRows,
      signal: options.signal,
      ...(options.sampleBounds === undefined ? {} : { bounds: options.sampleBounds }),
    })
    for (const sample of samples) await runCancellable(copy, insertSample(sample), options.signal)
    for (const { sql, objectId } of statements)
      if (late.has(objectId)) await runCancellable(copy, { text: sql }, options.signal)
    await copy.query('reset all; analyze')
    return isCut
  } finally {
    await source.close()
  }
}

/** Foreign keys, triggers, rules and event triggers. */
function lateIds(model: SchemaModel): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const object of model.objects) {
    if (object.kind === 'eventTrigger') ids.add(object.id)
    if (object.kind !== 'table') continue
    for (const one of object.constraints) if (one.kind === 'foreign key') ids.add(one.id)
    for (const one of [...object.triggers, ...object.rules]) ids.add(one.id)
  }
  return ids
}

function isStrong(mode: HeldLock['mode']): boolean {
  const blocks = blockedBy(mode)
  return blocks === 'writes' || blocks === 'reads and writes'
}

function newLocks(before: readonly HeldLock[], after: readonly HeldLock[]): HeldLock[] {
  const known = new Set(before.map((lock) => `${lock.schema}\0${lock.name}\0${lock.mode}`))
  return after.filter((lock) => !known.has(`${lock.schema}\0${lock.name}\0${lock.mode}`))
}

function skipped(index: number): DryRunItem {
  return { type: 'statement', index, durationMs: 0, locks: [], problem: null, isSkipped: true }
}

function done(index: number, durationMs: number, locks: readonly HeldLock[]): DryRunItem {
  return { type: 'statement', index, durationMs, locks: [...locks], problem: null, isSkipped: false }
}

function failed(index: number, { durationMs, error }: Attempt): DryRunItem {
  const details = postgresDetails(error)
  const problem = {
    message: error?.message ?? '',
    position: details?.position ?? null,
    sqlstate: details?.sqlstate ?? null,
  }
  return { type: 'statement', index, durationMs, locks: [], problem, isSkipped: false }
}
