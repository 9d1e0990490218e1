// The rules of the access linter, one entry each: what it looks for in the catalog, how bad that is, and what it says.
// docs/access-warnings.md explains each to people; a test holds the two lists together.
import type { AccessWarning } from '#contract/capabilities/access.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { API_ROLES, IS_INVOKER, OWN_SCHEMA } from './exposure.ts'

/** A place where a rule strikes. */
export interface Finding {
  readonly schema: string
  readonly object: string
  /** The roles concerned, as words: `anon and authenticated`. */
  readonly who: string
  /** What else the sentence needs: a name, a list, a number. */
  readonly detail: string
}

export interface Rule {
  readonly rule: string
  readonly severity: AccessWarning['severity']
  /** Gives schema, object, who and detail. */
  readonly query: SqlFragment
  readonly message: (finding: Finding) => string
  readonly hint: (finding: Finding) => string
}

/** The API's roles for which `condition` holds, as words; null where there are none. It sees role. */
function rolesWhere(condition: SqlFragment): SqlFragment {
  return sql`(select string_agg(rolname, ' and ' order by rolname) from ${API_ROLES} role where ${condition})`
}

const REACHES_SCHEMA = sql`has_schema_privilege(role.oid, n.oid, 'usage')`

/** Whether role may do anything with relation c. */
const REACHES_RELATION = sql`${REACHES_SCHEMA} and (has_any_column_privilege(role.oid, c.oid, 'select, insert, update')
                                                 or has_table_privilege(role.oid, c.oid, 'delete'))`

/** The findings among relations c in schemas n of people; what extensions brought has a rule of its own. */
function relations(who: SqlFragment, detail: SqlFragment, condition: SqlFragment): SqlFragment {
  return sql`
    select * from (
      select nspname as schema, relname as object, ${who} as who, ${detail} as detail
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
       where ${OWN_SCHEMA} and not relispartition and ${condition}
         and not exists (select from pg_catalog.pg_depend
                          where classid = 'pg_catalog.pg_class'::regclass and objid = c.oid and deptype = 'e')) found
     where who is not null order by schema, object`
}

const IS_TABLE = sql`relkind in ('r', 'p')`
const NOTHING = sql`''`
const HAS_POLICY = sql`exists (select from pg_catalog.pg_policy where polrelid = c.oid)`

/** Whether an expression of a policy of relation c is always true. */
function isAlwaysTrue(expression: SqlFragment): SqlFragment {
  return sql`pg_get_expr(${expression}, c.oid) ~* '^\\(*(true|1 = 1|true IS TRUE)\\)*$'`
}

/** Policies of relation c by which anybody of the API may write any row. */
const OPEN_WRITE_POLICIES = sql`
  (select string_agg(quote_ident(polname), ', ' order by polname) from pg_catalog.pg_policy
    where polrelid = c.oid and polpermissive and polcmd <> 'r'
      and (0 = any (polroles) or exists (select from ${API_ROLES} role where role.oid = any (polroles)))
      and case polcmd when 'd' then ${isAlwaysTrue(sql`polqual`)}
                      when 'a' then ${isAlwaysTrue(sql`polwithcheck`)}
                      else ${isAlwaysTrue(sql`coalesce(polwithcheck, polqual)`)} end)`

const OPEN_WRITE_ROLES = rolesWhere(sql`${REACHES_SCHEMA} and exists (
  select from pg_catalog.pg_policy
   where polrelid = c.oid and polpermissive and polcmd <> 'r' and (0 = any (polroles) or role.oid = any (polroles))
     and (has_any_column_privilege(role.oid, c.oid, 'insert, update') or has_table_privilege(role.oid, c.oid, 'delete')))`)

/** Tables with row-level security that view c reads, through other views too. */
const PROTECTED_TABLES = sql`
  (with recursive behind (oid) as (
     select c.oid
     union
     select d.refobjid from behind
       join pg_catalog.pg_rewrite r on r.ev_class = behind.oid
       join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
                                  and d.refclassid = 'pg_catalog.pg_class'::regclass)
   select string_agg(distinct quote_ident(t.relname), ', ') from behind join pg_catalog.pg_class t on t.oid = behind.oid
    where t.relrowsecurity and t.oid <> c.oid)`

