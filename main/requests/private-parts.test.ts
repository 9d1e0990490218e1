// What of requests is this machine's alone: cookies, tokens, values of variables.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCookieJar } from '#api-client/node/send/cookies.ts'
import { Cookie } from '#contract/requests/exchange.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createVariableStore, openCache } from '../cache/index.ts'
import { createPrivateValues } from '../collections/private-values.ts'
import { openKeyFile } from '../secrets/index.ts'
import { createCookieJars } from './cookie-jars.ts'
import { eventStream } from '../collections/index.ts'
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

describe('values of variables', () => {
  const owner = { collectionId: null, kind: 'environment' as const, owner: 'Globals' }
  const scope = { collectionId: null, scope: 'global' as const, scopeName: '' }
  const variables = [
    { name: 'host', value: 'a', type: 'string' as const, isSecret: false, isEnabled: true, description: '' },
    { name: 'key', value: '', type: 'string' as const, isSecret: true, isEnabled: true, description: '' },
  ]

  test('secrets come from the keychain, set values count over those of files, a page sees no secret', async () => {
    const machine = openMachine()
    const values = createPrivateValues(machine.store, machine.secretStore)
    await values.setSecret(owner, 'key', 'opensesame')
    await values.setByScript(
      variables,
      { owner, scope },
      { name: 'host', set: { value: '7', type: 'number' } },
    )
    await values.setByScript(
      variables,
      { owner, scope },
      { name: 'extra', set: { value: 'x', type: 'string' } },
    )
    const filled = await values.fill(variables, owner, scope)
    expect(filled.map(({ name, value }) => [name, value])).toEqual([
      ['host', '7'],
      ['key', 'opensesame'],
      ['extra', 'x'],
    ])
    expect(filled[0]?.type).toBe('number')
    expect(JSON.stringify(values.withSetValues(variables, scope))).not.toContain('opensesame')
    expect(bytesOf(machine)).not.toContain('opensesame')
  })

  test('a script that sets a secret sets it in the keychain, not in the open', async () => {
    const machine = openMachine()
    const values = createPrivateValues(machine.store, machine.secretStore)
    await values.setByScript(
      variables,
      { owner, scope },
      { name: 'key', set: { value: 'fresh', type: 'string' } },
    )
    expect(machine.store.values(scope).size).toBe(0)
    expect(await values.secret(owner, 'key')).toBe('fresh')
    await values.setSecret(owner, 'key', 'newer')
    expect((await values.fill(variables, owner, scope))[1]?.value).toBe('newer')
    await values.setByScript(variables, { owner, scope }, { name: 'key', set: null })
    expect(values.hasSecret(owner, 'key')).toBe(false)
  })
})

describe('a stream of events', () => {
  const never = new AbortController().signal

  test('gives them in order, progress that nobody read as one, then what went wrong', async () => {
    const seen: number[] = []
    const stream = eventStream<number>({
      signal: never,
      replaces: (last, next) => last >= 100 && next >= 100,
      work: async (emit) => {
        for (const event of [1, 100, 101, 102, 2]) emit(event)
        throw new Error('broken')
      },
    })
    const reading = (async () => {
      for await (const event of stream) seen.push(event)
    })()
    await expect(reading).rejects.toThrow('broken')
    expect(seen).toEqual([1, 102, 2])
  })

  test('a reader that leaves ends the work', async () => {
    const ended = Promise.withResolvers<boolean>()
    const stream = eventStream<string>({
      signal: never,
      work: (emit, signal) => {
        emit('open')
        signal.addEventListener('abort', () => ended.resolve(signal.aborted))
        return new Promise(() => {})
      },
    })
    for await (const event of stream) {
      expect(event).toBe('open')
      break
    }
    expect(await ended.promise).toBe(true)
  })
})
