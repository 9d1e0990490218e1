// Migrations through the host against a real Postgres: the folder, applying and undoing, two hosts at once, offline, read-only.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
import { context, createTestMigrations, RUN, type TestMigrations } from '#testing/host-migrations.ts'
import { startPooler } from '#testing/pooler.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

let database: TempDatabase
let client: pg.Client
beforeEach(async () => {
  database = await createTempDatabase()
  client = new pg.Client(database.target)
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

const FILM = { name: 'film', up: 'create table film (id int primary key);', down: 'drop table film;' }
const ACTOR = { name: 'actor', up: 'create table actor (id int);', down: 'drop table actor;' }

async function tables(): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  )
  return rows.map((row) => row.relname)
}

const write = ({ handlers, connectionId }: TestMigrations, migration: typeof FILM & { version?: string }) =>
  handlers.write({ connectionId, ...migration }, context)

const list = ({ handlers, connectionId }: TestMigrations) => handlers.list({ connectionId }, context)

async function apply(here: TestMigrations, signal = context.signal): Promise<MigrationProgress[]> {
  const items: MigrationProgress[] = []
  const input = { connectionId: here.connectionId, ...RUN }
  for await (const item of here.handlers.apply(input, { ...context, signal })) items.push(item)
  return items
}

test('a pooler in between is told before anything is applied', async () => {
  const here = await createTestMigrations(database.target)
  expect((await list(here)).isPooled).toBe(false)
  here.point(await startPooler(database.target))
  expect((await list(here)).isPooled).toBe(true)
})

describe('the folder', () => {
  test('lies in the data folder, named for the connection, and stays through renaming it', async () => {
    const here = await createTestMigrations(database.target)
    const { folder, items } = await list(here)
    expect(folder).toBe(join(here.defaultFolder, `film-shop-${here.connectionId.slice(0, 8)}`))
    expect(items).toEqual([])
    expect(existsSync(folder)).toBe(false)
    await write(here, FILM)
    const stored = here.connections.store.get(here.connectionId)
    if (stored === undefined) throw new Error('The connection is gone.')
    here.connections.store.save({ ...stored.record, name: 'Another name' }, undefined)
    expect(await list(here)).toMatchObject({ folder, items: [{ name: 'film' }] })
  })

  test('may be chosen, and is made when it is not there', async () => {
    const here = await createTestMigrations(database.target)
    const folder = join(tempDirectory(), 'shop', 'db', 'migrations')
    const { connectionId } = here
    expect(
      await here.handlers.chooseFolder({ connectionId, folder: `${folder}/../migrations` }, context),
    ).toEqual({
      folder,
    })
    await write(here, FILM)
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\d{14}_film\.sql$/)])
  })

  test.each([
    ['a relative path', () => 'db/migrations', 'whole path'],
    ['a home that the shell would know', () => '~/migrations', 'whole path'],
    ['a zero byte', () => '/tmp/a\0b', 'zero byte'],
    [
      'a file',
      () => {
        const file = join(tempDirectory(), 'a.sql')
        writeFileSync(file, '')
        return file
      },
      'is a file',
    ],
    [
      'a place below a file',
      () => {
        const file = join(tempDirectory(), 'a.sql')
        writeFileSync(file, '')
        return join(file, 'migrations')
      },
      'cannot be used',
    ],
  ])('is not %s', async (_what, folder, words) => {
    const here = await createTestMigrations(database.target)
    const { connectionId } = here
    const before = (await list(here)).folder
    await expect(
      here.handlers.chooseFolder({ connectionId, folder: folder() }, context),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(words),
    })
    expect((await list(here)).folder).toBe(before)
  })

  test('is watched while a page listens', async () => {
    const here = await createTestMigrations(database.target, { folder: tempDirectory() })
    const { folder } = await list(here)
    let told = 0
    const stop = here.handlers.changed(() => void (told += 1), context)
    writeFileSync(join(folder, '20260101000000_film.sql'), '-- migrate:up\nselect 1;\n')
    await expect.poll(() => told).toBeGreaterThan(0)
    stop()
    told = 0
    const again = here.handlers.changed(() => void (told += 1), context)
    writeFileSync(join(folder, '20260102000000_actor.sql'), '-- migrate:up\nselect 1;\n')
    await expect.poll(() => told).toBeGreaterThan(0)
    again()
  })
})

