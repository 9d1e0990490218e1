// Tables, views and composite types with their columns, out of the rows of relation-sources.ts.
import { z } from 'zod'
import { CATALOG } from './catalogs.ts'
import { numberAt, optionalAt, textAt, textsAt, type Row } from './cells.ts'
import { hasBit, type ColumnDraft, type RelationDraft, type Relations } from './draft.ts'
import { SERVER_OPTION } from './relation-sources.ts'
import { TypeList, type TypeName } from './type-list.ts'
import { oidAt, relationName, rowsOf, type Lookups, type Rows } from './lookups.ts'

/** Parameters of operator classes: `index's oid.number of the element` to `siglen=32`. */
export type OperatorClassParameters = ReadonlyMap<string, readonly string[]>

/** Relations, what is known of their indexes' operator classes, and the types of their columns, whose names are not known yet. */
export interface ReadRelations {
  readonly relations: Relations
  readonly parameters: OperatorClassParameters
  readonly types: TypeList
}

/** Makes all relations with their columns and parents. Constraints, indexes, defaults and code are added by others. */
export function readRelations(rows: Rows, lookups: Lookups): ReadRelations {
  const parameters = new Map<string, readonly string[]>()
  const types = new TypeList()
  const relations = new Map<string, RelationDraft>()
  const composites = new Map(rowsOf(rows, 'composite').map((row) => [textAt(row, 5), row]))
  for (const row of rowsOf(rows, 'relation')) {
    const draft = startRelation(row, lookups, composites.get(textAt(row, 0)))
    if (draft !== undefined) relations.set(draft.oid, draft)
  }
  let relation: RelationDraft | undefined
  for (const row of rowsOf(rows, 'column')) {
    const oid = textAt(row, 0)
    // Columns of one relation mostly stand together.
    if (relation?.oid !== oid) relation = relations.get(oid)
    if (relation !== undefined) addColumn(row, relation, { lookups, types })
    else parameters.set(`${oid}.${textAt(row, 1)}`, withoutServers(rareOf(row)?.[4]))
  }
  addComments(relations, lookups)
  addForeign(rows, relations)
  addParents(rows, relations, lookups)
  addToast(rows, relations, lookups)
  return { relations, parameters, types }
}

/** Defaults, and expressions of generated columns. */
export function addDefaults(rows: Rows, relations: Relations): void {
  for (const row of rowsOf(rows, 'default')) {
    const column = relations.get(textAt(row, 0))?.columns[numberAt(row, 1)]
    if (column === undefined) continue
    const expression = optionalAt(row, 3)
    if (column.generated === null) column.default = expression
    else column.generated.expression = expression ?? ''
  }
}

function startRelation(row: Row, lookups: Lookups, composite: Row | undefined): RelationDraft | undefined {
  const [oid, kind, ownerOid] = [textAt(row, 0), textAt(row, 3), textAt(row, 4)]
  const namespace = lookups.namespace(textAt(row, 1))
  // Made after the snapshot of schemas, or being made: the next reading knows it.
  if (namespace === undefined) return undefined
  const head = {
    schema: namespace.name,
    name: textAt(row, 2),
    owner: lookups.roleName(ownerOid),
    comment: lookups.comment(CATALOG.class, oid),
  }
  const bound = optionalAt(row, 14)
  const shared = {
    oid,
    ownerOid,
    isPartition: bound !== null,
    isUsers: namespace.isUsers && lookups.extensionOf(CATALOG.class, oid) === undefined,
    columns: [],
    typePlaces: [],
  }
  const tablespace = lookups.tablespace(oidAt(row, 9))
  const methodOid = oidAt(row, 10)
  const accessMethod = methodOid === null || methodOid === HEAP ? null : lookups.accessMethod(methodOid)
  if (kind === 'c') {
    if (composite === undefined) return undefined
    const typeOid = textAt(composite, 0)
    return {
      ...shared,
      isUsers: shared.isUsers && lookups.extensionOf(CATALOG.type, typeOid) === undefined,
      object: {
        kind: 'composite',
        id: `composite:${typeOid}`,
        ...head,
        comment: lookups.comment(CATALOG.type, typeOid),
        attributes: [],
        grants: lookups.grants(composite, 4, ownerOid),
      },
    }
  }
  if (kind === 'v' || kind === 'm') {
    const code = optionalAt(row, 15)
    if (code === null) return undefined
    return {
      ...shared,
      object: {
        kind: 'view',
        id: `view:${oid}`,
        ...head,
        isMaterialized: kind === 'm',
        columns: [],
        definition: code.replace(/;\s*$/, ''),
        options: textsAt(row, 8),
        isPopulated: kind === 'v' || hasBit(numberAt(row, 6), 2),
        indexes: [],
        triggers: [],
        rules: [],
        grants: lookups.grants(row, 11, ownerOid),
        tablespace,
        accessMethod,
      },
    }
  }
  return {
    ...shared,
    object: {
      kind: 'table',
      id: `table:${oid}`,
      ...head,
      grants: lookups.grants(row, 11, ownerOid),
      isUnlogged: row[5] === 'u',
      columns: [],
      constraints: [],
      indexes: [],
      triggers: [],
      rules: [],
      policies: [],
      hasRowSecurity: hasBit(numberAt(row, 6), 0),
      isRowSecurityForced: hasBit(numberAt(row, 6), 1),
      partitionKey: kind === 'p' ? optionalAt(row, 15) : null,
      partitionOf: bound === null ? null : { parent: { schema: '', name: '' }, bound },
      inherits: [],
      foreign: kind === 'f' ? { server: '', options: [] } : null,
      replicaIdentity: { kind: REPLICA_IDENTITIES[textAt(row, 7)] ?? 'default', index: null },
      options: textsAt(row, 8),
      tablespace,
      accessMethod,
      ...readSize(row, kind, lookups),
    },
  }
}

