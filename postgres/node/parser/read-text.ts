// Text that holds a schema into a model, in a thread of its own that is gone afterwards, with all the memory that it took.
import type { Imported } from '#postgres/common/exchange/sql/import-sql.ts'
import type { TextFormat } from '#postgres/common/exchange/import-text.ts'
import { createTextWorker } from './text-worker.ts'

/** Milliseconds: a million characters of DBML, the most that is taken, need 15 s on a machine that does nothing else. */
const TIMEOUT_MS = 120_000

const worker = createTextWorker({ isKept: false, timeoutMs: TIMEOUT_MS })

/** The model that the text holds. Rejects with TOO_LARGE, with TIMEOUT, with CANCELLED when `signal` aborts; never for what stands in the text. */
export async function readText(
  source: {
    readonly format: TextFormat
    readonly text: string
    readonly serverVersion?: number | undefined
  },
  signal?: AbortSignal,
): Promise<Imported> {
  const { format, text, serverVersion } = source
  const done = await worker.run({ kind: 'import', format, text, serverVersion }, signal)
  if (done.kind === 'import') return done.imported
  throw new Error('The parser answered another question.')
}
