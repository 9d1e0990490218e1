import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { addMeteredProject, createMetered, type Metered } from '#testing/metered.ts'
import type { TimeRange, UsageEvent } from './index.ts'
import { readHourlyChanges } from './queries.ts'

const HOUR_MS = 3_600_000
const NOON = new Date('2026-11-23T12:00:00Z')
const NOVEMBER: TimeRange = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const hoursAgo = (hours: number): Date => new Date(NOON.getTime() - hours * HOUR_MS)

let control: ControlDatabase
beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

function eventOf({ organisationId, projectId }: Metered, over: Partial<UsageEvent> = {}): UsageEvent {
  const windowStart = over.windowStart ?? NOON
  return {
    metric: 'egress',
    organisationId,
    projectId,
    size: null,
    quantity: 10n,
    windowStart,
    windowEnd: new Date(windowStart.getTime() + 60_000),
    source: 'test',
    dedupeKey: `${projectId}:${windowStart.getTime()}`,
    ...over,
  }
}

test('requests, rows and bytes are in the totals of organisation and project, in the hour and on the day', async () => {
  const { metering, organisationId, projectId } = await createMetered(control, NOON)
  metering.apiRequest({ organisationId, projectId, rows: 3, bytesOut: 1_200 })
  metering.apiRequest({ organisationId, projectId, requests: 4, rows: 0, bytesOut: 2 })
  metering.egress({ organisationId, projectId, bytes: 100 })
  await metering.flush()
  const { byMetric, byProject, asOf } = await metering.totals(organisationId, NOVEMBER)
  expect(asOf).toEqual(NOON)
  expect(byMetric).toEqual(
    new Map([
      ['api-requests', 5n],
      ['api-rows', 3n],
      ['egress', 1_302n],
    ]),
  )
  expect(byProject).toEqual(new Map([[projectId, byMetric]]))
  expect(await metering.recount(organisationId, NOVEMBER)).toEqual(byMetric)
  for (const interval of ['hour', 'day'] as const)
    expect(await metering.series(organisationId, { ...NOVEMBER, metric: 'egress', interval })).toEqual([
      { at: interval === 'hour' ? NOON : new Date('2026-11-23T00:00:00Z'), quantity: 1_302n },
    ])
})

test('who owns a project is found out when it is not at hand, even after the project is gone', async () => {
  const { metering, organisationId, projectId } = await createMetered(control, NOON)
  metering.apiRequest({ projectId, rows: 1, bytesOut: 1 })
  await metering.flush()
  await control.db.query(sql`delete from instance where project_id = ${projectId}`)
  await control.db.query(sql`delete from project where id = ${projectId}`)
  metering.egress({ projectId, bytes: 4 })
  await metering.flush()
  const { byProject } = await metering.totals(organisationId, NOVEMBER)
  expect(byProject.get(projectId)?.get('egress')).toBe(5n)
  expect(await metering.projectNames(organisationId)).toEqual([{ projectId, name: 'Shop', isDeleted: true }])
})

test('another organisation, and another project, see nothing of it', async () => {
  const [one, other] = [await createMetered(control, NOON), await createMetered(control, NOON)]
  one.metering.record(eventOf(one))
  await one.metering.flush()
  const { organisationId } = other
  expect((await other.metering.totals(organisationId, NOVEMBER)).byMetric).toEqual(new Map())
  const ofProject = { projectId: one.projectId }
  expect((await one.metering.totals(organisationId, NOVEMBER, ofProject)).byMetric).toEqual(new Map())
  const series = { ...NOVEMBER, ...ofProject, metric: 'egress', interval: 'day' } as const
  expect(await one.metering.series(organisationId, series)).toEqual([])
  expect(await one.metering.series(one.organisationId, series)).toHaveLength(1)
})

