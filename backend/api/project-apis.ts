// The data APIs that are in use: for each project what its requests need to know, and an engine that is made for the first request and closed when
// nobody came for a while. A project that nobody calls costs nothing.
import type { ApiSettings, TokenIssuer } from '#contract/capabilities/api.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { RestConfig } from '../rest/index.ts'
import type { JwtSecret } from './jwt-secrets.ts'

/** What is stored of a project's API. Immutable: a change makes another. */
export interface ApiRecord {
  readonly projectId: ProjectId
  readonly ref: string
  readonly settings: ApiSettings
  /** The settings as the engine takes them. */
  readonly config: RestConfig
  /** Accepted ones, the current one first. */
  readonly jwtSecrets: readonly JwtSecret[]
  readonly issuers: readonly TokenIssuer[]
}

/** What runs a project's requests. */
export interface Engine {
  /** Takes what has changed at once; requests under way keep what they began with. Resolves when it knows all that the change needs; never rejects. */
  configure(record: ApiRecord): Promise<void>
  /** Lets running requests end, then closes everything. */
  close(): Promise<void>
}

/** One project's API, for the time of a request. */
export interface ProjectApi<E extends Engine> {
  readonly record: ApiRecord
  /** The engine; made now if there is none, which wakes the project. Throws PROJECT_NOT_READY, PROVISIONING_FAILED, TIMEOUT. */
  engine(): Promise<E>
  /** Says that a request begins, so that the engine stays. Call `end` once. */
  begin(): void
  end(): void
}

export interface ProjectApis<E extends Engine> {
  /** The API of a project that is in use already. */
  known(ref: string): ProjectApi<E> | undefined
  /** The API of a project; undefined when there is no such project. Throws what the database throws. */
  find(ref: string): Promise<ProjectApi<E> | undefined>
  /** Says that the record of a project has changed; resolves when requests see it. */
  changed(projectId: ProjectId): Promise<void>
  /** Says that a project stops or is gone: its engine is closed and everything about it forgotten. */
  discard(projectId: ProjectId): void
  /** Says that a project's server is not what it was: its engine is closed and made anew for the next request. */
  restarted(projectId: ProjectId): void
  /** Closes what nobody used for a while. Called by itself every half a minute. */
  sweep(): void
  /** Projects in memory, and engines open. */
  size(): { readonly projects: number; readonly engines: number }
  close(): Promise<void>
}

export interface ProjectApisDependencies<E extends Engine> {
  /** Undefined when there is no such project. */
  readonly load: (ref: string) => Promise<ApiRecord | undefined>
  /** Wakes the project and makes its engine. */
  readonly open: (record: ApiRecord) => Promise<E>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly idleMs: number
  readonly onCloseError: (error: unknown) => void
}

interface Entry<E extends Engine> extends ProjectApi<E> {
  record: ApiRecord
  running: E | undefined
  opening: Promise<E> | undefined
  active: number
  usedAt: number
  isGone: boolean
  /** Never rejects. */
  reloading: Promise<void>
}

const SWEEP_MS = 30_000

