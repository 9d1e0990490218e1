// The text of a body as a file: reads parts of it, with the last block kept, because what is asked for next mostly lies beside it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const BLOCK = 256 * 1024
const FORKED_BLOCK = 64 * 1024

export interface Source {
  /** Bytes that may be read. */
  readonly size: number
  /** Tells that there are more. */
  grow(size: number): void
  /** A view of the bytes from `from`, at least one and at most `count`; empty at the end. Valid until the next call. */
  read(from: number, count: number): Buffer
  /** A copy of all bytes of a range. */
  copy(from: number, to: number): Buffer
  /** The same file with a block of its own, for who reads elsewhere in between. */
  fork(): Source
  close(): void
}

/** Opens a file for reading. Without a size it is the file's. */
export function openSource(path: string, size?: number): Source {
  const descriptor = openSync(path, 'r')
  const file = { descriptor, end: size ?? fstatSync(descriptor).size, isOpen: true }
  return reader(file, BLOCK)
}

interface OpenFile {
  readonly descriptor: number
  end: number
  isOpen: boolean
}

function reader(file: OpenFile, blockSize: number): Source {
  const block = Buffer.alloc(blockSize)
  let blockFrom = 0
  let blockBytes = 0
  return {
    get size() {
      return file.end
    },
    grow(to) {
      file.end = Math.max(file.end, to)
    },
    read(from, count) {
      const to = Math.min(file.end, from + count)
      if (from >= to) return block.subarray(0, 0)
      if (from < blockFrom || from >= blockFrom + blockBytes) {
        blockFrom = from
        blockBytes = readSync(file.descriptor, block, 0, Math.min(blockSize, file.end - from), from)
      }
      const start = from - blockFrom
      return block.subarray(start, Math.min(blockBytes, start + (to - from)))
    },
    copy(from, to) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(to, file.end) - from))
      let done = 0
      while (done < bytes.length) {
        const read = readSync(file.descriptor, bytes, done, bytes.length - done, from + done)
        if (read === 0) return bytes.subarray(0, done)
        done += read
      }
      return bytes
    },
    fork: () => reader(file, FORKED_BLOCK),
    close() {
      if (file.isOpen) closeSync(file.descriptor)
      file.isOpen = false
    },
  }
}
