// What the sender is given and gives back. The executor, the host and the command line are written against this.
import type { ResolvedAuth, ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type {
  Cookie,
  ExchangeFailure,
  HeaderPair,
  Hop,
  ReceivedResponse,
  SendEvent,
  SentRequest,
  SocketEvent,
  Timings,
} from '#contract/requests/exchange.ts'

/** Events while a request is under way: all but `done`, which is the executor's. */
export type SenderEvent = Exclude<SendEvent, { readonly type: 'done' }>

export type ProjectAuth = Extract<ResolvedAuth, { readonly type: 'project' }>
export type OAuth2Auth = Extract<ResolvedAuth, { readonly type: 'oauth2' }>

/** How the system reaches others: addresses of proxies (`http://user:password@host:3128`, `socks5://…`), null for none. */
export interface SystemProxy {
  readonly http: string | null
  readonly https: string | null
  /** Hosts that are reached directly, as NO_PROXY lists them. */
  readonly bypass: string
}

/** A token of OAuth 2 as it is kept. */
export interface StoredToken {
  readonly accessToken: string
  readonly tokenType: string
  readonly refreshToken: string | null
  readonly idToken: string | null
  readonly scope: string
  /** Milliseconds since 1970; null when the server did not say. */
  readonly expiresAtMs: number | null
}

/** Where tokens are kept: sealed in the host, in memory for a command line. Keys are hashes that tell nothing. */
export interface TokenStore {
  get(key: string): Promise<StoredToken | null>
  set(key: string, token: StoredToken): Promise<void>
  remove(key: string): Promise<void>
}

/** The cookies of one collection. */
export interface CookieJar {
  list(): Cookie[]
  /** Adds a cookie, in place of `replaces` or of the one with its name, domain and path. */
  set(cookie: Cookie, replaces?: Cookie | null): void
  /** Removes those that match everything that is not null. */
  remove(which: {
    readonly domain: string | null
    readonly path: string | null
    readonly name: string | null
  }): void
  /** The value of the Cookie header for an address; empty for none. */
  headerFor(url: string): string
  /** Keeps the Set-Cookie lines of a response; returns those that were taken. */
  receive(url: string, lines: readonly string[]): Cookie[]
  /** Everything as text, for `createCookieJar(text)`. */
  serialise(): string
}

/** Decides which addresses may be reached. */
export interface NetworkGuard {
  /** Whether anything is refused: then names are resolved here, before a proxy is asked. */
  readonly isRestricted: boolean
  /** Why an address (an IP, without brackets) may not be reached; null when it may. */
  refusal(address: string): string | null
}

export interface SenderOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly randomBytes: (size: number) => Uint8Array
  readonly guard: NetworkGuard
  readonly tokens: TokenStore
  readonly systemProxy: () => SystemProxy
  /** Shows a page of an authorization server to the person. */
  readonly openBrowser: (url: string) => Promise<void> | void
  /** Headers that make a request somebody of a project of ours, and the ticket with which the service tells what the database did. */
  readonly projectSession: (auth: ProjectAuth, signal: AbortSignal) => Promise<ProjectSession>
  /** `NebulaDB/1.0`: sent where a request does not say otherwise. */
  readonly userAgent: string
  /** Certificates (PEM) that are trusted besides the system's and NODE_EXTRA_CA_CERTS. */
  readonly authorities?: readonly string[]
  readonly limits?: Partial<SenderLimits>
}

export interface ProjectSession {
  readonly headers: readonly HeaderPair[]
  readonly ticket: string | null
  /** The only address, with what is below it, to which the headers may go: `https://…/rest/v1`. */
  readonly restUrl: string
}

export interface SenderLimits {
  /** Bytes of a decoded body; after them the response ends, incomplete. */
  readonly bodyBytes: number
  readonly headerBytes: number
  /** An open connection that nobody uses. */
  readonly idleMs: number
  /** How long a person may take in the browser. */
  readonly authorizationMs: number
  /** One message of a WebSocket. */
  readonly messageBytes: number
}

export interface SendContext {
  readonly signal: AbortSignal
  /** Takes the decoded body. While its promise is pending, nothing more is read. What it throws ends the response as incomplete, in the words of its message. */
  readonly sink: (chunk: Uint8Array) => Promise<void> | void
  readonly onEvent: (event: SenderEvent) => void
  /** The jar of the request's collection; null for none. */
  readonly cookies: CookieJar | null
}

export interface SendOutcome {
  /** The request as it was sent last, secrets masked. */
  readonly sent: SentRequest
  /** Null when no response came: then `failure` says why. */
  readonly response: ReceivedResponse | null
  readonly failure: ExchangeFailure | null
  /** Why the body ends before its end (the words are in `response.incomplete` too): ECONNRESET, TIMEOUT, CANCELLED, TOO_LARGE, DECODE, PROTOCOL. */
  readonly interruption: ExchangeFailure | null
  /** Of the last request; `total` is of everything, redirects and challenges included. */
  readonly timings: Timings
  readonly hops: readonly Hop[]
  /** Set by the response and by its hops. */
  readonly cookies: readonly Cookie[]
  readonly insight: { readonly projectId: string; readonly ticket: string } | null
}

export interface SocketOptions {
  readonly signal: AbortSignal
  readonly protocols: readonly string[]
  readonly cookies: CookieJar | null
  /** `closed` or `failed` is last. */
  readonly onEvent: (event: SocketEvent) => void
}

export interface OpenSocket {
  /** Resolves when the bytes were handed to the system. `data` is base64 for binary. */
  send(format: 'text' | 'binary', data: string): Promise<void>
  close(code?: number, reason?: string): void
  /** Resolves after the last event. */
  readonly closed: Promise<void>
}

export interface Authorized {
  readonly expiresAtMs: number | null
  readonly scope: string
}

export interface Sender {
  /** Never rejects: what went wrong is in the outcome. */
  send(request: ResolvedRequest, context: SendContext): Promise<SendOutcome>
  connectSocket(request: ResolvedRequest, options: SocketOptions): OpenSocket
  /** Gets a token of OAuth 2 now, in place of the one that is kept. Rejects with AppError. `onBrowser` is told the address that a person must visit. */
  authorize(
    request: ResolvedRequest,
    options: { readonly signal: AbortSignal; readonly onBrowser: (url: string) => void },
  ): Promise<Authorized>
  forgetTokens(request: ResolvedRequest): Promise<void>
  /** Closes every connection. */
  close(): Promise<void>
}

/** Nothing was sent. */
export const NO_TIMINGS: Timings = {
  blocked: null,
  dns: null,
  connect: null,
  tls: null,
  send: null,
  firstByte: null,
  download: null,
  total: 0,
}
