// The device’s rules of conflicts, one by one; converge.test.ts runs them all at once.
import { describe, expect, test } from 'vitest'
import { connection, savedQuery } from '#testing/conformance/sync-store.ts'
import type { MemorySyncStore } from '#testing/memory-sync-store.ts'
import { lost, texts, useSyncDevices } from '#testing/sync-devices.ts'
import { conflictName } from './apply-outcome.ts'
import type { WritableRecord } from './index.ts'

const devices = useSyncDevices()
const { failing, remove, save, sync } = devices

describe('conflicts', () => {
  async function bothHave(record: WritableRecord): Promise<void> {
    save(devices.here, record)
    await sync(devices.here)
    await sync(devices.there)
  }

  // SYNC-18
  test('edit against edit: the service’s stays, the local one becomes a copy with the date in UTC', async () => {
    await bothHave(savedQuery(1, 'a'))
    save(devices.there, savedQuery(1, 'theirs'))
    await sync(devices.there)
    save(devices.here, savedQuery(1, 'mine'))
    expect((await sync(devices.here)).conflicts).toEqual([
      {
        kind: 'savedQuery',
        id: savedQuery(1, '').record.id,
        resolution: 'copied',
        copyName: 'query 1 (conflict, 2026-11-23)',
      },
    ])
    await sync(devices.there)
    for (const store of [devices.here, devices.there])
      expect(texts(store.records())).toEqual(['query 1 (conflict, 2026-11-23): mine', 'query 1: theirs'])
  })

  // SYNC-18
  test('the copy has the newest local text, also when that was typed after the push', async () => {
    await bothHave(savedQuery(1, 'a'))
    save(devices.there, savedQuery(1, 'theirs'))
    await sync(devices.there)
    save(devices.here, savedQuery(1, 'mine'))
    await expect(sync(devices.here, { client: failing('push', 'after', lost) })).rejects.toBe(lost)
    save(devices.here, savedQuery(1, 'mine, longer'))
    await sync(devices.here)
    expect(texts(devices.service.records())).toEqual([
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
    save(devices.there, same('2026-11-22T11:00:00.000Z'))
    await sync(devices.there)
    save(devices.here, same('2026-11-22T12:00:00.000Z'))
    expect((await sync(devices.here)).conflicts).toMatchObject([{ resolution: 'merged', copyName: null }])
    expect(devices.here.records()).toEqual(devices.service.records())
    expect(devices.here.records()).toHaveLength(1)
  })

  // SYNC-18
  test('a connection keeps what lies beside it on its copy', async () => {
    await bothHave(connection(1, 'a'))
    save(devices.there, connection(1, 'theirs'))
    await sync(devices.there)
    save(devices.here, connection(1, 'mine'))
    const copies: unknown[] = []
    const watched: MemorySyncStore = {
      ...devices.here,
      transaction: (work) =>
        devices.here.transaction((tx) =>
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
  test('edited devices.here, deleted there: the edit stays everywhere', async () => {
    await bothHave(savedQuery(1, 'a'))
    remove(devices.there, savedQuery(1, ''))
    await sync(devices.there)
    save(devices.here, savedQuery(1, 'mine'))
    expect((await sync(devices.here)).conflicts).toMatchObject([{ resolution: 'kept-local', copyName: null }])
    await sync(devices.there)
    for (const store of [devices.here, devices.there])
      expect(texts(store.records())).toEqual(['query 1: mine'])
  })

  // SYNC-20
  test('deleted devices.here, edited there: the edit comes back here', async () => {
    await bothHave(savedQuery(1, 'a'))
    save(devices.there, savedQuery(1, 'theirs'))
    await sync(devices.there)
    remove(devices.here, savedQuery(1, ''))
    expect((await sync(devices.here)).conflicts).toMatchObject([{ resolution: 'kept-remote' }])
    expect(texts(devices.here.records())).toEqual(['query 1: theirs'])
  })

  test('deleted on both sides is no conflict', async () => {
    await bothHave(savedQuery(1, 'a'))
    remove(devices.there, savedQuery(1, ''))
    await sync(devices.there)
    remove(devices.here, savedQuery(1, ''))
    expect((await sync(devices.here)).conflicts).toEqual([])
    expect(devices.here.records()).toEqual([])
  })

  test('edited, sent, then deleted devices.here, and deleted there: it is gone', async () => {
    await bothHave(savedQuery(1, 'a'))
    remove(devices.there, savedQuery(1, ''))
    await sync(devices.there)
    save(devices.here, savedQuery(1, 'b'))
    await expect(sync(devices.here, { client: failing('push', 'before', lost) })).rejects.toBe(lost)
    remove(devices.here, savedQuery(1, ''))
    expect((await sync(devices.here)).conflicts).toEqual([])
    expect([devices.here.records(), devices.here.outbox(), devices.service.records()]).toEqual([[], [], []])
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
