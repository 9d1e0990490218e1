// Privileges as GRANT and REVOKE, against those that an object has when it is made: what Postgres gives to PUBLIC, and default privileges.
import type { DefaultPrivileges, Grant, ModelObject } from '#contract/schema/types.ts'
import { empty, fromCatalog, join, keyword, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { describe, kindInSql, qualified, shown, statement, type CompileContext } from './context.ts'
import { expression, nameList } from './expression.ts'

const PRIVILEGES = new Set(
  `SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN USAGE CREATE EXECUTE`.split(' '),
)
/** MAINTAIN came with Postgres 17. */
const MAINTAIN_SINCE = 170000

/** All privileges that an object of the kind can have: what a revoke of all and `all privileges` mean. */
const ALL: Readonly<Record<string, readonly string[]>> = {
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
  sequence: ['SELECT', 'UPDATE', 'USAGE'],
  schema: ['USAGE', 'CREATE'],
  function: ['EXECUTE'],
  type: ['USAGE'],
}

/** Objects of the model that have grants. */
type Granted = Extract<ModelObject, { readonly grants: readonly Grant[] }>

/** GRANT and REVOKE statements that lead from the privileges an object has when it is made to those it has in the model; columns' included. */
export function grantStatements(object: ModelObject, context: CompileContext): Statement[] {
  if (!context.withGrants || object.kind === 'defaultPrivileges' || !('grants' in object)) return []
  const possible = possibleGrants(object, context)
  const known = new Map(possible.flat().map((grant) => [grantKey(grant), grant]))
  const certain = [...known].flatMap(([key, grant]) =>
    possible.every((grants) => grants.some((one) => grantKey(one) === key)) ? [grant] : [],
  )
  const statements = [
    ...changeGrants(object, { from: [...known.values()], context, only: 'revoke' }),
    ...changeGrants(object, { from: certain, context, only: 'grant' }),
  ]
  if (object.kind === 'table' || object.kind === 'view')
    statements.push(...columnGrants(object, { from: () => [], context }))
  return statements
}

export interface GrantChange {
  readonly from: readonly Grant[]
  readonly context: CompileContext
  /** Both by default. */
  readonly only?: 'grant' | 'revoke'
}

/** GRANT and REVOKE statements that lead from `from` to the object's own grants. */
export function changeGrants(
  object: Exclude<Granted, DefaultPrivileges>,
  { from, context, only }: GrantChange,
): Statement[] {
  const on = sql`${fromCatalog(grantKeyword(object))} ${grantTarget(object)}`
  return difference(from, object.grants, { on, columns: null, all: allOf(object, context) }).flatMap((one) =>
    only !== undefined && one.isGrant !== (only === 'grant')
      ? []
      : [
          statement(one.sql, {
            objectId: object.id,
            summary: `${one.isGrant ? 'Grant' : 'Revoke'} privileges on ${describe(object)}`,
          }),
        ],
  )
}

/** The same for privileges on columns: `from` tells what each column has. */
export function columnGrants(
  object: Extract<ModelObject, { readonly kind: 'table' | 'view' }>,
  options: { readonly from: (column: string) => readonly Grant[]; readonly context: CompileContext },
): Statement[] {
  const on = sql`table ${qualified(object)}`
  // Columns with the same change share a statement.
  const shared = new Map<
    string,
    { readonly columns: string[]; readonly from: readonly Grant[]; readonly to: readonly Grant[] }
  >()
  for (const column of object.columns) {
    const from = options.from(column.name)
    if (from.length === 0 && column.grants.length === 0) continue
    const key = JSON.stringify([from.map(grantKey).sort(), column.grants.map(grantKey).sort()])
    const present = shared.get(key)
    if (present === undefined) shared.set(key, { columns: [column.name], from, to: column.grants })
    else present.columns.push(column.name)
  }
  return [...shared.values()].flatMap(({ columns, from, to }) =>
    difference(from, to, { on, columns, all: null }).map((one) =>
      statement(one.sql, {
        objectId: object.id,
        summary: `${one.isGrant ? 'Grant' : 'Revoke'} privileges on columns of ${shown(object)}`,
      }),
    ),
  )
}

interface GrantTarget {
  readonly on: SqlFragment
  readonly columns: readonly string[] | null
  /** When one role gets them all, `all privileges` may be revoked in short. */
  readonly all: readonly string[] | null
}

/** Statements from one list of privileges to another: revokes first. */
function difference(
  from: readonly Grant[],
  to: readonly Grant[],
  target: GrantTarget,
): { readonly sql: SqlFragment; readonly isGrant: boolean }[] {
  const before = new Map(from.map((grant) => [roleKey(grant), grant]))
  const after = new Map(to.map((grant) => [roleKey(grant), grant]))
  const revoked = from.filter((grant) => !after.has(roleKey(grant)))
  const optionRevoked = from.filter(
    (grant) => grant.isGrantable && after.get(roleKey(grant))?.isGrantable === false,
  )
  const granted = to.filter((grant) => {
    const had = before.get(roleKey(grant))
    return had === undefined || (grant.isGrantable && !had.isGrantable)
  })
  return [
    ...byRole(revoked).map(({ role, grants }) => ({
      isGrant: false,
      sql: sql`revoke ${privilegeList(grants, target)} on ${target.on} from ${role}`,
    })),
    ...byRole(optionRevoked).map(({ role, grants }) => ({
      isGrant: false,
      sql: sql`revoke grant option for ${privilegeList(grants, target)} on ${target.on} from ${role}`,
    })),
    ...byRole(granted).map(({ role, grants, isGrantable }) => ({
      isGrant: true,
      sql: sql`grant ${privilegeList(grants, target)} on ${target.on} to ${role}${isGrantable ? sql` with grant option` : empty}`,
    })),
  ]
}

function byRole(grants: readonly Grant[]) {
  const groups = new Map<string, { role: SqlFragment; isGrantable: boolean; grants: Grant[] }>()
  for (const grant of grants) {
    const key = JSON.stringify([grant.grantee, grant.isGrantable])
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { role: roleSql(grant.grantee), isGrantable: grant.isGrantable, grants: [grant] })
    else group.grants.push(grant)
  }
  // Roles that get the same share a statement.
  const shared = new Map<string, { roles: SqlFragment[]; isGrantable: boolean; grants: readonly Grant[] }>()
  for (const { role, isGrantable, grants: list } of groups.values()) {
    const key = JSON.stringify([isGrantable, ...list.map(({ privilege }) => privilege).sort()])
    const present = shared.get(key)
    if (present === undefined) shared.set(key, { roles: [role], isGrantable, grants: list })
    else present.roles.push(role)
  }
  return [...shared.values()].map(({ roles, ...rest }) => ({ ...rest, role: join(roles) }))
}

