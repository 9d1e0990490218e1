// An atomic batch through all stages: its steps are parsed, planned and run one after the other, in one transaction and as one identity.
// Rules in docs/specs/rest.md, "Atomic batches".
import { isRestError } from './errors.ts'
import { executeTogether, type RunStep } from './execute-together.ts'
import type { PlannedWork } from './observe.ts'
import type { HttpRequest } from './parse/api-request.ts'
import {
  atStep,
  BATCH_MEDIA_TYPE,
  batchInvalid,
  createBatchAnswer,
  parseBatch,
  requestOfStep,
  stepRefused,
  type Batch,
  type BatchAnswer,
  type BatchStep,
} from './parse/batch.ts'
import { parseRequest } from './parse/index.ts'
import { parsePreferences } from './parse/preferences.ts'
import { plan } from './plan/index.ts'
import type { CallRequestPlan, MutateRequestPlan, ReadRequestPlan } from './plan/plan.ts'
import { endOf } from './plan/transaction.ts'
import type { ConnectionPool } from './pool.ts'
import { respond } from './respond/index.ts'
import { countRows } from './respond/count-rows.ts'
import { bodyTooLarge, requestTimeout } from './respond/errors.ts'
import { resetSql } from './sql/settings.ts'
import { toTransaction } from './sql/index.ts'
import { toStatement } from './sql/to-statement.ts'
import type {
  Identity,
  Isolation,
  RestConfig,
  RestResponse,
  SchemaCache,
  Statement,
  Transaction,
} from './types.ts'

export interface BatchContext {
  readonly config: RestConfig
  readonly cache: SchemaCache
  readonly pool: ConnectionPool
  readonly identity: Identity
  /** Aborted when the client has left: what runs is cancelled, and all is undone. */
  readonly signal: AbortSignal
  /** Asked before the batch runs. */
  readonly admit?: AdmitBatch | undefined
  /** Told of each step before it runs. */
  readonly note?: (step: PlannedWork) => void
}

/** Lets a batch of so many steps pass, or rejects with what it is refused with. */
export type AdmitBatch = (steps: number) => Promise<void>

export interface BatchOutcome {
  readonly response: RestResponse
  /** Rows in the bodies, or affected. */
  readonly rows: number
  /** SQL that was sent. */
  readonly statements: readonly string[]
}

/** What the steps of a batch may give in all. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** A batch is read at once, all of it, references and all: 1 MiB takes some 50 ms, in which no other request is served. */
const MAX_BATCH_BYTES = 1024 * 1024

/** Headers of a batch that belong to the batch: its steps have their own. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-profile',
  'content-length',
  'content-profile',
  'content-type',
  'prefer',
  'range',
  'range-unit',
  'transfer-encoding',
])

/** Answers a batch. Rejects with RestError: what the batch itself is refused for, or what a step failed with, then with that step. */
export async function answerBatch(http: HttpRequest, context: BatchContext): Promise<BatchOutcome> {
  const { config, cache, identity, pool, signal } = context
  if (http.body.byteLength > MAX_BATCH_BYTES) throw bodyTooLarge(MAX_BATCH_BYTES)
  const batch = parseBatch(textOf(http.body))
  await context.admit?.(batch.steps.length)
  const preferences = parsePreferences(http.headers['prefer'], config)
  const isolation = batch.isolation ?? cache.roleSettings.get(identity.role)?.isolation ?? 'read committed'
  const headers = Object.fromEntries(Object.entries(http.headers).filter(([name]) => !OWN_HEADERS.has(name)))
  // Many steps, each just short enough, would keep a connection and its locks for long.
  const within = withinTime(signal, config.statementTimeoutMs ?? null)
  const options = {
    identity,
    signal: within.signal,
    isolation,
    end: endOf(config.txEnd, preferences.tx),
    isPrepared: config.preparedStatements,
    mayChangeSession: true,
    maxPlanCost: config.maxPlanCost,
    maxBytes: MAX_ANSWER_BYTES,
  }
  const done = await executeTogether(
    pool,
    options,
    async (run) => await runSteps(batch, { ...context, isolation, headers, signal: within.signal }, run),
  )
    .catch((error: unknown) => {
      throw within.isLate() ? within.signal.reason : error
    })
    .finally(within.done)
  return {
    response: {
      status: 200,
      statusText: null,
      headers: [
        ['Content-Type', `${BATCH_MEDIA_TYPE}; charset=utf-8`],
        ...(preferences.tx === null || !config.txEnd.endsWith('allow-override')
          ? []
          : [['Preference-Applied', `tx=${preferences.tx}`] as const]),
      ],
      body: { kind: 'bytes', bytes: bodyOf(done, preferences.return === 'minimal') },
    },
    rows: done.reduce((sum, { rows }) => sum + rows, 0),
    statements: done.flatMap(({ statements }) => statements),
  }
}

/** `signal`, which aborts too when the time is over that one request's statement would have. */
function withinTime(
  signal: AbortSignal,
  timeoutMs: number | null,
): { readonly signal: AbortSignal; readonly isLate: () => boolean; readonly done: () => void } {
  if (timeoutMs === null) return { signal, isLate: () => false, done: () => undefined }
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(requestTimeout(timeoutMs)), timeoutMs)
  return {
    signal: AbortSignal.any([signal, late.signal]),
    isLate: () => late.signal.aborted,
    done: () => clearTimeout(timer),
  }
}