describe('files', () => {
  test('are written, read, and written over while pending', async () => {
    const here = await createTestMigrations(database.target)
    const { connectionId } = here
    const { version } = await write(here, FILM)
    expect(await write(here, ACTOR)).toMatchObject({ name: 'actor', state: 'pending', appliedAt: null })
    await write(here, { ...FILM, name: 'films', up: 'create table films (id int);', version })
    expect((await list(here)).items.map((item) => item.name)).toEqual(['films', 'actor'])
    expect(await here.handlers.read({ connectionId, version }, context)).toEqual({
      up: 'create table films (id int);',
      down: FILM.down,
      fileName: `${version}_films.sql`,
    })
  })

  test('get versions that rise, however fast they are written and whatever the clock says', async () => {
    const here = await createTestMigrations(database.target)
    const { folder } = await list(here)
    await write(here, FILM)
    writeFileSync(join(folder, '29991231235959_last.sql'), '-- migrate:up\nselect 1;\n')
    expect(await write(here, ACTOR)).toMatchObject({ version: '30000101000000' })
  })

  test('of applied migrations are not written over', async () => {
    const here = await createTestMigrations(database.target)
    const { version } = await write(here, FILM)
    await apply(here)
    await expect(write(here, { ...FILM, version })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(write(here, { ...FILM, version: '20000101000000' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('applying', () => {
  test('brings the database up and down, says who did it, and has the schema read again', async () => {
    const here = await createTestMigrations(database.target)
    const { connectionId } = here
    await write(here, FILM)
    await write(here, ACTOR)
    expect((await apply(here)).at(-1)).toMatchObject({
      type: 'done',
      applied: [{}, {}].map(() => expect.any(String)),
    })
    expect(await tables()).toEqual(['actor', 'film'])
    expect((await list(here)).items).toMatchObject([
      { state: 'applied', appliedBy: 'ada@example.com (postgres)' },
      { state: 'applied' },
    ])
    expect(here.schemaChanges).toEqual([connectionId])
    expect(here.historyChanges).toEqual([connectionId])
    for await (const item of here.handlers.rollBack({ connectionId, ...RUN }, context)) void item
    expect(await tables()).toEqual(['film'])
    expect(here.schemaChanges).toHaveLength(2)
  })

  test('marks, repairs and squashes', async () => {
    const here = await createTestMigrations(database.target)
    const { connectionId } = here
    const film = await write(here, FILM)
    const actor = await write(here, ACTOR)
    await client.query(FILM.up)
    const version = film.version
    expect(await here.handlers.mark({ connectionId, version, as: 'applied' }, context)).toMatchObject({
      state: 'applied',
    })
    await apply(here)
    const { folder } = await list(here)
    const file = join(folder, `${version}_film.sql`)
    writeFileSync(file, readFileSync(file, 'utf8').replace('-- migrate:up', '-- migrate:up\n-- the films'))
    expect((await list(here)).items[0]).toMatchObject({ state: 'edited' })
    expect(await here.handlers.repair({ connectionId, version }, context)).toMatchObject({ state: 'applied' })
    const range = { from: film.version, to: actor.version, name: 'all' }
    expect(await here.handlers.squash({ connectionId, ...range }, context)).toMatchObject({
      name: 'all',
      state: 'applied',
    })
    expect((await list(here)).items).toHaveLength(1)
  })

  test('that fails leaves what was done before it, and says which file and line', async () => {
    const here = await createTestMigrations(database.target)
    await write(here, FILM)
    await write(here, { name: 'wrong', up: 'create table film (id int);', down: '' })
    await expect(apply(here)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('_wrong.sql'),
    })
    expect((await list(here)).items.map((item) => item.state)).toEqual(['applied', 'pending'])
    expect(here.schemaChanges).toHaveLength(1)
  })

  test('can be cancelled while a statement runs: nothing of it stays', async () => {
    const here = await createTestMigrations(database.target)
    await write(here, { name: 'slow', up: 'create table slow (id int);\nselect pg_sleep(600);', down: '' })
    const stop = new AbortController()
    const running = apply(here, stop.signal)
    await expect
      .poll(async () => {
        const { rowCount } = await client.query(
          "select from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid() and datname = current_database()",
        )
        return rowCount
      })
      .toBe(1)
    stop.abort()
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await tables()).toEqual([])
    expect((await list(here)).items).toMatchObject([{ state: 'pending' }])
  })

  test('on a read-only connection is refused, as is all that changes the history', async () => {
    const here = await createTestMigrations(database.target, { isReadOnly: true })
    const { connectionId, handlers } = here
    const { version } = await write(here, FILM)
    const refused = { code: 'READ_ONLY' }
    await expect(apply(here)).rejects.toMatchObject(refused)
    const rollBack = handlers.rollBack({ connectionId, ...RUN }, context)[Symbol.asyncIterator]()
    await expect(rollBack.next()).rejects.toMatchObject(refused)
    await expect(handlers.mark({ connectionId, version, as: 'applied' }, context)).rejects.toMatchObject(
      refused,
    )
    await expect(handlers.repair({ connectionId, version }, context)).rejects.toMatchObject(refused)
    const range = { from: version, to: version, name: 'all' }
    await expect(handlers.squash({ connectionId, ...range }, context)).rejects.toMatchObject(refused)
    expect((await list(here)).items).toMatchObject([{ state: 'pending' }])
    expect(await tables()).toEqual([])
  })

  test('from two hosts at once happens once; the second is told who holds it', async () => {
    const folder = tempDirectory()
    const ada = await createTestMigrations(database.target, { folder, person: 'ada@example.com' })
    const bob = await createTestMigrations(database.target, { folder, person: 'bob@example.com' })
    await write(ada, { ...FILM, up: 'select pg_advisory_xact_lock(1);\ncreate table film (id int);' })
    await client.query('select pg_advisory_lock(1)')
    const first = apply(ada)
    await expect
      .poll(async () => {
        const { rows } = await client.query(
          "select 1 from pg_stat_activity where wait_event = 'advisory' and application_name like '%ada%'",
        )
        return rows.length
      })
      .toBe(1)
    const waiting = Promise.withResolvers<MigrationProgress>()
    const second = (async (): Promise<MigrationProgress[]> => {
      const items: MigrationProgress[] = []
      const input = { connectionId: bob.connectionId, ...RUN }
      for await (const item of bob.handlers.apply(input, context)) {
        if (item.type === 'waiting') waiting.resolve(item)
        items.push(item)
      }
      return items
    })()
    expect(await waiting.promise).toMatchObject({ holder: expect.stringContaining('ada@example.com') })
    await client.query('select pg_advisory_unlock(1)')
    expect((await first).at(-1)).toMatchObject({ applied: [expect.any(String)] })
    expect((await second).at(-1)).toMatchObject({ type: 'done', applied: [] })
    expect((await list(bob)).items).toMatchObject([
      { state: 'applied', appliedBy: expect.stringContaining('ada') },
    ])
  })
})

describe('offline', () => {
  test('the files are there, with what was last known of the history', async () => {
    const here = await createTestMigrations(database.target)
    const { connectionId } = here
    const { version } = await write(here, FILM)
    await apply(here)
    const { folder } = await list(here)
    here.point(1)
    await write(here, ACTOR)
    expect(await list(here)).toMatchObject({
      isStale: true,
      items: [
        { name: 'film', state: 'applied' },
        { name: 'actor', state: 'pending' },
      ],
    })
    await expect(apply(here)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    // Another folder has not this file: the history still knows its text.
    await here.handlers.chooseFolder({ connectionId, folder: tempDirectory() }, context)
    expect((await list(here)).items).toMatchObject([{ version, state: 'missing' }])
    expect(await here.handlers.read({ connectionId, version }, context)).toMatchObject({
      up: FILM.up,
      fileName: `${version}_film.sql`,
    })
    expect(basename(folder)).toContain('film-shop')
    here.point(database.target.port)
    expect(await list(here)).toMatchObject({ isStale: false })
  })
})
