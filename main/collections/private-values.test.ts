import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createVariableStore, openCache } from '../cache/index.ts'
import { openKeyFile } from '../secrets/index.ts'
import { createPrivateValues } from './private-values.ts'

function openMachine() {
  const directory = tempDirectory()
  const cache = openCache(join(directory, 'cache.db'))
  onTestFinished(() => cache.close())
  const secretStore = openKeyFile(join(directory, 'secret.key'))
  return { directory, cache, store: createVariableStore(cache), secretStore }
}

/** What a thief of the file would read. */
const bytesOf = ({ directory, cache }: ReturnType<typeof openMachine>): string => {
  cache.sqlite.pragma('wal_checkpoint(truncate)')
  return readFileSync(join(directory, 'cache.db'), 'latin1')
}

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
