// Where the sockets of a data directory go: inside it, or in a short directory elsewhere when its path is too long for a socket.
import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { isRoot } from './os-user.ts'

/** Bytes that a socket's path may have on every system we run on: 107 on Linux, 103 on macOS. */
export const MAX_SOCKET_PATH = 103

/** Room for `/<name>/.s.PGSQL.<port>` behind the directory, with names of at most 8 characters. */
const ROOM = '/12345678/.s.PGSQL.65535'.length

/**
 * The directory whose sub-directories hold the sockets of the servers below `directory`; always the same one for the same
 * `directory`. Made if missing. Nobody else can have put it there: throws PROVISIONING_FAILED if somebody did.
 */
export async function prepareSocketRoot(directory: string): Promise<string> {
  const path = socketRoot(directory)
  if (path.startsWith(directory)) {
    await makePassable(path)
    return path
  }
  await makePassable(join(path, '..'))
  await makePassable(path)
  return path
}

/** As prepareSocketRoot, without making anything. */
export function socketRoot(directory: string): string {
  const inside = join(directory, 'sockets')
  if (Buffer.byteLength(inside) + ROOM <= MAX_SOCKET_PATH) return inside
  const short = createHash('sha256').update(directory).digest('hex').slice(0, 10)
  if (isRoot() && process.platform === 'linux') return join('/run/nebuladb', short)
  return join(tmpdir(), `nebuladb-${String(process.getuid?.() ?? 0)}`, short)
}

/**
 * Makes a directory that nobody else can list or write to; servers that run as other users pass through it. Its parent must
 * exist. Throws PROVISIONING_FAILED if it belongs to somebody else or cannot be made.
 */
export async function makePassable(directory: string): Promise<void> {
  const mode = isRoot() ? 0o711 : 0o700
  try {
    await mkdir(directory, { mode })
    await chmod(directory, mode) // whatever the umask is
    return
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isThere) {
      throw new AppError('PROVISIONING_FAILED', `The folder ${directory} cannot be made.`, {
        hint: 'Choose a data directory that you can write to, with NEBULADB_DATA_DIR.',
        cause: error,
      })
    }
  }
  const stats = await lstat(directory)
  if (!stats.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid())) {
    throw new AppError('PROVISIONING_FAILED', `The folder ${directory} belongs to another user.`, {
      hint: 'Start NebulaDB as the user who made the folder, or choose another data directory with NEBULADB_DATA_DIR.',
    })
  }
  if ((stats.mode & 0o777) !== mode) await chmod(directory, mode)
}
