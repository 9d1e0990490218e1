// A folder on disk, alone and under a migrator.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyAll, testMigrator } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { migrationFolder } from './folder.ts'

let database: TempDatabase
let folder: string
beforeEach(async () => {
  database = await createTempDatabase()
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

const TEXTS = {
  '20260101000000_film.sql': 'create table film (id int primary key, title text);',
  '20260102000000_index.sql': 'create index concurrently film_title on film (title); vacuum film;',
}

describe('a folder', () => {
  test('holds files in order of their versions; other files are left alone', async () => {
    const files = migrationFolder(join(folder, 'made', 'later'))
    expect(await files.list()).toEqual([])
    await files.write({ version: '20260102000000', name: 'b', up: 'select 2;', down: '' })
    await files.write({ version: '20260101000000', name: 'a', up: 'select 1;', down: 'select 0;' })
    await writeFile(join(folder, 'made', 'later', 'seed.sql'), 'select 1')
    const list = await files.list()
    expect(list.map((file) => [file.fileName, file.up.text])).toEqual([
      ['20260101000000_a.sql', 'select 1;'],
      ['20260102000000_b.sql', 'select 2;'],
    ])
    const [first] = list
    if (first !== undefined) await files.remove(first)
    expect(await readdir(join(folder, 'made', 'later'))).toEqual(['20260102000000_b.sql', 'seed.sql'])
  })

  test('two files of one version, and a misnamed one, are refused by name', async () => {
    await writeFile(join(folder, '20260101000000_a.sql'), '-- migrate:up')
    await writeFile(join(folder, '20260101000000_b.sql'), '-- migrate:up')
    await expect(migrationFolder(folder).list()).rejects.toThrow(
      '20260101000000_a.sql and 20260101000000_b.sql have the same version',
    )
    await writeFile(join(folder, '2026_c.sql'), '-- migrate:up')
    await expect(migrationFolder(folder).list()).rejects.toThrow('2026_c.sql is not named')
  })

  test('a file in the place of the folder is said to be none', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(migrationFolder(join(folder, 'file')).list()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  test('a migrator over a folder applies, and squashes on disk', async () => {
    const files = migrationFolder(folder)
    for (const [fileName, up] of Object.entries(TEXTS))
      await files.write({ version: fileName.slice(0, 14), name: fileName.slice(15, -4), up, down: '' })
    const migrator = testMigrator(database.target, files)
    await applyAll(migrator)
    await migrator.squash({ from: '20260101000000', to: '20260102000000', name: 'index' })
    expect(await readdir(folder)).toEqual(['20260102000000_index.sql'])
    expect(await migrator.list()).toMatchObject([{ state: 'applied', canRollBack: false }])
  })
})
