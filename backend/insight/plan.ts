// The plan of a recorded request: EXPLAIN of the same statements with the same settings, role and claims, on the login that served it, in a
// transaction that is always rolled back.
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { parsePlans, planText } from '#postgres/common/plan/index.ts'
import { literal, sql } from '#postgres/common/sql/sql.ts'
import {
  openPipelineConnection,
  ServerError,
  type PipelineConnection,
  type PipelineStatement,
} from '#postgres/node/pipeline/connection.ts'
import type { SessionTarget } from '#postgres/node/target.ts'
import type { Statement, Transaction } from '../rest/index.ts'
import type { Recording } from './recording.ts'

export interface Plan {
  readonly json: unknown[]
  readonly text: string
  readonly durationMs: number
}

export interface PlanOptions {
  readonly target: SessionTarget
  readonly analyze: boolean
  readonly signal: AbortSignal
}

type Planned = Pick<Plan, 'json' | 'durationMs'>

/** Of each statement. ANALYZE runs the query. */
const TIMEOUT_MS = 10_000
const LOCK_TIMEOUT_MS = 2_000
/** Of all statements of a batch. */
const TOTAL_MS = 30_000
const Plans = z.array(z.unknown())

/** Plans the request's statements, those of a batch one after the other, each as if the others had not been. Throws CONFLICT, QUERY_FAILED, QUERY_CANCELLED. */
export async function explainRecording(recording: Recording, options: PlanOptions): Promise<Plan> {
  const transactions = recording.steps.map(({ transaction }) => transaction)
  if (transactions.length === 0)
    throw new AppError('CONFLICT', 'The request was refused before there was anything to plan.')
  const connection = await openPipelineConnection(options.target)
  const late = AbortSignal.timeout(TOTAL_MS)
  const signal = AbortSignal.any([options.signal, late])
  const cancel = (): void => void connection.cancel()
  signal.addEventListener('abort', cancel)
  try {
    const plans: Planned[] = []
    for (const transaction of transactions) {
      options.signal.throwIfAborted()
      if (late.aborted) throw new AppError('QUERY_CANCELLED', 'The plans took longer than 30 s together.')
      plans.push(await explain(connection, transaction, options.analyze))
    }
    const json = plans.flatMap((one) => one.json)
    return {
      json,
      text: planText(parsePlans(json) ?? []),
      durationMs: plans.reduce((sum, { durationMs }) => sum + durationMs, 0),
    }
  } catch (error) {
    throw toAppError(error)
  } finally {
    signal.removeEventListener('abort', cancel)
    await connection.close()
  }
}

async function explain(
  connection: PipelineConnection,
  transaction: Transaction | null,
  analyze: boolean,
): Promise<Planned> {
  if (transaction === null)
    throw new AppError(
      'CONFLICT',
      'The values of the request were too long to be kept, so it cannot be planned again.',
    )
  const { main, settings, preRequest, isolation, isReadOnly } = transaction
  if (main === null) throw new AppError('CONFLICT', 'The request needed no query.')
  const limits = [
    silent(sql`set local statement_timeout = ${literal(TIMEOUT_MS)}`.text),
    silent(sql`set local lock_timeout = ${literal(LOCK_TIMEOUT_MS)}`.text),
  ]
  const before = [
    silent(`begin isolation level ${isolation} ${isReadOnly ? 'read only' : 'read write'}`),
    silent(settings.text, settings.values),
    ...limits,
    // It may have set them itself.
    ...(preRequest === null ? [] : [silent(preRequest.text, preRequest.values), ...limits]),
  ]
  try {
    await connection.run(before)
    const startedAt = performance.now()
    const { results } = await connection.run([{ ...explained(main, analyze), isNamed: false, rows: 'text' }])
    const durationMs = performance.now() - startedAt
    const printed = (results[0]?.textRows ?? []).map(([line]) => line ?? '').join('\n')
    return { json: Plans.parse(JSON.parse(printed)), durationMs }
  } finally {
    if (connection.state() !== 'closed') await connection.run([silent('rollback'), silent('reset all')])
  }
}

/** What was a plan already (its media type asked for one) is planned as the query below it. */
function explained(main: Statement, analyze: boolean): Statement {
  const query = main.text.replace(/^explain \([^)]*\) /i, '')
  const options = analyze ? 'analyze, buffers, ' : ''
  return { text: `explain (${options}verbose, format json) ${query}`, values: main.values }
}

function silent(text: string, values: Statement['values'] = []): PipelineStatement {
  return { text, values, isNamed: false, rows: 'none' }
}

function toAppError(error: unknown): unknown {
  if (!(error instanceof ServerError)) return error
  const { sqlstate, message, detail, hint } = error.fields
  const code = sqlstate === '57014' ? 'QUERY_CANCELLED' : 'QUERY_FAILED'
  return new AppError(code, message, {
    details: {
      sqlstate,
      severity: 'ERROR',
      ...(detail === null ? {} : { detail }),
      ...(hint === null ? {} : { hint }),
    },
    ...(hint === null ? {} : { hint }),
    cause: error,
  })
}
