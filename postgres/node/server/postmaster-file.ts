// postmaster.pid: the file in a data directory by which Postgres says who runs there.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataDirectoryOf, isRunning } from './process-table.ts'

export interface PostmasterFile {
  readonly pid: number
  /** Seconds since 1970. */
  readonly startedAt: number
  readonly port: number
  readonly socketDirectory: string
  /** `ready`, `starting`, `stopping` or `standby`; empty while the file is being written. */
  readonly status: string
}

/** Reads postmaster.pid of a data directory; undefined when there is none or it is not complete yet. */
export async function readPostmasterFile(dataDirectory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parsePostmasterFile(text)
}

/** Its lines are: pid, data directory, start time, port, socket directory, listen address, shared memory, status. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const [pid, , startedAt, port, socketDirectory, , , status] = text.split('\n')
  if (pid === undefined || !/^\d+$/.test(pid.trim()) || startedAt === undefined) return undefined
  return {
    pid: Number(pid),
    startedAt: Number(startedAt),
    port: Number(port ?? 0),
    socketDirectory: socketDirectory?.trim() ?? '',
    status: status?.trim() ?? '',
  }
}

/** The postmaster of this data directory, if one really runs: the pid may have died, or belong to another program by now. */
export async function findPostmaster(dataDirectory: string): Promise<PostmasterFile | undefined> {
  const file = await readPostmasterFile(dataDirectory)
  if (file === undefined || !(await isRunning(file.pid))) return undefined
  return (await dataDirectoryOf(file.pid)) === dataDirectory ? file : undefined
}

// Above every pid that a system hands out.
const NOBODY = '2147483646'

/**
 * After a kill, Postgres refuses to start while the pid in its file is alive, be it a zombie that its new parent has not reaped or
 * another program that got the number. The file is not removed but given a pid that nobody has: so Postgres still checks by
 * shared memory that no backend of the dead server is left. Call it only when findPostmaster said that none runs.
 */
export async function disownPostmasterFile(dataDirectory: string): Promise<void> {
  const path = join(dataDirectory, 'postmaster.pid')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return
  await writeFile(path, text.replace(/^\d+/, NOBODY))
}
