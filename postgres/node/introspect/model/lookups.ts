// What rows name by OID: roles, schemas, tablespaces, collations; and the comments.
import type { RelationName } from '#contract/schema/types.ts'
import { CATALOG } from './catalogs.ts'
import { flagAt, grantsAt, numberAt, optionalAt, textAt, type MutableGrant, type Row } from './cells.ts'

/** The rows of each source, by its tag. */
export type Rows = ReadonlyMap<string, readonly Row[]>

export interface Lookups {
  readonly serverVersion: number
  readonly database: string
  readonly blockSize: number
  /** What this state of the database saw, as pg_current_snapshot() prints it. */
  readonly snapshot: string
  /** The database, its cluster and its timeline. */
  readonly identity: string
  /** All below take OIDs as text. */
  roleName(oid: string): string
  /** The name of a schema, with whether it is a user's. Undefined for one that is gone. */
  namespace(oid: string): { readonly name: string; readonly isUsers: boolean } | undefined
  tablespace(oid: string | null): string | null
  accessMethod(oid: string): string
  collation(oid: string): string | null
  operatorClass(oid: string): { readonly name: string; readonly isDefault: boolean } | undefined
  /** The OID of the extension that owns it. */
  extensionOf(catalog: number, oid: string): string | undefined
  comment(catalog: number, oid: string): string | null
  /** Comments of columns by their number. */
  columnComments(relation: string): ReadonlyMap<number, string> | undefined
  grants(row: Row, index: number, ownerOid: string): MutableGrant[]
}

/** The rows of one source. */
export function rowsOf(rows: Rows, tag: string): readonly Row[] {
  return rows.get(tag) ?? []
}

/** Indexes what lookupSources and commentSource gave. */
export function readLookups(rows: Rows): Lookups {
  const names = (tag: string): Map<string, string> =>
    new Map(rowsOf(rows, tag).map((row) => [textAt(row, 0), textAt(row, 1)]))
  const server = rowsOf(rows, 'server')[0] ?? []
  const [roles, tablespaces, methods, collations] = [
    names('role'),
    names('tablespace'),
    names('access method'),
    names('collation name'),
  ]
  const namespaces = new Map(
    rowsOf(rows, 'namespace').map((row) => [
      textAt(row, 0),
      { name: textAt(row, 1), isUsers: flagAt(row, 4) },
    ]),
  )
  const classes = new Map(
    rowsOf(rows, 'operator class name').map((row) => [
      textAt(row, 0),
      { name: textAt(row, 1), isDefault: flagAt(row, 2) },
    ]),
  )
  const members = new Map(
    rowsOf(rows, 'member').map((row) => [`${textAt(row, 0)}:${textAt(row, 1)}`, textAt(row, 2)]),
  )
  const comments = new Map<string, Map<number, string>>()
  for (const row of rowsOf(rows, 'comment')) {
    const key = `${textAt(row, 0)}:${textAt(row, 1)}`
    const parts = comments.get(key) ?? new Map<number, string>()
    comments.set(key, parts.set(numberAt(row, 2), textAt(row, 3)))
  }
  const roleName = (oid: string): string => roles.get(oid) ?? `unknown (OID=${oid})`
  return {
    serverVersion: numberAt(server, 1),
    database: textAt(server, 0),
    blockSize: numberAt(server, 2),
    snapshot: textAt(server, 3),
    identity: textAt(server, 4),
    roleName,
    namespace: (oid) => namespaces.get(oid),
    tablespace: (oid) => (oid === null ? null : (tablespaces.get(oid) ?? null)),
    accessMethod: (oid) => methods.get(oid) ?? '',
    collation: (oid) => collations.get(oid) ?? null,
    operatorClass: (oid) => classes.get(oid),
    extensionOf: (catalog, oid) => members.get(`${catalog}:${oid}`),
    comment: (catalog, oid) => comments.get(`${catalog}:${oid}`)?.get(0) ?? null,
    columnComments: (relation) => comments.get(`${CATALOG.class}:${relation}`),
    grants: (row, index, ownerOid) => grantsAt(row, index, { ownerOid, roleName }),
  }
}

/** A relation by its schema's OID and its name; the schema is empty when it is gone. */
export function relationName(lookups: Lookups, namespaceOid: string, name: string): RelationName {
  return { schema: lookups.namespace(namespaceOid)?.name ?? '', name }
}

/** The OID of 0 means none. */
export function oidAt(row: Row, index: number): string | null {
  const oid = optionalAt(row, index)
  return oid === '0' ? null : oid
}
