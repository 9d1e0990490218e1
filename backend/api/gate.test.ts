import { expect, test } from 'vitest'
import { sampleApiRecord } from '#testing/api-record.ts'
import { createGate, type Tally } from './gate.ts'
import type { ApiRecord } from './project-apis.ts'
import { createMemoryLimits } from './rate-limits.ts'

const batch = { keyId: 'k', network: '192.0.2.1' }

/** A gate whose clock stands still, and a project with limits. */
function start(rateLimit: Partial<ApiRecord['settings']['rateLimit']>) {
  const limits = createMemoryLimits(() => 0)
  const gate = createGate({ findKey: async () => ({ kind: 'unknown', key: null }), limits })
  const { settings } = sampleApiRecord
  const none = { perAddress: null, perKey: null, perProject: null }
  const record = { ...sampleApiRecord, settings: { ...settings, rateLimit: { ...none, ...rateLimit } } }
  return { gate, record }
}

test.each(['perAddress', 'perKey', 'perProject'] as const)(
  '%s: the steps of a batch but the first are counted',
  async (dimension) => {
    const { gate, record } = start({ [dimension]: 10 })
    const tally: Tally = { tightest: undefined }
    await gate.admitSteps(record, { ...batch, steps: 7 }, tally)
    expect(tally.tightest).toMatchObject({ limit: 10, remaining: 4 })
    await gate.admitSteps(record, { ...batch, steps: 5 }, tally)
    await gate.admitSteps(record, { ...batch, steps: 1 }, tally)
    await expect(gate.admitSteps(record, { ...batch, steps: 2 }, tally)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
    })
    expect(tally.tightest).toMatchObject({ limit: 10, remaining: 0, isAllowed: true })
  },
)

test('a batch that is longer than a limit takes what a second gives', async () => {
  const { gate, record } = start({ perAddress: 4, perKey: 100, perProject: 1 })
  const tally: Tally = { tightest: undefined }
  await gate.admitAddress(record, batch.network, tally)
  await gate.admitSteps(record, { ...batch, steps: 50 }, tally)
  expect(tally.tightest).toMatchObject({ limit: 4, remaining: 0 })
  await expect(gate.admitAddress(record, batch.network, tally)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  })
})

test('without limits a batch of any length passes', async () => {
  const { gate, record } = start({})
  const tally: Tally = { tightest: undefined }
  await gate.admitSteps(record, { ...batch, steps: 10_000 }, tally)
  expect(tally.tightest).toBeUndefined()
})
