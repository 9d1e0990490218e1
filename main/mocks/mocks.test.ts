// Mock servers of a real host, from examples.
import { describe, expect, test } from 'vitest'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { Example } from '#contract/requests/request.ts'
import { startApiClientHost } from '#testing/api-client-host.ts'

const example = Example.parse({
  name: 'Two orders',
  request: { method: 'GET', url: '{{host}}/orders', headers: [], body: { type: 'none' } },
  response: {
    status: 200,
    headers: [{ name: 'content-type', value: 'application/json' }],
    body: { type: 'json', text: '[{"id":1},{"id":2}]' },
  },
})

async function openShop() {
  const host = await startApiClientHost()
  const { id } = await host.client.collections.create({ name: 'Shop', parent: null })
  const request = newHttpRequest('Orders', { url: '{{host}}/orders', examples: [example] })
  await host.client.collections.createRequest({ id, folder: '', request })
  return { host, mocks: host.client.mocks, id, source: { type: 'examples' as const, collectionId: id } }
}

describe('a mock server', () => {
  test('answers with the examples of a collection until it is stopped, and logs what came', async () => {
    const { mocks, source } = await openShop()
    const mock = await mocks.start({ source, delayMs: 5 })
    expect(mock).toMatchObject({
      name: 'Shop',
      contents: [{ name: 'Two orders', detail: 'GET Orders' }],
      notes: [],
      answered: 0,
    })
    expect(await (await fetch(`${mock.url}/orders`)).json()).toEqual([{ id: 1 }, { id: 2 }])
    expect((await fetch(`${mock.url}/nothing?a=1`)).status).toBe(404)
    await expect.poll(() => mocks.log({ id: mock.id })).toHaveLength(2)
    expect(await mocks.log({ id: mock.id })).toMatchObject([
      { method: 'GET', path: '/nothing?a=1', status: 404, matched: null },
      { method: 'GET', path: '/orders', status: 200, matched: 'Two orders' },
    ])
    expect(await mocks.list({})).toMatchObject([{ id: mock.id, answered: 2 }])
    await mocks.stop({ id: mock.id })
    await mocks.stop({ id: mock.id })
    expect(await mocks.list({})).toEqual([])
    await expect(fetch(`${mock.url}/orders`)).rejects.toThrow()
    await expect(mocks.log({ id: mock.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('tells pages that it started, what it answered and that it stopped', async () => {
    const { host, mocks, source } = await openShop()
    let told = 0
    host.client.mocks.changed(() => void told++)
    const mock = await mocks.start({ source })
    await expect.poll(() => told).toBe(1)
    await fetch(`${mock.url}/orders`)
    await expect.poll(() => told).toBe(2)
    await mocks.stop({ id: mock.id })
    await expect.poll(() => told).toBe(3)
  })

  test('is not started on a port that is taken, nor for a collection without examples or that is gone', async () => {
    const { host, mocks, source } = await openShop()
    const { url } = await mocks.start({ source })
    const port = Number(new URL(url).port)
    await expect(mocks.start({ source, port })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const empty = await host.client.collections.create({ name: 'Empty', parent: null })
    await expect(mocks.start({ source: { type: 'examples', collectionId: empty.id } })).rejects.toMatchObject(
      { code: 'INVALID_INPUT', message: expect.stringContaining('example') },
    )
    await host.client.collections.close({ id: empty.id })
    await expect(mocks.start({ source: { type: 'examples', collectionId: empty.id } })).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    )
    expect(await mocks.list({})).toHaveLength(1)
  })

  test('has a log of the last 500 requests', async () => {
    const { mocks, source } = await openShop()
    const mock = await mocks.start({ source })
    for (let first = 0; first < 510; first += 30)
      await Promise.all(
        Array.from({ length: 30 }, () => fetch(`${mock.url}/orders`).then((one) => one.text())),
      )
    await expect.poll(async () => (await mocks.list({}))[0]?.answered).toBe(510)
    expect(await mocks.log({ id: mock.id })).toHaveLength(500)
  })

  test('ends with the host', async () => {
    const { host, mocks, source } = await openShop()
    const mock = await mocks.start({ source })
    await host.close()
    await expect(fetch(`${mock.url}/orders`)).rejects.toThrow()
  })
})
