// A model that is brought up to date equals one that is read anew, after random DDL. SCHEMA_RUNS makes more of them.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import { ddlOf, ddlSteps, randomDdlStart } from '#testing/random-ddl.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { readModel, refreshModel, Watermark, type ModelReading } from './introspect-model.ts'
import { openSession, type Session } from './session.ts'

const RUNS = Number(process.env['SCHEMA_RUNS'] ?? 8)
const STEPS = 40

let database: TempDatabase
let session: Session
let other: Session

beforeAll(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  other = await openSession(database.target)
}, 60_000)
afterAll(async () => {
  await session.close()
  await other.close()
  await database.drop()
})

/** Sizes are shown, not compared. */
function comparable({ objects, ...rest }: SchemaModel): SchemaModel {
  return {
    ...rest,
    objects: objects.map((object) =>
      object.kind === 'table' ? { ...object, estimatedRows: null, sizeBytes: null } : object,
    ),
  }
}

async function follow(reading: ModelReading, ddl: string): Promise<ModelReading> {
  // A name may be taken or gone: a statement that is refused changes nothing.
  const isDone = await other.query(ddl).then(
    () => true,
    () => false,
  )
  if (!isDone) return reading
  const refreshed = await refreshModel(session, reading)
  const full = await readModel(session)
  expect(comparable(refreshed.reading.model)).toEqual(comparable(full.model))
  // A watermark may be stored meanwhile.
  const watermark = Watermark.parse(JSON.parse(JSON.stringify(refreshed.reading.watermark)))
  return { ...refreshed.reading, watermark }
}

test(`after any sequence of statements a refreshed model equals a full reading (${RUNS} runs)`, async () => {
  await fc.assert(
    fc.asyncProperty(ddlSteps(STEPS), async (steps) => {
      await other.query('drop schema if exists r, r2, r3 cascade').catch(() => undefined)
      for (const one of ['r', 'r2', 'r3']) await other.query(`drop schema if exists ${one} cascade`)
      await other.query('drop extension if exists hstore cascade; drop publication if exists p0, p1')
      await other.query(randomDdlStart(serverVersion()))
      let reading = await readModel(session)
      for (const step of steps) reading = await follow(reading, ddlOf(step))
    }),
    { numRuns: RUNS, seed: Number(process.env['SCHEMA_SEED'] ?? 4) },
  )
}, 3_600_000)
