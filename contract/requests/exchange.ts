// What happened when a request was sent.
import { z } from 'zod'
import { Timestamp } from '../capabilities/ids.ts'
import { CollectionId, ItemPath } from './collection.ts'

/** One sending of a request, chosen by who sends. Its response is kept under it. */
export const ExchangeId = z.uuid().brand<'ExchangeId'>()
export type ExchangeId = z.infer<typeof ExchangeId>

/** Milliseconds of each phase; null where there was none (a connection that was open already). */
export const Timings = z.object({
  /** In our own queue: scripts are not counted. */
  blocked: z.number().nonnegative().nullable(),
  dns: z.number().nonnegative().nullable(),
  connect: z.number().nonnegative().nullable(),
  tls: z.number().nonnegative().nullable(),
  send: z.number().nonnegative().nullable(),
  /** From the last byte sent to the first received. */
  firstByte: z.number().nonnegative().nullable(),
  download: z.number().nonnegative().nullable(),
  total: z.number().nonnegative(),
})
export type Timings = z.infer<typeof Timings>

export const HeaderPair = z.object({ name: z.string(), value: z.string() })
export type HeaderPair = z.infer<typeof HeaderPair>

/** A request as it went over the wire; values of secrets are masked. */
export const SentRequest = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.array(HeaderPair),
  /** The beginning of a text body; null for none or bytes. */
  bodyPreview: z.string().nullable(),
  bodyBytes: z.number().int(),
  /** `{{names}}` that nothing gave a value. */
  unresolved: z.array(z.string()),
})
export type SentRequest = z.infer<typeof SentRequest>

export const Cookie = z.object({
  name: z.string().max(4_096),
  value: z.string().max(100_000),
  domain: z.string().max(255),
  path: z.string().max(4_096),
  expiresAt: Timestamp.nullable(),
  isHttpOnly: z.boolean(),
  isSecure: z.boolean(),
  sameSite: z.enum(['strict', 'lax', 'none']).nullable(),
  /** Whether only this very host is sent it. */
  isHostOnly: z.boolean(),
})
export type Cookie = z.infer<typeof Cookie>

export const Certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  fingerprint: z.string(),
})

export const ReceivedResponse = z.object({
  status: z.number().int(),
  statusText: z.string(),
  /** `1.1` or `2`. */
  httpVersion: z.string(),
  headers: z.array(HeaderPair),
  contentType: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  tls: z.object({ version: z.string(), cipher: z.string(), certificate: Certificate.nullable() }).nullable(),
  headerBytes: z.number().int(),
  /** As received, and after decompression. */
  bodyBytes: z.number().int(),
  decodedBytes: z.number().int(),
  /** Why the body ends before its end: a lost connection, a limit, cancelled. */
  incomplete: z.string().nullable(),
  /** Fields after the body, where there were any. */
  trailers: z.array(HeaderPair).optional(),
})
export type ReceivedResponse = z.infer<typeof ReceivedResponse>

/** A redirect that was followed, or a challenge (digest) that was answered. */
export const Hop = z.object({
  method: z.string(),
  url: z.string(),
  status: z.number().int(),
  headers: z.array(HeaderPair),
  timings: Timings,
})
export type Hop = z.infer<typeof Hop>

export const TestResult = z.object({
  name: z.string(),
  /** An assertion without code, a test of a script, or the script itself. */
  source: z.enum(['assertion', 'test', 'script']),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** Why it failed: expected and actual. */
  message: z.string().nullable(),
})
export type TestResult = z.infer<typeof TestResult>

export const ConsoleLine = z.object({
  level: z.enum(['log', 'info', 'warn', 'error']),
  /** Milliseconds from the start of the script. */
  atMs: z.number(),
  text: z.string(),
})
export type ConsoleLine = z.infer<typeof ConsoleLine>

/** Why no response came. */
export const ExchangeFailure = z.object({
  /** `ENOTFOUND`, `ECONNREFUSED`, `TIMEOUT`, `CERTIFICATE`, `PROXY`, `BLOCKED`, `SCRIPT`, `CANCELLED`, … */
  code: z.string(),
  message: z.string(),
  /** What to do about it; empty when nothing is known. */
  hint: z.string(),
})
export type ExchangeFailure = z.infer<typeof ExchangeFailure>

export const Exchange = z.object({
  id: ExchangeId,
  collectionId: CollectionId.nullable(),
  path: ItemPath.nullable(),
  name: z.string(),
  startedAt: Timestamp,
  environment: z.string().nullable(),
  request: SentRequest,
  response: ReceivedResponse.nullable(),
  failure: ExchangeFailure.nullable(),
  timings: Timings,
  hops: z.array(Hop),
  /** Set by this response. */
  cookies: z.array(Cookie),
  tests: z.array(TestResult),
  console: z.array(ConsoleLine),
  /** Variables that scripts set, by scope; secrets masked. */
  changedVariables: z.array(z.object({ scope: z.string(), name: z.string(), value: z.string() })),
  /** With which the service tells what the database did; null for others' APIs. */
  insight: z.object({ projectId: z.uuid(), ticket: z.string() }).nullable(),
})
export type Exchange = z.infer<typeof Exchange>

/** What is seen while a request is under way; `done` is last. */
export const SendEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sent'), request: SentRequest }),
  z.object({
    type: z.literal('headers'),
    status: z.number().int(),
    statusText: z.string(),
    headers: z.array(HeaderPair),
  }),
  z.object({ type: z.literal('progress'), received: z.number(), total: z.number().nullable() }),
  /** Of a response that is `text/event-stream`. */
  z.object({
    type: z.literal('serverEvent'),
    event: z.string(),
    id: z.string(),
    data: z.string(),
    atMs: z.number(),
  }),
  z.object({ type: z.literal('done'), exchange: Exchange }),
])
export type SendEvent = z.infer<typeof SendEvent>

export const SocketEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), protocol: z.string(), headers: z.array(HeaderPair) }),
  z.object({
    type: z.literal('message'),
    direction: z.enum(['sent', 'received']),
    format: z.enum(['text', 'binary']),
    /** Base64 for binary; cut at 1 MB. */
    data: z.string(),
    bytes: z.number().int(),
    atMs: z.number(),
  }),
  z.object({ type: z.literal('closed'), code: z.number().int(), reason: z.string() }),
  z.object({ type: z.literal('failed'), failure: ExchangeFailure }),
])
export type SocketEvent = z.infer<typeof SocketEvent>
