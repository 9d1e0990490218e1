// Writes a body to its file while it arrives.
import { open } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { BodyWriter, EndedBody } from './types.ts'

export interface BodyWriterOptions {
  readonly path: string
  readonly mostBytes: number
  /** So many bytes can be read now. */
  onGrown(bytes: number): void
  onEnded(incomplete: string | null): Promise<void>
}

/** Creates the file. */
export async function createBodyWriter({
  path,
  mostBytes,
  onGrown,
  onEnded,
}: BodyWriterOptions): Promise<BodyWriter> {
  const file = await open(path, 'wx', 0o600)
  let bytes = 0
  let early: string | null = null
  let tail: Promise<unknown> = Promise.resolve()
  let ended: Promise<EndedBody> | undefined

  const append = async (chunk: Uint8Array): Promise<'taken' | 'full'> => {
    if (early !== null) return 'full'
    const part = chunk.subarray(0, mostBytes - bytes)
    try {
      let done = 0
      while (done < part.length) {
        const { bytesWritten } = await file.write(part, done, part.length - done, bytes + done)
        done += bytesWritten
      }
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
    await file.close()
    const reason = early ?? incomplete
    await onEnded(reason)
    return { bytes, incomplete: reason }
  }
  return {
    async write(chunk) {
      if (ended !== undefined) throw new AppError('CONFLICT', 'This body has ended.')
      const result = tail.then(() => append(chunk))
      tail = result
      return result
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
