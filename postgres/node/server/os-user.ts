// Which operating system user Postgres runs as: it refuses uid 0, and the less it may do the better.
import { readFileSync } from 'node:fs'
import { AppError } from '#contract/errors.ts'

/** An operating system user by number. */
export interface OsUser {
  readonly uid: number
  readonly gid: number
}

/** Whether this process may start others under another uid. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * The user that servers run as when this process is root: `postgres` if the machine has one, else `nobody`. Undefined for an
 * ordinary user: then servers run as that user. `initdb` looks its uid up, so it must be one that the machine knows.
 */
export function unprivilegedUser(): OsUser | undefined {
  if (!isRoot()) return undefined
  const users = parsePasswd(readFileSync('/etc/passwd', 'utf8'))
  const user = users.get('postgres') ?? users.get('nobody')
  if (user === undefined || user.uid === 0) {
    throw new AppError(
      'PROVISIONING_FAILED',
      'Postgres does not run as root, and this machine has no unprivileged user named postgres or nobody.',
      { hint: 'Add one, or start NebulaDB as an ordinary user.' },
    )
  }
  return user
}

/** The users of a passwd file by name. Lines that do not fit are left out. */
export function parsePasswd(text: string): Map<string, OsUser> {
  const users = new Map<string, OsUser>()
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === undefined || uid === undefined || gid === undefined) continue
    if (!/^-?\d+$/.test(uid) || !/^-?\d+$/.test(gid)) continue
    // macOS writes nobody as -2; the kernel means 2^32 - 2.
    users.set(name, { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 })
  }
  return users
}

/**
 * How many uids from `first` on this process may hand out, at most `count`: a container with a user namespace may have fewer
 * than the machine. 0 when this process is not root.
 */
export function usableUids(first: number, count: number): number {
  if (!isRoot()) return 0
  let map: string
  try {
    map = readFileSync('/proc/self/uid_map', 'utf8')
  } catch {
    return count // no user namespaces on this system
  }
  for (const line of map.trim().split('\n')) {
    const [inside = 0, , length = 0] = line.trim().split(/\s+/).map(Number)
    if (first >= inside && first < inside + length) return Math.min(count, inside + length - first)
  }
  return 0
}
