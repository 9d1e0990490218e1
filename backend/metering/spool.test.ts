import { appendFileSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createRequestCounts, type RequestCount } from './request-counts.ts'
import { createSegmentReader, listSegments } from './segments.ts'
import { createSpool, type Spool, type SpoolOptions } from './spool.ts'
import type { SpooledEvent } from './types.ts'

const projectId = ProjectId.parse('0198c0de-0000-7000-8000-00000000000a')
const windowStart = new Date('2026-11-23T12:00:00Z')
const event = (dedupeKey: string, quantity: bigint): SpooledEvent => ({
  metric: 'compute',
  organisationId: null,
  projectId,
  size: 'standard',
  quantity,
  windowStart,
  windowEnd: new Date(windowStart.getTime() + 1_000),
  source: 'test',
  dedupeKey,
})

function open(directory: string, over: Partial<SpoolOptions> = {}): Spool {
  return createSpool({ directory, id: 'one', onTrouble: () => undefined, ...over })
}

/** All that the files hold: the last quantity of each key, and the damaged lines. */
async function readAll(directory: string): Promise<{ quantities: Record<string, bigint>; damaged: number }> {
  const quantities: Record<string, bigint> = {}
  let damaged = 0
  for (const segment of await listSegments(directory)) {
    const reader = createSegmentReader(directory, segment, 0)
    for (let chunk = await reader.next(Infinity); chunk !== undefined; chunk = await reader.next(Infinity)) {
      for (const one of chunk.events) quantities[one.dedupeKey] = one.quantity
      damaged += chunk.damaged
    }
  }
  return { quantities, damaged }
}

test('what is recorded is read as it was, without the process ending in order', async () => {
  const directory = tempDirectory()
  const spool = open(directory)
  spool.record(event('a', 2n ** 70n))
  const window = spool.openWindow(event('b', 0n))
  window.quantity = 3
  spool.write([window])
  window.quantity = 4
  spool.write([window])
  const [segment = ''] = await listSegments(directory)
  const chunk = await createSegmentReader(directory, segment, 0).next(Infinity)
  expect(chunk?.events).toEqual([event('a', 2n ** 70n), event('b', 3n), event('b', 4n)])
})

test('a torn end is passed over, and what comes before it is not', async () => {
  const directory = tempDirectory()
  const spool = open(directory)
  spool.record(event('a', 1n))
  spool.record(event('b', 2n))
  spool.close()
  const path = join(directory, readdirSync(directory)[0] ?? '')
  const whole = readFileSync(path)
  const secondLine = whole.indexOf('\n') + 1
  for (let length = secondLine; length < whole.byteLength; length += 7) {
    writeFileSync(path, whole.subarray(0, length))
    expect(await readAll(directory)).toEqual({ quantities: { a: 1n }, damaged: 0 })
  }
})

test('a damaged line is told of, and costs no other line', async () => {
  const directory = tempDirectory()
  const spool = open(directory)
  for (const key of ['a', 'b', 'c']) spool.record(event(key, 1n))
  spool.close()
  const path = join(directory, readdirSync(directory)[0] ?? '')
  const bytes = readFileSync(path)
  bytes[bytes.indexOf('\n') + 30] = 0
  writeFileSync(path, bytes)
  expect(await readAll(directory)).toEqual({ quantities: { a: 1n, c: 1n }, damaged: 1 })
  // Of a newer version of the service: the checksum is right, the content is not known.
  appendFileSync(path, `${'00000000'} z\n`)
  expect((await readAll(directory)).damaged).toBe(2)
})

test('files are cut at their size, and windows go on in the next one', async () => {
  const directory = tempDirectory()
  const spool = open(directory, { maxSegmentBytes: 400 })
  const window = spool.openWindow(event('a', 0n))
  for (let count = 1; count <= 100; count += 1) {
    window.quantity = count
    spool.write([window])
  }
  const segments = await listSegments(directory)
  expect(segments.length).toBeGreaterThan(3)
  // Each can be read without the others.
  const chunk = await createSegmentReader(directory, segments.at(-1) ?? '', 0).next(Infinity)
  expect(chunk?.events.at(-1)).toEqual(event('a', 100n))
})

