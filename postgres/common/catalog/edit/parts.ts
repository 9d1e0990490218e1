// New tables, columns, keys and indexes with everything that was not asked for as Postgres has it by default.
import type {
  Column,
  ConstraintOfKind,
  ForeignKey,
  Index,
  RelationName,
  SequenceOptions,
  Table,
} from '#contract/schema/types.ts'

/** An empty table. */
export function newTable(head: Pick<Table, 'id' | 'schema' | 'name' | 'owner'>): Table {
  return {
    kind: 'table',
    ...head,
    comment: null,
    grants: [],
    isUnlogged: false,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    rules: [],
    policies: [],
    hasRowSecurity: false,
    isRowSecurityForced: false,
    partitionKey: null,
    partitionOf: null,
    inherits: [],
    foreign: null,
    replicaIdentity: { kind: 'default', index: null },
    options: [],
    tablespace: null,
    accessMethod: null,
    estimatedRows: null,
    sizeBytes: null,
  }
}

/** A column that may be null and has nothing else. */
export function newColumn(head: Pick<Column, 'id' | 'name' | 'type' | 'typeId'>): Column {
  return {
    ...head,
    isNullable: true,
    notNull: null,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    storage: null,
    compression: null,
    statisticsTarget: null,
    options: [],
    comment: null,
    grants: [],
    isInherited: false,
  }
}

export type Key = ConstraintOfKind<'primary key' | 'unique'>

/** A primary key or a unique constraint. */
export function newKey(head: Pick<Key, 'id' | 'name' | 'kind' | 'columns'>): Key {
  return {
    ...head,
    comment: null,
    isInherited: false,
    isDeferrable: false,
    isInitiallyDeferred: false,
    include: [],
    isNullsNotDistinct: false,
    isWithoutOverlaps: false,
    options: [],
    tablespace: null,
  }
}

/** A foreign key that does nothing when what it refers to goes. */
export function newForeignKey(head: Pick<ForeignKey, 'id' | 'name' | 'columns' | 'references'>): ForeignKey {
  return {
    ...head,
    kind: 'foreign key',
    comment: null,
    isInherited: false,
    isDeferrable: false,
    isInitiallyDeferred: false,
    match: 'simple',
    onUpdate: 'no action',
    onDelete: 'no action',
    onDeleteColumns: [],
    isPeriod: false,
    isValidated: true,
    isEnforced: true,
  }
}

/** A plain B-tree index over columns. */
export function newIndex(head: Pick<Index, 'id' | 'name'> & { readonly columns: readonly string[] }): Index {
  return {
    id: head.id,
    name: head.name,
    method: 'btree',
    elements: head.columns.map((column) => ({
      column,
      expression: null,
      collation: null,
      operatorClass: null,
      isDescending: false,
      isNullsFirst: false,
    })),
    include: [],
    isUnique: false,
    isNullsNotDistinct: false,
    where: null,
    options: [],
    tablespace: null,
    isValid: true,
    isClustered: false,
    parent: null,
    comment: null,
  }
}

const MAXIMA: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
}

/** Types that an identity column and a sequence can have. */
export function isSequenceType(type: string): boolean {
  return Object.hasOwn(MAXIMA, type)
}

/** The options of a sequence for a column of this type, as Postgres makes them. */
export function newSequenceOptions(type: string): SequenceOptions {
  const known = isSequenceType(type) ? type : 'bigint'
  return {
    type: known,
    start: '1',
    increment: '1',
    min: '1',
    max: MAXIMA[known] ?? '',
    cache: '1',
    isCycling: false,
  }
}

/** An identity over a sequence of this name. */
export function newIdentity(
  kind: 'always' | 'by default',
  sequence: RelationName,
  type: string,
): NonNullable<Column['identity']> {
  return { kind, sequence, options: newSequenceOptions(type) }
}