/** A role's name, or PUBLIC. */
export function roleSql(role: string | null): SqlFragment {
  if (role === null) return sql`public`
  // A role named "public" or after a role keyword cannot be; the quoted form is never one of those.
  return name(role)
}

function privilegeList(grants: readonly Grant[], { columns, all }: GrantTarget): SqlFragment {
  const words = [...new Set(grants.map(({ privilege }) => privilege))]
  if (all !== null && all.length > 1 && all.every((word) => words.includes(word))) return sql`all`
  const list = words.map((word) => {
    const privilege = privilegeSql(word)
    return columns === null ? privilege : sql`${privilege} (${nameList(columns)})`
  })
  return join(list)
}

/** Privileges come from a closed list; anything else is no privilege. Throws TypeError. */
function privilegeSql(word: string): SqlFragment {
  if (!PRIVILEGES.has(word)) throw new TypeError(`${word} is not a privilege`)
  return fromCatalog(word.toLowerCase())
}

function roleKey(grant: Grant): string {
  return JSON.stringify([grant.grantee, grant.privilege])
}

function grantKey(grant: Grant): string {
  return JSON.stringify([grant.grantee, grant.privilege, grant.isGrantable])
}

function grantClass(object: ModelObject): 'table' | 'sequence' | 'schema' | 'function' | 'type' | null {
  switch (object.kind) {
    case 'table':
    case 'view':
      return 'table'
    case 'sequence':
      return 'sequence'
    case 'schema':
      return 'schema'
    case 'routine':
      return 'function'
    case 'enum':
    case 'domain':
    case 'composite':
    case 'range':
      return 'type'
    default:
      return null
  }
}

function allOf(object: ModelObject, context: CompileContext): readonly string[] {
  const kind = grantClass(object)
  const all = kind === null ? [] : (ALL[kind] ?? [])
  return context.serverVersion >= MAINTAIN_SINCE ? all : all.filter((word) => word !== 'MAINTAIN')
}

function grantKeyword(object: ModelObject): string {
  if (object.kind === 'table' || object.kind === 'view') return 'table'
  // GRANT ON FUNCTION takes aggregates too, and knows no AGGREGATE.
  if (object.kind === 'routine') return object.routineKind === 'procedure' ? 'procedure' : 'function'
  if (object.kind === 'domain') return 'type'
  return kindInSql(object)
}

