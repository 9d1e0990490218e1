import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OrganisationId, TeamCollectionId } from '#contract/capabilities/ids.ts'
import {
  TEAM_MOST_FILE_BYTES,
  type TeamFileChange,
  type TeamFileOutcome,
} from '#contract/capabilities/team-collections.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import {
  createTeamCollectionsService,
  type TeamCollectionRef,
  type TeamCollectionsService,
} from './service.ts'

const DAY_MS = 24 * 60 * 60 * 1000
let control: ControlDatabase
let tenants: Tenants
let service: TeamCollectionsService
let now = new Date()

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
  service = createTeamCollectionsService({ db: control.db, clock: { now: () => now } })
})
afterAll(() => control.drop())

const change = (path: string, text: string | null, baseVersion = 0): TeamFileChange => ({
  mutationId: randomUUID(),
  path,
  baseVersion,
  text,
})

interface Team {
  readonly owner: Actor
  readonly developer: Actor
  readonly viewer: Actor
  readonly ref: TeamCollectionRef
  push(changes: readonly TeamFileChange[], actor?: Actor): Promise<TeamFileOutcome[]>
  /** All pages from a cursor on. */
  pull(
    cursor?: string | null,
    limit?: number,
  ): Promise<{ files: Record<string, string | null>; cursor: string; reset: boolean }>
}

async function createTeam(): Promise<Team> {
  const [owner, developer, viewer] = [await tenants.person(), await tenants.person(), await tenants.person()]
  const organisationId = await tenants.organisation([
    [owner, 'owner'],
    [developer, 'developer'],
    [viewer, 'viewer'],
  ])
  const ref = { organisationId, teamCollectionId: TeamCollectionId.parse(randomUUID()) }
  await service.create(owner, { ...ref, name: 'Shop' })
  return {
    owner,
    developer,
    viewer,
    ref,
    push: (changes, actor = developer) => service.push(actor, { ...ref, changes }),
    async pull(cursor = null, limit = 200) {
      const files: Record<string, string | null> = {}
      let reset = false
      for (let at = cursor; ;) {
        const page = await service.pull(viewer, { ...ref, cursor: at, limit })
        reset ||= page.reset
        for (const { path, text } of page.files) files[path] = text
        at = page.cursor
        if (!page.hasMore) return { files, cursor: at, reset }
      }
    },
  }
}

// TEAM-5
test('files are made, changed and deleted, and told in pages', async () => {
  const team = await createTeam()
  const outcomes = await team.push([change('opencollection.yml', 'root'), change('Films/List.yml', 'one')])
  expect(outcomes).toMatchObject([
    { type: 'applied', version: 1 },
    { type: 'applied', version: 2 },
  ])
  const first = await team.pull(null, 1)
  expect(first.files).toEqual({ 'opencollection.yml': 'root', 'Films/List.yml': 'one' })
  await team.push([change('Films/List.yml', 'two', 2), change('Health.yml', 'three')])
  await team.push([change('Health.yml', null, 4)])
  expect(await team.pull(first.cursor, 1)).toMatchObject({
    files: { 'Films/List.yml': 'two', 'Health.yml': null },
    reset: false,
  })
  expect((await team.pull()).files).toEqual({ 'opencollection.yml': 'root', 'Films/List.yml': 'two' })
  expect(await service.list(team.viewer, team.ref.organisationId)).toMatchObject([
    { name: 'Shop', files: 2, bytes: 7, canWrite: false, canRemove: false },
  ])
})

// TEAM-6
test('a change on an older version is a conflict that tells the present one, and changes nothing', async () => {
  const team = await createTeam()
  await team.push([change('a.yml', 'one')])
  await team.push([change('a.yml', 'two', 1)])
  const conflicts = await team.push([
    change('a.yml', 'mine', 1),
    change('a.yml', 'mine'),
    change('b.yml', 'b'),
  ])
  expect(conflicts).toMatchObject([
    { type: 'conflict', version: 2, text: 'two' },
    { type: 'conflict', version: 2, text: 'two' },
    { type: 'applied', version: 3 },
  ])
  expect(await team.push([change('a.yml', 'two', 1)])).toMatchObject([{ type: 'applied', version: 2 }])
  await team.push([change('a.yml', null, 2)])
  expect(await team.push([change('a.yml', 'mine', 2)])).toMatchObject([
    { type: 'conflict', version: 0, text: null },
  ])
  expect(await team.push([change('a.yml', null, 2)])).toMatchObject([{ type: 'applied', version: 0 }])
  expect(await team.push([change('a.yml', 'again')])).toMatchObject([{ type: 'applied', version: 5 }])
})

// TEAM-7
test('a change that comes twice has its effect once', async () => {
  const team = await createTeam()
  const once = change('a.yml', 'one')
  await team.push([once])
  await team.push([change('a.yml', 'two', 1)])
  expect(await team.push([once])).toMatchObject([{ type: 'applied', version: 1 }])
  expect((await team.pull()).files).toEqual({ 'a.yml': 'two' })
})

