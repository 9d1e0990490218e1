import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createMetered, type Metered } from '#testing/metered.ts'
import { createHoldings, type Holdings } from './holdings.ts'
import type { Metering } from './index.ts'

const NOON = new Date('2026-11-23T12:00:00Z')
const MINUTE_MS = 60_000
const NOVEMBER = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }

let control: ControlDatabase
beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

async function setInstance(
  projectId: ProjectId,
  to: { readonly awakeSince: Date | null; readonly bytes: number | null },
): Promise<void> {
  const startedAt = to.awakeSince === null ? null : to.awakeSince.getTime() / 1000
  await control.db.query(sql`
    update instance set status = ${startedAt === null ? 'asleep' : 'awake'}, pid = ${startedAt === null ? null : 7},
           server_started_at = ${startedAt}::bigint, measured_bytes = ${to.bytes}::bigint
     where project_id = ${projectId}`)
}

const minutesLater = (minutes: number): Date => new Date(NOON.getTime() + minutes * MINUTE_MS)

async function heldBy(metering: Metering, { organisationId }: Metered): Promise<Record<string, bigint>> {
  return Object.fromEntries((await metering.totals(organisationId, NOVEMBER)).byMetric)
}

const minutesOfCompute = (minutes: number): bigint => 1_000n * BigInt(minutes * MINUTE_MS)

test('compute is the time awake and storage is held asleep too, across hours and a killed process', async () => {
  const metered = await createMetered(control, NOON)
  await setInstance(metered.projectId, { awakeSince: NOON, bytes: 1_000 })
  await metered.metering.flush()
  metered.setNow(minutesLater(10))
  await metered.metering.flush()
  // Nobody closes it: as after a kill. The server runs on, and is found again in the next hour.
  metered.setNow(minutesLater(75))
  const next = metered.restart()
  await next.flush()
  expect(await heldBy(next, metered)).toEqual({ compute: minutesOfCompute(75), storage: 1_000n * 75n * 60n })
  // Asleep.
  await setInstance(metered.projectId, { awakeSince: null, bytes: 3_000 })
  metered.setNow(minutesLater(85))
  await next.flush()
  expect(await heldBy(next, metered)).toEqual({
    compute: minutesOfCompute(75),
    storage: 1_000n * 75n * 60n + 3_000n * 600n,
  })
  // Awake again, by another server.
  await setInstance(metered.projectId, { awakeSince: minutesLater(86), bytes: 3_000 })
  metered.setNow(minutesLater(90))
  await next.flush()
  await next.flush()
  expect((await heldBy(next, metered))['compute']).toBe(minutesOfCompute(75 + 4))
  await next.close()
})

test('a deleted project costs no storage, and is not charged for that time when it is restored', async () => {
  const metered = await createMetered(control, NOON)
  const { metering, projectId } = metered
  const want = async (desired: string, purgeAt: Date | null): Promise<void> =>
    void (await control.db.query(
      sql`update project set desired_state = ${desired}, purge_at = ${purgeAt} where id = ${projectId}`,
    ))
  await setInstance(projectId, { awakeSince: null, bytes: 10 })
  await metering.flush()
  metered.setNow(minutesLater(1))
  await metering.flush()
  await want('deleted', minutesLater(9_999))
  metered.setNow(minutesLater(30))
  await metering.flush()
  await want('asleep', null)
  metered.setNow(minutesLater(40))
  await metering.flush()
  metered.setNow(minutesLater(42))
  await metering.flush()
  expect(await heldBy(metering, metered)).toEqual({ storage: 10n * 180n })
})

test('an end that is told of counts to its moment; a server that vanished, to when it was seen last', async () => {
  const metered = await createMetered(control, NOON)
  const { projectId } = metered
  const ended: Date[] = []
  const holdings: Holdings = createHoldings({
    db: control.db,
    clock: { now: metered.now },
    record: (event) => ended.push(event.windowEnd),
  })
  await setInstance(projectId, { awakeSince: NOON, bytes: null })
  metered.setNow(minutesLater(1))
  await holdings.look({ storage: true })
  metered.setNow(minutesLater(2))
  holdings.end(projectId)
  holdings.end(projectId)
  await setInstance(projectId, { awakeSince: null, bytes: null })
  metered.setNow(minutesLater(5))
  await holdings.look({ storage: true })
  expect(ended.at(-1)).toEqual(minutesLater(2))
  await setInstance(projectId, { awakeSince: minutesLater(6), bytes: null })
  metered.setNow(minutesLater(7))
  await holdings.look({ storage: false })
  await setInstance(projectId, { awakeSince: null, bytes: null })
  metered.setNow(minutesLater(9))
  await holdings.look({ storage: false })
  expect(ended.at(-1)).toEqual(minutesLater(7))
})
