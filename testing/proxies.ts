// Proxies for tests: HTTP (forwarding and CONNECT) and SOCKS 4, 4a and 5, with and without a password.
import { createServer, request as httpRequest } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, createServer as createTcpServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from './certificate.ts'

export interface TestProxy extends AsyncDisposable {
  readonly port: number
  /** What it was asked for, in order: `GET http://…`, `CONNECT host:port`. */
  readonly asked: string[]
}

interface ProxyOptions {
  readonly user?: { readonly username: string; readonly password: string }
  readonly isSecure?: boolean
  /** Where tunnels really lead, for names that no name server knows. */
  readonly port?: number
}

export async function startHttpProxy({
  user,
  isSecure = false,
  port,
}: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = []
  const isAllowed = (authorization: string | undefined): boolean =>
    user === undefined ||
    authorization === `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`
  const server = isSecure
    ? createHttpsServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY })
    : createServer()
  server.on('request', (request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    if (!isAllowed(request.headers['proxy-authorization'])) {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="proxy"' }).end()
      return
    }
    const onward = httpRequest(
      request.url ?? '',
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', (request, client: Duplex) => {
    asked.push(`CONNECT ${request.url ?? ''}`)
    if (!isAllowed(request.headers['proxy-authorization'])) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const target = new URL(`http://${request.url ?? ''}`)
    join(client, port ?? Number(target.port || 80), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    })
  })
  return listen(server, asked)
}

/** SOCKS 4, 4a and 5 (RFC 1928, RFC 1929), CONNECT only. */
export async function startSocksProxy({ user, port }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = []
  const server = createTcpServer((client) => {
    client.on('error', () => undefined)
    client.once('data', (hello) => {
      if (hello[0] === 4) {
        const isName = hello.readUInt32BE(4) < 256 && hello.readUInt32BE(4) > 0
        const text = hello.subarray(8).toString('latin1').split('\0')
        const host = isName ? (text[1] ?? '') : [...hello.subarray(4, 8)].join('.')
        const wanted = hello.readUInt16BE(2)
        asked.push(`SOCKS4 ${host}:${String(wanted)}`)
        join(client, port ?? wanted, () => client.write(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0])))
        return
      }
      client.write(Buffer.from([5, user === undefined ? 0 : 2]))
      client.once('data', (second) => {
        if (user === undefined) {
          connectFor(client, second)
          return
        }
        const nameLength = second[1] ?? 0
        const username = second.subarray(2, 2 + nameLength).toString()
        const password = second.subarray(3 + nameLength).toString()
        const isRight = username === user.username && password === user.password
        client.write(Buffer.from([1, isRight ? 0 : 1]))
        if (isRight) client.once('data', (third) => connectFor(client, third))
        else client.end()
      })
    })
  })
  const connectFor = (client: Socket, wish: Buffer): void => {
    const kind = wish[3]
    const length = kind === 3 ? (wish[4] ?? 0) : 0
    const host = kind === 3 ? wish.subarray(5, 5 + length).toString() : [...wish.subarray(4, 8)].join('.')
    const wanted = wish.readUInt16BE(kind === 3 ? 5 + length : 8)
    asked.push(`SOCKS5 ${host}:${String(wanted)}`)
    join(client, port ?? wanted, () => client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])))
  }
  return listen(server, asked)
}

function join(client: Duplex, port: number, onOpen: () => void): void {
  const onward = connect(port, '127.0.0.1', () => {
    onOpen()
    onward.pipe(client)
    client.pipe(onward)
  })
  onward.on('error', () => client.destroy())
  client.on('error', () => onward.destroy())
  client.on('close', () => onward.destroy())
}

async function listen(server: Server, asked: string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  return {
    port: address.port,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
