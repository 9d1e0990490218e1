// P20, the host's part: a response of 100 MB of JSON arrives over HTTP and goes to the store of bodies; its first screen, scrolling, search, tree and table are
// timed, and the memory that it costs. Held against JSON.parse and a plain look at each byte in the same run.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, get } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBodyStore } from '#api-client/node/bodies/store.ts'
import type { Body, BodyStore } from '#api-client/node/bodies/types.ts'
import { createJsonIndex } from '#api-client/node/bodies/document/json-index.ts'
import { ExchangeId } from '#contract/requests/exchange.ts'
import { percentile } from '../report.ts'
import { timed } from './part.ts'
import type { PartFigures } from './part.ts'

const BYTES = 100_000_000
const CHUNK = 64 * 1024
const HISTORY = 30
const SCREEN = 60
const SCREENS = 200
/** P20. */
const GOALS = { visibleMs: 1_000, searchMs: 500 }

/** Runs the part. Wants `--expose-gc`, else memory counts what was not collected. */
export async function benchBodies(): Promise<PartFigures> {
  const text = largeJson()
  const server = await serve(text)
  const directory = mkdtempSync(join(tmpdir(), 'nebuladb-bench-bodies-'))
  const store = await createBodyStore({ directory, limits: { bytesPerBody: 1e9, bytesInAll: 1e10 } })
  try {
    const received = await receive(store, server)
    const { body } = received
    const screens = await scrolling(body, received.lines)
    const searches = await searching(body)
    const queries = await asking(body)
    const history = await manyBodies(store, server)
    const minimum = await minima(text)
    const visibleMs = received.firstScreenAfterLastByteMs
    const missed = [
      ...(visibleMs > GOALS.visibleMs ? [`visible after ${visibleMs.toFixed(0)} ms`] : []),
      ...(searches.searchWorstMs > GOALS.searchMs
        ? [`search took ${searches.searchWorstMs.toFixed(0)} ms`]
        : []),
    ]
    return {
      metrics: {
        ...minimum.metrics,
        firstScreenAfterFirstByteMs: received.firstScreenAfterFirstByteMs,
        firstScreenAfterLastByteMs: visibleMs,
        allLinesAfterLastByteMs: received.allLinesAfterLastByteMs,
        receiveMs: received.receiveMs,
        ...screens,
        ...searches,
        ...queries,
        ...history,
      },
      ratios: minimum.ratios,
      missed,
    }
  } finally {
    await store.close()
    server.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function largeJson(): Buffer {
  const rows: string[] = []
  let bytes = 2
  for (let id = 0; bytes < BYTES; id += 1) {
    const row = `{"id":${String(id)},"name":"user ${String(id)}","email":"u${String(id)}@example.com","active":${String(id % 2 === 0)},"score":${String(id * 1.5)},"tags":["a","b"],"created":"2026-01-01T00:00:00Z","nested":{"x":1,"y":null}}`
    rows.push(row)
    bytes += row.length + 1
  }
  return Buffer.from(`[${rows.join(',')}]`)
}

/** The index against looking at each byte once, and against JSON.parse; the best of three, in this thread. */
async function minima(text: Buffer): Promise<Pick<PartFigures, 'metrics' | 'ratios'>> {
  const best = async (run: () => unknown): Promise<number> => {
    const times = []
    for (let time = 0; time < 3; time += 1) times.push((await timed(run)).ms)
    return Math.min(...times)
  }
  const scanMs = await best(() => {
    let newlines = 0
    for (let at = 0; at < text.length; at += 1) if (text[at] === 10) newlines += 1
    return newlines
  })
  const parseMs = await best(() => JSON.parse(text.toString()) === null)
  const indexMs = await best(() => {
    const index = createJsonIndex(0)
    for (let at = 0; at < text.length; at += CHUNK) index.feed(text.subarray(at, at + CHUNK))
    index.finish()
  })
  return {
    metrics: { plainScanMs: scanMs, jsonParseMs: parseMs, indexMs },
    ratios: { indexToPlainScan: indexMs / scanMs, indexToJsonParse: indexMs / parseMs },
  }
}

async function serve(text: Buffer): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
    response.end(text)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return server
}

async function request(server: Server): Promise<IncomingMessage> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get({ port: address.port, host: '127.0.0.1' }, resolve).on('error', reject)
  return await promise
}

interface Received {
  readonly body: Body
  readonly lines: number
  readonly receiveMs: number
  readonly firstScreenAfterFirstByteMs: number
  readonly firstScreenAfterLastByteMs: number
  readonly allLinesAfterLastByteMs: number
}

