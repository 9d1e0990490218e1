// Two devices and the service, random edits, lost requests, lost answers, crashes and deliveries that come twice: in the end all hold the same, and
// no text is lost. SYNC-24, and with it SYNC-3, 8 to 16, 18 to 20 and 22.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SavedQueryId } from '#contract/capabilities/ids.ts'
import { SyncMutation, type SyncRecord } from '#contract/capabilities/sync.ts'
import { createMemorySyncService, type MemorySyncService } from '#testing/memory-sync-service.ts'
import { createMemorySyncStore, type MemorySyncStore } from '#testing/memory-sync-store.ts'
import { createSyncEngine, noteLocalChange, type SyncClient } from './index.ts'

const ACCOUNT = '10000000-0000-4000-8000-000000000000'
const NOW = new Date('2026-11-22T10:00:00Z')

/** What goes wrong at the nth step of a cycle. A step is a call to the service or a transaction. */
type Fault = 'none' | 'lost before' | 'lost after' | 'twice'
type Command =
  | { readonly type: 'save'; readonly device: number; readonly record: number }
  | { readonly type: 'delete'; readonly device: number; readonly record: number }
  | {
      readonly type: 'sync'
      readonly device: number
      readonly faults: readonly Fault[]
      readonly pageLimit: number
    }
  | { readonly type: 'deliver again'; readonly push: number }
  | { readonly type: 'forget tombstones' }

class Interrupted extends Error {}

class World {
  readonly service: MemorySyncService = createMemorySyncService({ accountId: ACCOUNT })
  readonly devices: readonly MemorySyncStore[] = [createMemorySyncStore(), createMemorySyncStore()]
  readonly pushes: SyncMutation[][] = []
  /** Texts that were saved and neither overwritten nor deleted by somebody who saw them. */
  readonly alive = new Set<string>()
  #counter = 0

  readonly newId = (): string => {
    this.#counter += 1
    return `30000000-0000-4000-8000-${String(this.#counter).padStart(12, '0')}`
  }

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'save':
        return this.#save(command)
      case 'delete':
        return this.#delete(command)
      case 'sync':
        return this.#syncFaulty(command)
      case 'deliver again': {
        const mutations = this.pushes[command.push % Math.max(1, this.pushes.length)]
        if (mutations !== undefined) await this.service.push({ mutations })
        return
      }
      case 'forget tombstones':
        return this.service.forgetTombstones()
    }
  }

  async sync(store: MemorySyncStore, client: SyncClient = this.service, pageLimit = 200): Promise<void> {
    const engine = createSyncEngine({
      store,
      client,
      accountId: ACCOUNT,
      clock: { now: () => NOW },
      newId: this.newId,
      pageLimit,
    })
    await engine.sync()
  }

  /** A record that the device shows, or a new id. */
  #choose(store: MemorySyncStore, choice: number): string {
    const shown = store.records().map(({ record }) => record.id)
    return shown[choice % (shown.length + 1)] ?? this.newId()
  }

  #save({ device, record: choice }: { device: number; record: number }): void {
    const store = this.#device(device)
    const id = this.#choose(store, choice)
    const sql = `text ${this.newId().slice(-6)}`
    store.transaction((tx) => {
      const before = tx.readRecord({ kind: 'savedQuery', id })
      if (before?.record.kind === 'savedQuery') this.alive.delete(before.record.record.sql)
      const record = {
        kind: 'savedQuery' as const,
        record: {
          id: SavedQueryId.parse(id),
          name: 'q',
          sql,
          connectionId: null,
          updatedAt: NOW.toISOString(),
        },
      }
      tx.writeRecord({ record, version: before?.version ?? null, isStale: before?.isStale ?? false })
      noteLocalChange(tx, { type: 'upsert', record }, this.newId)
    })
    this.alive.add(sql)
  }

  #delete({ device, record: choice }: { device: number; record: number }): void {
    const store = this.#device(device)
    const shown = store.records()
    const chosen = shown[choice % Math.max(1, shown.length)]
    if (chosen?.kind !== 'savedQuery') return
    this.alive.delete(chosen.record.sql)
    store.transaction((tx) => {
      noteLocalChange(tx, { type: 'delete', kind: 'savedQuery', id: chosen.record.id }, this.newId)
      tx.removeRecord({ kind: 'savedQuery', id: chosen.record.id })
    })
  }

  async #syncFaulty(command: { device: number; faults: readonly Fault[]; pageLimit: number }): Promise<void> {
    const store = this.#device(command.device)
    const faults = [...command.faults]
    const call = async <T>(send: () => Promise<T>): Promise<T> => {
      const fault = faults.shift() ?? 'none'
      if (fault === 'lost before') throw new Interrupted('the request was lost')
      const first = await send()
      if (fault === 'lost after') throw new Interrupted('the answer was lost')
      return fault === 'twice' ? send() : first
    }
    const client: SyncClient = {
      pull: (input) => call(() => this.service.pull(input)),
      push: (input) => {
        this.pushes.push(input.mutations.map((mutation) => SyncMutation.parse(mutation)))
        return call(() => this.service.push(input))
      },
    }
    const crashing: MemorySyncStore = {
      ...store,
      transaction: (work) => {
        const fault = faults.shift() ?? 'none'
        if (fault === 'lost before') throw new Interrupted('crashed before a transaction')
        const result = store.transaction(work)
        if (fault === 'lost after') throw new Interrupted('crashed after a transaction')
        return result
      },
    }
    await this.sync(crashing, client, command.pageLimit).catch((error: unknown) => {
      if (!(error instanceof Interrupted)) throw error
    })
  }

  #device(index: number): MemorySyncStore {
    const device = this.devices[index]
    if (device === undefined) throw new Error('There are two devices.')
    return device
  }
}

const device = fc.nat({ max: 1 })
const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'lost before', 'lost after', 'twice')
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('save' as const), device, record: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), device, record: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('sync' as const),
      device,
      faults: fc.array(fault, { maxLength: 14 }),
      pageLimit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('deliver again' as const), push: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('forget tombstones' as const) }) },
)

const textsOf = (records: readonly SyncRecord[]): string[] =>
  records.flatMap((record) => (record.kind === 'savedQuery' ? [record.record.sql] : [])).sort()
const byId = (records: readonly SyncRecord[]): SyncRecord[] =>
  [...records].sort((a, b) => (a.record.id < b.record.id ? -1 : 1))

// SYNC-24
test('devices and service converge and no text is lost, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
      const world = new World()
      for (const each of commands) await world.run(each)
      for (const store of [...world.devices, ...world.devices]) await world.sync(store)

      const held = world.service.records()
      for (const store of world.devices) {
        expect(store.outbox()).toEqual([])
        expect(byId(store.records())).toEqual(byId(held))
      }
      const texts = textsOf(held)
      expect(texts).toEqual(expect.arrayContaining([...world.alive]))
      // every change had its effect once
      expect(new Set(texts).size).toBe(texts.length)
    }),
    { numRuns: 1000 },
  )
})
