import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { openKeyFile } from './key-file.ts'

const posix = test.skipIf(process.platform === 'win32')

describe('the key file', () => {
  test('opens what it sealed, also after a restart', async () => {
    const path = join(tempDirectory(), 'new', 'secret.key')
    const sealed = await openKeyFile(path).seal('pässword ✓')
    expect(await openKeyFile(path).open(sealed)).toBe('pässword ✓')
    expect(await openKeyFile(path).open(await openKeyFile(path).seal(''))).toBe('')
  })

  test('the same secret is sealed differently each time and never stands in it', async () => {
    const store = openKeyFile(join(tempDirectory(), 'secret.key'))
    const first = await store.seal('a long secret')
    expect(Buffer.from(first).includes('long secret')).toBe(false)
    expect(Buffer.from(first).equals(await store.seal('a long secret'))).toBe(false)
  })

  test('rejects a changed byte anywhere', async () => {
    const store = openKeyFile(join(tempDirectory(), 'secret.key'))
    const sealed = await store.seal('secret')
    for (let at = 0; at < sealed.byteLength; at++) {
      const changed = Uint8Array.from(sealed)
      changed[at]! ^= 1
      await expect(store.open(changed)).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' })
    }
    await expect(store.open(new Uint8Array(3))).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' })
  })

  test('says what to do when the key is another one', async () => {
    const sealed = await openKeyFile(join(tempDirectory(), 'secret.key')).seal('secret')
    await expect(openKeyFile(join(tempDirectory(), 'secret.key')).open(sealed)).rejects.toMatchObject({
      hint: 'Log in, or enter the password, again.',
    })
  })

  posix('is readable by its user only, and refused when others can read it', () => {
    const path = join(tempDirectory(), 'secret.key')
    openKeyFile(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o644)
    expect(() => openKeyFile(path)).toThrow('can be read by others')
  })

  test('a damaged key is refused and left as it is', () => {
    const path = join(tempDirectory(), 'secret.key')
    writeFileSync(path, 'short', { mode: 0o600 })
    expect(() => openKeyFile(path)).toThrow('not a key')
    expect(readFileSync(path, 'utf8')).toBe('short')
  })
})
