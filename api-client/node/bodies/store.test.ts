// Bodies are written, read while they arrive and after, limited, kept over restarts and saved.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allLines, createTestBodies, newExchangeId } from '#testing/bodies.ts'
import type { TestBodies } from '#testing/bodies.ts'
import { createBodyStore } from './store.ts'

let bodies: TestBodies
beforeAll(async () => {
  bodies = await createTestBodies()
})
afterAll(() => bodies.close())

const row = (id: number): string => `{"id":${String(id)},"name":"user ${String(id)}"}`
const rows = (count: number): string => `[${Array.from({ length: count }, (_, id) => row(id)).join(',')}]`

test('a body is read while it arrives: its first lines are there before its last bytes', async () => {
  const id = newExchangeId()
  const writer = await bodies.store.create(id, { contentType: 'application/json' })
  await writer.write(Buffer.from(rows(100).slice(0, 1_500)))
  const body = await bodies.store.open(id)
  const early = await body.lines('pretty', 0, 3)
  expect(early.lines).toEqual(['[', '  {', '    "id": 0,'])
  expect(early.isComplete).toBe(false)
  expect((await body.info('pretty')).isTable).toBe(true)
  expect((await body.tree('', 0, 1)).children[0]?.pointer).toBe('/0')
  await writer.write(Buffer.from(rows(100).slice(1_500)))
  expect(await writer.end()).toEqual({ bytes: rows(100).length, incomplete: null })
  expect(await body.info('pretty')).toMatchObject({
    isComplete: true,
    lines: 402,
    kind: 'json',
    problem: null,
  })
})

test('a body that grows beyond the small ones goes on in a thread', async () => {
  const text = rows(40_000)
  const id = newExchangeId()
  const writer = await bodies.store.create(id, { contentType: 'application/json' })
  await writer.write(Buffer.from(text.slice(0, 10_000)))
  const body = await bodies.store.open(id)
  expect((await body.lines('pretty', 0, 1)).lines).toEqual(['['])
  for (let at = 10_000; at < text.length; at += 50_000)
    await writer.write(Buffer.from(text.slice(at, at + 50_000)))
  await writer.end()
  expect(await body.tree('/39999/name', 0, 1)).toMatchObject({
    node: { preview: '"user 39999"', line: 159_999 },
  })
  expect((await body.lines('pretty', 160_000, 10)).lines).toEqual(['  }', ']'])
})

test.each([
  [
    'utf-16le',
    'application/json',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"a":"é"}', 'utf16le')]),
    '  "a": "é"',
  ],
  ['latin1', 'application/json; charset=iso-8859-1', Buffer.from('{"a":"é"}', 'latin1'), '  "a": "é"'],
  ['utf-8 with a mark', 'application/json', Buffer.from('\ufeff{"a":"é"}'), '  "a": "é"'],
  [
    'shift_jis',
    'application/json; charset=shift_jis',
    Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0x93, 0xfa, 0x22, 0x7d]),
    '  "a": "日"',
  ],
  [
    'xml prolog',
    'text/xml',
    Buffer.from('<?xml version="1.0" encoding="windows-1252"?><a>\u0080é</a>', 'latin1'),
    '<a>€é</a>',
  ],
])('text in %s is shown, and its bytes stay as they came', async (_name, contentType, bytes, line) => {
  const body = await bodies.put(bytes, contentType, 3)
  expect((await body.lines('pretty', 1, 1)).lines).toEqual([line])
  expect(Buffer.from((await body.bytes(0, 1_000)).bytes).equals(bytes)).toBe(true)
  expect(await body.text(1_000)).toContain(line.trim().slice(-3))
})

test.each([
  ['image', 'image/png', Buffer.from('\x89PNG\r\n\x1a\n..', 'latin1')],
  ['image', null, Buffer.from('\x89PNG\r\n\x1a\n..', 'latin1')],
  ['pdf', 'application/octet-stream', Buffer.from('%PDF-1.7\n')],
  ['binary', null, Buffer.from([1, 0, 2, 0])],
  ['json', 'application/problem+json', Buffer.from('{}')],
  ['json', null, Buffer.from(' [1]')],
  ['html', null, Buffer.from('<!doctype html><p>')],
  ['text', 'application/x-ndjson', Buffer.from('{}\n{}')],
  ['text', 'text/event-stream', Buffer.from('data: 1\n\n')],
  ['empty', 'application/json', Buffer.alloc(0)],
] as const)('a body is told to be %s (%s)', async (kind, contentType, bytes) => {
  const body = await bodies.put(bytes, contentType)
  expect((await body.info('pretty')).kind).toBe(kind)
})