test('on a full disk counting goes on in memory, and all is written when there is room again', async () => {
  const directory = tempDirectory()
  const troubles: unknown[] = []
  let room = 100
  const writeTo: typeof writeSync = (descriptor: number, text: string | NodeJS.ArrayBufferView) => {
    const bytes = Buffer.from(String(text))
    const part = Math.min(room, bytes.byteLength)
    room -= part
    if (part === 0) throw new Error('ENOSPC')
    return writeSync(descriptor, bytes.subarray(0, part))
  }
  const spool = open(directory, { onTrouble: (error) => troubles.push(error), writeTo })
  const window = spool.openWindow(event('w', 0n))
  for (let count = 1; count <= 5; count += 1) {
    window.quantity = count
    spool.write([window])
    spool.record(event('e', BigInt(count)))
  }
  expect(spool.retry()).toBe(false)
  expect(await readAll(directory)).toEqual({ quantities: {}, damaged: 0 })
  room = 10_000
  expect(spool.retry()).toBe(true)
  expect(await readAll(directory)).toEqual({ quantities: { w: 5n, e: 5n }, damaged: 0 })
  window.quantity = 6
  spool.write([window])
  await spool.sync()
  expect((await readAll(directory)).quantities['w']).toBe(6n)
  // Told once when it began, and once when it ended.
  expect(troubles).toEqual([expect.any(Error), undefined])
})

test('a spool that cannot write what it holds says so when it is closed', () => {
  const spool = open(tempDirectory(), {
    writeTo: () => {
      throw new Error('ENOSPC')
    },
  })
  spool.record(event('a', 1n))
  expect(() => spool.close()).toThrow('could not take')
})

test('requests are counted per minute, rare ones at once in the spool; what is no count is none', async () => {
  const directory = tempDirectory()
  const spool = open(directory)
  let now = windowStart.getTime()
  const counts = createRequestCounts({ spool, now: () => now, source: 'api', id: 'p1' })
  const add = (over: Partial<RequestCount>): void =>
    counts.add({ organisationId: null, projectId, requests: 1, rows: 0, bytesOut: 0, ...over })
  add({ rows: 2, bytesOut: 10 })
  expect((await readAll(directory)).quantities).toMatchObject({
    [`api:api-requests:${projectId}:${windowStart.getTime() / 60_000}:p1`]: 1n,
  })
  add({ rows: Number.NaN, bytesOut: -4 })
  now += 60_000
  counts.tidy()
  add({ bytesOut: 1.5 })
  counts.write()
  const minute = windowStart.getTime() / 60_000
  expect((await readAll(directory)).quantities).toEqual({
    [`api:api-requests:${projectId}:${minute}:p1`]: 2n,
    [`api:api-rows:${projectId}:${minute}:p1`]: 2n,
    [`api:egress:${projectId}:${minute}:p1`]: 10n,
    [`api:api-requests:${projectId}:${minute + 1}:p1`]: 1n,
  })
})

test('many requests share a write, and all of them are in the spool some milliseconds later', async () => {
  const directory = tempDirectory()
  let writes = 0
  const spool = open(directory, {
    writeTo: (descriptor: number, text: string | NodeJS.ArrayBufferView) => {
      writes += 1
      return writeSync(descriptor, String(text))
    },
  })
  const counts = createRequestCounts({ spool, now: () => windowStart.getTime(), source: 'api', id: 'p1' })
  for (let request = 0; request < 1_000; request += 1)
    counts.add({ organisationId: null, projectId, requests: 1, rows: 0, bytesOut: 0 })
  expect(writes).toBeLessThan(500)
  await vi.waitFor(async () => {
    const { quantities } = await readAll(directory)
    expect(Object.values(quantities)).toEqual([1_000n])
  })
})
