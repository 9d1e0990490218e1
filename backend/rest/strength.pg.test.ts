// What the REST engine stands: databases that are gone, full pools, clients that leave, time that is over.
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { ROLE, useRestDatabase } from '#testing/rest-database.ts'
import { layCable } from '#testing/cable.ts'

const database = useRestDatabase()
const { activeStatements, endStatements, start } = database

describe('strength', () => {
  test('a database that is gone is told with 503, and served again when it is back', async () => {
    const cable = await layCable(database.database.target)
    const server = await start({}, cable.target)
    const ask = () => fetch(`${server.url}/film?id=eq.1`)
    expect((await ask()).status).toBe(200)
    const running = fetch(`${server.url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: { 'content-type': 'application/json' },
    })
    await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
    await cable.cut()
    // The backend itself hears nothing of it.
    await endStatements('%sleep%')
    const broken = await running
    expect([broken.status, broken.headers.get('retry-after'), await broken.json()]).toMatchObject([
      503,
      '1',
      { code: 'PGRST001' },
    ])
    const refused = await ask()
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      503,
      '1',
      { code: 'PGRST000', details: null },
    ])
    await cable.mend()
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 10_000 })
  })

  test('before the schema was ever read requests are refused, not kept waiting', async () => {
    const cable = await layCable(database.database.target)
    await cable.cut()
    const server = await start({}, cable.target)
    const response = await fetch(`${server.url}/film`)
    expect([response.status, await response.json()]).toMatchObject([503, { code: 'PGRST002' }])
    await cable.mend()
    await vi.waitFor(async () => expect((await fetch(`${server.url}/film`)).status).toBe(200), {
      timeout: 10_000,
    })
  })

  test('backends that an administrator ends are told, and replaced', async () => {
    const { url } = await start()
    const running = fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: { 'content-type': 'application/json' },
    })
    await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
    await endStatements('%sleep%')
    const response = await running
    expect([response.status, await response.json()]).toMatchObject([503, { code: '57P01' }])
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('a full pool answers 504 in time, and serves on', async () => {
    const { url } = await start({ pool: { size: 1, acquireTimeoutMs: 60 } })
    await (await fetch(`${url}/film?id=eq.1`)).text()
    const slow = fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":0.5}',
      headers: { 'content-type': 'application/json' },
    })
    await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
    const response = await fetch(`${url}/film?id=eq.1`)
    expect([response.status, await response.json()]).toMatchObject([504, { code: 'PGRST003' }])
    expect((await slow).status).toBe(204)
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('many more requests than connections are all served', async () => {
    const { url } = await start({ pool: { size: 3 } })
    const statuses = await Promise.all(
      Array.from(
        { length: 200 },
        async (_, index) => (await fetch(`${url}/film?id=eq.${(index % 20) + 1}`)).status,
      ),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  test('a client that leaves has its query cancelled, and nobody else’s', async () => {
    const { url, usages } = await start({ pool: { size: 1 } })
    await (await fetch(`${url}/film?id=eq.1`)).text()
    for (let round = 0; round < 3; round++) {
      const leaving = new AbortController()
      const left = fetch(`${url}/rpc/sleep`, {
        method: 'POST',
        body: '{"seconds":60}',
        headers: { 'content-type': 'application/json' },
        signal: leaving.signal,
      })
      await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
      leaving.abort()
      await expect(left).rejects.toThrow()
      expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
      expect(await activeStatements('%sleep%')).toBe(0)
    }
    expect(usages.filter(({ wasAborted }) => wasAborted).map(({ failure }) => failure)).toEqual([
      null,
      null,
      null,
    ])
  })

  test('a role’s statement timeout holds', async () => {
    await database.admin.query(`alter role ${ROLE} set statement_timeout = '80ms'`)
    try {
      const { url } = await start()
      const response = await fetch(`${url}/rpc/sleep`, {
        method: 'POST',
        body: '{"seconds":60}',
        headers: { 'content-type': 'application/json' },
      })
      expect([response.status, await response.json()]).toMatchObject([
        500,
        { code: '57014', message: 'canceling statement due to statement timeout' },
      ])
    } finally {
      await database.admin.query(`alter role ${ROLE} reset statement_timeout`)
    }
  })

  test('a request that takes too long is cancelled and told', async () => {
    const { url } = await start({ http: { requestTimeoutMs: 100 }, pool: { size: 1 } })
    const response = await fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: { 'content-type': 'application/json' },
    })
    expect([response.status, await response.json()]).toMatchObject([504, { code: '57014' }])
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('a client that takes nothing is given up, and its connection serves others', async () => {
    const { port, url } = await start({ pool: { size: 1 }, http: { slowClientTimeoutMs: 100 } })
    const socket = connect(port, '127.0.0.1')
    socket.pause()
    socket.write('GET /rpc/big?size=100000000 HTTP/1.1\r\nhost: x\r\n\r\n')
    // With one connection, this waits until the slow one is gone.
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
    socket.resume()
    await once(socket, 'close')
  })
})
