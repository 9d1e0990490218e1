// SQL of introspection as a list of sources: each is a statement that gives rows of one kind. Many of them go in one round trip. Plain rows of plain
// columns, put together in this process, are cheaper than any join, aggregate or text made at the server.
import { quoteLiteral } from '#postgres/common/sql/quote.ts'
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'

export interface Source {
  /** What its rows are. */
  readonly tag: string
  /** Expressions, in the order of its rows' cells. */
  readonly cells: readonly string[]
  /** From FROM on. */
  readonly from: string
}

/** The statement of a source. */
export function sourceSql({ cells, from }: Source): string {
  return `select ${cells.join(', ')}\n${from}`
}

/** Leaves out the system's schemas and other sessions' temporary ones; of pg_namespace as `n`. */
export const USER_SCHEMA = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

/** An access control list as JSON `[[grantee's oid, privilege, is grantable]]`; null when it is null. */
export function aclSql(acl: string): string {
  return `case when ${acl} is not null then (select pg_catalog.json_agg(pg_catalog.json_build_array(
    x.grantee::int8, x.privilege_type, x.is_grantable)) from pg_catalog.aclexplode(${acl}) x) end`
}

/** That no extension owns it. */
export function notOfExtension(catalog: number, oid: string): string {
  return `not exists (select from pg_catalog.pg_depend member
    where member.classid = ${catalog} and member.objid = ${oid} and member.deptype = 'e')`
}

/** That neither an extension owns it nor Postgres made it for something else: constructors and casts of ranges. */
export function notMadeAlong(catalog: number, oid: string): string {
  return notOfExtension(catalog, oid).replace(`member.deptype = 'e'`, `member.deptype in ('e', 'i')`)
}

/** What a source reads: all, or the relations (or routines) with these OIDs. */
export type Scope = 'all' | readonly string[]

/** The condition that keeps to the scope. */
export function inScope(scope: Scope, oid: string): string {
  return scope === 'all' ? `${oid} >= ${FIRST_USER_OID}` : `${oid} = any(${oidsSql(scope)})`
}

/** OIDs as an array. */
export function oidsSql(oids: readonly string[]): string {
  return `${quoteLiteral(`{${oids.join(',')}}`)}::pg_catalog.oid[]`
}

/** Flags as bits of one number, the first is 1: cheaper than a cell each. */
export function bitsSql(...conditions: readonly string[]): string {
  return conditions.map((condition, bit) => `case when ${condition} then ${1 << bit} else 0 end`).join(' + ')
}

/**
 * The id of the user's type that a type is: itself, the element of an array, the range of a multirange, the table of a row type. Null for types of the
 * system and of extensions.
 */
export function typeIdSql(version: number, oid: string): string {
  const multirange =
    version >= 14
      ? `when 'm' then 'range:' || (select r.rngtypid from pg_catalog.pg_range r where r.rngmultitypid = e.oid)`
      : ''
  return `case when ${oid} >= ${FIRST_USER_OID} then (
    select case e.typtype when 'e' then 'enum:' || e.oid when 'd' then 'domain:' || e.oid when 'r' then 'range:' || e.oid ${multirange}
      when 'c' then case k.relkind when 'c' then 'composite:' || e.oid when 'v' then 'view:' || k.oid
        when 'm' then 'view:' || k.oid else 'table:' || k.oid end
      else 'other:' || e.oid end
    from pg_catalog.pg_type x
    join pg_catalog.pg_type e on e.oid = case when x.typcategory = 'A' and x.typelem <> 0 then x.typelem else x.oid end
    join pg_catalog.pg_namespace n on n.oid = e.typnamespace
    left join pg_catalog.pg_class k on k.oid = e.typrelid
    where x.oid = ${oid} and ${USER_SCHEMA} and ${notOfExtension(CATALOG.type, 'e.oid')}
      and (k.oid is null or ${notOfExtension(CATALOG.class, 'k.oid')})) end`
}
