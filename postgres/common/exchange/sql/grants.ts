// GRANT, REVOKE and ALTER DEFAULT PRIVILEGES.
import type { AlterDefaultPrivilegesStmt, GrantStmt } from '@pgsql/types'
import { builtInPrivileges } from './default-privileges.ts'
import { itemsOf, namesOf, optionsOf, qualifiedOf } from './nodes.ts'
import { roleNames } from './roles.ts'
import { routineOf } from './routines.ts'
import type { DefaultPrivilegesDraft, GrantDraft, ImportState } from './state.ts'
import { NotImported } from './state.ts'

const TABLE = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
const ALL: Readonly<Record<string, readonly string[]>> = {
  sequence: ['USAGE', 'SELECT', 'UPDATE'],
  schema: ['USAGE', 'CREATE'],
  routine: ['EXECUTE'],
  type: ['USAGE'],
  column: ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'],
}

interface Holder {
  readonly owner: string
  readonly what: string
  readonly target: { grants: GrantDraft[] }
  column?(name: string): { grants: GrantDraft[] } | undefined
}

function allOf(state: ImportState, what: string): readonly string[] {
  return ALL[what] ?? [...TABLE, ...(state.serverVersion >= 170_000 ? ['MAINTAIN'] : [])]
}

/** GRANT and REVOKE. */
export function grant(state: ImportState, statement: GrantStmt): void {
  const grantees = roleNames(statement.grantees, state.owner)
  for (const holder of holders(state, statement)) {
    const privileges = statement.privileges ?? [{ AccessPriv: {} }]
    for (const node of privileges) {
      if (!('AccessPriv' in node)) continue
      const { priv_name, cols } = node.AccessPriv
      const columns = namesOf(cols)
      const targets =
        columns.length === 0 ? [holder.target] : columns.flatMap((name) => holder.column?.(name) ?? [])
      const names =
        priv_name === undefined
          ? allOf(state, columns.length > 0 ? 'column' : holder.what)
          : [priv_name.toUpperCase()]
      for (const target of targets)
        for (const grantee of grantees)
          if (grantee !== holder.owner) change(target, grantee, names, statement)
    }
  }
}

function change(
  target: { grants: GrantDraft[] },
  grantee: string | null,
  names: readonly string[],
  { is_grant, grant_option }: GrantStmt,
): void {
  for (const privilege of names) {
    const isSame = (one: GrantDraft): boolean => one.grantee === grantee && one.privilege === privilege
    const before = target.grants.find(isSame)
    if (is_grant === true) {
      if (before === undefined)
        target.grants = [...target.grants, { grantee, privilege, isGrantable: grant_option === true }]
      else if (grant_option === true)
        target.grants = target.grants.map((one) => (one === before ? { ...one, isGrantable: true } : one))
    } else if (grant_option === true)
      target.grants = target.grants.map((one) => (one === before ? { ...one, isGrantable: false } : one))
    else target.grants = target.grants.filter((one) => one !== before)
  }
}

