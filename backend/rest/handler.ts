// One request through all stages: authenticate, parse, plan, sql, execute, respond.
import { isAppError } from '#contract/errors.ts'
import type { Authenticator } from './authenticate.ts'
import { isRestError, RestError } from './errors.ts'
import { execute } from './execute.ts'
import { startStageClock, type StageClock, type StageTimes } from './observe.ts'
import type { HttpRequest } from './parse/api-request.ts'
import { parseRequest } from './parse/index.ts'
import { plan } from './plan/index.ts'
import type { ConnectionPool } from './pool.ts'
import { internalError, noSchemaCache } from './respond/errors.ts'
import { respond, respondError, respondInfo, serverTiming } from './respond/index.ts'
import { toTransaction } from './sql/index.ts'
import type { Identity, RestConfig, RestResponse, SchemaCache, Transaction } from './types.ts'

/** What a request is served with: one snapshot, which it keeps to its end. */
export interface Engine {
  readonly config: RestConfig
  readonly cache: SchemaCache | undefined
  readonly authenticator: Authenticator
  readonly pool: ConnectionPool
}

export interface Answer {
  readonly response: RestResponse
  /** Resolves when the body was read and the transaction has ended; rejects when it failed after the body had begun. */
  readonly ended: Promise<void> | null
  readonly role: string | null
  readonly rows: number
  readonly errorCode: string | null
  readonly failure: unknown
  readonly times: StageTimes
  readonly statements: readonly string[]
}

export interface AnswerOptions {
  /** Decided by whoever calls (an API key); null looks at the token. */
  readonly identity: Identity | null
  readonly signal: AbortSignal
  now(): number
}

/** Answers a request, whatever happens. */
export async function answer(request: HttpRequest, engine: Engine, options: AnswerOptions): Promise<Answer> {
  const clock = startStageClock(options.now)
  const trace: Trace = { role: null, statements: [] }
  try {
    return await run(request, engine, { ...options, clock, trace })
  } catch (error) {
    const shown = toRestError(error)
    return {
      response: respondError(shown, engine.config.errorVerbosity),
      ended: null,
      rows: 0,
      errorCode: shown.code,
      failure: shown.code === 'XX000' ? error : (shown.cause ?? null),
      times: clock.times(),
      ...trace,
    }
  }
}

/** What is known of a request even when it fails. */
interface Trace {
  role: string | null
  statements: readonly string[]
}

async function run(
  http: HttpRequest,
  { config, cache, authenticator, pool }: Engine,
  {
    identity: given,
    signal,
    clock,
    trace,
  }: AnswerOptions & { readonly clock: StageClock; readonly trace: Trace },
): Promise<Answer> {
  const found = given ?? authenticator.authenticate(http.headers['authorization'])
  const identity = found instanceof Promise ? await found : found
  trace.role = identity.role
  clock.end('jwt')
  if (cache === undefined) throw noSchemaCache()
  const request = parseRequest(http, config)
  clock.end('parse')
  const planned = plan(request, { cache, config, identity })
  if (planned.kind === 'info') {
    clock.end('plan')
    return done(respondInfo(planned), { config, clock, trace, rows: 0, ended: null })
  }
  const transaction = toTransaction(planned, { request, config, cache, identity })
  trace.statements = statementsOf(transaction)
  clock.end('plan')
  if (planned.kind === 'inspect') throw new Error('not there yet')
  const result = await execute(pool, transaction, { identity, signal, maxPlanCost: config.maxPlanCost })
  clock.end('transaction')
  const total = countRows(result, planned.response.count, config)
  const response = respond({ plan: planned, request, result: { ...result, total }, config, cache })
  return done(response, { config, clock, trace, rows: result.pageTotal, ended: result.ended })
}

function done(
  response: RestResponse,
  {
    config,
    clock,
    trace,
    rows,
    ended,
  }: {
    readonly config: RestConfig
    readonly clock: StageClock
    readonly trace: Trace
    readonly rows: number
    readonly ended: Promise<void> | null
  },
): Answer {
  clock.end('response')
  const times = clock.times()
  return {
    response: config.serverTimingEnabled
      ? { ...response, headers: [...response.headers, serverTiming(Object.entries(times))] }
      : response,
    ended,
    rows,
    errorCode: null,
    failure: null,
    times,
    ...trace,
  }
}

/** The planner's guess, or the rows that were counted; `estimated` counts up to max-rows and guesses beyond. */
function countRows(
  { total, planned }: { readonly total: number | null; readonly planned: number | null },
  count: 'exact' | 'planned' | 'estimated' | null,
  { maxRows }: RestConfig,
): number | null {
  if (count === 'planned') return planned
  if (count !== 'estimated' || total === null || maxRows === null || total <= maxRows) return total
  return Math.max(total, planned ?? 0)
}

function statementsOf({ settings, preRequest, planned, main }: Transaction): readonly string[] {
  return [settings, preRequest, planned, main].flatMap((one) => (one === null ? [] : [one.text]))
}

function toRestError(error: unknown): RestError {
  if (isRestError(error)) return error
  // A name that Postgres cannot hold.
  if (isAppError(error) && error.code === 'INVALID_INPUT')
    return new RestError({ code: '22023', status: 400, message: error.message })
  return internalError(error)
}
