// Starts the parts of NebulaDB as child processes, starts them again when they crash, and ends them all, last started first.
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, existsSync, renameSync, statSync } from 'node:fs'
import { z } from 'zod'
import { ROOT } from './run.ts'

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 30_000
const LOG_MAX_BYTES = 10 * 1024 * 1024
/** A part that ends more often than this within a minute is not started again. */
const MAX_CRASHES = 5

/** What a part tells its parent once it is up, or why it cannot be. */
const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string().default('') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])

export interface Part {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
  /** Called when the part ends by itself without an error, as a closed window does. */
  readonly endsAll?: () => void
}
export interface Supervised {
  readonly url: string
}
export interface Supervisor {
  start(part: Part): Promise<Supervised>
  stopAll(): Promise<void>
}

/** Makes a supervisor; `say` gets a line when something unexpected happens. */
export function createSupervisor(say: (line: string) => void): Supervisor {
  const running: { part: Part; child: ChildProcess }[] = []
  let isStopping = false

  async function start(part: Part, crashes: readonly number[] = []): Promise<Supervised> {
    const child = launch(part)
    const entry = { part, child }
    running.push(entry)
    child.on('exit', (code, signal) => {
      running.splice(running.indexOf(entry), 1)
      if (isStopping) return
      if (code === 0 && part.endsAll !== undefined) return part.endsAll()
      const recent = [...crashes.filter((at) => performance.now() - at < 60_000), performance.now()]
      if (!entry.child.killed && started && recent.length <= MAX_CRASHES) {
        say(
          `  The ${part.name} ended (${signal ?? `code ${code}`}); starting it again. Details: ${part.logFile}`,
        )
        start(part, recent).catch((error: unknown) =>
          say(`  ${error instanceof Error ? error.message : String(error)}`),
        )
      } else if (started) say(`  The ${part.name} keeps ending. Details: ${part.logFile}`)
    })
    let started = false
    const supervised = await report(part, child)
    started = true
    return supervised
  }

  return {
    start: (part) => start(part),
    async stopAll() {
      isStopping = true
      for (const { part, child } of [...running].reverse()) {
        const ended = new Promise<void>((resolve) =>
          child.exitCode !== null || child.signalCode !== null
            ? resolve()
            : child.once('exit', () => resolve()),
        )
        child.kill('SIGTERM')
        const deadline = setTimeout(() => {
          say(`  The ${part.name} does not end by itself; ending it.`)
          child.kill('SIGKILL')
        }, STOP_TIMEOUT_MS)
        await ended
        clearTimeout(deadline)
      }
    },
  }
}

/** Starts a part in a process group of its own, so that Ctrl-C reaches us only and the parts are ended in order. */
function launch(part: Part): ChildProcess {
  if (existsSync(part.logFile) && statSync(part.logFile).size > LOG_MAX_BYTES)
    renameSync(part.logFile, `${part.logFile}.1`)
  const log = createWriteStream(part.logFile, { flags: 'a', mode: 0o600 })
  const [program, ...rest] = part.command
  const child = spawn(program, rest, {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, ...part.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  child.once('close', () => log.end())
  return child
}

function report(part: Part, child: ChildProcess): Promise<Supervised> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new Error(
          `The ${part.name} did not come up within ${START_TIMEOUT_MS / 1000} s. Details: ${part.logFile}`,
        ),
      )
    }, START_TIMEOUT_MS)
    child.on('message', (message) => {
      const told = Report.safeParse(message)
      if (!told.success) return
      clearTimeout(late)
      if (told.data.type === 'ready') resolve({ url: told.data.url })
      else reject(new Error(told.data.message))
    })
    child.once('error', (error) => (clearTimeout(late), reject(error)))
    child.once(
      'exit',
      (code, signal) => (
        clearTimeout(late),
        reject(
          new Error(
            `The ${part.name} ended while it started (${signal ?? `code ${code}`}). Details: ${part.logFile}`,
          ),
        )
      ),
    )
  })
}
