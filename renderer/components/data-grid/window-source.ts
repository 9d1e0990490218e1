// The rows of one result as the grid sees them: decoded column batches, least recently used ones dropped when they outgrow their budget.
// Nothing here knows of the grid or of the host: `fetchWindow` brings rows, `onChange` says that there is something new to paint.
import { decodeBatch } from '#contract/batch/decode.ts'
import type { ColumnBatch } from '#contract/batch/decode.ts'
import { WINDOW_ROWS } from '#contract/limits.ts'

/** One column batch as it came over the wire. */
export interface RawBatch {
  readonly firstRow: number
  readonly rowCount: number
  readonly bodies: readonly Uint8Array[]
}

/** What `fetchWindow` gives: the batches of a range and what is known of the whole. */
export interface FetchedWindow {
  readonly batches: readonly RawBatch[]
  readonly totalRows: number
  readonly isComplete: boolean
}

export interface WindowSourceOptions {
  readonly fetchWindow: (
    range: { readonly firstRow: number; readonly rowCount: number },
    signal: AbortSignal,
  ) => Promise<FetchedWindow>
  /** Bytes of batches kept in the page; the most recently used batch stays whatever its size. */
  readonly budgetBytes?: number
}

/** How many windows are asked for at once: one for the eye, one for the direction of travel. */
const MAX_IN_FLIGHT = 2
const DEFAULT_BUDGET_BYTES = 64 * 1024 * 1024

interface Entry {
  readonly firstRow: number
  readonly endRow: number
  readonly sizeBytes: number
  readonly batch: ColumnBatch
  lastUse: number
}

export interface WindowSource {
  /** The text of a cell as Postgres printed it, null for NULL, undefined while it is not loaded. */
  cell(row: number, column: number): string | null | undefined
  /** Whether the row can be painted now. */
  isLoaded(row: number): boolean
  /** Takes rows that the host pushed. */
  push(batch: RawBatch): void
  /** Says how many rows are known, and whether that is all of them. */
  setTotal(totalRows: number, isComplete: boolean): void
  readonly totalRows: number
  readonly isComplete: boolean
  /** Bytes of batches held now. */
  readonly sizeBytes: number
  /** Says which rows are on screen: what is missing of them is fetched, what was asked for and has scrolled away is not. */
  show(firstRow: number, lastRow: number): void
  /** Gives the rows [firstRow, endRow) one after the other, fetching what is missing without keeping it. Throws what `fetchWindow` throws. */
  read(firstRow: number, endRow: number, signal?: AbortSignal): AsyncGenerator<RowReader, void, undefined>
  /** Called after rows arrived, the total changed, or a fetch failed. Returns how to stop. */
  onChange(listener: () => void): () => void
  /** Why the rows on screen could not be fetched; undefined when all is well. */
  readonly problem: unknown
  /** Forgets the problem and asks again for what is on screen. */
  retry(): void
  close(): void
}

/** One row of `read`. */
export interface RowReader {
  readonly row: number
  cell(column: number): string | null
}

