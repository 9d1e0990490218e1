// Counts requests, rows and bytes on the hot path: per project and minute in memory, and to the spool at once, or with others that come within some
// milliseconds. So a process that is killed loses nothing when requests are rare, and at most those milliseconds when there are many.
import type { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Spool, SpoolWindow } from './spool.ts'

const MINUTE_MS = 60_000
/** Writes for requests are at least so far apart: a write costs as much as two percent of a request, and more. */
const APART_MS = 10
const WINDOWS_PER_LINE = 500

export interface RequestCount {
  /** Null where it is not at hand: it is looked up later. */
  readonly organisationId: OrganisationId | null
  readonly projectId: ProjectId
  readonly requests: number
  readonly rows: number
  readonly bytesOut: number
}

export interface RequestCounts {
  /** Counts. Whole numbers, not negative; what is not is taken as 0. */
  add(count: RequestCount): void
  /** Writes what was counted since the last write. */
  write(): void
  /** Writes, and forgets the windows of minutes that are over. */
  tidy(): void
}

interface Minute {
  readonly minute: number
  readonly requests: SpoolWindow
  readonly rows: SpoolWindow
  readonly bytes: SpoolWindow
}

/** Makes it. `source` names who counts, `id` this process: both are in the keys, so that two never count into one window. */
export function createRequestCounts(options: {
  readonly spool: Spool
  readonly now: () => number
  readonly source: string
  readonly id: string
}): RequestCounts {
  const { spool, now, source, id } = options
  const minutes = new Map<ProjectId, Minute>()
  const changed = new Set<SpoolWindow>()
  let wroteAt = -Infinity
  let timer: NodeJS.Timeout | undefined

  const write = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (changed.size === 0) return
    const windows = [...changed]
    changed.clear()
    for (let at = 0; at < windows.length; at += WINDOWS_PER_LINE)
      spool.write(windows.slice(at, at + WINDOWS_PER_LINE))
    wroteAt = performance.now()
  }

  const openMinute = ({ organisationId, projectId }: RequestCount, minute: number): Minute => {
    const windowStart = new Date(minute * MINUTE_MS)
    const windowEnd = new Date((minute + 1) * MINUTE_MS)
    const open = (metric: Metric): SpoolWindow =>
      spool.openWindow({
        metric,
        organisationId,
        projectId,
        size: null,
        quantity: 0n,
        windowStart,
        windowEnd,
        source,
        dedupeKey: `${source}:${metric}:${projectId}:${minute}:${id}`,
      })
    const opened = {
      minute,
      requests: open('api-requests'),
      rows: open('api-rows'),
      bytes: open('egress'),
    }
    minutes.set(projectId, opened)
    return opened
  }

  return {
    add(count) {
      const minute = Math.floor(now() / MINUTE_MS)
      const present = minutes.get(count.projectId)
      const { requests, rows, bytes } =
        present !== undefined && present.minute === minute ? present : openMinute(count, minute)
      if (grow(requests, count.requests)) changed.add(requests)
      if (grow(rows, count.rows)) changed.add(rows)
      if (grow(bytes, count.bytesOut)) changed.add(bytes)
      if (timer !== undefined) return
      if (performance.now() - wroteAt >= APART_MS) write()
      else timer = setTimeout(write, APART_MS).unref()
    },
    write,
    tidy() {
      write()
      const minute = Math.floor(now() / MINUTE_MS)
      for (const [projectId, one] of minutes) if (one.minute !== minute) minutes.delete(projectId)
    },
  }
}

function grow(window: SpoolWindow, by: number): boolean {
  if (!Number.isSafeInteger(by) || by <= 0) return false
  window.quantity += by
  return true
}
