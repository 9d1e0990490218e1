// Folders that somebody else has filled.
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { folderNote, migrationFolder } from './folder.ts'

const NAME = '20260101000000_a.sql'

test.each<[string, (path: string) => Promise<unknown>, string]>([
  ['a link to what never ends', (path) => symlink('/dev/zero', path), 'is a link'],
  ['a link to a file elsewhere', (path) => symlink('/etc/passwd', path), 'is a link'],
  ['a pipe that nobody writes into', async (path) => execFileSync('mkfifo', [path]), 'is not a file'],
  ['a folder', (path) => mkdir(path), 'is not a file'],
  [
    'a huge file',
    async (path) => {
      await writeFile(path, '')
      await truncate(path, 17 * 1024 * 1024)
    },
    'is larger than 16 MB',
  ],
  [
    'Latin-1',
    (path) => writeFile(path, Buffer.from('-- migrate:up\n-- gr\xf6\xdfe', 'latin1')),
    'is not UTF-8',
  ],
  ['UTF-16', (path) => writeFile(path, Buffer.from('\ufeff-- migrate:up', 'utf16le')), 'is not UTF-8'],
])('%s is refused by name', async (_, make, reason) => {
  const folder = tempDirectory()
  await make(join(folder, NAME))
  await expect(migrationFolder(folder).list()).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: `${NAME} ${reason}.`,
  })
})

test('a byte order mark is no part of the text', async () => {
  const folder = tempDirectory()
  await writeFile(join(folder, NAME), '\ufeff-- migrate:up\nselect 1;')
  expect((await migrationFolder(folder).list())[0]?.up.text).toBe('select 1;')
})

test('what is written does not go through a link that waits for it', async () => {
  const folder = tempDirectory()
  const elsewhere = join(tempDirectory(), 'profile')
  await writeFile(elsewhere, 'mine')
  await symlink(elsewhere, join(folder, `.${NAME}.unfinished`))
  await migrationFolder(folder).write({ version: NAME.slice(0, 14), name: 'a', up: 'select 1;', down: '' })
  expect(await readFile(elsewhere, 'utf8')).toBe('mine')
})

test('a folder that takes no file says so, and where to go instead', async () => {
  const place = join(tempDirectory(), 'file')
  await writeFile(place, '')
  await expect(
    migrationFolder(join(place, 'migrations')).write({
      version: NAME.slice(0, 14),
      name: 'a',
      up: '',
      down: '',
    }),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining(`${NAME} cannot be written to `),
    hint: expect.stringContaining('choose another one'),
  })
})

test('what there is to know of a folder: it is not there, files of other tools are in it', async () => {
  const folder = tempDirectory()
  expect(await folderNote(join(folder, 'gone'))).toContain('This folder is not there.')
  await writeFile(join(folder, NAME), '-- migrate:up\r\nselect 1;\r\n')
  await writeFile(join(folder, 'README.md'), '')
  expect(await folderNote(folder)).toBeUndefined()
  for (const name of ['V1__init.sql', 'R__views.sql', 'U1__init.sql', 'schema.sql'])
    await writeFile(join(folder, name), '')
  expect(await folderNote(folder)).toBe(
    'Left out, because a migration is named YYYYMMDDHHMMSS_what_it_does.sql: R__views.sql, U1__init.sql, V1__init.sql and 1 more.',
  )
})
