// Schemas in the manner of real applications, for tests that read, write, compare and migrate schemas.
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Session } from '#postgres/node/session.ts'

export interface TestSchema {
  /** `01-film-rental`. */
  readonly name: string
  /** `server_version_num` from which on it loads. */
  readonly since: number
}

/** Those that need more than Postgres 15. */
const SINCE: Readonly<Record<string, number>> = {
  '24-generated': 180000,
  '25-temporal': 180000,
  '27-tables-of-all-sorts': 160000,
  '29-needs-of-all-sorts': 160000,
}
/** What every schema may grant to. Roles belong to the whole server: none may log in, and they stay. */
const ROLES = ['corpus_reader', 'corpus_writer', 'corpus_admin']

/** All schemas, in order. */
export const testSchemas: readonly TestSchema[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => file.replace('.sql', ''))
  .map((name) => ({ name, since: SINCE[name] ?? 150000 }))

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

/** Runs the schema's script in the session's database, with the roles it names. */
export async function loadSchema(session: Session, name: string): Promise<void> {
  await createTestRoles(session)
  const file = new URL(`./${name}.sql`, import.meta.url)
  await session.query(await readFile(file, 'utf8'))
}
