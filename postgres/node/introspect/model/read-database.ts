// Event triggers, publications, default privileges and all that is only brought along.
import { isDeepStrictEqual } from 'node:util'
import type { ModelObject, Publication } from '#contract/schema/types.ts'
import { builtInGrants } from '#postgres/common/ddl/create/grants.ts'
import { CATALOG } from './catalogs.ts'
import { compareTexts, flagAt, numberAt, optionalAt, textAt, textsAt } from './cells.ts'
import { enabledOf } from './draft.ts'
import { oidAt, relationName, rowsOf, type Lookups, type Rows } from './lookups.ts'

/** Objects that stand in the database as a whole, in no order. */
export function readDatabaseObjects(rows: Rows, lookups: Lookups): ModelObject[] {
  return [
    ...readEventTriggers(rows, lookups),
    ...readPublications(rows, lookups),
    ...readDefaultPrivileges(rows, lookups),
    ...readOthers(rows, lookups),
  ]
}

function readEventTriggers(rows: Rows, lookups: Lookups): ModelObject[] {
  return rowsOf(rows, 'event trigger').map((row) => ({
    kind: 'eventTrigger',
    id: `eventTrigger:${textAt(row, 0)}`,
    name: textAt(row, 1),
    owner: lookups.roleName(textAt(row, 2)),
    comment: lookups.comment(CATALOG.eventTrigger, textAt(row, 0)),
    event: textAt(row, 3),
    tags: textsAt(row, 5),
    function: relationName(lookups, textAt(row, 6), textAt(row, 7)),
    enabled: enabledOf(textAt(row, 4)),
  }))
}

const OPERATIONS = ['insert', 'update', 'delete', 'truncate']

function readPublications(rows: Rows, lookups: Lookups): ModelObject[] {
  const tables = new Map<string, Publication['tables'][number][]>()
  for (const row of rowsOf(rows, 'publication table'))
    append(tables, textAt(row, 0), {
      ...relationName(lookups, textAt(row, 1), textAt(row, 2)),
      columns: textsAt(row, 3),
      where: optionalAt(row, 4),
    })
  const schemas = new Map<string, string[]>()
  for (const row of rowsOf(rows, 'publication schema')) {
    const schema = lookups.namespace(textAt(row, 1))
    if (schema !== undefined) append(schemas, textAt(row, 0), schema.name)
  }
  return rowsOf(rows, 'publication').map((row) => {
    const oid = textAt(row, 0)
    return {
      kind: 'publication',
      id: `publication:${oid}`,
      name: textAt(row, 1),
      owner: lookups.roleName(textAt(row, 2)),
      comment: lookups.comment(CATALOG.publication, oid),
      isForAllTables: flagAt(row, 3),
      schemas: (schemas.get(oid) ?? []).sort(compareTexts),
      tables: (tables.get(oid) ?? []).sort(
        (a, b) => compareTexts(a.schema, b.schema) || compareTexts(a.name, b.name),
      ),
      operations: OPERATIONS.filter((_, index) => flagAt(row, 4 + index)),
      isViaRoot: flagAt(row, 8),
      generatedColumns: row[9] === 's' ? 'stored' : 'none',
    }
  })
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

const PRIVILEGE_OBJECTS: Readonly<
  Record<string, 'tables' | 'sequences' | 'functions' | 'types' | 'schemas' | 'large objects'>
> = { r: 'tables', S: 'sequences', f: 'functions', T: 'types', n: 'schemas', L: 'large objects' }

function readDefaultPrivileges(rows: Rows, lookups: Lookups): ModelObject[] {
  return rowsOf(rows, 'default privileges').flatMap((row) => {
    const [oid, ownerOid, objects] = [textAt(row, 0), textAt(row, 1), PRIVILEGE_OBJECTS[textAt(row, 3)]]
    const namespace = oidAt(row, 2)
    const schema = namespace === null ? null : (lookups.namespace(namespace)?.name ?? null)
    if (objects === undefined || (namespace !== null && schema === null)) return []
    const grants = lookups.grants(row, 4, ownerOid)
    // Where only what the owner has for itself is changed, there is nothing to say.
    if (isDeepStrictEqual(grants, schema === null ? builtInGrants(objects) : [])) return []
    return [
      {
        kind: 'defaultPrivileges',
        id: `defaultPrivileges:${oid}`,
        name: '',
        owner: lookups.roleName(ownerOid),
        comment: null,
        schema,
        objects,
        grants,
      },
    ]
  })
}

function readOthers(rows: Rows, lookups: Lookups): ModelObject[] {
  return rowsOf(rows, 'other').flatMap((row) => {
    const [oid, owner, namespace, definition] = [
      textAt(row, 1),
      oidAt(row, 3),
      oidAt(row, 4),
      optionalAt(row, 7),
    ]
    // Part of it was dropped while it was read.
    if (definition === null) return []
    return [
      {
        kind: 'other',
        id: `other:${oid}`,
        name: textAt(row, 2),
        owner: owner === null ? '' : lookups.roleName(owner),
        comment: lookups.comment(numberAt(row, 0), oid),
        what: textAt(row, 5),
        schema: namespace === null ? null : (lookups.namespace(namespace)?.name ?? null),
        identity: textAt(row, 6),
        definition,
      },
    ]
  })
}
