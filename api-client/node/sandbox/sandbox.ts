// Scripts in processes of their own: a few that wait for work, each replaced when a script broke it, used it up or took too long.
import type { ConsoleLine, TestResult } from '#contract/requests/exchange.ts'
import { FromSandbox, GuestReport, GuestSend } from './protocol.ts'
import { startSandboxProcess, type SandboxProcess } from './start-process.ts'
import type { Sandbox, SandboxContext, ScriptOutcome, ScriptRun } from './types.ts'

export interface SandboxOptions {
  /** How a process is started; a forked Node where not given. */
  readonly start?: () => SandboxProcess
  /** Scripts at once. Default 2: more wait. */
  readonly processes?: number
  /** Milliseconds beyond a script's own limit after which its process is killed. Default 1,000. */
  readonly graceMs?: number
}

/** Milliseconds that a process may take to be ready, on a busy machine. */
const START_MS = 60_000

interface Worker {
  readonly process: SandboxProcess
  readonly ready: Promise<boolean>
  listen: ((message: FromSandbox | null) => void) | null
  isGone: boolean
}

/** A sandbox whose processes start when they are first needed. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const start = options.start ?? startSandboxProcess
  const most = options.processes ?? 2
  const graceMs = options.graceMs ?? 1_000
  const idle: Worker[] = []
  const all = new Set<Worker>()
  const waiting: (() => void)[] = []
  let busy = 0
  let isClosed = false

  function spawn(): Worker {
    const process = start()
    let settle: (isReady: boolean) => void = () => undefined
    const worker: Worker = {
      process,
      ready: new Promise((resolve) => (settle = resolve)),
      listen: null,
      isGone: false,
    }
    const timer = setTimeout(() => discard(worker), START_MS)
    timer.unref()
    all.add(worker)
    process.onMessage((raw) => {
      const message = FromSandbox.safeParse(raw)
      // What cannot be read was not written by us: the process is not trusted any further.
      if (!message.success) return discard(worker)
      if (message.data.type === 'ready') {
        clearTimeout(timer)
        settle(true)
      } else worker.listen?.(message.data)
    })
    process.onExit(() => {
      clearTimeout(timer)
      worker.isGone = true
      all.delete(worker)
      const at = idle.indexOf(worker)
      if (at >= 0) idle.splice(at, 1)
      settle(false)
      worker.listen?.(null)
    })
    return worker
  }

  function discard(worker: Worker) {
    worker.isGone = true
    worker.process.kill()
  }

  /** The one that waited longest: the last one may still be putting its memory back. */
  function take(): Worker {
    for (let worker = idle.shift(); worker !== undefined; worker = idle.shift())
      if (!worker.isGone) return worker
    return spawn()
  }

  function give(worker: Worker, isReusable: boolean) {
    if (isReusable && !worker.isGone && !isClosed) return void idle.push(worker)
    discard(worker)
    // The next script is not to wait for a process.
    if (!isClosed && idle.length === 0 && all.size < most + 1) idle.push(spawn())
  }

  async function run(script: ScriptRun, context: SandboxContext): Promise<ScriptOutcome> {
    if (script.scripts.length === 0) return { ...NOTHING }
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    busy++
    try {
      if (isClosed) return failed('Error', 'The sandbox is closed.')
      if (context.signal.aborted) return failed('Cancelled', 'The script was cancelled.')
      const worker = take()
      const isReady = await worker.ready
      if (!isReady)
        return failed(
          'Error',
          'The process for scripts did not start. Try again; if it stays so, restart the app.',
        )
      const { outcome, isReusable } = await runIn(worker, script, context, graceMs)
      give(worker, isReusable)
      return outcome
    } finally {
      busy--
      waiting.shift()?.()
    }
  }

  return {
    run,
    warm: async () => {
      if (isClosed || idle.length > 0) return
      const worker = spawn()
      if (await worker.ready) idle.push(worker)
    },
    close: async () => {
      isClosed = true
      const exits = [...all].map((worker) => new Promise<void>((resolve) => worker.process.onExit(resolve)))
      all.forEach((worker) => discard(worker))
      await Promise.all(exits)
    },
  }
}

