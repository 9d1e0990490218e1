// The device's rules one by one; converge.test.ts runs them all at once.
import { beforeEach, describe, expect, test } from 'vitest'
import type { SyncRecord } from '#contract/capabilities/sync.ts'
import { AppError } from '#contract/errors.ts'
import { connection, savedQuery } from '#testing/conformance/sync-store.ts'
import { createMemorySyncService, type MemorySyncService } from '#testing/memory-sync-service.ts'
import { createMemorySyncStore, type MemorySyncStore } from '#testing/memory-sync-store.ts'
import { conflictName } from './apply-outcome.ts'
import {
  createSyncEngine,
  noteLocalChange,
  type SyncClient,
  type SyncEngineDependencies,
  type SyncKind,
  type WritableRecord,
} from './index.ts'

const ACCOUNT = '10000000-0000-4000-8000-000000000000'
let service: MemorySyncService
let here: MemorySyncStore
let there: MemorySyncStore
let counter: number

beforeEach(() => {
  service = createMemorySyncService({ accountId: ACCOUNT })
  here = createMemorySyncStore()
  there = createMemorySyncStore()
  counter = 0
})

function newId(): string {
  counter += 1
  return `50000000-0000-4000-8000-${String(counter).padStart(12, '0')}`
}

function engineOf(store: MemorySyncStore, changes: Partial<SyncEngineDependencies> = {}) {
  const clock = { now: () => new Date('2026-11-22T23:30:00-02:00') }
  return createSyncEngine({ store, client: service, accountId: ACCOUNT, clock, newId, ...changes })
}
const sync = (store: MemorySyncStore, changes: Partial<SyncEngineDependencies> = {}) =>
  engineOf(store, changes).sync()

function save(store: MemorySyncStore, record: WritableRecord): void {
  store.transaction((tx) => {
    const version = tx.readVersion({ kind: record.kind, id: record.record.id })
    tx.writeRecord({ record, version, isStale: false })
    noteLocalChange(tx, { type: 'upsert', record }, newId)
  })
}
function remove(store: MemorySyncStore, { kind, record }: WritableRecord): void {
  store.transaction((tx) => {
    noteLocalChange(tx, { type: 'delete', kind, id: record.id }, newId)
    tx.removeRecord({ kind, id: record.id })
  })
}
const texts = (records: readonly SyncRecord[]): string[] =>
  records
    .map((record) =>
      record.kind === 'savedQuery' ? `${record.record.name}: ${record.record.sql}` : record.kind,
    )
    .sort()
const states = (store: MemorySyncStore) => store.outbox().map(({ mutation, state }) => [mutation.type, state])

/** A client of which one call goes wrong: before the service is reached, or after. */
function failing(call: 'push' | 'pull', moment: 'before' | 'after', error: Error): SyncClient {
  const wrap =
    <I, O>(name: string, send: (input: I) => Promise<O>) =>
    async (input: I): Promise<O> => {
      if (name === call && moment === 'before') throw error
      const output = await send(input)
      if (name === call) throw error
      return output
    }
  return { push: wrap('push', service.push), pull: wrap('pull', service.pull) }
}
const lost = new AppError('SERVICE_UNREACHABLE', 'The connection was lost.')

