// Migrations of a project through the service, on its real database: applied, undone, found, audited; for members only.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { projectMigrations } from '#contract/capabilities/project-migrations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { as, useProjectDatabase } from '#testing/project-database.ts'
import { collect, testMigrator, TIMEOUTS } from '#testing/migrator.ts'
import { createRateLimits } from '../auth/index.ts'
import { createProjectMigrationsService, type ProjectMigrationsService } from './index.ts'

const here = useProjectDatabase()
const { projectId } = here
const ref = { projectId, database: 'main' }
const code = (expected: string) => expect.objectContaining({ code: expected })

let service: ProjectMigrationsService
let session: Session
beforeAll(async () => {
  service = createProjectMigrationsService({
    db: here.control.db,
    database: here.database,
    clock: { now: () => new Date() },
    limits: createRateLimits({ db: here.control.db, observe: () => undefined }),
    random: () => 0.5,
  })
  await here.fixture.provisioning.ensureAwake(projectId)
  session = await openSession(await here.fixture.provisioning.ownerTarget(projectId))
})
afterAll(() => session?.close())
beforeEach(async () => {
  await session.query('drop schema if exists nebuladb cascade; drop table if exists film, actor')
  await here.control.db.query(sql`delete from project_migration`)
  await here.control.db.query(sql`delete from audit_entry`)
})

const FILM = {
  version: '20260101000000',
  name: 'film',
  up: 'create table film (id int);',
  down: 'drop table film;',
}
const ACTOR = {
  ...FILM,
  version: '20260102000000',
  name: 'actor',
  up: 'create table actor (id int);',
  down: '',
}

const { input: ApplyInput } = projectMigrations.members.apply
const apply = (migration: Omit<z.input<typeof ApplyInput>, 'projectId'>, caller = as(here.owner)) =>
  service.apply(caller, ApplyInput.parse({ projectId, ...migration }))

interface Entry {
  readonly action: string
  readonly accountId: string | null
  readonly details: Readonly<Record<string, unknown>>
}
/** What the audit log has of this project, in order. */
async function audited(): Promise<readonly Entry[]> {
  return here.control.db.query<Entry>(
    sql`select action, account_id as "accountId", details from audit_entry where subject_id = ${projectId} order by id`,
  )
}
/** What the desktop does: it applies past the service. */
async function applyDirectly(...migrations: readonly (typeof FILM)[]): Promise<void> {
  const texts = Object.fromEntries(
    migrations.map(({ version, name, up, down }) => [
      `${version}_${name}.sql`,
      `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`,
    ]),
  )
  const target = await here.fixture.provisioning.ownerTarget(projectId)
  await collect(testMigrator(target, texts, { person: 'grace@example.com' }).apply(TIMEOUTS))
}

