// One phase of scripts: they run in the sandbox, and what they changed, wrote and tested is taken over.
import { createDynamicValues, type DynamicValues } from '#api-client/common/resolve/dynamic.ts'
import { composeUrl } from '#api-client/common/resolve/compose-url.ts'
import { createResolver } from '#api-client/common/resolve/resolve-text.ts'
import { resolveRequest } from '#api-client/common/resolve/resolve-request.ts'
import type { EffectiveScript } from '#api-client/common/resolve/effective.ts'
import type { ConsoleLine, Cookie, ExchangeFailure, TestResult } from '#contract/requests/exchange.ts'
import type { ScriptOutcome, ScriptRequest, ScriptResponse, ScriptRun } from '../sandbox/types.ts'
import type { SendOutcome } from '../send/types.ts'
import { sendForScript } from './receive.ts'
import { requestOfScript } from './script-request.ts'
import type {
  ExecuteContext,
  ExecuteInput,
  ExecutorLimits,
  ExecutorOptions,
  VariableChange,
} from './types.ts'
import { createVariables, type Variables } from './variables.ts'

/** What an execution has gathered so far. */
export interface Progress {
  readonly input: ExecuteInput
  readonly context: ExecuteContext
  readonly options: ExecutorOptions
  readonly limits: ExecutorLimits
  readonly variables: Variables
  readonly dynamic: DynamicValues
  /** Also those that a script has replaced since. */
  readonly secrets: Set<string>
  readonly tests: TestResult[]
  readonly console: ConsoleLine[]
  readonly changes: VariableChange[]
  requestsSent: number
  /** What came back, from when it is there. */
  received: SendOutcome | null
  nextRequest: string | null | undefined
  isSkipped: boolean
}

/** Begins an execution. */
export function createProgress(
  input: ExecuteInput,
  context: ExecuteContext,
  options: ExecutorOptions,
  limits: ExecutorLimits,
): Progress {
  const variables = createVariables(input)
  return {
    input,
    context,
    options,
    limits,
    variables,
    dynamic: createDynamicValues({ random: options.random, now: options.now }),
    secrets: new Set(variables.lookup().secrets()),
    tests: [],
    console: [],
    changes: [],
    requestsSent: 0,
    received: null,
    nextRequest: undefined,
    isSkipped: false,
  }
}

export interface PhaseInput {
  readonly phase: ScriptRun['phase']
  readonly scripts: readonly EffectiveScript[]
  readonly request: ScriptRequest
  readonly response: ScriptResponse | null
}

/** Runs the scripts of a phase; null when there are none. Their failure is a result of its own among the tests. */
export async function runPhase(progress: Progress, phase: PhaseInput): Promise<ScriptOutcome | null> {
  if (phase.scripts.length === 0) return null
  const { input, context, options, limits, variables } = progress
  const outcome = await options.sandbox.run(
    {
      ...phase,
      variables: variables.forScripts(),
      environmentName: input.environment,
      cookies: cookiesFor(progress, phase.request.url),
      info: {
        iteration: input.iteration?.index ?? 0,
        iterationCount: input.iteration?.count ?? 1,
        requestId: input.exchangeId,
      },
      timeLimitMs: limits.scriptMs,
    },
    {
      signal: context.signal,
      mostRequests: Math.max(0, limits.scriptRequests - progress.requestsSent),
      send: (asked, signal) => {
        progress.requestsSent++
        const resolved = resolveRequest({
          request: requestOfScript(asked),
          inherited: [],
          lookup: variables.lookup(),
          dynamic: progress.dynamic,
          ...(options.processVariable === undefined ? {} : { processVariable: options.processVariable }),
          ...(input.settings === undefined ? {} : { settings: input.settings }),
          proxy: input.proxy,
          clientCertificates: input.clientCertificates,
          directory: input.directory,
        })
        return sendForScript(resolved, {
          sender: options.sender,
          cookies: input.cookies,
          signal,
          mostBytes: limits.parsedBytes,
        })
      },
    },
  )
  await takeOver(progress, outcome)
  return outcome
}

async function takeOver(progress: Progress, outcome: ScriptOutcome) {
  const { variables, context } = progress
  progress.tests.push(...outcome.tests)
  if (outcome.error !== null)
    progress.tests.push({
      name: outcome.error.from === '' ? 'Script' : `Script of ${outcome.error.from}`,
      source: 'script',
      outcome: 'failed',
      message: wordsOf(outcome.error),
    })
  progress.console.push(...outcome.console)
  if (outcome.nextRequest !== undefined) progress.nextRequest = outcome.nextRequest
  progress.isSkipped ||= outcome.isSkipped
  if (outcome.changes.length === 0) return
  variables.apply(outcome.changes)
  for (const secret of variables.lookup().secrets()) progress.secrets.add(secret)
  progress.changes.push(...outcome.changes)
  await context.onVariables?.(outcome.changes)
}

/** `TypeError: x is not a function (line 3)`. */
export function wordsOf({ name, message, line }: NonNullable<ScriptOutcome['error']>): string {
  const words = name === 'Error' ? message : `${name}: ${message}`
  return line === null ? words : `${words} (line ${String(line)})`
}

/** Why a request is not sent, or not said to have succeeded, after its scripts failed. */
export function failureOf(error: NonNullable<ScriptOutcome['error']>): ExchangeFailure {
  if (error.name === 'Cancelled') return CANCELLED
  const whose = error.from === '' ? '' : ` of “${error.from}”`
  return {
    code: 'SCRIPT',
    message: `The script before the request${whose} failed: ${wordsOf(error)}`,
    hint: 'Correct the script, or take it out.',
  }
}

export const CANCELLED: ExchangeFailure = {
  code: 'CANCELLED',
  message: 'The request was cancelled.',
  hint: '',
}

export const SKIPPED: ExchangeFailure = {
  code: 'SKIPPED',
  message: 'A script said that this request is not to be sent.',
  hint: '',
}

/** Cookies that would go to an address; none while the address is not known yet. */
function cookiesFor({ input, variables }: Progress, url: string): Cookie[] {
  const { cookies } = input
  if (cookies === null) return []
  try {
    const resolver = createResolver({ lookup: variables.lookup(), dynamic: null })
    const header = cookies.headerFor(
      composeUrl({ url, parameters: input.request.parameters, resolver, encodes: true, isSocket: false }).url,
    )
    const pairs = new Set(header.split('; '))
    return cookies.list().filter(({ name, value }) => pairs.has(`${name}=${value}`))
  } catch {
    return []
  }
}