interface StepContext extends BatchContext {
  readonly isolation: Isolation
  /** Of the batch, as the database is told of them. */
  readonly headers: Readonly<Record<string, string>>
}

interface DoneStep {
  readonly step: BatchStep
  readonly response: RestResponse
  readonly body: Uint8Array
  readonly rows: number
  readonly statements: readonly string[]
  /** Settings that this step set, and others may not. */
  readonly settings: readonly string[]
}

async function runSteps(batch: Batch, context: StepContext, run: RunStep): Promise<readonly DoneStep[]> {
  const done: DoneStep[] = []
  const answers = new Map<string, BatchAnswer | null>()
  /** All steps together hold no more than one request may. */
  let leftBytes = context.config.maxBodyBytes
  for (const step of batch.steps) {
    context.signal.throwIfAborted()
    try {
      const before = done.at(-1)
      const reset = before === undefined ? null : toStatement(resetSql(before.settings))
      const http = requestOfStep(step, { answers, headers: context.headers, maxBodyBytes: leftBytes })
      if (leftBytes !== null) leftBytes -= http.body.byteLength
      const ended = await runStep(step, { ...context, http, reset }, run)
      done.push(ended)
      if (step.name !== null) answers.set(step.name, answerOf(ended.body))
    } catch (error) {
      throw isRestError(error) ? atStep(error, { index: step.index, name: step.name }) : error
    }
  }
  return done
}

async function runStep(
  step: BatchStep,
  context: StepContext & { readonly http: HttpRequest; readonly reset: Statement | null },
  run: RunStep,
): Promise<DoneStep> {
  const { config, cache } = context
  const request = parseRequest(context.http, config)
  if (request.preferences.tx !== null)
    throw stepRefused('A step ends with its batch: let the request that sends the batch prefer tx.')
  const planned = plan(request, context)
  if (planned.kind === 'info' || planned.kind === 'inspect') throw stepRefused('The root is no step.')
  checkStep(planned, context.isolation)
  const transaction = toTransaction(planned, { request, ...context })
  context.note?.({ plan: planned, transaction })
  const result = await run(transaction, context.reset)
  const total = countRows(result, planned.response.count, config)
  const response = respond({ plan: planned, request, result: { ...result, total }, config, cache })
  return {
    step,
    response,
    body: response.body === null ? NO_BYTES : result.body.bytes,
    rows: result.pageTotal,
    statements: statementsOf(transaction, context.reset),
    settings: settingsOf(planned),
  }
}

const NO_BYTES = new Uint8Array()
const STRICTNESS: readonly Isolation[] = ['read committed', 'repeatable read', 'serializable']

/** Throws NDB111 for what one transaction of writes, or an answer of JSON, cannot have. */
function checkStep(
  { response, ...planned }: ReadRequestPlan | MutateRequestPlan | CallRequestPlan,
  isolation: Isolation,
): void {
  const { handler, explain } = response
  if (explain !== null || !['json-array', 'json-object', 'none'].includes(handler.kind))
    throw stepRefused('A step answers in JSON.')
  if (planned.kind !== 'call') return
  const { routine, invocation } = planned
  // Postgres could not be told to refuse writes of this step alone
  if (invocation === 'get' && routine.volatility === 'volatile')
    throw stepRefused(`The function ${routine.name} may write: call it by POST.`)
  if (routine.isolation !== null && STRICTNESS.indexOf(routine.isolation) > STRICTNESS.indexOf(isolation))
    throw stepRefused(
      `The function ${routine.name} needs the batch to have "isolation": "${routine.isolation}".`,
    )
}

/** Names of settings that were set for this step alone. */
function settingsOf({
  transaction,
}: ReadRequestPlan | MutateRequestPlan | CallRequestPlan): readonly string[] {
  const names = transaction.settings.map(([name]) => name)
  return transaction.timezone === null ? names : [...names, 'timezone']
}

/** What later steps may refer to. */
function answerOf(body: Uint8Array): BatchAnswer | null {
  return body.byteLength === 0 ? null : createBatchAnswer(new TextDecoder().decode(body))
}

/** `{"steps":[{"name":…,"status":…,"headers":…,"body":…}]}`, the bodies as Postgres made them. */
function bodyOf(done: readonly DoneStep[], isMinimal: boolean): Uint8Array {
  const parts: Uint8Array[] = []
  const write = (text: string) => parts.push(new TextEncoder().encode(text))
  done.forEach(({ step, response, body }, index) => {
    const head = JSON.stringify({ name: step.name, status: response.status, headers: headersOf(response) })
    write(`${index === 0 ? '{"steps":[' : ','}${head.slice(0, -1)},"body":`)
    if (isMinimal || body.byteLength === 0) write('null')
    else parts.push(body)
    write('}')
  })
  write(']}')
  return Buffer.concat(parts)
}

/** Headers that say something of the step: repeated ones joined by a comma. */
function headersOf({ headers }: RestResponse): Readonly<Record<string, string>> {
  const told = new Map<string, string>()
  for (const [name, value] of headers) {
    if (name === 'Vary') continue
    const before = told.get(name)
    told.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(told)
}

function statementsOf(
  { settings, preRequest, planned, main }: Transaction,
  reset: Statement | null,
): readonly string[] {
  return [reset, settings, preRequest, planned, main].flatMap((one) => (one === null ? [] : [one.text]))
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw batchInvalid('The body is not UTF-8.')
  }
}
