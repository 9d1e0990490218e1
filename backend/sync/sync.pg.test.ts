import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import { type SyncChange, SyncMutation } from '#contract/capabilities/sync.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { connection, savedQuery } from '#testing/conformance/sync-store.ts'
import { describeSyncService, pullAll, type SyncClient, upsert } from '#testing/conformance/sync-service.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import { createSyncService, type SyncService } from './service.ts'

const DAY_MS = 24 * 60 * 60 * 1000
let control: ControlDatabase
let tenants: Tenants
let service: SyncService
let now = new Date()

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
  service = createSyncService({ db: control.db, clock: { now: () => now } })
})
afterAll(() => control.drop())

const clientOf = (actor: Actor): SyncClient => ({
  pull: ({ cursor, limit }) => service.pull(actor, { cursor, limit: Number(limit ?? 200) }),
  push: async ({ mutations }) => ({
    outcomes: await service.push(
      actor,
      mutations.map((mutation) => SyncMutation.parse(mutation)),
    ),
  }),
})
const pull = (actor: Actor, cursor: string | null = null) => pullAll(clientOf(actor), cursor)
const summary = (changes: readonly SyncChange[]): string[] =>
  changes.map((change) => `${change.type} ${change.type === 'upsert' ? change.record.kind : change.kind}`)

async function addProject(organisationId: OrganisationId): Promise<ProjectId> {
  const id = ProjectId.parse(randomUUID())
  await control.db.query(insertProject(id, organisationId))
  return id
}
function insertProject(id: ProjectId, organisationId: OrganisationId) {
  const ref = id
    .replaceAll('-', '')
    .replaceAll(/[0189]/g, 'z')
    .slice(0, 16)
  return sql`
    insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
    values (${id}, ${organisationId}, ${`p ${id}`}, ${ref}, 'development', 'local', '18', now(), now())`
}

