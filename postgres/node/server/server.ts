// Starts, finds again and stops a Postgres server. A server is not tied to the life of the process that started it, unless asked.
import { spawn } from 'node:child_process'
import { chown, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '#contract/errors.ts'
import type { Binaries } from './binaries.ts'
import { MAX_SOCKET_PATH } from './socket-directory.ts'
import { makePrivateDirectory } from './cluster.ts'
import { SERVER_ENVIRONMENT } from './command.ts'
import { failureReason, readLogTail } from './log.ts'
import type { OsUser } from './os-user.ts'
import { disownPostmasterFile, findPostmaster, readPostmasterFile } from './postmaster-file.ts'
import { socketPath } from '../target.ts'
import { isRunning } from './process-table.ts'
import { settingArguments } from './settings.ts'
import type { Settings } from './settings.ts'

/** Where a server lives. */
export interface ServerPlace {
  readonly dataDirectory: string
  /** Short and private: a socket's path has at most 107 bytes. Made, emptied and owned by the server. */
  readonly socketDirectory: string
  /** Part of the socket's name; a TCP port only when `listen_addresses` is set. */
  readonly port: number
  readonly logFile: string
  /** Who runs it; undefined for the user of this process. */
  readonly user?: OsUser | undefined
}

export interface RunningServer {
  readonly pid: number
  /** Seconds since 1970. With the pid, tells this server from a later one. */
  readonly startedAt: number
  readonly socketDirectory: string
  readonly port: number
  /** Whether it ran already when it was asked for. */
  readonly wasRunning: boolean
}

export interface StartOptions extends ServerPlace {
  readonly binaries: Binaries
  readonly settings?: Settings
  /** How long it may take until it answers, recovery after a crash included. */
  readonly deadlineMs: number
}

const POLL_MS = 2

/** The path of a server's socket. */
function socketOf(place: Pick<ServerPlace, 'socketDirectory' | 'port'>): string {
  return socketPath({ host: place.socketDirectory, port: place.port })
}

/**
 * Starts a server and resolves when it accepts connections; one that already runs on this data directory is adopted. It outlives
 * this process. Throws PROVISIONING_FAILED with what Postgres said, or TIMEOUT; then no process is left.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  if (Buffer.byteLength(socketOf(options)) > MAX_SOCKET_PATH) {
    throw new AppError('PROVISIONING_FAILED', `The path of the socket is too long: ${socketOf(options)}`)
  }
  const deadline = performance.now() + options.deadlineMs
  const adopted = await adoptServer(options, options.deadlineMs)
  if (adopted !== undefined) return adopted
  await requireOwnership(options)
  await disownPostmasterFile(options.dataDirectory)
  await makePrivateDirectory(options.socketDirectory, options.user)
  await emptyDirectory(options.socketDirectory)
  for (;;) {
    const outcome = await launch(options, deadline)
    if ('pid' in outcome) return outcome
    // After a kill, backends of the dead server may need a moment to notice.
    const isTransient = /pre-existing shared memory block/.test(outcome.output)
    if (!isTransient || performance.now() > deadline) {
      throw new AppError(
        'PROVISIONING_FAILED',
        `The database did not start. ${failureReason(outcome.output)}`,
      )
    }
    await delay(50)
  }
}

/**
 * The server that runs on this data directory, once it is ready; undefined when none does, or when it is not ready within
 * `deadlineMs` or listens elsewhere than `place` says, in which case it has been stopped.
 */
export async function adoptServer(
  place: ServerPlace,
  deadlineMs: number,
): Promise<RunningServer | undefined> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const file = await findPostmaster(place.dataDirectory)
    if (file === undefined) return undefined
    if (file.status === 'ready') {
      const isHere = file.socketDirectory === place.socketDirectory && file.port === place.port
      const hasSocket = await stat(socketOf(place)).then(
        (stats) => stats.isSocket(),
        () => false,
      )
      if (isHere && hasSocket) return toRunning(place, file, true)
      await stopServer(place.dataDirectory)
      return undefined
    }
    if (performance.now() > deadline) {
      await stopServer(place.dataDirectory)
      return undefined
    }
    await delay(POLL_MS)
  }
}

