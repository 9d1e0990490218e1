// Statements that give more than memory holds.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyAll, sessionOpener, testMigrator } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { dryRun } from './dry-run/dry-run.ts'
import { openSession } from './session.ts'

let database: TempDatabase
beforeEach(async () => {
  database = await createTempDatabase()
})
afterEach(() => database.drop())

/** Of 200: what was passed over is counted until it is collected. */
const MOST_MEGABYTES = 160
const MEGABYTE = 1024 * 1024
/** The most memory that buffers and strings took while `work` ran, in MB more than before. */
async function memoryOf(work: () => Promise<unknown>): Promise<number> {
  const used = (): number => {
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    return (arrayBuffers + heapUsed) / MEGABYTE
  }
  const before = used()
  let most = 0
  const timer = setInterval(() => (most = Math.max(most, used() - before)), 5)
  await work().finally(() => clearInterval(timer))
  return most
}

describe.each([
  ['many rows', `select repeat('x', 1000) from generate_series(1, 250000)`],
  ['one long cell', `select repeat('x', 200 * 1024 * 1024)`],
  [
    'a flood of notices',
    `do $$ begin for n in 1..100000 loop raise warning '%', repeat('x', 1000); end loop; end $$`,
  ],
])('%s', (_, sql) => {
  test('of a migration are not kept in memory', async () => {
    const file = '20260101000000_flood.sql'
    const migrator = testMigrator(database.target, {
      [file]: `-- migrate:up\nset client_min_messages = notice;\n${sql};`,
    })
    expect(await memoryOf(() => applyAll(migrator))).toBeLessThan(MOST_MEGABYTES)
  })
})

test('rows of what is tried are not kept in memory', async () => {
  const items: unknown[] = []
  const work = async (): Promise<void> => {
    for await (const item of dryRun({
      openSession: sessionOpener(database.target),
      sql: `select repeat('x', 200 * 1024 * 1024)`,
      on: 'database',
      sampleRows: 0,
      now: () => performance.now(),
      id: 'flood',
    }))
      items.push(item)
  }
  expect(await memoryOf(work)).toBeLessThan(MOST_MEGABYTES)
  expect(items).toContainEqual(expect.objectContaining({ type: 'done', isPassed: true }))
})

test.each([
  ['many rows', `select repeat('x', 1000) from generate_series(1, 100000)`],
  ['one long cell', `select repeat('x', 200 * 1024 * 1024)`],
])('a session that keeps so much and no more refuses %s, and goes on', async (_, sql) => {
  const session = await openSession(database.target, { maxResultBytes: MEGABYTE })
  try {
    const tooLarge = expect.objectContaining({ code: 'TOO_LARGE' })
    const reading = async (): Promise<void> => {
      await expect(session.query(sql)).rejects.toEqual(tooLarge)
      await expect(session.queryAll(sql)).rejects.toEqual(tooLarge)
      await expect(session.query(`${sql} where $1`, [true])).rejects.toEqual(tooLarge)
    }
    expect(await memoryOf(reading)).toBeLessThan(MOST_MEGABYTES)
    expect((await session.query(`select repeat('x', 500000)`)).rows[0]?.[0]).toHaveLength(500_000)
  } finally {
    await session.close()
  }
})
