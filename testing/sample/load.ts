// Loads the film rental sample into a database: the schema and data that are the same on every run.
import { readFile } from 'node:fs/promises'
import { openSession, type SessionTarget } from '#postgres/node/session.ts'
import { forVersion } from '../older-postgres.ts'

const read = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8')

/** Loads the sample. Scale 1 has 16,000 rentals; the rows grow with it. */
export async function loadFilmRental(target: SessionTarget, scale = 1): Promise<void> {
  const [schema, data] = [await filmRentalSchema(), await filmRentalData(scale)]
  const session = await openSession(target)
  try {
    await session.query(
      forVersion(`begin;\n${schema}\n${data}\ncommit;`, parseInt(session.serverVersion) * 10_000),
    )
  } finally {
    await session.close()
  }
}

/** The schema as one script. */
export function filmRentalSchema(): Promise<string> {
  return read('film-rental.sql')
}

/** The data as one script, for a loaded schema. */
export async function filmRentalData(scale = 1): Promise<string> {
  return (await read('film-rental-data.sql')).replaceAll('$scale', String(Math.max(1, Math.trunc(scale))))
}
