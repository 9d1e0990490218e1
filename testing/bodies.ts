// A store of bodies in a temporary folder, and bodies that are put in as a response would bring them.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBodyStore } from '#api-client/node/bodies/store.ts'
import type { Body, BodyLimits, BodyStore } from '#api-client/node/bodies/types.ts'
import { ExchangeId } from '#contract/requests/exchange.ts'

export interface TestBodies {
  readonly directory: string
  readonly store: BodyStore
  /** Writes a body in chunks and opens it. */
  put(
    content: string | Uint8Array,
    contentType: string | null,
    chunk?: number,
  ): Promise<Body & { readonly id: ExchangeId }>
  close(): Promise<void>
}

const LIMITS: BodyLimits = { bytesPerBody: 200e6, bytesInAll: 1e9 }

/** Opens a store; of a folder that is there already when one is given. */
export async function createTestBodies(
  limits: BodyLimits = LIMITS,
  directory = mkdtempSync(join(tmpdir(), 'nebuladb-bodies-')),
  isKnown = (_: ExchangeId): boolean => true,
): Promise<TestBodies> {
  const store = await createBodyStore({ directory, limits, isKnown, threads: 1 })
  return {
    directory,
    store,
    async put(content, contentType, chunk = 64 * 1024) {
      const id = newExchangeId()
      const writer = await store.create(id, { contentType })
      const bytes = Buffer.from(content)
      for (let at = 0; at < bytes.length; at += chunk) await writer.write(bytes.subarray(at, at + chunk))
      await writer.end()
      return { ...(await store.open(id)), id }
    },
    async close() {
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** An id of an exchange. */
export function newExchangeId(): ExchangeId {
  return ExchangeId.parse(randomUUID())
}

/** All lines of a view. */
export async function allLines(body: Body, view: 'pretty' | 'raw'): Promise<string[]> {
  const lines: string[] = []
  for (;;) {
    const some = await body.lines(view, lines.length, 2_000)
    lines.push(...some.lines)
    if (some.lines.length === 0 || lines.length >= some.total) return lines
  }
}
