import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newDefaults, newGraphqlRequest, newHttpRequest } from '#api-client/common/new-request.ts'
import { createSandbox } from '#api-client/node/sandbox/sandbox.ts'
import { createCookieJar } from '#api-client/node/send/cookies.ts'
import type { SendEvent } from '#contract/requests/exchange.ts'
import { Exchange } from '#contract/requests/exchange.ts'
import type { Assertion, Pair, Variable } from '#contract/requests/parts.ts'
import { createTestBodies, newExchangeId, type TestBodies } from '#testing/bodies.ts'
import { startHttp, type TestServer } from '#testing/http-servers.ts'
import { testSender } from '#testing/sending.ts'
import { createExecutor } from './executor.ts'
import type { ExecuteContext, ExecuteInput, Executor } from './types.ts'

const SECRET = 'top-s3cret/ü'
const sender = testSender()
const sandbox = createSandbox({ processes: 1 })
let bodies: TestBodies
let server: TestServer
let directory: string
let executor: Executor
let seen: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = []
let onStall: () => void = () => undefined

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nebuladb-execute-'))
  bodies = await createTestBodies()
  server = await startHttp((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      if (url.startsWith('/stall')) return onStall()
      if (url.startsWith('/large')) return response.end(`["${'x'.repeat(200_000)}"]`)
      response.setHeader('Content-Type', 'application/json')
      response.setHeader('X-Echo', String(headers['x-token'] ?? ''))
      response.setHeader('Set-Cookie', 'session=abc; Path=/')
      response.end(
        url.startsWith('/films') ? '{"id":9007199254740993,"title":"Alien"}' : JSON.stringify({ url, body }),
      )
    })
  })
  executor = createExecutor({
    sender,
    bodies: bodies.store,
    sandbox,
    now: () => Date.now(),
    random: Math.random,
    limits: { parsedBytes: 100_000 },
  })
})
afterAll(async () => {
  await Promise.all([sender.close(), sandbox.close(), bodies.close(), server[Symbol.asyncDispose]()])
  rmSync(directory, { recursive: true })
})

const variable = (name: string, value: string, fields: Partial<Variable> = {}): Variable => ({
  name,
  value,
  type: 'string',
  isSecret: false,
  isEnabled: true,
  description: '',
  ...fields,
})
const header = (name: string, value: string): Pair => ({ name, value, isEnabled: true, description: '' })
const assertion = (expression: string, operator: Assertion['operator'], value = ''): Assertion => ({
  expression,
  operator,
  value,
  isEnabled: true,
  description: '',
})
const scripts = (fields: Partial<{ beforeRequest: string; afterResponse: string; tests: string }>) => ({
  beforeRequest: '',
  afterResponse: '',
  tests: '',
  ...fields,
})

async function execute(input: Partial<ExecuteInput>, context: Partial<ExecuteContext> = {}) {
  seen = []
  const execution = await executor.execute(
    {
      exchangeId: newExchangeId(),
      collectionId: null,
      path: 'Films/One.yml',
      request: newHttpRequest('One'),
      inherited: [{ path: '', name: 'Films', defaults: newDefaults() }],
      environments: [
        {
          name: 'Local',
          color: '',
          description: '',
          extends: null,
          variables: [variable('base', server.url), variable('token', SECRET, { isSecret: true })],
        },
      ],
      environment: 'Local',
      globals: [],
      directory,
      proxy: { mode: 'off' },
      clientCertificates: [],
      cookies: null,
      ...input,
    },
    { signal: new AbortController().signal, ...context },
  )
  expect(Exchange.parse(execution.exchange)).toEqual(execution.exchange)
  return execution
}

