// One host per data folder. The lock is the operating system's, held through SQLite on a file of its own: it goes when the process goes, however it
// ends, so a killed host never leaves a stale one behind.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { AppError } from '#contract/errors.ts'

export interface DataLock {
  release(): void
}

/** Takes the lock of a data folder. Throws LOCAL_DATA_UNUSABLE at once when another host has it, naming its process. */
export function lockDataDirectory(directory: string): DataLock {
  const pidPath = join(directory, 'host.pid')
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const lock = new SqliteDatabase(join(directory, 'host.lock'), { timeout: 0 })
    try {
      lock.exec('begin exclusive')
      writeFileSync(pidPath, String(process.pid), { mode: 0o600 })
    } catch (error) {
      lock.close()
      throw error
    }
    return { release: () => void lock.close() }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code.startsWith('SQLITE_BUSY'))
      throw new AppError(
        'LOCAL_DATA_UNUSABLE',
        `NebulaDB is already running with this data folder (${describeHolder(pidPath)}).`,
        { hint: 'Use the window that is open, or start this one with another NEBULADB_DATA_DIR.', cause },
      )
    throw new AppError('LOCAL_DATA_UNUSABLE', `The data folder ${directory} cannot be used by this user.`, {
      hint: 'Give this user the folder, or choose another one with NEBULADB_DATA_DIR.',
      cause,
    })
  }
}

function describeHolder(pidPath: string): string {
  try {
    return `process ${readFileSync(pidPath, 'utf8')}`
  } catch {
    return 'process unknown'
  }
}
