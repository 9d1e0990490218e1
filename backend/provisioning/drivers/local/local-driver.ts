// The driver that runs every project as a Postgres server of this machine: own data directory, own socket, own user where we are root.
import { access, chmod, chown, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { locateBinaries } from '#postgres/node/server/binaries.ts'
import type { Binaries } from '#postgres/node/server/binaries.ts'
import { canShareBlocks, chownTree } from '#postgres/node/server/copy-tree.ts'
import { boundLog } from '#postgres/node/server/log.ts'
import { isRoot, unprivilegedUser, usableUids } from '#postgres/node/server/os-user.ts'
import type { OsUser } from '#postgres/node/server/os-user.ts'
import { findPostmaster } from '#postgres/node/server/postmaster-file.ts'
import { findPostmasters } from '#postgres/node/server/process-table.ts'
import { startServer, stopServer } from '#postgres/node/server/server.ts'
import type { Driver, InstanceKey } from '../../driver.ts'
import { instanceDirectory, namesIn, prepareLayout, SOCKET_PORT, socketDirectory } from './layout.ts'
import type { Layout } from './layout.ts'
import { openSpares } from './spares.ts'
import type { Spares } from './spares.ts'
import { prepareTemplate } from './template.ts'
import type { Template } from './template.ts'

export interface LocalDriverOptions {
  /** The service's directory. */
  readonly directory: string
  /** Copies of the template to keep ready. Each takes about 30 MB of disk. */
  readonly spareCount?: number
}

// Between the users of people and system services, and those that systemd and containers hand out.
const FIRST_UID = 70_000
const MAX_INSTANCES = 20_000
const MAX_LOG_BYTES = 8 * 1024 * 1024
const REMOVED = '.removed-'

interface Prepared {
  readonly layout: Layout
  readonly binaries: Binaries
  readonly template: Template
  readonly spares: Spares
}

/** Finds the programs, and prepares the folders and the template. Throws PROVISIONING_FAILED with what to do. */
export async function createLocalDriver(options: LocalDriverOptions): Promise<Driver> {
  const layout = await prepareLayout(options.directory)
  const sharedUser = unprivilegedUser()
  const binaries = await locateBinaries({ user: sharedUser, copyDirectory: layout.binaries })
  const uids = Math.min(usableUids(FIRST_UID, MAX_INSTANCES), MAX_INSTANCES)
  const hasOwnUsers = isRoot() && uids > 0

  function userOf(number: number): OsUser | undefined {
    return hasOwnUsers ? { uid: FIRST_UID + number, gid: FIRST_UID + number } : sharedUser
  }

  const template = await prepareTemplate({ layout, binaries, user: sharedUser })
  const spares = await openSpares({ template, binaries, count: options.spareCount ?? 3, userOf })
  const copyOnWrite = await canShareBlocks(layout.templates)
  const machine: Machine = {
    layout,
    binaries,
    template,
    spares,
    userOf,
    capacity: hasOwnUsers ? uids : MAX_INSTANCES,
  }
  return buildDriver(machine, { copyOnWrite, separateUsers: hasOwnUsers, outlivesService: true })
}

interface Machine extends Prepared {
  readonly userOf: (number: number) => OsUser | undefined
  readonly capacity: number
}

function buildDriver(machine: Machine, abilities: Driver['abilities']): Driver {
  const { layout, spares, userOf } = machine
  /** Handed out but not recorded yet, as far as we know. */
  const reserved = new Set<number>()
  const dataOf = (key: InstanceKey): string => join(instanceDirectory(layout, key.projectId), 'data')
  const logOf = (key: InstanceKey): string => join(instanceDirectory(layout, key.projectId), 'log')

  async function destroy(key: InstanceKey): Promise<void> {
    await removeInstance(layout, key.projectId)
    await rm(socketDirectory(layout, key), { recursive: true, force: true })
    reserved.delete(key.number)
  }

  return {
    name: 'local',
    abilities,
    bootstrap: machine.template.bootstrap,

    allocateNumber(taken) {
      const isFree = (number: number): boolean => !taken.has(number) && !reserved.has(number)
      let number = [...spares.ready].find(isFree)
      if (number === undefined) {
        number = 0
        // A spare of another's number is not offered: two instances must not share a user.
        while (!isFree(number)) number += 1
      }
      if (number >= machine.capacity) {
        throw new AppError('LIMIT_REACHED', `This machine runs at most ${String(machine.capacity)} projects.`)
      }
      reserved.add(number)
      return number
    },

    async create(key) {
      const directory = instanceDirectory(layout, key.projectId)
      const user = userOf(key.number)
      await mkdir(directory, { mode: 0o700, recursive: true })
      await chmod(directory, 0o700)
      if (user !== undefined) await chown(directory, user.uid, user.gid)
      if (await isThere(dataOf(key))) return
      await spares.take(key.number, dataOf(key)).catch((error: unknown) => {
        throw storageError(error)
      })
    },

    async start(key, deadlineMs) {
      const user = userOf(key.number)
      const dataDirectory = dataOf(key)
      await ensureOwner(dataDirectory, user)
      const server = await startServer({
        binaries: machine.binaries,
        dataDirectory,
        socketDirectory: socketDirectory(layout, key),
        port: SOCKET_PORT,
        logFile: logOf(key),
        user,
        settings: { cluster_name: key.projectId },
        deadlineMs,
      })
      return { pid: server.pid, startedAt: server.startedAt }
    },

    async stop(key, deadlineMs) {
      await stopServer(dataOf(key), deadlineMs)
      await rm(socketDirectory(layout, key), { recursive: true, force: true })
    },

    destroy,

    async status(key) {
      const file = await findPostmaster(dataOf(key))
      if (file?.status === 'ready') {
        return { kind: 'running', server: { pid: file.pid, startedAt: file.startedAt } }
      }
      return { kind: (await isThere(dataOf(key))) ? 'stopped' : 'absent' }
    },

    address: (key) => ({ host: socketDirectory(layout, key), port: SOCKET_PORT }),

    async removeOrphans(known) {
      return await removeOrphans(layout, known)
    },

    async tend(known) {
      const taken = new Set(known.map((key) => key.number))
      for (const number of reserved) if (taken.has(number)) reserved.delete(number)
      await spares.refill((number) => taken.has(number) || reserved.has(number))
      for (const key of known) await boundLog(logOf(key), MAX_LOG_BYTES)
    },

    async close() {
      await spares.close()
    },
  }
}

/** Renamed first, so that what is half removed is never taken for an instance. */
async function removeInstance(layout: Layout, projectId: string): Promise<void> {
  const directory = instanceDirectory(layout, projectId)
  await stopServer(join(directory, 'data'), 0)
  if (!(await isThere(directory))) return
  const removed = join(layout.instances, `${REMOVED}${projectId}`)
  await rm(removed, { recursive: true, force: true })
  await rename(directory, removed)
  await rm(removed, { recursive: true, force: true, maxRetries: 3 })
}

async function removeOrphans(layout: Layout, known: readonly InstanceKey[]): Promise<string[]> {
  const removed: string[] = []
  const projects = new Set<string>(known.map((key) => key.projectId))
  for (const name of await namesIn(layout.instances)) {
    if (projects.has(name)) continue
    if (name.startsWith(REMOVED)) {
      await rm(join(layout.instances, name), { recursive: true, force: true })
    } else await removeInstance(layout, name)
    removed.push(`instance folder ${name}`)
  }
  // Servers whose folder is already gone.
  for (const [pid, dataDirectory] of await findPostmasters(layout.instances)) {
    if (await isThere(dataDirectory)) continue
    process.kill(pid, 'SIGKILL')
    removed.push(`server process ${String(pid)}`)
  }
  const numbers = new Set(known.map((key) => String(key.number)))
  for (const name of await namesIn(layout.sockets)) {
    if (!/^\d+$/.test(name) || numbers.has(name)) continue
    await rm(join(layout.sockets, name), { recursive: true, force: true })
    removed.push(`socket folder ${name}`)
  }
  return removed
}

/** A folder that was copied, or made while users were handed out differently, is given to the user of its number. */
async function ensureOwner(dataDirectory: string, user: OsUser | undefined): Promise<void> {
  if (user === undefined || !isRoot()) return
  const stats = await stat(dataDirectory).catch(() => undefined)
  if (stats === undefined || stats.uid === user.uid) return
  await chown(join(dataDirectory, '..'), user.uid, user.gid)
  await chownTree(dataDirectory, user)
}

function storageError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new AppError('PROVISIONING_FAILED', 'The disk is full. Free some space and try again.', {
      cause: error,
    })
  }
  return error
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