async function receive(store: BodyStore, server: Server): Promise<Received> {
  const id = ExchangeId.parse(randomUUID())
  const writer = await store.create(id, { contentType: 'application/json' })
  const response = await request(server)
  const start = performance.now()
  let early: Promise<number> | undefined
  for await (const chunk of response) {
    await writer.write(chunk)
    early ??= screenAt(store, id, start)
  }
  await writer.end()
  const last = performance.now()
  const body = await store.open(id)
  await body.lines('pretty', 0, SCREEN)
  const visible = performance.now()
  // As the page would ask for a screen in the middle of it all.
  let info = await body.info('pretty')
  while (!info.isComplete) info = await body.info('pretty')
  return {
    body,
    lines: info.lines,
    receiveMs: last - start,
    firstScreenAfterFirstByteMs: (await early) ?? Number.NaN,
    firstScreenAfterLastByteMs: visible - last,
    allLinesAfterLastByteMs: performance.now() - last,
  }
}

async function screenAt(store: BodyStore, id: ExchangeId, start: number): Promise<number> {
  const body = await store.open(id)
  let lines = await body.lines('pretty', 0, SCREEN)
  while (lines.lines.length < SCREEN) lines = await body.lines('pretty', 0, SCREEN)
  return performance.now() - start
}

/** Screens anywhere in the body. */
async function scrolling(body: Body, lines: number): Promise<Record<string, number>> {
  const times = []
  for (let screen = 0; screen < SCREENS; screen += 1) {
    const from = Math.floor(((screen * 7_919) % SCREENS) * (lines / SCREENS))
    times.push((await timed(() => body.lines('pretty', from, SCREEN))).ms)
  }
  return { screenP50Ms: percentile(times, 0.5), screenP95Ms: percentile(times, 0.95) }
}

/** A text at the very end, in both cases, over tokens, and one that is nowhere. */
async function searching(body: Body): Promise<Record<string, number> & { readonly searchWorstMs: number }> {
  const texts = { search: 'user 4999', searchTokens: '"id": 499999,', searchNothing: 'nowhere at all' }
  const result: Record<string, number> = {}
  for (const [name, text] of Object.entries(texts)) {
    const query = { view: 'pretty', text, isCaseSensitive: false, isRegex: false } as const
    let first = Number.NaN
    const { ms } = await timed(async () => {
      const start = performance.now()
      for await (const { hits } of body.find(query))
        if (hits.length > 0 && Number.isNaN(first)) first = performance.now() - start
    })
    result[`${name}AllMs`] = ms
    if (!Number.isNaN(first)) result[`${name}FirstMs`] = first
  }
  return { ...result, searchWorstMs: Math.max(...Object.values(result)) }
}

async function asking(body: Body): Promise<Record<string, number>> {
  return {
    treeRootMs: (await timed(() => body.tree('', 0, 200))).ms,
    treeDeepMs: (await timed(() => body.tree('/450000/nested', 0, 200))).ms,
    treeLastPageMs: (await timed(() => body.tree('', 450_000, 200))).ms,
    tablePageMs: (await timed(() => body.table('', 450_000, 200))).ms,
    jsonPathAllMs: (await timed(() => body.jsonPath('$[*].nowhere', 100))).ms,
    jsonPathFilterFirstMs: (await timed(() => body.jsonPath('$[?@.id > 1000].name', 100))).ms,
  }
}

/** Thirty of them in the history: the last one's first screen against the first one's. */
async function manyBodies(store: BodyStore, server: Server): Promise<Record<string, number>> {
  const ids: ExchangeId[] = []
  const times: number[] = []
  for (let count = 0; count < HISTORY; count += 1) {
    const id = ExchangeId.parse(randomUUID())
    const writer = await store.create(id, { contentType: 'application/json' })
    for await (const chunk of await request(server)) await writer.write(chunk)
    await writer.end()
    ids.push(id)
  }
  for (const id of ids) {
    const { ms } = await timed(async () => (await store.open(id)).lines('pretty', 0, SCREEN))
    times.push(ms)
  }
  globalThis.gc?.()
  return {
    historyOpenP50Ms: percentile(times, 0.5),
    historyOpenWorstMs: Math.max(...times),
    /** Of the whole process: the server and the 100 MB that it sends are in it. */
    processMemoryMb: process.memoryUsage.rss() / 1e6,
  }
}
