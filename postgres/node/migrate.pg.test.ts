import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { migrate } from './migrate.ts'
import { createPool, type Pool } from './pool.ts'

let database: TempDatabase
let pool: Pool
let directory: string
let table: string
let count = 0

beforeAll(async () => {
  database = await createTempDatabase()
  pool = createPool(database.target, { max: 4 })
})
afterAll(async () => {
  await pool.close()
  await database.drop()
})
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'migrate-'))
  table = `migration_${++count}`
})
afterEach(async () => rm(directory, { recursive: true, force: true }))

const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text)
const run = (): Promise<string[]> => migrate(pool, { directory, table })

test('applies files in order, once', async () => {
  await write('0002-fill.sql', `insert into a${count} values (1); insert into a${count} values (2);`)
  await write('0001-make.sql', `create table a${count} (id int);`)
  await write('README.md', 'not SQL')
  expect(await run()).toEqual(['0001-make.sql', '0002-fill.sql'])
  expect(await run()).toEqual([])
  expect((await pool.query({ text: `select id from a${count} order by 1` })).rows).toEqual([
    { id: 1 },
    { id: 2 },
  ])
})

test('four processes at once apply each file once', async () => {
  await write('0001-make.sql', `create table b${count} (id int);`)
  const applied = await Promise.all([run(), run(), run(), run()])
  expect(applied.flat()).toEqual(['0001-make.sql'])
})

test('a failing file leaves nothing of itself, names itself, and keeps those before it', async () => {
  await write('0001-make.sql', `create table c${count} (id int);`)
  await write('0002-bad.sql', `insert into c${count} values (1); insert into nowhere values (1);`)
  await expect(run()).rejects.toMatchObject({
    code: 'QUERY_FAILED',
    message: expect.stringContaining('0002-bad.sql'),
    details: { sqlstate: '42P01' },
  })
  expect((await pool.query({ text: `select id from c${count}` })).rows).toEqual([])
  await write('0002-bad.sql', `insert into c${count} values (1);`)
  expect(await run()).toEqual(['0002-bad.sql'])
})

test('a file that changed after it was applied is refused, other line ends are not a change', async () => {
  await write('0001-make.sql', 'select 1;\n')
  await run()
  await write('0001-make.sql', 'select 1;\r\n')
  expect(await run()).toEqual([])
  await write('0001-make.sql', 'select 2;\n')
  await expect(run()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('0001-make.sql'),
  })
})

test('a database of a newer version is refused', async () => {
  await write('0001-make.sql', 'select 1;')
  await write('0002-newer.sql', 'select 1;')
  await run()
  await rm(join(directory, '0002-newer.sql'))
  await expect(run()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('0002-newer.sql'),
  })
})

test('two files with one number are refused', async () => {
  await write('0001-a.sql', 'select 1;')
  await write('0001-b.sql', 'select 1;')
  await expect(run()).rejects.toMatchObject({ code: 'CONFLICT' })
})
