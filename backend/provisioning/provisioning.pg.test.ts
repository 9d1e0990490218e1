import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { isRunning } from '#postgres/node/server/process-table.ts'
import { openSession } from '#postgres/node/session.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase } from '#testing/control-database.ts'
import type { ControlDatabase } from '#testing/control-database.ts'
import { createProvisioningFixture } from '#testing/provisioning-fixture.ts'
import type { ProvisioningFixture, TestProject } from '#testing/provisioning-fixture.ts'
import type { InstanceProgress } from './types.ts'

let control: ControlDatabase
let fixture: ProvisioningFixture
beforeAll(async () => {
  control = await createControlDatabase()
  fixture = await createProvisioningFixture(control.db)
})
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]()
  await control?.drop()
})

async function createAwake(): Promise<TestProject> {
  const project = await fixture.addProject()
  await fixture.provisioning.ensureAwake(project.id)
  return project
}

async function ownerSession(projectId: ProjectId, database?: string) {
  return await openSession(await fixture.provisioning.ownerTarget(projectId, database))
}

async function instanceRow(projectId: ProjectId) {
  const [row] = await control.db.query<{
    status: string
    pid: number | null
    number: number
    problem: string
  }>(sql`select status, pid, number, problem from instance where project_id = ${projectId}`)
  return row
}

async function reach(project: TestProject, status: string): Promise<void> {
  fixture.provisioning.wake(project.id)
  await vi.waitFor(async () => expect((await instanceRow(project.id))?.status).toBe(status), {
    timeout: 20_000,
    interval: 10,
  })
}

test('creating a project ends in a database that the owner can use, step by step', async () => {
  const seen: InstanceProgress[] = []
  const project = await fixture.addProject()
  const stop = fixture.provisioning.onProgress((id, progress) => {
    if (id === project.id) seen.push(progress)
  })
  await fixture.provisioning.ensureAwake(project.id)
  stop()
  const last = await fixture.provisioning.progress(project.id)
  expect(last.status).toBe('awake')
  expect(last.steps.map((step) => [step.name, step.state])).toEqual(
    ['record', 'storage', 'start', 'roles', 'first-query'].map((name) => [name, 'done']),
  )
  expect(last.steps.every((step) => step.durationMs !== null)).toBe(true)
  expect(seen.some((progress) => progress.steps.some((step) => step.state === 'running'))).toBe(true)
  expect(seen.at(-1)?.status).toBe('awake')
  const session = await ownerSession(project.id)
  const { rows } = await session.query('select current_user, current_database(), current_setting($$fsync$$)')
  expect(rows[0]).toEqual(['owner', 'main', 'on'])
  await session.close()
})

