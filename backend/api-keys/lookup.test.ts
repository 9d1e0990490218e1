import { expect, test } from 'vitest'
import { ApiKeyId, type ApiKey } from '#contract/capabilities/api-keys.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { formatKey, hashKey } from './key-format.ts'
import { createKeyLookup } from './lookup.ts'

const MINE = ProjectId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a11')
const OTHER = ProjectId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a12')

function fixture(options: { maxEntries?: number } = {}) {
  const keys = new Map<string, ApiKey>()
  const state = { now: Date.parse('2026-11-22T10:00:00Z'), reads: 0, gate: Promise.resolve() }
  const lookup = createKeyLookup({
    ...options,
    clock: { now: () => new Date(state.now) },
    read: async (hash) => {
      state.reads += 1
      const found = keys.get(Buffer.from(hash).toString('hex'))
      await state.gate
      return found
    },
  })
  const put = (number: number, change: Partial<ApiKey> = {}): string => {
    const text = formatKey('publishable', new Uint8Array(32).fill(number))
    keys.set(hashKey(text).toString('hex'), {
      id: ApiKeyId.parse(`6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2b${String(number).padStart(2, '0')}`),
      projectId: MINE,
      name: 'web',
      kind: 'publishable',
      prefix: text.slice(0, 20),
      scope: { access: 'read', schemas: null },
      createdAt: '2026-11-22T09:00:00.000Z',
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      replacedBy: null,
      ...change,
    })
    return text
  }
  return { lookup, put, state }
}

test('each way of not being valid has its name', async () => {
  const { lookup, put } = fixture()
  const kindOf = async (text: string, projectId = MINE) => (await lookup.find(projectId, text)).kind
  expect(await kindOf(put(1))).toBe('valid')
  expect(await kindOf(put(1), OTHER)).toBe('unknown')
  expect(await kindOf(put(2, { revokedAt: '2026-11-22T09:30:00.000Z' }))).toBe('revoked')
  expect(await kindOf(put(3, { expiresAt: '2026-11-22T10:00:00.000Z' }))).toBe('expired')
  expect(await kindOf(formatKey('secret', new Uint8Array(32)))).toBe('unknown')
  expect(await kindOf('nbl_secret_typo')).toBe('malformed')
})

test('a key is read once, by many requests at the same moment too', async () => {
  const { lookup, put, state } = fixture()
  const text = put(1)
  await Promise.all(Array.from({ length: 10 }, () => lookup.find(MINE, text)))
  await lookup.find(MINE, text)
  expect(state.reads).toBe(1)
})

test('what is malformed is not looked up', async () => {
  const { lookup, state } = fixture()
  await lookup.find(MINE, 'nbl_publishable_x')
  expect(state.reads).toBe(0)
})

test('a key expires while it is remembered', async () => {
  const { lookup, put, state } = fixture()
  const text = put(1, { expiresAt: '2026-11-22T10:00:01.000Z' })
  expect((await lookup.find(MINE, text)).kind).toBe('valid')
  state.now += 1000
  expect((await lookup.find(MINE, text)).kind).toBe('expired')
  expect(state.reads).toBe(1)
})

test('a change is seen at once, also when the key was being read while it changed', async () => {
  const { lookup, put, state } = fixture()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.gate = promise
  const text = put(1)
  const early = lookup.find(MINE, text)
  put(1, { revokedAt: '2026-11-22T10:00:00.000Z' })
  lookup.invalidate(MINE)
  resolve()
  expect((await early).kind).toBe('valid')
  expect((await lookup.find(MINE, text)).kind).toBe('revoked')
})

test('a change that another process made is seen after half a minute', async () => {
  const { lookup, put, state } = fixture()
  const text = put(1)
  await lookup.find(MINE, text)
  put(1, { revokedAt: '2026-11-22T10:00:00.000Z' })
  expect((await lookup.find(MINE, text)).kind).toBe('valid')
  state.now += 30_000
  expect((await lookup.find(MINE, text)).kind).toBe('revoked')
})

test('only so many keys are remembered', async () => {
  const { lookup, put, state } = fixture({ maxEntries: 2 })
  const [one, two, three] = [put(1), put(2), put(3)]
  for (const text of [one, two, three]) await lookup.find(MINE, text)
  await lookup.find(MINE, three)
  expect(state.reads).toBe(3)
  await lookup.find(MINE, one)
  expect(state.reads).toBe(4)
})
