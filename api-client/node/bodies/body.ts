// A body as others read it: each question goes to its reader, bytes come from the file.
import { open } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import type { Answer, Call, EditsCall } from './calls.ts'
import { hunksOf } from './hunks.ts'
import { saveFile } from './save.ts'
import type { Body, FindBatch, FindQuery } from './types.ts'

/** Lines of a body that is compared. */
const MOST_LINES = 3_000_000

export interface BodyOptions {
  readonly path: string
  /** Resolves when the file has what came so far. */
  toFile(): Promise<void>
  /** Its text where the whole body is in memory; else undefined. */
  heldText(maxBytes: number): string | null | undefined
  /** Bytes that are there now. */
  size(): number
  ask(call: Call, signal?: AbortSignal): Promise<Answer>
  edits(call: EditsCall, signal?: AbortSignal): Promise<Answer>
  open(exchangeId: ExchangeId): Promise<Body>
}

/** Makes the body of a store. */
export function createBody(options: BodyOptions): Body {
  const { path, size, ask, edits, open: openOther, toFile, heldText } = options
  async function* find(query: FindQuery, signal?: AbortSignal): AsyncGenerator<FindBatch, void> {
    let cursor: Extract<Call, { name: 'find' }>['cursor'] = null
    do {
      signal?.throwIfAborted()
      const answer = await ask({ name: 'find', query, cursor }, signal)
      if (answer.name !== 'find') throw unexpected(answer)
      const { hits, next, searchedLines, isComplete }: (typeof answer)['value'] = answer.value
      cursor = next
      yield { hits: [...hits], searchedLines, isComplete: next === null && isComplete }
    } while (cursor !== null)
  }
  const body: Body = {
    async info(view) {
      const answer = await ask({ name: 'info', view })
      if (answer.name !== 'info') throw unexpected(answer)
      return answer.value
    },
    async lines(view, from, count) {
      const answer = await ask({ name: 'lines', view, from, count })
      if (answer.name !== 'lines') throw unexpected(answer)
      return answer.value
    },
    find,
    async tree(pointer, from, count) {
      const answer = await ask({ name: 'tree', pointer, from, count })
      if (answer.name !== 'tree') throw unexpected(answer)
      return answer.value
    },
    async jsonPath(expression, limit, signal) {
      const answer = await ask({ name: 'jsonPath', expression, limit }, signal)
      if (answer.name !== 'jsonPath') throw unexpected(answer)
      return answer.value
    },
    async table(pointer, from, count) {
      const answer = await ask({ name: 'table', pointer, from, count })
      if (answer.name !== 'table') throw unexpected(answer)
      return answer.value
    },
    async text(maxBytes) {
      const held = heldText(maxBytes)
      if (held !== undefined) return held
      const answer = await ask({ name: 'text', maxBytes })
      if (answer.name !== 'text') throw unexpected(answer)
      return answer.value
    },
    async lineHashes(signal) {
      const answer = await ask({ name: 'hashes', most: MOST_LINES }, signal)
      if (answer.name !== 'hashes') throw unexpected(answer)
      return answer.value
    },
    async bytes(from, count) {
      await toFile()
      const total = size()
      const bytes = Buffer.alloc(Math.max(0, Math.min(count, total - from)))
      const file = await open(path, 'r')
      try {
        let done = 0
        while (done < bytes.length) {
          const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done)
          if (bytesRead === 0) break
          done += bytesRead
        }
        return { bytes: bytes.subarray(0, done), total }
      } finally {
        await file.close()
      }
    },
    async save(file, { replaces }) {
      await toFile()
      return saveFile(path, file, { replaces, bytes: size() })
    },
    async diff(older, signal) {
      const other = await openOther(older)
      const [olderHashes, newerHashes] = [await other.lineHashes(signal), await body.lineHashes(signal)]
      if (olderHashes === null || newerHashes === null) return { hunks: null }
      const answer = await edits({ name: 'edits', older: olderHashes, newer: newerHashes }, signal)
      if (answer.name !== 'edits') throw unexpected(answer)
      if (answer.value === null) return { hunks: null }
      return { hunks: await hunksOf(answer.value, { older: other, newer: body, signal }) }
    },
  }
  return body
}

function unexpected({ name }: Answer): AppError {
  return new AppError('INTERNAL', `A body answered something else: ${name}.`)
}