/** Whether this very server still runs. */
export async function isServerRunning(
  dataDirectory: string,
  server: Pick<RunningServer, 'pid' | 'startedAt'>,
): Promise<boolean> {
  const file = await findPostmaster(dataDirectory)
  return file !== undefined && file.pid === server.pid && file.startedAt === server.startedAt
}

/**
 * Stops the server on a data directory, if one runs: politely for `fastMs` (sessions end, a checkpoint is written), then at once
 * (recovery at the next start), then by force. Resolves when it is gone. Throws TIMEOUT if even that does not end it.
 */
export async function stopServer(dataDirectory: string, fastMs = 10_000): Promise<void> {
  const steps = [
    { signal: 'SIGINT', waitMs: fastMs },
    { signal: 'SIGQUIT', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ] as const
  for (const { signal, waitMs } of steps) {
    const file = await findPostmaster(dataDirectory)
    if (file === undefined) return
    sendSignal(file.pid, signal)
    if (await hasEnded(file.pid, waitMs)) return
  }
  throw new AppError('TIMEOUT', 'The database could not be stopped, even by force.')
}

/** Sends a signal to a process that may have ended by now. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error
  }
}

async function hasEnded(pid: number, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs
  while (await isRunning(pid)) {
    if (performance.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}

/** One attempt. Resolves with the server, or with its output when it ended instead. */
async function launch(options: StartOptions, deadline: number): Promise<RunningServer | { output: string }> {
  const log = await open(options.logFile, 'a', 0o600)
  const logStart = (await log.stat()).size
  let ended = false
  let problem: string | undefined
  try {
    if (options.user !== undefined) await chown(options.logFile, options.user.uid, options.user.gid)
    const child = spawn(
      options.binaries.postgres,
      // -D and -k first and together: by them process-table.ts knows our servers.
      [
        '-D',
        options.dataDirectory,
        '-k',
        options.socketDirectory,
        '-p',
        String(options.port),
        ...settingArguments(options.settings ?? {}),
      ],
      {
        ...(options.user ?? {}),
        cwd: options.dataDirectory,
        env: { ...SERVER_ENVIRONMENT },
        stdio: ['ignore', log.fd, log.fd],
        detached: true, // its own session: a Ctrl-C in our terminal is not for it
      },
    )
    child.on('error', (error) => {
      ended = true
      problem = error.message
    })
    child.on('exit', () => (ended = true))
    child.unref()
    const { pid } = child
    while (!ended) {
      const file = await readPostmasterFile(options.dataDirectory)
      if (file !== undefined && file.pid === pid && file.status === 'ready')
        return toRunning(options, file, false)
      if (performance.now() > deadline) {
        if (pid !== undefined) {
          sendSignal(pid, 'SIGQUIT')
          if (!(await hasEnded(pid, 5_000))) sendSignal(pid, 'SIGKILL')
        }
        throw new AppError('TIMEOUT', `The database did not start within ${String(options.deadlineMs)} ms.`)
      }
      await delay(POLL_MS)
    }
  } finally {
    await log.close()
  }
  return { output: problem ?? (await readLogTail(options.logFile, logStart)) }
}

function toRunning(
  place: Pick<ServerPlace, 'socketDirectory' | 'port'>,
  file: { readonly pid: number; readonly startedAt: number },
  wasRunning: boolean,
): RunningServer {
  const { socketDirectory, port } = place
  return { pid: file.pid, startedAt: file.startedAt, socketDirectory, port, wasRunning }
}

/** Postgres refuses a folder of somebody else, in words that do not help a person who ran NebulaDB as root once. */
async function requireOwnership(place: ServerPlace): Promise<void> {
  const wanted = place.user?.uid ?? process.getuid?.()
  const stats = await stat(place.dataDirectory).catch((error: unknown) => {
    throw new AppError('PROVISIONING_FAILED', `The data folder ${place.dataDirectory} cannot be read.`, {
      cause: error,
    })
  })
  if (wanted !== undefined && stats.uid !== wanted) {
    throw new AppError(
      'PROVISIONING_FAILED',
      `The data folder ${place.dataDirectory} belongs to the user with uid ${String(stats.uid)}, and Postgres would run as uid ${String(wanted)}.`,
      { hint: 'Start NebulaDB as the user who made the folder, or choose another data directory.' },
    )
  }
}

async function emptyDirectory(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    await rm(join(directory, name), { recursive: true, force: true })
  }
}