describe('an execution', () => {
  it('runs scripts, sends, keeps the body, tests, asserts and tells all of it, in order', async () => {
    const events: SendEvent[] = []
    const written: unknown[] = []
    const execution = await execute(
      {
        request: newHttpRequest('One', {
          url: '{{base}}/films/{{id}}',
          scripts: scripts({
            beforeRequest: 'pm.environment.set("id", 7); console.log("before")',
            afterResponse:
              'pm.collectionVariables.set("title", pm.response.json().title); console.log("after")',
            tests: 'pm.test("title", () => pm.expect(pm.variables.get("title")).to.equal("Alien"))',
          }),
          assertions: [
            assertion('res.status', 'eq', '200'),
            assertion('$.id', 'eq', '9007199254740993'),
            assertion('res.body.title', 'eq', '{{title}}'),
          ],
        }),
        inherited: [
          {
            path: '',
            name: 'Films',
            defaults: newDefaults({
              headers: [header('X-From', 'collection'), header('X-Own', 'no')],
              scripts: scripts({ beforeRequest: 'console.log("collection")' }),
            }),
          },
          { path: 'Films', name: 'Folder', defaults: newDefaults({ headers: [header('x-own', 'folder')] }) },
        ],
        cookies: createCookieJar(),
      },
      { onEvent: (event) => events.push(event), onVariables: (changes) => void written.push(...changes) },
    )
    const { exchange } = execution
    expect(seen.map(({ url, headers }) => [url, headers['x-from'], headers['x-own']])).toEqual([
      ['/films/7', 'collection', 'folder'],
    ])
    expect(exchange.tests.map(({ name, source, outcome }) => [name, source, outcome])).toEqual([
      ['title', 'test', 'passed'],
      ['res.status eq 200', 'assertion', 'passed'],
      ['$.id eq 9007199254740993', 'assertion', 'passed'],
      ['res.body.title eq Alien', 'assertion', 'passed'],
    ])
    expect(exchange.console.map((line) => line.text)).toEqual(['collection', 'before', 'after'])
    expect(exchange.changedVariables).toEqual([
      { scope: 'environment', name: 'id', value: '7' },
      { scope: 'collection', name: 'title', value: 'Alien' },
    ])
    expect(written).toEqual(execution.changes)
    expect(exchange.cookies.map((cookie) => cookie.name)).toEqual(['session'])
    expect([exchange.failure, exchange.response?.status]).toEqual([null, 200])
    expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['sent', 'headers', 'done']))
    expect(events.at(-1)).toEqual({ type: 'done', exchange })
    expect(await (await bodies.store.open(exchange.id)).text(1_000)).toBe(
      '{"id":9007199254740993,"title":"Alien"}',
    )
  })

  it('sends what a script made of the request', async () => {
    await execute({
      request: newHttpRequest('One', {
        url: '{{base}}/echo',
        headers: [header('A', '1')],
        scripts: scripts({
          beforeRequest: `pm.request.method = 'POST'; pm.request.url.query.add({ key: 'q', value: '{{token}}' })
            pm.request.headers.remove('a'); pm.request.headers.add({ key: 'B', value: '{{base}}' })
            pm.request.body.update(JSON.stringify({ n: 1 }))`,
        }),
      }),
    })
    expect(seen).toMatchObject([
      { method: 'POST', url: `/echo?q=${encodeURIComponent(SECRET).replace('%2F', '/')}`, body: '{"n":1}' },
    ])
    expect([seen[0]?.headers['a'], seen[0]?.headers['b']]).toEqual([undefined, server.url])
  })

  it('lets scripts send requests of their own, with variables', async () => {
    const { exchange } = await execute({
      request: newHttpRequest('One', {
        url: '{{base}}/second',
        scripts: scripts({
          beforeRequest:
            'const r = await pm.sendRequest("{{base}}/first"); pm.variables.set("seen", r.json().url); console.log(r.code)',
        }),
      }),
    })
    expect(seen.map(({ url }) => url)).toEqual(['/first', '/second'])
    expect(exchange.changedVariables).toEqual([{ scope: 'script', name: 'seen', value: '/first' }])
  })

  it('sends GraphQL as JSON', async () => {
    await execute({
      request: newGraphqlRequest('Q', {
        url: '{{base}}/graphql',
        query: '{ films { id } }',
        graphqlVariables: '{"n": 90071992547409931}',
      }),
    })
    expect(seen[0]).toMatchObject({
      method: 'POST',
      body: '{"query":"{ films { id } }","variables":{"n": 90071992547409931}}',
    })
  })

  it('masks secrets in everything that is shown, in each form', async () => {
    const { exchange, changes } = await execute({
      request: newHttpRequest('One', {
        url: '{{base}}/echo?q={{token}}',
        headers: [header('X-Token', '{{$isoTimestamp}} plain'), header('X-Secret', 'a')],
        auth: { type: 'basic', username: 'ann', password: '{{token}}' },
        body: { type: 'json', text: '{"t":"{{token}}"}' },
        method: 'POST',
        scripts: scripts({
          beforeRequest: `const t = pm.environment.get('token'); console.log(t, encodeURIComponent(t), JSON.stringify({ t }))
            pm.globals.set('copy', 'x' + t); pm.environment.set('token', 'newer-secret')`,
          tests: `pm.test('has ' + pm.environment.get('token'), () => pm.expect('newer-secret').to.equal('y'))`,
        }),
        assertions: [assertion('res.body.body', 'eq', 'no')],
      }),
    })
    const text = JSON.stringify(exchange)
    expect(seen[0]?.body).toBe('{"t":"newer-secret"}')
    for (const form of [
      SECRET,
      'newer-secret',
      's3cret',
      Buffer.from('ann:newer-secret').toString('base64'),
      encodeURIComponent(SECRET),
    ])
      expect(text).not.toContain(form)
    expect(exchange.request.headers.find(({ name }) => name === 'Authorization')?.value).toContain('••••••')
    expect(changes.map(({ name, value }) => [name, value])).toEqual([
      ['copy', `x${SECRET}`],
      ['token', 'newer-secret'],
    ])
  })
})