describe('the owner', () => {
  test.each([
    ['reads no file of the server', "select pg_read_file('/etc/passwd')"],
    ['runs no program', "copy (select 1) to program 'true'"],
    ['writes no file', "copy (select 1) to '/tmp/nebuladb-owned'"],
    ['imports no file as a large object', "select lo_import('/etc/passwd')"],
    ['lists no directory', "select pg_ls_dir('.')"],
    ['has no untrusted language', 'create extension plpython3u'],
    ['has no untrusted Perl', 'create extension plperlu'],
    ['makes no C function', "create function f() returns int language c as '/lib/x', 'f'"],
    ['loads no library', "load '/lib/x86_64-linux-gnu/libc.so.6'"],
    ['changes no server setting', "alter system set archive_command = 'true'"],
    ['becomes no superuser', 'alter role owner superuser'],
    ['makes no superuser', 'create role x superuser'],
    ['gives nobody the right to run programs', 'grant pg_execute_server_program to owner'],
    ['gives nobody replication', 'create role x replication'],
    ['makes no tablespace', "create tablespace t location '/tmp'"],
    ['does not become the superuser', 'set role nebuladb_superuser'],
    ['does not change its password', "alter role nebuladb_superuser password 'x'"],
    ['reads no password hashes', 'select rolpassword from pg_authid'],
    ['has no other servers', 'create extension dblink'],
  ])('%s', async (_, statement) => {
    const session = await ownerSession(shared.id)
    await expect(session.query(statement)).rejects.toMatchObject({ details: { sqlstate: '42501' } })
    await session.close()
  })

  test('owns the main database and its public schema, makes databases, roles and trusted extensions', async () => {
    const session = await ownerSession(shared.id)
    await session.query('create extension pg_trgm')
    await session.query('create role app login')
    await session.query('create schema sales')
    await session.query('create table note (id int)')
    await session.query('create database other')
    const other = await ownerSession(shared.id, 'other')
    await other.query('create table t (id int)')
    await other.close()
    await session.close()
  })

  test('can become the roles of the API, of which only service_role sees the tables', async () => {
    const session = await ownerSession(shared.id)
    await session.query('create table if not exists planet (name text)')
    await session.query('set role anon')
    await expect(session.query('select * from planet')).rejects.toMatchObject({ code: 'QUERY_FAILED' })
    await session.query('set role service_role')
    await session.query('select * from planet')
    await session.close()
  })

  let shared: TestProject
  beforeAll(async () => {
    shared = await createAwake()
  })
})

test('each instance has a user of its own when the service is root, and nobody else can open its folders', async () => {
  const [first, second] = [await createAwake(), await createAwake()]
  const uids = [first, second].map(({ id }) => {
    const stats = statSync(join(fixture.directory, 'postgres', 'instances', id, 'data'))
    expect(stats.mode & 0o777).toBe(0o700)
    return stats.uid
  })
  if (process.getuid?.() === 0) {
    expect(new Set(uids).size).toBe(2)
    expect(uids).not.toContain(0)
  } else expect(new Set(uids)).toEqual(new Set([process.getuid?.()]))
})

