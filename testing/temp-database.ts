// A database of its own for each test, cloned from a template on the run's Postgres.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestServer } from './postgres-global-setup.ts'

/** How to reach a temporary database, as its superuser. It fits SessionTarget of postgres/node. */
export interface TempDatabaseTarget {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

export interface TempDatabase {
  readonly target: TempDatabaseTarget
  /** `postgresql://…` of the same. */
  readonly url: string
  /** The same database through the server's socket: `host` is its directory. */
  readonly socketTarget: TempDatabaseTarget
  drop(): Promise<void>
}

/** A template that is prepared once per run, whichever test asks first. */
export interface Template {
  readonly name: string
  /** Runs in the new template database; every session must be closed when it resolves. */
  prepare(target: TempDatabaseTarget): Promise<void>
}

/**
 * Makes a database in about 20 ms: a copy of `template`, which is empty by default. Call `drop` when done; sessions that are still
 * open in it are ended. `server` is the run's own by default.
 */
export async function createTempDatabase(
  options: { readonly template?: Template; readonly server?: TestServer } = {},
): Promise<TempDatabase> {
  const server = options.server ?? inject('postgres')
  const template =
    options.template === undefined ? 'template0' : await ensureTemplate(server, options.template)
  const database = `t_${randomBytes(8).toString('hex')}`
  await withAdmin(server, async (admin) => {
    await admin.query(`create database "${database}" template "${template}"`)
  })
  const target = targetOf(server, database)
  return {
    target,
    url: `postgresql://${server.user}:${server.password}@${server.host}:${String(server.port)}/${database}`,
    socketTarget: { ...target, host: server.socketDirectory },
    drop: async () =>
      await withAdmin(server, async (admin) => {
        await admin.query(`drop database if exists "${database}" with (force)`)
      }),
  }
}

async function ensureTemplate(server: TestServer, template: Template): Promise<string> {
  if (!/^[a-z][a-z0-9_]*$/.test(template.name)) throw new Error('A template is named in snake_case.')
  const name = `template_${template.name}`
  await withAdmin(server, async (admin) => {
    // Test files run in several processes: the first one prepares, the others wait.
    await admin.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
    if (rowCount === 1) return
    const unfinished = `${name}_unfinished`
    await admin.query(`drop database if exists "${unfinished}" with (force)`)
    await admin.query(`create database "${unfinished}" template template0`)
    await template.prepare(targetOf(server, unfinished))
    await admin.query(`alter database "${unfinished}" rename to "${name}"`)
  })
  return name
}

function targetOf(server: TestServer, database: string): TempDatabaseTarget {
  return { host: server.host, port: server.port, database, user: server.user, password: server.password }
}

async function withAdmin(server: TestServer, use: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client(targetOf(server, 'postgres'))
  await admin.connect()
  try {
    await use(admin)
  } finally {
    await admin.end()
  }
}