test('every hour is in exactly one of two periods that follow each other, wherever they meet', async () => {
  const metered = await createMetered(control, NOON)
  const { metering, organisationId } = metered
  for (let hours = 0; hours < 47; hours += 1)
    metering.record(eventOf(metered, { windowStart: hoursAgo(hours) }))
  await metering.flush()
  const sum = async (from: Date, to: Date): Promise<bigint> =>
    (await metering.totals(organisationId, { from, to })).byMetric.get('egress') ?? 0n
  for (const hours of [0.5, 1, 11, 12, 12.01, 13, 30, 36, 40.7]) {
    const meeting = hoursAgo(hours)
    const parts = [await sum(NOVEMBER.from, meeting), await sum(meeting, NOVEMBER.to)] as const
    expect(parts[0] + parts[1]).toBe(470n)
    expect(parts[1]).toBe(BigInt(Math.floor(hours) + 1) * 10n)
  }
})

test('a late event changes the rollups for 48 hours; what comes later is refused, kept aside and told', async () => {
  const metered = await createMetered(control, NOON)
  const { metering, organisationId, observations } = metered
  metering.record(eventOf(metered, { windowStart: hoursAgo(48) }))
  metering.record(eventOf(metered, { windowStart: hoursAgo(49) }))
  await metering.flush()
  expect((await metering.totals(organisationId, NOVEMBER)).byMetric.get('egress')).toBe(10n)
  expect(observations).toEqual([{ type: 'metering.refused', reason: 'late', events: 1 }])
  const refused = await control.db.query(
    sql`select reason, quantity::text, window_start from usage_refused where organisation_id = ${organisationId}`,
  )
  expect(refused).toEqual([{ reason: 'late', quantity: '10', window_start: hoursAgo(49) }])
})

test('changes are told by revision: each hour once, as it is now, and a late event again', async () => {
  const metered = await createMetered(control, NOON)
  const { metering, organisationId } = metered
  const second = await addMeteredProject(control, organisationId, 'Second')
  await metering.flush()
  const begin = (await metering.hourlyChanges(0n)).revision
  metering.record(eventOf(metered))
  metering.record(eventOf(metered, { projectId: second, dedupeKey: 'second' }))
  metering.record(eventOf(metered, { windowStart: hoursAgo(3) }))
  await metering.flush()
  const first = await metering.hourlyChanges(begin)
  expect(first.changes.map(({ hour, quantity }) => [hour, quantity])).toEqual([
    [hoursAgo(3), 10n],
    [NOON, 20n],
  ])
  expect(await metering.hourlyChanges(first.revision)).toEqual({
    revision: first.revision,
    changes: [],
    hasMore: false,
  })
  // One of two projects has more now: the hour is told with both.
  metering.record(eventOf(metered, { quantity: 15n }))
  metering.record(eventOf(metered, { projectId: second, dedupeKey: 'second' }))
  await metering.flush()
  const { changes, revision } = await metering.hourlyChanges(first.revision)
  expect(changes).toEqual([{ organisationId, metric: 'egress', hour: NOON, quantity: 25n, revision }])
})

test('read in small parts, no change is passed over: not even when an hour that was read has changed again', async () => {
  const metered = await createMetered(control, NOON)
  const { metering, organisationId } = metered
  const second = await addMeteredProject(control, organisationId, 'Second')
  await metering.flush()
  let since = (await metering.hourlyChanges(0n)).revision
  const counts = [
    eventOf(metered),
    eventOf(metered, { windowStart: hoursAgo(1) }),
    eventOf(metered, { windowStart: hoursAgo(2) }),
    eventOf(metered, { projectId: second, dedupeKey: 'again' }),
  ]
  for (const one of counts) {
    metering.record(one)
    await metering.flush()
  }
  const told = new Map<number, bigint>()
  for (let hasMore = true; hasMore;) {
    const part = await readHourlyChanges(control.db, since, 1)
    for (const { hour, quantity } of part.changes) told.set(hour.getTime(), quantity)
    ;({ revision: since, hasMore } = part)
  }
  expect(Object.fromEntries(told)).toEqual({
    [NOON.getTime()]: 20n,
    [hoursAgo(1).getTime()]: 10n,
    [hoursAgo(2).getTime()]: 10n,
  })
})

