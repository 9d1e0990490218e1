// Runs the requests of a collection: in order, in iterations, one after the other or several iterations at once.
import { performance } from 'node:perf_hooks'
import { AppError, isAppError } from '#contract/errors.ts'
import type { RequestResult, RunSummary } from '#contract/requests/run.ts'
import { createCookieJar } from '../send/cookies.ts'
import { createBatches } from './batches.ts'
import { readDataRows, type DataRows } from './data.ts'
import { runIteration, type Run } from './iteration.ts'
import { planRun } from './plan.ts'
import { createRunVariables } from './run-variables.ts'
import { createTally } from './tally.ts'
import type { RunInput } from './types.ts'

const JUMPS = 1_000
/** Requests that are kept in memory once they were read. */
const KEPT_REQUESTS = 2_000

/**
 * Runs. `planned` comes first, then results in batches, `finished` last. Rejects before `planned` with an AppError for wrong options: NOT_FOUND for a path or an
 * environment that is not there, INVALID_INPUT for data that cannot be read. What requests, scripts and servers do wrong is in the results. A retry begins
 * with the variables as they were before the request. With rows of data and one iteration there is one per row; further iterations repeat the last row.
 */
export async function runCollection(input: RunInput): Promise<RunSummary> {
  const { source, options, now, signal } = input
  const plan = planRun(source.items(), options)
  checkEnvironment(input)
  const rows = await readDataRows(options.data, source.directory)
  const iterations = rows !== null && options.iterations === 1 ? rows.count : options.iterations
  const startedAt = new Date(now()).toISOString()
  const startedMs = performance.now()
  const tally = createTally()
  const batches = createBatches(input.onEvent)
  let isStopped = false
  let index = 0
  const run: Run = {
    input,
    plan,
    iterations,
    read: rememberReads(input),
    mostJumps: input.limits?.jumps ?? JUMPS,
    nextIndex: () => index++,
    isOver: () => isStopped || signal.aborted,
    onResult(result: RequestResult) {
      tally.add(result)
      batches.add(result)
      if (options.stopsOnFailure && (result.outcome === 'failed' || result.outcome === 'error'))
        isStopped = true
    },
  }
  input.onEvent({ type: 'planned', requests: plan.length, iterations })
  try {
    if (plan.length > 0) await runIterations(run, rows)
  } finally {
    batches.flush()
  }
  const summary: RunSummary = {
    name: source.name,
    startedAt,
    durationMs: performance.now() - startedMs,
    iterations,
    ...tally.summary(),
    ended: signal.aborted ? 'cancelled' : isStopped ? 'stopped' : 'finished',
  }
  input.onEvent({ type: 'finished', summary })
  return summary
}

function checkEnvironment({ source, options }: RunInput): void {
  const { environment } = options
  if (environment === null || source.environments.some((one) => one.name === environment)) return
  const names = source.environments.map((one) => `“${one.name}”`).join(', ')
  throw new AppError('NOT_FOUND', `There is no environment “${environment}”.`, {
    hint: names === '' ? 'The collection has no environments.' : `The collection has ${names}.`,
  })
}

async function runIterations(run: Run, rows: DataRows | null): Promise<void> {
  const { source, options, globals = [], onVariables } = run.input
  const variables = () =>
    createRunVariables({ environments: source.environments, environment: options.environment, globals })
  const dataOf = (iteration: number) => rows?.row(Math.min(iteration, rows.count - 1)) ?? []
  const workers = Math.min(options.parallel, run.iterations)
  if (workers === 1) {
    const shared = variables()
    for (let iteration = 0; iteration < run.iterations && !run.isOver(); iteration++)
      await runIteration(run, {
        iteration,
        variables: shared,
        data: dataOf(iteration),
        cookies: run.input.cookies ?? null,
      })
    await onVariables?.(shared.changes())
    return
  }
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < run.iterations && !run.isOver()) {
      const iteration = next++
      const cookies = run.input.cookies ?? null
      await runIteration(run, {
        iteration,
        variables: variables(),
        data: dataOf(iteration),
        cookies: cookies === null ? null : createCookieJar(cookies.serialise()),
      })
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

/** Reads a request once, as long as there are not too many. A request that cannot be read is a failure that is told each time. */
function rememberReads({ source }: RunInput): Run['read'] {
  const known = new Map<string, ReturnType<Run['read']>>()
  const read: Run['read'] = async (path) => {
    try {
      return { ok: true, ...(await source.read(path)) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const code = isAppError(error) ? error.code : 'INTERNAL'
      return { ok: false, failure: { code, message, hint: (isAppError(error) ? error.hint : '') ?? '' } }
    }
  }
  return (path) => {
    const found = known.get(path) ?? read(path)
    if (known.size < KEPT_REQUESTS) known.set(path, found)
    return found
  }
}
