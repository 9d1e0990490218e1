import { expect, test, vi } from 'vitest'
import { ApiKeyId } from '#contract/capabilities/api-keys.ts'
import { createLastUse } from './last-use.ts'

const KEY = ApiKeyId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a11')
const OTHER = ApiKeyId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a12')

function fixture() {
  const written: Record<string, string>[] = []
  const errors: unknown[] = []
  const state = { now: Date.parse('2026-11-22T10:00:59.900Z'), fails: false }
  const lastUse = createLastUse({
    clock: { now: () => new Date(state.now) },
    write: async (uses) => {
      if (state.fails) throw new Error('away')
      written.push(Object.fromEntries([...uses].map(([id, at]) => [id, at.toISOString()])))
    },
    onError: (error) => errors.push(error),
  })
  return { lastUse, written, errors, state }
}

test('many uses of many keys are one write, to the minute', async () => {
  const { lastUse, written } = fixture()
  for (let count = 0; count < 1000; count += 1) lastUse.note(KEY)
  lastUse.note(OTHER)
  await lastUse.flush()
  await lastUse.flush()
  expect(written).toEqual([{ [KEY]: '2026-11-22T10:00:00.000Z', [OTHER]: '2026-11-22T10:00:00.000Z' }])
  await lastUse.close()
})

test('what could not be written is written later, the newer moment if there is one', async () => {
  const { lastUse, written, state } = fixture()
  lastUse.note(KEY)
  lastUse.note(OTHER)
  state.fails = true
  await expect(lastUse.flush()).rejects.toThrow('away')
  state.now += 60_000
  lastUse.note(KEY)
  state.fails = false
  await lastUse.close()
  expect(written).toEqual([{ [KEY]: '2026-11-22T10:01:00.000Z', [OTHER]: '2026-11-22T10:00:00.000Z' }])
})

test('it writes every minute by itself and tells of a failure', async () => {
  vi.useFakeTimers()
  try {
    const { lastUse, written, errors, state } = fixture()
    lastUse.note(KEY)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(written).toHaveLength(1)
    state.fails = true
    lastUse.note(KEY)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(errors).toHaveLength(1)
    await lastUse.close()
    expect(errors).toHaveLength(2)
  } finally {
    vi.useRealTimers()
  }
})
