// When shared collections are synced, and how each stands: soon after a change here, as soon as the service is there, now and then, and when asked.
import { isAppError, isCancelled } from '#contract/errors.ts'
import type { CollectionSync } from '#contract/capabilities/collections.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { CollectionStore, TeamLink, TeamStore } from '../../cache/index.ts'
import { isAway, type Cloud } from '../../cloud/index.ts'
import type { OpenFolders } from '../open-folders.ts'
import { isConflictCopy } from './conflict-copy.ts'
import { differences, runCycle, type TeamClient } from './cycle.ts'
import { readLocalFiles, type ReadCache } from './files.ts'

export interface TeamTiming {
  /** How long typing is let go on before it is sent, in milliseconds. */
  readonly afterChangeMs: number
  /** How often others' changes are looked for, in milliseconds. */
  readonly everyMs: number
}

export interface TeamSyncDependencies {
  readonly cloud: Cloud
  readonly store: TeamStore
  readonly collections: CollectionStore
  readonly folders: OpenFolders
  readonly now: () => Date
  readonly newId: () => string
  /** Told when a collection stands otherwise than before. */
  readonly onState: (id: CollectionId) => void
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  readonly timing?: Partial<TeamTiming> | undefined
}

export interface TeamSync {
  /** Null for a collection that is not shared. */
  state(id: CollectionId): CollectionSync | null
  /** Runs a cycle that begins after the call, and waits for it. Never rejects. */
  run(id: CollectionId, options?: { readonly retriesRefused?: boolean }): Promise<void>
  /** Files changed here: a cycle follows soon. */
  noteChange(id: CollectionId): void
  /** Ends what runs for it and waits. */
  release(id: CollectionId): Promise<void>
  close(): Promise<void>
}

const TIMING: TeamTiming = { afterChangeMs: 400, everyMs: 30_000 }
const MOST_REFUSED = 100
const NO_MEMBER = 'You are no member of its organisation any more. The files stay on this machine.'
const REMOVED = 'The team does not share it any more. The files stay on this machine.'

interface Standing {
  readonly pending: number
  readonly conflicts: string[]
  readonly refused: { path: string; reason: string }[]
  /** What the last cycle failed with, unless only the service was away. */
  readonly problem: string | null
}

const NOTHING: Standing = { pending: 0, conflicts: [], refused: [], problem: null }

