// One request through all stages: authenticate, parse, plan, sql, execute, respond.
import { isAppError } from '#contract/errors.ts'
import type { Authenticator } from './authenticate.ts'
import { answerBatch, type AdmitBatch } from './batch.ts'
import { isRestError, RestError } from './errors.ts'
import { execute, type Executed } from './execute.ts'
import { drop } from './http.ts'
import { startStageClock, type PlannedWork, type StageClock, type StageTimes } from './observe.ts'
import type { HttpRequest } from './parse/api-request.ts'
import { isBatch } from './parse/batch.ts'
import { parseRequestInSteps } from './parse/index.ts'
import { plan } from './plan/index.ts'
import type { ConnectionPool } from './pool.ts'
import { countRows } from './respond/count-rows.ts'
import { internalError, noSchemaCache } from './respond/errors.ts'
import { respond, respondError, respondInfo, serverTiming } from './respond/index.ts'
import { respondOpenApi } from './respond/openapi/index.ts'
import { inSlices } from './slices.ts'
import { toTransaction } from './sql/index.ts'
import type { Identity, RestConfig, RestResponse, ResultBody, SchemaCache, Transaction } from './types.ts'

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
  /** Null where it was refused before. */
  readonly identity: Identity | null
  /** What was planned and what was to run for it, in order: one each, or one for each step of a batch. */
  readonly work: readonly PlannedWork[]
  readonly error: RestError | null
}

export interface AnswerOptions {
  /** Decided by whoever calls (an API key); null looks at the token. */
  readonly identity: Identity | null
  readonly signal: AbortSignal
  readonly admitBatch?: AdmitBatch | undefined
  now(): number
}

/** Answers a request, whatever happens. */
export async function answer(request: HttpRequest, engine: Engine, options: AnswerOptions): Promise<Answer> {
  const clock = startStageClock(options.now)
  const trace: Trace = { role: null, statements: [], identity: null, work: NO_WORK }
  try {
    return await run(request, engine, { ...options, clock, trace })
  } catch (error) {
    // Whatever a cancelled request fails with: why it was cancelled is what counts.
    const shown = toRestError(options.signal.aborted ? options.signal.reason : error)
    return {
      response: respondError(shown, engine.config.errorVerbosity),
      ended: null,
      rows: 0,
      errorCode: shown.code,
      failure: shown.code === 'XX000' ? error : (shown.cause ?? null),
      times: clock.times(),
      error: shown,
      ...trace,
    }
  }
}

const NO_WORK: readonly PlannedWork[] = []

/** What is known of a request even when it fails. */
interface Trace {
  role: string | null
  statements: readonly string[]
  identity: Identity | null
  work: readonly PlannedWork[]
}

async function run(
  http: HttpRequest,
  { config, cache, authenticator, pool }: Engine,
  {
    identity: given,
    signal,
    admitBatch,
    clock,
    trace,
  }: AnswerOptions & { readonly clock: StageClock; readonly trace: Trace },
): Promise<Answer> {
  const found = given ?? authenticator.authenticate(http.headers['authorization'])
  const identity = found instanceof Promise ? await found : found
  trace.role = identity.role
  trace.identity = identity
  clock.end('jwt')
  if (cache === undefined) throw noSchemaCache()
  if (isBatch(http)) {
    const work: PlannedWork[] = []
    trace.work = work
    const { response, rows, statements } = await answerBatch(http, {
      config,
      cache,
      pool,
      identity,
      signal,
      admit: admitBatch,
      note: (step) => void work.push(step),
    })
    trace.statements = statements
    clock.end('transaction')
    return done(response, { config, clock, trace, rows, ended: null })
  }
  // Only long bodies take more than one step.
  const steps = parseRequestInSteps(http, config)
  const first = steps.next()
  const request = first.done === true ? first.value : await inSlices(steps, signal)
  clock.end('parse')
  const planned = plan(request, { cache, config, identity })
  if (planned.kind === 'info') {
    clock.end('plan')
    return done(respondInfo(planned), { config, clock, trace, rows: 0, ended: null })
  }
  const transaction = toTransaction(planned, { request, config, cache, identity })
  trace.statements = statementsOf(transaction)
  trace.work = [{ plan: planned, transaction }]
  clock.end('plan')
  const result = await execute(pool, transaction, { identity, signal, maxPlanCost: config.maxPlanCost })
  if (planned.kind === 'inspect') {
    const privileges = transaction.main === null ? null : await readText(result.body)
    await result.ended
    clock.end('transaction')
    const response = respondOpenApi({ plan: planned, request, cache, config, privileges })
    return done(response, { config, clock, trace, rows: 0, ended: null })
  }
  clock.end('transaction')
  const total = countRows(result, planned.response.count, config)
  const response = respondOrDrop(result, () =>
    respond({ plan: planned, request, result: { ...result, total }, config, cache }),
  )
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
    error: null,
    ...trace,
  }
}

/** A body that is on its way but not answered with must be taken all the same: the transaction ends after it. */
function respondOrDrop({ body, ended }: Executed, makeResponse: () => RestResponse): RestResponse {
  let response: RestResponse | undefined
  try {
    response = makeResponse()
    return response
  } finally {
    if (body.kind === 'stream' && response?.body !== body) void drop(body, ended)
  }
}

async function readText(body: ResultBody): Promise<string> {
  if (body.kind === 'bytes') return Buffer.from(body.bytes).toString()
  return Buffer.concat(await Array.fromAsync(body.chunks)).toString()
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
