// Runs through a real host, to a real server.
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { Environment, type CollectionId } from '#contract/requests/collection.ts'
import { RunOptions, type RunEvent } from '#contract/requests/run.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { startApiClientHost, type ApiClientHost } from '#testing/api-client-host.ts'
import { startEchoServer } from '#testing/echo-server.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const variable = (name: string, value: string, isSecret = false) => ({
  name,
  value,
  type: 'string' as const,
  isSecret,
  isEnabled: true,
  description: '',
})
const is200 = [
  { expression: 'res.status', operator: 'eq' as const, value: '200', isEnabled: true, description: '' },
]

async function openShop() {
  const [host, server] = await Promise.all([startApiClientHost(), startEchoServer()])
  const { collections } = host.client
  const { id } = await collections.create({ name: 'Shop', parent: null })
  const environment = Environment.parse({
    name: 'dev',
    variables: [variable('host', server.url), variable('key', '', true)],
  })
  await collections.saveEnvironment({ id, oldName: null, environment, revision: null })
  const scope = { type: 'environment' as const, name: 'dev' }
  await collections.setSecret({ id, scope, name: 'key', value: 'opensesame' })
  return { host, server, id }
}

type Fields = Parameters<typeof newHttpRequest>[1]

async function addRequest(
  host: ApiClientHost,
  id: CollectionId,
  name: string,
  fields: Fields,
): Promise<string> {
  const request: ApiRequest = newHttpRequest(name, fields)
  return (await host.client.collections.createRequest({ id, folder: '', request })).path
}

const newRunId = (): CollectionRunId => CollectionRunId.parse(randomUUID())

function begin(host: ApiClientHost, collectionId: CollectionId, options: Partial<RunOptions> = {}) {
  const runId = newRunId()
  const controller = new AbortController()
  const stream = host.client.runs.start(
    { runId, collectionId, options: RunOptions.parse({ environment: 'dev', ...options }) },
    { signal: controller.signal },
  )
  return { runId, stream, controller }
}

async function runOf(host: ApiClientHost, collectionId: CollectionId, options: Partial<RunOptions> = {}) {
  const { runId, stream } = begin(host, collectionId, options)
  const events: RunEvent[] = []
  for await (const event of stream) events.push(event)
  const last = events.at(-1)
  if (last?.type !== 'finished') throw new Error('The run did not finish.')
  const { results } = await host.client.runs.results({ runId, from: 0, count: 1_000 })
  return { runId, events, summary: last.summary, results }
}