function grantTarget(object: Exclude<Granted, DefaultPrivileges>): SqlFragment {
  if (object.kind === 'schema') return name(object.name)
  if (object.kind === 'routine')
    return sql`${qualified(object)}(${argumentList(plainArguments(object.identityArguments))})`
  return qualified(object)
}

function argumentList(text: string): SqlFragment {
  return text === '' ? empty : expression(text)
}

/** GRANT knows no ORDER BY between the arguments of an ordered-set aggregate. Where both sides are the same variadic, there is one. */
function plainArguments(identityArguments: string): string {
  const [direct = '', ordered] = identityArguments.split(/ ?ORDER BY /)
  if (ordered === undefined || (direct === ordered && direct.startsWith('VARIADIC'))) return direct
  return direct === '' ? ordered : `${direct}, ${ordered}`
}

/** PUBLIC's privileges on a schema called public, before Postgres 15 and from it on. */
const PUBLIC_SCHEMA_USAGE: Grant = { grantee: null, privilege: 'USAGE', isGrantable: false }
const PUBLIC_SCHEMA_CREATE: Grant = { grantee: null, privilege: 'CREATE', isGrantable: false }
const NO_PUBLIC_CREATE_SINCE = 150000

/** What Postgres gives to PUBLIC on a new object of the class. */
export function builtInGrants(kind: string): readonly Grant[] {
  if (kind === 'function' || kind === 'functions')
    return [{ grantee: null, privilege: 'EXECUTE', isGrantable: false }]
  if (kind === 'type' || kind === 'types') return [{ grantee: null, privilege: 'USAGE', isGrantable: false }]
  return []
}

/** The privileges that the object has right after CREATE, the owner's own left out. */
export function initialGrants(object: ModelObject, context: CompileContext): readonly Grant[] {
  const kind = grantClass(object)
  if (kind === null) return []
  if (object.kind === 'schema' && object.name === 'public')
    return context.serverVersion >= NO_PUBLIC_CREATE_SINCE
      ? [PUBLIC_SCHEMA_USAGE]
      : [PUBLIC_SCHEMA_USAGE, PUBLIC_SCHEMA_CREATE]
  const objects = kind === 'function' ? 'functions' : `${kind}s`
  const schema = 'schema' in object ? object.schema : null
  const standing = context.defaultPrivileges.filter(
    (one) => one.objects === objects && (context.role === null || one.owner === context.role),
  )
  // Default privileges for all schemas replace the built-in ones; those for one schema come on top.
  const global = standing.find((one) => one.schema === null)
  const local = standing.find((one) => one.schema !== null && one.schema === schema)
  const grants = [...(global?.grants ?? builtInGrants(kind)), ...(local?.grants ?? [])]
  const owner = context.role
  return [...new Map(grants.map((grant) => [roleKey(grant), grant])).values()].filter(
    (grant) => owner === null || grant.grantee !== owner,
  )
}

/** What the object may have right after CREATE, as whoever makes it: where that is not known, default privileges of any role may count, or none. */
function possibleGrants(object: ModelObject, context: CompileContext): readonly (readonly Grant[])[] {
  if (context.role !== null || context.defaultPrivileges.length === 0) return [initialGrants(object, context)]
  const roles = new Set(context.defaultPrivileges.map(({ owner }) => owner))
  return [
    initialGrants(object, { ...context, defaultPrivileges: [] }),
    ...[...roles].map((role) => initialGrants(object, { ...context, role })),
  ]
}

const DEFAULT_PRIVILEGE_OBJECTS = [
  'tables',
  'sequences',
  'functions',
  'types',
  'schemas',
  'large objects',
] as const

/** ALTER DEFAULT PRIVILEGES statements from what stands (nothing beyond the built-in ones, by default) to what the model says. */
export function defaultPrivilegeStatements(
  object: DefaultPrivileges,
  from: readonly Grant[] = object.schema === null ? builtInGrants(object.objects) : [],
): Statement[] {
  const head = sql`alter default privileges for role ${name(object.owner)}${
    object.schema === null ? empty : sql` in schema ${name(object.schema)}`
  }`
  const on = keyword(object.objects, DEFAULT_PRIVILEGE_OBJECTS)
  return difference(from, object.grants, { on, columns: null, all: null }).map((one) =>
    statement(sql`${head} ${one.sql}`, {
      objectId: object.id,
      summary: `${one.isGrant ? 'Grant' : 'Revoke'} ${describe(object)} by default`,
    }),
  )
}