describe('the service of sync', () => {
  describeSyncService(async () => {
    const actor = await tenants.person()
    return {
      client: clientOf(actor),
      async forgetTombstones() {
        const before = now
        now = new Date(Date.now() + 91 * DAY_MS)
        await service.prune()
        now = before
      },
    }
  })

  // SYNC-2
  test('versions belong to an account, and nobody sees the records of another', async () => {
    const [one, other] = [await tenants.person(), await tenants.person()]
    const { outcomes } = await clientOf(one).push({ mutations: [upsert(savedQuery(1, 'mine'), null)] })
    expect(outcomes).toMatchObject([{ type: 'applied', version: 1 }])
    expect((await pull(other)).changes).toEqual([])
    const theirs = await clientOf(other).push({ mutations: [upsert(savedQuery(1, 'theirs'), null)] })
    expect(theirs.outcomes).toMatchObject([{ type: 'applied', version: 1 }])
    expect((await pull(one)).changes).toMatchObject([{ record: savedQuery(1, 'mine') }])
    const { cursor } = await pull(one)
    expect((await pull(other, cursor)).reset).toBe(true) // SYNC-4: a cursor is bound to its account
  })

  // SYNC-6
  test('joining gives an organisation with its projects, leaving takes them away', async () => {
    const [owner, guest] = [await tenants.person(), await tenants.person()]
    const organisationId = await tenants.organisation([[owner, 'owner']])
    const projectId = await addProject(organisationId)
    await addProject(await tenants.organisation([[owner, 'owner']]))
    const { cursor } = await pull(guest)
    await tenants.join(organisationId, guest, 'viewer')
    const joined = await pull(guest, cursor)
    expect(joined.changes).toMatchObject([
      { type: 'upsert', record: { kind: 'organisation', record: { id: organisationId, role: 'viewer' } } },
      { type: 'upsert', record: { kind: 'project', record: { id: projectId, status: 'creating' } } },
    ])
    await tenants.join(organisationId, guest, 'admin')
    const promoted = await pull(guest, joined.cursor)
    expect(promoted.changes[0]).toMatchObject({ record: { record: { role: 'admin' } } })
    await tenants.leave(organisationId, guest)
    const left = await pull(guest, promoted.cursor)
    expect(summary(left.changes)).toEqual(['delete organisation', 'delete project'])
    expect((await pull(guest)).changes).toEqual([])
    await control.db.query(sql`update project set name = 'renamed' where id = ${projectId}`)
    expect((await pull(guest, left.cursor)).changes).toEqual([])
  })

  // SYNC-6
  test('a project is told of through its life: changed, deleted, purged', async () => {
    const owner = await tenants.person()
    const organisationId = await tenants.organisation([[owner, 'owner']])
    const projectId = await addProject(organisationId)
    let { cursor } = await pull(owner)
    const next = async (statement: ReturnType<typeof sql>) => {
      await control.db.query(statement)
      const result = await pull(owner, cursor)
      cursor = result.cursor
      return result.changes
    }
    expect(
      await next(
        sql`insert into instance (project_id, number, superuser_password) values (${projectId}, 1, '\\x00')`,
      ),
    ).toMatchObject([{ record: { record: { status: 'creating' } } }])
    expect(
      await next(sql`update instance set status = 'awake', size_bytes = 42 where project_id = ${projectId}`),
    ).toMatchObject([{ record: { record: { status: 'awake', sizeBytes: 42 } } }])
    // what is in no record makes no version
    expect(await next(sql`update instance set attempts = 3 where project_id = ${projectId}`)).toEqual([])
    expect(
      await next(
        sql`update project set desired_state = 'deleted', purge_at = now() + interval '1 day' where id = ${projectId}`,
      ),
    ).toMatchObject([{ type: 'upsert', record: { record: { status: 'deleted' } } }])
    expect(
      summary(await next(sql`update project set desired_state = 'purged' where id = ${projectId}`)),
    ).toEqual(['delete project'])
    expect(await next(sql`delete from instance where project_id = ${projectId}`)).toEqual([])
    expect(await next(sql`delete from project where id = ${projectId}`)).toEqual([])
    expect(
      summary(await next(sql`update organisation set deleted_at = now() where id = ${organisationId}`)),
    ).toEqual(['delete organisation'])
  })

  // SYNC-2
  test('one transaction that touches many records gives each one version, and leaves no notes behind', async () => {
    const owner = await tenants.person()
    const organisationId = await tenants.organisation([[owner, 'owner']])
    const { cursor } = await pull(owner)
    await control.db.transaction(async (tx) => {
      const id = ProjectId.parse(randomUUID())
      await tx.query(insertProject(id, organisationId))
      await tx.query(sql`update project set name = 'two' where id = ${id}`)
      await tx.query(sql`update organisation set name = 'again' where id = ${organisationId}`)
      await tx.query(sql`update project set name = 'three' where id = ${id}`)
    })
    const { changes } = await pull(owner, cursor)
    expect(summary(changes)).toEqual(['upsert organisation', 'upsert project'])
    expect(new Set(changes.map(({ version }) => version)).size).toBe(2)
    expect(await control.db.query(sql`select id from sync_touch`)).toEqual([])
  })

  // SYNC-5
  test('a page stays below its size, however long the texts are', async () => {
    const actor = await tenants.person()
    const text = 'x'.repeat(3_000_000)
    const mutations = [1, 2, 3, 4].map((n) => upsert(savedQuery(n, text), null))
    await clientOf(actor).push({ mutations })
    const page = await clientOf(actor).pull({ cursor: null, limit: 100 })
    expect(page).toMatchObject({ hasMore: true })
    expect(page.changes).toHaveLength(2)
    expect((await pull(actor)).changes).toHaveLength(4)
  })

  // SYNC-1
  test('a connection is stored without any place for a password', async () => {
    const columns = await control.db.query<{ column_name: string }>(
      sql`select column_name from information_schema.columns where table_name in ('saved_connection', 'saved_query')`,
    )
    expect(
      columns.map(({ column_name: name }) => name).filter((name) => /pass|secret|token/.test(name)),
    ).toEqual([])
    const actor = await tenants.person()
    await clientOf(actor).push({ mutations: [upsert(connection(1, 'db.example.com'), null)] })
    expect((await pull(actor)).changes).toMatchObject([{ record: connection(1, 'db.example.com') }])
  })

  // SYNC-3
  test('a reader in the midst of many writers is never shown a version at or below its cursor, and misses nothing', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => tenants.person()))
    const [reader] = people
    if (reader === undefined) throw new Error('unreachable')
    const organisations = await Promise.all(
      Array.from({ length: 3 }, () => tenants.organisation(people.map((person) => [person, 'owner']))),
    )
    const made: ProjectId[] = []
    let isWriting = true
    const writer = async (organisationId: OrganisationId, n: number): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        const id = ProjectId.parse(randomUUID())
        await control.db.transaction(async (tx) => {
          await tx.query(insertProject(id, organisationId))
          // in another order for each writer, so that careless locking would end in deadlocks
          for (const other of n % 2 === 0 ? organisations : organisations.toReversed())
            await tx.query(insertProject(ProjectId.parse(randomUUID()), other))
          if (i % 3 === n % 3)
            await tx.query(
              sql`update membership set updated_at = now() where organisation_id = ${organisationId}`,
            )
        })
        made.push(id)
      }
    }
    const seen = new Set<string>()
    const reading = (async () => {
      let cursor: string | null = null
      let highest = 0
      for (let isLast = false; ;) {
        const page = await service.pull(reader, { cursor, limit: 5 })
        for (const change of page.changes) {
          expect(change.version).toBeGreaterThan(highest)
          highest = change.version
          if (change.type === 'upsert') seen.add(change.record.record.id)
        }
        cursor = page.cursor
        if (page.hasMore) continue
        if (isLast) return
        isLast = !isWriting
      }
    })()
    await Promise.all(organisations.flatMap((id, n) => [writer(id, n), writer(id, n + 1)]))
    isWriting = false
    await reading
    expect(made.filter((id) => !seen.has(id))).toEqual([])
    expect(made).toHaveLength(72)
  })

  /**
   * Runs two transactions of which the first has published its versions but not committed when the second comes to publish its own: the moment at
   * which a missing lock shows.
   */
  async function overlap(first: ReturnType<typeof sql>, second: ReturnType<typeof sql>): Promise<void> {
    const publish = sql`set constraints all immediate`
    const mayCommit = Promise.withResolvers<void>()
    const published = Promise.withResolvers<void>()
    const one = control.db.transaction(async (tx) => {
      await tx.query(first)
      await tx.query(publish)
      published.resolve()
      await mayCommit.promise
    })
    await published.promise
    let isOver = false
    const two = control.db
      .transaction(async (tx) => {
        await tx.query(second)
        await tx.query(publish)
      })
      .finally(() => (isOver = true))
    await vi.waitFor(async () => {
      const waiting = await control.db.query(
        sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(isOver || waiting.length > 0).toBe(true)
    })
    mayCommit.resolve()
    await Promise.all([one, two])
  }
  const insertMember = (organisationId: OrganisationId, { accountId }: Actor) =>
    sql`insert into membership (organisation_id, account_id, role) values (${organisationId}, ${accountId}, 'viewer')`

  // SYNC-3
  test('who joins while a project is made sees it, whichever commits first', async () => {
    // without other members, whose heads would make the two wait for each other as well
    const [early, late] = [await tenants.person(), await tenants.person()]
    const [here, there] = [await tenants.organisation([]), await tenants.organisation([])]
    const [one, two] = [ProjectId.parse(randomUUID()), ProjectId.parse(randomUUID())]
    await overlap(insertProject(one, here), insertMember(here, early))
    expect(summary((await pull(early)).changes)).toEqual(['upsert organisation', 'upsert project'])
    await overlap(insertMember(there, late), insertProject(two, there))
    expect(summary((await pull(late)).changes)).toEqual(['upsert organisation', 'upsert project'])
  })

  // SYNC-3
  test('two organisations that change at once give their common member one version after the other', async () => {
    const person = await tenants.person()
    const here = await tenants.organisation([[person, 'owner']])
    const there = await tenants.organisation([[person, 'owner']])
    const { cursor } = await pull(person)
    const [one, two] = [ProjectId.parse(randomUUID()), ProjectId.parse(randomUUID())]
    await overlap(insertProject(one, here), insertProject(two, there))
    expect((await pull(person, cursor)).changes).toMatchObject([
      { record: { record: { id: one } } },
      { record: { record: { id: two } } },
    ])
  })

  // SYNC-15
  test('the same push at the same moment has one effect', async () => {
    const actor = await tenants.person()
    const mutations = [upsert(savedQuery(1, 'a'), null)]
    const answers = await Promise.all(Array.from({ length: 5 }, () => service.push(actor, mutations)))
    expect(new Set(answers.map(([outcome]) => JSON.stringify(outcome))).size).toBe(1)
    expect((await pull(actor)).changes).toHaveLength(1)
  })

  test('a deleted account leaves no text behind, and its pushes are refused', async () => {
    const actor = await tenants.person()
    await clientOf(actor).push({ mutations: [upsert(savedQuery(1, 'private'), null)] })
    await control.db.query(sql`delete from account where id = ${actor.accountId}`)
    expect(
      await control.db.query(sql`select id from saved_query where account_id = ${actor.accountId}`),
    ).toEqual([])
    await expect(service.push(actor, [upsert(savedQuery(1, 'x'), null)])).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })
})
