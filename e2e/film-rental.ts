// A database of its own with the film rental shop and its rows, behind a cable that can be cut, for end-to-end tests.
import { loadSchema } from '../testing/schemas/index.ts'
import { fillFilmRental } from '../testing/schemas/film-rental-rows.ts'
import { startTestServer } from '../testing/postgres-global-setup.ts'
import { layCable, type Cable } from '../testing/cable.ts'
import { openSession, type Session } from '../postgres/node/session.ts'

export interface FilmRental {
  /** `postgresql://…`, through the cable. */
  readonly uri: string
  /** Of a copy in which the schema has gone on: films have subtitles and awards. */
  readonly nextUri: string
  readonly cable: Cable
  /** A superuser's, not through the cable. */
  readonly session: Session
  close(): Promise<void>
}

/** Starts a server and fills its database. */
export async function startFilmRental(): Promise<FilmRental> {
  const { server: postgres, close } = await startTestServer()
  const { host, port, user, password } = postgres
  const target = { host, port, user, password, database: 'postgres' }
  const admin = await openSession(target)
  await admin.query('create database film_rental')
  const own = { ...target, database: 'film_rental' }
  const first = await openSession(own)
  await loadSchema(first, '01-film-rental')
  await fillFilmRental(first)
  await first.query(`create table member (member_id integer primary key, full_name text not null);
insert into member select n, 'Given' || n || ' Family' || n from generate_series(1, 50) n;
analyze`)
  // Only a database without sessions can be copied.
  await first.close()
  await admin.query('create database film_rental_next template film_rental')
  await admin.close()
  const next = await openSession({ ...target, database: 'film_rental_next' })
  await next.query(`alter table film add column subtitle text;
create table award (award_id integer primary key, film_id integer not null references film, title text not null)`)
  await next.close()
  const session = await openSession(own)
  const cable = await layCable(own)
  const server = `postgresql://${user}:${password}@127.0.0.1:${String(cable.target.port)}`
  return {
    uri: `${server}/film_rental`,
    nextUri: `${server}/film_rental_next`,
    cable,
    session,
    async close() {
      await session.close()
      await cable.cut()
      await close()
    },
  }
}
