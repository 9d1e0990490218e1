// Takes a body while it arrives: into memory as long as it is small, from then on into its file.
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { BodyWriter, EndedBody } from './types.ts'

/** Bodies up to so many bytes have no file until somebody wants one. */
const HELD_BYTES = 64 * 1024

export interface BodyWriterOptions {
  readonly path: string
  readonly mostBytes: number
  /** So many bytes can be read now. */
  onGrown(bytes: number): void
  /** `held` has all bytes of a body that got no file. */
  onEnded(incomplete: string | null, held: Uint8Array | null): Promise<void>
}

export interface FileWriter extends BodyWriter {
  /** Resolves when what came so far is in the file. */
  toFile(): Promise<void>
}

/** Begins a body. */
export function createBodyWriter({ path, mostBytes, onGrown, onEnded }: BodyWriterOptions): FileWriter {
  let file: FileHandle | null = null
  let held: Uint8Array[] = []
  let bytes = 0
  let early: string | null = null
  let tail: Promise<unknown> = Promise.resolve()
  let ended: Promise<EndedBody> | undefined

  const put = async (target: FileHandle, part: Uint8Array, at: number): Promise<void> => {
    let done = 0
    while (done < part.length) {
      const { bytesWritten } = await target.write(part, done, part.length - done, at + done)
      done += bytesWritten
    }
  }
  const openFile = async (): Promise<FileHandle> => {
    if (file !== null) return file
    file = await open(path, 'wx', 0o600)
    const before = Buffer.concat(held)
    held = []
    await put(file, before, 0)
    return file
  }
  const append = async (chunk: Uint8Array): Promise<'taken' | 'full'> => {
    if (early !== null) return 'full'
    const part = chunk.subarray(0, mostBytes - bytes)
    try {
      // The sender may use its memory again.
      if (file === null && bytes + part.length <= HELD_BYTES) held.push(Uint8Array.from(part))
      else await put(await openFile(), part, bytes)
    } catch (error) {
      early = notWritten(error)
      return 'full'
    }
    bytes += part.length
    onGrown(bytes)
    if (part.length === chunk.length) return 'taken'
    early = `Only the first ${inWords(mostBytes)} are kept.`
    return 'full'
  }
  const finish = async (incomplete: string | null): Promise<EndedBody> => {
    await tail
    await file?.close()
    const reason = early ?? incomplete
    await onEnded(reason, file === null ? Buffer.concat(held) : null)
    return { bytes, incomplete: reason }
  }
  return {
    async write(chunk) {
      if (ended !== undefined) throw new AppError('CONFLICT', 'This body has ended.')
      const result = tail.then(() => append(chunk))
      tail = result
      return result
    },
    toFile() {
      const opened = tail.then(() => (ended === undefined ? openFile() : null))
      tail = opened.catch(() => undefined)
      // Who ended meanwhile hands its bytes on, so the end is waited for; not within the chain, which the end itself waits for.
      return opened.then(async () => void (await ended))
    },
    end({ incomplete } = { incomplete: null }) {
      ended ??= finish(incomplete)
      return ended
    },
  }
}

function notWritten(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'ENOSPC' ? 'The disk is full.' : 'The disk did not take more.'
}

/** `100 MB`, `1.5 kB`. */
function inWords(bytes: number): string {
  const [size, unit] =
    bytes >= 1e6 ? [bytes / 1e6, 'MB'] : bytes >= 1e3 ? [bytes / 1e3, 'kB'] : [bytes, 'bytes']
  return `${String(Math.round(size * 10) / 10)} ${unit}`
}
