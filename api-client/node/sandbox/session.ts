// One run in the process of the sandbox: scripts one after the other, their timers and their requests, until nothing is left to do.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createDynamicValues } from '#api-client/common/resolve/dynamic.ts'
import { libraryText, needsCiphers } from './libraries.ts'
import { createGuest, type Guest, type GuestError } from './guest.ts'
import type { FromSandbox, ToSandbox } from './protocol.ts'
import type { ScriptRun } from './types.ts'

const MOST_LINES = 5_000
const MOST_LINE_CHARACTERS = 100_000
const MOST_CONSOLE_CHARACTERS = 5_000_000
const MOST_TIMERS = 10_000

interface Running {
  readonly run: ScriptRun
  readonly startedAt: number
  next: number
  readonly timers: Map<number, NodeJS.Timeout>
  timersStarted: number
  lines: { level: 'log' | 'info' | 'warn' | 'error'; atMs: number; text: string }[]
  linesTold: number
  charactersTold: number
  /** Ends the run while it only waits. */
  limit: NodeJS.Timeout | null
}

/** Serves runs that come as messages, one at a time. */
export async function createSession(
  post: (message: FromSandbox) => void,
): Promise<(message: ToSandbox) => void> {
  let running: Running | null = null
  const guest: Guest = await createGuest({
    call: (operation, json) => (running === null ? '' : answer(running, operation, json)),
  })
  const random = () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48
  const dynamic = createDynamicValues({ random, now: Date.now })

  /** What a script asks for. It may have bent what every object has, so nothing here trusts the JSON, and nothing throws into the script. */
  function answer(state: Running, operation: string, json: string): string {
    try {
      return answered(state, operation, json)
    } catch {
      return ''
    }
  }

  function answered(state: Running, operation: string, json: string): string {
    if (operation === 'random') return String(random())
    if (operation === 'dynamic') return dynamic(json) ?? ''
    if (operation === 'hash') return hashOf(json)
    if (operation === 'library') return libraryText(json)
    if (operation === 'console') tell(state, json)
    else if (operation === 'timer') startTimer(state, json)
    else if (operation === 'send') post({ type: 'send', json })
    return ''
  }

  function tell(state: Running, json: string) {
    const line: unknown = JSON.parse(json)
    if (typeof line !== 'object' || line === null || !('level' in line) || !('text' in line)) return
    const { level, text } = line
    if (
      typeof text !== 'string' ||
      (level !== 'log' && level !== 'info' && level !== 'warn' && level !== 'error')
    )
      return
    if (state.linesTold > MOST_LINES || state.charactersTold > MOST_CONSOLE_CHARACTERS) return
    state.linesTold++
    const kept = text.slice(0, MOST_LINE_CHARACTERS)
    state.charactersTold += kept.length
    const isLast = state.linesTold > MOST_LINES || state.charactersTold > MOST_CONSOLE_CHARACTERS
    state.lines.push({
      level: isLast ? 'warn' : level,
      atMs: Date.now() - state.startedAt,
      text: isLast ? 'The script writes more than is kept: the rest is left out.' : kept,
    })
  }

  function startTimer(state: Running, json: string) {
    const timer: unknown = JSON.parse(json)
    if (typeof timer !== 'object' || timer === null || !('id' in timer) || !('ms' in timer)) return
    const { id, ms } = timer
    if (typeof id !== 'number' || typeof ms !== 'number' || ++state.timersStarted > MOST_TIMERS) return
    state.timers.set(
      id,
      setTimeout(
        () => {
          state.timers.delete(id)
          if (running === state) step(state, () => guest.deliver(id, json))
        },
        Math.min(ms, state.run.timeLimitMs + 1_000),
      ),
    )
  }

  /** Runs code of the script, then whatever follows from it. What QuickJS itself cannot bear (deep recursion within its own code) ends the process. */
  function step(state: Running, act: () => GuestError | null) {
    try {
      const error = act() ?? guest.pump()
      if (error === null) proceed(state)
      else end(state, error)
    } catch {
      stop(state)
      post({
        type: 'done',
        error: { name: 'InternalError', message: 'stack overflow', line: null, from: fromOf(state) },
        report: null,
        isReusable: false,
      })
    }
  }

  function proceed(state: Running) {
    for (;;) {
      const status = guest.status()
      if (status.isEnded) return end(state, null)
      if (status.pending > 0 && state.timersStarted <= MOST_TIMERS) return flush(state)
      const script = state.run.scripts[state.next]
      if (status.isRunning || script === undefined) return end(state, null)
      state.next++
      const error = guest.start(script.code, script.from) ?? guest.pump()
      if (error !== null) return end(state, error)
    }
  }

  function flush(state: Running) {
    if (state.lines.length > 0) post({ type: 'console', lines: state.lines })
    state.lines = []
  }

  function stop(state: Running) {
    state.timers.forEach((timer) => clearTimeout(timer))
    if (state.limit !== null) clearTimeout(state.limit)
    running = null
    flush(state)
  }

  function end(state: Running, error: GuestError | null) {
    const report = guest.finish()
    stop(state)
    const isReusable = !guest.isWorn()
    post({
      type: 'done',
      error: error === null ? null : { ...error, from: fromOf(state) },
      report,
      isReusable,
    })
    // Who sent the script has the answer already.
    if (isReusable) guest.restore()
  }

  return (message) => {
    if (message.type === 'run') {
      const state: Running = {
        run: message.run,
        startedAt: Date.now(),
        next: 0,
        timers: new Map(),
        timersStarted: 0,
        lines: [],
        linesTold: 0,
        charactersTold: 0,
        limit: null,
      }
      running = state
      state.limit = setTimeout(() => {
        if (running === state) end(state, { name: 'InternalError', message: 'interrupted', line: null })
      }, message.run.timeLimitMs)
      const { scripts, ...given } = message.run
      const input = { ...given, needsCiphers: needsCiphers(scripts) }
      step(state, () => guest.begin(JSON.stringify(input), state.startedAt + message.run.timeLimitMs))
      return
    }
    const state = running
    if (state === null) return
    const json = JSON.stringify(
      message.type === 'answer' ? { response: message.response } : { error: message.message },
    )
    step(state, () => guest.deliver(message.id, json))
  }
}

function fromOf(state: Running): string {
  return state.run.scripts[Math.max(0, state.next - 1)]?.from ?? ''
}

const ALGORITHMS = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'ripemd160'])

/** Hexadecimal; of { algorithm, data, key? } in base64. */
function hashOf(json: string): string {
  const given: unknown = JSON.parse(json)
  if (typeof given !== 'object' || given === null || !('algorithm' in given) || !('data' in given)) return ''
  const { algorithm, data } = given
  if (typeof algorithm !== 'string' || typeof data !== 'string' || !ALGORITHMS.has(algorithm)) return ''
  const bytes = Buffer.from(data, 'base64')
  const key = 'key' in given && typeof given.key === 'string' ? Buffer.from(given.key, 'base64') : null
  return (key === null ? createHash(algorithm) : createHmac(algorithm, key)).update(bytes).digest('hex')
}
