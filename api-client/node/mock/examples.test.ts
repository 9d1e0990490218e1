import { afterEach, describe, expect, it } from 'vitest'
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import { newCollection, newDefaults, newFolder, newHttpRequest } from '#api-client/common/new-request.ts'
import type { Example } from '#contract/requests/request.ts'
import { createMockServer, type MockHit, type MockServer, type MockServerOptions } from './server.ts'

const servers: MockServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function start(items: CollectionTree['items'], options: Partial<MockServerOptions> = {}) {
  const hits: MockHit[] = []
  const server = await createMockServer({
    source: { type: 'examples', tree: { collection: collection(), environments: [], items } },
    now: () => 0,
    random: () => 0.5,
    onRequest: (hit) => hits.push(hit),
    ...options,
  })
  servers.push(server)
  return { server, hits, get: (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init) }
}

function collection() {
  const variable = { type: 'string' as const, isEnabled: true, description: '' }
  return newCollection('Films', {
    defaults: newDefaults({
      variables: [
        { name: 'studio', value: 'Nebula “one”', isSecret: false, ...variable },
        { name: 'baseUrl', value: 'https://films.example/api', isSecret: false, ...variable },
        { name: 'token', value: 'hidden', isSecret: true, ...variable },
      ],
    }),
  })
}

interface ExampleFields {
  readonly method?: string
  readonly status?: number
  readonly body?: string
  readonly type?: Example['response']['body']['type']
  readonly headers?: Example['response']['headers']
  readonly asks?: Partial<Example['request']>
}

function example(name: string, url: string, fields: ExampleFields = {}): Example {
  const { method = 'GET', status = 200, body = JSON.stringify({ name }), type = 'json' } = fields
  return {
    name,
    description: '',
    request: { method, url, headers: [], body: { type: 'none' }, ...fields.asks },
    response: { status, statusText: '', headers: fields.headers ?? [], body: { type, text: body } },
  }
}

function request(url: string, examples: Example[], method = 'GET') {
  return { type: 'request' as const, request: newHttpRequest(url, { url, method, examples }) }
}

const film = request('{{baseUrl}}/films/:id', [
  example('Found', '{{baseUrl}}/films/1', { body: '{"id":{{id}},"studio":"{{studio}}"}' }),
  example('Missing', '{{baseUrl}}/films/999', { status: 404, body: '{"error":"none"}' }),
])

