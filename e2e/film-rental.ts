// A database of its own with the film rental shop and its rows, behind a cable that can be cut, for end-to-end tests.
import { loadSchema } from '../testing/schemas/index.ts'
import { fillFilmRental } from '../testing/schemas/film-rental-rows.ts'
import { startTestServer } from '../testing/postgres-global-setup.ts'
import { layCable, type Cable } from '../testing/cable.ts'
import { openSession, type Session } from '../postgres/node/session.ts'

export interface FilmRental {
  /** `postgresql://…`, through the cable. */
  readonly uri: string
  readonly cable: Cable
  /** A superuser's, not through the cable. */
  readonly session: Session
  close(): Promise<void>
}

/** Starts a server and fills its database. */
export async function startFilmRental(): Promise<FilmRental> {
  const { server, close } = await startTestServer()
  const { host, port, user, password } = server
  const target = { host, port, user, password, database: 'postgres' }
  const session = await openSession(target)
  await session.query('create database film_rental')
  await session.close()
  const own = { ...target, database: 'film_rental' }
  const filled = await openSession(own)
  await loadSchema(filled, '01-film-rental')
  await fillFilmRental(filled)
  await filled.query(`create table member (member_id integer primary key, full_name text not null);
insert into member select n, 'Given' || n || ' Family' || n from generate_series(1, 50) n;
analyze`)
  const cable = await layCable(own)
  return {
    uri: `postgresql://${user}:${password}@127.0.0.1:${String(cable.target.port)}/film_rental`,
    cable,
    session: filled,
    async close() {
      await filled.close()
      await cable.cut()
      await close()
    },
  }
}
