// A small HTTP server for tests of clients: tells what it was sent, and does what its address asks for.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'

export interface EchoServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** What came so far: method, address and headers. */
  readonly received: {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
  }[]
}

/** Starts it; it ends with the test. `/status/418`, `/cookie`, `/numbers/COUNT` (a JSON array), `/slow` (never ends), `/graphql`; anything else is echoed. */
export async function startEchoServer(): Promise<EchoServer> {
  const received: EchoServer['received'] = []
  const server = createServer((request, response) => {
    received.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
    })
    void answer(request, response)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  const { port } = addressOf(server.address())
  return { url: `http://127.0.0.1:${port}`, received }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const body = Buffer.concat(chunks).toString('utf8')
  const [, first = '', second = ''] = (request.url ?? '').split(/[/?]/)
  const json = (value: unknown): void => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(value))
  }
  if (first === 'slow') return void response.writeHead(200).write('[')
  if (first === 'status') return void response.writeHead(Number(second)).end()
  if (first === 'cookie') response.setHeader('set-cookie', `visits=${second || '1'}; Path=/; HttpOnly`)
  if (first === 'numbers')
    return json(Array.from({ length: Number(second) }, (_, id) => ({ id, name: `n${id}` })))
  if (first === 'graphql') return json({ data: { __schema: { queryType: { name: 'Query' } } } })
  json({ method: request.method, url: request.url, headers: request.headers, body })
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address
}