describe('a mock server of examples', () => {
  it('answers at the path of the example, of its request and with the address of its variable', async () => {
    const { get } = await start([{ type: 'folder', folder: newFolder('In'), items: [film] }])
    for (const path of ['/films/1', '/films/7', '/api/films/1', '/films/7/']) {
      const response = await get(path)
      expect(response.status, path).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
    }
    expect((await get('/films/999')).status).toBe(404)
    expect((await get('/films')).status).toBe(404)
    expect((await get('/films/1/actors')).status).toBe(404)
  })

  it('fills in variables, those of the path first, and dynamic values, and leaves secrets out', async () => {
    const { get } = await start([
      film,
      request('/me', [
        example('Me', '/me', {
          body: '{"at":{{$timestamp}},"n":{{$randomInt}},"token":"{{token}}"}',
          headers: [{ name: 'X-Studio', value: '{{$randomInt}}' }],
        }),
      ]),
    ])
    expect(await (await get('/films/42')).json()).toEqual({ id: 42, studio: 'Nebula “one”' })
    const me = await get('/me')
    expect(await me.json()).toEqual({ at: 0, n: 500, token: '{{token}}' })
    expect(me.headers.get('x-studio')).toBe('500')
  })

  it('chooses by name, by status, and by both', async () => {
    const { get } = await start([film])
    const ask = async (headers: Record<string, string>) => (await get('/films/1', { headers })).status
    expect(await ask({ 'x-mock-example': 'missing' })).toBe(404)
    expect(await ask({ 'x-mock-status': '404' })).toBe(404)
    expect(await ask({ 'x-mock-example': 'Found', 'x-mock-status': '200' })).toBe(200)
    const none = await get('/films/1', { headers: { 'x-mock-status': '418' } })
    expect(none.status).toBe(404)
    expect(await none.json()).toMatchObject({
      detail: 'No example of GET /films/1 is x-mock-status: 418.',
      examples: [{ name: 'Found' }, { name: 'Missing', status: 404 }],
    })
  })

  it.each<[string, RequestInit, string]>([
    ['/films?rating=PG', {}, 'PG'],
    ['/films?rating=R', {}, 'R'],
    ['/films', {}, 'All'],
    ['/films?rating=G', {}, 'All'],
    ['/films?rating=R&page=2', {}, 'R page'],
    ['/films?title=a%20b', {}, 'Encoded'],
    ['/films', { headers: { 'accept-language': 'de' } }, 'German'],
    ['/films', { method: 'POST', body: '{ "a": 1 }' }, 'Made'],
    ['/films', { method: 'POST', body: '{"a":2}' }, 'Refused'],
    ['/films', { method: 'POST', body: 'no json' }, 'Made'],
  ])('answers %s %j with the example whose request is most like it', async (path, init, name) => {
    const json = (text: string) => ({ body: { type: 'json' as const, text } })
    const { get, hits } = await start([
      request('/films', [
        example('All', '/films'),
        example('PG', '/films?rating=PG'),
        example('R', '/films?rating=R'),
        example('R page', '/films?rating=R&page={{page}}'),
        example('Encoded', '/films?title=a+b'),
        example('German', '/films', {
          asks: { headers: [{ name: 'Accept-Language', value: 'de', isEnabled: true, description: '' }] },
        }),
        example('Refused', '/films', { method: 'POST', status: 400, asks: json('{"a":2}') }),
        example('Made', '/films', { method: 'POST', status: 201, asks: json('{"a":1}') }),
      ]),
    ])
    await get(path, init)
    expect(hits.map((hit) => hit.matched)).toEqual([name])
  })

  it('gives bodies of bytes and of other types, and headers that still fit', async () => {
    const { get } = await start([
      request('/file', [
        example('Bytes', '/file', {
          type: 'binary',
          body: Buffer.from([0, 255, 7]).toString('base64'),
          headers: [
            { name: 'Content-Encoding', value: 'gzip' },
            { name: 'Content-Length', value: '99999' },
            { name: 'Set-Cookie', value: 'a=1' },
            { name: 'Set-Cookie', value: 'b=2' },
            { name: 'X-Split', value: 'a\r\nX-Injected: 1' },
            { name: 'Bad name', value: 'x' },
          ],
        }),
      ]),
      request('/page', [example('Page', '/page', { type: 'html', body: '<p>' })]),
      request('/gone', [example('Gone', '/gone', { status: 204, body: 'never sent' })]),
    ])
    const file = await get('/file')
    expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([0, 255, 7])
    expect(file.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(file.headers.get('content-encoding')).toBeNull()
    expect(file.headers.has('x-split') || file.headers.has('x-injected')).toBe(false)
    expect((await get('/page')).headers.get('content-type')).toBe('text/html; charset=utf-8')
    const gone = await get('/gone')
    expect([gone.status, await gone.text()]).toEqual([204, ''])
  })

  it('answers HEAD with the headers of GET, and another method with those there are', async () => {
    const { get } = await start([film])
    const head = await get('/films/1', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10)
    const wrong = await get('/films/1', { method: 'DELETE' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('says which examples there are when there is none', async () => {
    const { get, hits } = await start([film])
    const response = await get('/actors')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({
      status: 404,
      detail: 'There is no example for GET /actors.',
      examples: [{ name: 'Found', method: 'GET', url: '{{baseUrl}}/films/1', status: 200 }, {}],
    })
    expect(hits).toEqual([
      { at: '1970-01-01T00:00:00.000Z', method: 'GET', path: '/actors', status: 404, matched: null },
    ])
    const empty = await start([])
    expect(JSON.stringify(await (await empty.get('/')).json())).toContain('has no examples')
  })
})
