// PostgREST's in-database configuration: `alter role … set pgrst.…` of the login role, and what the db-pre-config function sets.
import { identifier, type SqlFragment, sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import type { QualifiedName } from '../rest/index.ts'
import { DATABASE_SETTINGS } from './settings.ts'

/**
 * Settings without their prefix: those of the role in this database win over those of the role, which win over those of the function.
 * Rejects when the function fails.
 */
export async function readDatabaseSettings(
  session: Session,
  preConfig: QualifiedName | null,
): Promise<ReadonlyMap<string, string>> {
  const names = DATABASE_SETTINGS.map((name) => `pgrst.${name}`)
  const settings = new Map<string, string>()
  await session.query('begin read only')
  try {
    if (preConfig !== null) await readPreConfig(session, preConfig, { names, settings })
    const { text, values } = sql`
      select split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
      from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) setting
      where s.setrole = (select oid from pg_catalog.pg_roles where rolname = current_user)
        and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
        and split_part(setting, '=', 1) = any(${names})
      order by s.setdatabase`
    // The role's own come first, those for this database after them: the last wins.
    take((await session.query(text, values)).rows, settings)
  } finally {
    await session.query('rollback')
  }
  return settings
}

async function readPreConfig(
  session: Session,
  preConfig: QualifiedName,
  into: { readonly names: readonly string[]; readonly settings: Map<string, string> },
): Promise<void> {
  const call = sql`select from ${functionName(preConfig)}()`
  await session.query(call.text, call.values)
  const read = sql`select name, current_setting(name, true) from unnest(${into.names}::text[]) name`
  take((await session.query(read.text, read.values)).rows, into.settings)
}

function functionName(name: QualifiedName): SqlFragment {
  return name.schema === '' ? identifier(name.name) : identifier(name.schema, name.name)
}

function take(rows: readonly (readonly (string | null)[])[], settings: Map<string, string>): void {
  for (const [name, value] of rows)
    if (name !== null && name !== undefined && value !== null && value !== undefined)
      settings.set(name.replace(/^pgrst\./, ''), value)
}
