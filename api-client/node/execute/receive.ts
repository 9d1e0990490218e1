// Takes a response into the store of bodies while it arrives, and into memory for a request that a script sent.
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { ExchangeId, HeaderPair } from '#contract/requests/exchange.ts'
import type { BodyStore, BodyWriter } from '../bodies/types.ts'
import type { ScriptResponse } from '../sandbox/types.ts'
import type { CookieJar, Sender, SenderEvent, SendOutcome } from '../send/types.ts'

export interface ReceiveOptions {
  readonly sender: Sender
  readonly bodies: BodyStore
  readonly exchangeId: ExchangeId
  readonly cookies: CookieJar | null
  readonly signal: AbortSignal
  readonly onEvent: (event: SenderEvent) => void
}

/** Sends, and keeps the body under the exchange. Its end is told by `response.incomplete` too. */
export async function sendAndKeep(request: ResolvedRequest, options: ReceiveOptions): Promise<SendOutcome> {
  const { sender, bodies, exchangeId } = options
  let contentType: string | null = null
  let writer: Promise<BodyWriter> | null = null
  const begin = () => (writer ??= bodies.create(exchangeId, { contentType }))
  const outcome = await sender.send(request, {
    signal: options.signal,
    cookies: options.cookies,
    onEvent: (event) => {
      if (event.type === 'headers') contentType = headerOf(event.headers, 'content-type')
      options.onEvent(event)
    },
    sink: async (chunk) => {
      const taken = await (await begin()).write(chunk)
      // What a sink throws ends the response, incomplete, in these words.
      if (taken === 'full') throw new Error('The body is larger than what is kept of one.')
    },
  })
  if (outcome.response === null && writer === null) return outcome
  contentType ??= outcome.response?.contentType ?? null
  const ended = await (
    await begin()
  ).end({ incomplete: outcome.response?.incomplete ?? outcome.failure?.message ?? null })
  const { response } = outcome
  if (response === null) return outcome
  return { ...outcome, response: { ...response, incomplete: response.incomplete ?? ended.incomplete } }
}

export interface ScriptSendOptions {
  readonly sender: Sender
  readonly cookies: CookieJar | null
  readonly signal: AbortSignal
  readonly mostBytes: number
}

/** Sends for a script. Rejects with the words of the failure. */
export async function sendForScript(
  request: ResolvedRequest,
  options: ScriptSendOptions,
): Promise<ScriptResponse> {
  const chunks: Uint8Array[] = []
  let size = 0
  const { response, failure, timings, cookies } = await options.sender.send(request, {
    signal: options.signal,
    cookies: options.cookies,
    onEvent: () => undefined,
    sink: (chunk) => {
      size += chunk.length
      if (size > options.mostBytes) throw new Error('The body is too large for a script.')
      // The sender may use its memory again.
      chunks.push(Uint8Array.from(chunk))
    },
  })
  if (response === null)
    throw new Error(failure === null ? 'No response came.' : `${failure.message} ${failure.hint}`.trim())
  return {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
    text: new TextDecoder().decode(Buffer.concat(chunks)),
    durationMs: timings.total,
    size,
    cookies: [...cookies],
  }
}

/** The first header of a name; null when there is none. */
export function headerOf(headers: readonly HeaderPair[], name: string): string | null {
  return headers.find((one) => one.name.toLowerCase() === name)?.value ?? null
}
