// Three machines and the real service, random edits by whatever editor, lost requests, lost answers and crashes: in the end all folders hold the same,
// no text is lost and none is there twice. NEBULADB_TEAM_RUNS sets how many histories are tried.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../backend/actor.ts'
import {
  createTeamCollectionsService,
  type TeamCollectionRef,
  type TeamCollectionsService,
} from '../backend/team-collections/service.ts'
import { TeamCollectionId } from '../contract/capabilities/ids.ts'
import { TeamFileChange } from '../contract/capabilities/team-collections.ts'
import { CollectionId } from '../contract/requests/collection.ts'
import { createTeamStore, openCache, type Cache, type TeamStore } from '../main/cache/index.ts'
import { isConflictCopy } from '../main/collections/team/conflict-copy.ts'
import { runCycle, type TeamClient } from '../main/collections/team/cycle.ts'
import { createControlDatabase, type ControlDatabase } from './control-database.ts'
import { tempDirectory } from './temp-directory.ts'
import { filesBelow } from './team-hosts.ts'
import { createTenants } from './tenants.ts'

const RUNS = Number(process.env['NEBULADB_TEAM_RUNS'] ?? 25)
const PATHS = ['a.yml', 'b.yml', 'Films/c.yml', 'Films/d.yml', 'environments/e.yml']
const ROOT = 'opencollection.yml'
/** What goes wrong at the nth step of a cycle; a step is a call to the service or a write to SQLite. */
type Fault = 'none' | 'before' | 'after'
type Command =
  | { readonly type: 'write' | 'remove'; readonly device: number; readonly path: number }
  | { readonly type: 'rename'; readonly device: number; readonly path: number; readonly to: number }
  | { readonly type: 'sync'; readonly device: number; readonly at: number; readonly fault: Fault }
  | { readonly type: 'prune' }

class Crash extends Error {}

let control: ControlDatabase
let actor: Actor
let service: TeamCollectionsService
let now = new Date()
let ref: Pick<TeamCollectionRef, 'organisationId'>
beforeAll(async () => {
  control = await createControlDatabase()
  const tenants = createTenants(control.db)
  actor = await tenants.person()
  ref = { organisationId: await tenants.organisation([[actor, 'owner']]) }
  service = createTeamCollectionsService({ db: control.db, clock: { now: () => now } })
})
afterAll(() => control.drop())

interface Device {
  readonly directory: string
  readonly cache: Cache
  readonly id: CollectionId
}

