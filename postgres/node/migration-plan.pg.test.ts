// Random pairs of schemas on a real server: the plan leads from one to the other with the rows kept, and back again. MIGRATION_ROUNDS asks for more rounds,
// MIGRATION_SEED for others.
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { migrationRound, type RoundDatabases } from '#testing/random-migration.ts'

const rounds = Number(process.env['MIGRATION_ROUNDS'] ?? 10)
const firstSeed = Number(process.env['MIGRATION_SEED'] ?? 1)
const server = inject('postgres')
const admin = new pg.Client({ ...server, database: 'postgres' })
const prefix = `plan_${String(process.pid)}`
const nameOf = (database: string): string => (database === 'template0' ? database : `${prefix}_${database}`)
const databases: RoundDatabases = {
  target: (database) => ({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: nameOf(database),
  }),
  clone: async (database, template) => {
    await admin.query(`drop database if exists "${nameOf(database)}" with (force)`)
    await admin.query(`create database "${nameOf(database)}" template "${nameOf(template)}"`)
  },
}

beforeAll(async () => {
  await admin.connect()
})

afterAll(async () => {
  for (const database of ['a', 'b', 'c'])
    await admin.query(`drop database if exists "${nameOf(database)}" with (force)`)
  await admin.end()
})

test(
  'a plan leads from any schema to any other with its rows, and back',
  async () => {
    for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
      const problems = await migrationRound(seed, databases)
      expect(problems.join('\n\n')).toBe('')
    }
  },
  60_000 + rounds * 10_000,
)