/** OID of the access method `heap`. */
const HEAP = '2'
const REPLICA_IDENTITIES: Readonly<Record<string, 'default' | 'full' | 'nothing' | 'index'>> = {
  d: 'default',
  f: 'full',
  n: 'nothing',
  i: 'index',
}

/**
 * What the last VACUUM or ANALYZE saw: asking the file system would take a lock on each table. Before 14 a table that was never looked at says 0 rows on 0 pages.
 */
function readSize(
  row: Row,
  kind: string,
  { blockSize, serverVersion }: Lookups,
): { estimatedRows: number | null; sizeBytes: number | null } {
  const [tuples, pages] = [numberAt(row, 12), numberAt(row, 13)]
  const isUnknown = tuples < 0 || (serverVersion < 140_000 && tuples === 0 && pages === 0)
  return {
    estimatedRows: isUnknown ? null : tuples,
    sizeBytes: isUnknown || kind !== 'r' ? null : pages * blockSize,
  }
}

const STORAGES: Readonly<Record<string, ColumnDraft['storage']>> = {
  p: 'plain',
  e: 'external',
  x: 'extended',
  m: 'main',
}
const COMPRESSIONS: Readonly<Record<string, ColumnDraft['compression']>> = { p: 'pglz', l: 'lz4' }
const NullableText = z.string().nullable()
const Texts = z.array(z.string()).nullable()
/** Collation, storage, compression, statistics target, options, options of a foreign table, privileges. */
const Rare = z.tuple([
  NullableText,
  NullableText,
  NullableText,
  z.number().nullable(),
  Texts,
  Texts,
  z.unknown(),
])
const NOTHING: [] = []

/** Until read-code.ts puts the sequence in. */
const UNKNOWN_SEQUENCE = {
  sequence: { schema: '', name: '' },
  options: { type: '', start: '', increment: '', min: '', max: '', cache: '', isCycling: false },
}
const UNKNOWN_ALWAYS: ColumnDraft['identity'] = { kind: 'always', ...UNKNOWN_SEQUENCE }
const UNKNOWN_BY_DEFAULT: ColumnDraft['identity'] = { kind: 'by default', ...UNKNOWN_SEQUENCE }

function rareOf(row: Row): z.infer<typeof Rare> | undefined {
  const json = optionalAt(row, 6)
  return json === null ? undefined : Rare.parse(JSON.parse(json))
}

function addColumn(
  row: Row,
  relation: RelationDraft,
  { lookups, types }: { readonly lookups: Lookups; readonly types: TypeList },
): void {
  const number = textAt(row, 1)
  const prefix = relation.object.kind === 'composite' ? 'attribute:' : 'column:'
  const column = makeColumn(`${prefix}${relation.oid}.${number}`, textAt(row, 2), numberAt(row, 5))
  relation.columns[Number(number)] = column
  relation.typePlaces[Number(number)] = types.placeOf(textAt(row, 3), textAt(row, 4))
  const rare = rareOf(row)
  if (rare !== undefined) addRare(column, rare, { lookups, ownerOid: relation.ownerOid })
}