/** Steps after which a machine stops, as a killed process does. */
class Steps {
  #left: number
  readonly #fault: Fault
  constructor(at: number, fault: Fault) {
    this.#left = fault === 'none' ? Infinity : at
    this.#fault = fault
  }
  before(): void {
    if (this.#left === 0 && this.#fault === 'before') throw new Crash()
  }
  after(): void {
    if (this.#left === 0) throw new Crash()
    this.#left -= 1
  }
}

class World {
  readonly team = { ...ref, teamCollectionId: TeamCollectionId.parse(randomUUID()) }
  readonly devices: readonly Device[]
  /** Texts that were written and neither overwritten nor deleted by somebody who saw them. */
  readonly alive = new Set<string>()
  readonly wasRenamed = new Set<string>()
  #counter = 0

  constructor() {
    this.devices = Array.from({ length: 3 }, () => this.#newDevice())
  }

  #newDevice(): Device {
    const directory = tempDirectory()
    const cache = openCache(join(tempDirectory(), 'cache.db'))
    const id = CollectionId.parse(randomUUID())
    createTeamStore(cache).saveLink({
      ...this.team,
      collectionId: id,
      isCreated: false,
      cursor: null,
      isPulling: false,
      canWrite: true,
      stopped: null,
      syncedAt: null,
    })
    writeFileSync(join(directory, ROOT), 'root')
    return { directory, cache, id }
  }

  #device(index: number): Device {
    const device = this.devices[index]
    if (device === undefined) throw new Error('There is no such machine.')
    return device
  }

  async run(command: Command): Promise<void> {
    if (command.type === 'prune') return this.prune()
    if (command.type === 'sync') return this.sync(command)
    const { directory } = this.#device(command.device)
    const there = Object.keys(filesBelow(directory)).filter((path) => path !== ROOT)
    const candidates = [...new Set([...PATHS, ...there])]
    const path = candidates[command.path % candidates.length] ?? ROOT
    const file = join(directory, path)
    const seen = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    if (command.type === 'write') {
      if (seen !== undefined) this.alive.delete(seen)
      const text = `text ${(this.#counter += 1)}`
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      this.alive.add(text)
    } else if (seen !== undefined && command.type === 'remove') {
      this.alive.delete(seen)
      rmSync(file)
    } else if (seen !== undefined && command.type === 'rename') {
      const to = PATHS[command.to % PATHS.length] ?? ROOT
      const target = join(directory, to)
      if (existsSync(target)) return
      this.wasRenamed.add(seen)
      mkdirSync(dirname(target), { recursive: true })
      renameSync(file, target)
    }
  }

  async prune(): Promise<void> {
    const before = now
    now = new Date(now.getTime() + 100 * 24 * 60 * 60 * 1000)
    await service.prune()
    now = before
  }

  async sync({ device, at, fault }: Extract<Command, { type: 'sync' }>): Promise<void> {
    const { directory, cache, id } = this.#device(device)
    const steps = new Steps(at, fault)
    await runCycle({
      store: faulty(createTeamStore(cache), steps),
      collectionId: id,
      directory,
      exclusively: (work) => work(),
      today: () => '2026-11-23',
      client: this.#client(steps),
      newId: randomUUID,
      name: 'Shop',
      cache: new Map(),
      signal: new AbortController().signal,
      retriesRefused: false,
    }).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error
    })
  }

  #client(steps: Steps): TeamClient {
    const step = async <T>(call: () => Promise<T>): Promise<T> => {
      steps.before()
      const answer = await call()
      steps.after()
      return answer
    }
    return {
      create: ({ name }) => step(() => service.create(actor, { ...this.team, name })),
      pull: ({ cursor }) => step(() => service.pull(actor, { ...this.team, cursor, limit: 2 })),
      push: ({ changes }) =>
        step(async () => ({
          outcomes: await service.push(actor, {
            ...this.team,
            changes: changes.map((change) => TeamFileChange.parse(change)),
          }),
        })),
    }
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 4; round++)
      for (const device of this.devices.keys())
        await this.sync({ type: 'sync', device, at: 0, fault: 'none' })
  }

  check(): void {
    const [first, ...others] = this.devices.map(({ directory }) => filesBelow(directory))
    for (const other of others) expect(other).toEqual(first)
    const texts = Object.values(first ?? {})
    for (const text of this.alive) expect(texts).toContain(text)
    const copies = Object.entries(first ?? {}).filter(([path]) => isConflictCopy(path))
    for (const [path, text] of copies)
      if (!this.wasRenamed.has(text))
        expect(copies.filter(([, other]) => other === text).map(([one]) => one)).toEqual([path])
    for (const { cache, id } of this.devices) {
      const store = createTeamStore(cache)
      expect([store.inbox(id), store.outbox(id)]).toEqual([[], []])
      expect(Object.fromEntries([...store.base(id)].map(([path, { text }]) => [path, text]))).toEqual(first)
    }
  }

  close(): void {
    for (const { cache } of this.devices) cache.close()
  }
}

/** The store, whose every write is a step; what is in a transaction is one together. */
function faulty(store: TeamStore, steps: Steps): TeamStore {
  let isInside = false
  const step = (write: () => void): void => {
    if (isInside) return write()
    steps.before()
    write()
    steps.after()
  }
  return {
    ...store,
    saveLink: (link) => step(() => store.saveLink(link)),
    putBase: (id, file) => step(() => store.putBase(id, file)),
    removeBase: (id, path) => step(() => store.removeBase(id, path)),
    putInbox: (id, file) => step(() => store.putInbox(id, file)),
    removeInbox: (id, path) => step(() => store.removeInbox(id, path)),
    putOutbox: (id, file) => step(() => store.putOutbox(id, file)),
    removeOutbox: (id, path) => step(() => store.removeOutbox(id, path)),
    transaction: (work) =>
      step(() => {
        isInside = true
        try {
          store.transaction(work)
        } finally {
          isInside = false
        }
      }),
  }
}

const device = fc.nat(2)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('write' as const), device, path: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), device, path: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('rename' as const), device, path: fc.nat(9), to: fc.nat(4) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('sync' as const),
      device,
      at: fc.nat(12),
      fault: fc.constantFrom<Fault>('none', 'before', 'after'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ type: 'prune' }) },
)

test('whatever happens, all machines come to the same files, and no text is lost', { timeout: 600_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async (commands) => {
      const world = new World()
      try {
        for (const one of commands) await world.run(one)
        await world.settle()
        world.check()
      } finally {
        world.close()
        await service.remove(actor, world.team)
      }
    }),
    { numRuns: RUNS, seed: 23 },
  ),
)
