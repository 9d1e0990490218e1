// The cluster that new projects are copied from: made once per version of Postgres and of its configuration, put in place when complete.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { Binaries } from '#postgres/node/server/binaries.ts'
import { createCluster } from '#postgres/node/server/cluster.ts'
import { runCommand } from '#postgres/node/server/command.ts'
import { listTree } from '#postgres/node/server/copy-tree.ts'
import type { Tree } from '#postgres/node/server/copy-tree.ts'
import { failureReason } from '#postgres/node/server/log.ts'
import type { OsUser } from '#postgres/node/server/os-user.ts'
import { findPostmasters } from '#postgres/node/server/process-table.ts'
import { startServer, stopServer } from '#postgres/node/server/server.ts'
import { openSession } from '#postgres/node/session.ts'
import type { BootstrapCredentials } from '../../driver.ts'
import { MAIN_DATABASE } from '../../types.ts'
import { AUTHENTICATION, MAIN_SQL, ROLES_SQL, SETTINGS, SUPERUSER, WAL_SEGMENT_MB } from './configuration.ts'
import { namesIn, SOCKET_PORT } from './layout.ts'
import type { Layout } from './layout.ts'

export interface Template {
  readonly dataDirectory: string
  /** Copies that lie ready, each in a folder named by its number. */
  readonly spares: string
  readonly tree: Tree
  readonly bootstrap: BootstrapCredentials
}

interface Machine {
  readonly layout: Layout
  readonly binaries: Binaries
  /** Who makes and owns the template. */
  readonly user: OsUser | undefined
}

const Credentials = z.object({ user: z.string(), password: z.string() })

/** The template, made now if it is not there. Those of other versions are removed. Throws PROVISIONING_FAILED. */
export async function prepareTemplate(machine: Machine): Promise<Template> {
  const { layout } = machine
  const key = templateKey(machine.binaries.version)
  const directory = join(layout.templates, key)
  // A start that was killed may have left the server that filled a template.
  for (const dataDirectory of (await findPostmasters(layout.templates)).values())
    await stopServer(dataDirectory, 0)
  const names = await namesIn(layout.templates)
  for (const name of names.filter((other) => other !== key)) {
    await rm(join(layout.templates, name), { recursive: true, force: true })
  }
  if (!names.includes(key)) await buildTemplate(machine, directory)
  const dataDirectory = join(directory, 'data')
  const text = await readFile(join(directory, 'bootstrap.json'), 'utf8')
  return {
    dataDirectory,
    spares: join(directory, 'spares'),
    tree: await listTree(dataDirectory),
    bootstrap: Credentials.parse(JSON.parse(text)),
  }
}

/** Waits until a data directory is on disk. */
export async function syncToDisk(
  binaries: Binaries,
  dataDirectory: string,
  user: OsUser | undefined,
): Promise<void> {
  const method = process.platform === 'linux' ? ['--sync-method=syncfs'] : []
  const { exitCode, output } = await runCommand(
    binaries.initdb,
    ['--sync-only', ...method, `--pgdata=${dataDirectory}`],
    { user },
  )
  if (exitCode !== 0) throw new AppError('PROVISIONING_FAILED', failureReason(output))
}

function templateKey(version: string): string {
  const content = JSON.stringify([SETTINGS, AUTHENTICATION, ROLES_SQL, MAIN_SQL, WAL_SEGMENT_MB])
  return `${version}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`
}

async function buildTemplate(machine: Machine, directory: string): Promise<void> {
  const { binaries, user, layout } = machine
  const unfinished = `${directory}.unfinished`
  const mode = user === undefined ? 0o700 : 0o711
  await mkdir(unfinished, { mode })
  await chmod(unfinished, mode)
  const bootstrap = { user: SUPERUSER, password: randomBytes(24).toString('base64url') }
  const dataDirectory = join(unfinished, 'data')
  await createCluster({
    binaries,
    directory: dataDirectory,
    superuser: bootstrap.user,
    password: bootstrap.password,
    user,
    settings: SETTINGS,
    hostBasedAuthentication: AUTHENTICATION,
    walSegmentMb: WAL_SEGMENT_MB,
    sync: false,
  })
  const place = { dataDirectory, socketDirectory: join(layout.sockets, 'template'), port: SOCKET_PORT, user }
  await startServer({
    ...place,
    binaries,
    logFile: join(unfinished, 'log'),
    // Nothing is lost if this server dies: an unfinished template is thrown away.
    settings: { fsync: false, full_page_writes: false, min_wal_size: '8MB', autovacuum: false },
    deadlineMs: 60_000,
  })
  try {
    await runStatements(place.socketDirectory, 'template1', bootstrap, ROLES_SQL)
    await runStatements(place.socketDirectory, MAIN_DATABASE, bootstrap, [
      ...MAIN_SQL,
      'vacuum (freeze, analyze)',
    ])
    await runStatements(place.socketDirectory, 'template1', bootstrap, [
      'vacuum (freeze, analyze)',
      'checkpoint',
    ])
  } finally {
    await stopServer(dataDirectory)
    await rm(place.socketDirectory, { recursive: true, force: true })
  }
  await writeFile(join(unfinished, 'bootstrap.json'), JSON.stringify(bootstrap), { mode: 0o600 })
  await mkdir(join(unfinished, 'spares'), { mode })
  await chmod(join(unfinished, 'spares'), mode)
  await syncToDisk(binaries, dataDirectory, user)
  await rename(unfinished, directory)
}

async function runStatements(
  host: string,
  database: string,
  credentials: BootstrapCredentials,
  statements: readonly string[],
): Promise<void> {
  const session = await openSession({ host, port: SOCKET_PORT, database, ...credentials })
  try {
    for (const statement of statements) await session.query(statement)
  } finally {
    await session.close()
  }
}
