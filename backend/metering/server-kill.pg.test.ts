// Kills the Postgres server itself while usage is ingested into it: what is in the spool waits, nothing is lost, and nothing is counted twice.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase } from '#testing/control-database.ts'
import { createMetered } from '#testing/metered.ts'
import { startTestServer } from '#testing/postgres-global-setup.ts'
import { seededRandom } from '#testing/random-numbers.ts'

const SEED = 20_261_123
const KILLS = Number(process.env['NEBULADB_METERING_SERVER_KILLS'] ?? 3)
const EVER = { from: new Date('2020-01-01T00:00:00Z'), to: new Date('2100-01-01T00:00:00Z') }
const MINUTE_MS = 60_000
const REQUESTS_A_TURN = 50
const EVENTS_A_TURN = 200

test(
  `after ${KILLS} kills of the server every request and event is counted once`,
  { timeout: 20_000 + KILLS * 4_000 },
  async () => {
    const { server, crash, close } = await startTestServer({ settings: { synchronous_commit: true } })
    try {
      await using control = await createControlDatabase({ server })
      const at = new Date('2026-11-23T12:30:00Z')
      const { metering, organisationId, projectId } = await createMetered(control, at)
      let turns = 0
      let stored = 0
      let failed = 0

      const turn = async (): Promise<void> => {
        for (let request = 0; request < REQUESTS_A_TURN; request += 1)
          metering.apiRequest({ organisationId, projectId, rows: 2, bytesOut: 100 })
        for (let event = 0; event < EVENTS_A_TURN; event += 1) {
          const windowStart = new Date(at.getTime() - (event % 60) * MINUTE_MS - 60 * MINUTE_MS)
          metering.record({
            metric: 'compute',
            organisationId,
            projectId,
            size: 'standard',
            quantity: 7n,
            windowStart,
            windowEnd: new Date(windowStart.getTime() + MINUTE_MS / 2),
            source: 'test',
            dedupeKey: `compute:${turns}:${event}`,
          })
        }
        turns += 1
        await metering.flush().then(
          () => (stored += 1),
          () => (failed += 1),
        )
      }

      const random = seededRandom(SEED)
      for (let kill = 0; kill < KILLS; kill += 1) {
        let isUp = false
        // The points in time are what is random here: nothing is waited for.
        const crashed = delay(20 + random.below(150))
          .then(crash)
          .then(() => (isUp = true))
        for (await turn(); !isUp; await turn()) await delay(5)
        await crashed
      }
      await metering.flush()
      await metering.close()

      expect(failed).toBeGreaterThanOrEqual(KILLS)
      expect(stored).toBeGreaterThan(KILLS)
      const requests = BigInt(turns * REQUESTS_A_TURN)
      const events = BigInt(turns * EVENTS_A_TURN)
      const { byMetric } = await metering.totals(organisationId, EVER)
      expect(byMetric).toEqual(
        new Map([
          ['compute', 7n * events],
          ['api-requests', requests],
          ['api-rows', 2n * requests],
          ['egress', 100n * requests],
        ]),
      )
      expect(await metering.recount(organisationId, EVER)).toEqual(byMetric)
      const [row] = await control.db.query<{ events: string }>(
        sql`select count(*)::text as events from usage_event where metric = 'compute'`,
      )
      expect(row?.events).toBe(String(events))
    } finally {
      await close()
    }
  },
)