function holders(state: ImportState, statement: GrantStmt): readonly Holder[] {
  const { objtype, targtype } = statement
  if (targtype === 'ACL_TARGET_ALL_IN_SCHEMA') {
    const schemas = new Set(namesOf(statement.objects))
    const isRoutine =
      objtype === 'OBJECT_FUNCTION' || objtype === 'OBJECT_PROCEDURE' || objtype === 'OBJECT_ROUTINE'
    return state.objects.flatMap((object): readonly Holder[] => {
      if (!('schema' in object) || object.schema === null || !schemas.has(object.schema)) return []
      if (isRoutine)
        return object.kind === 'routine' ? [{ owner: object.owner, what: 'routine', target: object }] : []
      if (objtype === 'OBJECT_SEQUENCE')
        return object.kind === 'sequence' ? [{ owner: object.owner, what: 'sequence', target: object }] : []
      return object.kind === 'table' || object.kind === 'view'
        ? [{ owner: object.owner, what: 'table', target: object }]
        : []
    })
  }
  return (statement.objects ?? []).flatMap((node): readonly Holder[] => {
    switch (objtype) {
      case 'OBJECT_TABLE':
      case 'OBJECT_SEQUENCE': {
        if (!('RangeVar' in node)) return []
        const found = state.relation(node.RangeVar.schemaname, node.RangeVar.relname ?? '')
        if (found === undefined) throw new NotImported(`There is no table ${node.RangeVar.relname ?? ''}.`)
        const column = (name: string) =>
          found.kind === 'sequence' ? undefined : found.columns.find((one) => one.name === name)
        return [
          {
            owner: found.owner,
            what: found.kind === 'sequence' ? 'sequence' : 'table',
            target: found,
            column,
          },
        ]
      }
      case 'OBJECT_SCHEMA': {
        const found = state.schema(namesOf([node])[0] ?? '')
        return found === undefined ? [] : [{ owner: found.owner, what: 'schema', target: found }]
      }
      case 'OBJECT_FUNCTION':
      case 'OBJECT_PROCEDURE':
      case 'OBJECT_ROUTINE': {
        const found = routineOf(state, 'ObjectWithArgs' in node ? node.ObjectWithArgs : undefined)
        return [{ owner: found.owner, what: 'routine', target: found }]
      }
      case 'OBJECT_TYPE':
      case 'OBJECT_DOMAIN': {
        const { schema, name } = qualifiedOf(itemsOf(node))
        const found = state.type(schema, name)
        return found === undefined ? [] : [{ owner: found.owner, what: 'type', target: found }]
      }
      // Privileges on databases, servers and languages are no part of the model.
      default:
        return []
    }
  })
}

const OBJECTS: Readonly<Record<string, DefaultPrivilegesDraft['objects']>> = {
  OBJECT_TABLE: 'tables',
  OBJECT_SEQUENCE: 'sequences',
  OBJECT_FUNCTION: 'functions',
  OBJECT_ROUTINE: 'functions',
  OBJECT_TYPE: 'types',
  OBJECT_SCHEMA: 'schemas',
  OBJECT_LARGEOBJECT: 'large objects',
}
const HOLDS: Readonly<Record<string, string>> = {
  tables: 'table',
  sequences: 'sequence',
  functions: 'routine',
  types: 'type',
  schemas: 'schema',
}

/** ALTER DEFAULT PRIVILEGES. */
export function alterDefaultPrivileges(
  state: ImportState,
  { options, action }: AlterDefaultPrivilegesStmt,
): void {
  const objects = OBJECTS[action?.objtype ?? '']
  if (action === undefined || objects === undefined) return
  const given = new Map(optionsOf(options).map((one) => [one.defname, itemsOf(one.arg)]))
  const owners = given.has('roles')
    ? roleNames(given.get('roles'), state.owner).flatMap((one) => one ?? [])
    : [state.owner]
  const schemas = given.has('schemas') ? namesOf(given.get('schemas')) : [null]
  for (const owner of owners)
    for (const schema of schemas) {
      const found = state
        .ofKind('defaultPrivileges')
        .find((one) => one.owner === owner && one.schema === schema && one.objects === objects)
      const draft: DefaultPrivilegesDraft = found ?? {
        kind: 'defaultPrivileges',
        id: state.newId('defaultPrivileges'),
        name: '',
        owner,
        comment: null,
        schema,
        objects,
        grants: schema === null ? builtInPrivileges(objects) : [],
      }
      const holder = { owner, what: HOLDS[objects] ?? 'table', target: draft }
      for (const node of action.privileges ?? [{ AccessPriv: {} }]) {
        if (!('AccessPriv' in node)) continue
        const { priv_name } = node.AccessPriv
        const names = priv_name === undefined ? allOf(state, holder.what) : [priv_name.toUpperCase()]
        for (const grantee of roleNames(action.grantees, state.owner))
          if (grantee !== owner) change(draft, grantee, names, action)
      }
      const usual = schema === null ? builtInPrivileges(objects) : []
      state.put(draft)
      if (JSON.stringify(draft.grants) === JSON.stringify(usual)) state.remove(draft)
    }
}
