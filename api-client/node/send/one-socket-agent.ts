// Gives node:http the connection that we opened: which addresses, proxies and certificates count is decided by us.
import { Agent } from 'node:http'
import type { ClientRequest } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** An agent of one open connection. Node emits `free` on the connection when a response has ended and the next request may use it. */
export class OneSocketAgent extends Agent {
  readonly #socket: Duplex

  constructor(socket: Duplex) {
    // node:http asks its agent whether connections outlive a response.
    super({ keepAlive: true })
    this.#socket = socket
  }

  addRequest(request: ClientRequest): void {
    if (!(this.#socket instanceof Socket)) throw new TypeError('The connection is not a socket')
    request.onSocket(this.#socket)
  }
}