/** Makes it. Nothing is loaded before the first request. */
export function createProjectApis<E extends Engine>(deps: ProjectApisDependencies<E>): ProjectApis<E> {
  const { now } = deps
  const entries = new Map<string, Entry<E>>()
  const loading = new Map<string, Promise<Entry<E> | undefined>>()
  const closing = new Set<Promise<void>>()
  /** Counts changes: what was loaded before one of them is loaded again. */
  let changes = 0

  const shut = (engine: E): void => {
    const done = engine
      .close()
      .catch(deps.onCloseError)
      .finally(() => closing.delete(done))
    closing.add(done)
  }

  const open = async (entry: Entry<E>): Promise<E> => {
    const { record } = entry
    const engine = await deps.open(record)
    if (entry.isGone) {
      shut(engine)
      throw new AppError('PROJECT_NOT_READY', 'The database was stopped in the meantime.')
    }
    if (entry.record !== record) void engine.configure(entry.record)
    entry.running = engine
    return engine
  }

  const makeEntry = (record: ApiRecord): Entry<E> => {
    const entry: Entry<E> = {
      record,
      running: undefined,
      opening: undefined,
      active: 0,
      usedAt: now(),
      isGone: false,
      reloading: Promise.resolve(),
      async engine() {
        if (entry.running !== undefined) return entry.running
        entry.opening ??= open(entry).finally(() => (entry.opening = undefined))
        return entry.opening
      },
      begin() {
        entry.active += 1
      },
      end() {
        entry.active -= 1
        entry.usedAt = now()
      },
    }
    return entry
  }

  const load = async (ref: string): Promise<Entry<E> | undefined> => {
    for (;;) {
      const before = changes
      const record = await deps.load(ref)
      if (before !== changes) continue
      if (record === undefined) return undefined
      const entry = makeEntry(record)
      entries.set(ref, entry)
      return entry
    }
  }

  const entryOf = (projectId: ProjectId): Entry<E> | undefined =>
    entries.values().find(({ record }) => record.projectId === projectId)

  const stopEngine = (entry: Entry<E>): void => {
    if (entry.running !== undefined) shut(entry.running)
    entry.running = undefined
  }

  const remove = (entry: Entry<E>): void => {
    entry.isGone = true
    entries.delete(entry.record.ref)
    stopEngine(entry)
  }

  /** What cannot be read again is forgotten: the next request reads it or fails. */
  const reload = async (entry: Entry<E>): Promise<void> => {
    const record = await deps.load(entry.record.ref).catch(() => undefined)
    if (entry.isGone) return
    if (record === undefined) return remove(entry)
    entry.record = record
    await entry.running?.configure(record)
  }

  /** A secret whose overlap is over is no longer accepted from this moment on. */
  const dropExpiredSecrets = (entry: Entry<E>): void => {
    const { jwtSecrets } = entry.record
    if (jwtSecrets.length < 2) return
    const at = now()
    const valid = jwtSecrets.filter(
      ({ acceptedUntil }) => acceptedUntil === null || acceptedUntil.getTime() > at,
    )
    if (valid.length === jwtSecrets.length) return
    entry.record = { ...entry.record, jwtSecrets: valid }
    void entry.running?.configure(entry.record)
  }

  const known = (ref: string): Entry<E> | undefined => {
    const entry = entries.get(ref)
    if (entry === undefined) return undefined
    dropExpiredSecrets(entry)
    return entry
  }

  const sweep = (): void => {
    const oldest = now() - deps.idleMs
    for (const entry of entries.values())
      if (entry.active === 0 && entry.opening === undefined && entry.usedAt <= oldest) remove(entry)
  }
  const timer = setInterval(sweep, SWEEP_MS)
  timer.unref()

  return {
    known,
    async find(ref) {
      const entry = known(ref)
      if (entry !== undefined) return entry
      const underWay = loading.get(ref)
      if (underWay !== undefined) return underWay
      const mine = load(ref).finally(() => loading.delete(ref))
      loading.set(ref, mine)
      return mine
    },
    async changed(projectId) {
      changes += 1
      const entry = entryOf(projectId)
      if (entry === undefined) return
      // One after the other, so that an older record never replaces a newer one.
      entry.reloading = entry.reloading.then(() => reload(entry))
      await entry.reloading
    },
    discard(projectId) {
      changes += 1
      const entry = entryOf(projectId)
      if (entry !== undefined) remove(entry)
    },
    restarted(projectId) {
      const entry = entryOf(projectId)
      if (entry !== undefined) stopEngine(entry)
    },
    sweep,
    size: () => {
      const all = [...entries.values()]
      return {
        projects: all.length,
        engines: all.filter(({ running, opening }) => running !== undefined || opening !== undefined).length,
      }
    },
    async close() {
      clearInterval(timer)
      changes += 1
      for (const entry of [...entries.values()]) remove(entry)
      await Promise.all(closing)
    },
  }
}
