import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { openSnapshots } from './snapshots.ts'

const options = { updates: false, creates: true, mask: (value: unknown) => value }

it('lie beside the request, without leavings', async () => {
  const directory = tempDirectory()
  mkdirSync(join(directory, 'Films'))
  const snapshots = await openSnapshots(directory, 'Films/One.yml', options)
  expect(snapshots.compare('body', { b: 1, a: 2n ** 60n })).toBeNull()
  await snapshots.save()
  const folder = join(directory, 'Films', '__snapshots__')
  expect(readdirSync(folder)).toEqual(['One.json'])
  expect(readFileSync(join(folder, 'One.json'), 'utf8')).toContain(String(2n ** 60n))
})

it.each([
  ['a folder of snapshots', '__snapshots__', 'One.yml'],
  ['a folder of requests', 'Films', 'Films/One.yml'],
])('%s that is a symbolic link is not written through', async (_, link, path) => {
  const [directory, elsewhere] = [tempDirectory(), tempDirectory()]
  symlinkSync(elsewhere, join(directory, link))
  await expect(openSnapshots(directory, path, options)).rejects.toThrow('symbolic link')
  expect(readdirSync(elsewhere)).toEqual([])
})

it('a file of snapshots that is a symbolic link is not read', async () => {
  const directory = tempDirectory()
  const folder = join(directory, '__snapshots__')
  mkdirSync(folder)
  symlinkSync(join(directory, 'gone.json'), join(folder, 'One.json'))
  await expect(openSnapshots(directory, 'One.yml', options)).rejects.toThrow('symbolic link')
  expect(existsSync(join(directory, 'gone.json'))).toBe(false)
})
