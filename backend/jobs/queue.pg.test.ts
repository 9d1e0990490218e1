import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import type { Observation } from '../monitoring/index.ts'
import { createJobQueue, type JobQueue } from './index.ts'

let control: ControlDatabase
let queue: JobQueue
let seen: Observation[]
beforeEach(async () => {
  control = await createControlDatabase()
  seen = []
  queue = createJobQueue({ pool: control.pool, observe: (one) => seen.push(one) })
})
afterEach(async () => {
  await queue.stop()
  await control.drop()
})

const Payload = z.object({ value: z.number() })

test('a job runs after its transaction has committed, with its payload checked', async () => {
  const ran: number[] = []
  queue.register({ name: 'test.note', payload: Payload, run: async ({ value }) => void ran.push(value) })
  await queue.start()
  await control.db.transaction(async (tx) => {
    await queue.enqueue(tx, 'test.note', { value: 1 })
    expect(ran).toEqual([])
  })
  await vi.waitFor(() => expect(ran).toEqual([1]))
  await vi.waitFor(() => expect(seen).toMatchObject([{ type: 'job.done', name: 'test.note' }]))
})

test('a job of a transaction that rolls back never runs', async () => {
  const ran: number[] = []
  queue.register({ name: 'test.note', payload: Payload, run: async ({ value }) => void ran.push(value) })
  const failing = control.db.transaction(async (tx) => {
    await queue.enqueue(tx, 'test.note', { value: 1 })
    throw new Error('rolled back')
  })
  await expect(failing).rejects.toThrow('rolled back')
  await queue.start()
  await control.db.transaction((tx) => queue.enqueue(tx, 'test.note', { value: 2 }))
  await vi.waitFor(() => expect(ran).toEqual([2]))
})

test('a job that fails is observed and stays to be tried again', async () => {
  queue.register({
    name: 'test.fail',
    payload: Payload,
    run: () => Promise.reject(new Error('mail server away')),
  })
  await queue.start()
  await control.db.transaction((tx) => queue.enqueue(tx, 'test.fail', { value: 1 }, { maxAttempts: 3 }))
  await vi.waitFor(async () => {
    const jobs = await control.db.query(
      sql`select attempts, max_attempts, last_error from graphile_worker.jobs`,
    )
    expect(jobs).toEqual([
      { attempts: 1, max_attempts: 3, last_error: expect.stringContaining('mail server away') },
    ])
  })
  expect(seen).toMatchObject([{ type: 'job.failed', name: 'test.fail', attempt: 1 }])
})

test('a job of the same key replaces the one that waits, and runs not before its time', async () => {
  queue.register({ name: 'test.later', payload: Payload, run: async () => undefined })
  const runAt = new Date(Date.now() + 3_600_000)
  for (const value of [1, 2])
    await control.db.transaction((tx) => queue.enqueue(tx, 'test.later', { value }, { runAt, key: 'one' }))
  expect(await control.db.query(sql`select run_at from graphile_worker.jobs`)).toEqual([{ run_at: runAt }])
})

test('a job that nobody has registered cannot be enqueued, and a name is registered once', async () => {
  const enqueue = control.db.transaction((tx) => queue.enqueue(tx, 'test.unknown', {}))
  await expect(enqueue).rejects.toThrow('Nobody has registered')
  const definition = { name: 'test.twice', payload: Payload, run: async () => undefined }
  queue.register(definition)
  expect(() => queue.register(definition)).toThrow('twice')
})

test('stop lets a running job end', async () => {
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  let isDone = false
  queue.register({
    name: 'test.slow',
    payload: Payload,
    run: async () => {
      started.resolve()
      await gate.promise
      isDone = true
    },
  })
  await queue.start()
  await control.db.transaction((tx) => queue.enqueue(tx, 'test.slow', { value: 1 }))
  await started.promise
  const stopped = queue.stop()
  gate.resolve()
  await stopped
  expect(isDone).toBe(true)
})

test('a scheduled job is known to the schedule', async () => {
  queue.register({
    name: 'test.nightly',
    payload: z.object({}),
    schedule: '0 3 * * *',
    run: async () => undefined,
  })
  await queue.start()
  await vi.waitFor(async () => {
    const known = await control.db.query(sql`select identifier from graphile_worker._private_known_crontabs`)
    expect(known).toEqual([{ identifier: 'test.nightly' }])
  })
})
