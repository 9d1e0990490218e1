// Requests of one caller leave connections to others.
import { expect, test, vi } from 'vitest'
import { config, ROLE, useRestDatabase } from '#testing/rest-database.ts'
import { SECRET, sign } from '#testing/rest-tokens.ts'

const { activeStatements, start } = useRestDatabase()

test('a user whose slow queries take all they can get leaves others served, at once and with each token', async () => {
  const { url } = await start({
    config: { ...config, anonRole: null },
    jwt: { secret: SECRET, isBase64: false, audience: null, roleClaimKey: '$.role', cacheMaxEntries: 100 },
    pool: { size: 5, acquireTimeoutMs: 60_000 },
  })
  const as = async (sub: string, iat: number): Promise<Record<string, string>> => ({
    authorization: `Bearer ${await sign({ role: ROLE, sub, iat })}`,
    'content-type': 'application/json',
  })
  const leaving = new AbortController()
  const asked = [1, 2, 3, 4, 5, 6].map(async (iat) => {
    await fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: await as('ann', iat),
      signal: leaving.signal,
    })
  })
  const ended = Promise.allSettled(asked)
  await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(4))
  expect((await fetch(`${url}/film?id=eq.1`, { headers: await as('bob', 1) })).status).toBe(200)
  expect(await activeStatements('%sleep%')).toBe(4)
  leaving.abort()
  expect((await ended).every(({ status }) => status === 'rejected')).toBe(true)
  await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(0))
})
