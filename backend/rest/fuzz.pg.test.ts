// Requests of every kind at the whole engine on a real Postgres, and single ones that such runs found to be answered wrongly.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFuzzDatabase, type FuzzDatabase } from '#testing/rest-fuzz-database.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
let fuzz: FuzzDatabase

beforeAll(async () => {
  database = await createTempDatabase()
  fuzz = await openFuzzDatabase(database.target)
})
afterAll(async () => {
  await fuzz.close()
  await database.drop()
})

test('three thousand requests, good and spoilt, are answered without harm', { timeout: 60_000 }, async () => {
  const { findings, statuses, compared } = await fuzz.run({ count: 3_000, seed: 20_261_123 })
  expect(findings).toEqual([])
  // Both happen often, or the requests would not reach far.
  expect(statuses.get(200)).toBeGreaterThan(400)
  expect(statuses.get(400)).toBeGreaterThan(400)
  expect(compared).toBeGreaterThan(500)
})

describe('found by fuzzing', () => {
  const json = { prefer: 'return=representation' }
  const found = [
    {
      name: 'a row without columns is written, and given back as one',
      request: { method: 'POST', path: '/nothing', headers: json, body: '{}' },
      status: 201,
      body: [{}],
    },
    {
      name: 'rows without columns are read',
      request: { method: 'GET', path: '/nothing' },
      status: 200,
      body: [],
    },
  ]
  test.each(found)('$name', async ({ request: { body = '', ...request }, ...expected }) => {
    const taken = await fuzz.send({ ...request, body: new TextEncoder().encode(body) })
    expect(taken.given.response.status).toBe(expected.status)
    expect(JSON.parse(taken.body.toString())).toEqual(expected.body)
  })
  test.each(['text', 'json'])(
    'a long plan as %s comes whole, and the connection is free again',
    async (format) => {
      const words = 'long '.repeat(400_000)
      const { given, body } = await fuzz.send({
        method: 'POST',
        path: '/loose',
        headers: {
          accept: `application/vnd.pgrst.plan+${format}; options=verbose`,
          prefer: 'return=representation',
        },
        body: new TextEncoder().encode(JSON.stringify([{ b: words }])),
      })
      expect(given.response.status).toBe(200)
      expect(body.toString()).toContain(words)
      expect(body.toString().trim()).toMatch(format === 'json' ? /^\[[^]*\]$/ : /^Aggregate/)
    },
  )
})
