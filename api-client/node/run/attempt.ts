// One request of a run: executed, tried again where that was asked for, and its result.
import type { Execution } from '../execute/types.ts'
import type { RequestResult } from '#contract/requests/run.ts'
import type { PlannedRequest } from './plan.ts'

export interface Place {
  readonly iteration: number
  readonly index: number
}

/** How an execution ended, for the tests and for the server. */
export function outcomeOf({ exchange, isSkipped }: Execution): RequestResult['outcome'] {
  if (isSkipped) return 'skipped'
  if (exchange.failure !== null || (exchange.response?.incomplete ?? null) !== null) return 'error'
  return exchange.tests.some((test) => test.outcome === 'failed') ? 'failed' : 'passed'
}

/** The result of an execution. */
export function resultOf(
  execution: Execution,
  about: Place & { readonly planned: PlannedRequest; readonly attempts: number; readonly isKept: boolean },
): RequestResult {
  const { exchange } = execution
  const { planned, isKept, ...place } = about
  const incomplete = exchange.response?.incomplete ?? null
  return {
    ...place,
    path: planned.path,
    name: exchange.name,
    method: exchange.request.method,
    url: exchange.request.url,
    outcome: outcomeOf(execution),
    status: exchange.response?.status ?? null,
    durationMs: exchange.timings.total,
    bodyBytes: exchange.response?.decodedBytes ?? 0,
    tests: exchange.tests,
    failure:
      execution.isSkipped || (exchange.failure === null && incomplete === null)
        ? null
        : (exchange.failure ?? {
            code: 'INCOMPLETE',
            message: `The response is incomplete: ${incomplete ?? ''}`,
            hint: '',
          }),
    exchangeId: isKept ? exchange.id : null,
  }
}

/** The result of a request that could not even begin: its file cannot be read, or a run went in circles. */
export function unrunnable(
  planned: PlannedRequest,
  place: Place,
  failure: { readonly code: string; readonly message: string; readonly hint: string },
): RequestResult {
  return {
    ...place,
    path: planned.path,
    name: planned.name,
    method: planned.method,
    url: planned.url,
    outcome: 'error',
    status: null,
    durationMs: 0,
    bodyBytes: 0,
    attempts: 0,
    tests: [],
    failure,
    exchangeId: null,
  }
}
