// Which tables a request reaches, through views too, whose rights count there, and which policies hold them: as pg_catalog has it.
import { z } from 'zod'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../database/index.ts'
import type { NamedRelation } from '../rest/index.ts'

export type Command = NamedRelation['command']

const AppliedPolicy = z.object({
  name: z.string(),
  isPermissive: z.boolean(),
  using: z.string().nullable(),
  check: z.string().nullable(),
  /** Whether it gives the same whoever evaluates it: it asks for no rows, no role and no function of the database's people. */
  isPlain: z.boolean(),
})
export type AppliedPolicy = z.infer<typeof AppliedPolicy>

const ReachedTable = z.object({
  oid: z.string(),
  schema: z.string(),
  table: z.string(),
  command: z.enum(['select', 'insert', 'update', 'delete']),
  /** Whose rights count: the request's role, or the owner of the view on the way. */
  user: z.string(),
  /** The view on the way that decides that; null for none. */
  view: z.string().nullable(),
  kind: z.string(),
  hasRowSecurity: z.boolean(),
  /** Whether its owner is held too. */
  isForced: z.boolean(),
  userBypasses: z.boolean(),
  userOwns: z.boolean(),
  /** Whether the session's own role is not held by row-level security here. */
  sessionPasses: z.boolean(),
  serviceReads: z.boolean(),
  policies: z.array(AppliedPolicy),
})
export type ReachedTable = z.infer<typeof ReachedTable>

/**
 * The tables behind what a request names, each with its command and the policies that apply there, all that is needed to know who is held. A write
 * through a view is a write of the table behind it. Runs in a transaction of its caller, and prints expressions with every name qualified.
 */
export async function readReachedTables(
  session: Session,
  relations: readonly NamedRelation[],
  role: string,
): Promise<ReachedTable[]> {
  if (relations.length === 0) return []
  const named = JSON.stringify(relations.map(({ schema, name, command }) => ({ schema, name, command })))
  // Only for what is printed here: the request's functions look for names on its own path.
  await session.query('savepoint printing')
  await session.query('set local search_path = pg_catalog')
  const reached = await readAll(
    session,
    ReachedTable,
    sql`
    with recursive named as (
      select c.oid, entry.command
        from json_to_recordset(${named}::json) entry (schema text, name text, command text)
        join pg_namespace n on n.nspname = entry.schema
        join pg_class c on c.relnamespace = n.oid and c.relname = entry.name
    ), reached as (
      select oid, command, ${role}::name as "user", null::text collate "C" as view, 0 as depth from named
      union
      select base.oid, case when reached.command = 'select' or base.place > 1 then 'select' else reached.command end,
             case when settings.is_invoker then reached."user" else pg_get_userbyid(v.relowner) end,
             case when settings.is_invoker then reached.view
                  else (quote_ident(vn.nspname) || '.' || quote_ident(v.relname)) collate "C" end,
             reached.depth + 1
        from reached
        join pg_class v on v.oid = reached.oid and v.relkind = 'v'
        join pg_namespace vn on vn.oid = v.relnamespace
       cross join lateral (
         select exists (select from pg_options_to_table(v.reloptions)
                         where option_name = 'security_invoker' and option_value::boolean) as is_invoker) settings
       cross join lateral (
         select d.refobjid as oid, row_number() over (order by min(d.refobjsubid), d.refobjid) as place
           from pg_rewrite r
           join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                           and d.refclassid = 'pg_class'::regclass and d.refobjid <> v.oid
           join pg_class b on b.oid = d.refobjid and b.relkind in ('r', 'p', 'v', 'm', 'f')
          where r.ev_class = v.oid
          group by d.refobjid) base
       where reached.depth < 20
    ), tables as (
      select distinct on (oid, command, "user") * from reached order by oid, command, "user", depth
    )
    select c.oid::text as oid, n.nspname as schema, c.relname as "table", t.command, t."user", t.view, c.relkind as kind,
           c.relrowsecurity as "hasRowSecurity", c.relforcerowsecurity as "isForced",
           coalesce(u.rolbypassrls or u.rolsuper, false) as "userBypasses",
           coalesce(pg_has_role(u.oid, c.relowner, 'usage'), false) as "userOwns",
           (not c.relrowsecurity) or me.rolbypassrls or me.rolsuper
             or (pg_has_role(me.oid, c.relowner, 'usage') and not c.relforcerowsecurity) as "sessionPasses",
           coalesce((select has_table_privilege(s.oid, c.oid, 'select') and s.rolbypassrls
                       from pg_roles s where s.rolname = 'service_role'), false) as "serviceReads",
           (select coalesce(json_agg(json_build_object(
                     'name', p.polname, 'isPermissive', p.polpermissive,
                     'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
                     'isPlain', coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '') !~ 'SUBLINK|SQLVALUEFUNCTION'
                       and coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
                           !~* '_privilege\\(|pg_has_role|row_security|getpgusername|''(role|session_authorization|is_superuser)'''
                       and not exists (select from pg_depend d
                                        where d.classid = 'pg_policy'::regclass and d.objid = p.oid
                                          and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))
                   ) order by p.polname), '[]')
              from pg_policy p
             where p.polrelid = c.oid
               and p.polcmd in ('*', case t.command when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end)
               and exists (select from unnest(p.polroles) listed
                            where listed = 0 or pg_has_role(u.oid, listed, 'usage'))) as policies
      from tables t
      join pg_class c on c.oid = t.oid and c.relkind <> 'v'
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_roles u on u.rolname = t."user"
      join pg_roles me on me.rolname = session_user
     order by n.nspname, c.relname, t.command, t."user"`,
  )
  await session.query('rollback to savepoint printing')
  return reached
}

/** Why policies do not hold somebody at a table; null where they do. */
export function passNote(table: ReachedTable): string | null {
  const through = table.view === null ? '' : ` (through the view ${table.view}, with its owner’s rights)`
  if (table.kind === 'm') return 'no row-level security: a materialized view holds what its owner saw'
  if (!table.hasRowSecurity) return `no row-level security${through}`
  if (table.userBypasses) return `the role ${table.user} bypasses it${through}`
  if (table.userOwns && !table.isForced) return `the role ${table.user} owns it, and bypasses it${through}`
  return null
}
