// Shared collections on the real service between real hosts: shared, opened, edited on both sides and away, in conflict, by role, taken away.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { startTestService, type TestPerson, type TestService } from '#testing/service.ts'
import { createTestTeam, filesBelow, startTeamHost, type TeamHost } from '#testing/team-hosts.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

let service: TestService
let mara: TestPerson
let otto: TestPerson
let vera: TestPerson
beforeAll(async () => {
  service = await startTestService()
  mara = await service.signUp('mara@example.com')
  otto = await service.signUp('otto@example.com')
  vera = await service.signUp('vera@example.com')
})
afterAll(() => service.close())

interface Side {
  readonly host: TeamHost
  readonly id: CollectionId
  readonly folder: string
}

/** Mara shares a collection in a folder; Otto opens it. */
async function shared(): Promise<{ mara: Side; otto: Side; organisationId: OrganisationId }> {
  const organisationId = await createTestTeam(service, mara, [
    [otto, 'developer'],
    [vera, 'viewer'],
  ])
  const host = await start(mara)
  const { id, folder } = await host.client.collections.create({ name: 'Shop', parent: tempDirectory() })
  const films = await host.client.collections.createFolder({ id, folder: '', name: 'Films' })
  await host.client.collections.createRequest({ id, folder: films.path, request: newHttpRequest('List') })
  await host.client.collections.share({ id, organisationId })
  await host.until(id, 'synced')
  return {
    mara: { host, id, folder: folder ?? '' },
    otto: await open(await start(otto), organisationId),
    organisationId,
  }
}

async function start(person: TestPerson, dataDirectory?: string): Promise<TeamHost> {
  const host = await startTeamHost(service, person, dataDirectory)
  let isClosed = false
  const close = async (): Promise<void> => {
    if (!isClosed) await host.close()
    isClosed = true
  }
  onTestFinished(close)
  return { ...host, close }
}

async function open(host: TeamHost, organisationId: OrganisationId): Promise<Side> {
  const offered = await host.client.collections.teamCollections({})
  const [one] = offered.filter((each) => each.organisationId === organisationId)
  if (one === undefined) throw new Error('Nothing is offered.')
  expect(one).toMatchObject({ name: 'Shop', organisationName: 'Shop team', here: null })
  const { id, folder } = await host.client.collections.openTeamCollection({
    organisationId,
    teamCollectionId: one.id,
    parent: tempDirectory(),
  })
  return { host, id, folder: folder ?? '' }
}

const write = ({ folder }: Side, path: string, text: string): void => writeFileSync(join(folder, path), text)
const request = (url: string): string =>
  `info:\n  name: List\n  type: http\nhttp:\n  method: GET\n  url: ${url}\n`
const same = (one: Side, other: Side): Promise<void> =>
  vi.waitFor(() => expect(filesBelow(other.folder)).toEqual(filesBelow(one.folder)), {
    timeout: 10_000,
    interval: 30,
  })

test('what one shares the other opens, and edits, new files, renames and deletions reach both', async () => {
  const { mara: one, otto: other } = await shared()
  expect(Object.keys(filesBelow(other.folder))).toEqual([
    'Films/List.yml',
    'Films/folder.yml',
    'opencollection.yml',
  ])
  expect(filesBelow(other.folder)).toEqual(filesBelow(one.folder))
  write(other, 'Films/List.yml', request('https://otto.example'))
  write(one, 'New.yml', request('https://mara.example'))
  await vi.waitFor(() => expect(filesBelow(one.folder)['Films/List.yml']).toContain('otto'), 10_000)
  await same(one, other)
  renameSync(join(one.folder, 'New.yml'), join(one.folder, 'Newer.yml'))
  rmSync(join(other.folder, 'Films'), { recursive: true })
  await vi.waitFor(
    () => expect(Object.keys(filesBelow(other.folder))).toEqual(['Newer.yml', 'opencollection.yml']),
    10_000,
  )
  await same(other, one)
  // Opening it again gives the one that is here.
  const [offered] = (await other.host.client.collections.teamCollections({})).filter(({ here }) => here)
  expect(offered).toMatchObject({ here: other.id, files: 2, canRemove: false })
  await other.host.until(other.id, 'synced')
})