describe('pulling', () => {
  // SYNC-8
  test('stores each page with its cursor, so that a lost page is asked for again and nothing twice', async () => {
    for (let n = 1; n <= 5; n++) save(there, savedQuery(n, 'x'))
    await sync(there)
    let pages = 0
    const client: SyncClient = {
      push: service.push,
      async pull(input) {
        pages += 1
        if (pages === 3) throw lost
        return service.pull(input)
      },
    }
    await expect(sync(here, { client, pageLimit: 2 })).rejects.toBe(lost)
    expect(here.records()).toHaveLength(4)
    const { pulled } = await sync(here, { client, pageLimit: 2 })
    expect(pulled).toBe(1)
    expect(here.records()).toHaveLength(5)
  })

  // SYNC-8
  test('a page that another cycle has stored already is left alone', async () => {
    save(there, savedQuery(1, 'a'))
    await sync(there)
    let isFirst = true
    const client: SyncClient = {
      push: service.push,
      async pull(input) {
        const page = await service.pull(input)
        if (isFirst) {
          isFirst = false
          await sync(here)
          save(there, savedQuery(1, 'b'))
          await sync(there)
        }
        return page
      },
    }
    await sync(here, { client })
    expect(texts(here.records())).toEqual(['query 1: b'])
  })

  // SYNC-9
  test('leaves out what the person is changing', async () => {
    save(here, savedQuery(1, 'a'))
    await sync(here)
    await sync(there)
    save(there, savedQuery(1, 'b'))
    await sync(there)
    const client: SyncClient = {
      push: service.push,
      async pull(input) {
        save(here, savedQuery(1, 'typed meanwhile'))
        return service.pull(input)
      },
    }
    await sync(here, { client })
    expect(texts(here.records())).toEqual(['query 1: typed meanwhile'])
    await sync(here)
    expect(texts(here.records())).toEqual(['query 1 (conflict, 2026-11-23): typed meanwhile', 'query 1: b'])
  })

  // SYNC-10
  test('a reset takes away what is no longer there, at its end and not before', async () => {
    for (let n = 1; n <= 4; n++) save(here, savedQuery(n, 'x'))
    await sync(here)
    await sync(there)
    remove(there, savedQuery(1, ''))
    await sync(there)
    service.forgetTombstones()
    save(there, savedQuery(5, 'y'))
    await sync(there)

    let pages = 0
    const client: SyncClient = {
      push: service.push,
      async pull(input) {
        pages += 1
        if (pages === 2) throw lost
        return service.pull(input)
      },
    }
    await expect(sync(here, { client, pageLimit: 2 })).rejects.toBe(lost)
    expect(here.records()).toHaveLength(4)
    await sync(here, { pageLimit: 2 })
    expect(texts(here.records())).toEqual(texts(there.records()))
  })

  // SYNC-10
  test('a reset keeps what was changed here and not pushed', async () => {
    save(here, savedQuery(1, 'x'))
    await sync(here)
    await sync(there)
    remove(there, savedQuery(1, ''))
    await sync(there)
    service.forgetTombstones()
    save(here, savedQuery(1, 'mine'))
    const client = failing('push', 'before', lost)
    await expect(sync(here, { client })).rejects.toBe(lost)
    const { conflicts } = await sync(here)
    expect(conflicts).toMatchObject([{ resolution: 'kept-local' }])
    await sync(there)
    expect(texts(there.records())).toEqual(['query 1: mine'])
  })

  // SYNC-23
  test('an answer for another account is thrown away', async () => {
    const client = createMemorySyncService({ accountId: '10000000-0000-4000-8000-000000000001' })
    await expect(sync(here, { client })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(here.transaction((tx) => tx.readState().cursor)).toBeNull()
  })

  // SYNC-23
  test('the stores of one account are not synced with another', async () => {
    await sync(here)
    save(here, savedQuery(1, 'a'))
    const accountId = '10000000-0000-4000-8000-000000000001'
    await expect(sync(here, { accountId })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(service.records()).toEqual([])
  })
})

describe('the outbox', () => {
  // SYNC-12
  test('holds one entry for what was changed several times, and none for what came and went', async () => {
    save(here, savedQuery(1, 'a'))
    save(here, savedQuery(1, 'b'))
    save(here, savedQuery(2, 'x'))
    remove(here, savedQuery(2, ''))
    expect(states(here)).toEqual([['upsert', 'waiting']])
    expect(await sync(here)).toMatchObject({ pushed: 1, conflicts: [] })
    expect(texts(service.records())).toEqual(['query 1: b'])
    save(here, savedQuery(1, 'c'))
    remove(here, savedQuery(1, ''))
    expect(states(here)).toEqual([['delete', 'waiting']])
    await sync(here)
    expect(service.records()).toEqual([])
  })

  // SYNC-12, SYNC-14, SYNC-15
  test('an entry whose answer was lost is sent again as it was, and a later change follows it', async () => {
    save(here, savedQuery(1, 'a'))
    await expect(sync(here, { client: failing('push', 'after', lost) })).rejects.toBe(lost)
    expect(states(here)).toEqual([['upsert', 'attempted']])
    save(here, savedQuery(1, 'b'))
    expect(states(here)).toEqual([
      ['upsert', 'attempted'],
      ['upsert', 'waiting'],
    ])
    save(here, savedQuery(1, 'c'))
    expect(here.outbox()).toHaveLength(2)
    expect(await sync(here)).toMatchObject({ pushed: 2, conflicts: [] })
    expect(texts(service.records())).toEqual(['query 1: c'])
    expect(here.outbox()).toEqual([])
  })

  // SYNC-12
  test('what was sent and is deleted before the answer came is deleted at the service too', async () => {
    save(here, savedQuery(1, 'a'))
    await expect(sync(here, { client: failing('push', 'after', lost) })).rejects.toBe(lost)
    remove(here, savedQuery(1, ''))
    await sync(here)
    expect(service.records()).toEqual([])
    expect(here.records()).toEqual([])
  })

  // SYNC-13
  test('is sent in pushes of at most 50 entries and about 4 MB, in order', async () => {
    const sizes: number[][] = []
    const client: SyncClient = {
      pull: service.pull,
      push(input) {
        sizes.push(input.mutations.map((mutation) => JSON.stringify(mutation).length))
        return service.push(input)
      },
    }
    for (let n = 1; n <= 60; n++) save(here, savedQuery(n, 'x'))
    await sync(here, { client })
    expect(sizes.map((push) => push.length)).toEqual([50, 10])
    for (const size of [4_500_000, 3_000_000, 2_000_000, 10]) {
      counter += 100
      save(there, savedQuery(counter, 'y'.repeat(size)))
    }
    sizes.length = 0
    await sync(there, { client })
    expect(sizes.map((push) => push.length)).toEqual([1, 1, 2])
  })

  // SYNC-21
  test('a rejected entry stays with its reason, keeps the text and is replaced by the next change', async () => {
    save(here, savedQuery(1, 'a\0'))
    save(here, savedQuery(2, 'b'))
    const { rejected, pushed } = await sync(here)
    expect(pushed).toBe(1)
    expect(rejected).toMatchObject([{ key: { kind: 'savedQuery' }, reason: expect.stringContaining('NUL') }])
    expect(states(here)).toEqual([['upsert', 'rejected']])
    expect(await sync(here)).toMatchObject({ pushed: 0, rejected: [] })
    expect(texts(here.records())).toContain('query 1: a\0')
    save(here, savedQuery(1, 'mended'))
    expect(await sync(here)).toMatchObject({ pushed: 1 })
    expect(texts(service.records())).toEqual(['query 1: mended', 'query 2: b'])
  })

  // SYNC-21
  test('a change that follows one that is then rejected goes on its own', async () => {
    save(here, savedQuery(1, 'a\0'))
    save(here, savedQuery(2, 'b\0'))
    const client = failing('push', 'before', lost)
    await expect(sync(here, { client })).rejects.toBe(lost)
    save(here, savedQuery(1, 'good'))
    remove(here, savedQuery(2, ''))
    await sync(here)
    expect(texts(service.records())).toEqual(['query 1: good'])
    expect(here.outbox()).toEqual([])
  })

  // SYNC-21
  test.each(['INVALID_INPUT', 'TOO_LARGE'] as const)(
    'a push refused as a whole (%s) is sent one by one, and only the culprit is rejected',
    async (code) => {
      const client: SyncClient = {
        pull: service.pull,
        async push(input) {
          if (JSON.stringify(input).includes('culprit')) throw new AppError(code, 'It is not acceptable.')
          return service.push(input)
        },
      }
      for (const [n, text] of ['a', 'culprit', 'c', 'd'].entries()) save(here, savedQuery(n, text))
      const { pushed, rejected } = await sync(here, { client })
      expect(pushed).toBe(3)
      expect(rejected).toMatchObject([{ reason: 'It is not acceptable.' }])
      expect(texts(service.records())).toEqual(['query 0: a', 'query 2: c', 'query 3: d'])
    },
  )

  test('a service that answers nothing ends the cycle and loses nothing', async () => {
    save(here, savedQuery(1, 'a'))
    const client: SyncClient = { pull: service.pull, push: async () => ({ outcomes: [] }) }
    await expect(sync(here, { client })).rejects.toMatchObject({ code: 'INTERNAL' })
    await sync(here)
    expect(texts(service.records())).toEqual(['query 1: a'])
  })
})

describe('conflicts', () => {
  async function bothHave(record: WritableRecord): Promise<void> {
    save(here, record)
    await sync(here)
    await sync(there)
  }

  // SYNC-18
  test('edit against edit: the service’s stays, the local one becomes a copy with the date in UTC', async () => {
    await bothHave(savedQuery(1, 'a'))
    save(there, savedQuery(1, 'theirs'))
    await sync(there)
    save(here, savedQuery(1, 'mine'))
    expect((await sync(here)).conflicts).toEqual([
      {
        kind: 'savedQuery',
        id: savedQuery(1, '').record.id,
        resolution: 'copied',
        copyName: 'query 1 (conflict, 2026-11-23)',
      },
    ])
    await sync(there)
    for (const store of [here, there])
      expect(texts(store.records())).toEqual(['query 1 (conflict, 2026-11-23): mine', 'query 1: theirs'])
  })

  // SYNC-18
  test('the copy has the newest local text, also when that was typed after the push', async () => {
    await bothHave(savedQuery(1, 'a'))
    save(there, savedQuery(1, 'theirs'))
    await sync(there)
    save(here, savedQuery(1, 'mine'))
    await expect(sync(here, { client: failing('push', 'after', lost) })).rejects.toBe(lost)
    save(here, savedQuery(1, 'mine, longer'))
    await sync(here)
    expect(texts(service.records())).toEqual([
      'query 1 (conflict, 2026-11-23): mine, longer',
      'query 1: theirs',
    ])
  })

  // SYNC-18
  test('the same edit on both sides makes no copy', async () => {
    await bothHave(savedQuery(1, 'a'))
    const same = (at: string): WritableRecord => {
      const { kind, record } = savedQuery(1, 'same')
      return kind === 'savedQuery' ? { kind, record: { ...record, updatedAt: at } } : { kind, record }
    }
    save(there, same('2026-11-22T11:00:00.000Z'))
    await sync(there)
    save(here, same('2026-11-22T12:00:00.000Z'))
    expect((await sync(here)).conflicts).toMatchObject([{ resolution: 'merged', copyName: null }])
    expect(here.records()).toEqual(service.records())
    expect(here.records()).toHaveLength(1)
  })

  // SYNC-18
  test('a connection keeps what lies beside it on its copy', async () => {
    await bothHave(connection(1, 'a'))
    save(there, connection(1, 'theirs'))
    await sync(there)
    save(here, connection(1, 'mine'))
    const copies: unknown[] = []
    const watched: MemorySyncStore = {
      ...here,
      transaction: (work) =>
        here.transaction((tx) =>
          work({
            ...tx,
            writeRecord(stored, options) {
              if (options !== undefined) copies.push([stored.record.record.name, options.copyOf])
              tx.writeRecord(stored)
            },
          }),
        ),
    }
    await sync(watched)
    expect(copies).toEqual([['connection 1 (conflict, 2026-11-23)', connection(1, '').record.id]])
  })

  // SYNC-19
  test('edited here, deleted there: the edit stays everywhere', async () => {
    await bothHave(savedQuery(1, 'a'))
    remove(there, savedQuery(1, ''))
    await sync(there)
    save(here, savedQuery(1, 'mine'))
    expect((await sync(here)).conflicts).toMatchObject([{ resolution: 'kept-local', copyName: null }])
    await sync(there)
    for (const store of [here, there]) expect(texts(store.records())).toEqual(['query 1: mine'])
  })

  // SYNC-20
  test('deleted here, edited there: the edit comes back here', async () => {
    await bothHave(savedQuery(1, 'a'))
    save(there, savedQuery(1, 'theirs'))
    await sync(there)
    remove(here, savedQuery(1, ''))
    expect((await sync(here)).conflicts).toMatchObject([{ resolution: 'kept-remote' }])
    expect(texts(here.records())).toEqual(['query 1: theirs'])
  })

  test('deleted on both sides is no conflict', async () => {
    await bothHave(savedQuery(1, 'a'))
    remove(there, savedQuery(1, ''))
    await sync(there)
    remove(here, savedQuery(1, ''))
    expect((await sync(here)).conflicts).toEqual([])
    expect(here.records()).toEqual([])
  })

  test('edited, sent, then deleted here, and deleted there: it is gone', async () => {
    await bothHave(savedQuery(1, 'a'))
    remove(there, savedQuery(1, ''))
    await sync(there)
    save(here, savedQuery(1, 'b'))
    await expect(sync(here, { client: failing('push', 'before', lost) })).rejects.toBe(lost)
    remove(here, savedQuery(1, ''))
    expect((await sync(here)).conflicts).toEqual([])
    expect([here.records(), here.outbox(), service.records()]).toEqual([[], [], []])
  })
})

describe('conflictName', () => {
  const at = new Date('2026-11-22T12:00:00Z')
  test.each([
    ['report', 100, 'report (conflict, 2026-11-22)'],
    ['x'.repeat(40), 40, `${'x'.repeat(17)} (conflict, 2026-11-22)`],
    [`${'x'.repeat(16)}😀yyyyyyyyyyyyy`, 40, `${'x'.repeat(16)} (conflict, 2026-11-22)`],
    ['report (conflict, 2026-11-20)', 100, 'report (conflict, 2026-11-22)'],
  ])('of %j within %i', (name, maxLength, expected) => {
    expect(conflictName(name, at, maxLength)).toBe(expected)
    expect(expected.length).toBeLessThanOrEqual(maxLength)
  })
})

describe('a cycle', () => {
  test('tells which kinds changed', async () => {
    const told: SyncKind[][] = []
    const onChange = (kinds: ReadonlySet<SyncKind>): void => void told.push([...kinds])
    await sync(here)
    save(there, connection(2, 'h'))
    await sync(there)
    save(here, savedQuery(1, 'a'))
    await sync(here, { onChange })
    expect(told).toEqual([['savedQuery'], ['connection']])
    await sync(here, { onChange })
    expect(told).toHaveLength(2)
  })

  test('that is asked for while one runs comes after it, once for all who asked', async () => {
    const gate = Promise.withResolvers<void>()
    let pulls = 0
    const client: SyncClient = {
      push: service.push,
      async pull(input) {
        pulls += 1
        if (pulls === 1) await gate.promise
        return service.pull(input)
      },
    }
    const engine = engineOf(here, { client })
    const first = engine.sync()
    save(here, savedQuery(1, 'typed during the first'))
    const [second, third] = [engine.sync(), engine.sync()]
    gate.resolve()
    expect(await first).toMatchObject({ pushed: 0 })
    expect(await second).toMatchObject({ pushed: 1 })
    expect(await third).toBe(await second)
    expect(pulls).toBe(2)
  })

  test('a cancelled one stops and loses nothing', async () => {
    save(here, savedQuery(1, 'a'))
    await expect(engineOf(here).sync(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
    await sync(here)
    expect(service.records()).toHaveLength(1)
  })
})
