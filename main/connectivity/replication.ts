// When replication runs: as soon as the service is there, soon after a local change, now and then, and when the person asks.
import { EventEmitter } from 'node:events'
import type { SyncConflict } from '#contract/capabilities/connectivity.ts'
import { AppError, isCancelled } from '#contract/errors.ts'
import type { CachedSyncStore, CloudStore } from '../cache/index.ts'
import { isAway, type Cloud, type Service } from '../cloud/index.ts'
import { createSyncEngine, type SyncEngine, type SyncKind, type SyncSummary } from '../sync/index.ts'

export interface ReplicationStatus {
  readonly isSyncing: boolean
  readonly lastSyncedAt: string | null
  readonly pendingChanges: number
  /** Why the last cycle failed, unless only the service was away. */
  readonly problem: string | null
}

export interface Replication {
  readonly events: EventEmitter<{ changed: [] }>
  status(): ReplicationStatus
  /** Runs a cycle and waits for it. Failing is told by `status`. */
  run(): Promise<void>
  /** A record was changed here: a cycle follows soon. */
  noteLocalChange(): void
  conflicts(): SyncConflict[]
  /** Cancels what runs, waits for its end, and tells nothing any more. */
  close(): Promise<void>
}

export interface ReplicationDependencies {
  readonly cloud: Cloud
  readonly store: CachedSyncStore
  readonly cloudStore: CloudStore
  readonly now: () => Date
  readonly newId: () => string
  /** Told of the kinds of records that a cycle changed or confirmed. */
  readonly onRecords: (kinds: ReadonlySet<SyncKind>) => void
  readonly onSynced: (summary: SyncSummary) => void
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  readonly timing?: Partial<ReplicationTiming>
}

export interface ReplicationTiming {
  /** How long typing is let go on before it is pushed. */
  readonly afterChangeMs: number
  /** How often others' changes are looked for. */
  readonly everyMs: number
}

const TIMING: ReplicationTiming = { afterChangeMs: 400, everyMs: 30_000 }

/** Starts replication for whoever is signed in. */
export function createReplication(dependencies: ReplicationDependencies): Replication {
  const { cloud, store, cloudStore, now } = dependencies
  const timing = { ...TIMING, ...dependencies.timing }
  const events = new EventEmitter<{ changed: [] }>()
  let engine:
    { readonly accountId: string; readonly sync: SyncEngine; readonly stop: AbortController } | undefined
  const running = new Set<Promise<void>>()
  let isClosed = false
  let problem: string | null = null
  let isOnline = cloud.isOnline()
  let soon: NodeJS.Timeout | undefined

  /** The engine of the account that is signed in; the one of another account is stopped. */
  function engineNow(): typeof engine {
    const { mode, account } = cloud.session.state()
    const accountId = mode === 'signed-in' ? account.id : undefined
    if (engine?.accountId === accountId) return engine
    engine?.stop.abort()
    problem = null
    engine = accountId === undefined ? undefined : createEngine(accountId)
    return engine
  }

  function createEngine(accountId: string): NonNullable<typeof engine> {
    const stop = new AbortController()
    /** An answer that comes after the account has gone is not this machine's any more. */
    const ask = async <T>(call: (service: Service) => Promise<T>): Promise<T> => {
      const answer = await cloud.call(call)
      if (stop.signal.aborted) throw new AppError('CANCELLED', 'The account was changed while syncing.')
      return answer
    }
    const sync = createSyncEngine({
      store,
      accountId,
      client: {
        pull: (input, options) => ask((service) => service.sync.pull(input, options)),
        push: (input, options) => ask((service) => service.sync.push(input, options)),
      },
      clock: { now },
      newId: dependencies.newId,
      onChange: dependencies.onRecords,
    })
    return { accountId, stop, sync }
  }

  const tell = (): void => void (isClosed || events.emit('changed'))

  async function run(): Promise<void> {
    clearTimeout(soon)
    soon = undefined
    const mine = isClosed ? undefined : engineNow()
    if (mine === undefined) return
    const cycle = runCycle(mine)
    running.add(cycle)
    tell()
    await cycle
    running.delete(cycle)
    tell()
  }

  /** Never rejects. */
  async function runCycle(mine: NonNullable<typeof engine>): Promise<void> {
    try {
      const summary = await mine.sync.sync(mine.stop.signal)
      if (engine !== mine) return
      problem = null
      keepConflicts(summary)
      cloudStore.markSynced(now().toISOString())
      dependencies.onSynced(summary)
    } catch (error) {
      if (engine !== mine || isCancelled(error) || isAway(error)) return
      problem = error instanceof AppError ? error.message : 'Syncing failed. It is tried again in a while.'
      dependencies.onProblem({ during: 'syncing', error })
    }
  }

  function keepConflicts({ conflicts, rejected }: SyncSummary): void {
    const at = now().toISOString()
    for (const { kind, id, resolution, copyName } of conflicts) {
      const name = nameOf({ kind, id })
      if (resolution !== 'merged')
        store.addConflict({ kind, name, at, resolution: RESOLUTIONS[resolution](copyName ?? name) })
    }
    for (const { key, reason } of rejected)
      if (key.kind === 'savedQuery' || key.kind === 'connection')
        store.addConflict({
          kind: key.kind,
          name: nameOf(key),
          at,
          resolution: `The service did not accept it: ${reason} Yours stays on this machine.`,
        })
  }

  const nameOf = (key: { readonly kind: SyncKind; readonly id: string }): string =>
    store.transaction((tx) => tx.readRecord(key)?.record.record.name ?? 'A removed one')

  const onLink = (): void => {
    const wasOnline = isOnline
    isOnline = cloud.isOnline()
    if (isOnline && !wasOnline) void run()
  }
  const onSession = (): void => {
    engineNow()
    tell()
    if (cloud.isOnline()) void run()
  }
  cloud.link.events.on('changed', onLink)
  cloud.session.events.on('changed', onSession)
  const timer = setInterval(() => {
    if (cloud.isOnline() && running.size === 0) void run()
  }, timing.everyMs)
  timer.unref()
  if (isOnline) void run()

  return {
    events,
    status: () => ({
      isSyncing: running.size > 0,
      lastSyncedAt: cloudStore.readAt('sync') ?? null,
      pendingChanges: store.pendingCount(),
      problem,
    }),
    run,
    noteLocalChange() {
      tell()
      if (isClosed || !cloud.isOnline()) return
      soon ??= setTimeout(() => void run(), timing.afterChangeMs)
    },
    conflicts: () => store.conflicts(),
    async close() {
      isClosed = true
      cloud.link.events.off('changed', onLink)
      cloud.session.events.off('changed', onSession)
      clearInterval(timer)
      clearTimeout(soon)
      engine?.stop.abort()
      engine = undefined
      await Promise.all(running)
    },
  }
}

const RESOLUTIONS = {
  copied: (name: string) => `It was changed here and on another machine. Both are kept; yours is “${name}”.`,
  'kept-local': () => 'It was deleted on another machine while you changed it here. Yours is kept.',
  'kept-remote': () =>
    'It was changed on another machine while you deleted it here. The changed one is kept.',
} as const
