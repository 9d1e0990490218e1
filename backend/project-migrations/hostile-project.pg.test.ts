// Members of a project who mean harm to the service: through the history in their own database, which is theirs to fill, lock and rewrite.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { projectMigrations } from '#contract/capabilities/project-migrations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { as, useProjectDatabase } from '#testing/project-database.ts'
import { createRateLimits } from '../auth/index.ts'
import { createProjectMigrationsService, type ProjectMigrationsService } from './index.ts'

const here = useProjectDatabase()
const { projectId } = here
const ref = { projectId, database: 'main' }
const { input: ApplyInput } = projectMigrations.members.apply
const FILM = { version: '20260101000000', name: 'film', up: 'create table film (id int);' }

let service: ProjectMigrationsService
let session: Session
beforeAll(async () => {
  const { control, database, fixture } = here
  const clock = { now: () => new Date() }
  const limits = createRateLimits({ db: control.db, observe: () => undefined })
  service = createProjectMigrationsService({ db: control.db, database, clock, limits, random: () => 0.5 })
  await fixture.provisioning.ensureAwake(projectId)
  session = await openSession(await fixture.provisioning.ownerTarget(projectId))
})
afterAll(() => session?.close())
beforeEach(async () => {
  await session.query('drop schema if exists nebuladb cascade; drop table if exists film')
  await here.control.db.query(sql`delete from project_migration`)
  await here.control.db.query(sql`delete from audit_entry`)
})

const apply = (migration: Omit<z.input<typeof ApplyInput>, 'projectId'>) =>
  service.apply(as(here.owner), ApplyInput.parse({ projectId, ...migration }))

async function audited(): Promise<number> {
  return (await here.control.db.query(sql`select from audit_entry`)).length
}

test('a session of the service waits and reads no longer than it must, also after a migration has had it', async () => {
  await apply(FILM)
  const { open } = await here.database.ownerSessions(as(here.owner), { ...ref, action: 'database.change' })
  const opened = await open()
  try {
    const { rows } = await opened.query(
      `select current_setting('statement_timeout'), current_setting('lock_timeout')`,
    )
    expect(rows).toEqual([['15s', '15s']])
    await opened.query('set statement_timeout = 0; reset all')
    expect((await opened.query('show statement_timeout')).rows).toEqual([['15s']])
    await expect(opened.query(`select repeat('x', 70 * 1024 * 1024)`)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
  } finally {
    await opened.close()
  }
})

test('a statement cannot be let run for ever', () => {
  expect(ApplyInput.safeParse({ projectId, ...FILM, statementTimeoutMs: 0 }).success).toBe(false)
})

test('a migration stays the owner, whatever it makes of its session', async () => {
  const up = `set session authorization default; reset role; create table film as select current_user as who, rolsuper
    from pg_roles where rolname = session_user;`
  await apply({ ...FILM, up })
  expect((await session.query('select * from film')).rows).toEqual([['owner', 'f']])
  const { rows } = await session.query('select quote_ident(rolname) from pg_roles where rolsuper limit 1')
  const superuser = rows[0]?.[0] ?? ''
  for (const escape of [
    `set session authorization ${superuser};`,
    `set role ${superuser};`,
    `alter system set log_statement = 'none';`,
  ])
    await expect(apply({ version: '20260102000000', name: 'escape', up: escape })).rejects.toMatchObject({
      details: { sqlstate: '42501' },
    })
})

test('a history that is filled again and again is noted and audited up to a number', async () => {
  await apply(FILM)
  const noted = async (): Promise<readonly string[]> =>
    (
      await here.control.db.query<{ version: string }>(
        sql`select version from project_migration where project_id = ${projectId}`,
      )
    ).map(({ version }) => version)
  expect(await noted()).toEqual([FILM.version])
  await here.control.db.query(sql`
    insert into project_migration (project_id, database, version, applied_at, name, checksum, role, duration_ms, gone_at)
    select ${projectId}, 'main', '20250101000000', now() - n * interval '1 s', 'n', 'c', 'owner', 0, now() from generate_series(1, 10000) n`)
  const before = await audited()
  await session.query(`update nebuladb.migration set version = '20260301000000'`)
  expect((await service.list(as(here.owner), ref)).items).toMatchObject([{ version: '20260301000000' }])
  expect(await noted()).not.toContain('20260301000000')
  expect(await audited()).toBe(before + 1)
})

test('who asks too often is stopped, from one address and from many, before anything runs', async () => {
  const { control, database } = here
  const clock = { now: () => new Date() }
  await control.db.query(sql`delete from rate_limit`)
  // 300 and 600 in a quarter of an hour, a hundredth of it here.
  const limits = createRateLimits({ db: control.db, observe: () => undefined, scale: 0.01 })
  const limited = createProjectMigrationsService({
    db: control.db,
    database,
    clock,
    limits,
    random: () => 0.5,
  })
  const from = (address: string) => ({ ...as(here.owner), address })
  const refused = { code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } }
  for (let time = 0; time < 3; time += 1) await limited.list(from('203.0.113.1'), ref)
  const input = ApplyInput.parse({ projectId, ...FILM })
  await expect(limited.apply(from('203.0.113.1'), input)).rejects.toMatchObject(refused)
  expect(await audited()).toBe(0)
  for (const address of ['203.0.113.2', '203.0.113.3', '203.0.113.4'])
    await limited.list(from(address), ref).catch(() => undefined)
  await expect(limited.list(from('203.0.113.5'), ref)).rejects.toMatchObject(refused)
  await control.db.query(sql`delete from rate_limit`)
})
