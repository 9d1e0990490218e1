import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { tempDirectory } from '#testing/temp-directory.ts'
import { startHeadlessServer, type HeadlessServer } from './headless-server.ts'
import { createRevealPages } from './reveal-pages.ts'

const TOKEN = 'T'.repeat(43)
const FRAME = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }

async function setUp() {
  const directory = tempDirectory()
  const rendererDirectory = join(directory, 'renderer')
  mkdirSync(join(rendererDirectory, 'assets'), { recursive: true })
  writeFileSync(join(rendererDirectory, 'index.html'), '<!doctype html>the page')
  writeFileSync(join(rendererDirectory, 'assets', 'browser-entry-D4f_9aQz.js'), 'export {}')
  writeFileSync(join(rendererDirectory, 'notes.unknown'), 'not served')
  writeFileSync(join(directory, 'secret.html'), 'outside')
  const world = { now: Date.parse('2026-11-22T10:00:00Z'), pages: 0 }
  const revealPages = createRevealPages(() => new Date(world.now))
  const server = await startHeadlessServer({
    port: 0,
    token: TOKEN,
    rendererDirectory,
    revealPages,
    onPage: () => (world.pages += 1),
  })
  onTestFinished(() => server.close())
  return { server, revealPages, world, rendererDirectory, directory }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

function get(
  server: HeadlessServer,
  path: string,
  options: { headers?: Record<string, string>; method?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(server.origin + path, options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject).end()
  })
}

/** Resolves to 'open' or the HTTP status of the refusal. */
function upgrade(
  server: HeadlessServer,
  protocols: string[],
  options: ClientOptions = { origin: server.origin },
  path = '/rpc',
): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(server.origin.replace('http', 'ws') + path, protocols, options)
    socket.on('open', () => (resolve('open'), socket.close()))
    socket.on('unexpected-response', (_, response) => resolve(String(response.statusCode)))
    socket.on('error', (error) => resolve(error.message))
  })
}

describe('the page and its files', () => {
  test('the page comes with a strict policy and is asked for again each time', async () => {
    const { server } = await setUp()
    const { status, headers, body } = await get(server, '/')
    expect({ status, body }).toEqual({ status: 200, body: '<!doctype html>the page' })
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    })
  })

  test('what has a hash in its name is kept for a year', async () => {
    const { server } = await setUp()
    const { headers } = await get(server, '/assets/browser-entry-D4f_9aQz.js')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect((await get(server, '/', { method: 'HEAD' })).body).toBe('')
  })

  test('a file that a build adds later is found', async () => {
    const { server, rendererDirectory } = await setUp()
    expect((await get(server, '/later.js')).status).toBe(404)
    writeFileSync(join(rendererDirectory, 'later.js'), '1')
    expect((await get(server, '/later.js')).status).toBe(200)
  })

  test.each([
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/%ff',
    '/notes.unknown',
    '/assets',
    '/\0',
    '/link.html',
  ])('nothing else is served: %s', async (path) => {
    const { server, directory, rendererDirectory } = await setUp()
    symlinkSync(join(directory, 'secret.html'), join(rendererDirectory, 'link.html'))
    const { port } = new URL(server.origin)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`),
      )
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 40[04]/)
    expect(answer).not.toContain('outside')
  })

  test('a name that was made to point here is refused', async () => {
    const { server } = await setUp()
    const { port } = new URL(server.origin)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example'])
      expect((await get(server, '/', { headers: { host } })).status).toBe(421)
    for (const host of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`])
      expect((await get(server, '/', { headers: { host } })).status).toBe(200)
  })

  test('only GET and HEAD are answered', async () => {
    const { server } = await setUp()
    expect((await get(server, '/', { method: 'POST' })).status).toBe(405)
  })

  test('says what to do when the page is not built', async () => {
    const directory = tempDirectory()
    const server = await startHeadlessServer({
      port: 0,
      token: TOKEN,
      rendererDirectory: join(directory, 'missing'),
      revealPages: createRevealPages(() => new Date()),
      onPage: () => undefined,
    })
    onTestFinished(() => server.close())
    expect((await get(server, '/')).body).toContain('npm run build')
  })

  test('a taken port is a clear failure', async () => {
    const { server, rendererDirectory, revealPages } = await setUp()
    const second = startHeadlessServer({
      port: Number(new URL(server.origin).port),
      token: TOKEN,
      rendererDirectory,
      revealPages,
      onPage: () => undefined,
    })
    await expect(second).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is used by another program'),
    })
  })
})

