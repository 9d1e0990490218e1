// What the service's side of sync must do for the records that a person keeps, as tests. Called for the real service and for the one in memory.
import { expect, test } from 'vitest'
import type { SyncChange, SyncMutation, SyncOutcome } from '../../contract/capabilities/sync.ts'
import type { SyncClient, WritableRecord } from '../../main/sync/index.ts'
import { connection, savedQuery } from './sync-store.ts'

export type { SyncClient } from '../../main/sync/index.ts'

export interface SyncServiceUnderTest {
  /** As one account sees it, with nothing of its own yet. */
  readonly client: SyncClient
  /** As another device of the same account. Forgets every tombstone there is now. */
  forgetTombstones(): Promise<void>
}

let mutations = 0
const nextId = (): string => {
  mutations += 1
  return `40000000-0000-4000-8000-${String(mutations).padStart(12, '0')}`
}

/** An upsert for tests. */
export function upsert(record: WritableRecord, baseVersion: number | null): SyncMutation {
  return { type: 'upsert', mutationId: nextId(), baseVersion, record }
}

/** A delete for tests. */
export function remove(record: WritableRecord, baseVersion: number | null): SyncMutation {
  return { type: 'delete', mutationId: nextId(), baseVersion, kind: record.kind, id: record.record.id }
}

async function pushOne(client: SyncClient, mutation: SyncMutation): Promise<SyncOutcome> {
  const { outcomes } = await client.push({ mutations: [mutation] })
  const [outcome] = outcomes
  if (outcome === undefined) throw new Error('The push was not answered.')
  return outcome
}

/** Everything from a cursor on, page by page. */
export async function pullAll(
  client: SyncClient,
  from: string | null,
  limit = 100,
): Promise<{ changes: SyncChange[]; cursor: string; reset: boolean }> {
  const changes: SyncChange[] = []
  let cursor = from
  let reset = false
  for (;;) {
    const page = await client.pull({ cursor, limit })
    changes.push(...page.changes)
    cursor = page.cursor
    // a beginning is not begun again half-way
    if (page.reset && changes.length > page.changes.length) throw new Error('The service began anew.')
    reset ||= page.reset
    if (!page.hasMore) return { changes, cursor, reset }
  }
}

const mine = (changes: readonly SyncChange[]): SyncChange[] =>
  changes.filter((change) => {
    const kind = change.type === 'upsert' ? change.record.kind : change.kind
    return kind === 'savedQuery' || kind === 'connection'
  })

