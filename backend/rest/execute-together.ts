// Runs several transactions' statements in turn, in one transaction of Postgres: all of it happens, or nothing.
import { ServerError, type PipelineConnection } from '#postgres/node/pipeline/connection.ts'
import {
  beginText,
  control,
  endOf,
  runFresh,
  runStatements,
  toRestError,
  withConnection,
  type ExecuteOptions,
} from './execute.ts'
import { batchAnswerTooLarge } from './parse/batch.ts'
import type { ConnectionPool } from './pool.ts'
import type { Isolation, ResultBody, ResultSet, Statement, Transaction } from './types.ts'

export interface TogetherOptions extends ExecuteOptions {
  readonly isolation: Isolation
  readonly end: Transaction['end']
  readonly mayChangeSession: boolean
  readonly isPrepared: boolean
  /** What the steps give may be so long in all; NDB113 beyond. */
  readonly maxBytes: number
}

/** What a step gave, read to its end. */
export interface Collected extends ResultSet {
  readonly planned: number | null
  readonly body: Extract<ResultBody, { readonly kind: 'bytes' }>
}

/** Runs the statements of one step. `reset` goes before it. Rejects with what Postgres, or the transaction's `require`, refuses. */
export type RunStep = (transaction: Transaction, reset: Statement | null) => Promise<Collected>

/**
 * Runs `work`, whose steps go one after the other over one connection in one transaction. When it rejects all is undone. It may be called
 * a second time, after nothing of the first has happened. Rejects with RestError, as `execute` does.
 */
export async function executeTogether<T>(
  pool: ConnectionPool,
  options: TogetherOptions,
  work: (run: RunStep) => Promise<T>,
): Promise<T> {
  const { value } = await withConnection(pool, options, async (connection) => {
    const worked = await runFresh(connection, async () => {
      const given = await work(createRunStep(connection, options))
      await connection.run(endOf(options))
      return given
    })
    return { value: worked, ended: null }
  })
  return value
}

function createRunStep(connection: PipelineConnection, options: TogetherOptions): RunStep {
  let isFirst = true
  let leftBytes = options.maxBytes
  const runStep: RunStep = async (transaction, reset) => {
    const begin = control(beginText({ isolation: options.isolation, isReadOnly: false }), options.isPrepared)
    const before = [
      ...(isFirst ? [begin] : []),
      ...(reset === null ? [] : [{ ...reset, isNamed: transaction.isPrepared, rows: 'none' } as const]),
    ]
    isFirst = false
    const executed = await runStatements(connection, transaction, {
      before,
      after: [],
      maxPlanCost: options.maxPlanCost ?? null,
    })
    const bytes = await collect(executed.body, leftBytes, options.maxBytes)
    await executed.ended
    leftBytes -= bytes.byteLength
    return { ...executed, body: { kind: 'bytes', bytes } }
  }
  return async (transaction, reset) => {
    try {
      return await runStep(transaction, reset)
    } catch (error) {
      // statements that are out of date are no step's fault: all begins anew
      throw isStaleStatement(error) ? error : toRestError(error, options.identity)
    }
  }
}

function isStaleStatement(error: unknown): boolean {
  return error instanceof ServerError && error.isStaleStatement
}

/** The whole body. Throws NDB113 when it is longer than what is left of the limit. */
async function collect(body: ResultBody, leftBytes: number, maxBytes: number): Promise<Uint8Array> {
  const size = body.kind === 'bytes' ? body.bytes.byteLength : body.sizeBytes
  if (size > leftBytes) {
    // the connection is not free before the body was read
    if (body.kind === 'stream') for await (const chunk of body.chunks) void chunk
    throw batchAnswerTooLarge(maxBytes)
  }
  if (body.kind === 'bytes') return body.bytes
  const chunks: Uint8Array[] = []
  for await (const chunk of body.chunks) chunks.push(chunk)
  return Buffer.concat(chunks)
}