describe('an execution that does not get there says why', () => {
  it.each<[string, Partial<ReturnType<typeof newHttpRequest>>, string, RegExp]>([
    [
      'a script that throws',
      { url: '{{base}}', scripts: scripts({ beforeRequest: 'null.x' }) },
      'SCRIPT',
      /script before the request of “One” failed: TypeError.*line 1/,
    ],
    [
      'a script that skips',
      { url: '{{base}}', scripts: scripts({ beforeRequest: 'pm.execution.skipRequest()' }) },
      'SKIPPED',
      /not to be sent/,
    ],
    ['no address', { url: '' }, 'INVALID_INPUT', /no address/],
    [
      'an address without a value',
      { url: '{{nothing}}/x' },
      'INVALID_INPUT',
      /\{\{nothing\}\}, which has no value/,
    ],
    ['nobody who listens', { url: 'http://127.0.0.1:1/' }, 'ECONNREFUSED', /./],
    ['a scheme that is not sent', { url: 'ftp://a.test' }, 'INVALID_INPUT', /ftp:/],
  ])('%s', async (_, fields, code, words) => {
    const { exchange, isSkipped } = await execute({ request: newHttpRequest('One', fields) })
    expect(exchange.failure?.code).toBe(code)
    expect(exchange.failure?.message).toMatch(words)
    expect([exchange.response, isSkipped, seen]).toEqual([null, code === 'SKIPPED', []])
  })

  it('a cancel while the server waits ends it at once', async () => {
    const controller = new AbortController()
    onStall = () => controller.abort()
    const { exchange } = await execute(
      {
        request: newHttpRequest('One', {
          url: '{{base}}/stall',
          scripts: scripts({ tests: 'console.log("ran")' }),
        }),
      },
      { signal: controller.signal },
    )
    expect([exchange.failure?.code, exchange.console]).toEqual(['CANCELLED', []])
  })

  it('a cancel before it begins, or in a script, sends nothing', async () => {
    const { exchange } = await execute(
      { request: newHttpRequest('One', { url: '{{base}}' }) },
      { signal: AbortSignal.abort() },
    )
    expect(exchange.failure?.code).toBe('CANCELLED')
    const controller = new AbortController()
    onStall = () => controller.abort()
    const second = await execute(
      {
        request: newHttpRequest('One', {
          url: '{{base}}/never',
          scripts: scripts({ beforeRequest: 'await pm.sendRequest("{{base}}/stall")' }),
        }),
      },
      { signal: controller.signal },
    )
    expect([second.exchange.failure?.code, seen.map(({ url }) => url)]).toEqual(['CANCELLED', ['/stall']])
  })

  it('a failing script after the response is a failed test beside the response', async () => {
    const { exchange } = await execute({
      request: newHttpRequest('One', {
        url: '{{base}}/films',
        scripts: scripts({ tests: 'pm.response.json().x.y' }),
        assertions: [assertion('res.status', 'eq', '200')],
      }),
    })
    expect(exchange.response?.status).toBe(200)
    expect(exchange.tests.map(({ name, source, outcome }) => [name, source, outcome])).toEqual([
      ['Script of One', 'script', 'failed'],
      ['res.status eq 200', 'assertion', 'passed'],
    ])
  })

  it('a body beyond the limit is not parsed, and each test says so', async () => {
    const { exchange } = await execute({
      request: newHttpRequest('One', {
        url: '{{base}}/large',
        scripts: scripts({ tests: 'pm.test("json", () => pm.response.json())' }),
        assertions: [assertion('$[0]', 'isString'), assertion('res.size', 'gt', '100000')],
      }),
    })
    expect(exchange.tests.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['failed', 'The body is no text, or too large for scripts.'],
      ['failed', 'The body has 0.2 MB: scripts and assertions read bodies up to 0.1 MB.'],
      ['passed', null],
    ])
  })
})

