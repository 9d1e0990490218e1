import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { sessionOpener } from '#testing/migrator.ts'
import { createScratchDatabase, withScratchDatabase, type ScratchOptions } from './scratch-database.ts'
import { openSession, type Session } from './session.ts'

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

const options = (more: Partial<ScratchOptions> = {}): ScratchOptions => ({
  openSession: sessionOpener(database.target),
  id: crypto.randomUUID().replaceAll('-', ''),
  ...more,
})

const exists = async (name: string): Promise<boolean> =>
  (await session.query('select from pg_database where datname = $1', [name])).rows.length > 0

test('a scratch database is empty, like the other one, and gone afterwards', async () => {
  await session.query('create table film (id int)')
  const name = await withScratchDatabase(options(), async (scratch) => {
    const inside = await scratch.openSession()
    const { rows } = await inside.query(`
      select current_database(), (select count(*) from pg_class where relname = 'film'),
             (select datcollate || encoding from pg_database where datname = current_database())`)
    const like = await session.query(
      'select datcollate || encoding from pg_database where datname = current_database()',
    )
    expect(rows).toEqual([[scratch.name, '0', like.rows[0]?.[0]]])
    await inside.close()
    return scratch.name
  })
  expect(await exists(name)).toBe(false)
})

test('it goes when the work fails, and when somebody is still connected', async () => {
  let name = ''
  const work = withScratchDatabase(options(), async (scratch) => {
    name = scratch.name
    await scratch.openSession()
    throw new Error('it went wrong')
  })
  await expect(work).rejects.toThrow('it went wrong')
  expect(await exists(name)).toBe(false)
})

test('those that were left are dropped by the next: a day old, or minutes old with nobody in it', async () => {
  const made = async (minutes: number): Promise<string> => {
    const second = Math.floor(Date.now() / 1000) - minutes * 60
    const name = `nebuladb_scratch_${String(second)}_${crypto.randomUUID().replaceAll('-', '')}`
    await session.query(`create database ${name} template template0`)
    return name
  }
  const [old, abandoned, inUse, fresh] = [await made(25 * 60), await made(11), await made(11), await made(9)]
  const user = await openSession({ ...database.target, database: inUse })
  const young = await createScratchDatabase(options())
  const left = await Promise.all([old, abandoned, inUse, fresh, young.name].map(exists))
  await user.close()
  await young.drop()
  for (const name of [inUse, fresh]) await session.query(`drop database ${name} with (force)`)
  expect(left).toEqual([false, false, true, true, true])
})

test('nobody but its owner may connect to it: it may hold rows of a database that they cannot see', async () => {
  const role = `scratch_${String(process.pid)}_${String(Date.now())}`
  await session.query(`create role ${role} login password 'secret'`)
  try {
    await withScratchDatabase(options(), async (scratch) => {
      await (await scratch.openSession()).close()
      const target = { ...database.target, database: scratch.name, user: role, password: 'secret' }
      await expect(openSession(target)).rejects.toMatchObject({
        details: { sqlstate: '42501' },
      })
    })
  } finally {
    await session.query(`drop role ${role}`)
  }
})

test('a role that may not make databases is told what it needs', async () => {
  const role = `scratch_${String(process.pid)}_${String(Date.now())}`
  await session.query(`create role ${role} login password 'secret'`)
  const target = { ...database.target, user: role, password: 'secret' }
  await expect(createScratchDatabase(options({ openSession: sessionOpener(target) }))).rejects.toMatchObject({
    code: 'FORBIDDEN',
    hint: expect.stringContaining('createdb'),
  })
  await session.query(`drop role ${role}`)
})