test('of a peak the highest hour of all projects together counts, and its moment is told', async () => {
  const metered = await createMetered(control, NOON)
  const { metering, organisationId, projectId } = metered
  const second = await addMeteredProject(control, organisationId, 'Second')
  const peak = (project: typeof projectId, minutesAgo: number, level: bigint): void => {
    const windowStart = new Date(NOON.getTime() - minutesAgo * 60_000)
    const windowEnd = new Date(windowStart.getTime() + 60_000)
    metering.realtimeConnections({
      organisationId,
      projectId: project,
      windowStart,
      windowEnd,
      key: 'a',
      peak: level,
    })
  }
  peak(projectId, 150, 9n)
  peak(projectId, 20, 7n)
  peak(projectId, 10, 4n)
  peak(second, 15, 6n)
  await metering.flush()
  peak(projectId, 5, 5n)
  await metering.flush()
  const { byMetric, byProject, peakAt } = await metering.totals(organisationId, NOVEMBER)
  expect(byMetric.get('realtime-connections')).toBe(13n)
  expect(byProject.get(projectId)?.get('realtime-connections')).toBe(9n)
  expect(peakAt.get('realtime-connections')).toEqual(new Date(NOON.getTime() - 15 * 60_000))
})

test('sources that the product has no feature for yet count as the metrics say', async () => {
  const { metering, organisationId, projectId } = await createMetered(control, NOON)
  const use = {
    organisationId,
    projectId,
    windowStart: NOON,
    windowEnd: new Date(NOON.getTime() + 60_000),
    key: 'a',
  }
  metering.realtimeMessages({ ...use, messages: 7n })
  metering.backupStorage({ ...use, bytes: 100n })
  metering.branches({ ...use, count: 2n })
  await metering.flush()
  expect((await metering.totals(organisationId, NOVEMBER)).byMetric).toEqual(
    new Map([
      ['realtime-messages', 7n],
      ['backup-storage', 6_000n],
      ['branches', 120n],
    ]),
  )
})

test('a source that mistakes its window is told at once', async () => {
  const metered = await createMetered(control, NOON)
  const invalid: Partial<UsageEvent>[] = [
    { windowEnd: NOON },
    { windowEnd: new Date(NOON.getTime() + HOUR_MS + 1) },
    { quantity: -1n },
  ]
  for (const over of invalid)
    expect(() => metered.metering.record(eventOf(metered, over))).toThrow(RangeError)
})

test('months get partitions when they come; old ones are dropped, and days stay', async () => {
  const metered = await createMetered(control, new Date('2025-03-31T23:59:00Z'))
  const at = (time: string): UsageEvent => eventOf(metered, { windowStart: new Date(time) })
  metered.metering.record(at('2025-03-31T23:58:00Z'))
  metered.metering.record(at('2025-04-01T00:00:00Z'))
  await metered.metering.flush()
  const range = { from: new Date('2025-03-01T00:00:00Z'), to: new Date('2025-05-01T00:00:00Z') }
  const sumOf = async (): Promise<unknown> =>
    (await metered.metering.totals(metered.organisationId, range)).byMetric.get('egress')
  expect(await sumOf()).toBe(20n)
  expect(await metered.prune(new Date('2026-05-15T00:00:00Z'))).toEqual([
    'usage_event_2025_03',
    'usage_hour_2025_03',
  ])
  expect(await sumOf()).toBe(20n)
  expect((await metered.metering.recount(metered.organisationId, range)).get('egress')).toBe(10n)
  expect(await metered.prune(new Date('2026-05-15T00:00:00Z'))).toEqual([])
})

test('a file that is ingested is removed, the one that is written to when it is full or its process is gone', async () => {
  const metered = await createMetered(control, NOON)
  metered.metering.record(eventOf(metered))
  await metered.metering.flush()
  const files = (): string[] => readdirSync(join(metered.directory, 'metering'))
  expect(files()).toHaveLength(1)
  const next = metered.restart()
  await next.flush()
  expect(files()).toEqual([])
  await next.close()
  expect(metered.observations).toEqual([])
})