describe('applying', () => {
  test('runs as owner, is in the history of the database and in the audit log, once', async () => {
    const applied = await apply(FILM)
    expect(applied).toMatchObject({
      version: FILM.version,
      name: 'film',
      state: 'applied',
      role: 'owner',
      person: `${here.owner.accountId}@example.com`,
    })
    const { rows } = await session.query(`select tableowner from pg_tables where tablename = 'film'`)
    expect(rows).toEqual([['owner']])
    expect(await service.list(as(here.owner), ref)).toMatchObject({ items: [applied], isStale: false })
    expect(await audited()).toEqual([
      {
        action: 'migration.apply',
        accountId: here.owner.accountId,
        details: { database: 'main', version: FILM.version, name: 'film', checksum: applied.checksum },
      },
    ])
  })

  test('a second time with the same text runs nothing; with another text it is refused', async () => {
    const applied = await apply(FILM)
    expect(await apply(FILM)).toEqual(applied)
    await expect(apply({ ...FILM, up: 'create table other (id int);' })).rejects.toEqual(code('CONFLICT'))
    expect((await audited()).map(({ action }) => action)).toEqual(['migration.apply', 'migration.apply'])
  })

  test('without a version takes the time, or later than the last one', async () => {
    await apply({ ...FILM, version: '29991231235959' })
    const { name, up, down } = ACTOR
    expect(await apply({ name, up, down })).toMatchObject({ version: '30000101000000' })
  })

  test('that fails leaves nothing in the database, and the try in the audit log', async () => {
    const wrong = { ...FILM, up: 'create table film (id int);\nselect 1 / 0;' }
    await expect(apply(wrong)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      details: { sqlstate: '22012' },
    })
    expect((await service.list(as(here.owner), ref)).items).toEqual([])
    expect((await session.query(`select from pg_tables where tablename = 'film'`)).rows).toEqual([])
    expect((await audited()).map(({ action }) => action)).toEqual(['migration.apply'])
  })

  test('that its caller cancels stops', async () => {
    const stop = new AbortController()
    const running = apply({ ...FILM, up: 'select pg_sleep(600);' }, as(here.owner, stop.signal))
    const outcome = expect(running).rejects.toEqual(code('CANCELLED'))
    await expect
      .poll(async () => {
        const { rows } = await session.query(
          `select from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid() and state = 'active'`,
        )
        return rows.length
      })
      .toBe(1)
    stop.abort()
    await outcome
    expect((await service.list(as(here.owner), ref)).items).toEqual([])
  })

  test('while somebody else applies says who, and waits for nobody', async () => {
    await session.query('select pg_advisory_lock(1852138101, 1835624306)')
    await expect(apply(FILM)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('as owner'),
    })
    await session.query('select pg_advisory_unlock_all()')
    expect(await apply(FILM)).toMatchObject({ state: 'applied' })
  })

  test('keeps to the role of the project: what is not the owner’s is refused', async () => {
    await expect(apply({ ...FILM, up: 'create role intruder superuser;' })).rejects.toMatchObject({
      details: { sqlstate: '42501' },
    })
    await expect(
      apply({ ...FILM, up: `copy (select 1) to program 'touch /tmp/intruder';` }),
    ).rejects.toMatchObject({ details: { sqlstate: '42501' } })
  })
})

describe('undoing', () => {
  test('takes the latest only, by its name', async () => {
    await apply(FILM)
    await apply({ ...ACTOR, down: 'drop table actor;' })
    const one = { ...ref, version: FILM.version }
    await expect(service.rollBack(as(here.owner), one)).rejects.toEqual(code('CONFLICT'))
    await expect(service.rollBack(as(here.owner), { ...ref, version: '20270101000000' })).rejects.toEqual(
      code('NOT_FOUND'),
    )
    await service.rollBack(as(here.owner), { ...ref, version: ACTOR.version })
    await service.rollBack(as(here.owner), one)
    expect(await service.list(as(here.owner), ref)).toMatchObject({ items: [] })
    expect((await session.query(`select from pg_tables where tablename in ('film', 'actor')`)).rows).toEqual(
      [],
    )
    expect((await audited()).map(({ action }) => action)).toEqual([
      'migration.apply',
      'migration.apply',
      'migration.roll-back',
      'migration.roll-back',
    ])
  })

  test('without a way back is refused', async () => {
    await apply(ACTOR)
    await expect(service.rollBack(as(here.owner), { ...ref, version: ACTOR.version })).rejects.toEqual(
      code('CONFLICT'),
    )
  })
})

