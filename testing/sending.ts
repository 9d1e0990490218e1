// A sender for tests, and what came of a request in one object.
import { randomBytes } from 'node:crypto'
import type { ResolvedRequest, ResolvedSettings } from '#api-client/common/resolve/types.ts'
import { createNetworkGuard } from '#api-client/node/send/guard.ts'
import { createMemoryTokenStore } from '#api-client/node/send/memory-tokens.ts'
import { createSender } from '#api-client/node/send/sender.ts'
import type {
  SendContext,
  SendOutcome,
  Sender,
  SenderEvent,
  SenderOptions,
} from '#api-client/node/send/types.ts'
import { TEST_CERTIFICATE } from './certificate.ts'

export const TEST_SETTINGS: ResolvedSettings = {
  timeoutMs: 20_000,
  followsRedirects: true,
  maxRedirects: 10,
  keepsAuthorization: false,
  encodesUrl: true,
  httpVersion: 'auto',
  verifiesCertificates: true,
  minTlsVersion: '1.2',
  sendsCookies: true,
  keepsCookies: true,
}

/** Trusts the test certificate and reaches everything. */
export function testSender(options: Partial<SenderOptions> = {}): Sender & AsyncDisposable {
  const sender = createSender({
    now: () => Date.now(),
    randomBytes,
    guard: createNetworkGuard({ allowsPrivate: true }),
    tokens: createMemoryTokenStore(),
    systemProxy: () => ({ http: null, https: null, bypass: '' }),
    openBrowser: () => undefined,
    projectSession: () => Promise.resolve({ headers: [], ticket: null, restUrl: 'http://127.0.0.1' }),
    userAgent: 'NebulaDB-test',
    authorities: [TEST_CERTIFICATE],
    ...options,
  })
  return { ...sender, [Symbol.asyncDispose]: () => sender.close() }
}

export type RequestFields = Partial<Omit<ResolvedRequest, 'settings'>> & {
  readonly url: string
  readonly settings?: Partial<ResolvedSettings>
}

export function testRequest({ settings, ...fields }: RequestFields): ResolvedRequest {
  return {
    method: 'GET',
    headers: [],
    body: { type: 'none' },
    auth: { type: 'none' },
    proxy: { mode: 'off' },
    clientCertificates: [],
    directory: null,
    secrets: [],
    unresolved: [],
    ...fields,
    settings: { ...TEST_SETTINGS, ...settings },
  }
}

export interface Sent extends SendOutcome {
  readonly body: Buffer
  readonly text: string
  readonly events: SenderEvent[]
}

/** Sends and waits for the end. */
export async function sendRequest(
  sender: Sender,
  fields: RequestFields,
  context: Partial<SendContext> = {},
): Promise<Sent> {
  const chunks: Uint8Array[] = []
  const events: SenderEvent[] = []
  const outcome = await sender.send(testRequest(fields), {
    signal: new AbortController().signal,
    sink: (chunk) => {
      chunks.push(chunk)
    },
    onEvent: (event) => {
      events.push(event)
    },
    cookies: null,
    ...context,
  })
  const body = Buffer.concat(chunks)
  return { ...outcome, body, text: body.toString(), events }
}
