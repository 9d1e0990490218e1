// A small server of loopback that waits for the browser to come back (RFC 8252).
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { timingSafeEqual } from 'node:crypto'
import { SendError } from '../failure.ts'
import { abortReason } from '../network.ts'

/** How long the page that says “you can close this” may take to arrive. */
const LAST_PAGE_MS = 500

interface CallbackOptions {
  /** Empty for any free port. */
  readonly callbackUrl: string
  readonly state: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface Callback extends AsyncDisposable {
  readonly redirectUri: string
  /** What the authorization server gave; rejects when time is up or it was cancelled. */
  readonly parameters: Promise<URLSearchParams>
}

/** Listens. Only a return with the right `state` counts; others are told so and change nothing. */
export async function waitForCallback({
  callbackUrl,
  state,
  timeoutMs,
  signal,
}: CallbackOptions): Promise<Callback> {
  const wanted = callbackUrl === '' ? null : parseCallback(callbackUrl)
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>()
  promise.catch(() => undefined)
  const path = wanted?.pathname ?? '/callback'
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', 'http://loopback')
    const answer = (status: number, words: string): void => {
      response.writeHead(status, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'",
        'cache-control': 'no-store',
        connection: 'close',
      })
      response.end(`<!doctype html><meta charset="utf-8"><title>NebulaDB</title><p>${words}</p>`)
    }
    if (url === null || url.pathname !== path || request.method !== 'GET') {
      answer(404, 'There is nothing here.')
    } else if (!isSame(url.searchParams.get('state') ?? '', state)) {
      answer(
        400,
        'This is not the answer that NebulaDB waits for: its state differs. Start again from NebulaDB.',
      )
    } else {
      answer(200, 'You can close this page and go back to NebulaDB.')
      resolve(url.searchParams)
    }
  })
  const host = wanted?.hostname.replace(/^\[|\]$/g, '') ?? '127.0.0.1'
  const port = await listen(server, host, wanted === null ? 0 : Number(wanted.port || '80'))
  const abort = (): void => {
    reject(abortReason(signal))
  }
  const timer = setTimeout(() => {
    reject(
      new SendError(
        'TIMEOUT',
        'Nobody came back from the browser in time.',
        'Log in on the page that was opened. The server must allow the callback address.',
      ),
    )
  }, timeoutMs)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return {
    redirectUri: wanted?.href ?? `http://127.0.0.1:${String(port)}${path}`,
    parameters: promise,
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      // A browser may keep a connection open on which it never asks: it gets as long as the page takes to arrive.
      const last = setTimeout(() => {
        server.closeAllConnections()
      }, LAST_PAGE_MS)
      await new Promise((done) => server.close(done))
      clearTimeout(last)
    },
  }
}

function parseCallback(text: string): URL {
  const url = URL.parse(text)
  const isLoopback = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'http:' && isLoopback) return url
  throw new SendError(
    'AUTH',
    'The browser can only come back to this machine.',
    'Leave the callback URL empty, or write http://127.0.0.1:PORT/PATH, and allow it at the authorization server.',
  )
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new SendError(
          'AUTH',
          `Nothing can listen for the browser on port ${String(port)} of this machine.`,
          'Another program may use it: choose another port in the callback URL, or leave it empty.',
          error,
        ),
      )
    })
    server.listen(port, host === 'localhost' ? '127.0.0.1' : host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
