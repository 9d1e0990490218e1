// Asks the operating system about processes: is it alive, and is it really the Postgres we think it is.
import { readdir, readFile } from 'node:fs/promises'
import { runCommand } from './command.ts'

/** Whether a process runs. A zombie, which has ended and only waits for its parent to notice, does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    // EPERM: somebody else's, but alive
  }
  if (process.platform !== 'linux') return true
  const state = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
  // After the name, which is in parentheses and may hold any character, comes the state.
  return state !== undefined && !/^[ZX]/.test(state.slice(state.lastIndexOf(')') + 2))
}

/** The data directory that a running postmaster was started with, or undefined if this pid is none. */
export async function dataDirectoryOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '')
    return dataDirectoryOfArguments(text.split('\0'))
  }
  const { output } = await runCommand('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)])
  return dataDirectoryOfCommand(output)
}

/** Every running postmaster whose data directory lies below `directory`, by pid. */
export async function findPostmasters(directory: string): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  const take = (pid: number, dataDirectory: string | undefined): void => {
    if (dataDirectory?.startsWith(`${directory}/`) === true) found.set(pid, dataDirectory)
  }
  if (process.platform === 'linux') {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
    for (const pid of pids) take(pid, await dataDirectoryOf(pid))
    for (const pid of found.keys()) if (!(await isRunning(pid))) found.delete(pid)
    return found
  }
  const { output } = await runCommand('/bin/ps', ['-ww', '-ax', '-o', 'pid=,command='])
  for (const line of output.split('\n')) {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line)
    if (match?.[1] !== undefined) take(Number(match[1]), dataDirectoryOfCommand(match[2] ?? ''))
  }
  return found
}

/** We always start `postgres -D <directory> …`; a backend's command line is rewritten to its title and has no -D. */
function dataDirectoryOfArguments(args: readonly string[]): string | undefined {
  if (!/(^|\/)postgres$/.test(args[0] ?? '') || args[1] !== '-D') return undefined
  return args[2]
}

// ps joins the arguments with blanks, and a path may hold blanks too: ours is always followed by -k.
function dataDirectoryOfCommand(command: string): string | undefined {
  return /(?:^|\/)postgres -D (.*?) -k /.exec(command)?.[1]
}

/**
 * A text that no other process has had since the machine was started: the pid with its start time, and which start of the machine
 * it was. Undefined when the process does not run.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (!(await isRunning(pid))) return undefined
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
    const [, startTicks] = /^\S+(?:\s+\S+){18}\s+(\d+)/.exec(text.slice(text.lastIndexOf(')') + 2)) ?? []
    return `${String(pid)} ${startTicks ?? ''} ${boot.trim()}`
  }
  const { output } = await runCommand('/bin/ps', ['-o', 'lstart=', '-p', String(pid)])
  return `${String(pid)} ${output}`
}
