// Changes of the exposure as GRANT, REVOKE and ALTER TABLE. After each the database is asked whether the role may now do exactly what was wanted:
// privileges can also come from PUBLIC, from roles it belongs to, or from a grantor that the owner cannot speak for.
import type { ApiRole, ExposureChange } from '#contract/capabilities/access.ts'
import { AppError } from '#contract/errors.ts'
import { fromCatalog, identifier, join, keyword, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { assertColumn, findFunction, findRelation, type Relation } from './objects.ts'
import { inTransaction, runStatement } from './run.ts'

type Change<Type extends ExposureChange['type']> = Extract<ExposureChange, { type: Type }>

const TABLE_PRIVILEGES = ['select', 'insert', 'update', 'delete'] as const
const COLUMN_PRIVILEGES = ['select', 'insert', 'update'] as const
const PRIVILEGES = [...TABLE_PRIVILEGES, 'execute'] as const
type Privilege = (typeof PRIVILEGES)[number]

/** Roles that keep what they had through PUBLIC when it is taken from PUBLIC. */
const KEEPERS = ['anon', 'authenticated', 'service_role'] as const

function words(privileges: readonly Privilege[], column: SqlFragment | null = null): SqlFragment {
  return join(
    privileges.map((privilege) => {
      const word = keyword(privilege, PRIVILEGES)
      return column === null ? word : sql`${word} (${column})`
    }),
  )
}

/** The roles that hold a privilege of an acl, PUBLIC as null; `acl` is an expression. */
async function holders(
  session: Session,
  acl: SqlFragment,
  privilege: Privilege,
): Promise<Set<string | null>> {
  const { text, values } = sql`
    select case grantee when 0 then null else pg_get_userbyid(grantee) end from (select ${acl} as acl) held, aclexplode(acl)
     where lower(privilege_type) = ${privilege}`
  const { rows } = await session.query(text, [...values])
  return new Set(rows.map(([role]) => role ?? null))
}

/** Statements that take `privileges` from `role`, and from PUBLIC where it has them, leaving the other roles of the API what they had. */
async function revokeSql(
  session: Session,
  target: { readonly on: SqlFragment; readonly acl: SqlFragment },
  role: ApiRole,
  privileges: readonly Privilege[],
): Promise<readonly SqlFragment[]> {
  if (privileges.length === 0) return []
  const statements = [sql`revoke ${words(privileges)} on ${target.on} from ${identifier(role)}`]
  for (const privilege of privileges) {
    if (!(await holders(session, target.acl, privilege)).has(null)) continue
    const others = KEEPERS.filter((keeper) => keeper !== role).map((keeper) => identifier(keeper))
    statements.push(
      sql`grant ${words([privilege])} on ${target.on} to ${join(others)}`,
      sql`revoke ${words([privilege])} on ${target.on} from public`,
    )
  }
  return statements
}

/** Sequences behind the defaults of a table's columns: whoever inserts needs them. */
async function sequencesOf(session: Session, relation: Relation): Promise<readonly SqlFragment[]> {
  const { text, values } = sql`
    select s.oid::regclass from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
     where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
       and d.refobjid = ${relation.oid}::oid and d.deptype = 'a' order by 1`
  const { rows } = await session.query(text, [...values])
  return rows.flatMap(([name]) => (typeof name === 'string' ? [fromCatalog(name)] : []))
}

async function tableGrants(
  session: Session,
  change: Change<'setTableGrants'>,
): Promise<readonly SqlFragment[]> {
  const relation = await findRelation(session, change)
  const taken = TABLE_PRIVILEGES.filter((privilege) => !change.privileges.includes(privilege))
  const given = TABLE_PRIVILEGES.filter((privilege) => change.privileges.includes(privilege))
  const acl = sql`(select relacl from pg_catalog.pg_class where oid = ${relation.oid}::oid)`
  const role = identifier(change.role)
  const on = sql`table ${relation.name}`
  const statements = [...(await revokeSql(session, { on, acl }, change.role, taken))]
  if (given.length > 0) statements.push(sql`grant ${words(given)} on ${on} to ${role}`)
  if (given.includes('insert')) {
    const sequences = await sequencesOf(session, relation)
    if (sequences.length > 0) statements.push(sql`grant usage on sequence ${join(sequences)} to ${role}`)
  }
  return statements
}

async function columnGrants(
  session: Session,
  change: Change<'setColumnGrants'>,
): Promise<readonly SqlFragment[]> {
  const relation = await findRelation(session, change)
  await assertColumn(session, relation, change.column)
  const taken = COLUMN_PRIVILEGES.filter((privilege) => !change.privileges.includes(privilege))
  const given = COLUMN_PRIVILEGES.filter((privilege) => change.privileges.includes(privilege))
  const column = identifier(change.column)
  const role = identifier(change.role)
  return [
    ...(taken.length === 0
      ? []
      : [sql`revoke ${words(taken, column)} on table ${relation.name} from ${role}`]),
    ...(given.length === 0 ? [] : [sql`grant ${words(given, column)} on table ${relation.name} to ${role}`]),
  ]
}

async function functionGrant(
  session: Session,
  change: Change<'setFunctionGrant'>,
): Promise<readonly SqlFragment[]> {
  const { oid, signature } = await findFunction(session, change)
  const on = sql`function ${signature}`
  if (change.mayExecute) return [sql`grant execute on ${on} to ${identifier(change.role)}`]
  // Without an acl of its own a function has the default one, which lets PUBLIC execute it.
  const acl = sql`(select coalesce(proacl, acldefault('f', proowner)) from pg_catalog.pg_proc where oid = ${oid}::oid)`
  return revokeSql(session, { on, acl }, change.role, ['execute'])
}

async function rowSecurity(
  session: Session,
  change: Change<'setRowSecurity'>,
): Promise<readonly SqlFragment[]> {
  const relation = await findRelation(session, change)
  if (relation.kind !== 'r' && relation.kind !== 'p') {
    throw new AppError('INVALID_INPUT', 'Only tables have row-level security.', {
      hint: 'For a view, set security_invoker: it then shows what its reader may see of the tables behind it.',
    })
  }
  const enabled = keyword(change.isEnabled ? 'enable' : 'disable', ['enable', 'disable'])
  const forced = keyword(change.isForced ? 'force' : 'no force', ['force', 'no force'])
  return [
    sql`alter table ${relation.name} ${enabled} row level security`,
    sql`alter table ${relation.name} ${forced} row level security`,
  ]
}

function compile(session: Session, change: ExposureChange): Promise<readonly SqlFragment[]> {
  switch (change.type) {
    case 'setTableGrants':
      return tableGrants(session, change)
    case 'setColumnGrants':
      return columnGrants(session, change)
    case 'setFunctionGrant':
      return functionGrant(session, change)
    case 'setRowSecurity':
      return rowSecurity(session, change)
  }
}

/** The privileges that the role has now, of those that the change is about; null where it is about none. */
async function heldNow(session: Session, change: ExposureChange): Promise<readonly string[] | null> {
  if (change.type === 'setRowSecurity') return null
  const { role } = change
  if (change.type === 'setFunctionGrant') {
    const { oid } = await findFunction(session, change)
    return filterHeld(session, ['execute'], sql`has_function_privilege(${role}, ${oid}::oid, privilege)`)
  }
  const { oid } = await findRelation(session, change)
  return change.type === 'setTableGrants'
    ? filterHeld(session, TABLE_PRIVILEGES, sql`has_table_privilege(${role}, ${oid}::oid, privilege)`)
    : filterHeld(
        session,
        COLUMN_PRIVILEGES,
        sql`has_column_privilege(${role}, ${oid}::oid, ${change.column}, privilege)`,
      )
}

async function filterHeld(
  session: Session,
  privileges: readonly string[],
  condition: SqlFragment,
): Promise<readonly string[]> {
  const { text, values } = sql`
    select privilege from jsonb_array_elements_text(${JSON.stringify(privileges)}::jsonb) privilege where ${condition}`
  const { rows } = await session.query(text, [...values])
  return rows.flatMap(([privilege]) => privilege ?? [])
}

function wanted(change: Exclude<ExposureChange, { type: 'setRowSecurity' }>): readonly string[] {
  if (change.type === 'setFunctionGrant') return change.mayExecute ? ['execute'] : []
  return change.privileges
}

/** Why a privilege is there still, or is not there. */
function unmet(
  change: Exclude<ExposureChange, { type: 'setRowSecurity' }>,
  held: readonly string[],
): AppError {
  const missing = wanted(change).filter((privilege) => !held.includes(privilege))
  if (missing.length > 0) {
    return new AppError(
      'FORBIDDEN',
      `The owner of the database cannot grant ${missing.join(', ')} on this object.`,
      {
        hint: 'It belongs to another role. Grant the privilege as that role.',
      },
    )
  }
  const left = held.filter((privilege) => !wanted(change).includes(privilege)).join(', ')
  return change.type === 'setColumnGrants'
    ? new AppError(
        'CONFLICT',
        `${change.role} may ${left} this column, because it may do so on the table as a whole.`,
        {
          hint: 'Take the privilege on the table away first, then grant the columns that are to be open.',
        },
      )
    : new AppError('CONFLICT', `${change.role} may ${left} still: another role gives it the privilege.`, {
        hint: 'Look for a role that it is a member of, or for privileges that another role granted.',
      })
}

/**
 * Makes the change, or nothing of it. Gives the SQL that was run.
 * Throws NOT_FOUND, FORBIDDEN for what the owner may not change, CONFLICT where the privilege comes from elsewhere, QUERY_FAILED.
 */
export function applyExposureChange(session: Session, change: ExposureChange): Promise<readonly string[]> {
  return inTransaction(session, async () => {
    const statements = await compile(session, change)
    for (const statement of statements) await runStatement(session, statement)
    const held = await heldNow(session, change)
    if (change.type !== 'setRowSecurity' && held !== null) {
      const target = wanted(change)
      const isMet = held.length === target.length && target.every((privilege) => held.includes(privilege))
      if (!isMet) throw unmet(change, held)
    }
    return statements.map(({ text }) => text)
  })
}