test('both change one file while they cannot see each other: one text keeps the name, the other stands beside it', async () => {
  const { mara: one, otto: other } = await shared()
  const dataDirectory = other.host.dataDirectory
  await other.host.close()
  write(other, 'Films/List.yml', request('https://otto.example'))
  write(other, 'Offline.yml', request('https://offline.example'))
  write(one, 'Films/List.yml', request('https://mara.example'))
  await vi.waitFor(async () => expect((await one.host.info(one.id)).sync?.pending).toBe(0), 10_000)
  await vi.waitFor(async () => {
    const { files } = await pullOf(one)
    expect(files.find(({ path }) => path === 'Films/List.yml')?.text).toContain('mara')
  }, 10_000)
  const host = await start(otto, dataDirectory)
  const { sync } = await host.until(other.id, 'conflict')
  const [copy] = sync?.conflicts ?? []
  expect(copy).toMatch(/^Films\/List \(conflict, \d{4}-\d\d-\d\d\)\.yml$/)
  expect(filesBelow(other.folder)['Films/List.yml']).toContain('otto')
  expect(filesBelow(other.folder)[copy ?? '']).toContain('mara')
  expect(filesBelow(other.folder)[copy ?? '']).toMatch(/name: .*List \(conflict, /)
  await same(other, one)
  rmSync(join(one.folder, copy ?? ''))
  await host.until(other.id, 'synced')
  expect(Object.keys(filesBelow(other.folder))).toContain('Offline.yml')
})

async function pullOf({ id, host }: Side) {
  const { organisationId } = await host.info(id)
  const offered = await host.client.collections.teamCollections({})
  const one = offered.find(({ here }) => here === id)
  if (organisationId === null || one === undefined) throw new Error('It is not shared.')
  return host.person.api.teamCollections.pull({ organisationId, teamCollectionId: one.id, cursor: null })
}

test('only files of the format leave the machine, and none with a secret in it', async () => {
  const { mara: one, otto: other } = await shared()
  write(one, '.env', 'TOKEN=never')
  write(one, 'server.pem', 'never')
  mkdirSync(join(one.folder, '.git'))
  write(one, '.git/config.yml', 'never')
  write(one, 'con.yml', request('https://never.example'))
  const outside = tempDirectory()
  writeFileSync(join(outside, 'Outside.yml'), 'never')
  symlinkSync(join(outside, 'Outside.yml'), join(one.folder, 'Linked.yml'))
  symlinkSync(outside, join(one.folder, 'Folder'))
  mkdirSync(join(one.folder, 'environments'), { recursive: true })
  write(
    one,
    'environments/Local.yml',
    'name: Local\nvariables:\n  - secret: true\n    name: token\n    value: never\n',
  )
  await one.host.client.collections.setSecret({
    id: one.id,
    scope: { type: 'item', path: '' },
    name: 'key',
    value: 'never',
  })
  write(one, 'Last.yml', request('https://last.example'))
  await vi.waitFor(() => expect(filesBelow(other.folder)['Last.yml']).toBeDefined(), 10_000)
  const { sync } = await one.host.until(one.id, 'refused')
  expect(sync?.refused).toEqual(
    expect.arrayContaining([
      { path: 'con.yml', reason: expect.stringContaining('Windows') },
      { path: 'Linked.yml', reason: expect.stringContaining('symbolic link') },
      { path: 'Folder', reason: expect.stringContaining('symbolic link') },
      { path: 'environments/Local.yml', reason: expect.stringContaining('secret token') },
    ]),
  )
  expect(JSON.stringify(await pullOf(one))).not.toContain('never')
  // Without the value it goes.
  write(one, 'environments/Local.yml', 'name: Local\nvariables:\n  - secret: true\n    name: token\n')
  await vi.waitFor(() => expect(filesBelow(other.folder)['environments/Local.yml']).toBeDefined(), 10_000)
})

test('a viewer reads, and what they change stays with them and is told', async () => {
  const { mara: one, organisationId } = await shared()
  const side = await open(await start(vera), organisationId)
  write(side, 'Mine.yml', request('https://vera.example'))
  const { sync } = await side.host.until(side.id, 'refused')
  expect(sync).toMatchObject({ canWrite: false, pending: 1, message: expect.stringContaining('read only') })
  write(one, 'Theirs.yml', request('https://mara.example'))
  await vi.waitFor(() => expect(filesBelow(side.folder)['Theirs.yml']).toBeDefined(), 10_000)
  expect(Object.keys(filesBelow(one.folder))).not.toContain('Mine.yml')
  await expect(
    side.host.client.collections.share({ id: side.id, organisationId: null, forAll: true }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('who is no member any more keeps the files and is told; a member again, it goes on', async () => {
  const { mara: one, otto: other, organisationId } = await shared()
  await mara.api.organisations.removeMember({ organisationId, accountId: otto.account.id })
  const { sync } = await other.host.until(other.id, 'stopped')
  expect(sync?.message).toContain('no member')
  write(one, 'After.yml', request('https://after.example'))
  await service.control.db.query(
    sql`insert into membership (organisation_id, account_id, role) values (${organisationId}, ${otto.account.id}, 'developer')`,
  )
  await vi.waitFor(() => expect(filesBelow(other.folder)['After.yml']).toBeDefined(), 10_000)
  await other.host.until(other.id, 'synced')
})

test('taken back here, the others go on; taken away from all, they are told and keep their files', async () => {
  const { mara: one, otto: other, organisationId } = await shared()
  await other.host.client.collections.share({ id: other.id, organisationId: null })
  expect(await other.host.info(other.id)).toMatchObject({ organisationId: null, sync: null })
  const third = await open(await start(vera), organisationId)
  await one.host.client.collections.share({ id: one.id, organisationId: null, forAll: true })
  const { sync } = await third.host.until(third.id, 'stopped')
  expect(sync?.message).toContain('does not share it')
  expect(Object.keys(filesBelow(third.folder))).toContain('Films/List.yml')
  expect(await one.host.client.collections.teamCollections({})).not.toContainEqual(
    expect.objectContaining({ organisationId }),
  )
})

test('a folder that vanishes deletes nothing from the team', async () => {
  const { mara: one, otto: other } = await shared()
  renameSync(one.folder, `${one.folder} away`)
  await vi.waitFor(async () => expect((await one.host.info(one.id)).sync?.state).toBe('refused'), 10_000)
  write(other, 'Still.yml', request('https://still.example'))
  await other.host.client.collections.syncNow({ id: other.id })
  expect(Object.keys(filesBelow(other.folder))).toHaveLength(4)
  renameSync(`${one.folder} away`, one.folder)
  await same(other, one)
})
