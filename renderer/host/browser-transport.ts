// How a page in a browser reaches the headless host: a WebSocket to /rpc, with the token that came in the address.
import { AppError } from '#contract/errors.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { createWebSocketTransport, type WebSocketLike } from '#contract/transports/web-socket.ts'

const TOKEN_KEY = 'nebuladb.host-token'

/** What of the window is needed, so that a test can pass its own. */
export interface PageWindow {
  readonly location: { readonly hash: string; readonly href: string }
  readonly history: { replaceState(data: unknown, unused: string, url: string): void }
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>
}

/**
 * Takes the host's token from `#token=…`, removes it from the address and keeps it for this tab only; later loads find it there.
 * Undefined when the page was opened without one.
 */
export function takeHostToken(page: PageWindow): string | undefined {
  const given = new URLSearchParams(page.location.hash.replace(/^#/, '')).get('token')
  if (given !== null && given !== '') {
    page.sessionStorage.setItem(TOKEN_KEY, given)
    const address = new URL(page.location.href)
    address.hash = ''
    page.history.replaceState(null, '', address.pathname + address.search)
    return given
  }
  return page.sessionStorage.getItem(TOKEN_KEY) ?? undefined
}

/** The host's address for the page at `href`: same origin, /rpc. */
export function rpcAddress(href: string): string {
  const address = new URL('/rpc', href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  return address.href
}

/** Opens the WebSocket. Rejects with TRANSPORT_CLOSED when it cannot be opened. */
export function openBrowserTransport(
  token: string,
  href: string,
  connect: (address: string, protocol: string) => WebSocketLike = (address, protocol) =>
    new WebSocket(address, protocol),
): Promise<Transport> {
  const socket = connect(rpcAddress(href), `nebuladb.${token}`)
  const transport = createWebSocketTransport(socket)
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(transport))
    transport.onClose((reason) =>
      reject(
        new AppError('TRANSPORT_CLOSED', reason === '' ? 'The host of this page does not answer.' : reason),
      ),
    )
  })
}
