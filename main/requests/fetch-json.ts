// A JSON document fetched by the sender: as a request of a person goes out, with its proxies, certificates and guard.
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { CookieJar, Sender } from '#api-client/node/send/types.ts'
import { AppError } from '#contract/errors.ts'

/** Larger documents are refused. */
const MOST_BYTES = 50_000_000

export interface FetchJson {
  readonly request: ResolvedRequest
  readonly cookies: CookieJar | null
  readonly signal: AbortSignal
}

/** The text of a response. Throws CONNECTION_FAILED when none came, TOO_LARGE. */
export async function fetchText(
  sender: Sender,
  { request, cookies, signal }: FetchJson,
): Promise<{ readonly status: number; readonly text: string }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const { response, failure } = await sender.send(request, {
    signal,
    cookies,
    onEvent: () => {},
    sink(chunk) {
      bytes += chunk.byteLength
      if (bytes > MOST_BYTES) throw new AppError('TOO_LARGE', 'The document is larger than 50 MB.')
      chunks.push(Uint8Array.from(chunk))
    },
  })
  signal.throwIfAborted()
  if (response === null)
    throw new AppError('CONNECTION_FAILED', failure?.message ?? 'No response came.', {
      ...(failure === null || failure.hint === '' ? {} : { hint: failure.hint }),
    })
  if (bytes > MOST_BYTES) throw new AppError('TOO_LARGE', 'The document is larger than 50 MB.')
  if (response.incomplete !== null) throw new AppError('CONNECTION_FAILED', response.incomplete)
  return { status: response.status, text: Buffer.concat(chunks).toString('utf8') }
}

/** The same, parsed; undefined for what is no JSON. */
export async function fetchJson(
  sender: Sender,
  asked: FetchJson,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const { status, text } = await fetchText(sender, asked)
  try {
    return { status, json: JSON.parse(text) }
  } catch {
    return { status, json: undefined }
  }
}
