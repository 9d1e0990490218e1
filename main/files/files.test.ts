// What is in a folder, as the page gets it: over the real file system.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFilesCapability } from './index.ts'

let home = ''
const context = { signal: new AbortController().signal, metadata: {} }
const list = (input: Partial<Parameters<ReturnType<typeof createFilesCapability>['list']>[0]>) =>
  createFilesCapability({ home }).list(
    { folder: home, startsWith: '', kinds: 'all', endings: [], showsHidden: false, ...input },
    context,
  )

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'nebuladb files '))
  await mkdir(join(home, 'Films'))
  await mkdir(join(home, '.config'))
  await writeFile(join(home, 'a10.json'), '12345')
  await writeFile(join(home, 'a9.JSON'), '')
  await writeFile(join(home, 'notes.txt'), '')
})
afterEach(() => rm(home, { recursive: true, force: true }))

it('lists folders first, then files by name, numbers as numbers', async () => {
  const { entries, parent, isCut } = await list({})
  expect(entries.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes])).toEqual([
    ['Films', 'folder', null],
    ['a9.JSON', 'file', 0],
    ['a10.json', 'file', 5],
    ['notes.txt', 'file', 0],
  ])
  expect({ parent, isCut }).toEqual({ parent: dirname(home), isCut: false })
})

it.each([
  [{ kinds: 'folders' } as const, ['Films']],
  [{ endings: ['json'] }, ['Films', 'a9.JSON', 'a10.json']],
  [{ startsWith: 'A' }, ['a9.JSON', 'a10.json']],
  [{ showsHidden: true, kinds: 'folders' } as const, ['.config', 'Films']],
  [{ startsWith: '.c' }, ['.config']],
])('%j gives %j', async (input, names) => {
  expect((await list(input)).entries.map(({ name }) => name)).toEqual(names)
})

it('knows the person’s own folder as ~, and takes a separator at the end', async () => {
  await writeFile(join(home, 'Films', 'one.yml'), '')
  const { folder, entries } = await list({ folder: '~/Films/' })
  expect(folder).toBe(join(home, 'Films'))
  expect(entries.map(({ name }) => name)).toEqual(['one.yml'])
  expect((await list({ folder: '' })).folder).toBe(home)
})

it('shows what a link leads to, and leaves out a link to nothing', async () => {
  await symlink(join(home, 'Films'), join(home, 'link'))
  await symlink(join(home, 'gone'), join(home, 'broken'))
  const { entries } = await list({ kinds: 'folders' })
  expect(entries.map(({ name }) => name)).toEqual(['Films', 'link'])
  expect((await list({ startsWith: 'broken' })).entries).toEqual([])
})

it('lists a thousand entries, says that there are more, and gives up on a disk that does not answer in time', async () => {
  await Promise.all(
    Array.from({ length: 1_001 }, (_, at) => writeFile(join(home, 'Films', `${String(at)}.yml`), '')),
  )
  const { entries, isCut } = await list({ folder: join(home, 'Films') })
  expect([entries.length, entries[2]?.name, isCut]).toEqual([1_000, '2.yml', true])
  const hasty = createFilesCapability({ home, deadlineMs: 0 })
  await expect(
    hasty.list({ folder: '~/Films', startsWith: '', kinds: 'all', endings: [], showsHidden: false }, context),
  ).rejects.toMatchObject({ code: 'TIMEOUT' })
})

it.each([
  ['gone', 'NOT_FOUND', 'There is no folder'],
  ['notes.txt', 'INVALID_INPUT', 'is no folder'],
])('says of %s why it is not listed', async (name, code, words) => {
  await expect(list({ folder: join(home, name) })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  })
})

it('takes no path that begins nowhere', async () => {
  await expect(list({ folder: 'Films' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(list({ folder: '/a\0b' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

it('makes a folder, not twice and not elsewhere', async () => {
  const files = createFilesCapability({ home })
  const made = await files.makeFolder({ folder: '~', name: 'New one' }, context)
  expect(made.folder).toBe(join(home, 'New one'))
  expect((await list({ kinds: 'folders' })).entries.map(({ name }) => name)).toContain('New one')
  await expect(files.makeFolder({ folder: home, name: 'New one' }, context)).rejects.toMatchObject({
    code: 'ALREADY_EXISTS',
  })
  for (const name of ['../up', 'a/b', '..', 'a\\b'])
    await expect(files.makeFolder({ folder: home, name }, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  await expect(files.makeFolder({ folder: join(home, 'gone'), name: 'a' }, context)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
