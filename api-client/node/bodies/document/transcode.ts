// Text in another charset, written anew as UTF-8 beside the body, so that everything else knows one charset only. The body itself stays as it came.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { openSource } from './source.ts'
import type { Source } from './source.ts'

const STEP_BYTES = 256 * 1024

export interface Transcoder {
  readonly text: Source
  /** Writes on: false when there is nothing to do. */
  step(isComplete: boolean): boolean
  close(): void
}

/** Begins the text of a body. What its charset does not know becomes U+FFFD. */
export function createTranscoder(
  bytes: Source,
  { path, charset }: { readonly path: string; readonly charset: string },
): Transcoder {
  const descriptor = openSync(path, 'w')
  const text = openSource(path, 0)
  const decoder = new TextDecoder(charset)
  let position = 0
  let written = 0
  let isEnded = false

  const write = (decoded: string): void => {
    const encoded = Buffer.from(decoded)
    let done = 0
    while (done < encoded.length)
      done += writeSync(descriptor, encoded, done, encoded.length - done, written + done)
    written += encoded.length
    text.grow(written)
  }
  return {
    text,
    step(isComplete) {
      if (position < bytes.size) {
        const block = bytes.copy(position, position + STEP_BYTES)
        position += block.length
        write(decoder.decode(block, { stream: true }))
        return block.length > 0
      }
      if (isComplete && !isEnded) {
        isEnded = true
        write(decoder.decode())
      }
      return false
    },
    close() {
      closeSync(descriptor)
      text.close()
      rmSync(path, { force: true })
    },
  }
}
