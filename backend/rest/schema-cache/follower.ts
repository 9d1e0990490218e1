// Keeps a schema cache up to date: listens for notifications and looks for changes itself now and then, on one connection of its own. Requests
// never wait for it: they take the current snapshot, and a new one takes its place in one step.
import { identifier, sql } from '#postgres/common/sql/sql.ts'
import { openSession, type Notification, type Session, type SessionTarget } from '#postgres/node/session.ts'
import type { SchemaCache } from '../types.ts'
import type { SchemaScope } from './catalog.ts'
import { textAt } from './cells.ts'
import { HINT_CHANNEL } from './event-trigger.ts'
import { createHints, type Hint } from './hints.ts'
import { readCatalog } from './load.ts'
import { createMailbox } from './mailbox.ts'
import { SNAPSHOT_SQL } from './queries.ts'
import { createReloadBudget } from './reload-budget.ts'
import { startSlices, type Pause } from './slices.ts'
import { buildSnapshot, type Built } from './snapshot.ts'
import { updateCatalog, updateHinted, type CatalogUpdate } from './update.ts'

export interface FollowerOptions {
  readonly target: SessionTarget
  readonly scope: SchemaScope
  /** db-channel; null listens to nothing. `pgrst` when left out. */
  readonly channel?: string | null
  /** How often to look for changes that nobody told of, in milliseconds. 10,000 when left out; 0 never looks. */
  readonly pollIntervalMs?: number
  /** Told when `reload config` (or an empty payload) came. */
  readonly onConfigReload?: (() => void) | undefined
  readonly observe?: ((event: FollowerEvent) => void) | undefined
}

/** What a follower does, for logs and metrics. */
export type FollowerEvent =
  | { readonly kind: 'connected'; readonly isListening: boolean }
  | { readonly kind: 'notified'; readonly payload: string }
  | {
      readonly kind: 'loaded'
      readonly cache: SchemaCache
      readonly isIncremental: boolean
      readonly milliseconds: number
    }
  /** The load or the connection failed: the current snapshot stays, and after a while all is tried again. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly retryInMs: number }

export interface SchemaCacheFollower {
  /** Undefined until the first load is done. */
  current(): SchemaCache | undefined
  /** Resolves with the first snapshot, however often it takes to get it. Rejects when the follower is closed before. */
  ready(): Promise<SchemaCache>
  /** Loads everything anew, now. Rejects with what it failed with; the current snapshot stays then. */
  reload(): Promise<SchemaCache>
  /** Looks at other schemas from now on; resolves when the new snapshot is there. */
  configure(scope: SchemaScope): Promise<SchemaCache>
  /** Told of each new snapshot; gives a function that ends it. */
  onReload(listener: (cache: SchemaCache) => void): () => void
  close(): Promise<void>
}

const DEFAULT_CHANNEL = 'pgrst'
const DEFAULT_POLL_MS = 10_000
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [100, 32_000]
/** Looking for changes costs the server no more than this part of its time. */
const POLL_SHARE = 0.02
/** A connection that answers nothing for so long is dead. Longer than the statement timeout of a load. */
const DEAD_AFTER_MS = 90_000

/**
 * How long after a hint the catalog is looked through for what no hint told: after a while without further ones, later in the first pause between them,
 * and at last in any case.
 */
const [VERIFY_AFTER_MS, IMPATIENT_AFTER_MS, LONGEST_UNVERIFIED_MS] = [250, 2_000, 10_000]
/** A follower's connection is idle by its nature. Servers before version 14 do not know the setting. */
const NEVER_IDLE_SQL =
  "select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings where name = 'idle_session_timeout'"

/** What the next snapshot is made of. */
interface State {
  readonly built: Built
  readonly fingerprint: string
}

