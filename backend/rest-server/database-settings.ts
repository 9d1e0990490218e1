// PostgREST's in-database configuration: `alter role … set pgrst.…` of the login role, and what the db-pre-config function sets.
import { identifier, type SqlFragment, sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import type { QualifiedName } from '../rest/index.ts'
import { DATABASE_SETTINGS, parseName } from './settings.ts'

/**
 * Settings without their prefix: those of the role in this database win over those of the role, which win over those of the function (which the
 * role's own `pgrst.db_pre_config` may name). Rejects when the function fails.
 */
export async function readDatabaseSettings(
  session: Session,
  preConfig: QualifiedName | null,
): Promise<ReadonlyMap<string, string>> {
  const names = DATABASE_SETTINGS.map((name) => `pgrst.${name}`)
  await session.query('begin read only')
  try {
    const ofRole = await readRoleSettings(session, names)
    const named = ofRole.get('db_pre_config') ?? ''
    const pre = named === '' ? preConfig : parseName(named)
    const ofFunction = pre === null ? [] : await readPreConfig(session, pre, names)
    return new Map([...ofFunction, ...ofRole])
  } finally {
    await session.query('rollback')
  }
}

async function readRoleSettings(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  // The role's own come first, those for this database after them: the last wins.
  const { text, values } = sql`
    select split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
    from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) setting
    where s.setrole = (select oid from pg_catalog.pg_roles where rolname = current_user)
      and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
      and split_part(setting, '=', 1) = any(${names})
    order by s.setdatabase`
  return toSettings((await session.query(text, values)).rows)
}

async function readPreConfig(
  session: Session,
  preConfig: QualifiedName,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const call = sql`select from ${functionName(preConfig)}()`
  await session.query(call.text, call.values)
  const read = sql`select name, current_setting(name, true) from unnest(${names}::text[]) name`
  return toSettings((await session.query(read.text, read.values)).rows)
}

function functionName(name: QualifiedName): SqlFragment {
  return name.schema === '' ? identifier(name.name) : identifier(name.schema, name.name)
}

function toSettings(rows: readonly (readonly (string | null)[])[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const [name, value] of rows)
    if (name !== null && name !== undefined && value !== null && value !== undefined)
      settings.set(name.replace(/^pgrst\./, ''), value)
  return settings
}
