// Kills the process that counts, and the sessions that ingest, at random points: nothing that was spooled is lost, and nothing is counted twice.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase } from '#testing/control-database.ts'
import { createMetered } from '#testing/metered.ts'
import { seededRandom } from '#testing/random-numbers.ts'
import type { Database } from '../db/database.ts'
import { createMetering } from './index.ts'

const SEED = 20_261_123
const KILLS = Number(process.env['NEBULADB_METERING_KILLS'] ?? 5)
const EVER = { from: new Date('2020-01-01T00:00:00Z'), to: new Date('2100-01-01T00:00:00Z') }
const PROCESS = join(import.meta.dirname, '..', '..', 'testing', 'metering-process.ts')

test(`after ${KILLS} kills every request is counted once`, { timeout: 10_000 + KILLS * 3_000 }, async () => {
  await using control = await createControlDatabase()
  const { metering, organisationId, projectId, directory, restart, setNow } = await createMetered(
    control,
    new Date(),
  )
  await metering.close()
  const random = seededRandom(SEED)
  const argument = JSON.stringify({ directory, organisationId, projectId, target: control.temp.target })

  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = fork(PROCESS, [argument], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    await Promise.race([once(child, 'message'), once(child, 'exit')])
    expect(child.exitCode).toBeNull()
    // The points in time are what is random here: nothing is waited for.
    for (let ends = random.below(3); ends > 0; ends -= 1) {
      await delay(random.below(60))
      await control.db.query(sql`
          select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'counting'`)
    }
    await delay(random.below(150))
    await killed(child)
  }

  setNow(new Date())
  const last = restart()
  await last.flush()
  await last.close()
  const { byMetric } = await last.totals(organisationId, EVER)
  const requests = byMetric.get('api-requests') ?? 0n
  const sizeOf = (name: string): bigint => BigInt(statSync(join(directory, name)).size)
  expect(requests).toBeGreaterThanOrEqual(sizeOf('after'))
  expect(requests).toBeLessThanOrEqual(sizeOf('before'))
  expect(sizeOf('before') - sizeOf('after')).toBeLessThanOrEqual(20 * KILLS)
  expect(sizeOf('after')).toBeGreaterThan(KILLS * 20)
  // The three counts of a request are one line of the spool.
  expect([byMetric.get('api-rows'), byMetric.get('egress')]).toEqual([2n * requests, 100n * requests])
  expect(await last.recount(organisationId, EVER)).toEqual(byMetric)
})

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('a commit whose answer was lost is found out, and its batch is not counted again', async () => {
  await using control = await createControlDatabase()
  const { organisationId, projectId, directory, now } = await createMetered(control, new Date())
  let losesAnswers = true
  const db: Database = {
    ...control.db,
    async transaction(work) {
      const result = await control.db.transaction(work)
      if (losesAnswers) throw new Error('The connection is gone.')
      return result
    },
  }
  const metering = createMetering({ db, directory, clock: { now }, observe: () => undefined })
  metering.apiRequest({ organisationId, projectId, rows: 1, bytesOut: 5 })
  await expect(metering.flush()).rejects.toThrow('gone')
  metering.apiRequest({ organisationId, projectId, rows: 1, bytesOut: 5 })
  losesAnswers = false
  await metering.flush()
  await metering.close()
  const { byMetric } = await metering.totals(organisationId, EVER)
  expect(byMetric.get('api-requests')).toBe(2n)
  expect(await metering.recount(organisationId, EVER)).toEqual(byMetric)
})
