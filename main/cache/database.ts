// The desktop's SQLite file: opened with WAL and foreign keys, migrated forward, and never overwritten when it cannot be understood.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import SqliteDatabase, { type Database } from 'better-sqlite3'
import { AppError } from '#contract/errors.ts'

/** The open cache. Stores in this folder use `sqlite`; everybody else uses the stores. */
export interface Cache {
  readonly path: string
  readonly sqlite: Database
  close(): void
}

export interface OpenCacheOptions {
  /** Where the numbered .sql files are; the ones beside this file unless told. */
  readonly migrationsDirectory?: string
}

interface Migration {
  readonly number: number
  readonly path: string
}

const MIGRATION_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/
const BUSY_TIMEOUT_MS = 5_000

/**
 * Opens the cache, makes it when it is missing, and brings it up to date; a copy of the file is kept beside it before a migration changes it
 * (`<path>.before-<version>`, the newest only). Throws LOCAL_DATA_UNUSABLE for a damaged file or one of a newer version, and leaves it as it is.
 */
export function openCache(path: string, options: OpenCacheOptions = {}): Cache {
  const migrations = readMigrations(options.migrationsDirectory ?? join(import.meta.dirname, 'migrations'))
  const sqlite = openFile(path)
  try {
    migrate(sqlite, path, migrations)
  } catch (error) {
    sqlite.close()
    throw unusable(error, path)
  }
  return { path, sqlite, close: () => void sqlite.close() }
}

function openFile(path: string): Database {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // SQLite gives its journal files the mode of the main file, so the main file must be private before SQLite sees it.
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  } catch (cause) {
    throw unusable(cause, path)
  }
  let sqlite: Database | undefined
  try {
    sqlite = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS })
    // Reading the schema first makes a file that is not SQLite fail before WAL touches it.
    sqlite.pragma('schema_version')
    sqlite.pragma('journal_mode = wal')
    sqlite.pragma('synchronous = normal')
    sqlite.pragma('foreign_keys = on')
    return sqlite
  } catch (cause) {
    sqlite?.close()
    throw unusable(cause, path)
  }
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const number = MIGRATION_NAME.exec(name)?.[1]
      return number === undefined ? [] : [{ number: Number(number), path: join(directory, name) }]
    })
    .sort((a, b) => a.number - b.number)
}

function migrate(sqlite: Database, path: string, migrations: readonly Migration[]): void {
  const version = Number(sqlite.pragma('user_version', { simple: true }))
  const newest = migrations.at(-1)?.number ?? 0
  if (version > newest)
    throw new AppError(
      'LOCAL_DATA_UNUSABLE',
      `The local data (${path}) was written by a newer NebulaDB. It was left as it is.`,
      { hint: 'Update NebulaDB, or start it with another data folder.' },
    )
  const pending = migrations.filter((migration) => migration.number > version)
  if (pending.length === 0) return
  if (version > 0) {
    if (sqlite.pragma('quick_check(1)', { simple: true }) !== 'ok') throw damaged(path)
    copyBefore(sqlite, path, version)
  }
  for (const migration of pending)
    sqlite
      .transaction(() => {
        sqlite.exec(readFileSync(migration.path, 'utf8'))
        sqlite.pragma(`user_version = ${migration.number}`)
      })
      .immediate()
}

function copyBefore(sqlite: Database, path: string, version: number): void {
  const copy = `${path}.before-${version}`
  if (existsSync(copy)) rmSync(copy)
  sqlite.prepare('vacuum into ?').run(copy)
  chmodSync(copy, 0o600)
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    const other = join(folder, name)
    if (other.startsWith(`${path}.before-`) && other !== copy) rmSync(other)
  }
}

function damaged(path: string, cause?: unknown): AppError {
  return new AppError('LOCAL_DATA_UNUSABLE', `The local data (${path}) is damaged and was left as it is.`, {
    hint: 'Move the file away to start afresh, or put back a copy of it.',
    cause,
  })
}

/** Names what SQLite or the file system said; errors that are already ours pass through. */
export function unusable(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof AppError || code === '') return error
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return damaged(path, error)
  if (['SQLITE_FULL', 'ENOSPC'].includes(code))
    return new AppError('LOCAL_DATA_UNUSABLE', `The disk that holds ${path} is full.`, {
      hint: 'Free some space and try again.',
      cause: error,
    })
  if (
    ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'SQLITE_CANTOPEN'].includes(code) ||
    code.startsWith('SQLITE_READONLY')
  )
    return new AppError('LOCAL_DATA_UNUSABLE', `The local data (${path}) cannot be written by this user.`, {
      hint: 'Give this user the folder, or choose another one with NEBULADB_DATA_DIR.',
      cause: error,
    })
  return error
}
