import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyAll, collect, filesOf, rollBackAll, testMigrator, TIMEOUTS } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { openSession, type Session } from '../session.ts'

let database: TempDatabase
let session: Session
beforeEach(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
})
afterEach(async () => {
  await session.close()
  await database.drop()
})

const FILM = '20260101000000_film.sql'
const ACTOR = '20260102000000_actor.sql'
const both = {
  [FILM]: '-- migrate:up\ncreate table film (id int primary key);\n-- migrate:down\ndrop table film;',
  [ACTOR]: '-- migrate:up\ncreate table actor (id int);\n\n-- migrate:down\ndrop table actor;\n',
}
const tables = async (): Promise<unknown[]> =>
  (
    await session.query(
      `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    )
  ).rows.flat()

describe('applying', () => {
  test('applies what is pending, once, in order, and says what it does', async () => {
    const migrator = testMigrator(database.target, both, { person: 'ada@example.com' })
    expect((await migrator.list()).map((one) => one.state)).toEqual(['pending', 'pending'])
    const items = await collect(migrator.apply(TIMEOUTS))
    expect(items).toMatchObject([
      { type: 'migration', version: '20260101000000', name: 'film', steps: 1 },
      {
        type: 'step',
        index: 0,
        sql: 'create table film (id int primary key)',
        state: 'running',
        durationMs: null,
      },
      { type: 'step', index: 0, state: 'done' },
      { type: 'migration', version: '20260102000000', name: 'actor', steps: 1 },
      { type: 'step', state: 'running' },
      { type: 'step', state: 'done' },
      { type: 'done', applied: ['20260101000000', '20260102000000'] },
    ])
    expect(await tables()).toEqual(['actor', 'film'])
    expect(await migrator.list()).toMatchObject([
      {
        version: '20260101000000',
        state: 'applied',
        appliedBy: 'ada@example.com (postgres)',
        canRollBack: true,
        stepsDone: null,
      },
      { version: '20260102000000', state: 'applied' },
    ])
    expect(await applyAll(migrator)).toEqual([])
  })

  test('stops at `to`', async () => {
    const migrator = testMigrator(database.target, both)
    expect(await applyAll(migrator, { to: '20260101000000' })).toEqual(['20260101000000'])
    expect((await migrator.list()).map((one) => one.state)).toEqual(['applied', 'pending'])
    await expect(applyAll(migrator, { to: '20990101000000' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a transaction that fails leaves nothing, names file and line, and keeps those before it', async () => {
    const migrator = testMigrator(database.target, {
      ...both,
      [ACTOR]: '-- migrate:up\n\ncreate table actor (id int);\n\nalter table actor\n  add column id int;\n',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: '20260102000000_actor.sql, line 3: column "id" of relation "actor" already exists',
      details: { sqlstate: '42701', line: 3 },
    })
    expect(await tables()).toEqual(['film'])
    expect((await migrator.list()).map((one) => one.state)).toEqual(['applied', 'pending'])
  })

  test('the line of an error with a position is the line of the place', async () => {
    const migrator = testMigrator(database.target, {
      [FILM]: '-- migrate:up\nselect 1;\nselect 2;\nselect nix\nfrom nowhere;',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({
      message: expect.stringContaining('film.sql, line 5: relation'),
    })
  })

  test('a text that is no SQL stops everything before anything runs', async () => {
    const migrator = testMigrator(database.target, {
      ...both,
      [ACTOR]: '-- migrate:up\nselect 1;\ncreat table x ();',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: '20260102000000_actor.sql, line 3: syntax error at or near "creat".',
    })
    expect(await tables()).toEqual([])
  })

  test('an edited file is refused until it is repaired or put back', async () => {
    await applyAll(testMigrator(database.target, both))
    const edited = testMigrator(database.target, {
      ...both,
      [FILM]: `${both[FILM]}\n-- more`,
      '20260103000000_third.sql': 'select 1',
    })
    expect((await edited.list()).map((one) => one.state)).toEqual(['edited', 'applied', 'pending'])
    await expect(applyAll(edited)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await edited.repair('20260101000000')).toMatchObject({ state: 'applied' })
    expect(await applyAll(edited)).toEqual(['20260103000000'])
  })

  test('settings of one migration do not reach the next', async () => {
    const migrator = testMigrator(database.target, {
      [FILM]: 'create schema other; set search_path = other; create table film (id int);',
      [ACTOR]: 'create table actor (id int);',
    })
    await applyAll(migrator)
    expect(await tables()).toEqual(['actor'])
  })

  test('a temporary role switch does not outlast its migration', async () => {
    const migrator = testMigrator(database.target, {
      [FILM]:
        'create role temp_owner_of_film; set session authorization temp_owner_of_film; select 1; reset session authorization;',
      [ACTOR]: 'drop role temp_owner_of_film; select 1;',
    })
    expect(await applyAll(migrator)).toHaveLength(2)
  })
})

describe('rolling back', () => {
  test('undoes the latest, or all down to one', async () => {
    const migrator = testMigrator(database.target, {
      ...both,
      '20260103000000_third.sql': '-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;',
    })
    await applyAll(migrator)
    expect(await rollBackAll(migrator)).toEqual(['20260103000000'])
    expect(await rollBackAll(migrator, { to: '20260101000000' })).toEqual(['20260102000000'])
    expect(await tables()).toEqual(['film'])
    expect((await migrator.list()).map((one) => one.state)).toEqual(['applied', 'pending', 'pending'])
    expect(await applyAll(migrator)).toEqual(['20260102000000', '20260103000000'])
  })

  test('goes by what was applied, even when the file is gone or edited', async () => {
    await applyAll(testMigrator(database.target, both))
    const without = testMigrator(database.target, { [FILM]: 'select 1' })
    expect((await without.list()).map((one) => one.state)).toEqual(['edited', 'missing'])
    expect(await without.read('20260102000000')).toMatchObject({
      up: 'create table actor (id int);',
      down: 'drop table actor;',
    })
    expect(await rollBackAll(without)).toEqual(['20260102000000'])
    expect(await rollBackAll(without)).toEqual(['20260101000000'])
    expect(await tables()).toEqual([])
    expect(await rollBackAll(without)).toEqual([])
  })

  test('refuses where there is no way back', async () => {
    const migrator = testMigrator(database.target, {
      [FILM]: '-- migrate:up\ncreate table film (id int);\n-- migrate:down\n-- none',
    })
    await applyAll(migrator)
    expect(await migrator.list()).toMatchObject([{ canRollBack: false }])
    await expect(rollBackAll(migrator)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('no way back'),
    })
  })
})

describe('mark, repair, squash', () => {
  test('marking notes without running', async () => {
    const migrator = testMigrator(database.target, both)
    expect(await migrator.mark('20260101000000', 'applied')).toMatchObject({ state: 'applied' })
    expect(await tables()).toEqual([])
    expect(await applyAll(migrator)).toEqual(['20260102000000'])
    expect(await migrator.mark('20260102000000', 'pending')).toMatchObject({ state: 'pending' })
    expect(await tables()).toEqual(['actor'])
    await expect(migrator.mark('20260102000000', 'pending')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(migrator.mark('20990101000000', 'applied')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(migrator.repair('20260102000000')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(migrator.repair('20990101000000')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(migrator.read('20990101000000')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('squashing makes one of several, in the folder and in the history', async () => {
    const files = filesOf({
      ...both,
      '20260103000000_third.sql': '-- migrate:up\nselect 1\n-- migrate:down\nselect 2',
    })
    const migrator = testMigrator(database.target, files)
    await applyAll(migrator)
    const one = await migrator.squash({ from: '20260101000000', to: '20260103000000', name: 'start' })
    expect(one).toMatchObject({
      version: '20260103000000',
      name: 'start',
      state: 'applied',
      canRollBack: true,
    })
    expect(await migrator.list()).toHaveLength(1)
    expect((await files.list()).map((file) => file.fileName)).toEqual(['20260103000000_start.sql'])
    await rollBackAll(migrator)
    expect(await tables()).toEqual([])
    expect(await applyAll(migrator)).toEqual(['20260103000000'])
    expect(await tables()).toEqual(['actor', 'film'])
  })

  test('squashing refuses what is half applied, and a single one', async () => {
    const migrator = testMigrator(database.target, both)
    await applyAll(migrator, { to: '20260101000000' })
    const range = { from: '20260101000000', to: '20260102000000', name: 'start' }
    await expect(migrator.squash(range)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(migrator.squash({ ...range, to: range.from })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(migrator.squash({ ...range, from: '20250101000000' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await migrator.list()).toHaveLength(2)
  })
})
