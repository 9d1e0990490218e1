// The one WebSocket to the service: opened when somebody needs it or for good, watched by pings, opened again with growing pauses.
import { EventEmitter } from 'node:events'
import { WebSocket } from 'ws'
import { serviceContract, type ServiceContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import { MAX_FRAME_BYTES } from '#contract/limits.ts'
import { createClient, type CallPath, type ConnectedClient } from '#contract/rpc/client.ts'
import type { CallMetadata, Client } from '#contract/rpc/definition.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'

export interface LinkState {
  /** `idle`: nobody asked for the service yet, or it was let go. */
  readonly status: 'idle' | 'connecting' | 'online' | 'offline'
  readonly offlineSince: Date | null
  /** Round trip of the last ping, in milliseconds. */
  readonly latencyMs: number | null
  /** Why it is offline, in words for the person. */
  readonly problem: string | null
}

export interface ServiceLink {
  readonly events: EventEmitter<{ changed: [LinkState] }>
  state(): LinkState
  url(): string
  /** Points to another service; what is under way at the old one fails. */
  setUrl(url: string): void
  /** Keeps the link open from now on, opening it again after each loss. */
  keepOpen(): void
  /** Closes the link and stops coming back; a later `client` opens it again. */
  letGo(): void
  /**
   * The service's client. While offline, `now: true` tries at once instead of failing at once.
   * Throws SERVICE_UNREACHABLE, or PROTOCOL_MISMATCH when one side must be updated.
   */
  client(options?: { readonly now?: boolean }): Promise<Client<ServiceContract>>
}

export interface ServiceLinkOptions {
  readonly url: string
  readonly metadata: (called: CallPath) => Promise<CallMetadata>
  readonly timing?: Partial<LinkTiming>
  readonly random?: () => number
  readonly now?: () => Date
}

export interface LinkTiming {
  /** Pause between pings, and how long an answer may take: together the longest time until a silent loss is seen. */
  readonly pingEveryMs: number
  readonly pongWithinMs: number
  readonly connectWithinMs: number
  /** The first pause before trying again, doubled each time up to the longest. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

/** Two seconds at most until a silent loss is seen. */
export const LINK_TIMING: LinkTiming = {
  pingEveryMs: 1_000,
  pongWithinMs: 900,
  connectWithinMs: 1_800,
  firstPauseMs: 250,
  longestPauseMs: 5_000,
}

interface Opening {
  readonly socket: WebSocket
  readonly ready: Promise<ConnectedClient<ServiceContract>>
}

/** Makes a link; it opens nothing yet. */
export function createServiceLink(options: ServiceLinkOptions): ServiceLink {
  const timing = { ...LINK_TIMING, ...options.timing }
  const random = options.random ?? Math.random
  const now = options.now ?? (() => new Date())
  const events = new EventEmitter<{ changed: [LinkState] }>()
  let url = options.url
  let isKeptOpen = false
  let state: LinkState = { status: 'idle', offlineSince: null, latencyMs: null, problem: null }
  let current: Opening | undefined
  let failures = 0
  let retry: NodeJS.Timeout | undefined

  function become(next: LinkState): void {
    const same =
      next.status === state.status &&
      next.problem === state.problem &&
      next.latencyMs === state.latencyMs &&
      next.offlineSince === state.offlineSince
    state = next
    if (!same) events.emit('changed', state)
  }

  function open(): Opening {
    if (current !== undefined) return current
    clearTimeout(retry)
    // An offline link stays offline in everybody's eyes while it tries again.
    if (state.status === 'idle') become({ ...state, status: 'connecting', problem: null })
    const socket = new WebSocket(rpcUrl(url), {
      handshakeTimeout: timing.connectWithinMs,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    })
    const failure = watchForFailure(socket)
    const client = createClient(serviceContract, createWebSocketTransport(socket), {
      metadata: options.metadata,
    })
    const deadline = setTimeout(() => {
      failure.problem ??= 'The service does not answer.'
      socket.terminate()
    }, timing.connectWithinMs)
    const ready = client.hello.then(
      () => {
        clearTimeout(deadline)
        if (current !== opening) throw unreachable('The connection was closed.')
        failures = 0
        become({ status: 'online', offlineSince: null, latencyMs: null, problem: null })
        keepAlive(socket, failure)
        return client
      },
      (error: unknown) => {
        clearTimeout(deadline)
        if (error instanceof AppError && error.code === 'PROTOCOL_MISMATCH') {
          failure.problem = 'The service speaks another version of the protocol. Update the older of the two.'
          throw error
        }
        throw unreachable(failure.problem)
      },
    )
    ready.catch(() => undefined)
    const opening: Opening = { socket, ready }
    current = opening
    socket.once('close', () => {
      clearTimeout(deadline)
      if (current === opening) lost(failure.problem)
    })
    return opening
  }

  /** Pings, and ends the socket when an answer does not come in time. Any message counts as an answer. */
  function keepAlive(socket: WebSocket, failure: { problem: string | null }): void {
    let sentAt = 0
    let isWaiting = false
    let deadline: NodeJS.Timeout | undefined
    const heard = (): void => {
      isWaiting = false
      clearTimeout(deadline)
    }
    const timer = setInterval(() => {
      if (isWaiting || socket.readyState !== WebSocket.OPEN) return
      sentAt = performance.now()
      isWaiting = true
      socket.ping()
      deadline = setTimeout(() => {
        // After a pause of this process (sleep, a long computation) the answer may lie unread: let the socket be read first.
        setImmediate(() =>
          setImmediate(() => {
            if (!isWaiting) return
            failure.problem = 'The service stopped answering.'
            socket.terminate()
          }),
        )
      }, timing.pongWithinMs)
    }, timing.pingEveryMs)
    socket.on('pong', () => {
      const latencyMs = Math.max(1, Math.round(performance.now() - sentAt))
      heard()
      if (current?.socket === socket && state.status === 'online' && differs(state.latencyMs, latencyMs))
        become({ ...state, latencyMs })
    })
    socket.on('message', heard)
    socket.once('close', () => {
      clearInterval(timer)
      clearTimeout(deadline)
    })
  }

  function lost(problem: string | null): void {
    current = undefined
    become({
      status: 'offline',
      offlineSince: state.offlineSince ?? now(),
      latencyMs: null,
      problem: problem ?? 'The service went away.',
    })
    if (!isKeptOpen) return
    const ceiling = Math.min(timing.longestPauseMs, timing.firstPauseMs * 2 ** failures++)
    // Half fixed, half random: many desktops do not all come back in the same moment.
    retry = setTimeout(open, ceiling / 2 + (random() * ceiling) / 2)
  }

  function drop(): void {
    clearTimeout(retry)
    failures = 0
    const dropped = current
    current = undefined
    dropped?.socket.terminate()
    become({ status: 'idle', offlineSince: null, latencyMs: null, problem: null })
  }

  return {
    events,
    state: () => state,
    url: () => url,
    setUrl(next) {
      if (next === url) return
      url = next
      drop()
      if (isKeptOpen) open()
    },
    keepOpen() {
      if (isKeptOpen) return
      isKeptOpen = true
      open()
    },
    letGo() {
      isKeptOpen = false
      drop()
    },
    async client({ now: isUrgent = false } = {}) {
      if (state.status === 'offline' && !isUrgent) throw unreachable(state.problem)
      return (await open().ready).api
    },
  }
}

/** The failure of a call that found no service, with the reason if there is one. */
export function unreachable(problem: string | null, cause?: unknown): AppError {
  return new AppError(
    'SERVICE_UNREACHABLE',
    `The NebulaDB service cannot be reached.${problem === null ? '' : ` ${problem}`}`,
    { hint: 'Local work goes on. This needs the service; try again when it is back.', cause },
  )
}

/** Collects why a socket failed: what `close` alone does not tell. */
function watchForFailure(socket: WebSocket): { problem: string | null } {
  const failure: { problem: string | null } = { problem: null }
  socket.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : ''
    failure.problem ??= PROBLEMS[code] ?? 'The connection failed.'
  })
  socket.on('unexpected-response', (request, response) => {
    failure.problem = `Something answers at this address (HTTP ${response.statusCode ?? 0}), but it is not a NebulaDB service.`
    request.destroy()
    socket.terminate()
  })
  return failure
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at its address.',
  ENOTFOUND: 'Its name is not known.',
  EAI_AGAIN: 'Its name cannot be looked up now.',
  EHOSTUNREACH: 'There is no way to its network.',
  ENETUNREACH: 'There is no way to its network.',
  ETIMEDOUT: 'It does not answer.',
  ECONNRESET: 'It closed the connection.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is not trusted here.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is not trusted here.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is not trusted here.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name.',
}

function rpcUrl(serviceUrl: string): string {
  const url = new URL('rpc', serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/** Whether a latency is worth telling: small wobbles are not. */
function differs(before: number | null, after: number): boolean {
  return before === null || Math.abs(after - before) > Math.max(20, before / 2)
}