/** Starts following: connects at once, and again whenever the connection is lost. */
export function createSchemaCacheFollower(options: FollowerOptions): SchemaCacheFollower {
  const { target, channel = DEFAULT_CHANNEL, pollIntervalMs = DEFAULT_POLL_MS } = options
  const observe = options.observe ?? (() => undefined)
  const listeners = new Set<(cache: SchemaCache) => void>()
  const mailbox = createMailbox<SchemaCache>()
  const hints = createHints()
  const budget = createReloadBudget()
  const first = Promise.withResolvers<SchemaCache>()
  first.promise.catch(() => undefined)
  let { scope } = options
  let current: SchemaCache | undefined
  let retryInMs = FIRST_RETRY_MS

  /** Swaps the snapshot, unless nothing is different. */
  const publish = (built: Built, how: { readonly isIncremental: boolean; readonly start: number }): void => {
    const cache = { ...built.snapshot, version: (current?.version ?? 0) + 1, loadedAt: new Date() }
    current = cache
    retryInMs = FIRST_RETRY_MS
    first.resolve(cache)
    const milliseconds = performance.now() - how.start
    observe({ kind: 'loaded', cache, isIncremental: how.isIncremental, milliseconds })
    for (const tell of listeners) tell(cache)
  }

  const loadAll = async (session: Session): Promise<State> => {
    const start = performance.now()
    const pause = startSlices()
    const { catalog, fingerprint } = await readCatalog(session, scope, pause)
    const built = await buildSnapshot(catalog, scope, undefined, pause)
    publish(built, { isIncremental: false, start })
    return { built, fingerprint }
  }

  const loadUpdate = async (
    { built }: State,
    update: CatalogUpdate,
    how: { readonly start: number; readonly pause: Pause },
  ): Promise<State> => {
    const { fingerprint, isChanged, catalog } = update
    if (!isChanged) return { built: { ...built, catalog }, fingerprint }
    const next = await buildSnapshot(catalog, scope, { built, ...update }, how.pause)
    publish(next, { isIncremental: true, start: how.start })
    return { built: next, fingerprint }
  }

  const loadChanges = async (session: Session, state: State): Promise<State> => {
    const how = { start: performance.now(), pause: startSlices() }
    const { fingerprint, built } = state
    const update = await updateCatalog(session, scope, { catalog: built.catalog, fingerprint }, how.pause)
    return update === undefined ? loadAll(session) : loadUpdate(state, update, how)
  }

  const loadHinted = async (session: Session, state: State, hint: Hint): Promise<State> => {
    const how = { start: performance.now(), pause: startSlices() }
    const { fingerprint, built } = state
    const before = { catalog: built.catalog, fingerprint }
    return loadUpdate(state, await updateHinted(session, scope, before, { hint, pause: how.pause }), how)
  }

  /** Works until the connection is lost or the follower closed. */
  const follow = async (session: Session): Promise<void> => {
    let state = await mailbox.serve(async () => {
      const loaded = await loadAll(session)
      return [loaded, current]
    })
    let pollAfterMs = pollIntervalMs
    /** Since when snapshots are made by hints alone. */
    let unverifiedSince: number | undefined
    for (;;) {
      const unverifiedMs = unverifiedSince === undefined ? undefined : performance.now() - unverifiedSince
      const afterMs = unverifiedMs === undefined ? pollAfterMs : verifyAfter(unverifiedMs)
      const wish = await mailbox.next(afterMs, budget.waitMs(performance.now()))
      if (wish === 'closed') return
      if (session.isClosed()) throw new Error('The connection was lost.')
      const start = performance.now()
      const isTrusted = unverifiedMs === undefined || unverifiedMs < LONGEST_UNVERIFIED_MS
      const hint = wish === 'changes' && isTrusted ? hints.take(state.built.catalog) : undefined
      if (wish === 'nothing' && unverifiedSince === undefined && (await isUnchanged(session, state.built)))
        continue
      state = await mailbox.serve(async () => {
        const loaded = await (wish === 'everything'
          ? loadAll(session)
          : hint === undefined
            ? loadChanges(session, state)
            : loadHinted(session, state, hint))
        return [loaded, current]
      })
      // What the follower looks for of its own accord is bounded by its own pauses.
      if (wish === 'changes') budget.spend(start, performance.now())
      unverifiedSince = hint === undefined ? undefined : (unverifiedSince ?? start)
      if (pollIntervalMs > 0 && hint === undefined)
        pollAfterMs = Math.max(pollIntervalMs, (performance.now() - start) / POLL_SHARE)
    }
  }

  const connectAndFollow = async (): Promise<void> => {
    const session = await openSession(target, { signal: mailbox.closed })
    const giveUp = (): void => void session.close()
    mailbox.closed.addEventListener('abort', giveUp, { once: true })
    session.onClose(mailbox.nudge)
    session.onNotification(receive)
    try {
      await session.query(NEVER_IDLE_SQL)
      observe({ kind: 'connected', isListening: await listen(session, channel) })
      await follow(guard(session))
    } finally {
      mailbox.closed.removeEventListener('abort', giveUp)
      await session.close()
    }
  }

  const receive = ({ channel: from, payload }: Notification): void => {
    if (from === HINT_CHANNEL) return hints.add(payload)
    observe({ kind: 'notified', payload })
    if (payload === '' || payload === 'reload schema') mailbox.wish('changes')
    if (payload === '' || payload === 'reload config') options.onConfigReload?.()
  }

  const run = async (): Promise<void> => {
    while (!mailbox.closed.aborted) {
      try {
        await connectAndFollow()
      } catch (error) {
        if (mailbox.closed.aborted) break
        mailbox.fail(error)
        observe({ kind: 'failed', error, retryInMs })
        const restMs = retryInMs
        retryInMs = Math.min(retryInMs * 2, LAST_RETRY_MS)
        await mailbox.rest(restMs)
      }
    }
  }
  const running = run()

  return {
    current: () => current,
    ready: () => first.promise,
    reload: () => mailbox.ask('everything'),
    configure(next) {
      scope = next
      return mailbox.ask('everything')
    },
    onReload(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      mailbox.close()
      first.reject(new Error('The schema cache was closed.'))
      await running
    },
  }
}

/** Whether notifications can come: they cannot from a server in recovery, which is only looked at now and then. */
async function listen(session: Session, channel: string | null): Promise<boolean> {
  if (channel === null) return false
  try {
    await session.query(sql`listen ${identifier(channel)}; listen ${identifier(HINT_CHANNEL)}`.text)
    return true
  } catch (error) {
    if (session.isClosed()) throw error
    return false
  }
}

function verifyAfter(unverifiedMs: number): number {
  return unverifiedMs < IMPATIENT_AFTER_MS ? VERIFY_AFTER_MS : 1
}

/** Nothing was committed since the catalog was read. */
async function isUnchanged(session: Pick<Session, 'query'>, { catalog }: Built): Promise<boolean> {
  const { rows } = await session.query(SNAPSHOT_SQL)
  return textAt(rows[0] ?? [], 0) === catalog.snapshot.text
}

/** Ends the session when a statement gets no answer at all: half-open connections say nothing. */
function guard(session: Session): Session {
  return {
    ...session,
    async query(text, parameters) {
      const timer = setTimeout(() => void session.close(), DEAD_AFTER_MS)
      try {
        return await session.query(text, parameters)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
