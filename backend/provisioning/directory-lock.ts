// One service per data directory: a file names the process that holds it. A holder that was killed holds nothing.
import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '#contract/errors.ts'
import { isRoot } from '#postgres/node/server/os-user.ts'
import { processIdentity } from '#postgres/node/server/process-table.ts'
import { makePassable } from '#postgres/node/server/socket-directory.ts'

export interface DirectoryLock {
  release(): Promise<void>
}

/**
 * Makes the service's directory if it is missing and locks it. To be taken before anything in it is touched, the embedded Postgres
 * included. Throws CONFLICT while another service runs on it, PROVISIONING_FAILED when it cannot be written to.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await prepareDirectory(directory)
  const file = join(directory, 'service.lock')
  const identity = await processIdentity(process.pid)
  const draft = `${file}.${String(process.pid)}-${randomBytes(4).toString('hex')}`
  try {
    await writeFile(draft, identity ?? '', { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new AppError('PROVISIONING_FAILED', `NebulaDB cannot write to its data directory ${directory}.`, {
      hint: hasCode(error, 'ENOSPC')
        ? 'The disk is full. Free some space and start again.'
        : 'Start NebulaDB as the user who made the directory, or choose another with NEBULADB_DATA_DIR.',
      cause: error,
    })
  }
  try {
    // Two rounds are enough: the second finds either the free place or a new holder.
    for (let round = 0; round < 2; round += 1) {
      if (await tryLink(draft, file)) {
        return { release: async () => await releaseIfOurs(file, identity) }
      }
      await removeIfStale(file, directory)
    }
    throw taken(directory)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Servers that run as other users must be able to pass through; they cannot list or write. */
async function prepareDirectory(directory: string): Promise<void> {
  const parent = dirname(directory)
  const madeParent = await mkdir(parent, { recursive: true }).catch((error: unknown) => {
    throw new AppError('PROVISIONING_FAILED', `The data directory ${parent} cannot be made.`, {
      hint: 'Choose another with NEBULADB_DATA_DIR.',
      cause: error,
    })
  })
  if (isRoot()) {
    if (madeParent !== undefined || parent !== homedir()) await openForPassing(parent)
    await requireReachable(parent)
  }
  await makePassable(directory)
}

async function openForPassing(directory: string): Promise<void> {
  const stats = await stat(directory)
  if (stats.uid === 0 && (stats.mode & 0o001) === 0) await chmod(directory, (stats.mode & 0o777) | 0o011)
}

/** As root, servers run as users who must be able to get to their folders; what others own is not ours to open. */
async function requireReachable(directory: string): Promise<void> {
  for (let path = directory; ; path = dirname(path)) {
    const { mode } = await stat(path)
    if ((mode & 0o001) === 0) {
      throw new AppError(
        'PROVISIONING_FAILED',
        `Postgres does not run as root, and the user it runs as cannot pass through ${path} to the data directory ${directory}.`,
        { hint: 'Choose a data directory such as /var/lib/nebuladb with NEBULADB_DATA_DIR.' },
      )
    }
    if (path === dirname(path)) return
  }
}

async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

async function removeIfStale(file: string, directory: string): Promise<void> {
  // Only one of several that start at once may judge: else one could remove the lock that another has just taken.
  const judge = `${file}.judge`
  await mkdir(judge).catch(async (error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error
    await delay(1_000) // a judge needs milliseconds: by now it is done, or was killed
    await rm(judge, { recursive: true, force: true })
    await mkdir(judge).catch(() => {
      throw taken(directory)
    })
  })
  try {
    const holder = await readFile(file, 'utf8').catch(() => undefined)
    if (holder === undefined) return
    const current = await processIdentity(Number.parseInt(holder, 10))
    if (current === holder) throw taken(directory)
    await rm(file, { force: true })
  } finally {
    await rm(judge, { recursive: true, force: true })
  }
}

async function releaseIfOurs(file: string, identity: string | undefined): Promise<void> {
  const holder = await readFile(file, 'utf8').catch(() => undefined)
  if (holder === identity) await rm(file, { force: true })
}

function taken(directory: string): AppError {
  return new AppError('CONFLICT', `Another NebulaDB service runs on ${directory}.`, {
    hint: 'Stop it, or give this one another directory with NEBULADB_DATA_DIR.',
  })
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