/** Starts it for all shared collections. */
export function createTeamSync(dependencies: TeamSyncDependencies): TeamSync {
  const { cloud, store, collections, folders, now } = dependencies
  const timing = { ...TIMING, ...dependencies.timing }
  const standings = new Map<CollectionId, Standing>()
  const caches = new Map<CollectionId, ReadCache>()
  const running = new Map<CollectionId, { readonly done: Promise<void>; readonly stop: AbortController }>()
  const next = new Map<CollectionId, Promise<void>>()
  const soon = new Map<CollectionId, NodeJS.Timeout>()
  const told = new Map<CollectionId, string>()
  let isClosed = false
  let isOnline = cloud.isOnline()

  const isOpen = (id: CollectionId): boolean => collections.get(id)?.isOpen === true
  const canAsk = (): boolean => cloud.isOnline() && cloud.session.state().mode === 'signed-in'

  function state(id: CollectionId): CollectionSync | null {
    const link = store.link(id)
    if (link === undefined) return null
    const { pending, conflicts, refused, problem } = standings.get(id) ?? NOTHING
    const isLocked = !link.canWrite && pending > 0
    return {
      state:
        link.stopped !== null
          ? 'stopped'
          : !canAsk()
            ? 'offline'
            : problem !== null || refused.length > 0 || isLocked
              ? 'refused'
              : conflicts.length > 0
                ? 'conflict'
                : running.has(id) && (link.syncedAt === null || pending > 0)
                  ? 'syncing'
                  : pending > 0
                    ? 'pending'
                    : 'synced',
      pending,
      conflicts,
      refused: refused.slice(0, MOST_REFUSED),
      message: messageOf(link, { pending, conflicts, refused, problem }),
      syncedAt: link.syncedAt,
      canWrite: link.canWrite,
    }
  }

  function tell(id: CollectionId): void {
    const text = JSON.stringify({ ...state(id), syncedAt: null })
    if (isClosed || told.get(id) === text) return
    told.set(id, text)
    dependencies.onState(id)
  }

  /** Errors of the service, told from those of the file system. */
  const client: TeamClient = {
    create: (input, options) =>
      asked(() => cloud.call((service) => service.teamCollections.create(input, options))),
    pull: (input, options) =>
      asked(() => cloud.call((service) => service.teamCollections.pull(input, options))),
    push: (input, options) =>
      asked(() => cloud.call((service) => service.teamCollections.push(input, options))),
  }

  async function cycle(id: CollectionId, stop: AbortController, retriesRefused: boolean): Promise<void> {
    const link = store.link(id)
    if (link === undefined || !isOpen(id)) return
    let problem: string | null = null
    const cache = caches.get(id) ?? new Map()
    caches.set(id, cache)
    const directory = folders.directory(id)
    try {
      const folder = await folders.folder(id)
      if (canAsk() && link.stopped !== 'removed') {
        await runCycle({
          store,
          collectionId: id,
          directory,
          exclusively: folder.exclusively,
          today: () => now().toISOString().slice(0, 10),
          client,
          newId: dependencies.newId,
          name: folders.known(id).name,
          cache,
          signal: stop.signal,
          retriesRefused,
        })
        mark(id, { stopped: null, syncedAt: now().toISOString() })
      }
    } catch (error) {
      if (error instanceof NotShared) mark(id, { stopped: error.reason })
      else if (!isCancelled(error) && !isAway(error)) {
        problem = isAppError(error) ? error.message : 'Syncing failed. It is tried again in a while.'
        if (!isAppError(error)) dependencies.onProblem({ during: 'syncing a collection', error })
      }
    }
    if (store.link(id) === undefined || stop.signal.aborted) return
    standings.set(id, await look(id, { directory, cache, problem }))
  }

  const mark = (id: CollectionId, change: Partial<TeamLink>): void => {
    const link = store.link(id)
    if (link !== undefined) store.saveLink({ ...link, ...change })
  }

  /** What differs here, whether the service is there or not. */
  async function look(
    id: CollectionId,
    { directory, cache, problem }: { directory: string; cache: ReadCache; problem: string | null },
  ): Promise<Standing> {
    try {
      const local = await readLocalFiles(directory, cache)
      const { changes, refused } = differences({ store, collectionId: id }, local)
      const conflicts = [...local.texts.keys()].filter(isConflictCopy).sort()
      return { pending: changes.length, conflicts, refused: [...refused], problem }
    } catch (error) {
      const words = isAppError(error) ? error.message : 'The folder cannot be read.'
      return { ...(standings.get(id) ?? NOTHING), problem: problem ?? words }
    }
  }

  function start(id: CollectionId, retriesRefused: boolean): Promise<void> {
    const stop = new AbortController()
    const done = Promise.resolve()
      .then(() => cycle(id, stop, retriesRefused))
      .catch((error: unknown) => dependencies.onProblem({ during: 'syncing a collection', error }))
      .finally(() => {
        running.delete(id)
        tell(id)
      })
    running.set(id, { done, stop })
    tell(id)
    return done
  }

  function run(id: CollectionId, { retriesRefused = false } = {}): Promise<void> {
    clearTimeout(soon.get(id))
    soon.delete(id)
    if (isClosed || store.link(id) === undefined) return Promise.resolve()
    const current = running.get(id)
    if (current === undefined) return start(id, retriesRefused)
    const waiting =
      next.get(id) ??
      current.done.then(() => {
        next.delete(id)
        return isClosed ? undefined : start(id, retriesRefused)
      })
    next.set(id, waiting)
    return waiting
  }

  const runAll = (): void => {
    for (const { collectionId } of store.links()) if (isOpen(collectionId)) void run(collectionId)
  }
  const onLink = (): void => {
    const wasOnline = isOnline
    isOnline = cloud.isOnline()
    if (isOnline === wasOnline) return
    if (isOnline) runAll()
    else for (const { collectionId } of store.links()) tell(collectionId)
  }
  cloud.link.events.on('changed', onLink)
  cloud.session.events.on('changed', runAll)
  const timer = setInterval(() => {
    if (canAsk())
      for (const { collectionId } of store.links()) if (!running.has(collectionId)) void run(collectionId)
  }, timing.everyMs)
  timer.unref()
  // Opening one that never came to be: nothing of it is in the list.
  for (const { collectionId } of store.links())
    if (collections.get(collectionId) === undefined) store.removeLink(collectionId)
  runAll()

  return {
    state,
    run,
    noteChange(id) {
      if (isClosed || soon.has(id) || store.link(id) === undefined) return
      soon.set(
        id,
        setTimeout(() => void run(id), timing.afterChangeMs),
      )
    },
    async release(id) {
      clearTimeout(soon.get(id))
      soon.delete(id)
      const current = running.get(id)
      current?.stop.abort()
      await current?.done
      standings.delete(id)
      caches.delete(id)
    },
    async close() {
      isClosed = true
      cloud.link.events.off('changed', onLink)
      cloud.session.events.off('changed', runAll)
      clearInterval(timer)
      for (const timeout of soon.values()) clearTimeout(timeout)
      for (const { stop } of running.values()) stop.abort()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }

  function messageOf(link: TeamLink, { pending, refused, conflicts, problem }: Standing): string | null {
    if (link.stopped !== null) return link.stopped === 'removed' ? REMOVED : NO_MEMBER
    if (!canAsk()) {
      const why = cloud.session.state().mode === 'signed-in' ? 'The service is away.' : 'Nobody is logged in.'
      return pending === 0 ? why : `${why} ${files(pending)} to send.`
    }
    if (problem !== null) return problem
    const [first] = refused
    if (first !== undefined)
      return `${first.path}: ${first.reason}${refused.length === 1 ? '' : ` And ${refused.length - 1} more.`}`
    if (!link.canWrite && pending > 0)
      return `Your role may read only: ${files(pending)} changed here and not sent.`
    if (conflicts.length > 0)
      return `${files(conflicts.length)} with the team’s version beside yours. Keep what you want and delete the copy.`
    return null
  }
}

function files(count: number): string {
  return `${count} ${count === 1 ? 'file' : 'files'}`
}

/** The service says that the collection is not there for this account. */
class NotShared extends Error {
  readonly reason: 'removed' | 'membership'
  constructor(reason: 'removed' | 'membership') {
    super('The collection is not shared with this account.')
    this.reason = reason
  }
}

async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!isAppError(error, 'NOT_FOUND')) throw error
    throw new NotShared(error.details?.['reason'] === 'removed' ? 'removed' : 'membership')
  }
}