/** Runs the suite; `create` makes an account with no records of its own. */
export function describeSyncService(create: () => Promise<SyncServiceUnderTest>): void {
  // SYNC-2, SYNC-4
  test('gives each change the next version and pulls records as they are, in order of version', async () => {
    const { client } = await create()
    const first = await pushOne(client, upsert(savedQuery(1, 'a'), null))
    const second = await pushOne(client, upsert(connection(2, 'h'), null))
    const third = await pushOne(client, upsert(savedQuery(1, 'b'), versionOf(first)))
    expect(versionOf(second)).toBeGreaterThan(versionOf(first))
    expect(versionOf(third)).toBeGreaterThan(versionOf(second))
    const { changes, cursor, reset } = await pullAll(client, null)
    expect(reset).toBe(false)
    expect(mine(changes)).toEqual([
      { type: 'upsert', version: versionOf(second), record: connection(2, 'h') },
      { type: 'upsert', version: versionOf(third), record: savedQuery(1, 'b') },
    ])
    expect((await client.pull({ cursor })).changes).toEqual([])
    await pushOne(client, remove(connection(2, 'h'), versionOf(second)))
    expect((await client.pull({ cursor })).changes).toMatchObject([
      { type: 'delete', kind: 'connection', id: connection(2, '').record.id },
    ])
  })

  // SYNC-5
  test('cuts pages at the limit and says whether there is more', async () => {
    const { client } = await create()
    for (let n = 1; n <= 5; n++) await pushOne(client, upsert(savedQuery(n, 'x'), null))
    const { cursor } = await pullAll(client, null)
    const whole = await pullAll(client, null, 1000)
    const paged = await pullAll(client, null, 2)
    expect(paged.changes).toEqual(whole.changes)
    expect(paged.cursor).toBe(cursor)
    expect(await client.pull({ cursor: null, limit: 1 })).toMatchObject({ hasMore: true })
    expect((await client.pull({ cursor: null, limit: 1 })).changes).toHaveLength(1)
  })

  // SYNC-7
  test('answers a cursor older than a forgotten tombstone with a reset and what is there', async () => {
    const { client, forgetTombstones } = await create()
    const first = await pushOne(client, upsert(savedQuery(1, 'a'), null))
    const { cursor: old } = await pullAll(client, null)
    await pushOne(client, remove(savedQuery(1, 'a'), versionOf(first)))
    const { cursor: fresh } = await pullAll(client, old)
    await forgetTombstones()
    await pushOne(client, upsert(savedQuery(2, 'b'), null))
    const reset = await pullAll(client, old)
    expect(reset.reset).toBe(true)
    expect(mine(reset.changes)).toMatchObject([{ type: 'upsert', record: savedQuery(2, 'b') }])
    const onward = await pullAll(client, fresh)
    expect(onward.reset).toBe(false)
    expect(mine(onward.changes)).toMatchObject([{ type: 'upsert', record: savedQuery(2, 'b') }])
  })

  // SYNC-7
  test('goes on page by page from any beginning, also below a forgotten tombstone', async () => {
    const { client, forgetTombstones } = await create()
    for (let n = 1; n <= 3; n++) await pushOne(client, upsert(savedQuery(n, 'x'), null))
    const { cursor: old } = await pullAll(client, null)
    const last = await pushOne(client, upsert(savedQuery(4, 'x'), null))
    await pushOne(client, remove(savedQuery(4, 'x'), versionOf(last)))
    await forgetTombstones()
    for (const [from, reset] of [
      [null, false],
      [old, true],
    ] as const) {
      const whole = await pullAll(client, from, 1)
      expect(mine(whole.changes)).toHaveLength(3)
      expect(whole.reset).toBe(reset)
      expect((await client.pull({ cursor: whole.cursor })).reset).toBe(false)
    }
  })

  // SYNC-7
  test('answers an unreadable cursor with a reset', async () => {
    const { client } = await create()
    await pushOne(client, upsert(savedQuery(1, 'a'), null))
    const { reset, changes } = await pullAll(client, 'nonsense')
    expect(reset).toBe(true)
    expect(mine(changes)).toHaveLength(1)
  })

  // SYNC-15
  test('applies a mutation once, however often it comes', async () => {
    const { client } = await create()
    const mutation = upsert(savedQuery(1, 'a'), null)
    const first = await pushOne(client, mutation)
    const later = await pushOne(client, upsert(savedQuery(1, 'b'), versionOf(first)))
    expect(await pushOne(client, mutation)).toEqual(first)
    expect(mine((await pullAll(client, null)).changes)).toEqual([
      { type: 'upsert', version: versionOf(later), record: savedQuery(1, 'b') },
    ])
  })

  // SYNC-16
  test('answers a change on another base with what stands, and changes nothing', async () => {
    const { client } = await create()
    const first = await pushOne(client, upsert(savedQuery(1, 'a'), null))
    const second = await pushOne(client, upsert(savedQuery(1, 'b'), versionOf(first)))
    const standing = { type: 'conflict', version: versionOf(second), current: savedQuery(1, 'b') }
    expect(await pushOne(client, upsert(savedQuery(1, 'c'), versionOf(first)))).toMatchObject(standing)
    expect(await pushOne(client, upsert(savedQuery(1, 'c'), null))).toMatchObject(standing)
    expect(await pushOne(client, remove(savedQuery(1, ''), versionOf(first)))).toMatchObject(standing)
    expect(mine((await pullAll(client, null)).changes)).toEqual([
      { type: 'upsert', version: versionOf(second), record: savedQuery(1, 'b') },
    ])
  })

  // SYNC-16
  test('knows the version of a tombstone as a base, and takes a second delete as done', async () => {
    const { client } = await create()
    const first = await pushOne(client, upsert(connection(1, 'a'), null))
    const gone = await pushOne(client, remove(connection(1, 'a'), versionOf(first)))
    const conflict = { type: 'conflict', version: versionOf(gone), current: null }
    expect(await pushOne(client, upsert(connection(1, 'b'), versionOf(first)))).toMatchObject(conflict)
    expect(await pushOne(client, upsert(connection(1, 'b'), null))).toMatchObject(conflict)
    expect(await pushOne(client, remove(connection(1, 'b'), 77))).toMatchObject({
      type: 'applied',
      version: versionOf(gone),
    })
    expect(await pushOne(client, remove(connection(9, ''), null))).toMatchObject({ type: 'applied' })
    expect(await pushOne(client, upsert(connection(1, 'b'), versionOf(gone)))).toMatchObject({
      type: 'applied',
    })
  })

  // SYNC-16: a base that was forgotten on both sides
  test('answers a change of a record that it knows nothing of as deleted, at version 0', async () => {
    const { client } = await create()
    const outcome = await pushOne(client, upsert(savedQuery(1, 'a'), 12))
    expect(outcome).toMatchObject({ type: 'conflict', version: 0, current: null })
    expect(await pushOne(client, upsert(savedQuery(1, 'a'), 0))).toMatchObject({ type: 'applied' })
  })

  // SYNC-17
  test('rejects what can never be stored, and goes on with the rest', async () => {
    const { client } = await create()
    const { outcomes } = await client.push({
      mutations: [upsert(savedQuery(1, 'a\0b'), null), upsert(savedQuery(2, 'b'), null)],
    })
    expect(outcomes.map(({ type }) => type)).toEqual(['rejected', 'applied'])
    expect(mine((await pullAll(client, null)).changes)).toHaveLength(1)
  })
}

function versionOf(outcome: SyncOutcome): number {
  if (outcome.type !== 'applied')
    throw new Error(`The mutation was not applied but answered ${outcome.type}.`)
  return outcome.version
}
