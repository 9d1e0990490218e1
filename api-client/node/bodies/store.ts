// Response bodies on disk: written while they arrive (small ones a moment after), read in parts, dropped when there is no room for all.
import { mkdir } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { createBody } from './body.ts'
import { finished, performEdits } from './calls.ts'
import { createBodyFiles } from './files.ts'
import { createHeldBodies } from './held.ts'
import { createThreadPool } from './pool.ts'
import { SMALL_BYTES, createBodyReader } from './reader.ts'
import type { BodyReader } from './reader.ts'
import type { Body, BodyStore, BodyStoreOptions } from './types.ts'
import { createBodyWriter, type FileWriter } from './writer.ts'

/** Bodies that are kept open after they were read. */
const KEPT_OPEN = 8
const DEFAULT_THREADS = 2

interface Entry {
  bytes: number
  isComplete: boolean
  /** Set when somebody reads, or when it is large and arrives. */
  reader: BodyReader | null
  /** Removed as soon as it has ended. */
  isUnwanted: boolean
  /** While it arrives. */
  writer: FileWriter | null
}

/** Opens the store of a folder. */
export async function createBodyStore({
  directory,
  limits,
  isKnown = () => true,
  threads = DEFAULT_THREADS,
}: BodyStoreOptions): Promise<BodyStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const files = createBodyFiles(directory)
  const held = createHeldBodies(files)
  const pool = createThreadPool(threads)
  /** The oldest first. */
  const entries = new Map<ExchangeId, Entry>()
  /** Those that were read, the latest last. */
  const recent = new Map<ExchangeId, Entry>()
  const contentTypes = new Map<ExchangeId, string | null>()
  let total = 0
  for (const { id, bytes } of await files.tidy()) {
    if (!isKnown(id)) {
      await files.remove(id)
      continue
    }
    entries.set(id, { bytes, isComplete: true, reader: null, isUnwanted: false, writer: null })
    total += bytes
  }

  const remove = async (id: ExchangeId, entry: Entry): Promise<void> => {
    entry.reader?.close()
    entries.delete(id)
    recent.delete(id)
    contentTypes.delete(id)
    total -= entry.bytes
    if (!(await held.drop(id))) await files.remove(id)
  }
  const makeRoom = async (): Promise<void> => {
    for (const [id, entry] of entries) {
      if (total <= limits.bytesInAll) return
      const isUsed = !entry.isComplete || (entry.reader?.running ?? 0) > 0
      if (!isUsed) await remove(id, entry)
    }
  }
  const readerOf = (id: ExchangeId, entry: Entry, contentType: string | null): BodyReader => {
    if (entry.reader !== null) return entry.reader
    entry.reader = createBodyReader(pool, { path: files.body(id), textPath: files.text(id), contentType })
    entry.reader.grow(entry.bytes, entry.isComplete)
    return entry.reader
  }
  const touch = (id: ExchangeId, entry: Entry): void => {
    recent.delete(id)
    recent.set(id, entry)
    for (const [other, { reader, isComplete }] of recent) {
      if (recent.size <= KEPT_OPEN) return
      if (!isComplete || reader === null || reader.running > 0) continue
      reader.close()
      recent.delete(other)
    }
  }
  const entryOf = (id: ExchangeId): Entry => {
    const entry = entries.get(id)
    if (entry === undefined || entry.isUnwanted)
      throw new AppError('NOT_FOUND', 'The body of this response is no longer kept.', {
        hint: 'Send the request again.',
      })
    return entry
  }
  const toFile = async (id: ExchangeId): Promise<void> => {
    await entryOf(id).writer?.toFile()
    await held.toFile(id)
  }
  const openBody = async (id: ExchangeId): Promise<Body> => {
    const entry = entryOf(id)
    if (!contentTypes.has(id)) contentTypes.set(id, (await files.readEnded(id))?.contentType ?? null)
    return createBody({
      path: files.body(id),
      toFile: () => toFile(id),
      heldText: (maxBytes) => (entryOf(id).isComplete ? held.text(id, maxBytes) : undefined),
      size: () => entry.bytes,
      async ask(call, signal) {
        await toFile(id)
        const current = entryOf(id)
        touch(id, current)
        return readerOf(id, current, contentTypes.get(id) ?? null).run(call, signal)
      },
      edits: async (call, signal) =>
        call.older.length + call.newer.length < SMALL_BYTES / 32
          ? finished(performEdits(call))
          : await pool.edits(call, signal),
      open: openBody,
    })
  }

  return {
    async create(exchangeId, { contentType }) {
      if (entries.has(exchangeId)) throw new AppError('ALREADY_EXISTS', 'This exchange has a body already.')
      const writer = createBodyWriter({
        path: files.body(exchangeId),
        mostBytes: limits.bytesPerBody,
        onGrown(bytes) {
          total += bytes - entry.bytes
          entry.bytes = bytes
          // From here on it is read while it arrives, so that it is there when somebody looks.
          if (bytes >= SMALL_BYTES) touchGrowing(exchangeId, entry, contentType)
          else entry.reader?.grow(bytes, false)
        },
        async onEnded(incomplete, bytes) {
          entry.isComplete = true
          entry.writer = null
          if (entry.isUnwanted) return remove(exchangeId, entry)
          if (bytes === null) await files.writeEnded(exchangeId, { contentType, incomplete })
          else await held.add(exchangeId, { bytes, contentType, incomplete })
          entry.reader?.grow(entry.bytes, true)
          await makeRoom()
        },
      })
      const entry: Entry = { bytes: 0, isComplete: false, reader: null, isUnwanted: false, writer }
      entries.set(exchangeId, entry)
      contentTypes.set(exchangeId, contentType)
      return writer
    },
    open: openBody,
    has: (exchangeId) => entries.get(exchangeId)?.isUnwanted === false,
    async remove(exchangeId) {
      const entry = entries.get(exchangeId)
      if (entry === undefined) return
      entry.isUnwanted = true
      if (entry.isComplete) await remove(exchangeId, entry)
    },
    usage: () => ({ bodies: entries.size, bytes: total }),
    async close() {
      const incomplete = 'The app was closed.'
      await Promise.all([...entries.values()].map(({ writer }) => writer?.end({ incomplete })))
      await held.close()
      for (const entry of entries.values()) entry.reader?.close()
      await pool.close()
    },
  }

  function touchGrowing(id: ExchangeId, entry: Entry, contentType: string | null): void {
    if (entry.reader === null) touch(id, entry)
    readerOf(id, entry, contentType).grow(entry.bytes, false)
  }
}