test('bytes are shown as hexadecimal lines', async () => {
  const body = await bodies.put(
    Uint8Array.from({ length: 40 }, (_, index) => index + 50),
    'application/zip',
  )
  const lines = await allLines(body, 'raw')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toBe('00000010  42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 51  |BCDEFGHIJKLMNOPQ|')
})

test('a body beyond the limit ends with words, and the oldest are dropped beyond the limit of all, but none that is being written', async () => {
  const small = await createTestBodies({ bytesPerBody: 1_000, bytesInAll: 2_500 })
  const open = newExchangeId()
  const writer = await small.store.create(open, { contentType: null })
  await writer.write(Buffer.alloc(400, 'o'))
  const ids = []
  for (let index = 0; index < 3; index += 1) {
    const id = newExchangeId()
    ids.push(id)
    const full = await small.store.create(id, { contentType: 'text/plain' })
    expect(await full.write(Buffer.alloc(900, 'x'))).toBe('taken')
    expect(await full.write(Buffer.alloc(900, 'y'))).toBe('full')
    expect(await full.end()).toEqual({ bytes: 1_000, incomplete: 'Only the first 1 kB are kept.' })
  }
  expect(ids.map((id) => small.store.has(id))).toEqual([false, true, true])
  expect(small.store.has(open)).toBe(true)
  expect(small.store.usage().bytes).toBeLessThanOrEqual(2_500)
  await expect(small.store.open(ids[0]!)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await small.close()
})

test('bodies that nobody knows any more are removed when the store opens', async () => {
  const first = await createTestBodies()
  const [kept, gone] = [await first.put('1', 'text/plain'), await first.put('2', 'text/plain')]
  await first.store.close()
  const again = await createTestBodies(undefined, first.directory, (id) => id === kept.id)
  expect([again.store.has(kept.id), again.store.has(gone.id)]).toEqual([true, false])
  expect(readdirSync(first.directory).filter((name) => name.startsWith(gone.id))).toEqual([])
  await again.close()
})

test('complete bodies outlive a restart; what a crash left is removed, and nothing else', async () => {
  const first = await createTestBodies()
  const kept = await first.put('{"kept":true}', 'application/json')
  const lost = newExchangeId()
  writeFileSync(join(first.directory, `${lost}.body`), 'half')
  writeFileSync(join(first.directory, 'notes.txt'), 'mine')
  await first.store.close()
  const again = await createTestBodies(undefined, first.directory)
  expect(again.store.has(lost)).toBe(false)
  expect(readdirSync(first.directory).sort()).toEqual(
    [`${kept.id}.body`, `${kept.id}.json`, 'notes.txt'].sort(),
  )
  expect(await allLines(await again.store.open(kept.id), 'pretty')).toEqual(['{', '  "kept": true', '}'])
  expect(again.store.usage()).toEqual({ bodies: 1, bytes: 13 })
  await again.close()
})

test('an exchange has one body; a removed one is gone, also when it is still being written', async () => {
  const body = await bodies.put('x', null)
  await expect(bodies.store.create(body.id, { contentType: null })).rejects.toMatchObject({
    code: 'ALREADY_EXISTS',
  })
  await bodies.store.remove(body.id)
  await expect(body.lines('raw', 0, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const id = newExchangeId()
  const writer = await bodies.store.create(id, { contentType: null })
  await bodies.store.remove(id)
  expect(bodies.store.has(id)).toBe(false)
  await writer.end()
  expect(existsSync(join(bodies.directory, `${id}.body`))).toBe(false)
})

test('a small body touches the disk only when somebody reads it, or a moment after it ended', async () => {
  const { store, directory, close } = await createTestBodies()
  const filesOf = (id: string) => readdirSync(directory).filter((name) => name.startsWith(id))
  const put = async (contentType: string, bytes: Uint8Array) => {
    const id = newExchangeId()
    const writer = await store.create(id, { contentType })
    await writer.write(bytes)
    await writer.end()
    return id
  }
  const dropped = await put('text/plain; charset=iso-8859-1', Buffer.from('\u00e9t\u00e9', 'latin1'))
  expect(await (await store.open(dropped)).text(100)).toBe('été')
  expect(await (await store.open(dropped)).text(2)).toBe(null)
  expect(filesOf(dropped)).toEqual([])
  await store.remove(dropped)
  const read = await put('application/json', Buffer.from('\ufeff{"a":1}'))
  const body = await store.open(read)
  expect(await body.text(100)).toBe('{"a":1}')
  expect((await body.lines('pretty', 0, 3)).lines).toEqual(['{', '  "a": 1', '}'])
  expect(filesOf(read).sort()).toEqual([`${read}.body`, `${read}.json`])
  const waiting = await put('text/plain', Buffer.from('later'))
  await expect.poll(() => filesOf(waiting)).toHaveLength(2)
  expect(filesOf(dropped)).toEqual([])
  await close()
})

test.each([1, 64 * 1024, 64 * 1024 + 1, 200_000])(
  'a body of %i bytes is the same whoever reads when: while it arrives, as it ends, and after a restart',
  async (size) => {
    const first = await createTestBodies()
    const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index % 251))
    const ids = await Promise.all(
      ['arriving', 'ending', 'after'].map(async (when) => {
        const id = newExchangeId()
        const writer = await first.store.create(id, { contentType: 'application/octet-stream' })
        const check = async () => {
          const found = await (await first.store.open(id)).bytes(0, size)
          expect(Buffer.from(found.bytes).equals(bytes), when).toBe(true)
        }
        for (let at = 0; at < size; at += 50_000) await writer.write(bytes.subarray(at, at + 50_000))
        if (when === 'arriving') await check()
        const ended = writer.end()
        if (when === 'ending') await check()
        await ended
        if (when === 'after') await check()
        return id
      }),
    )
    await first.store.close()
    const again = await createTestBodies(undefined, first.directory)
    for (const id of ids) expect((await (await again.store.open(id)).bytes(0, size)).bytes.length).toBe(size)
    await again.close()
  },
)

test('thirty large bodies are read one after another, more than are kept open', async () => {
  const all = []
  for (let index = 0; index < 30; index += 1)
    all.push(await bodies.put(`[${String(index)},${rows(9_000).slice(1)}`, 'application/json'))
  for (const [index, body] of all.entries())
    expect((await body.lines('pretty', 0, 2)).lines).toEqual(['[', `  ${String(index)},`])
})

test('a body is saved as it came, never over a file that was not to be replaced', async () => {
  const folder = join(bodies.directory, 'saved')
  mkdirSync(folder)
  const file = join(folder, 'a.json')
  const body = await bodies.put('{"a": 1}', 'application/json')
  expect(await body.save(file, { replaces: false })).toEqual({ bytes: 8 })
  await expect(body.save(file, { replaces: false })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  await body.save(file, { replaces: true })
  expect(readFileSync(file, 'utf8')).toBe('{"a": 1}')
  await expect(body.save(join(folder, 'no', 'a'), { replaces: false })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  await expect(body.save(folder, { replaces: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(readdirSync(folder)).toEqual(['a.json'])
})

test('the text of a body is given up to a size', async () => {
  const body = await bodies.put('{"a": 1}', 'application/json')
  expect(await body.text(8)).toBe('{"a": 1}')
  expect(await body.text(7)).toBe(null)
  expect(await (await bodies.put(Buffer.from([0, 1]), null)).text(10)).toBe(null)
})

test('a store that is closed ends its threads, and bodies that are being written', async () => {
  const store = await createBodyStore({
    directory: join(bodies.directory, 'other'),
    limits: { bytesPerBody: 1e9, bytesInAll: 1e9 },
  })
  const id = newExchangeId()
  const writer = await store.create(id, { contentType: 'text/plain' })
  await writer.write(Buffer.alloc(600_000, 'a\n'))
  await writer.end()
  const body = await store.open(id)
  expect((await body.lines('raw', 200_000, 1)).lines).toEqual(['a'])
  const late = await store.create(newExchangeId(), { contentType: null })
  await late.write(Buffer.from('half'))
  await store.close()
  await expect(late.write(Buffer.from('more'))).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await late.end()).toEqual({ bytes: 4, incomplete: 'The app was closed.' })
})
