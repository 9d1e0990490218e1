// The whole of one request: scripts before, resolving, sending, the body into the store, scripts after, tests, assertions.
import { performance } from 'node:perf_hooks'
import { effectiveRequest, type EffectiveRequest } from '#api-client/common/resolve/effective.ts'
import { createMask } from '#api-client/common/resolve/mask.ts'
import { resolveRequest } from '#api-client/common/resolve/resolve-request.ts'
import { createResolver } from '#api-client/common/resolve/resolve-text.ts'
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { ResponseFacts } from '#api-client/common/assert/facts.ts'
import { isAppError } from '#contract/errors.ts'
import type { Exchange, ExchangeFailure, SentRequest } from '#contract/requests/exchange.ts'
import type { Assertion } from '#contract/requests/parts.ts'
import type { ScriptResponse } from '../sandbox/types.ts'
import { NO_TIMINGS } from '../send/types.ts'
import type { SendOutcome } from '../send/types.ts'
import { checkAssertions } from './check.ts'
import { CANCELLED, SKIPPED, createProgress, failureOf, runPhase, type Progress } from './phase.ts'
import { maskedExchange, maskedRequest, notSent } from './present.ts'
import { sendAndKeep } from './receive.ts'
import {
  scriptRequestOf,
  scriptRequestOfResolved,
  withScriptChanges,
  type SendableRequest,
} from './script-request.ts'
import { openSnapshots } from './snapshots.ts'
import type { Execution, Executor, ExecutorLimits, ExecutorOptions } from './types.ts'

const LIMITS: ExecutorLimits = { parsedBytes: 10_000_000, scriptMs: 10_000, scriptRequests: 100 }

/** An executor over a sender, a store of bodies and a sandbox, which it does not close. */
export function createExecutor(options: ExecutorOptions): Executor {
  const limits = { ...LIMITS, ...options.limits }
  return { execute: (input, context) => execute(createProgress(input, context, options, limits)) }
}

/** Where an execution ended: before sending by a failure, or with an outcome. */
type Ending =
  | { readonly type: 'failed'; readonly failure: ExchangeFailure; readonly sent: SentRequest }
  | { readonly type: 'sent'; readonly outcome: SendOutcome }

async function execute(progress: Progress): Promise<Execution> {
  const { context, options } = progress
  const startedAt = new Date(options.now()).toISOString()
  const startedMs = performance.now()
  const ending = await guarded(progress, () => perform(progress))
  const exchange = exchangeOf(progress, ending, startedAt)
  const total = exchange.timings.total === 0 ? performance.now() - startedMs : exchange.timings.total
  const masked = maskedExchange({ ...exchange, timings: { ...exchange.timings, total } }, [
    ...progress.secrets,
  ])
  context.onEvent?.({ type: 'done', exchange: masked })
  return {
    exchange: masked,
    nextRequest: progress.nextRequest,
    isSkipped: progress.isSkipped,
    changes: progress.changes,
    script: progress.variables.script(),
  }
}

/** What a step throws is the failure of the request, or, when a response is there, a failed test: an executor never rejects. */
async function guarded(progress: Progress, work: () => Promise<Ending>): Promise<Ending> {
  try {
    return await work()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (progress.received !== null) {
      progress.tests.push({ name: 'Scripts and assertions', source: 'script', outcome: 'failed', message })
      return { type: 'sent', outcome: progress.received }
    }
    const code = isAppError(error) ? error.code : 'INTERNAL'
    const hint = isAppError(error) ? (error.hint ?? '') : ''
    return { type: 'failed', failure: { code, message, hint }, sent: notSent(progress.input.request) }
  }
}

async function perform(progress: Progress): Promise<Ending> {
  const { input, context } = progress
  const before = await runBefore(progress, input.request, input.inherited)
  const { request, inherited, effective } = before
  const stop = (failure: ExchangeFailure): Ending => ({
    type: 'failed',
    failure,
    sent: notSent(request),
  })
  if (before.failure !== null) return stop(before.failure)
  if (progress.isSkipped) return stop(SKIPPED)
  if (context.signal.aborted) return stop(CANCELLED)

  const resolved = resolve(progress, request, inherited)
  resolved.secrets.forEach((secret) => progress.secrets.add(secret))
  const outcome = await send(progress, resolved)
  progress.received = outcome
  if (outcome.response === null || context.signal.aborted) return { type: 'sent', outcome }

  const { response, facts } = await factsOf(progress, outcome)
  const asSent = scriptRequestOfResolved(request.name, resolved)
  for (const phase of ['afterResponse', 'tests'] as const)
    await runPhase(progress, { phase, scripts: effective.scripts[phase], request: asSent, response })
  await assert(progress, request.assertions, facts)
  return { type: 'sent', outcome }
}

