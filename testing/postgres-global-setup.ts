// Vitest's global setup of the project `postgres`: one throw-away Postgres per run. It dies with the run, also when that is killed.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'
import { locateBinaries } from '../postgres/node/server/binaries.ts'
import { createCluster } from '../postgres/node/server/cluster.ts'
import { unprivilegedUser } from '../postgres/node/server/os-user.ts'
import { findPostmaster } from '../postgres/node/server/postmaster-file.ts'
import { sendSignal, startServer, stopServer } from '../postgres/node/server/server.ts'
import type { Settings } from '../postgres/node/server/settings.ts'

/** Names a folder with bin, lib and share of another Postgres than npm's: the same tests run against another major version. */
const BINARIES_VARIABLE = 'NEBULADB_TEST_POSTGRES'

/** Where the run's Postgres answers, by TCP and by socket. The user is its superuser. */
export interface TestServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly socketDirectory: string
  readonly user: string
  readonly password: string
  /** `server_version_num`. */
  readonly version: number
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer
  }
}

/** Called by vitest once per run; returns how to clean up. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { server, close } = await startTestServer()
  project.provide('postgres', server)
  return close
}

/** A throw-away server of one's own. */
export interface OwnTestServer {
  readonly server: TestServer
  /** Ends the server by SIGKILL and starts it again on the same data and port: resolves when it has recovered. */
  crash(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts the throw-away server. Also used by benches and end-to-end tests, which have no vitest, and by tests that crash it: with
 * `synchronous_commit` on, because otherwise a crash takes what was committed last.
 */
export async function startTestServer(
  options: { readonly settings?: Settings | undefined } = {},
): Promise<OwnTestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'nebuladb-test-'))
  await chmod(directory, 0o711) // others may pass, not look: the server runs as another user when this one is root
  const dataDirectory = join(directory, 'data')
  const watchdog = startWatchdog(directory, dataDirectory)
  const close = async (): Promise<void> => {
    watchdog.kill('SIGKILL')
    await stopServer(dataDirectory, 0)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const user = unprivilegedUser()
    const binaries = await locateBinaries({
      user,
      directory: process.env[BINARIES_VARIABLE],
      copyDirectory: join(tmpdir(), `nebuladb-postgres-${String(process.getuid?.())}`),
    })
    const password = randomBytes(16).toString('hex')
    await createCluster({
      binaries,
      directory: dataDirectory,
      superuser: 'postgres',
      password,
      user,
      sync: false,
      // TCP and sockets alike; loopback only.
      hostBasedAuthentication: ['local all all scram-sha-256', 'host all all 127.0.0.1/32 scram-sha-256'],
      settings: {
        listen_addresses: '127.0.0.1',
        max_connections: 400,
        shared_buffers: '64MB',
        fsync: false,
        synchronous_commit: false,
        full_page_writes: false,
        autovacuum: false,
        wal_level: 'logical',
        password_encryption: 'scram-sha-256',
        max_wal_size: '1GB',
        log_timezone: 'UTC',
        timezone: 'UTC',
        ...options.settings,
      },
    })
    const place = {
      binaries,
      user,
      dataDirectory,
      socketDirectory: join(directory, 's'),
      port: await findFreePort(),
      logFile: join(directory, 'log'),
      deadlineMs: 30_000,
    }
    const running = await startServer(place)
    const { port, socketDirectory } = running
    const [major = 0, minor = 0] = binaries.version.split('.').map(Number)
    const version = major * 10_000 + minor
    return {
      server: { host: '127.0.0.1', port, socketDirectory, user: 'postgres', password, version },
      async crash() {
        const postmaster = await findPostmaster(dataDirectory)
        if (postmaster === undefined) throw new Error('The server does not run.')
        sendSignal(postmaster.pid, 'SIGKILL')
        while ((await findPostmaster(dataDirectory)) !== undefined) await delay(2)
        await startServer(place)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A TCP port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error('No port.'))
      })
    })
  })
}

// A pipe from us to it closes when we are gone, however we went.
function startWatchdog(directory: string, dataDirectory: string) {
  const script = join(import.meta.dirname, 'postgres-watchdog.ts')
  const child = spawn(process.execPath, [script, directory, dataDirectory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  child.unref()
  return child
}