test('a project that is stopped keeps its data, and wakes when it is wanted', async () => {
  const project = await createAwake()
  let session = await ownerSession(project.id)
  await session.query('create table kept as select 42 as answer')
  await session.close()
  await fixture.want(project.id, 'asleep')
  await reach(project, 'asleep')
  await expect(ownerSession(project.id)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  await fixture.provisioning.ensureAwake(project.id)
  session = await ownerSession(project.id)
  expect((await session.query('select answer from kept')).rows).toEqual([['42']])
  await session.close()
})

test('a project that billing holds sleeps with its data, is not woken, and wakes once it is let go', async () => {
  const project = await createAwake()
  const hold = async (reason: 'cap' | 'quota' | 'suspended' | null) =>
    control.db.query(sql`update project set hold = ${reason} where id = ${project.id}`)
  await fixture.want(project.id, 'asleep')
  await reach(project, 'asleep')
  for (const [reason, message] of [
    ['cap', 'a spend cap is reached'],
    ['quota', 'a quota of its plan is used up'],
    ['suspended', 'an invoice is unpaid'],
  ] as const) {
    await hold(reason)
    await expect(fixture.provisioning.ensureAwake(project.id)).rejects.toMatchObject({
      code: 'PAYMENT_REQUIRED',
      message: `The project sleeps: ${message}. Its data stays.`,
    })
  }
  expect((await instanceRow(project.id))?.status).toBe('asleep')
  await hold(null)
  await fixture.provisioning.ensureAwake(project.id)
})

test('a deleted project stops, is restored with its data, and leaves nothing once it is purged', async () => {
  const project = await createAwake()
  const { pid, number } = (await instanceRow(project.id))!
  await fixture.want(project.id, 'deleted')
  await reach(project, 'deleted')
  await expect(fixture.provisioning.ensureAwake(project.id)).rejects.toMatchObject({
    code: 'PROJECT_NOT_READY',
  })
  await fixture.want(project.id, 'awake')
  await reach(project, 'awake')
  await fixture.want(project.id, 'purged')
  fixture.provisioning.wake(project.id)
  await vi.waitFor(
    async () =>
      expect(await control.db.query(sql`select from project where id = ${project.id}`)).toHaveLength(0),
    { timeout: 20_000, interval: 10 },
  )
  expect(await instanceRow(project.id)).toBeUndefined()
  expect(readdirSync(join(fixture.directory, 'postgres', 'instances')).join()).not.toContain(project.id)
  expect(existsSync(join(fixture.directory, 'postgres', 'sockets', String(number)))).toBe(false)
  expect(await isRunning(pid!)).toBe(false)
})

test('a deleted project is purged when its grace period is over, with an audit entry', async () => {
  const project = await createAwake()
  await fixture.want(project.id, 'deleted')
  await reach(project, 'deleted')
  await control.db.query(sql`update project set purge_at = now() where id = ${project.id}`)
  await vi.waitFor(
    async () =>
      expect(await control.db.query(sql`select from project where id = ${project.id}`)).toHaveLength(0),
    { timeout: 20_000, interval: 20 },
  )
  const entries = await control.db.query(sql`
    select from audit_entry where subject_id = ${project.id} and action = 'project.purge' and account_id is null`)
  expect(entries).toHaveLength(1)
})

test('a server that dies is started again without being asked', async () => {
  const project = await createAwake()
  const { pid } = (await instanceRow(project.id))!
  process.kill(pid!, 'SIGKILL')
  await vi.waitFor(
    async () => {
      const row = await instanceRow(project.id)
      expect(row?.status).toBe('awake')
      expect(row?.pid).not.toBe(pid)
    },
    { timeout: 20_000, interval: 20 },
  )
  const session = await ownerSession(project.id)
  expect((await session.query('select 1')).rows).toEqual([['1']])
  await session.close()
})

test('data that has disappeared is a failure that says so, never an empty database', async () => {
  const project = await createAwake()
  await fixture.want(project.id, 'asleep')
  await reach(project, 'asleep')
  const directory = join(fixture.directory, 'postgres', 'instances', project.id)
  renameSync(directory, join(fixture.directory, 'unmounted'))
  await expect(fixture.provisioning.ensureAwake(project.id)).rejects.toMatchObject({
    code: 'PROVISIONING_FAILED',
    message: expect.stringContaining('is not in the service'),
  })
  expect((await fixture.provisioning.progress(project.id)).status).toBe('failed')
  renameSync(join(fixture.directory, 'unmounted'), directory)
  await fixture.provisioning.ensureAwake(project.id)
})

test('a start that fails says why, leaves nothing running and works again when the reason is gone', async () => {
  const project = await createAwake()
  await fixture.want(project.id, 'asleep')
  await reach(project, 'asleep')
  const file = join(fixture.directory, 'postgres', 'instances', project.id, 'data', 'postgresql.conf')
  const good = readFileSync(file)
  appendFileSync(file, 'shared_buffers = nonsense\n')
  await expect(fixture.provisioning.ensureAwake(project.id)).rejects.toMatchObject({
    code: 'PROVISIONING_FAILED',
    message: expect.stringContaining('Postgres said'),
  })
  const { status, steps } = await fixture.provisioning.progress(project.id)
  expect(status).toBe('failed')
  expect(steps.find((step) => step.name === 'start')).toMatchObject({ state: 'failed' })
  writeFileSync(file, good)
  // by its back-off alone
  await vi.waitFor(async () => expect((await instanceRow(project.id))?.status).toBe('awake'), {
    timeout: 20_000,
    interval: 50,
  })
})

test('the password of the owner can be changed while it runs', async () => {
  const project = await createAwake()
  const target = await fixture.provisioning.ownerTarget(project.id)
  await fixture.provisioning.setOwnerPassword(project.id, 'another-password')
  await expect(openSession(target)).rejects.toMatchObject({ details: { sqlstate: '28P01' } })
  const session = await openSession({ ...target, password: 'another-password' })
  await session.close()
})

describe('through the proxy', () => {
  let project: TestProject
  let target: { host: string; port: number; database: string; user: string; password: string }
  beforeAll(async () => {
    project = await createAwake()
    const [tcp] = await fixture.provisioning.endpoints(project.id)
    if (tcp.kind !== 'tcp') throw new Error('TCP comes first.')
    const password = await fixture.ownerPassword(project.id)
    target = { host: tcp.host, port: tcp.port, user: tcp.user, database: 'main', password }
  })

  test('owner.<ref> reaches its database', async () => {
    const session = await openSession(target)
    const { rows } = await session.query('select current_user, current_database()')
    expect(rows[0]).toEqual(['owner', 'main'])
    await session.close()
  })

  test('a large result arrives whole', async () => {
    const session = await openSession(target)
    const { rows } = await session.query("select repeat('x', 100000) from generate_series(1, 200)")
    expect(rows.length).toBe(200)
    await session.close()
  })

  test('a statement is cancelled on the right server', async () => {
    const session = await openSession(target)
    const running = session.query('select pg_sleep(30)')
    const rejected = expect(running).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
    await vi.waitFor(async () => {
      const other = await ownerSession(project.id)
      const { rows } = await other.query("select from pg_stat_activity where query = 'select pg_sleep(30)'")
      await other.close()
      expect(rows.length).toBe(1)
    })
    await session.cancel()
    await rejected
    await session.close()
  })

  test.each([
    ['an unknown project', () => ({ user: 'owner.aaaaaaaaaa' })],
    ['no project', () => ({ user: 'owner' })],
    ['the superuser', () => ({ user: `nebuladb_superuser.${project.ref}` })],
  ])('%s is refused with the same answer', async (_, change) => {
    await expect(openSession({ ...target, ...change() })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('no such project'),
      details: { sqlstate: '28000' },
    })
  })

  test('a wrong password is refused by Postgres itself', async () => {
    await expect(openSession({ ...target, password: 'wrong' })).rejects.toMatchObject({
      details: { sqlstate: '28P01' },
    })
  })

  test('a client that comes while the project is being made waits for it', async () => {
    const fresh = await fixture.addProject()
    const session = await openSession({
      ...target,
      user: `owner.${fresh.ref}`,
      password: await fixture.ownerPassword(fresh.id),
    })
    expect((await session.query('select current_user')).rows).toEqual([['owner']])
    await session.close()
  })

  test('several clients wake a sleeping project once', async () => {
    const sleeper = await createAwake()
    await fixture.want(sleeper.id, 'asleep')
    await reach(sleeper, 'asleep')
    const user = `owner.${sleeper.ref}`
    const password = await fixture.ownerPassword(sleeper.id)
    const sessions = await Promise.all(
      Array.from({ length: 5 }, async () => await openSession({ ...target, user, password })),
    )
    const started = await Promise.all(
      sessions.map(
        async (session) => (await session.query('select pg_postmaster_start_time()')).rows[0]?.[0],
      ),
    )
    expect(new Set(started).size).toBe(1)
    await Promise.all(sessions.map(async (session) => await session.close()))
  })

  test('a session ends when its server ends, with the reason', async () => {
    const mine = await createAwake()
    const password = await fixture.ownerPassword(mine.id)
    const session = await openSession({ ...target, user: `owner.${mine.ref}`, password })
    const closed = Promise.withResolvers<unknown>()
    session.onClose(closed.resolve)
    await fixture.want(mine.id, 'asleep')
    fixture.provisioning.wake(mine.id)
    expect(await closed.promise).toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('what is no Postgres is answered with an error and closed', async () => {
    const socket = connect(target.port, target.host)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString('utf8')).toContain('08P01')
  })
})
