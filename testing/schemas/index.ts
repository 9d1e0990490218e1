// Schemas in the manner of real applications, for tests that read, write, compare and migrate schemas.
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Session } from '#postgres/node/session.ts'
import { forVersion } from '../older-postgres.ts'

export interface TestSchema {
  /** `01-film-rental`. */
  readonly name: string
}

/** What every schema may grant to. Roles belong to the whole server: none may log in, and they stay. */
const ROLES = ['corpus_reader', 'corpus_writer', 'corpus_admin']

/** All schemas, in order. */
export const testSchemas: readonly TestSchema[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => file.replace('.sql', ''))
  .map((name) => ({ name }))

/** Makes the roles that the schemas name. Tests of several processes may do so at once. */
export async function createTestRoles(session: Session): Promise<void> {
  await session.query('begin')
  await session.query("select pg_advisory_xact_lock(hashtext('corpus roles'))")
  for (const role of ROLES) {
    const { rows } = await session.query('select from pg_roles where rolname = $1', [role])
    if (rows.length === 0) await session.query(`create role ${role}`)
  }
  await session.query('commit')
}

/** The schema's script as a server of this `server_version_num` takes it: what that cannot do is left out of its statements. */
export async function schemaSql(name: string, version: number): Promise<string> {
  return forVersion(await readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8'), version)
}

/** Runs the schema's script in the session's database, with the roles it names. */
export async function loadSchema(session: Session, name: string): Promise<void> {
  await createTestRoles(session)
  await session.query(await schemaSql(name, versionNumber(session)))
}

function versionNumber({ serverVersion }: Session): number {
  return parseInt(serverVersion) * 10_000
}