// TEAM-8
test.each([
  ['../outside.yml', 'text', /no path/],
  ['/etc/films.yml', 'text', /no path/],
  ['.env', 'text', /no file of a collection/],
  ['keys/server.pem', 'text', /no file of a collection/],
  ['.git/config.yml', 'text', /no file of a collection/],
  ['con.yml', 'text', /Windows/],
  ['a:b.yml', 'text', /Windows/],
  ['Cafe\u0301.yml', 'text', /NFC/],
  ['nul.yml ', 'text', /no file|Windows/],
  ['a.yml', 'a\0b', /NUL/],
  ['big.yml', 'x'.repeat(TEAM_MOST_FILE_BYTES) + 'é', /larger than 5 MB/],
  ['FILMS/Other.yml', 'text', /Films/],
  ['films', 'text', /no file/],
  ['Films/list.yml', 'text', /Films\/List\.yml/],
  ['opencollection.yml', null, /needed by everybody/],
])('%s is rejected with a reason', async (path, text, reason) => {
  const team = await createTeam()
  await team.push([change('opencollection.yml', 'root'), change('Films/List.yml', 'one')])
  const [outcome] = await team.push([change(path, text, path === 'opencollection.yml' ? 1 : 0)])
  expect(outcome).toMatchObject({ type: 'rejected', reason: expect.stringMatching(reason) })
  expect(Object.keys((await team.pull()).files)).toHaveLength(2)
})

test('a file may change the case of its name: deleted and made in one push', async () => {
  const team = await createTeam()
  await team.push([change('films/list.yml', 'one')])
  expect(await team.push([change('films/list.yml', null, 1), change('Films/List.yml', 'one')])).toMatchObject(
    [{ type: 'applied' }, { type: 'applied' }],
  )
})

// TEAM-1
test('viewers read, developers write, admins and who shared it take it away', async () => {
  const team = await createTeam()
  await expect(team.push([change('a.yml', 'one')], team.viewer)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(service.create(team.viewer, { ...team.ref, name: 'Mine' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  await expect(service.remove(team.developer, team.ref)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  const own = { ...team.ref, teamCollectionId: TeamCollectionId.parse(randomUUID()) }
  await service.create(team.developer, { ...own, name: 'Own' })
  await service.remove(team.developer, own)
  await service.remove(team.owner, team.ref)
  await expect(team.pull()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'removed' } })
  await expect(team.push([])).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'removed' } })
  expect(await service.list(team.owner, team.ref.organisationId)).toEqual([])
  const actions = await control.db.query<{ action: string }>(
    sql`select action from audit_entry where organisation_id = ${team.ref.organisationId} order by id`,
  )
  expect(actions.map(({ action }) => action)).toEqual([
    'collection.share',
    'collection.share',
    'collection.unshare',
    'collection.unshare',
  ])
})

test('who leaves the organisation sees nothing of it any more', async () => {
  const team = await createTeam()
  await tenants.leave(team.ref.organisationId, team.viewer)
  const refusal: unknown = await team.pull().catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'NOT_FOUND' })
  expect(refusal).not.toMatchObject({ details: { reason: 'removed' } })
})

test('sharing again with the same id makes no second one, and an id of another organisation is not there', async () => {
  const [team, other] = [await createTeam(), await createTeam()]
  expect(await service.create(team.owner, { ...team.ref, name: 'Again' })).toMatchObject({ name: 'Shop' })
  const mixed = { ...other.ref, organisationId: team.ref.organisationId }
  await expect(service.create(team.owner, { ...mixed, name: 'Theirs' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await expect(service.push(team.owner, { ...mixed, changes: [] })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  expect(await service.list(team.owner, OrganisationId.parse(team.ref.organisationId))).toHaveLength(1)
})

// TEAM-3
test('who pulls while others push misses nothing', async () => {
  const team = await createTeam()
  const seen: Record<string, string | null> = {}
  let cursor: string | null = null
  let isDone = false
  const reader = (async () => {
    for (let isLast = false; !isLast;) {
      isLast = isDone
      const page = await team.pull(cursor, 3)
      Object.assign(seen, page.files)
      cursor = page.cursor
    }
  })()
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 10; n++) await team.push([change(`${writer}/${n}.yml`, `${writer} ${n}`)])
    }),
  )
  isDone = true
  await reader
  expect(Object.keys(seen)).toHaveLength(80)
  expect(await service.list(team.owner, team.ref.organisationId)).toMatchObject([{ files: 80 }])
})

// TEAM-4
test('a cursor older than a forgotten tombstone starts anew; a first pull goes on in its pages', async () => {
  const team = await createTeam()
  await team.push([change('a.yml', 'a'), change('b.yml', 'b')])
  const old = await team.pull()
  await team.push([change('a.yml', null, 1), change('c.yml', 'c')])
  const recent = await team.pull()
  const before = now
  now = new Date(now.getTime() + 91 * DAY_MS)
  await service.prune()
  now = before
  expect(await team.pull(old.cursor)).toMatchObject({ files: { 'b.yml': 'b', 'c.yml': 'c' }, reset: true })
  expect(await team.pull(recent.cursor)).toMatchObject({ files: {}, reset: false })
  expect(await team.pull(null, 1)).toMatchObject({ files: { 'b.yml': 'b', 'c.yml': 'c' }, reset: false })
  expect(await team.pull('nonsense')).toMatchObject({ reset: true })
})
