import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { createTempDatabase } from './temp-database.ts'

test('a temporary database is a clone of its template and is gone after drop', async () => {
  let prepared = 0
  const template = {
    name: 'self_test',
    prepare: async (target: pg.ClientConfig) => {
      prepared += 1
      const client = new pg.Client(target)
      await client.connect()
      await client.query('create table planet (name text); insert into planet values ($$Earth$$)')
      await client.end()
    },
  }
  const [first, second] = await Promise.all([
    createTempDatabase({ template }),
    createTempDatabase({ template }),
  ])
  expect(prepared).toBe(1)
  for (const target of [first.target, second.socketTarget]) {
    const client = new pg.Client(target)
    await client.connect()
    const { rows } = await client.query<{ name: string; version: string }>(
      "select name, current_setting('server_version_num') as version from planet",
    )
    expect(rows[0]?.name).toBe('Earth')
    expect(Number(rows[0]?.version)).toBe(inject('postgres').version)
    await client.end()
  }
  await first.drop()
  await second.drop()
  const gone = new pg.Client(first.target)
  await expect(gone.connect()).rejects.toThrow('does not exist')
})
