import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeTargets, generateCode } from './generate.ts'
import type { CodeRequest } from './types.ts'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

let received: Received[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    received.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    })
    response.setHeader('Content-Type', 'application/json')
    response.end('[]')
  })
})
let base = ''
// Below the repository, so that generated code finds its packages.
const directory = mkdtempSync(join(import.meta.dirname, '.generated-'))

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})

afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

/** Runs a program and gives what the server got. */
async function run(
  command: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<Received> {
  received = []
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...environment },
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdout.resume()
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' })
  return received[0]!
}

async function execute(
  target: string,
  request: CodeRequest,
  environment: Record<string, string> = {},
): Promise<Received> {
  const code = generateCode(request, target, { variables: 'environment' })!
  if (target === 'shell/curl') return run('bash', ['-c', code], environment)
  const isPython = target.startsWith('python')
  const file = join(directory, isPython ? 'code.py' : 'code.mjs')
  writeFileSync(file, code)
  return run(isPython ? 'python3' : process.execPath, [file], environment)
}

async function hasRequests(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('python3', ['-c', 'import requests'])
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
  })
}

const TARGETS = ['shell/curl', 'node/fetch', 'python/requests']

const NASTY = `it's "quoted" \\ $HOME \`id\` %41 {{not a name é 日本 🐶\n\ttab`

test.each(TARGETS)('%s sends exactly what the request says', async (target) => {
  if (target === 'python/requests' && !(await hasRequests())) return
  const request: CodeRequest = {
    method: 'POST',
    url: `${base}/a%20b/x?q=it's&r="1"&s=%26`,
    headers: [{ name: 'X-Nasty', value: `it's "q" \\ $HOME \`id\`` }],
    body: { type: 'text', text: NASTY, contentType: 'text/plain' },
    auth: { type: 'basic', username: 'me', password: `p'w:$1` },
  }
  expect(await execute(target, request)).toMatchObject({
    method: 'POST',
    url: '/a%20b/x?q=it%27s&r=%221%22&s=%26',
    headers: {
      'x-nasty': `it's "q" \\ $HOME \`id\``,
      'content-type': 'text/plain',
      authorization: `Basic ${Buffer.from(`me:p'w:$1`).toString('base64')}`,
    },
    body: NASTY,
  })
})

test.each(TARGETS)('%s sends forms, and files with fields', async (target) => {
  if (target === 'python/requests' && !(await hasRequests())) return
  const form = await execute(target, {
    method: 'PUT',
    url: `${base}/f`,
    headers: [],
    auth: { type: 'none' },
    body: {
      type: 'form',
      fields: [
        { name: 'a b', value: `1&=+%'"` },
        { name: 'a b', value: '' },
      ],
    },
  })
  expect([...new URLSearchParams(form.body)]).toEqual([
    ['a b', `1&=+%'"`],
    ['a b', ''],
  ])
  expect(form).toMatchObject({
    method: 'PUT',
    headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') },
  })
  const path = join(directory, `it's a file;1.txt`)
  writeFileSync(path, 'content of the file')
  const multipart = await execute(target, {
    method: 'POST',
    url: `${base}/m`,
    headers: [],
    auth: { type: 'none' },
    body: {
      type: 'multipart',
      parts: [
        { type: 'text', name: 'n', value: '@it"s;type=x', contentType: null },
        { type: 'file', name: 'f', path, contentType: 'text/csv' },
      ],
    },
  })
  expect(multipart.headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/)
  expect(multipart.body).toContain('name="n"')
  expect(multipart.body).toContain('@it"s;type=x')
  expect(multipart.body).toContain('content of the file')
  expect(multipart.body).toMatch(/Content-Type: text\/csv/i)
})

test.each(TARGETS)('%s takes variables from the environment', async (target) => {
  if (target === 'python/requests' && !(await hasRequests())) return
  const request: CodeRequest = {
    method: 'GET',
    url: `${base}/{{path}}`,
    headers: [{ name: 'X', value: `a'{{ api-key }}"b` }],
    body: { type: 'none' },
    auth: { type: 'bearer', token: '{{token}}' },
  }
  expect(
    await execute(target, request, { PATH_: '', API_KEY: `k'"$x`, TOKEN: 't' }).catch(
      (error: unknown) => error,
    ),
  ).toBeDefined()
  const got = await execute(
    target,
    { ...request, url: `${base}/{{folder}}` },
    { FOLDER: 'x', API_KEY: `k'"$x`, TOKEN: 't' },
  )
  expect(got).toMatchObject({ url: '/x', headers: { x: `a'k'"$x"b`, authorization: 'Bearer t' } })
})