/** Makes the source of one result. */
export function createWindowSource(options: WindowSourceOptions): WindowSource {
  const budgetBytes = options.budgetBytes ?? DEFAULT_BUDGET_BYTES
  const listeners = new Set<() => void>()
  const inFlight = new Map<number, AbortController>()
  /** Sorted by firstRow; may overlap where a pushed batch and a window meet. */
  let entries: Entry[] = []
  let sizeBytes = 0
  let clock = 0
  let totalRows = 0
  let isComplete = false
  let problem: unknown
  let shown: { firstRow: number; lastRow: number } | undefined
  let isClosed = false
  /** The entry found last: neighbours in a row and in a column are in the same one. */
  let recent: Entry | undefined

  function changed(): void {
    for (const listener of listeners) listener()
  }

  function find(row: number): Entry | undefined {
    if (recent !== undefined && row >= recent.firstRow && row < recent.endRow) return recent
    const entry = search(entries, row)
    if (entry !== undefined) {
      entry.lastUse = ++clock
      recent = entry
    }
    return entry
  }

  function insert(raw: RawBatch): Entry | undefined {
    if (raw.rowCount === 0) return undefined
    const endRow = raw.firstRow + raw.rowCount
    const covered = entries.filter((entry) => entry.firstRow >= raw.firstRow && entry.endRow <= endRow)
    for (const entry of covered) sizeBytes -= entry.sizeBytes
    const entry: Entry = {
      firstRow: raw.firstRow,
      endRow,
      sizeBytes: raw.bodies.reduce((sum, body) => sum + body.byteLength, 0),
      batch: decodeBatch(raw.bodies, raw.rowCount),
      lastUse: ++clock,
    }
    const kept = entries.filter((other) => !covered.includes(other))
    const at = kept.findIndex((other) => other.firstRow > entry.firstRow)
    kept.splice(at === -1 ? kept.length : at, 0, entry)
    entries = kept
    sizeBytes += entry.sizeBytes
    recent = undefined
    evict(entry)
    return entry
  }

  /** Drops the least recently used until the budget holds. What is on screen and what just came stay. */
  function evict(fresh: Entry): void {
    if (sizeBytes <= budgetBytes) return
    const candidates = entries.filter((entry) => entry !== fresh && !isShown(entry))
    candidates.sort((a, b) => a.lastUse - b.lastUse)
    const dropped = new Set<Entry>()
    for (const entry of candidates) {
      if (sizeBytes <= budgetBytes) break
      sizeBytes -= entry.sizeBytes
      dropped.add(entry)
    }
    entries = entries.filter((entry) => !dropped.has(entry))
  }

  function isShown(entry: Entry): boolean {
    return shown !== undefined && entry.firstRow <= shown.lastRow && entry.endRow > shown.firstRow
  }

  function take(fetched: FetchedWindow): void {
    for (const raw of fetched.batches) insert(raw)
    // A window that was asked for early may know less than what was said since.
    totalRows = Math.max(totalRows, fetched.totalRows)
    isComplete = isComplete || fetched.isComplete
  }

  async function fetchInto(windowStart: number): Promise<void> {
    const controller = new AbortController()
    inFlight.set(windowStart, controller)
    try {
      const fetched = await options.fetchWindow(
        { firstRow: windowStart, rowCount: WINDOW_ROWS },
        controller.signal,
      )
      if (isClosed) return
      take(fetched)
      problem = undefined
    } catch (error) {
      if (isClosed || controller.signal.aborted) return
      problem = error
    } finally {
      if (inFlight.get(windowStart) === controller) inFlight.delete(windowStart)
    }
    changed()
    pump()
  }

  /** Asks for the windows that are on screen and missing. */
  function pump(): void {
    if (shown === undefined || isClosed || problem !== undefined) return
    const wanted = missingWindows(shown.firstRow, shown.lastRow)
    for (const [start, controller] of inFlight) {
      if (wanted.includes(start)) continue
      controller.abort()
      inFlight.delete(start)
    }
    for (const start of wanted) {
      if (inFlight.size >= MAX_IN_FLIGHT) return
      if (!inFlight.has(start)) void fetchInto(start)
    }
  }

  function missingWindows(firstRow: number, lastRow: number): number[] {
    const starts: number[] = []
    const last = Math.min(lastRow, totalRows - 1)
    for (let row = firstRow; row <= last;) {
      const entry = search(entries, row)
      if (entry !== undefined) {
        row = entry.endRow
        continue
      }
      const start = Math.floor(row / WINDOW_ROWS) * WINDOW_ROWS
      starts.push(start)
      row = start + WINDOW_ROWS
    }
    return starts
  }

  async function* read(
    firstRow: number,
    endRow: number,
    signal: AbortSignal = new AbortController().signal,
  ): AsyncGenerator<RowReader, void, undefined> {
    let row = firstRow
    while (row < endRow) {
      const held = search(entries, row)
      if (held !== undefined) {
        const stop = Math.min(held.endRow, endRow)
        for (; row < stop; row++) yield rowOf(held.batch, held.firstRow, row)
        continue
      }
      const fetched = await options.fetchWindow(
        { firstRow: row, rowCount: Math.min(endRow - row, WINDOW_ROWS * 4) },
        signal,
      )
      const before = row
      for (const raw of fetched.batches) {
        const batch = decodeBatch(raw.bodies, raw.rowCount)
        const stop = Math.min(raw.firstRow + raw.rowCount, endRow)
        for (; row >= raw.firstRow && row < stop; row++) yield rowOf(batch, raw.firstRow, row)
      }
      // The end of the result, or a host that has no more: never ask for the same rows again.
      if (row === before) return
    }
  }

  return {
    cell(row, column) {
      const entry = find(row)
      return entry === undefined ? undefined : entry.batch.cell(row - entry.firstRow, column)
    },
    isLoaded: (row) => find(row) !== undefined,
    push(batch) {
      insert(batch)
      totalRows = Math.max(totalRows, batch.firstRow + batch.rowCount)
      changed()
    },
    setTotal(total, complete) {
      if (total === totalRows && complete === isComplete) return
      totalRows = total
      isComplete = complete
      changed()
      pump()
    },
    get totalRows() {
      return totalRows
    },
    get isComplete() {
      return isComplete
    },
    get sizeBytes() {
      return sizeBytes
    },
    show(firstRow, lastRow) {
      shown = { firstRow, lastRow }
      pump()
    },
    read,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get problem() {
      return problem
    },
    retry() {
      problem = undefined
      changed()
      pump()
    },
    close() {
      isClosed = true
      for (const controller of inFlight.values()) controller.abort()
      inFlight.clear()
      entries = []
      recent = undefined
      sizeBytes = 0
      listeners.clear()
    },
  }
}

function rowOf(batch: ColumnBatch, batchStart: number, row: number): RowReader {
  return { row, cell: (column) => batch.cell(row - batchStart, column) }
}

/** Binary search for the entry that holds `row`. Overlaps are walked back: an earlier, longer entry may hold it. */
function search(entries: readonly Entry[], row: number): Entry | undefined {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry !== undefined && entry.firstRow <= row) low = middle + 1
    else high = middle
  }
  for (let at = low - 1; at >= 0 && at >= low - 8; at--) {
    const entry = entries[at]
    if (entry !== undefined && row < entry.endRow) return entry
  }
  return undefined
}
