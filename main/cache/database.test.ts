import { existsSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempDirectory } from '#testing/temp-directory.ts'
import { openCache } from './database.ts'

function migrations(directory: string, files: Record<string, string>): string {
  const folder = join(directory, 'migrations')
  mkdirSync(folder, { recursive: true })
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql)
  return folder
}

function codeOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'nothing was thrown'
}

describe('openCache', () => {
  test('makes a private file with WAL, foreign keys and the newest version', () => {
    const path = join(tempDirectory(), 'deep', 'cache.db')
    const cache = openCache(path)
    expect(cache.sqlite.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(cache.sqlite.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(cache.sqlite.pragma('busy_timeout', { simple: true })).toBe(5000)
    expect(Number(cache.sqlite.pragma('user_version', { simple: true }))).toBeGreaterThan(0)
    cache.close()
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('opens what it made before with its rows', () => {
    const path = join(tempDirectory(), 'cache.db')
    const first = openCache(path)
    first.sqlite.prepare("insert into setting values ('a', '1')").run()
    first.close()
    const second = openCache(path)
    expect(second.sqlite.prepare('select name from setting').all()).toEqual([{ name: 'a' }])
    second.close()
  })

  test('runs only the new migrations, in order, and keeps a copy of the file from before', () => {
    const directory = tempDirectory()
    const path = join(directory, 'cache.db')
    const folder = migrations(directory, { '0001-a.sql': 'create table a (x)', 'notes.txt': 'not sql' })
    const first = openCache(path, { migrationsDirectory: folder })
    first.sqlite.exec('insert into a values (7)')
    first.close()
    expect(existsSync(`${path}.before-0`)).toBe(false)
    migrations(directory, {
      '0010-c.sql': 'insert into b select x from a',
      '0002-b.sql': 'create table b (x)',
    })
    const second = openCache(path, { migrationsDirectory: folder })
    expect(second.sqlite.prepare('select x from b').all()).toEqual([{ x: 7 }])
    second.close()
    const copy = openCache(`${path}.before-1`, {
      migrationsDirectory: migrations(tempDirectory(), { '0001-a.sql': '' }),
    })
    expect(copy.sqlite.prepare('select x from a').all()).toEqual([{ x: 7 }])
    expect(copy.sqlite.prepare("select name from sqlite_schema where name = 'b'").all()).toEqual([])
    copy.close()
  })

  test('a migration that fails leaves the version and the tables as they were', () => {
    const directory = tempDirectory()
    const path = join(directory, 'cache.db')
    const folder = migrations(directory, { '0001-a.sql': 'create table a (x)' })
    openCache(path, { migrationsDirectory: folder }).close()
    migrations(directory, { '0002-b.sql': 'create table b (x); insert into missing values (1)' })
    expect(() => openCache(path, { migrationsDirectory: folder })).toThrow('missing')
    migrations(directory, { '0002-b.sql': 'create table b (x)' })
    const cache = openCache(path, { migrationsDirectory: folder })
    expect(cache.sqlite.pragma('user_version', { simple: true })).toBe(2)
    cache.close()
  })

  test('refuses a file of a newer version and does not change it', () => {
    const path = join(tempDirectory(), 'cache.db')
    const cache = openCache(path)
    cache.sqlite.pragma('user_version = 9999')
    cache.sqlite.pragma('wal_checkpoint(truncate)')
    cache.close()
    const before = readFileSync(path)
    expect(codeOf(() => openCache(path))).toBe('LOCAL_DATA_UNUSABLE')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('refuses a file that is not a database and does not change it', () => {
    const path = join(tempDirectory(), 'cache.db')
    writeFileSync(path, 'x'.repeat(8192))
    expect(codeOf(() => openCache(path))).toBe('LOCAL_DATA_UNUSABLE')
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(8192))
  })

  test('refuses a database with torn pages before it migrates', () => {
    const directory = tempDirectory()
    const path = join(directory, 'cache.db')
    const folder = migrations(directory, { '0001-a.sql': 'create table a (x); create index i on a (x)' })
    const cache = openCache(path, { migrationsDirectory: folder })
    cache.sqlite.exec(
      'insert into a select hex(randomblob(500)) from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 200) select i from n)',
    )
    cache.sqlite.pragma('wal_checkpoint(truncate)')
    cache.close()
    const torn = readFileSync(path).fill(0xab, 3 * 4096, 9 * 4096)
    writeFileSync(path, torn)
    migrations(directory, { '0002-b.sql': 'create table b (x)' })
    expect(codeOf(() => openCache(path, { migrationsDirectory: folder }))).toBe('LOCAL_DATA_UNUSABLE')
    expect(readFileSync(path).equals(torn)).toBe(true)
  })

  test('says so when the folder cannot be written', () => {
    const directory = tempDirectory()
    writeFileSync(join(directory, 'file'), '')
    expect(() => openCache(join(directory, 'file', 'cache.db'))).toThrow('cannot be written by this user')
  })
})