describe('the WebSocket', () => {
  test('opens for the token, from the own origin, for several pages', async () => {
    const { server, world } = await setUp()
    expect(await upgrade(server, [`nebuladb.${TOKEN}`])).toBe('open')
    expect(await upgrade(server, ['other', `nebuladb.${TOKEN}`])).toBe('open')
    expect(world.pages).toBe(2)
  })

  test('stays shut without the right token', async () => {
    const { server, world } = await setUp()
    for (const protocols of [
      [],
      ['nebuladb.'],
      [`nebuladb.${TOKEN}x`],
      [TOKEN],
      [`nebuladb.${TOKEN.toLowerCase()}`],
    ])
      expect(await upgrade(server, protocols)).toBe('401')
    expect(world.pages).toBe(0)
  })

  test('stays shut for other origins, even with the token', async () => {
    const { server, world } = await setUp()
    const token = [`nebuladb.${TOKEN}`]
    for (const origin of [
      'http://evil.example',
      'null',
      server.origin.replace('http', 'https'),
      'http://127.0.0.1:1',
    ])
      expect(await upgrade(server, token, { origin })).toBe('403')
    expect(await upgrade(server, token, {})).toBe('403')
    expect(
      await upgrade(server, token, { origin: 'http://evil.example', headers: { host: 'evil.example' } }),
    ).toBe('421')
    expect(await upgrade(server, token, { origin: server.origin }, '/other')).toBe('404')
    expect(world.pages).toBe(0)
  })
})

describe('a page that shows a secret', () => {
  test('is shown once, in a frame of the app, with an origin of its own', async () => {
    const { server, revealPages } = await setUp()
    const path = revealPages.create(`postgresql://owner:p<w>"&'@host/db`)
    expect(path).toMatch(/^\/reveal\/[\w-]{32}$/)
    const { status, headers, body } = await get(server, path, { headers: FRAME })
    expect(status).toBe(200)
    expect(body).toContain('postgresql://owner:p&#60;w&#62;&#34;&#38;&#39;@host/db')
    const policy = headers['content-security-policy'] ?? ''
    const nonce = /script-src 'nonce-([^']+)'/.exec(String(policy))?.[1]
    expect(body).toContain(`<script nonce="${nonce}">`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).toMatch(/sandbox allow-scripts$/)
    expect(headers['cache-control']).toBe('no-store')
    expect((await get(server, path, { headers: FRAME })).status).toBe(404)
  })

  test('is not given to a script, a tab or another site, and waits for its frame', async () => {
    const { server, revealPages } = await setUp()
    const path = revealPages.create('secret')
    for (const headers of [
      {},
      { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' },
      { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' },
    ])
      expect((await get(server, path, { headers })).status).toBe(403)
    expect((await get(server, path, { headers: FRAME })).status).toBe(200)
  })

  test('is gone after a minute', async () => {
    const { server, revealPages, world } = await setUp()
    const path = revealPages.create('secret')
    world.now += 60_000
    const { status, body } = await get(server, path, { headers: FRAME })
    expect(status).toBe(404)
    expect(body).not.toContain('secret')
  })

  test('only the newest are kept', async () => {
    const { server, revealPages } = await setUp()
    const paths = Array.from({ length: 21 }, (_, n) => revealPages.create(`secret ${n}`))
    expect((await get(server, paths[0]!, { headers: FRAME })).status).toBe(404)
    expect((await get(server, paths[1]!, { headers: FRAME })).status).toBe(200)
  })
})
