import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { MIGRATION_TABLE } from '../backend/db/migrate.ts'
import { createControlDatabase } from '../testing/control-database.ts'
import { dumpSchema, SCHEMA_FILE } from './schema-dump.ts'

test('backend/db/schema.sql is what the migrations give (else run: node scripts/schema-dump.ts)', async () => {
  await using control = await createControlDatabase()
  const dump = await dumpSchema((text) => control.db.query({ text, values: [] }), MIGRATION_TABLE)
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(dump)
})

test('the dump shows every kind of change of a table', async () => {
  await using control = await createControlDatabase()
  const run = async (text: string) => void (await control.db.query({ text, values: [] }))
  const dump = () => dumpSchema((text) => control.db.query({ text, values: [] }), MIGRATION_TABLE)
  const before = await dump()
  const changes = [
    'create table zebra (id bigint generated always as identity primary key, stripes integer not null default 3)',
    'alter table zebra add check (stripes > 0)',
    'create index zebra_stripes on zebra (stripes)',
    "create function zebra() returns trigger language plpgsql as 'begin return null; end'",
    'create trigger zebra after insert on zebra for each row execute function zebra()',
  ]
  const dumps = [before]
  for (const change of changes) {
    await run(change)
    dumps.push(await dump())
  }
  expect(new Set(dumps).size).toBe(changes.length + 1)
  expect(dumps.at(-1)).toContain('stripes integer default 3 not null')
})

test('the dump refuses what it cannot write', async () => {
  await using control = await createControlDatabase()
  await control.db.query({ text: 'create view zebra as select 1 as stripe', values: [] })
  await expect(dumpSchema((text) => control.db.query({ text, values: [] }), MIGRATION_TABLE)).rejects.toThrow(
    'zebra',
  )
})
