// Row-level security policies: listed as Postgres prints them, made and changed from names and SQL expressions.
import type { z } from 'zod'
import { Policy, type PolicyInput } from '#contract/capabilities/access.ts'
import { AppError } from '#contract/errors.ts'
import { empty, identifier, join, keyword, sql, writtenExpression } from '#postgres/common/sql/sql.ts'
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../database/index.ts'
import { findRelation, type TableName } from './objects.ts'
import { inTransaction, runStatement } from './run.ts'

export type NewPolicy = z.output<typeof PolicyInput>

export interface PolicyName extends TableName {
  readonly name: string
}

export interface PolicyChange extends PolicyName {
  readonly newName?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly using?: string | undefined
  readonly check?: string | undefined
}

/** The policies of all tables, of a schema's or of one table, by name. */
export function listPolicies(
  session: Session,
  { schema, table }: { readonly schema?: string | undefined; readonly table?: string | undefined },
): Promise<Policy[]> {
  return readAll(
    session,
    Policy,
    sql`
    select nspname as schema, relname as "table", polname as name, polpermissive as "isPermissive",
           case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
             as command,
           (select json_agg(case role when 0 then 'public' else pg_get_userbyid(role)::text end order by place)
              from unnest(polroles) with ordinality listed (role, place)) as roles,
           pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
      from pg_catalog.pg_policy join pg_catalog.pg_class c on c.oid = polrelid
      join pg_catalog.pg_namespace n on n.oid = relnamespace
     where (${schema ?? null}::text is null or nspname = ${schema ?? null}::text)
       and (${table ?? null}::text is null or relname = ${table ?? null}::text)
     order by nspname, relname, polname`,
  )
}

function rolesSql(roles: readonly string[]): SqlFragment {
  return join(roles.map((role) => (role === 'public' ? sql`public` : identifier(role))))
}

const COMMANDS = ['all', 'select', 'insert', 'update', 'delete'] as const

function conditions(using: string | null | undefined, check: string | null | undefined): SqlFragment {
  const usingSql = typeof using !== 'string' ? empty : sql` using ${writtenExpression(using)}`
  const checkSql = typeof check !== 'string' ? empty : sql` with check ${writtenExpression(check)}`
  return sql`${usingSql}${checkSql}`
}

function createPolicySql(policy: NewPolicy): SqlFragment {
  const manner = keyword(policy.isPermissive ? 'permissive' : 'restrictive', ['permissive', 'restrictive'])
  const table = identifier(policy.schema, policy.table)
  return sql`create policy ${identifier(policy.name)} on ${table} as ${manner} for ${keyword(policy.command, COMMANDS)} to ${rolesSql(policy.roles)}${conditions(policy.using, policy.check)}`
}

/** Has Postgres read each expression on its own first, so that none reaches over its parentheses into the rest of the statement. */
async function assertExpressions(
  session: Session,
  table: SqlFragment,
  expressions: readonly (string | null | undefined)[],
): Promise<void> {
  for (const expression of expressions) {
    if (typeof expression !== 'string') continue
    await runStatement(session, sql`explain select ${writtenExpression(expression)} from ${table}`)
  }
}

/** Creates a policy within the session's transaction; gives the SQL. Throws NOT_FOUND, FORBIDDEN, QUERY_FAILED. */
export async function addPolicy(session: Session, policy: NewPolicy): Promise<string> {
  const relation = await findRelation(session, policy)
  await assertExpressions(session, relation.name, [policy.using, policy.check])
  const statement = createPolicySql(policy)
  await runStatement(session, statement)
  return statement.text
}

/** Creates a policy. Throws NOT_FOUND, FORBIDDEN for a table of another role, QUERY_FAILED. */
export function createPolicy(session: Session, policy: NewPolicy): Promise<readonly string[]> {
  return inTransaction(session, async () => [await addPolicy(session, policy)])
}

async function assertPolicy(session: Session, policy: PolicyName): Promise<SqlFragment> {
  const relation = await findRelation(session, policy)
  const { text, values } = sql`
    select from pg_catalog.pg_policy where polrelid = ${relation.oid}::oid and polname = ${policy.name}`
  const { rows } = await session.query(text, [...values])
  if (rows.length === 0) throw new AppError('NOT_FOUND', `The table has no policy "${policy.name}".`)
  return relation.name
}

/** Changes a policy's roles and expressions, and renames it. Throws NOT_FOUND, FORBIDDEN, QUERY_FAILED. */
export function alterPolicy(session: Session, change: PolicyChange): Promise<readonly string[]> {
  return inTransaction(session, async () => {
    const table = await assertPolicy(session, change)
    await assertExpressions(session, table, [change.using, change.check])
    const name = identifier(change.name)
    const statements: SqlFragment[] = []
    if (change.roles !== undefined || change.using !== undefined || change.check !== undefined) {
      const roles = change.roles === undefined ? empty : sql` to ${rolesSql(change.roles)}`
      statements.push(sql`alter policy ${name} on ${table}${roles}${conditions(change.using, change.check)}`)
    }
    if (change.newName !== undefined) {
      statements.push(sql`alter policy ${name} on ${table} rename to ${identifier(change.newName)}`)
    }
    for (const statement of statements) await runStatement(session, statement)
    return statements.map(({ text }) => text)
  })
}

/** Drops a policy. Throws NOT_FOUND, FORBIDDEN, QUERY_FAILED. */
export function dropPolicy(session: Session, policy: PolicyName): Promise<readonly string[]> {
  return inTransaction(session, async () => {
    const table = await assertPolicy(session, policy)
    const statement = sql`drop policy ${identifier(policy.name)} on ${table}`
    await runStatement(session, statement)
    return [statement.text]
  })
}
