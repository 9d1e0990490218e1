import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession } from '#postgres/node/session.ts'
import { startControlServer } from './control-server.ts'
import { lockDirectory } from './directory-lock.ts'

let directory: string
beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), 'nebuladb control '))
  chmodSync(root, 0o711)
  directory = join(root, 'data', 'service')
})
afterAll(() => rmSync(join(directory, '..', '..'), { recursive: true, force: true }))

test('one service locks a data directory, and gives it free', async () => {
  const lock = await lockDirectory(directory)
  await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'CONFLICT' })
  await lock.release()
  expect(readdirSync(directory)).toEqual([])
  const again = await lockDirectory(directory)
  await again.release()
  await again.release()
})

test('the lock of a service that was killed holds nobody back, whoever has its number now', async () => {
  writeFileSync(join(directory, 'service.lock'), '999999999 1 boot')
  await (await lockDirectory(directory)).release()
  writeFileSync(join(directory, 'service.lock'), `${String(process.pid)} 1 another-boot`)
  await (await lockDirectory(directory)).release()
})

test('of several that start at once over a stale lock, one wins', async () => {
  writeFileSync(join(directory, 'service.lock'), '999999999 1 boot')
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, async () => await lockDirectory(directory)),
  )
  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(won).toHaveLength(1)
  await won[0]?.release()
})

test('a judge that was killed is replaced', async () => {
  writeFileSync(join(directory, 'service.lock'), '999999999 1 boot')
  mkdirSync(join(directory, 'service.lock.judge'))
  await (await lockDirectory(directory)).release()
})

test('a directory in a place that cannot be made is named', async () => {
  const file = join(directory, '..', 'file')
  writeFileSync(file, '')
  await expect(lockDirectory(join(file, 'service'))).rejects.toMatchObject({ code: 'PROVISIONING_FAILED' })
})

test('as root, a directory that servers could not reach is refused with the folder in the way', async () => {
  if (process.getuid?.() !== 0) return
  const closed = mkdtempSync(join(tmpdir(), 'nebuladb-closed-'))
  await expect(lockDirectory(join(closed, 'data', 'service'))).rejects.toMatchObject({
    message: expect.stringContaining(closed),
  })
  rmSync(closed, { recursive: true })
})

test('the records of the service are made once, kept, and found again while they run', async () => {
  const first = await startControlServer({ directory })
  expect(first.wasAdopted).toBe(false)
  let session = await openSession(first.target)
  await session.query('create table kept as select 1')
  expect((await session.query('select rolsuper from pg_roles where rolname = current_user')).rows).toEqual([
    ['f'],
  ])
  const second = await startControlServer({ directory })
  expect(second.wasAdopted).toBe(true)
  expect((await session.query('select 1')).rows).toEqual([['1']])
  await session.close()
  await second.stop()
  await expect(openSession(first.target)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  const third = await startControlServer({ directory })
  expect(third.wasAdopted).toBe(false)
  session = await openSession(third.target)
  expect((await session.query('select count(*) from kept')).rows).toEqual([['1']])
  await session.close()
  await third.stop()
  const cluster = join(directory, 'postgres', 'control', 'v18')
  expect(statSync(join(cluster, 'passwords.json')).mode & 0o777).toBe(0o600)
  expect(existsSync(`${cluster}.unfinished`)).toBe(false)
})
