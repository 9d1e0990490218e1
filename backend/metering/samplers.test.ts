import { expect, test } from 'vitest'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { computeEvents, levelEvents, type Level } from './samplers.ts'
import type { UsageEvent } from './types.ts'

const organisationId = OrganisationId.parse('0198c0de-0000-7000-8000-000000000001')
const projectId = ProjectId.parse('0198c0de-0000-7000-8000-00000000000a')
const awakeSince = new Date('2026-11-23T10:40:00Z')
const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)
const MINUTE = 1_000n * 60_000n

function compute(from: Date, until: Date): readonly UsageEvent[] {
  return computeEvents({ projectId, organisationId, awakeSince, size: 'standard' }, { from, until })
}

test('compute time is cut at the hours, in thousandths of a unit and milliseconds', () => {
  const events = compute(awakeSince, at('12:15:00.001'))
  expect(
    events.map(({ windowStart, windowEnd, quantity, size }) => [windowStart, windowEnd, quantity, size]),
  ).toEqual([
    [awakeSince, at('11:00:00'), 20n * MINUTE, 'standard'],
    [at('11:00:00'), at('12:00:00'), 60n * MINUTE, 'standard'],
    [at('12:00:00'), at('12:15:00.001'), 15n * MINUTE + 1_000n, 'standard'],
  ])
})

test('told again from any moment, an hour has the same key and all of its time', () => {
  const all = compute(awakeSince, at('12:15:00'))
  expect(compute(at('11:59:50'), at('12:15:00'))).toEqual(all.slice(1))
  expect(compute(at('12:10:00'), at('12:15:00'))).toEqual(all.slice(2))
})

test('another start of the server is another key, and a gap is filled for 47 hours at most', () => {
  const again = computeEvents(
    { projectId, organisationId, awakeSince: at('10:50:00'), size: 'standard' },
    { from: at('10:50:00'), until: at('10:55:00') },
  )
  expect(again[0]?.dedupeKey).not.toBe(compute(awakeSince, at('10:55:00'))[0]?.dedupeKey)
  const long = compute(awakeSince, new Date('2026-11-30T00:30:00Z'))
  expect(long.at(0)?.windowStart).toEqual(new Date('2026-11-28T01:00:00Z'))
  expect(long).toHaveLength(48)
})

const level = (amount: bigint, before: Level | undefined, now: Date): ReturnType<typeof levelEvents> =>
  levelEvents({ projectId, organisationId, metric: 'storage', amount }, before, now)

test('a level counts from the first time it is seen, cumulative within the hour, in whole seconds', () => {
  const first = level(100n, undefined, at('10:58:00.700'))
  expect(first.events).toEqual([])
  const second = level(100n, first.level, at('10:59:00.200'))
  expect(second.events).toMatchObject([
    { quantity: 6_000n, windowStart: at('10:00:00'), windowEnd: at('10:59:00') },
  ])
  const third = level(200n, second.level, at('11:01:00'))
  expect(third.events).toMatchObject([
    { quantity: 6_000n + 12_000n, windowStart: at('10:00:00'), windowEnd: at('11:00:00') },
    { quantity: 12_000n, windowStart: at('11:00:00'), windowEnd: at('11:01:00') },
  ])
  expect(second.events[0]?.dedupeKey).toBe(third.events[0]?.dedupeKey)
})

test('after a stop of the service a level is counted on from where it was, without gap or overlap', () => {
  const before = { hour: at('08:00:00'), until: at('08:30:00'), quantity: 7n }
  const { events } = level(1n, before, at('10:15:00'))
  expect(events.map(({ quantity }) => quantity)).toEqual([7n + 1_800n, 3_600n, 900n])
})

test('what lies too far back for the rollups is not made up', () => {
  const before = { hour: at('08:00:00'), until: at('08:30:00'), quantity: 7n }
  const { events } = level(1n, before, new Date('2026-11-30T00:30:00Z'))
  expect(events.at(0)?.windowStart).toEqual(new Date('2026-11-28T02:00:00Z'))
})
