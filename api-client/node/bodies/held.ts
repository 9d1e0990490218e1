// Small bodies that have ended: in memory until a moment has passed, so that a run which drops them at once never touches the disk, and then in their files.
import type { ExchangeId } from '#contract/requests/exchange.ts'
import { detect, DETECTION_BYTES } from './detect.ts'
import type { BodyFiles } from './files.ts'

const AFTER_MS = 100
/** More than this waits for the disk. */
const MOST_BYTES = 16_000_000

interface Held {
  readonly bytes: Uint8Array
  readonly contentType: string | null
  readonly incomplete: string | null
  /** While it is being written. */
  writing: Promise<void> | null
}

export interface HeldBodies {
  /** Takes the bytes of a body that has ended. Resolves when there is room for more. */
  add(id: ExchangeId, body: Omit<Held, 'writing'>): Promise<void>
  /** Its text, decoded; null where it is none or larger, undefined for a body that is not here. */
  text(id: ExchangeId, maxBytes: number): string | null | undefined
  /** Resolves when the body is in its file; at once for one that is not here. */
  toFile(id: ExchangeId): Promise<void>
  /** Lets go of a body: true when it never got a file. */
  drop(id: ExchangeId): Promise<boolean>
  /** Writes all. */
  close(): Promise<void>
}

/** Holds bodies for a store's files. */
export function createHeldBodies(files: BodyFiles): HeldBodies {
  const all = new Map<ExchangeId, Held>()
  let total = 0
  let timer: NodeJS.Timeout | undefined

  const forget = (id: ExchangeId, held: Held): void => {
    if (all.delete(id)) total -= held.bytes.length
  }
  const write = (id: ExchangeId, held: Held): Promise<void> => {
    const { bytes, contentType, incomplete } = held
    held.writing ??= files.writeWhole(id, bytes, { contentType, incomplete }).then(
      () => forget(id, held),
      (error: unknown) => {
        // It stays here, and who asks next tries again.
        held.writing = null
        throw error
      },
    )
    return held.writing
  }
  const writeAll = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    for (const [id, held] of [...all]) if (all.get(id) === held) await write(id, held).catch(() => undefined)
  }
  return {
    async add(id, { bytes, contentType, incomplete }) {
      all.set(id, { bytes, contentType, incomplete, writing: null })
      total += bytes.length
      if (total > MOST_BYTES) await writeAll()
      else timer ??= setTimeout(() => void writeAll(), AFTER_MS)
    },
    text(id, maxBytes) {
      const held = all.get(id)
      if (held === undefined) return undefined
      const { bytes, contentType } = held
      if (bytes.length === 0) return ''
      const { shape, charset, bomBytes } = detect(contentType, bytes.subarray(0, DETECTION_BYTES))
      if (shape === 'hex' || bytes.length > maxBytes) return null
      return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes.subarray(bomBytes))
    },
    async toFile(id) {
      const held = all.get(id)
      if (held !== undefined) await write(id, held)
    },
    async drop(id) {
      const held = all.get(id)
      if (held === undefined) return false
      const { writing } = held
      forget(id, held)
      if (writing === null) return true
      await writing.catch(() => undefined)
      return false
    },
    async close() {
      await writeAll()
    },
  }
}