/** Privileges that role holds on columns of relation c without effect, since it holds them on the whole. */
const USELESS_COLUMN_GRANTS = sql`
  (select string_agg(distinct quote_ident(attname), ', ')
     from pg_catalog.pg_attribute, aclexplode(attacl) granted
     join ${API_ROLES} role on role.oid = granted.grantee
    where attrelid = c.oid and attnum > 0 and not attisdropped and has_table_privilege(role.oid, c.oid, privilege_type))`

const USELESS_COLUMN_ROLES = rolesWhere(sql`exists (
  select from pg_catalog.pg_attribute, aclexplode(attacl) granted
   where attrelid = c.oid and attnum > 0 and not attisdropped and granted.grantee = role.oid
     and has_table_privilege(role.oid, c.oid, privilege_type))`)

/** Sequences that make values of relation c, which role may not use. */
const LACKS_SEQUENCE = sql`exists (
  select from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
   where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
     and d.refobjid = c.oid and d.deptype = 'a' and not has_sequence_privilege(role.oid, s.oid, 'usage, update'))`

const functionsQuery = sql`
  select * from (
    select nspname as schema, proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as object,
           ${rolesWhere(sql`${REACHES_SCHEMA} and has_function_privilege(role.oid, p.oid, 'execute')`)} as who, '' as detail
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
     where ${OWN_SCHEMA} and prosecdef and prokind in ('f', 'p')
       and prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
       and not exists (select from unnest(proconfig) setting where setting like 'search\\_path=%')) found
   where who is not null order by schema, object`

/** One line per extension and schema, however many objects it brought. */
const extensionsQuery = sql`
  select schema, extname as object, string_agg(distinct rolname, ' and ' order by rolname) as who,
         count(distinct (classid, objid))::text as detail
    from (
      select n.nspname as schema, e.extname, role.rolname, d.classid, d.objid
        from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
        left join pg_catalog.pg_class c on d.classid = 'pg_catalog.pg_class'::regclass and c.oid = d.objid
                                       and c.relkind in ('r', 'p', 'f', 'v', 'm')
        left join pg_catalog.pg_proc p on d.classid = 'pg_catalog.pg_proc'::regclass and p.oid = d.objid
        join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, p.pronamespace)
        cross join ${API_ROLES} role
       where d.deptype = 'e' and d.refclassid = 'pg_catalog.pg_extension'::regclass and ${OWN_SCHEMA} and ${REACHES_SCHEMA}
         and case when c.oid is not null then has_any_column_privilege(role.oid, c.oid, 'select, insert, update')
                  else has_function_privilege(role.oid, p.oid, 'execute') end) exposed
   group by schema, extname order by schema, extname`

