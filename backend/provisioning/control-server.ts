// The service's own Postgres, for its records, when no other is configured. It too outlives a crash of the service and is found again.
import { randomBytes } from 'node:crypto'
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { literal, sql } from '#postgres/common/sql/sql.ts'
import { locateBinaries } from '#postgres/node/server/binaries.ts'
import { createCluster, SOCKET_ONLY_AUTHENTICATION } from '#postgres/node/server/cluster.ts'
import { boundLog } from '#postgres/node/server/log.ts'
import { unprivilegedUser } from '#postgres/node/server/os-user.ts'
import { makePassable } from '#postgres/node/server/socket-directory.ts'
import { scramVerifier } from '#postgres/node/server/scram-verifier.ts'
import { startServer, stopServer } from '#postgres/node/server/server.ts'
import { openSession } from '#postgres/node/session.ts'
import type { SessionTarget } from '#postgres/node/target.ts'
import { prepareLayout, SOCKET_PORT } from './drivers/local/layout.ts'

export interface ControlServer {
  /** How the service reaches its records: as a role that owns the database and is no superuser. */
  readonly target: SessionTarget
  /** Whether it was running already, left by a service that was killed. */
  readonly wasAdopted: boolean
  stop(): Promise<void>
}

const ROLE = 'nebuladb'
const SUPERUSER = 'nebuladb_superuser'
const MAX_LOG_BYTES = 8 * 1024 * 1024
const Passwords = z.object({ superuser: z.string(), role: z.string() })

/**
 * Makes the cluster on the first start, then starts or adopts its server. `directory` is the service's own, locked by lockDirectory.
 * Throws PROVISIONING_FAILED or TIMEOUT, in words for the person who starts the service.
 */
export async function startControlServer(options: { readonly directory: string }): Promise<ControlServer> {
  const layout = await prepareLayout(options.directory)
  const user = unprivilegedUser()
  const binaries = await locateBinaries({ user, copyDirectory: layout.binaries })
  const directory = join(layout.control, `v${binaries.version.split('.')[0] ?? ''}`)
  const place = {
    dataDirectory: join(directory, 'data'),
    socketDirectory: join(layout.sockets, 'control'),
    port: SOCKET_PORT,
    logFile: join(directory, 'log'),
    user,
  }
  if (!(await isThere(directory))) await makeCluster()
  const passwords = Passwords.parse(JSON.parse(await readFile(join(directory, 'passwords.json'), 'utf8')))
  await boundLog(place.logFile, MAX_LOG_BYTES)
  const server = await startServer({
    ...place,
    binaries,
    settings: { cluster_name: 'nebuladb' },
    deadlineMs: 300_000, // recovery of a long log after a crash of the machine
  })
  const address = { host: place.socketDirectory, port: place.port }
  await ensureDatabase(address, passwords)
  return {
    target: {
      ...address,
      database: ROLE,
      user: ROLE,
      password: passwords.role,
      applicationName: 'nebuladb-service',
    },
    wasAdopted: server.wasRunning,
    stop: async () => await stopServer(place.dataDirectory),
  }

  async function makeCluster(): Promise<void> {
    const unfinished = `${directory}.unfinished`
    await rm(unfinished, { recursive: true, force: true })
    await makePassable(unfinished)
    const made = {
      superuser: randomBytes(24).toString('base64url'),
      role: randomBytes(24).toString('base64url'),
    }
    await writeFile(join(unfinished, 'passwords.json'), JSON.stringify(made), { mode: 0o600 })
    await createCluster({
      binaries,
      directory: join(unfinished, 'data'),
      superuser: SUPERUSER,
      password: made.superuser,
      user,
      hostBasedAuthentication: SOCKET_ONLY_AUTHENTICATION,
      settings: {
        listen_addresses: '',
        unix_socket_permissions: '0700',
        password_encryption: 'scram-sha-256',
        max_connections: 50,
        shared_buffers: '64MB',
        io_workers: 2,
        max_wal_size: '256MB',
        min_wal_size: '80MB',
        timezone: 'UTC',
        log_timezone: 'UTC',
        lc_messages: 'C',
        log_line_prefix: '%m [%p] ',
        log_min_error_statement: 'panic',
      },
    })
    await rename(unfinished, directory)
  }
}

/** Idempotent: a first start may have been killed between two of its statements. */
async function ensureDatabase(
  address: { host: string; port: number },
  passwords: z.infer<typeof Passwords>,
): Promise<void> {
  const session = await openSession({
    ...address,
    database: 'postgres',
    user: SUPERUSER,
    password: passwords.superuser,
  })
  try {
    const { rows } = await session.query(
      'select (select count(*) from pg_roles where rolname = $1), (select count(*) from pg_database where datname = $1)',
      [ROLE],
    )
    const [roles, databases] = rows[0] ?? []
    if (roles === '0') {
      const verifier = literal(await scramVerifier(passwords.role))
      await session.query(sql`create role nebuladb login password ${verifier}`.text)
    }
    if (databases === '0') await session.query('create database nebuladb owner nebuladb template template0')
  } finally {
    await session.close()
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