describe('what was applied past the service', () => {
  test('is found in the history of the database, and audited once with who did it', async () => {
    await applyDirectly(FILM, ACTOR)
    const lists = await Promise.all([1, 2, 3].map(() => service.list(as(here.owner), ref)))
    expect(lists.map(({ items }) => items.length)).toEqual([2, 2, 2])
    const entries = await audited()
    expect(entries.map(({ action, details }) => [action, details['version']])).toEqual([
      ['migration.found', FILM.version],
      ['migration.found', ACTOR.version],
    ])
    expect(entries[0]).toMatchObject({
      accountId: null,
      details: {
        database: 'main',
        role: 'owner',
        person: 'grace@example.com',
        appliedAt: expect.any(String),
      },
    })
    expect(await service.read(as(here.owner), { ...ref, version: FILM.version })).toEqual({
      up: FILM.up,
      down: FILM.down,
      fileName: `${FILM.version}_film.sql`,
    })
  })

  test('and undone again is audited too', async () => {
    await applyDirectly(FILM)
    await service.list(as(here.owner), ref)
    await session.query('delete from nebuladb.migration')
    await service.list(as(here.owner), ref)
    await service.list(as(here.owner), ref)
    expect((await audited()).map(({ action }) => action)).toEqual(['migration.found', 'migration.gone'])
  })

  test('is told of while the database sleeps, without waking it', async () => {
    await applyDirectly(FILM)
    const { items } = await service.list(as(here.owner), ref)
    const status = async (to: string) => {
      await here.control.db.query(sql`update instance set status = ${to} where project_id = ${projectId}`)
    }
    await status('asleep')
    try {
      expect(await service.list(as(here.owner), ref)).toEqual({
        items,
        asOf: expect.any(String),
        isStale: true,
      })
    } finally {
      await status('awake')
    }
  })

  test('is not believed blindly: rows that are no migrations are passed over, a view is no history', async () => {
    await applyDirectly(FILM)
    await session.query(`
      insert into nebuladb.migration (version, name, checksum, text, steps, steps_done, state)
      values ('1', 'x', 'x', 'x', 1, 1, 'applied'), ('20260103000000', repeat('n', 100000), 'c', 'x', 1, 1, 'applied')`)
    const { items } = await service.list(as(here.owner), ref)
    expect(items.map(({ version, name }) => [version, name.length])).toEqual([
      [FILM.version, 4],
      ['20260103000000', 200],
    ])
    await session.query('alter table nebuladb.migration rename to kept')
    await session.query('create view nebuladb.migration as select * from nebuladb.kept')
    expect((await service.list(as(here.owner), ref)).items).toEqual([])
  })

  test.each([
    ['text', `repeat('x', 33 * 1024 * 1024)`],
    ['person', `repeat('x', 33 * 1024 * 1024)`],
    ['batch_key', `to_jsonb(array[repeat('x', 33 * 1024 * 1024)])`],
  ])('is not taken on when the history is too large: %s', async (column, value) => {
    await applyDirectly(FILM)
    await session.query(`update nebuladb.migration set ${column} = ${value}`)
    await expect(apply(ACTOR)).rejects.toEqual(code('TOO_LARGE'))
    expect((await service.list(as(here.owner), ref)).items).toHaveLength(1)
  })
})

describe('who may', () => {
  test('members by their role; nobody else learns that the project is there', async () => {
    await apply(FILM)
    const [viewer, developer, stranger] = [
      await here.tenants.person(),
      await here.tenants.person(),
      await here.tenants.person(),
    ]
    await here.tenants.join(here.organisationId, viewer, 'viewer')
    await here.tenants.join(here.organisationId, developer, 'developer')
    await here.tenants.organisation([[stranger, 'owner']])
    const one = { ...ref, version: FILM.version }
    expect((await service.list(as(viewer), ref)).items).toHaveLength(1)
    for (const work of [
      () => service.read(as(viewer), one),
      () => apply(ACTOR, as(viewer)),
      () => service.rollBack(as(viewer), one),
    ])
      await expect(work()).rejects.toEqual(code('FORBIDDEN'))
    for (const work of [
      () => service.list(as(stranger), ref),
      () => service.read(as(stranger), one),
      () => apply(ACTOR, as(stranger)),
      () => service.rollBack(as(stranger), one),
      () => service.list(as(here.owner), { ...ref, projectId: ProjectId.parse(randomUUID()) }),
    ])
      await expect(work()).rejects.toEqual(code('NOT_FOUND'))
    expect(await apply(ACTOR, as(developer))).toMatchObject({ person: `${developer.accountId}@example.com` })
  })
})