function makeColumn(id: string, name: string, bits: number): ColumnDraft {
  return {
    id,
    name,
    type: '',
    typeId: null,
    isNullable: !hasBit(bits, 0),
    notNull: null,
    default: null,
    identity: hasBit(bits, 2) ? UNKNOWN_ALWAYS : hasBit(bits, 3) ? UNKNOWN_BY_DEFAULT : null,
    generated: hasBit(bits, 4)
      ? { expression: '', kind: 'stored' }
      : hasBit(bits, 5)
        ? { expression: '', kind: 'virtual' }
        : null,
    collation: null,
    storage: null,
    compression: null,
    statisticsTarget: null,
    options: NOTHING,
    comment: null,
    grants: NOTHING,
    isInherited: hasBit(bits, 1),
  }
}

function withoutServers(options: readonly string[] | null | undefined): string[] {
  return (options ?? []).filter((option) => !option.startsWith(SERVER_OPTION))
}

function addRare(
  column: ColumnDraft,
  [collation, storage, compression, target, options, foreignOptions, acl]: z.infer<typeof Rare>,
  { lookups, ownerOid }: { readonly lookups: Lookups; readonly ownerOid: string },
): void {
  column.collation = collation === null ? null : lookups.collation(collation)
  column.storage = storage === null ? null : (STORAGES[storage] ?? null)
  column.compression = COMPRESSIONS[compression ?? ''] ?? null
  column.statisticsTarget = target === null || target < 0 ? null : target
  column.options = [...withoutServers(options), ...(foreignOptions ?? [])]
  column.grants = lookups.grants([acl === null ? null : JSON.stringify(acl)], 0, ownerOid)
}

function addComments(relations: Relations, lookups: Lookups): void {
  for (const { oid, columns } of relations.values()) {
    const comments = lookups.columnComments(oid)
    if (comments === undefined) continue
    for (const [number, comment] of comments) {
      const column = columns[number]
      if (column !== undefined) column.comment = comment
    }
  }
}

function addForeign(rows: Rows, relations: Relations): void {
  for (const row of rowsOf(rows, 'foreign')) {
    const object = relations.get(textAt(row, 0))?.object
    if (object?.kind === 'table') object.foreign = { server: textAt(row, 1), options: textsAt(row, 2) }
  }
}

function addParents(rows: Rows, relations: Relations, lookups: Lookups): void {
  const parents = [...rowsOf(rows, 'inherits')].sort((a, b) => numberAt(a, 1) - numberAt(b, 1))
  for (const row of parents) {
    const object = relations.get(textAt(row, 0))?.object
    if (object?.kind !== 'table') continue
    const parent = relationName(lookups, textAt(row, 3), textAt(row, 2))
    if (object.partitionOf === null) object.inherits.push(parent)
    else object.partitionOf.parent = parent
  }
}

function addToast(rows: Rows, relations: Relations, { blockSize }: Lookups): void {
  const toasts = rowsOf(rows, 'toast')
  if (toasts.length === 0) return
  const owners = new Map(
    rowsOf(rows, 'relation').map((row) => [optionalAt(row, 16), relations.get(textAt(row, 0))]),
  )
  for (const row of toasts) {
    const object = owners.get(textAt(row, 0))?.object
    if (object === undefined || object.kind === 'composite') continue
    object.options = [...object.options, ...textsAt(row, 1).map((option) => `toast.${option}`)]
    if (object.kind === 'table' && object.sizeBytes !== null) object.sizeBytes += numberAt(row, 2) * blockSize
  }
}

/** Puts the columns into their objects, in order, with the names of their types by places. */
export function finishColumns(relations: Relations, types: readonly TypeName[]): void {
  for (const { object, columns, typePlaces } of relations.values()) {
    for (const [number, column] of columns.entries()) {
      const type = types[typePlaces[number] ?? -1]
      if (column !== undefined && type !== undefined) {
        column.type = type.type
        column.typeId = type.typeId
      }
    }
    const present = columns.filter((column) => column !== undefined)
    for (const column of present)
      // From 17 on a partition's column uses the sequence of the partitioned table.
      if (column.identity?.sequence.name === '') column.identity = null
    if (object.kind === 'table') object.columns = present
    else if (object.kind === 'view')
      object.columns = present.map(({ id, name, type, comment, default: value, grants }) => ({
        id,
        name,
        type,
        comment,
        default: value,
        grants,
      }))
    else
      object.attributes = present.map(({ id, name, type, typeId, collation, comment }) => ({
        id,
        name,
        type,
        typeId,
        collation,
        comment,
      }))
  }
}
