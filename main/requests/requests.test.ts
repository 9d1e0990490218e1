// Requests through a real host, to a real server.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newGraphqlRequest, newWebSocketRequest } from '#api-client/common/new-request.ts'
import { Environment } from '#contract/requests/collection.ts'
import { Cookie } from '#contract/requests/exchange.ts'
import type { GraphqlRequest } from '#contract/requests/request.ts'
import { get, startApiClientHost } from '#testing/api-client-host.ts'
import { startEchoServer } from '#testing/echo-server.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const nowhere = { collectionId: null, path: null, environment: null }
const variable = (name: string, value: string, isSecret = false) => ({
  name,
  value,
  type: 'string' as const,
  isSecret,
  isEnabled: true,
  description: '',
})

/** A host with a collection whose environment has the server's address and a secret. */
async function openShop() {
  const [host, server] = await Promise.all([startApiClientHost(), startEchoServer()])
  const { collections, requests } = host.client
  const { id } = await collections.create({ name: 'Shop', parent: null })
  const environment = Environment.parse({
    name: 'dev',
    variables: [variable('host', server.url), variable('key', '', true)],
  })
  await collections.saveEnvironment({ id, oldName: null, environment, revision: null })
  const scope = { type: 'environment' as const, name: 'dev' }
  await collections.setSecret({ id, scope, name: 'key', value: 'opensesame' })
  return { host, server, collections, requests, id, place: { collectionId: id, environment: 'dev' } }
}