/** Scripts before the request, and the request as they left it. */
async function runBefore(progress: Progress, request: SendableRequest, inherited: readonly InheritedLevel[]) {
  const effective = effectiveRequest(request, inherited, progress.input.settings)
  const asked = scriptRequestOf(request, inherited)
  const outcome = await runPhase(progress, {
    phase: 'beforeRequest',
    scripts: effective.scripts.beforeRequest,
    request: asked,
    response: null,
  })
  const left = { request, inherited, effective, failure: null }
  if (outcome === null) return left
  if (outcome.error !== null) return { ...left, failure: failureOf(outcome.error) }
  if (outcome.request === null) return left
  const changed = withScriptChanges(request, inherited, asked, outcome.request)
  const next: EffectiveRequest = effectiveRequest(changed.request, changed.inherited, progress.input.settings)
  return { ...left, ...changed, effective: next }
}

function resolve(
  progress: Progress,
  request: SendableRequest,
  inherited: readonly InheritedLevel[],
): ResolvedRequest {
  const { input, options, variables, dynamic } = progress
  return resolveRequest({
    request,
    inherited,
    lookup: variables.lookup(),
    dynamic,
    ...(options.processVariable === undefined ? {} : { processVariable: options.processVariable }),
    ...(input.settings === undefined ? {} : { settings: input.settings }),
    proxy: input.proxy,
    clientCertificates: input.clientCertificates,
    directory: input.directory,
  })
}

function send(progress: Progress, resolved: ResolvedRequest): Promise<SendOutcome> {
  const { input, context, options } = progress
  const mask = createMask([...progress.secrets])
  return sendAndKeep(resolved, {
    sender: options.sender,
    bodies: options.bodies,
    exchangeId: input.exchangeId,
    cookies: input.cookies,
    signal: context.signal,
    onEvent: (event) =>
      context.onEvent?.(
        event.type === 'sent' ? { ...event, request: maskedRequest(event.request, mask) } : event,
      ),
  })
}

/** The response for scripts and assertions. A body beyond the limit is not read for them, and they are told. */
async function factsOf({ input, options, limits }: Progress, { response, timings, cookies }: SendOutcome) {
  const size = response?.decodedBytes ?? 0
  const body = await options.bodies.open(input.exchangeId)
  const text = size > limits.parsedBytes ? null : await body.text(limits.parsedBytes)
  const mb = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`
  const facts: ResponseFacts = {
    status: response?.status ?? 0,
    statusText: response?.statusText ?? '',
    durationMs: timings.total,
    bodyBytes: size,
    headers: response?.headers ?? [],
    body: text,
    bodyProblem:
      text !== null
        ? null
        : size > limits.parsedBytes
          ? `The body has ${mb(size)}: scripts and assertions read bodies up to ${mb(limits.parsedBytes)}.`
          : 'The body is no text.',
  }
  const forScripts: ScriptResponse = { ...facts, text, size, cookies: [...cookies] }
  return { facts, response: forScripts }
}

async function assert(progress: Progress, assertions: readonly Assertion[], facts: ResponseFacts) {
  if (!assertions.some((assertion) => assertion.isEnabled)) return
  const { input, context, variables, dynamic } = progress
  const resolver = createResolver({ lookup: variables.lookup(), dynamic })
  const mask = createMask([...progress.secrets])
  const usesSnapshots = assertions.some((one) => one.isEnabled && one.operator === 'matchesSnapshot')
  const snapshots = await openSnapshots(
    usesSnapshots ? input.directory : null,
    usesSnapshots ? input.path : null,
    {
      updates: context.updatesSnapshots === true,
      creates: context.createsSnapshots !== false,
      mask: mask.deep,
    },
  )
  const resolved = assertions.map((one) => ({
    ...one,
    expression: resolver.text(one.expression),
    value: one.operator === 'matchesSchema' ? resolver.json(one.value) : resolver.text(one.value),
  }))
  progress.tests.push(...checkAssertions(resolved, facts, snapshots.compare))
  await snapshots.save()
}

function exchangeOf(progress: Progress, ending: Ending, startedAt: string): Exchange {
  const { input, variables } = progress
  const common = {
    id: input.exchangeId,
    collectionId: input.collectionId,
    path: input.path,
    name: input.request.name,
    startedAt,
    environment: input.environment,
    tests: progress.tests,
    console: progress.console,
    changedVariables: progress.changes.map(({ scope, name, value }) => ({
      scope,
      name,
      value: variables.isSecret(scope, name) ? '••••••' : (value ?? ''),
    })),
  }
  if (ending.type === 'failed')
    return {
      ...common,
      request: ending.sent,
      response: null,
      failure: ending.failure,
      timings: NO_TIMINGS,
      hops: [],
      cookies: [],
      insight: null,
    }
  const { outcome } = ending
  return {
    ...common,
    request: outcome.sent,
    response: outcome.response,
    failure: outcome.failure,
    timings: outcome.timings,
    hops: [...outcome.hops],
    cookies: [...outcome.cookies],
    insight: outcome.insight === null ? null : { ...outcome.insight },
  }
}
