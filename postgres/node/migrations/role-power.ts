// As whom SQL runs that somebody else may have written: a superuser's session can do anything to the server, and a transaction takes little of that back.
import type { RolePower } from '#contract/capabilities/migrations.ts'
import { AppError } from '#contract/errors.ts'
import type { Session } from '../session.ts'

export type { RolePower } from '#contract/capabilities/migrations.ts'

/** Before Postgres 16 CREATEROLE could give itself every role that is no superuser; since then only those that it made. */
const CREATEROLE_IS_LIMITED_SINCE = 160_000

/** The roles that lie beyond an ordinary one: https://www.postgresql.org/docs/18/predefined-roles.html */
const POWERS: ReadonlyMap<string, RolePower['powers'][number]> = new Map([
  ['pg_execute_server_program', 'programs'],
  ['pg_read_server_files', 'files'],
  ['pg_write_server_files', 'files'],
])

/** What the role that logged in could do, SET ROLE and RESET ROLE included: SQL may contain them. Rejects with CONNECTION_FAILED. */
export async function readRolePower(session: Session): Promise<RolePower> {
  // Nothing of somebody else's is meant: operators are named with their schema, as functions are.
  const { rows } = await session.query(`
    select session_user,
           case when r.rolsuper then 'superuser' when r.rolcreaterole then 'roles' else r.rolname end
      from pg_catalog.pg_roles r
     where (r.rolsuper
            or r.rolname operator(pg_catalog.=) any ('{${[...POWERS.keys()].join(',')}}'::pg_catalog.name[])
            or (r.rolcreaterole and pg_catalog.current_setting('server_version_num')::pg_catalog.int4
                  operator(pg_catalog.<) ${String(CREATEROLE_IS_LIMITED_SINCE)}))
       and pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
    union all select session_user, ''`)
  const found = new Set<RolePower['powers'][number]>()
  for (const [, name] of rows) {
    if (name === 'superuser' || name === 'roles') found.add(name)
    const power = POWERS.get(name ?? '')
    if (power !== undefined) found.add(power)
  }
  // A superuser is a member of all others.
  return { role: rows[0]?.[0] ?? '', powers: found.has('superuser') ? ['superuser'] : [...found].sort() }
}

/** Throws FORBIDDEN, with `NeedsSuperuser` in its details, for a role that could do more than change its database. */
export function refusePower(runsAs: RolePower): void {
  if (runsAs.powers.length === 0) return
  const isSuperuser = runsAs.powers.includes('superuser')
  throw new AppError(
    'FORBIDDEN',
    `Nothing was run: it would run as ${runsAs.role}, ${isSuperuser ? 'a superuser' : 'a role that can reach beyond the database'}.`,
    {
      hint: 'Read the SQL and say that it may, or use a connection of a role that owns the database only.',
      details: { needs: 'asSuperuser', runsAs },
    },
  )
}
