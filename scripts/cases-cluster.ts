// A private Postgres for scripts/postgrest-cases.ts: made from Debian's binaries with the fixtures of a folder loaded, removed at the end.
import { execFile } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { choosePort } from './choose-port.ts'

const run = promisify(execFile)

export interface CasesCluster {
  /** A fresh copy of the fixtures' database; gives the connection string of the server's login role. */
  freshCopy(): Promise<string>
  close(): Promise<void>
}

/** Why the cases cannot run on this machine: for the person, not a failure. */
export class CannotRun extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CannotRun'
  }
}

const LOGIN_ROLE = 'Postgrest_Test_Authenticator'
const TEMPLATE = 'postgrest_tmpl'
const COPY = `postgrest_run_${process.pid}`
const SETTINGS = [
  'autovacuum=off',
  "listen_addresses='127.0.0.1'",
  "shared_preload_libraries='pg_stat_statements'",
  "timezone='UTC'",
  'fsync=off',
]

/** Makes and starts the cluster and loads the fixtures, in a few seconds. Throws CannotRun where the machine lacks what it needs. */
export async function createCasesCluster(options: {
  readonly binaries: string
  readonly fixtures: string
}): Promise<CasesCluster> {
  const { binaries, fixtures } = options
  if (!existsSync(join(binaries, 'initdb')))
    throw new CannotRun(
      `There is no Postgres 15 in ${binaries}. Install it, or name its folder with --postgres.`,
    )
  const identity = await postgresIdentity()
  const port = await choosePort({ wanted: 0, isChosen: false, purpose: 'Postgres', say: () => undefined })
  const folder = mkdtempSync(join(tmpdir(), 'nebuladb-cases-'))
  const data = join(folder, 'data')
  chmodSync(folder, 0o755)
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid)

  const asServer = async (program: string, ...args: readonly string[]): Promise<void> => {
    await run(join(binaries, program), args, {
      ...identity,
      cwd: folder,
      env: { ...process.env, TZ: 'utc' },
    })
  }
  const client = clientOf({ binaries, port })
  const close = async (): Promise<void> => {
    await asServer('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop').catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await asServer(
      'initdb',
      '--no-locale',
      '--encoding=UTF8',
      '--nosync',
      '-U',
      'postgres',
      '--auth=trust',
      '-D',
      data,
    )
    const lines = [...SETTINGS, `port=${port}`, `unix_socket_directories='${folder}'`]
    writeFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`, { flag: 'a' })
    await asServer('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', '-F', 'start')
    await load(client, fixtures)
  } catch (error) {
    await close()
    throw error
  }
  return { freshCopy: () => copy(client), close }
}

/** A cluster that runs already on this port of 127.0.0.1, trusts `postgres`, and has the fixtures in its template database. */
export function useCasesCluster(options: { readonly binaries: string; readonly port: number }): CasesCluster {
  const client = clientOf(options)
  return {
    freshCopy: () => copy(client),
    async close() {
      await client.psql('postgres', '-c', `drop database if exists ${COPY} with (force)`)
    },
  }
}

interface Client {
  readonly port: number
  psql(database: string, ...args: readonly string[]): Promise<string>
}

function clientOf({ binaries, port }: { readonly binaries: string; readonly port: number }): Client {
  return {
    port,
    async psql(database, ...args) {
      const { stdout } = await run(
        join(binaries, 'psql'),
        ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database, ...args],
        {
          env: {
            ...process.env,
            PGHOST: '127.0.0.1',
            PGPORT: String(port),
            PGUSER: 'postgres',
            PGTZ: 'utc',
            PGOPTIONS: '-c search_path=public,test',
          },
          maxBuffer: 64 * 1024 * 1024,
        },
      )
      return stdout
    },
  }
}

async function load(client: Client, fixtures: string): Promise<void> {
  const has = await client.psql(
    'postgres',
    '-c',
    "select count(*) from pg_available_extensions where name in ('postgis', 'pgcrypto', 'ltree', 'isn', 'file_fdw')",
  )
  if (has.trim() !== '5')
    throw new CannotRun(
      'The fixtures need PostGIS and the contrib extensions: install the packages postgresql-15 and postgresql-15-postgis-3.',
    )
  await client.psql(
    'postgres',
    '-c',
    `create role "${LOGIN_ROLE}" login noinherit nosuperuser nocreatedb nocreaterole noreplication`,
    '-c',
    `create database ${TEMPLATE}`,
  )
  await client.psql(TEMPLATE, '-v', `PGUSER=${LOGIN_ROLE}`, '-f', join(fixtures, 'load.sql'))
  await client.psql(TEMPLATE, '-c', 'vacuum analyze')
}

async function copy(client: Client): Promise<string> {
  await client.psql(
    'postgres',
    '-c',
    `drop database if exists ${COPY} with (force)`,
    '-c',
    `create database ${COPY} template ${TEMPLATE}`,
    '-c',
    // A database's settings are not copied with it.
    `alter database ${COPY} set request.jwt.claim.id = '-1'`,
  )
  return `postgresql://${LOGIN_ROLE}@127.0.0.1:${client.port}/${COPY}`
}

/** Postgres refuses to run as root: then it runs as Debian's user for it. */
async function postgresIdentity(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => (await run('id', [flag, 'postgres'])).stdout),
    )
    return { uid: Number(uid), gid: Number(gid) }
  } catch {
    throw new CannotRun(
      'Postgres does not run as root, and there is no user named postgres. Run this as another user.',
    )
  }
}
