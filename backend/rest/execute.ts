// Runs one transaction: settings, pre-request and the main statement go to Postgres in one write. The only stage that waits.
import {
  ConnectionLostError,
  ServerError,
  type PipelineConnection,
  type PipelineResult,
  type PipelineStatement,
  type StatementResult,
} from '#postgres/node/pipeline/connection.ts'
import { isRestError } from './errors.ts'
import type { ConnectionPool } from './pool.ts'
import { fromDatabaseError } from './respond/database-error.ts'
import { notSingular, putKeyMismatch, tooManyAffected } from './parse/errors.ts'
import { connectionLost, planTooExpensive } from './respond/errors.ts'
import type {
  Identity,
  Isolation,
  Requirement,
  ResultBody,
  ResultSet,
  Statement,
  Transaction,
} from './types.ts'

export interface ExecuteOptions {
  readonly identity: Identity
  /** Aborted when nobody waits for the result any more: what runs is cancelled. */
  readonly signal: AbortSignal
  /** EXPLAIN's total cost above which the main statement is not run; null for no limit. */
  readonly maxPlanCost?: number | null
}

export interface Executed extends ResultSet {
  /** The planner's guess of the rows without limit, where it was asked for. */
  readonly planned: number | null
  /** Resolves when a body that is still on its way was read to its end and the transaction has ended; null when all is done. */
  readonly ended: Promise<void> | null
}

const NO_BODY: ResultBody = { kind: 'bytes', bytes: new Uint8Array() }
const INT8_BYTES = 8

/**
 * Runs the transaction on a connection of the pool. Rejects with RestError: what Postgres refused, what `require` asks for, PGRST000, 001, 003.
 * The connection goes back when all is read.
 */
export async function execute(
  pool: ConnectionPool,
  transaction: Transaction,
  options: ExecuteOptions,
): Promise<Executed> {
  return await withConnection(pool, options, async (connection) => {
    return await runFresh(connection, async () => await run(connection, transaction, options))
  })
}

/** Lends a connection of the pool until `work` has ended, and what it gave was read. An abort cancels what runs. */
export async function withConnection<T extends { readonly ended: Promise<void> | null }>(
  pool: ConnectionPool,
  { identity, signal }: ExecuteOptions,
  work: (connection: PipelineConnection) => Promise<T>,
): Promise<T> {
  const got = pool.acquire(identity)
  const connection = got instanceof Promise ? await got : got
  let cancelling: Promise<void> | undefined
  const cancel = (): void => void (cancelling = connection.cancel())
  let isStreaming = false
  const done = (): void => {
    signal.removeEventListener('abort', cancel)
    // A cancel on its way must not hit the next request.
    if (cancelling === undefined) pool.release(connection)
    else void cancelling.then(() => pool.release(connection))
  }
  try {
    signal.throwIfAborted()
    signal.addEventListener('abort', cancel)
    const worked = await work(connection)
    if (worked.ended !== null) {
      isStreaming = true
      worked.ended.then(done, done)
    }
    return worked
  } catch (error) {
    throw toRestError(error, identity)
  } finally {
    if (!isStreaming) done()
  }
}

/** Once more where a prepared statement was out of date: nothing has happened then. */
export async function runFresh<T>(connection: PipelineConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ServerError && error.isStaleStatement)) throw error
    if (connection.state() !== 'idle') await connection.run([control('rollback', false)])
    return await work()
  }
}

async function run(
  connection: PipelineConnection,
  transaction: Transaction,
  options: ExecuteOptions,
): Promise<Executed> {
  const { require } = transaction
  const end = endOf(transaction)
  // What only reads can be committed whatever comes out of it.
  const endsAtOnce = require === null || transaction.isReadOnly
  const executed = await runStatements(connection, transaction, {
    before: [control(beginText(transaction), transaction.isPrepared)],
    after: endsAtOnce ? end : [],
    maxPlanCost: options.maxPlanCost ?? null,
  })
  if (endsAtOnce) return executed
  if (executed.ended === null) {
    await connection.run(end)
    return executed
  }
  // The body is read first: the connection is busy with it.
  return { ...executed, ended: executed.ended.then(async () => void (await connection.run(end))) }
}

/** Runs the statements of `transaction` between others, and checks what it requires. */
export async function runStatements(
  connection: PipelineConnection,
  transaction: Transaction,
  around: {
    readonly before: readonly PipelineStatement[]
    readonly after: readonly PipelineStatement[]
    readonly maxPlanCost: number | null
  },
): Promise<Executed> {
  const { settings, preRequest, main, planned, require, isPrepared } = transaction
  const statement = (one: Statement, rows: PipelineStatement['rows']): PipelineStatement => ({
    text: one.text,
    values: one.values,
    isNamed: isPrepared,
    rows,
  })
  const before = [
    ...around.before,
    statement(settings, 'none'),
    ...(preRequest === null ? [] : [statement(preRequest, 'none')]),
  ]
  // Before the main statement: a long body of that may still be on its way when the answer begins.
  const work = [
    ...(planned === null ? [] : [statement(planned, 'text')]),
    ...(main === null ? [] : [statement(main, isExplain(main) ? 'text' : 'body')]),
  ]
  const first = await beginWithinCost(connection, { before, main, maxPlanCost: around.maxPlanCost })
  const outcome = await connection.run([...first, ...work, ...around.after])
  const executed = read(outcome, first.length, transaction)
  if (require !== null) assertRequired(require, executed.pageTotal)
  return executed
}

