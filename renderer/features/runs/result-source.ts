// The results of a run as a list sees them: pages fetched from the host as they come on screen, so that a page holds a few of a hundred thousand.
import type { RequestResult } from '#contract/requests/run.ts'

/** Results asked for at once. */
const PAGE = 100
const MOST_PAGES = 20

export interface ResultSource {
  /** A result, or undefined while it is not here; asks for it then. */
  at(position: number): RequestResult | undefined
  /** How many there are, as far as is known. */
  total(): number
  /** Whether the host was heard at all. */
  isRead(): boolean
  problem(): unknown
  /** There may be more, or others: what is here stays until the new is. */
  refresh(): void
  subscribe(listener: () => void): () => void
  /** Changes whenever something else is to be drawn. */
  version(): number
}

export type FetchResults = (
  from: number,
  count: number,
) => Promise<{ readonly results: readonly RequestResult[]; readonly total: number }>

interface Page {
  results: readonly RequestResult[]
  isOld: boolean
}

/** Makes it, and asks for the first page. */
export function createResultSource(fetch: FetchResults): ResultSource {
  /** The one used last is last. */
  const pages = new Map<number, Page>()
  const inFlight = new Set<number>()
  const listeners = new Set<() => void>()
  let state: { total: number; isRead: boolean; problem: unknown; version: number } = {
    total: 0,
    isRead: false,
    problem: undefined,
    version: 0,
  }
  const change = (fields: Partial<typeof state>): void => {
    state = { ...state, ...fields, version: state.version + 1 }
    for (const listener of listeners) listener()
  }

  async function load(page: number): Promise<void> {
    if (inFlight.has(page)) return
    inFlight.add(page)
    const known = pages.get(page)
    if (known !== undefined) known.isOld = false
    try {
      const { results, total } = await fetch(page * PAGE, PAGE)
      const isOld = pages.get(page)?.isOld ?? false
      pages.delete(page)
      pages.set(page, { results, isOld })
      for (const first of pages.keys()) {
        if (pages.size <= MOST_PAGES) break
        pages.delete(first)
      }
      change({ total, isRead: true, problem: undefined })
    } catch (error) {
      change({ problem: error })
    } finally {
      inFlight.delete(page)
    }
  }

  void load(0)
  return {
    at(position) {
      const index = Math.floor(position / PAGE)
      const page = pages.get(index)
      if ((page === undefined || page.isOld) && state.problem === undefined) void load(index)
      return page?.results[position - index * PAGE]
    },
    total: () => state.total,
    isRead: () => state.isRead,
    problem: () => state.problem,
    version: () => state.version,
    refresh() {
      for (const page of pages.values()) page.isOld = true
      change({ problem: undefined })
      void load(0)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
