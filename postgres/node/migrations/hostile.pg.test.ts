// Databases of people who mean harm, or who share one with people who do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setTrap, SPRUNG } from '#testing/hostile-database.ts'
import { applyAll, rollBackAll, sessionOpener, testMigrator, TIMEOUTS } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { introspectCatalog } from '../introspect.ts'
import { introspectModel, readModel, refreshModel } from '../introspect-model.ts'
import { dryRun } from '../dry-run/dry-run.ts'
import { openSession, type Session } from '../session.ts'
import type { OpenSession } from './migrator.ts'

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
const FILES = {
  [FILM]: `-- migrate:up
create table public.film (id pg_catalog.int4 primary key, title pg_catalog.text);
create index concurrently on public.film (title);
-- nebula:batch rows 1
update public.film set title = title;
-- migrate:down
drop table public.film;`,
}

describe('namesakes of what Postgres has', () => {
  beforeEach(() => setTrap(session, database.target.database))

  test('are there', async () => {
    const victim = await openSession(database.target)
    try {
      for (const text of [
        'select count(*) from pg_class',
        "select pg_catalog.oid(1) = 'pg_class'::regclass",
        'select pg_is_in_recovery()',
        'select now()',
        'select extract(epoch from now())::bigint',
        'select current_database()',
      ])
        await expect(victim.query(text)).rejects.toThrow(SPRUNG)
    } finally {
      await victim.close()
    }
  })

  test('are passed by where a database is introspected', async () => {
    const victim = await openSession(database.target)
    try {
      expect((await introspectModel(victim)).objects.length).toBeGreaterThan(100)
      await refreshModel(victim, await readModel(victim))
      expect((await introspectCatalog(victim)).schemas.length).toBeGreaterThan(1)
    } finally {
      await victim.close()
    }
  })

  test('are passed by where migrations are applied, undone and looked at', async () => {
    const migrator = testMigrator(database.target, FILES, { person: 'ada' })
    expect(await applyAll(migrator)).toEqual(['20260101000000'])
    expect(await migrator.list()).toMatchObject([{ state: 'applied' }])
    await migrator.mark('20260101000000', 'applied')
    await migrator.repair('20260101000000')
    expect(await rollBackAll(migrator)).toEqual(['20260101000000'])
  })

  test.each(['database', 'copy'] as const)('are passed by in a dry run on the %s', async (on) => {
    await session.query('create table public.film (id int primary key); insert into public.film values (1)')
    const items = []
    for await (const item of dryRun({
      openSession: sessionOpener(database.target),
      sql: 'alter table public.film add column title pg_catalog.text; lock table public.film in access exclusive mode',
      on,
      sampleRows: 10,
      now: () => performance.now(),
      id: database.target.database.slice(2),
    }))
      items.push(item)
    expect(items.filter((item) => item.type === 'statement')).toMatchObject([
      { problem: null, locks: [{ schema: 'public', name: 'film', mode: 'ACCESS EXCLUSIVE' }] },
      { problem: null },
    ])
  })

  test('are passed by where somebody waits for the lock', async () => {
    await session.query('select pg_advisory_lock(1852138101, 1835624306)')
    const stop = new AbortController()
    const items = testMigrator(database.target, FILES).apply({ ...TIMEOUTS, signal: stop.signal })
    expect((await items.next()).value).toMatchObject({
      type: 'waiting',
      holder: expect.stringContaining('postgres'),
    })
    stop.abort()
    await expect(items.next()).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('a history that is not as it was made', () => {
  const refused = expect.objectContaining({
    code: 'CONFLICT',
    message: expect.stringContaining('is not the history'),
  })
  const plain = { [FILM]: '-- migrate:up\ncreate table film (id int);\n-- migrate:down\ndrop table film;' }

  test.each([
    [
      'a trigger',
      'create trigger t before insert or update or delete on nebuladb.migration for each row execute function evil()',
    ],
    ['a rule', 'create rule r as on delete to nebuladb.migration do also select evil_rows()'],
    ['a default', 'alter table nebuladb.migration alter person set default evil_text()'],
    ['a constraint', 'alter table nebuladb.migration add check (evil_text() is null)'],
    ['an index', 'create index on nebuladb.migration (evil_text(name))'],
    [
      'a policy',
      'alter table nebuladb.migration enable row level security; create policy p on nebuladb.migration using (evil_text() is null)',
    ],
    [
      'a domain',
      'create domain evil as text check (evil_text(value) is null); alter table nebuladb.migration add more evil',
    ],
    [
      'a generated column',
      'alter table nebuladb.migration add more text generated always as (evil_text(name)) stored',
    ],
    ['a child', 'create table heir () inherits (nebuladb.migration)'],
    [
      'a view',
      'alter table nebuladb.migration rename to kept; create view nebuladb.migration as select *, evil_text() from nebuladb.kept',
    ],
  ])('is neither read nor written: %s', async (_, sabotage) => {
    const migrator = testMigrator(database.target, plain)
    await applyAll(migrator)
    await session.query(`
      create function evil() returns trigger language plpgsql as $$ begin raise exception 'it ran'; end $$;
      create function evil_rows() returns int language plpgsql as $$ begin raise exception 'it ran'; end $$;
      create function evil_text(text = '') returns text immutable language plpgsql as $$ begin return null; end $$;
      ${sabotage}`)
    await expect(migrator.list()).rejects.toEqual(refused)
    await expect(rollBackAll(migrator)).rejects.toEqual(refused)
    await expect(migrator.mark('20260101000000', 'pending')).rejects.toEqual(refused)
  })

  test('that says what no history can say is refused with a sentence', async () => {
    const migrator = testMigrator(database.target, plain)
    await applyAll(migrator)
    await session.query(`update nebuladb.migration set batch_key = '{}'`)
    await expect(migrator.list()).rejects.toEqual(refused)
  })

  test('cannot have another way back run than the one that is shown', async () => {
    const migrator = testMigrator(database.target, plain)
    await applyAll(migrator)
    await session.query(
      `update nebuladb.migration set text = replace(text, 'drop table film', 'create role intruder superuser')`,
    )
    expect((await migrator.read('20260101000000')).down).toBe('drop table film;')
    await expect(rollBackAll(migrator)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('not the one that was applied'),
    })
    await migrator.repair('20260101000000')
    expect(await rollBackAll(migrator)).toEqual(['20260101000000'])
  })
})

test('a migration that takes another role on, or hides everything, is recorded all the same', async () => {
  const role = `maker_${database.target.database}`
  await session.query(`create role ${role}; grant create on schema public to ${role}`)
  try {
    const migrator = testMigrator(database.target, {
      [FILM]: `-- migrate:up\nset role ${role};\nset search_path = public;\ncreate table film (id int);\ncreate index concurrently on film (id);\ncreate table actor (id int);`,
    })
    expect(await applyAll(migrator)).toEqual(['20260101000000'])
    const { rows } = await session.query(`select tableowner from pg_tables where schemaname = 'public'`)
    expect(rows).toEqual([[role], [role]])
  } finally {
    await session.query(`drop owned by ${role}; drop role ${role}`)
  }
})

test('statements that are squashed stay apart, though one ends in a comment with a semicolon', async () => {
  const migrator = testMigrator(database.target, {
    [FILM]: '-- migrate:up\ncreate table film (id int) -- films;',
    '20260102000000_cast.sql': '-- migrate:up\ninsert into film values (1);',
  })
  await migrator.squash({ from: '20260101000000', to: '20260102000000', name: 'both' })
  expect(await applyAll(migrator)).toEqual(['20260102000000'])
})

test('behind a pooler that gives each transaction another connection, nothing is run without the lock', async () => {
  const migrator = testMigrator(
    database.target,
    { [FILM]: '-- migrate:up\ncreate table film (id int);' },
    { openSession: transactionPooler(sessionOpener(database.target)) },
  )
  await expect(applyAll(migrator)).rejects.toMatchObject({
    code: 'CONFLICT',
    hint: expect.stringContaining('pooler in transaction mode'),
  })
  expect((await session.query(`select from pg_tables where tablename = 'film'`)).rows).toEqual([])
})

/** Does as PgBouncer may do: what comes after the transaction in which the lock was taken goes to another connection. */
function transactionPooler(open: OpenSession): OpenSession {
  return async (options) => {
    const [first, second] = [await open(options), await open(options)]
    let current = first
    return {
      ...first,
      transactionState: () => current.transactionState(),
      execute: (text) => current.execute(text),
      async query(text, parameters) {
        const result = await current.query(text, parameters)
        if (text.includes('pg_try_advisory_lock')) current = second
        return result
      },
      async close() {
        await first.close()
        await second.close()
      },
    }
  }
}