test('curl says any text to bash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((one) => !one.includes('\0')),
      async (text) => {
        const got = await execute('shell/curl', {
          method: 'POST',
          url: `${base}/`,
          headers: [],
          auth: { type: 'none' },
          body: { type: 'text', text: text.replaceAll('{{', '{'), contentType: 'text/plain' },
        })
        expect(got.body).toBe(text.replaceAll('{{', '{'))
      },
    ),
    { seed: 9, numRuns: 25 },
  )
})

const rest = (method: string, query: string, fields: Partial<CodeRequest> = {}): CodeRequest => ({
  method,
  url: `${base}/rest/v1/${query}`,
  headers: [{ name: 'apikey', value: '{{key}}' }],
  body: { type: 'none' },
  auth: { type: 'none' },
  ...fields,
})

test.each<[string, string, string?]>([
  [
    'GET',
    'film?select=id,title,actor(name)&title=like.A*&year=gte.2000&id=not.in.(1,2)&order=year.desc.nullslast,id.asc&limit=5&offset=10',
  ],
  ['GET', 'film?select=*&or=(a.eq.1,and(b.gt.2,c.is.null))&actor.name=eq.X&actor.order=name.asc'],
  ['HEAD', 'film?select=id'],
  ['DELETE', 'film?id=eq.5'],
  ['POST', 'film', '{"title": "it\'s \\"é\\"", "n": 12345678901234567890}'],
  ['PATCH', 'film?id=eq.1&select=id', '{"a": [1, null, true]}'],
  ['POST', 'rpc/add', '{"a": 1, "b": 2}'],
  ['GET', 'rpc/add?a=1&b=x%20y'],
])('supabase-js asks for %s %s as the request does', async (method, query, body) => {
  const prefer = method === 'PATCH' ? [{ name: 'Prefer', value: 'return=representation' }] : []
  const request = rest(method, query, {
    headers: [
      { name: 'apikey', value: '{{key}}' },
      { name: 'Content-Profile', value: 'shop' },
      { name: 'Accept-Profile', value: 'shop' },
      ...prefer,
    ],
    ...(body === undefined
      ? {}
      : { body: { type: 'text' as const, text: body, contentType: 'application/json' } }),
  })
  const got = await execute('supabase-js', request, { KEY: 'k' })
  const parameters = (url: string): string[] =>
    [...new URLSearchParams(url.split('?')[1] ?? '')].map(([name, value]) => `${name}=${value}`).toSorted()
  expect(got.method).toBe(method)
  expect(got.url.split('?')[0]).toBe(`/rest/v1/${query.split('?')[0]}`)
  expect(parameters(got.url)).toEqual(parameters(query))
  expect(got.headers).toMatchObject({
    apikey: 'k',
    [method === 'GET' || method === 'HEAD' ? 'accept-profile' : 'content-profile']: 'shop',
  })
  if (body !== undefined) expect(JSON.parse(got.body)).toEqual(JSON.parse(body))
})

test('Python’s client is written for the same requests, and neither for what is no PostgREST', () => {
  expect(generateCode(rest('GET', 'film?select=id&id=not.eq.5&order=a.desc'), 'python/supabase')).toContain(
    '.not_.filter("id", "eq", "5")\n    .order("a", desc=True)',
  )
  for (const target of ['supabase-js', 'python/supabase'])
    expect(generateCode({ ...rest('GET', 'x'), url: 'https://a.test/x' }, target)).toBeNull()
})

test('there are more than twenty targets, each says something of each request, and no secret', () => {
  const targets = codeTargets().filter((one) => !one.id.includes('supabase'))
  expect(targets.length).toBeGreaterThan(20)
  const bodies: CodeRequest['body'][] = [
    { type: 'none' },
    {
      type: 'text',
      text: '{"token": "s3cr\\"et", "id": 12345678901234567890}',
      contentType: 'application/json',
    },
    {
      type: 'form',
      fields: [
        { name: 'a', value: 's3cr"et' },
        { name: 'a', value: '2' },
      ],
    },
    {
      type: 'multipart',
      parts: [
        { type: 'text', name: 'a', value: 's3cr"et', contentType: null },
        { type: 'file', name: 'f', path: 'a.png', contentType: 'image/png' },
      ],
    },
    { type: 'file', path: 'a.bin', contentType: null },
  ]
  for (const { id } of targets)
    for (const body of bodies) {
      const code = generateCode(
        {
          method: 'POST',
          url: 'https://a.test/x?k=s3cr%22et',
          headers: [{ name: 'K', value: 's3cr"et' }],
          body,
          auth: { type: 'bearer', token: 's3cr"et' },
          secrets: ['s3cr"et'],
        },
        id,
      )
      expect(code, id).toContain('a.test')
      expect(code, id).toContain('{{secret}}')
      expect(code, id).not.toMatch(/s3cr/)
      if (body.type === 'text') expect(code, id).toContain('12345678901234567890')
    }
})
