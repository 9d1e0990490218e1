// One iteration of a run: its requests in order, as scripts lead it.
import { setTimeout as wait } from 'node:timers/promises'
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { ExchangeFailure } from '#contract/requests/exchange.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { ApiRequest, GraphqlRequest, HttpRequest } from '#contract/requests/request.ts'
import type { RequestResult } from '#contract/requests/run.ts'
import type { Execution } from '../execute/types.ts'
import type { CookieJar } from '../send/types.ts'
import { outcomeOf, resultOf, unrunnable, type Place } from './attempt.ts'
import type { PlannedRequest } from './plan.ts'
import type { RunVariables } from './run-variables.ts'
import type { RunInput } from './types.ts'

/** What the iterations of a run share. */
export interface Run {
  readonly input: RunInput
  readonly plan: readonly PlannedRequest[]
  readonly iterations: number
  readonly read: (
    path: string,
  ) => Promise<
    | { readonly ok: true; readonly request: ApiRequest; readonly inherited: readonly InheritedLevel[] }
    | { readonly ok: false; readonly failure: ExchangeFailure }
  >
  readonly mostJumps: number
  readonly nextIndex: () => number
  /** Cancelled, or stopped after a failure. */
  readonly isOver: () => boolean
  readonly onResult: (result: RequestResult) => void
}

export interface Iteration {
  /** From 0. */
  readonly iteration: number
  readonly variables: RunVariables
  readonly data: readonly Variable[]
  readonly cookies: CookieJar | null
}

/** Runs the plan once. `setNextRequest` goes to the request of that name (or path); null ends the iteration. */
export async function runIteration(run: Run, iteration: Iteration): Promise<void> {
  const { input, plan } = run
  let jumps = 0
  let isFirst = iteration.iteration === 0
  for (let at = 0; at < plan.length && !run.isOver();) {
    const planned = plan[at]
    if (planned === undefined) return
    if (!isFirst && !(await waited(input))) return
    isFirst = false
    const nextRequest = await runRequest(run, iteration, planned)
    if (nextRequest === undefined) at++
    else if (nextRequest === null) return
    else {
      const target = plan.findIndex((one) => one.name === nextRequest || one.path === nextRequest)
      jumps++
      const problem =
        target < 0
          ? `A script named “${nextRequest}” as the next request, and this run has none of that name.`
          : jumps > run.mostJumps
            ? `Scripts chose the next request more than ${String(run.mostJumps)} times in one iteration: this seems to go in circles.`
            : null
      if (problem !== null) {
        const failure = {
          code: 'NEXT_REQUEST',
          message: problem,
          hint: 'Correct pm.execution.setNextRequest.',
        }
        run.onResult(unrunnable(planned, { iteration: iteration.iteration, index: run.nextIndex() }, failure))
        return
      }
      at = target
    }
  }
}

/** Waits the delay between two requests; false when the run was cancelled meanwhile. */
async function waited({ options, signal }: RunInput): Promise<boolean> {
  if (options.delayMs > 0) await wait(options.delayMs, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}

async function runRequest(
  run: Run,
  iteration: Iteration,
  planned: PlannedRequest,
): Promise<Execution['nextRequest']> {
  const { input } = run
  const read = await run.read(planned.path)
  const place = (): Place => ({ iteration: iteration.iteration, index: run.nextIndex() })
  if (!read.ok) {
    run.onResult(unrunnable(planned, place(), read.failure))
    return undefined
  }
  const { request, inherited } = read
  if (request.kind === 'websocket') return undefined
  for (let attempts = 1; ; attempts++) {
    const execution = await execute(run, iteration, { planned, request, inherited })
    const { exchange } = execution
    // What was given up on the way has no result: nobody knows what it would have been.
    const isGivenUp =
      exchange.failure?.code === 'CANCELLED' || (exchange.response?.incomplete ?? null) !== null
    if (input.signal.aborted && isGivenUp) {
      await input.bodies.remove(exchange.id)
      return null
    }
    const outcome = outcomeOf(execution)
    const isWell = outcome === 'passed' || outcome === 'skipped'
    if (!isWell && attempts <= input.options.retries && !input.signal.aborted) {
      await input.bodies.remove(exchange.id)
      continue
    }
    iteration.variables.apply(execution.changes, execution.script)
    const isKept = (await input.onExchange?.(exchange)) ?? false
    if (!isKept) await input.bodies.remove(exchange.id)
    run.onResult(resultOf(execution, { ...place(), planned, attempts, isKept }))
    return execution.nextRequest
  }
}

interface Ready {
  readonly planned: PlannedRequest
  readonly request: HttpRequest | GraphqlRequest
  readonly inherited: readonly InheritedLevel[]
}

async function execute(
  { input, iterations }: Run,
  { iteration, variables, data, cookies }: Iteration,
  { planned, request, inherited }: Ready,
): Promise<Execution> {
  const { source, settings, updatesSnapshots = false, createsSnapshots = true } = input
  const execution = await input.executor.execute(
    {
      exchangeId: input.newExchangeId(),
      collectionId: input.collectionId ?? null,
      path: planned.path,
      request,
      ...variables.forRequest(inherited),
      data,
      iteration: { index: iteration, count: iterations },
      directory: source.directory,
      proxy: source.proxy,
      clientCertificates: source.clientCertificates,
      ...(settings === undefined ? {} : { settings }),
      cookies,
    },
    { signal: input.signal, updatesSnapshots, createsSnapshots },
  )
  return { ...execution, exchange: { ...execution.exchange, environment: input.options.environment } }
}
