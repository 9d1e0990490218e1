// Moves what the spool holds into the database, file by file, and removes files that are read to their end.
import type { Clock } from '../clock.ts'
import type { Observe } from '../monitoring/index.ts'
import {
  createSegmentReader,
  listSegments,
  removeSegment,
  type SegmentReader,
  setSegmentAside,
} from './segments.ts'
import type { Spool } from './spool.ts'
import type { Ingested, UsageStore } from './store.ts'

export interface Ingester {
  /**
   * Ingests everything that was spooled before the call, files of processes that are gone too. Rejects when the database or the disk fails: what was not
   * stored is read again the next time. One at a time: a call during another gives that one's end, and then its own.
   */
  run(): Promise<void>
}

interface Reading {
  readonly reader: SegmentReader
  position: number
  hasDamage: boolean
}

export interface IngesterDependencies {
  readonly spool: Pick<Spool, 'current'>
  readonly directory: string
  readonly store: UsageStore
  readonly clock: Clock
  readonly observe: Observe
}

/** Makes it. */
export function createIngester(deps: IngesterDependencies): Ingester {
  const { spool, directory, store, clock, observe } = deps
  const readings = new Map<string, Reading>()

  const openReading = async (segment: string): Promise<Reading> => {
    const position = await store.position(segment)
    return { reader: createSegmentReader(directory, segment, position), position, hasDamage: false }
  }

  /** Reads a file up to `limit`. */
  const drain = async (segment: string, limit: number): Promise<Reading> => {
    const reading = readings.get(segment) ?? (await openReading(segment))
    readings.set(segment, reading)
    try {
      for (
        let chunk = await reading.reader.next(limit);
        chunk !== undefined;
        chunk = await reading.reader.next(limit)
      ) {
        const { events, position, damaged } = chunk
        // Read for its declarations: it was ingested before.
        if (position <= reading.position) continue
        const ingested = await store.ingest(
          { segment, from: reading.position, to: position, events },
          clock.now(),
        )
        if (ingested === undefined) throw new Error('The spool is ingested by another process too.')
        reading.position = position
        if (damaged > 0) {
          reading.hasDamage = true
          observe({ type: 'metering.damaged', segment, lines: damaged })
        }
        tell(ingested)
      }
      return reading
    } catch (error) {
      // What the reader has read is lost with it: the next time begins at what is stored.
      readings.delete(segment)
      throw error
    }
  }

  const tell = (ingested: Ingested): void => {
    const reasons = Map.groupBy(ingested.refused, ({ reason }) => reason)
    for (const [reason, refused] of reasons)
      observe({ type: 'metering.refused', reason, events: refused.length })
  }

  const ingestAll = async (): Promise<void> => {
    const startedAt = clock.now()
    const live = spool.current()
    for (const segment of await listSegments(directory)) {
      if (live !== undefined && segment === live.segment) await drain(segment, live.size)
      else if (segment !== spool.current()?.segment) {
        const { hasDamage } = await drain(segment, Number.MAX_SAFE_INTEGER)
        readings.delete(segment)
        if (hasDamage) await setSegmentAside(directory, segment)
        else await removeSegment(directory, segment)
      }
    }
    await store.setAsOf(startedAt)
  }

  let running: Promise<void> = Promise.resolve()
  return {
    run() {
      const mine = running.catch(() => undefined).then(ingestAll)
      running = mine
      return mine
    },
  }
}
