// The local, append-only file that everything counted is written to before anything else happens with it (docs/specs/metering.md, SPOOL-n). A write is in
// the kernel's hands when the call returns, so the process may be killed at any moment; it is on the disk after the next `sync`.
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { countsLine, eventLine, windowLine } from './spool-format.ts'
import type { SpooledEvent } from './types.ts'

export const SPOOL_SUFFIX = '.spool'
const MAX_SEGMENT_BYTES = 4 * 1024 * 1024

/** What grows with every request. Made by `openWindow`; whoever counts adds to `quantity` and hands it to `write`. */
export interface SpoolWindow {
  readonly event: SpooledEvent
  /** Below 2^53 by far, because a window is short. */
  quantity: number
  /** Where it is declared: the number of the file, and the slot in it. */
  segment: number
  slot: number
}

export interface SpoolOptions {
  readonly directory: string
  /** Names the files of this process; never used before. */
  readonly id: string
  /** Told once when writing begins to fail, and once when it works again (undefined). */
  readonly onTrouble: (error: unknown) => void
  readonly maxSegmentBytes?: number | undefined
  /** Writes to the file; for tests of full disks. */
  readonly writeTo?: typeof writeSync | undefined
}

export interface Spool {
  /** Writes an event. When the disk does not take it, it is kept in memory and written by `retry`. Never throws. */
  record(event: SpooledEvent): void
  openWindow(event: SpooledEvent): SpoolWindow
  /** Writes the quantities that windows have now. Never throws. */
  write(windows: readonly SpoolWindow[]): void
  /** Tries again what could not be written. True when nothing waits. */
  retry(): boolean
  /** Brings what was written to the disk. Rejects when the disk fails. */
  sync(): Promise<void>
  /** The file that is written to, which others may read up to `size`; undefined before the first write. */
  current(): { readonly segment: string; readonly size: number } | undefined
  /** Goes on in a new file with the next write, so that the present one can be read to its end and removed. */
  rotate(): void
  /** Writes what waits, brings all to the disk and closes the file. Throws when the disk fails. */
  close(): void
}

interface OpenFile {
  readonly descriptor: number
  readonly segment: string
  size: number
}

/** Makes the spool; the directory is made, the first file with the first write. */
export function createSpool(options: SpoolOptions): Spool {
  const { directory, onTrouble } = options
  const maxBytes = options.maxSegmentBytes ?? MAX_SEGMENT_BYTES
  const writeTo = options.writeTo ?? writeSync
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  let file: OpenFile | undefined
  let segment = 0
  let slots = 0
  let isDirty = false
  let isFailing = false
  const heldEvents = new Map<string, SpooledEvent>()
  const heldWindows = new Set<SpoolWindow>()

  const open = (): OpenFile => {
    segment += 1
    slots = 0
    const name = `${options.id}-${String(segment).padStart(8, '0')}${SPOOL_SUFFIX}`
    const descriptor = openSync(join(directory, name), 'ax', 0o600)
    syncDirectory(directory)
    return { descriptor, segment: name, size: 0 }
  }

  const rotate = (): void => {
    if (file === undefined) return
    const { descriptor } = file
    file = undefined
    isDirty = false
    try {
      fdatasyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Throws when not all of it was written; then nothing of it is in the file. */
  const append = (text: string): void => {
    if (file !== undefined && file.size >= maxBytes) rotate()
    file ??= open()
    const length = Buffer.byteLength(text)
    let written = 0
    try {
      written = writeTo(file.descriptor, text)
    } catch (error) {
      undo(file)
      throw error
    }
    if (written !== length) {
      undo(file)
      throw new Error('The disk took only a part of what was written to the spool.')
    }
    file.size += length
    isDirty = true
  }

  /** Cuts off what was written in part. Where even that fails nothing is added to the file any more: its torn end is skipped by whoever reads it. */
  const undo = (at: OpenFile): void => {
    try {
      ftruncateSync(at.descriptor, at.size)
    } catch {
      file = undefined
      closeSync(at.descriptor)
    }
  }

  /** The line with the quantities, behind the declarations that the present file lacks. */
  const textOf = (windows: readonly SpoolWindow[]): string => {
    let declared = ''
    let counts = ''
    for (const window of windows) {
      if (window.segment !== segment) {
        slots += 1
        window.slot = slots
        window.segment = segment
        declared += windowLine(window.slot, window.event)
      }
      counts += counts === '' ? `${window.slot} ${window.quantity}` : ` ${window.slot} ${window.quantity}`
    }
    return declared + countsLine(counts)
  }

  const appendWindows = (windows: readonly SpoolWindow[]): void => {
    // The file first: slots are given in the file that is written to.
    if (file !== undefined && file.size >= maxBytes) rotate()
    file ??= open()
    try {
      append(textOf(windows))
    } catch (error) {
      for (const window of windows) window.segment = -1
      throw error
    }
  }

  const fail = (error: unknown): void => {
    if (!isFailing) onTrouble(error)
    isFailing = true
  }

  const retry = (): boolean => {
    if (heldEvents.size === 0 && heldWindows.size === 0) return true
    try {
      for (const [key, event] of heldEvents) {
        append(eventLine(event))
        heldEvents.delete(key)
      }
      for (let some = firstOf(heldWindows); some.length > 0; some = firstOf(heldWindows)) {
        appendWindows(some)
        for (const window of some) heldWindows.delete(window)
      }
      if (isFailing) onTrouble(undefined)
      isFailing = false
      return true
    } catch (error) {
      fail(error)
      return false
    }
  }

  return {
    record(event) {
      try {
        if (!isFailing) return append(eventLine(event))
      } catch (error) {
        fail(error)
      }
      // Quantities are cumulative: the newest is enough.
      heldEvents.set(event.dedupeKey, event)
    },
    openWindow: (event) => ({ event, quantity: 0, segment: -1, slot: 0 }),
    write(windows) {
      try {
        if (!isFailing) return appendWindows(windows)
      } catch (error) {
        fail(error)
      }
      for (const window of windows) heldWindows.add(window)
    },
    retry,
    async sync() {
      if (file === undefined || !isDirty) return
      const synced = file
      isDirty = false
      await new Promise<void>((resolve, reject) => {
        fdatasync(synced.descriptor, (error) => (error === null ? resolve() : reject(error)))
      }).catch((error: unknown) => {
        // Rotated meanwhile, which has synced it.
        if (file !== synced) return
        // What a failed sync leaves on the disk is not known: a new file takes what follows.
        file = undefined
        closeSync(synced.descriptor)
        throw error
      })
    },
    current: () => file && { segment: file.segment, size: file.size },
    rotate,
    close() {
      const isAllWritten = retry()
      rotate()
      if (!isAllWritten) throw new Error('The spool could not take all that was counted.')
    },
  }
}

/** A few of them: lines stay short. */
function firstOf(windows: ReadonlySet<SpoolWindow>): readonly SpoolWindow[] {
  return [...windows.values().take(500)]
}

/** So that the name of a new file survives a loss of power. Not every system can do it for directories. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
