import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SignedIn } from '#contract/capabilities/auth.ts'
import { AccountId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createSessionStore, openCache } from '../cache/index.ts'
import { openKeyFile } from '../secrets/index.ts'
import { createSession } from './session.ts'

const MARA = AccountId.parse('0194d1f0-0000-7000-8000-000000000001')
const TOM = AccountId.parse('0194d1f0-0000-7000-8000-000000000002')
const START = Date.parse('2026-11-22T10:00:00Z')

function signedIn(id: AccountId, serial: number, at: number): SignedIn {
  return {
    account: { id, email: `${id}@example.com`, name: 'Mara', createdAt: '2026-01-01T00:00:00Z' },
    tokens: {
      accessToken: `access-${serial}`,
      accessTokenExpiresAt: new Date(at + 300_000).toISOString(),
      refreshToken: `refresh-${serial}`,
    },
  }
}

interface World {
  at: number
  serial: number
  readonly refreshed: string[]
  readonly problems: string[]
  answer: () => Promise<SignedIn>
}

function setUp(directory = tempDirectory()) {
  const path = join(directory, 'cache.db')
  const cache = openCache(path)
  onTestFinished(() => cache.close())
  const world: World = {
    at: START,
    serial: 0,
    refreshed: [],
    problems: [],
    answer: async () => signedIn(MARA, ++world.serial, world.at),
  }
  const make = () =>
    createSession({
      store: createSessionStore(cache, { detach: () => undefined }),
      secretStore: openKeyFile(join(directory, 'secret.key')),
      refresh: (token) => {
        world.refreshed.push(token)
        return world.answer()
      },
      onProblem: ({ during }) => world.problems.push(during),
      now: () => new Date(world.at),
    })
  return { directory, path, cache, world, make, session: make() }
}

describe('the session', () => {
  test('is undecided at first, and local when the person says so', () => {
    const { session, make } = setUp()
    expect(session.state()).toEqual({ mode: 'undecided', account: null })
    session.stayLocal()
    expect(make().state()).toEqual({ mode: 'local', account: null })
  })

  test('survives a restart without the service, and its tokens stand nowhere in plain text', async () => {
    const { session, make, cache, path, world } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    const again = make()
    expect(again.state()).toMatchObject({ mode: 'signed-in', account: { id: MARA } })
    expect(await again.accessToken()).toBe('access-0')
    expect(world.refreshed).toEqual([])
    cache.sqlite.pragma('wal_checkpoint(truncate)')
    const file = readFileSync(path, 'latin1')
    expect(file).toContain(MARA)
    expect(file).not.toContain('access-0')
    expect(file).not.toContain('refresh-0')
  })

  test('refreshes once for all who wait, and keeps the new tokens', async () => {
    const { session, make, world } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    world.at += 290_000
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.accessToken()))
    expect(new Set(tokens)).toEqual(new Set(['access-1']))
    expect(world.refreshed).toEqual(['refresh-0'])
    world.at += 290_000
    expect(await make().accessToken()).toBe('access-2')
    expect(world.refreshed).toEqual(['refresh-0', 'refresh-1'])
  })

  test('uses tokens that just came even if this clock says they are over', async () => {
    const { session, world } = setUp()
    await session.begin(signedIn(MARA, 0, START - 3_600_000))
    expect(await session.accessToken()).toBe('access-0')
    expect(world.refreshed).toEqual([])
  })

  test.each(['TOKEN_REUSED', 'UNAUTHENTICATED'] as const)(
    'expires when the service answers a refresh with %s; the account stays known',
    async (code) => {
      const { session, make, world } = setUp()
      await session.begin(signedIn(MARA, 0, START))
      const told: string[] = []
      session.events.on('changed', ({ mode }) => told.push(mode))
      world.answer = async () => {
        throw new AppError(code, 'no')
      }
      await expect(session.renew()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
      expect(told).toEqual(['expired'])
      expect(make().state()).toMatchObject({ mode: 'expired', account: { id: MARA } })
      await expect(make().accessToken()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
      expect(world.refreshed).toEqual(['refresh-0'])
    },
  )

  test('stays signed in when the refresh only did not get through', async () => {
    const { session, world } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    const works = world.answer
    world.answer = async () => {
      throw new AppError('SERVICE_UNREACHABLE', 'away')
    }
    await expect(session.renew()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    expect(session.state().mode).toBe('signed-in')
    world.answer = works
    await session.renew()
    expect(world.refreshed).toEqual(['refresh-0', 'refresh-0'])
  })

  test('an answer that comes after the end is not kept', async () => {
    const { session, make, world } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    const late = Promise.withResolvers<SignedIn>()
    world.answer = () => late.promise
    const renewal = session.renew()
    const rejected = expect(renewal).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await session.refreshToken()).toBe('refresh-0')
    session.end()
    late.resolve(signedIn(MARA, 9, START))
    await rejected
    expect(make().state()).toEqual({ mode: 'undecided', account: null })
  })

  test('another account does not see what was cached for the one before', async () => {
    const { session, cache } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    cache.sqlite.exec(
      `insert into project values ('p', 'o', '{}'); insert into organisation values ('o', '{}')`,
    )
    await session.begin(signedIn(MARA, 1, START))
    expect(cache.sqlite.prepare('select count(*) as n from project').get()).toEqual({ n: 1 })
    await session.begin(signedIn(TOM, 2, START))
    expect(cache.sqlite.prepare('select count(*) as n from project').get()).toEqual({ n: 0 })
    expect(session.state()).toMatchObject({ account: { id: TOM } })
  })

  test('expires, and says so to the log, when the tokens cannot be opened on this machine', async () => {
    const { session, cache, world } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    cache.sqlite.exec(`update account_session set tokens = x'01020304'`)
    const again = createSession({
      store: createSessionStore(cache, { detach: () => undefined }),
      secretStore: openKeyFile(join(tempDirectory(), 'other.key')),
      refresh: async () => signedIn(MARA, 1, START),
      onProblem: ({ during }) => world.problems.push(during),
    })
    await expect(again.accessToken()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(again.state().mode).toBe('expired')
    expect(world.problems).toEqual(['opening the stored session'])
  })

  test('does not turn local while an account is signed in', async () => {
    const { session } = setUp()
    await session.begin(signedIn(MARA, 0, START))
    expect(() => session.stayLocal()).toThrow('Log out')
  })
})
