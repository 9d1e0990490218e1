import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKey } from './key-file.ts'

let parent: string
beforeAll(async () => void (parent = await mkdtemp(join(tmpdir(), 'nebuladb key '))))
afterAll(() => rm(parent, { recursive: true, force: true }))

test('the first start makes a key that only its user can read; the next start finds it', async () => {
  const directory = join(parent, 'first')
  const made = await loadKey({ directory, configured: undefined })
  expect(made.byteLength).toBe(32)
  expect((await stat(join(directory, 'secret.key'))).mode & 0o777).toBe(0o600)
  expect(await loadKey({ directory, configured: undefined })).toEqual(made)
})

test('of many first starts at once all get the same key', async () => {
  const directory = join(parent, 'race')
  const keys = await Promise.all(
    Array.from({ length: 8 }, () => loadKey({ directory, configured: undefined })),
  )
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1)
})

test('a configured key takes the place of the file', async () => {
  const directory = join(parent, 'configured')
  const configured = Buffer.alloc(32, 9).toString('base64')
  expect(Buffer.from(await loadKey({ directory, configured })).toString('base64')).toBe(configured)
  await expect(readFile(join(directory, 'secret.key'))).rejects.toThrow('ENOENT')
})

test('a damaged key file is an error, never replaced', async () => {
  const directory = join(parent, 'damaged')
  await loadKey({ directory, configured: undefined })
  await writeFile(join(directory, 'secret.key'), 'short')
  await expect(loadKey({ directory, configured: undefined })).rejects.toMatchObject({
    code: 'SECRET_STORE_UNAVAILABLE',
  })
  expect(await readFile(join(directory, 'secret.key'), 'utf8')).toBe('short')
})