describe('a run', () => {
  test('sends as a single request does: environment, secrets, cookies, and what scripts set for the next', async () => {
    const { host, server, id } = await openShop()
    const header = { name: 'Authorization', value: 'Key {{key}}', isEnabled: true, description: '' }
    const afterResponse = "pm.environment.set('token', 'abc')"
    await addRequest(host, id, 'First', {
      url: '{{host}}/cookie/7',
      headers: [header],
      scripts: { beforeRequest: '', afterResponse, tests: '' },
    })
    await addRequest(host, id, 'Second', { url: '{{host}}/{{token}}' })
    const { events, summary, results } = await runOf(host, id)
    expect(events[0]).toEqual({ type: 'planned', requests: 2, iterations: 1 })
    expect(summary).toMatchObject({ ended: 'finished', requests: { total: 2, failed: 0 } })
    expect(server.received).toMatchObject([
      { url: '/cookie/7', headers: { authorization: 'Key opensesame' } },
      { url: '/abc', headers: { cookie: 'visits=7' } },
    ])
    expect(JSON.stringify(results)).not.toContain('opensesame')
    expect(await host.client.requests.cookies({ collectionId: id })).toMatchObject([{ name: 'visits' }])
    const seen = await host.client.collections.variables({ id, path: '', environment: 'dev' })
    expect(seen.find(({ name }) => name === 'token')).toMatchObject({ value: 'abc' })
    const database = readFileSync(join(host.dataDirectory, 'desktop', 'cache.db'), 'latin1')
    expect(database).not.toContain('opensesame')
  })

  test('its exchanges open with their bodies until the next run, and never stand in the history', async () => {
    const { host, id } = await openShop()
    await addRequest(host, id, 'Numbers', { url: '{{host}}/numbers/2' })
    const first = await runOf(host, id)
    const exchangeId = first.results[0]!.exchangeId!
    expect((await host.client.requests.exchange({ exchangeId })).response?.status).toBe(200)
    expect((await host.client.requests.bodyInfo({ exchangeId, view: 'pretty' })).kind).toBe('json')
    expect(await host.client.requests.history({})).toEqual([])
    await runOf(host, id)
    await expect(host.client.requests.exchange({ exchangeId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect
      .poll(() =>
        host.client.requests.bodyInfo({ exchangeId, view: 'raw' }).catch((e: { code: string }) => e.code),
      )
      .toBe('NOT_FOUND')
    expect(await host.client.runs.list({ collectionId: id })).toHaveLength(2)
  })

  test('takes rows of a file beside the collection, and tells what is wrong with one by its line', async () => {
    const { host, server, id } = await openShop()
    await addRequest(host, id, 'By number', { url: '{{host}}/{{number}}' })
    const file = join(tempDirectory(), 'rows.csv')
    writeFileSync(file, 'number,title\n1,one\n2,"two, too"\n3,three\n')
    const data = { format: 'csv' as const, path: file }
    expect(await host.client.runs.previewData({ collectionId: id, data })).toEqual({
      columns: ['number', 'title'],
      rows: [
        ['1', 'one'],
        ['2', 'two, too'],
        ['3', 'three'],
      ],
      total: 3,
    })
    await runOf(host, id, { data })
    expect(server.received.map(({ url }) => url)).toEqual(['/1', '/2', '/3'])
    writeFileSync(file, 'number,title\n1,one\n2,"two\n')
    const wrong = { code: 'INVALID_INPUT', message: expect.stringContaining('Line 3') }
    await expect(host.client.runs.previewData({ collectionId: id, data })).rejects.toMatchObject(wrong)
    const before = await host.client.runs.list({ collectionId: id })
    await expect(runOf(host, id, { data })).rejects.toMatchObject(wrong)
    expect(await host.client.runs.list({ collectionId: id })).toEqual(before)
  })

  test('cancelled at once, it keeps what came', async () => {
    const { host, server, id } = await openShop()
    await addRequest(host, id, 'A quick one', { url: '{{host}}/quick' })
    await addRequest(host, id, 'Never ends', { url: '{{host}}/slow' })
    const { runId, stream } = begin(host, id)
    const ended = (async () => {
      const events: RunEvent[] = []
      for await (const event of stream) events.push(event)
      return events.at(-1)
    })()
    await expect.poll(() => server.received.length).toBe(2)
    expect(await host.client.runs.list({ collectionId: id })).toMatchObject([{ runId, isUnderWay: true }])
    await host.client.runs.cancel({ runId })
    expect(await ended).toMatchObject({ type: 'finished', summary: { ended: 'cancelled' } })
    expect(await host.client.runs.list({ collectionId: id })).toMatchObject([
      { runId, isUnderWay: false, summary: { requests: { total: 1 } } },
    ])
  })

  test('who leaves its stream cancels it; the page is told', async () => {
    const { host, server, id } = await openShop()
    await addRequest(host, id, 'Never ends', { url: '{{host}}/slow' })
    const { stream, controller } = begin(host, id)
    const reading = (async () => {
      for await (const _ of stream);
    })()
    await expect.poll(() => server.received.length).toBe(1)
    let changes = 0
    host.client.runs.changed(() => void changes++)
    controller.abort()
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => changes).toBeGreaterThan(0)
    expect(await host.client.runs.list({ collectionId: id })).toMatchObject([{ isUnderWay: false }])
  })

  test('is the only one of its collection, and has an id of its own', async () => {
    const { host, server, id } = await openShop()
    await addRequest(host, id, 'Never ends', { url: '{{host}}/slow' })
    const { runId, stream } = begin(host, id)
    const ended = (async () => {
      for await (const _ of stream);
    })()
    await expect.poll(() => server.received.length).toBe(1)
    await expect(runOf(host, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await host.client.runs.cancel({ runId })
    await ended
    const again = host.client.runs.start({ runId, collectionId: id, options: RunOptions.parse({}) })
    await expect(
      (async () => {
        for await (const _ of again);
      })(),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  test('of a collection that is closed meanwhile tells so in its results', async () => {
    const { host, server, id } = await openShop()
    const paths = [
      await addRequest(host, id, 'First', { url: '{{host}}/first' }),
      await addRequest(host, id, 'Second', { url: '{{host}}/second' }),
    ]
    const { runId, stream } = begin(host, id, { paths, delayMs: 400 })
    const ended = (async () => {
      for await (const event of stream) if (event.type === 'finished') return event.summary
      return undefined
    })()
    await expect.poll(() => server.received.length).toBe(1)
    await host.client.collections.remove({ id, path: paths[1]! })
    expect(await ended).toMatchObject({ ended: 'finished', requests: { total: 2, failed: 1 } })
    const { results } = await host.client.runs.results({ runId, from: 0, count: 9, onlyFailed: true })
    expect(results).toMatchObject([{ name: 'Second', outcome: 'error', failure: { code: 'NOT_FOUND' } }])
  })

  test('ends with the host, and its results are there when it starts again', async () => {
    const dataDirectory = tempDirectory()
    const [host, server] = await Promise.all([startApiClientHost({ dataDirectory }), startEchoServer()])
    const { id } = await host.client.collections.create({ name: 'Shop', parent: null })
    await addRequest(host, id, 'A quick one', { url: `${server.url}/quick` })
    await addRequest(host, id, 'Never ends', { url: `${server.url}/slow` })
    const { runId, stream } = begin(host, id, { environment: null })
    const reading = (async () => {
      for await (const _ of stream);
    })().catch(() => undefined)
    await expect.poll(() => server.received.length).toBe(2)
    // What a host that is killed leaves behind.
    const underWay = {
      isUnderWay: true,
      summary: { requests: { total: 1 }, latency: { max: expect.any(Number) } },
    }
    await expect.poll(() => host.client.runs.list({ collectionId: id })).toMatchObject([underWay])
    await host.close()
    await reading
    const again = await startApiClientHost({ dataDirectory })
    expect(await again.client.runs.list({ collectionId: id })).toMatchObject([
      { runId, isUnderWay: false, summary: { ended: 'cancelled', requests: { total: 1 } } },
    ])
  })
})

describe('what is left of runs', () => {
  test('a comparison with the run before names what fails and what passes newly', async () => {
    const { host, id } = await openShop()
    await addRequest(host, id, 'Mended', { url: '{{host}}/status/{{mended}}', assertions: is200 })
    await addRequest(host, id, 'Broken', { url: '{{host}}/status/{{broken}}', assertions: is200 })
    const rows = (mended: number, broken: number) => ({
      data: { format: 'json' as const, text: JSON.stringify([{ mended, broken }]) },
    })
    const first = await runOf(host, id, rows(500, 200))
    expect(await host.client.runs.compare({ runId: first.runId })).toEqual({ before: null, changes: [] })
    const second = await runOf(host, id, rows(200, 500))
    const { before, changes } = await host.client.runs.compare({ runId: second.runId })
    expect(before?.runId).toBe(first.runId)
    expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'newlyFailed Broken',
      'newlyPassed Mended',
    ])
  })

  test('a report is text or a file, which is not replaced unasked', async () => {
    const { host, id } = await openShop()
    await addRequest(host, id, 'Teapot', { url: '{{host}}/status/418', assertions: is200 })
    const { runId } = await runOf(host, id)
    const { text } = await host.client.runs.report({ runId, format: 'junit', file: null })
    expect(text).toContain('<testsuite')
    const file = join(tempDirectory(), 'report.json')
    const asked = { runId, format: 'json' as const, file }
    expect(await host.client.runs.report(asked)).toEqual({ text: null })
    expect(readFileSync(file, 'utf8')).toContain('Teapot')
    await expect(host.client.runs.report(asked)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await host.client.runs.report({ ...asked, replaces: true })
    rmSync(file)
    await expect(
      host.client.runs.report({ ...asked, file: join(file, 'below', 'a.json') }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(host.client.runs.report({ ...asked, runId: newRunId() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
