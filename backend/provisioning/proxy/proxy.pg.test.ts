// The proxy over the run's own Postgres: encryption, limits, and ends of connections.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { openSession } from '#postgres/node/session.ts'
import { socketPath } from '#postgres/node/target.ts'
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from '#testing/certificate.ts'
import { GSSENC_REQUEST, SSL_REQUEST, startupMessage } from './messages.ts'
import { startProxy } from './proxy.ts'
import type { Proxy, ProxyOptions, ProxyTarget } from './proxy.ts'

const server = inject('postgres')
const here = { host: server.socketDirectory, port: server.port }
const target: ProxyTarget = {
  id: 'one',
  ready: () => Promise.resolve(here),
  suspect: () => undefined,
}
let proxy: Proxy | undefined

async function open(options: Partial<ProxyOptions> = {}): Promise<Proxy> {
  proxy = await startProxy({
    host: '127.0.0.1',
    port: 0,
    resolve: (ref) => Promise.resolve(ref === 'abc' ? target : undefined),
    reservedRole: 'reserved',
    defaultDatabase: 'postgres',
    ...options,
  })
  return proxy
}

function login(to: Proxy, sslMode: 'disable' | 'require' = 'disable') {
  return {
    ...to.address,
    user: `${server.user}.abc`,
    password: server.password,
    database: 'postgres',
    sslMode,
  }
}

function request(code: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(8, 0)
  bytes.writeInt32BE(code, 4)
  return bytes
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

async function nextByte(socket: Socket): Promise<string> {
  return await new Promise((resolve, reject) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')))
    socket.once('error', reject)
  })
}

afterEach(async () => {
  await proxy?.close()
  proxy = undefined
})

describe('encryption', () => {
  const tls = { certificate: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }

  test('a client that asks for TLS gets it', async () => {
    const session = await openSession(login(await open({ tls }), 'require'))
    expect(session.usesTls).toBe(true)
    expect((await session.query("select repeat('x', 300000)")).rows[0]?.[0]?.length).toBe(300_000)
    await session.close()
  })

  test('TLS without asking first works too', async () => {
    const { address } = await open({ tls })
    const socket = connectTls({
      ...address,
      ALPNProtocols: ['postgresql'],
      checkServerIdentity: () => undefined,
      ca: [tls.certificate],
    })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    expect(socket.alpnProtocol).toBe('postgresql')
    socket.write(startupMessage(196_608, new Map([['user', `${server.user}.abc`]])))
    expect(await nextByte(socket)).toMatch(/^R/) // asks for the password
    socket.destroy()
  })

  test('without a certificate the answer is no, and the client may go on in the clear', async () => {
    const { address } = await open()
    const socket = connect(address.port, address.host)
    socket.write(request(GSSENC_REQUEST))
    expect(await nextByte(socket)).toBe('N')
    socket.write(request(SSL_REQUEST))
    expect(await nextByte(socket)).toBe('N')
    socket.write(startupMessage(196_608, new Map([['user', `${server.user}.abc`]])))
    expect(await nextByte(socket)).toMatch(/^R/)
    socket.destroy()
  })

  test('what is slipped in behind the request is refused, not taken as encrypted', async () => {
    const { address } = await open({ tls })
    const socket = connect(address.port, address.host)
    socket.write(Buffer.concat([request(SSL_REQUEST), startupMessage(196_608, new Map([['user', 'x.abc']]))]))
    expect(await readAll(socket)).toContain('08P01')
  })
})

test('a project has a limit of connections, and a closed one makes room', async () => {
  const to = await open({ maxPerProject: 2 })
  const [first, second] = [await openSession(login(to)), await openSession(login(to))]
  await expect(openSession(login(to))).rejects.toMatchObject({ details: { sqlstate: '53300' } })
  await first.close()
  await vi.waitFor(async () => await (await openSession(login(to))).close())
  await second.close()
})

test('the proxy as a whole has a limit too', async () => {
  const to = await open({ maxTotal: 1 })
  const session = await openSession(login(to))
  await expect(openSession(login(to))).rejects.toMatchObject({ details: { sqlstate: '53300' } })
  await session.close()
})

test('a client that sends nothing is let go', async () => {
  const { address } = await open({ startupTimeoutMs: 30 })
  expect(await readAll(connect(address.port, address.host))).toBe('')
})

test('why a database cannot be woken is told to the client', async () => {
  const ready = () => Promise.reject(new AppError('PROVISIONING_FAILED', 'The disk is full.'))
  const to = await open({ resolve: () => Promise.resolve({ ...target, ready }) })
  await expect(openSession(login(to))).rejects.toMatchObject({
    message: expect.stringContaining('The disk is full.'),
  })
})