export const RULES: readonly Rule[] = [
  {
    rule: 'table-without-row-security',
    severity: 'error',
    query: relations(
      rolesWhere(REACHES_RELATION),
      NOTHING,
      sql`${IS_TABLE} and not relrowsecurity and not ${HAS_POLICY}`,
    ),
    message: ({ object, who }) => `${who} may reach all rows of "${object}": it has no row-level security.`,
    hint: () => 'Switch row-level security on and create policies, or take the privileges away.',
  },
  {
    rule: 'policies-without-row-security',
    severity: 'error',
    query: relations(
      rolesWhere(REACHES_RELATION),
      NOTHING,
      sql`${IS_TABLE} and not relrowsecurity and ${HAS_POLICY}`,
    ),
    message: ({ object, who }) =>
      `The policies of "${object}" have no effect: row-level security is off, and ${who} may reach all rows.`,
    hint: () => 'Switch row-level security on.',
  },
  {
    rule: 'row-security-without-policy',
    severity: 'info',
    query: relations(
      rolesWhere(REACHES_RELATION),
      NOTHING,
      sql`${IS_TABLE} and relrowsecurity and not ${HAS_POLICY}`,
    ),
    message: ({ object, who }) => `${who} may use "${object}" but see no row of it: it has no policy.`,
    hint: () => 'Create a policy, or take the privileges away.',
  },
  {
    rule: 'policy-always-true-for-write',
    severity: 'warning',
    query: relations(
      OPEN_WRITE_ROLES,
      OPEN_WRITE_POLICIES,
      sql`relrowsecurity and ${OPEN_WRITE_POLICIES} is not null`,
    ),
    message: ({ object, who, detail }) =>
      `${who} may write any row of "${object}": ${detail} is always true.`,
    hint: () =>
      "Compare a column with the user of the request: (user_id::text = current_setting('request.jwt.claims', true)::json ->> 'sub').",
  },
  {
    rule: 'view-with-owner-rights',
    severity: 'warning',
    query: relations(
      rolesWhere(REACHES_RELATION),
      PROTECTED_TABLES,
      sql`relkind in ('v', 'm') and not ${IS_INVOKER} and ${PROTECTED_TABLES} is not null`,
    ),
    message: ({ object, who, detail }) =>
      `"${object}" shows ${who} what its owner may see of ${detail}, past row-level security.`,
    hint: () =>
      'For a view: alter view … set (security_invoker = true). A materialized view is best not exposed.',
  },
  {
    rule: 'definer-function-without-search-path',
    severity: 'warning',
    query: functionsQuery,
    message: ({ object, who }) =>
      `${who} may run ${object} with its owner's rights, and it finds its tables by the caller's search_path.`,
    hint: () => "Add: set search_path = '' and name every object with its schema.",
  },
  {
    rule: 'column-grants-without-effect',
    severity: 'warning',
    query: relations(USELESS_COLUMN_ROLES, USELESS_COLUMN_GRANTS, sql`${USELESS_COLUMN_GRANTS} is not null`),
    message: ({ object, who, detail }) =>
      `Privileges of ${who} on the columns ${detail} of "${object}" change nothing: the table as a whole is open to them.`,
    hint: () => 'Take the privilege on the table away, so that those on the columns count.',
  },
  {
    rule: 'anon-may-write',
    severity: 'warning',
    query: relations(
      sql`'anon'`,
      sql`concat_ws(', ', case when has_any_column_privilege('anon', c.oid, 'insert') then 'insert into' end,
                          case when has_any_column_privilege('anon', c.oid, 'update') then 'update' end,
                          case when has_table_privilege('anon', c.oid, 'delete') then 'delete from' end)`,
      sql`relkind in ('r', 'p', 'f', 'v') and exists (
            select from ${API_ROLES} role where rolname = 'anon' and ${REACHES_SCHEMA}
               and (has_any_column_privilege(role.oid, c.oid, 'insert, update') or has_table_privilege(role.oid, c.oid, 'delete')))`,
    ),
    message: ({ object, detail }) => `Everybody may ${detail} "${object}" without logging in.`,
    hint: () => 'Grant writing to authenticated instead, unless this is what you want.',
  },
  {
    rule: 'sequence-without-usage',
    severity: 'warning',
    query: relations(
      rolesWhere(
        sql`${REACHES_SCHEMA} and has_any_column_privilege(role.oid, c.oid, 'insert') and ${LACKS_SEQUENCE}`,
      ),
      NOTHING,
      IS_TABLE,
    ),
    message: ({ object, who }) =>
      `${who} may insert into "${object}" but not use the sequence of its key: inserting fails.`,
    hint: () => 'Grant usage on the sequence, or make the column an identity column.',
  },
  {
    rule: 'extension-objects-exposed',
    severity: 'info',
    query: extensionsQuery,
    message: ({ object, schema, who, detail }) =>
      `${who} may reach ${detail} tables and functions of the extension ${object} in the schema ${schema}.`,
    hint: () => 'Install extensions into a schema of their own, on which the roles of the API have no usage.',
  },
]