describe('snapshots', () => {
  const request = (path: string) =>
    newHttpRequest('One', {
      url: `{{base}}${path}`,
      assertions: [
        assertion('res.body', 'matchesSnapshot'),
        assertion('$.title', 'matchesSnapshot', 'the title'),
      ],
    })
  const file = () => join(directory, 'Films', '__snapshots__', 'One.json')
  const outcomes = async (path: string, context: Partial<ExecuteContext> = {}) =>
    (await execute({ request: request(path) }, context)).exchange.tests.map(
      ({ outcome, message }) => message ?? outcome,
    )

  it('are not written where they may not be', async () => {
    expect((await outcomes('/films', { createsSnapshots: false }))[0]).toContain('There is no snapshot yet')
  })

  it('are taken at first, compared exactly then, and updated on demand', async () => {
    expect(await outcomes('/films')).toEqual(['passed', 'passed'])
    const text =
      '{\n  "res.body": {\n    "id": 9007199254740993,\n    "title": "Alien"\n  },\n  "the title": "Alien"\n}\n'
    expect(readFileSync(file(), 'utf8')).toBe(text)
    expect(await outcomes('/films')).toEqual(['passed', 'passed'])
    writeFileSync(file(), text.replace('993', '992'))
    expect((await outcomes('/films'))[0]).toContain('"id": 9007199254740992')
    expect(await outcomes('/films', { updatesSnapshots: true })).toEqual(['passed', 'passed'])
    expect(readFileSync(file(), 'utf8')).toBe(text)
  })

  it('need a saved request within its collection', async () => {
    const unsaved = await execute({ request: request('/films'), path: null })
    expect(unsaved.exchange.tests[0]?.message).toContain('save the request first')
    const outside = await execute({ request: request('/films'), path: '../../elsewhere.yml' })
    expect(outside.exchange.tests.map(({ message }) => message)).toEqual([
      expect.stringContaining('no path in the collection'),
    ])
  })
})