describe('sending', () => {
  test('values and secrets of the environment go out, and are masked in what is kept', async () => {
    const { host, server, requests, place } = await openShop()
    const header = { name: 'Authorization', value: 'Key {{key}}', isEnabled: true, description: '' }
    const exchange = await host.send(get('{{host}}/orders', { headers: [header] }), place)
    expect(exchange.failure).toBeNull()
    expect(server.received).toMatchObject([{ url: '/orders', headers: { authorization: 'Key opensesame' } }])
    const kept = await requests.exchange({ exchangeId: exchange.id })
    expect(kept).toEqual(exchange)
    expect(JSON.stringify(kept)).not.toContain('opensesame')
    const database = readFileSync(join(host.dataDirectory, 'desktop', 'cache.db'), 'latin1')
    expect(database).not.toContain('opensesame')
  })

  test('what scripts set is kept on this machine, not in the file, and counts from then on', async () => {
    const { host, collections, id, place, server } = await openShop()
    const scripts = {
      beforeRequest: '',
      afterResponse: "pm.environment.set('token', 'abc'); pm.globals.set('seen', 1)",
      tests: '',
    }
    const exchange = await host.send(get('{{host}}/login', { scripts }), place)
    expect(exchange.changedVariables.map(({ name }) => name).sort()).toEqual(['seen', 'token'])
    const again = await host.send(get('{{host}}/{{token}}/{{seen}}'), place)
    expect(again.request.unresolved).toEqual([])
    expect(server.received.at(-1)?.url).toBe('/abc/1')
    const [file] = await collections.environments({ id })
    expect(file?.variables.map(({ name }) => name)).toEqual(['host', 'key'])
    const seen = await collections.variables({ id, path: '', environment: 'dev' })
    expect(seen.find(({ name }) => name === 'token')).toMatchObject({ value: 'abc', scope: 'environment' })
  })

  test('a request that is cancelled ends at once and is kept as such', async () => {
    const { host, requests } = await openShop()
    const server = await startEchoServer()
    const controller = new AbortController()
    const exchangeId = (await host.send(get(`${server.url}/x`))).id
    await requests.removeHistory({ id: exchangeId })
    const stream = requests.send(
      { exchangeId, request: get(`${server.url}/slow`), ...nowhere },
      { signal: controller.signal },
    )
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'headers') controller.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(async () => (await requests.history({})).map(({ id }) => id)).toContain(exchangeId)
  })

  test('a server that is not there is told in words', async () => {
    const { host } = await openShop()
    const exchange = await host.send(get('http://127.0.0.1:9/'))
    expect(exchange.response).toBeNull()
    expect(exchange.failure).toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('responses', () => {
  test('bodies are read in parts', async () => {
    const { host, requests, place } = await openShop()
    const { id: exchangeId } = await host.send(get('{{host}}/numbers/3'), place)
    expect(await requests.bodyInfo({ exchangeId, view: 'pretty' })).toMatchObject({
      kind: 'json',
      isTable: true,
    })
    const { lines } = await requests.lines({ exchangeId, view: 'pretty', from: 0, count: 3 })
    expect(lines[0]).toBe('[')
    expect((await requests.tree({ exchangeId, pointer: '' })).children).toHaveLength(3)
    const found = await requests.jsonPath({ exchangeId, expression: '$[1].name' })
    expect(found.matches.map(({ preview }) => preview)).toEqual(['"n1"'])
    expect(await requests.table({ exchangeId, from: 0, count: 1 })).toMatchObject({
      columns: ['id', 'name'],
      rows: [['0', '"n0"']],
      total: 3,
    })
    const { value, bodies } = await requests.bytes({ exchangeId, from: 0, count: 4 })
    expect([value.total > 4, Buffer.from(bodies[0]!).toString()]).toEqual([true, '[{"i'])
    const hits = []
    for await (const batch of requests.find({ exchangeId, view: 'raw', text: 'name' }))
      hits.push(...batch.hits)
    expect(hits).toHaveLength(3)
    const file = join(tempDirectory(), 'body.json')
    await requests.saveBody({ exchangeId, file })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(3)
    await expect(requests.saveBody({ exchangeId, file })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    const { id: newer } = await host.send(get('{{host}}/numbers/4'), place)
    expect((await requests.diff({ older: exchangeId, newer })).hunks).not.toEqual([])
  })

  test('the history tells the page, and forgets with the bodies', async () => {
    const { host, requests, place } = await openShop()
    const { id: exchangeId } = await host.send(get('{{host}}/a'), place)
    await host.send(get('{{host}}/b'), place)
    const all = await requests.history({})
    expect(all.map(({ url, hasBody, status }) => [new URL(url).pathname, hasBody, status])).toEqual([
      ['/b', true, 200],
      ['/a', true, 200],
    ])
    await requests.removeHistory({ id: exchangeId })
    expect(await requests.history({})).toHaveLength(1)
    await expect(requests.bodyInfo({ exchangeId, view: 'raw' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(requests.exchange({ exchangeId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

test('cookies of a collection are its own, can be edited and removed', async () => {
  const { host, requests, place, id, server } = await openShop()
  await host.send(get('{{host}}/cookie/1'), place)
  const [cookie] = await requests.cookies({ collectionId: id })
  expect(cookie).toMatchObject({ name: 'visits', value: '1' })
  const changed = Cookie.parse({ ...cookie, value: '7' })
  await requests.saveCookie({ collectionId: id, cookie: changed, replaces: cookie! })
  await host.send(get('{{host}}/again'), place)
  expect(server.received.at(-1)?.headers.cookie).toBe('visits=7')
  await host.send(get(`${server.url}/elsewhere`))
  expect(server.received.at(-1)?.headers.cookie).toBeUndefined()
  await requests.removeCookies({ collectionId: id, domain: null, path: null, name: null })
  expect(await requests.cookies({ collectionId: id })).toEqual([])
})

test('code has the names of secrets, never their values', async () => {
  const { requests, place, server } = await openShop()
  expect((await requests.codeTargets({})).length).toBeGreaterThanOrEqual(15)
  const header = { name: 'X-Key', value: '{{key}}', isEnabled: true, description: '' }
  const request = get('{{host}}/orders', { headers: [header] })
  const { code } = await requests.code({ request, target: 'shell/curl', path: null, ...place })
  expect(code).toContain(`${server.url}/orders`)
  expect(code).toContain('{{key}}')
  expect(code).not.toContain('opensesame')
  await expect(requests.code({ request, target: 'no/such', path: null, ...place })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('the schema of a GraphQL API is asked for', async () => {
  const { requests, place } = await openShop()
  const request: GraphqlRequest = newGraphqlRequest('Schema', { url: '{{host}}/graphql' })
  const { schema } = await requests.introspect({ request, path: null, ...place })
  expect(schema).toEqual({ __schema: { queryType: { name: 'Query' } } })
  await expect(
    requests.introspect({ request: { ...request, url: '{{host}}/none' }, path: null, ...place }),
  ).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a WebSocket carries messages both ways until its reader leaves', async () => {
  const { requests, server } = await openShop()
  const socketId = randomUUID()
  const request = newWebSocketRequest('Echo', { url: server.url.replace('http', 'ws') })
  const seen: string[] = []
  for await (const event of requests.connect({ socketId, request, ...nowhere })) {
    if (event.type === 'failed') throw new Error(event.failure.message)
    if (event.type === 'opened') await requests.sendMessage({ socketId, format: 'text', data: 'hello' })
    if (event.type === 'message') seen.push(`${event.direction} ${event.data}`)
    if (seen.length === 2) break
  }
  expect(seen).toEqual(['sent hello', 'received hello'])
  await expect
    .poll(() => requests.sendMessage({ socketId, format: 'text', data: 'late' }).then(String, (e) => e.code))
    .toBe('CONFLICT')
})

test('a request without OAuth has nothing to sign in to', async () => {
  const { requests } = await openShop()
  const request = get('http://127.0.0.1:9/', { auth: { type: 'basic', username: '', password: '' } })
  const reading = (async () => {
    for await (const _ of requests.authorize({ request, ...nowhere })) throw new Error('Nothing was to come.')
  })()
  await expect(reading).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
