// Makes a new, empty cluster with initdb: builtin C.UTF-8, so that no library of the machine decides how text is ordered. Before
// Postgres 17, which is the first to have it, text is ordered by the same rule (by code point) and the machine knows letters.
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Binaries } from './binaries.ts'
import { runCommand } from './command.ts'
import { failureReason } from './log.ts'
import type { OsUser } from './os-user.ts'
import { formatSettings } from './settings.ts'
import type { Settings } from './settings.ts'

export interface ClusterOptions {
  readonly binaries: Binaries
  /** Made by this function; must not exist. */
  readonly directory: string
  readonly superuser: string
  readonly password: string
  /** Who owns the files and runs the server; undefined for the user of this process. */
  readonly user?: OsUser | undefined
  readonly settings: Settings
  /** Lines of pg_hba.conf. */
  readonly hostBasedAuthentication: readonly string[]
  readonly walSegmentMb?: number
  /** Whether to wait until everything is on disk. Default true. */
  readonly sync?: boolean
}

/** Every password check is SCRAM, also on the socket. */
export const SOCKET_ONLY_AUTHENTICATION = ['local all all scram-sha-256']

/** Runs initdb and writes the configuration files. Throws PROVISIONING_FAILED; what was made by then is removed. */
export async function createCluster(options: ClusterOptions): Promise<void> {
  const { directory, user } = options
  await makePrivateDirectory(directory, user)
  // initdb wants the password in a file; beside the cluster, since the cluster's folder must be empty.
  const passwordFile = join(dirname(directory), `.password-${String(process.pid)}-${String(Date.now())}`)
  try {
    await writeFile(passwordFile, options.password, { mode: 0o600 })
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid)
    const result = await runCommand(
      options.binaries.initdb,
      [
        `--pgdata=${directory}`,
        `--username=${options.superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...localeArguments(options.binaries),
        '--data-checksums',
        `--wal-segsize=${String(options.walSegmentMb ?? 16)}`,
        ...(options.sync === false ? ['--no-sync'] : []),
      ],
      { user, timeoutMs: 120_000 },
    )
    if (result.exitCode !== 0) {
      throw new AppError(
        'PROVISIONING_FAILED',
        `A new Postgres cluster could not be made. ${failureReason(result.output)}`,
      )
    }
    await writeFile(join(directory, 'postgresql.conf'), formatSettings(options.settings))
    await writeFile(join(directory, 'pg_hba.conf'), `${options.hostBasedAuthentication.join('\n')}\n`)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  } finally {
    await rm(passwordFile, { force: true })
  }
}

function localeArguments({ version }: Binaries): string[] {
  return parseInt(version) >= 17
    ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    : ['--locale=C', '--lc-ctype=C.UTF-8']
}

/** Makes a directory that only `user` can enter, or sets an existing one right. Its parents must exist. */
export async function makePrivateDirectory(directory: string, user: OsUser | undefined): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error
  })
  await chmod(directory, 0o700)
  if (user !== undefined) await chown(directory, user.uid, user.gid)
}
