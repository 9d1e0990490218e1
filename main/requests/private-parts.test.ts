// What of requests is this machine's alone: cookies and tokens.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCookieJar } from '#api-client/node/send/cookies.ts'
import { Cookie } from '#contract/requests/exchange.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createVariableStore, openCache } from '../cache/index.ts'
import { openKeyFile } from '../secrets/index.ts'
import { createCookieJars } from './cookie-jars.ts'
import { createSealedTokens } from './token-store.ts'

function openMachine(directory = tempDirectory()) {
  const cache = openCache(join(directory, 'cache.db'))
  onTestFinished(() => void (cache.sqlite.open && cache.close()))
  const store = createVariableStore(cache)
  const secretStore = openKeyFile(join(directory, 'secret.key'))
  const problems: string[] = []
  const jars = createCookieJars({
    store,
    secretStore,
    createJar: (text) => createCookieJar(text ?? ''),
    onProblem: ({ during }) => problems.push(during),
  })
  return { directory, cache, store, secretStore, jars, problems }
}

const cookie = (name: string): Cookie =>
  Cookie.parse({
    name,
    value: 'chocolate-chips',
    domain: 'shop.example.com',
    path: '/',
    expiresAt: '2030-01-01T00:00:00.000Z',
    isHttpOnly: true,
    isSecure: true,
    sameSite: 'lax',
    isHostOnly: true,
  })

/** What a thief of the file would read. */
const bytesOf = ({ directory, cache }: ReturnType<typeof openMachine>): string => {
  cache.sqlite.pragma('wal_checkpoint(truncate)')
  return readFileSync(join(directory, 'cache.db'), 'latin1')
}

describe('cookies', () => {
  test('are there after a restart, per collection, and nowhere in the file', async () => {
    const machine = openMachine()
    ;(await machine.jars.of(null)).set(cookie('session'))
    await machine.jars.save(null)
    expect(bytesOf(machine)).not.toContain('chocolate-chips')
    machine.cache.close()
    const again = openMachine(machine.directory)
    expect((await again.jars.of(null)).list()).toMatchObject([{ name: 'session', value: 'chocolate-chips' }])
    expect((await again.jars.of('10000000-0000-4000-8000-000000000001')).list()).toEqual([])
  })

  test('that the keychain cannot open any more are an empty jar, and told', async () => {
    const machine = openMachine()
    machine.store.setSecret({ collectionId: null, kind: 'cookies', owner: '' }, '', Uint8Array.of(1, 2, 3))
    expect((await machine.jars.of(null)).list()).toEqual([])
    expect(machine.problems).toEqual(['opening the cookies of a collection'])
  })
})

describe('tokens of OAuth', () => {
  const token = {
    accessToken: 'access-abc',
    tokenType: 'Bearer',
    refreshToken: 'refresh-def',
    idToken: null,
    scope: 'read',
    expiresAtMs: 1,
  }

  test('are sealed, there after a restart, and gone when removed', async () => {
    const machine = openMachine()
    const tokens = createSealedTokens(machine.store, machine.secretStore)
    expect(await tokens.get('key')).toBeNull()
    await tokens.set('key', token)
    expect(bytesOf(machine)).not.toContain('access-abc')
    const again = createSealedTokens(machine.store, machine.secretStore)
    expect(await again.get('key')).toEqual(token)
    await again.remove('key')
    expect(await createSealedTokens(machine.store, machine.secretStore).get('key')).toBeNull()
  })

  test('that cannot be opened count as none', async () => {
    const machine = openMachine()
    machine.store.setSecret({ collectionId: null, kind: 'token', owner: 'key' }, '', Uint8Array.of(9))
    expect(await createSealedTokens(machine.store, machine.secretStore).get('key')).toBeNull()
  })
})