/** Where plans have a price limit, begins the transaction and asks for the price first: one round trip more. Gives what is still to be sent. */
async function beginWithinCost(
  connection: PipelineConnection,
  {
    before,
    main,
    maxPlanCost,
  }: {
    readonly before: readonly PipelineStatement[]
    readonly main: Statement | null
    readonly maxPlanCost: number | null
  },
): Promise<readonly PipelineStatement[]> {
  if (maxPlanCost === null || main === null || isExplain(main)) return before
  const explain: PipelineStatement = {
    text: `explain (format json) ${main.text}`,
    values: main.values,
    isNamed: false,
    rows: 'text',
  }
  const { results } = await connection.run([...before, explain])
  const cost = readPlan(results[before.length], PLAN_COST)
  if (cost !== null && cost > maxPlanCost) throw planTooExpensive(cost, maxPlanCost)
  return []
}

/** A statement that gives nothing. Behind a pooler not even these may be prepared. */
export function control(text: string, isPrepared: boolean): PipelineStatement {
  return { text, values: [], isNamed: isPrepared, rows: 'none' }
}

/** Whether it gives the lines of a plan, which are taken as they are: a long one must not be passed on by itself. */
function isExplain({ text }: Statement): boolean {
  return /^explain /i.test(text)
}

const BEGIN: Readonly<Record<Isolation, string>> = {
  'read committed': 'begin isolation level read committed',
  'repeatable read': 'begin isolation level repeatable read',
  serializable: 'begin isolation level serializable',
}

/** `begin …` of a transaction. */
export function beginText({ isolation, isReadOnly }: Pick<Transaction, 'isolation' | 'isReadOnly'>): string {
  return `${BEGIN[isolation]} ${isReadOnly ? 'read only' : 'read write'}`
}

/**
 * Settings that were not set for the transaction only (response.headers and the current user of an application among them): also a function that
 * a policy, a view or a default calls may leave them. The next request on the connection is somebody else's. docs/decisions/0129.
 */
const RESET = 'reset all'
/** What else a function may leave in the session: temporary tables, channels, locks. */
const CLEAN = ['discard temp', 'unlisten *', 'select pg_catalog.pg_advisory_unlock_all()']

/** Deferred constraints are checked before a rollback too, so that it answers as a commit would. */
export function endOf({
  end,
  isPrepared,
  mayChangeSession,
}: Pick<Transaction, 'end' | 'isPrepared' | 'mayChangeSession'>): PipelineStatement[] {
  const texts = end === 'commit' ? ['commit'] : ['set constraints all immediate', 'rollback']
  return [...texts, RESET, ...(mayChangeSession ? CLEAN : [])].map((text) => control(text, isPrepared))
}

/** Throws what the client gets when the row is not as it must be. */
function assertRequired(require: Requirement, rows: number): void {
  switch (require.kind) {
    case 'single-row':
      if (rows !== 1) throw notSingular(rows)
      if (require.maxAffected !== null && rows > require.maxAffected) throw tooManyAffected(rows)
      return
    case 'max-affected':
      if (rows > require.rows) throw tooManyAffected(rows)
      return
    case 'put-one-row':
      if (rows !== 1) throw putKeyMismatch()
      return
  }
}

/** Reads the results that follow the first `skipped` statements. */
function read(outcome: PipelineResult, skipped: number, transaction: Transaction): Executed {
  let index = skipped
  const planned = transaction.planned === null ? null : readPlan(outcome.results[index++], PLAN_ROWS)
  const result = outcome.results[index]
  const textRows = result?.textRows ?? []
  if (textRows.length > 0) return { ...EMPTY, planned, ended: outcome.ended, body: lines(textRows) }
  const row = result?.bodyRows[0]
  if (row === undefined) return { ...EMPTY, planned, ended: outcome.ended }
  const [total, pageTotal, inserted, location, headers, status] = row.cells
  return {
    total: readInt8(total),
    pageTotal: readInt8(pageTotal) ?? 0,
    inserted: readInt8(inserted),
    location: readText(location),
    headers: readText(headers),
    status: readText(status),
    body: row.body ?? NO_BODY,
    planned,
    ended: outcome.ended,
  }
}

const EMPTY = {
  total: null,
  pageTotal: 0,
  inserted: null,
  location: null,
  headers: null,
  status: null,
  body: NO_BODY,
}

function readInt8(cell: Buffer | null | undefined): number | null {
  if (cell?.length !== INT8_BYTES) return null
  const high = cell.readInt32BE(0)
  return high === 0 ? cell.readUInt32BE(4) : Number(cell.readBigInt64BE(0))
}

function readText(cell: Buffer | null | undefined): string | null {
  return cell?.toString('utf8') ?? null
}

function lines(rows: readonly (readonly (string | null)[])[]): ResultBody {
  return { kind: 'bytes', bytes: Buffer.from(rows.map(([line]) => `${line ?? ''}\n`).join('')) }
}

const PLAN_ROWS = /"Plan Rows": (\d+)/
const PLAN_COST = /"Total Cost": ([\d.]+)/

/** A number of EXPLAIN (FORMAT JSON): the first one is the whole plan's. */
function readPlan(result: StatementResult | undefined, pattern: RegExp): number | null {
  const match = pattern.exec(result?.textRows[0]?.[0] ?? '')
  return match === null ? null : Number(match[1])
}

/** What the client is told of `error`. */
export function toRestError(error: unknown, identity: Identity): unknown {
  if (isRestError(error)) return error
  if (error instanceof ServerError) return fromDatabaseError(error.fields, identity.isAnonymous)
  if (error instanceof ConnectionLostError) return connectionLost(error)
  return error
}
