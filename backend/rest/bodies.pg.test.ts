// Large bodies, and answers that cannot be given as they were begun.
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { COLUMNS, config, useRestDatabase } from '#testing/rest-database.ts'
import { createBodyBudget } from './index.ts'

const database = useRestDatabase()
const { start } = database

describe('bodies', () => {
  test('a body above the limit is refused, whether its length was announced or not', async () => {
    const { url } = await start({ config: { ...config, maxBodyBytes: 1000 } })
    const body = JSON.stringify({ id: 100, title: 'x'.repeat(2000) })
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body))
        controller.close()
      },
    })
    for (const sent of [{ body }, { body: chunked, duplex: 'half' }]) {
      const response = await fetch(`${url}/film`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...sent,
      })
      expect([response.status, await response.json()]).toMatchObject([413, { code: 'BODY_TOO_LARGE' }])
    }
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('bodies that would fill the memory together are refused, and taken when others are done', async () => {
    const { url } = await start({ bodyBudget: createBodyBudget(1000) })
    const post = (bytes: number): Promise<Response> =>
      fetch(`${url}/rpc/size`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.alloc(bytes, 7),
      })
    const refused = await post(1001)
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      503,
      '1',
      { code: 'BODIES_TOO_MANY' },
    ])
    for (const _ of [1, 2, 3]) await expect.poll(async () => (await post(900)).status).toBe(200)
  })

  test('a client that sends 100 MB too many still reads why they were refused', async () => {
    const { port } = await start({ config: { ...config, maxBodyBytes: 1_000_000 } })
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST /film HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n',
    )
    socket.end(Buffer.alloc(100_000_000, 32))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 413 .*BODY_TOO_LARGE/s)
  })

  test('a body of 100 MB is taken where it is allowed', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/rpc/size`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.alloc(100_000_000, 7),
    })
    expect([response.status, await response.json()]).toEqual([200, 100_000_000])
    const written = await fetch(`${url}/film?columns=id,title`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'tx=rollback' },
      body: JSON.stringify([{ id: 1000, title: 'x'.repeat(100_000_000) }]),
    })
    expect(written.status).toBe(201)
  })

  test('a row of 1,000 columns comes and goes', async () => {
    const { url } = await start()
    const row = Object.fromEntries(COLUMNS.map((name, index) => [name, index]))
    const response = await fetch(`${url}/wide?order=c0,c999&select=${COLUMNS.join(',')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'return=representation, tx=rollback' },
      body: JSON.stringify(row),
    })
    expect([response.status, await response.json()]).toEqual([201, [row]])
  })

  test('hundreds of megabytes flow through with little memory', async () => {
    const { port } = await start()
    const before = process.memoryUsage()
    let most = 0
    const size = await readAll(port, '/rpc/big?size=400000000', () => {
      const { external, arrayBuffers } = process.memoryUsage()
      most = Math.max(most, external - before.external, arrayBuffers - before.arrayBuffers)
    })
    expect(size).toBeGreaterThan(400_000_000)
    // What was sent already is still counted until it is collected.
    expect(most).toBeLessThan(150_000_000)
  })

  test('a long body that is not answered with leaves the connection in order', async () => {
    const { url, usages } = await start({ pool: { size: 1 } })
    const response = await fetch(`${url}/rpc/bad_headers`)
    expect([response.status, await response.json()]).toMatchObject([500, { code: 'PGRST111' }])
    const head = await fetch(`${url}/rpc/big?size=3000000`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
    expect(usages.map(({ failure }) => failure)).toEqual([null, null, null])
  })

  test('headers that a function raises are spelled so that HTTP can carry them', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/rpc/raise_header`)
    expect([response.status, Buffer.from(response.headers.get('x-a') ?? '', 'latin1').toString()]).toEqual([
      418,
      'é b',
    ])
  })

  test('an answer that cannot be written ends the connection, not the service', async () => {
    const { url, usages } = await start({ config: { ...config, traceHeader: 'no header' } })
    await expect(fetch(`${url}/film`)).rejects.toThrow()
    await expect(fetch(`${url}/film`)).rejects.toThrow()
    expect(usages).toMatchObject([
      { status: 500, route: 'GET ?', failure: expect.any(TypeError) },
      { status: 500, route: 'GET ?', failure: expect.any(TypeError) },
    ])
  })

  test('an answer whose transaction fails at its end is cut short, never whole', async () => {
    const { port, url } = await start()
    const request = JSON.stringify({})
    const received = await readRaw(
      port,
      `POST /rpc/late_failure HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${request.length}\r\n\r\n${request}`,
    )
    expect(received.length).toBeLessThan(3_000_000)
    expect((await database.admin.query('select from api.award')).rowCount).toBe(0)
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('a result above what Postgres can build is explained', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/rpc/huge`)
    const error = await response.json()
    expect(response.status).toBe(500)
    expect(error).toMatchObject({ hint: expect.stringContaining('up to 1 GB') })
  })
})

/** Bytes of a whole answer. */
async function readAll(port: number, path: string, onChunk: () => void): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  let size = 0
  for await (const chunk of socket) {
    size += Buffer.from(chunk).length
    onChunk()
  }
  return size
}

/** All that comes until the server closes the socket. */
async function readRaw(port: number, request: string): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return Buffer.concat(chunks)
}