test('a server that is gone is reported once and waited for', async () => {
  const suspected = vi.fn()
  let address = { host: '/nowhere', port: 1 }
  const moved = {
    ...target,
    ready: () => Promise.resolve(address),
    suspect: () => {
      suspected()
      address = here
    },
  }
  const session = await openSession(login(await open({ resolve: () => Promise.resolve(moved) })))
  expect(suspected).toHaveBeenCalledOnce()
  await session.close()
})

describe('bytes', () => {
  let directory: string
  const servers: Server[] = []
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'nebuladb-proxy-'))
  })
  afterEach(() => {
    for (const one of servers.splice(0)) one.close()
    rmSync(directory, { recursive: true })
  })

  /** A server that speaks no Postgres: `serve` sees the connection after the startup message has come. */
  async function openWith(serve: (upstream: Socket) => void): Promise<Socket> {
    const address = { host: directory, port: 1 }
    const fake = createServer({ allowHalfOpen: true }, (upstream) => {
      upstream.on('error', () => undefined)
      upstream.once('data', () => serve(upstream))
    })
    servers.push(fake)
    await new Promise<void>((resolve) => fake.listen(socketPath(address), resolve))
    const to = await open({
      resolve: () => Promise.resolve({ ...target, ready: () => Promise.resolve(address) }),
    })
    const client = connect({ ...to.address, allowHalfOpen: true })
    client.write(startupMessage(196_608, new Map([['user', 'x.abc']])))
    return client
  }

  test('a slow reader slows the server down instead of filling the memory', async () => {
    const TOTAL = 128
    const block = Buffer.alloc(1024 * 1024, 'n')
    let sent = 0
    const client = await openWith((upstream) => {
      const write = (): void => {
        while (sent < TOTAL) {
          sent += 1
          if (!upstream.write(block)) return void upstream.once('drain', write)
        }
        upstream.end()
      }
      write()
    })
    client.pause()
    let before = -1
    await vi.waitFor(
      () => {
        const isSteady = sent > 0 && sent === before
        before = sent
        expect(isSteady).toBe(true)
      },
      { interval: 200, timeout: 10_000 },
    )
    expect(sent).toBeLessThan(TOTAL / 4)
    let received = 0
    for await (const chunk of client) received += Buffer.from(chunk).length
    expect(received).toBe(TOTAL * block.length)
  })

  test('the connection to the server ends when the client vanishes', async () => {
    const gone = Promise.withResolvers<void>()
    const client = await openWith((upstream) => {
      upstream.on('close', () => gone.resolve())
      upstream.on('end', () => upstream.destroy())
      client.destroy()
    })
    await gone.promise
  })

  test('a client that has said its last still gets the answer', async () => {
    const client = await openWith((upstream) => {
      upstream.on('end', () => upstream.end('last words'))
      upstream.resume()
      client.end()
    })
    expect(await readAll(client)).toBe('last words')
  })

  test('what the server said last arrives before the end', async () => {
    const client = await openWith((upstream) => upstream.end(Buffer.alloc(3_000_000, 'x')))
    expect((await readAll(client)).length).toBe(3_000_000)
  })
})

test('what a connection was sent is told once, while it is open and when it ends', async () => {
  const told: { readonly target: string; readonly bytes: number }[] = []
  const sum = (): number => told.reduce((all, { bytes }) => all + bytes, 0)
  const session = await openSession(
    login(await open({ onEgress: (to, bytes) => void told.push({ target: to, bytes }) })),
  )
  await session.query("select repeat('x', 300000)")
  await vi.waitFor(() => expect(sum()).toBeGreaterThan(300_000), { timeout: 5_000 })
  const before = sum()
  await session.query("select repeat('x', 1000)")
  await session.close()
  await vi.waitFor(() => expect(sum()).toBeGreaterThan(before + 1_000))
  expect(sum()).toBeLessThan(310_000)
  expect(new Set(told.map((one) => one.target))).toEqual(new Set(['one']))
})

test('a cancel request with an unknown key is answered with nothing', async () => {
  const { address } = await open()
  const socket = connect(address.port, address.host)
  socket.write(Buffer.from('0000001004d2162e0000004d01020304', 'hex'))
  expect(await readAll(socket)).toBe('')
})

test('a port that is taken is named', async () => {
  const first = await open()
  await expect(
    startProxy({
      ...first.address,
      resolve: () => Promise.resolve(undefined),
      reservedRole: 'x',
      defaultDatabase: 'y',
    }),
  ).rejects.toMatchObject({ code: 'PROVISIONING_FAILED', message: expect.stringContaining('is taken') })
})

test('closing ends every connection', async () => {
  const to = await open()
  const session = await openSession(login(to))
  const closed = new Promise((resolve) => session.onClose(resolve))
  await to.close()
  await closed
})
