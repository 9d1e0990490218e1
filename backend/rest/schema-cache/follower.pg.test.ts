import { expect, test } from 'vitest'
import { openSession } from '#postgres/node/session.ts'
import { apiKey, SCOPE, until, useFollower } from '#testing/schema-cache-follower.ts'
import { key } from '../types.ts'

const fixture = useFollower()

test('a lost connection is made again, and what changed in between is seen', async () => {
  const following = await fixture.follow()
  await fixture.session.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid(); create table api.between (id int)`)
  await until(following, ({ tables }) => tables.has(apiKey('between')))
  expect(fixture.events.some(({ kind }) => kind === 'failed')).toBe(true)
  await fixture.session.query(`create table api.afterwards (id int); notify pgrst`)
  await until(following, ({ tables }) => tables.has(apiKey('afterwards')))
})

test('while there is no database all is tried again, then it is ready', async () => {
  const { database: name } = fixture.database.target
  const admin = await openSession({ ...fixture.database.target, database: 'postgres' })
  try {
    await admin.query(`alter database ${name} allow_connections false`)
    const starting = fixture.start()
    await fixture.untilEvent(({ kind }) => kind === 'failed')
    expect(starting.current()).toBeUndefined()
    await expect(starting.reload()).rejects.toThrow(/not currently accepting connections/)
    await admin.query(`alter database ${name} allow_connections true`)
    expect((await starting.ready()).tables.has(apiKey('films'))).toBe(true)
  } finally {
    await admin.close()
  }
})

test('a reload that fails leaves the snapshot as it is', async () => {
  const following = await fixture.follow()
  const before = following.current()
  await fixture.session.query('begin; lock table pg_catalog.pg_class in access exclusive mode')
  const reloading = following.reload().catch((error: unknown) => error)
  await expect
    .poll(async () => {
      const { rows } = await fixture.session.query(
        'select count(*) from pg_catalog.pg_locks where not granted',
      )
      return rows[0]?.[0]
    })
    .not.toBe('0')
  expect(following.current()).toBe(before)
  await fixture.session.query(`select pg_terminate_backend(pid) from pg_catalog.pg_locks where not granted`)
  await fixture.session.query('commit')
  expect(await reloading).toBeInstanceOf(Error)
  await fixture.untilEvent(({ kind }) => kind === 'failed')
  await until(following, ({ version }) => version === 2)
})

test('other schemas are looked at when they are asked for', async () => {
  const following = await fixture.follow()
  await fixture.session.query('create function hidden.f() returns int language sql as $$ select 1 $$')
  const cache = await following.configure({ ...SCOPE, schemas: ['hidden'] })
  expect(cache.routines.has(key({ schema: 'hidden', name: 'f' }))).toBe(true)
  expect(cache.routines.has(apiKey('find'))).toBe(false)
  expect(cache.relationships.size).toBe(0)
})

test('a closed follower answers nobody any more', async () => {
  const following = await fixture.follow()
  await following.close()
  await expect(following.reload()).rejects.toThrow('The schema cache was closed.')
  expect(following.current()?.version).toBe(1)
  const { rows } = await fixture.session.query(
    'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  expect(rows[0]?.[0]).toBe('0')
})

test('who waits for a follower that is closed before it is ready is told', async () => {
  const starting = fixture.start({ target: { ...fixture.database.target, database: 'there_is_none' } })
  const waiting = starting.ready()
  await starting.close()
  await expect(waiting).rejects.toThrow('The schema cache was closed.')
})
