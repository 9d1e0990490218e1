import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { decide, foldEvents, HOUR_MS, type Decision, type StoredEvent } from './decide.ts'
import type { SpooledEvent } from './types.ts'

const organisationId = OrganisationId.parse('0198c0de-0000-7000-8000-000000000001')
const projectId = ProjectId.parse('0198c0de-0000-7000-8000-00000000000a')
const otherProject = ProjectId.parse('0198c0de-0000-7000-8000-00000000000b')
const now = new Date('2026-11-23T12:30:00Z')
const ago = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS)

function event(over: Partial<SpooledEvent> = {}): SpooledEvent {
  const windowStart = over.windowStart ?? now
  return {
    metric: 'api-requests',
    organisationId,
    projectId,
    size: null,
    quantity: 5n,
    windowStart,
    windowEnd: new Date(windowStart.getTime() + 60_000),
    source: 'api',
    dedupeKey: 'a',
    ...over,
  }
}

function decideWith(events: readonly SpooledEvent[], stored: readonly StoredEvent[] = []): Decision {
  return decide(foldEvents(events), { now, stored, organisations: new Map([[projectId, organisationId]]) })
}

const stored = (over: Partial<StoredEvent> = {}): StoredEvent => ({
  dedupeKey: 'a',
  windowStart: now,
  organisationId,
  projectId,
  metric: 'api-requests',
  quantity: 5n,
  ...over,
})

test('a new event counts in its hour', () => {
  const { events, hours, refused } = decideWith([event()])
  expect(events).toEqual([event()])
  expect(hours).toEqual([
    {
      organisationId,
      projectId,
      metric: 'api-requests',
      hour: new Date('2026-11-23T12:00:00Z'),
      quantity: 5n,
      peakAt: null,
    },
  ])
  expect(refused).toEqual([])
})

test.each([
  ['the same quantity', 5n, undefined],
  ['a smaller one', 4n, undefined],
  ['a larger one', 9n, 4n],
])('a repeat with %s counts the difference, and never less', (_, quantity, added) => {
  const { hours, refused } = decideWith([event({ quantity })], [stored()])
  expect(hours.map((one) => one.quantity)).toEqual(added === undefined ? [] : [added])
  expect(refused).toEqual([])
})

test.each([
  ['another window', { windowStart: ago(1) }],
  ['another project', { projectId: otherProject }],
  ['another metric', { metric: 'api-rows' as const }],
])('a key that comes with %s is refused', (_, over) => {
  expect(decideWith([event(over)], [stored()])).toMatchObject({
    events: [],
    refused: [{ reason: 'conflict' }],
  })
  // In one batch the first one counts.
  expect(decideWith([event(), event(over)])).toMatchObject({
    events: [{ quantity: 5n }],
    refused: [{ reason: 'conflict' }],
  })
})

test.each([
  ['48 hours ago', ago(48), []],
  ['a little longer ago', new Date(ago(48).getTime() - 1), ['late']],
  ['in ten minutes', new Date(now.getTime() + 600_000), []],
  ['later than that', new Date(now.getTime() + 600_001), ['future']],
])('an event whose window began %s', (_, windowStart, reasons) => {
  expect(decideWith([event({ windowStart })]).refused.map(({ reason }) => reason)).toEqual(reasons)
})

test('a late repeat of what is stored is nothing to tell of', () => {
  const windowStart = ago(72)
  expect(decideWith([event({ windowStart })], [stored({ windowStart })])).toEqual({
    events: [],
    hours: [],
    refused: [],
  })
})

test('the organisation is looked up where it is not known, and an unknown project is refused', () => {
  expect(decideWith([event({ organisationId: null })]).events).toMatchObject([{ organisationId }])
  expect(decideWith([event({ organisationId: null, projectId: otherProject })]).refused).toMatchObject([
    { reason: 'unknown-project' },
  ])
})

test('of a peak the highest level of the hour counts, with its moment', () => {
  const peak = (dedupeKey: string, quantity: bigint, windowStart: Date): SpooledEvent =>
    event({ metric: 'realtime-connections', dedupeKey, quantity, windowStart })
  const { hours } = decideWith([peak('a', 3n, ago(0.4)), peak('b', 8n, ago(0.3)), peak('c', 5n, ago(0.2))])
  expect(hours).toMatchObject([{ quantity: 8n, peakAt: ago(0.3) }])
})

const draws = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 4 }),
    quantity: fc.bigInt({ min: 0n, max: 50n }),
    cut: fc.boolean(),
  }),
  { maxLength: 40 },
)

test('however cumulative records are cut into batches and repeated, each key counts its largest quantity once', () => {
  const property = fc.property(draws, (records) => {
    const kept = new Map<string, StoredEvent>()
    let counted = 0n
    let batch: SpooledEvent[] = []
    const ingest = (): void => {
      const { events, hours } = decideWith(batch, [...kept.values()])
      for (const one of events) kept.set(one.dedupeKey, one)
      counted += hours.reduce((sum, one) => sum + one.quantity, 0n)
    }
    for (const { key, quantity, cut } of records) {
      batch.push(event({ dedupeKey: String(key), quantity }))
      if (!cut) continue
      ingest()
      // The crash was after the commit: the same batch comes again.
      if (key % 2 === 0) batch = []
    }
    ingest()
    const largest = new Map<number, bigint>()
    for (const { key, quantity } of records)
      if (quantity > (largest.get(key) ?? 0n)) largest.set(key, quantity)
    expect(counted).toBe([...largest.values()].reduce((sum, one) => sum + one, 0n))
  })
  fc.assert(property, { seed: 20_261_123, numRuns: 200 })
})