const NOTHING: ScriptOutcome = {
  error: null,
  tests: [],
  console: [],
  changes: [],
  request: null,
  nextRequest: undefined,
  isSkipped: false,
}

function failed(name: string, message: string, console: readonly ConsoleLine[] = []): ScriptOutcome {
  return { ...NOTHING, console, error: { name, message, from: '', line: null } }
}

function runIn(worker: Worker, script: ScriptRun, context: SandboxContext, graceMs: number) {
  return new Promise<{ outcome: ScriptOutcome; isReusable: boolean }>((resolve) => {
    const lines: ConsoleLine[] = []
    const requests = new AbortController()
    let sent = 0
    const finish = (outcome: ScriptOutcome, isReusable: boolean) => {
      worker.listen = null
      clearTimeout(timer)
      context.signal.removeEventListener('abort', cancel)
      requests.abort()
      resolve({ outcome, isReusable })
    }
    const cancel = () => finish(failed('Cancelled', 'The script was cancelled.', lines), false)
    const timer = setTimeout(
      () => finish(failed('TimeoutError', tookTooLong(script.timeLimitMs), lines), false),
      script.timeLimitMs + graceMs,
    )
    const send = async (json: string) => {
      const parsed = GuestSend.safeParse(parseJson(json))
      if (!parsed.success) return
      const { id, request } = parsed.data
      try {
        if (++sent > context.mostRequests)
          throw new Error(
            `Scripts of one request may send ${String(context.mostRequests)} requests, and these are more.`,
          )
        const response = await context.send(request, requests.signal)
        worker.process.post({ type: 'answer', id, response })
      } catch (error) {
        const message = error instanceof Error ? error.message : 'The request failed.'
        worker.process.post({ type: 'refusal', id, message })
      }
    }
    worker.listen = (message) => {
      if (message === null)
        finish(
          failed(
            'Error',
            'The process of the script ended before the script did: it used too much, and was replaced.',
            lines,
          ),
          false,
        )
      else if (message.type === 'console') lines.push(...message.lines)
      else if (message.type === 'send') void send(message.json)
      else if (message.type === 'done')
        finish(outcomeOf(message, lines, script.timeLimitMs), message.isReusable)
    }
    context.signal.addEventListener('abort', cancel, { once: true })
    worker.process.post({ type: 'run', run: script })
  })
}

function outcomeOf(
  done: Extract<FromSandbox, { type: 'done' }>,
  console: readonly ConsoleLine[],
  timeLimitMs: number,
): ScriptOutcome {
  const report = GuestReport.safeParse(parseJson(done.report ?? ''))
  if (!report.success)
    return {
      ...failed('Error', 'The script left nothing readable.', console),
      ...(done.error === null ? {} : { error: inWords(done.error, timeLimitMs) }),
    }
  const { tests, changes, request, next, isSkipped } = report.data
  const error = done.error ?? report.data.error
  return {
    error: error === null ? null : inWords(error, timeLimitMs),
    tests: tests.map((test): TestResult => ({ ...test, source: 'test' })),
    console,
    changes,
    request,
    nextRequest: next === null ? undefined : next.name,
    isSkipped,
  }
}

type ScriptError = NonNullable<ScriptOutcome['error']>

/** What QuickJS says of its limits, as a person says it. */
function inWords(error: ScriptError, timeLimitMs: number): ScriptError {
  if (error.name !== 'InternalError') return error
  if (error.message === 'interrupted')
    return { ...error, name: 'TimeoutError', message: tookTooLong(timeLimitMs) }
  if (error.message.includes('memory'))
    return {
      ...error,
      name: 'MemoryError',
      message: 'The script used more memory than a script may, and was ended.',
    }
  if (error.message.includes('stack overflow'))
    return {
      ...error,
      name: 'RangeError',
      message: 'The script calls itself without end, or nests too deeply.',
    }
  return error
}

function tookTooLong(timeLimitMs: number): string {
  return `The script took longer than ${String(timeLimitMs)} ms and was ended.`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
