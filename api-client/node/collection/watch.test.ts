import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newFolder, newHttpRequest } from '#api-client/common/new-request.ts'
import { type TemporaryCollection, temporaryCollection } from '#testing/collection-folder.ts'
import type { CollectionFolder, FolderChange } from './types.ts'

let temporary: TemporaryCollection
let folder: CollectionFolder
let changes: FolderChange[]

beforeEach(async () => {
  temporary = await temporaryCollection({
    items: [
      {
        type: 'folder',
        folder: newFolder('Films'),
        items: [{ type: 'request', request: newHttpRequest('List') }],
      },
    ],
  })
  folder = await temporary.open()
  changes = []
  folder.onChange((change) => changes.push(change))
})

afterEach(() => temporary.remove())

const file = (path: string): string => join(temporary.directory, path)
const outside = (): string[] => changes.filter((one) => one.isOutside).flatMap((one) => one.paths ?? ['*'])
const names = (): string[] => folder.items().map((one) => one.name)

test('a file that another program writes, renames and removes is seen', async () => {
  await writeFile(file('Films/New.yml'), 'info:\n  name: New\n  type: http\n')
  await vi.waitFor(() => expect(outside()).toContain('Films/New.yml'), 5_000)
  expect(names()).toContain('New')
  await rename(file('Films/New.yml'), file('Films/Newer.yml'))
  await vi.waitFor(() => expect(outside()).toContain('Films/Newer.yml'), 5_000)
  await rm(file('Films/Newer.yml'))
  await vi.waitFor(() => expect(names()).not.toContain('New'), 5_000)
})

test('a folder that comes later is watched as well', async () => {
  await mkdir(file('Later'))
  await vi.waitFor(() => expect(outside()).toContain('Later'), 5_000)
  await writeFile(file('Later/One.yml'), 'info:\n  name: Deep\n  type: http\n')
  await vi.waitFor(() => expect(names()).toContain('Deep'), 5_000)
})

test('our own writes are not told as outside ones', async () => {
  const { item, revision } = await folder.read('Films/List.yml')
  await folder.write('Films/List.yml', { ...item, name: 'All' }, revision)
  await folder.createRequest('Films', newHttpRequest('Mine'))
  const root = await folder.read('')
  await folder.write('', { ...root.item, name: 'Store' }, root.revision)
  await folder.saveEnvironment(
    { name: 'Local', color: '', description: '', extends: null, variables: [] },
    { oldName: null, revision: null },
  )
  await folder.move('Films/List.yml', { folder: '', before: null })
  // The event of a later, outside change comes behind all that ours caused.
  await writeFile(file('Mark.yml'), 'info:\n  name: Mark\n')
  await vi.waitFor(() => expect(outside()).toContain('Mark.yml'), 5_000)
  expect(outside()).toEqual(['Mark.yml'])
})

test('an outside change of an environment or of the collection is told as one of the collection', async () => {
  await mkdir(file('environments'))
  await writeFile(file('environments/Local.yml'), 'name: Local\n')
  await vi.waitFor(() => expect(outside()).toContain(''), 5_000)
  const text = await readFile(file('opencollection.yml'), 'utf8')
  changes.length = 0
  await writeFile(file('opencollection.yml'), text.replace('Shop', 'Other'))
  await vi.waitFor(() => expect(outside()).toContain(''), 5_000)
  expect((await folder.read('')).item.name).toBe('Other')
})

test('a storm of changes is told without names', async () => {
  await mkdir(file('Many'))
  await Promise.all(
    Array.from({ length: 400 }, (_, n) =>
      writeFile(file(`Many/${String(n)}.yml`), `info:\n  name: r${String(n)}\n`),
    ),
  )
  await vi.waitFor(() => expect(folder.items().length).toBe(403), 10_000)
  expect(changes.length).toBeLessThan(50)
  await rm(file('Many'), { recursive: true })
  await vi.waitFor(() => expect(folder.items().length).toBe(2), 10_000)
  expect(changes.some((one) => one.paths === null)).toBe(true)
})
