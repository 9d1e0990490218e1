// What is compared of each kind of object, its parts aside.
import type {
  CompositeType,
  DefaultPrivileges,
  DomainType,
  EnumType,
  EventTrigger,
  ObjectOfKind,
  OtherObject,
  Publication,
  RangeType,
  Routine,
  Sequence,
  Table,
  View,
} from '#contract/schema/types.ts'
import {
  comment,
  grants,
  list,
  owner,
  plain,
  relation,
  sameRelation,
  set,
  shared,
  showRelation,
  showSequenceOptions,
  shownAs,
  text,
  typed,
  type Field,
} from './fields.ts'
import { sameRoutine } from './routine-text.ts'
import { sameExpression, sameOptionalExpression } from './sql-text.ts'

export const SCHEMA_FIELDS: readonly Field<ObjectOfKind<'schema'>>[] = shared()

export const EXTENSION_FIELDS: readonly Field<ObjectOfKind<'extension'>>[] = [
  plain('version', (extension) => extension.version),
  plain('schema', (extension) => extension.schema),
  comment(),
]

export const TABLE_FIELDS: readonly Field<Table>[] = [
  plain('unlogged', (table) => table.isUnlogged),
  text('partition key', (table) => table.partitionKey),
  {
    name: 'partition of',
    show: ({ partitionOf }) =>
      partitionOf === null ? '' : `${showRelation(partitionOf.parent)} ${partitionOf.bound}`,
    same: ({ partitionOf: a }, { partitionOf: b }, { changes }) =>
      a === null || b === null
        ? a === b
        : sameRelation(a.parent, b.parent) && sameExpression(a.bound, b.bound, changes),
  },
  list('inherits', (table) => table.inherits.map(showRelation)),
  plain('server', (table) => table.foreign?.server ?? null),
  set('foreign options', (table) => table.foreign?.options ?? []),
  plain('row security', (table) => table.hasRowSecurity),
  plain('row security forced', (table) => table.isRowSecurityForced),
  shownAs('replica identity', ({ replicaIdentity: { kind, index } }) =>
    kind === 'index' ? `index ${index ?? ''}` : kind,
  ),
  set('options', (table) => table.options),
  plain('tablespace', (table) => table.tablespace),
  plain('access method', (table) => table.accessMethod),
  ...shared(),
]

export const VIEW_FIELDS: readonly Field<View>[] = [
  plain('materialised', (view) => view.isMaterialized),
  text('definition', (view) => view.definition),
  set('options', (view) => view.options),
  plain('populated', (view) => view.isPopulated),
  plain('tablespace', (view) => view.tablespace),
  plain('access method', (view) => view.accessMethod),
  ...shared(),
]

export const SEQUENCE_FIELDS: readonly Field<Sequence>[] = [
  shownAs('options', (sequence) => showSequenceOptions(sequence.options)),
  shownAs('owned by', ({ ownedBy }) =>
    ownedBy === null ? '' : `${showRelation(ownedBy)}.${ownedBy.column}`,
  ),
  plain('unlogged', (sequence) => sequence.isUnlogged),
  ...shared(),
]

export const ENUM_FIELDS: readonly Field<EnumType>[] = [
  list('labels', (type) => type.labels.map(({ label }) => label)),
  ...shared(),
]

export const DOMAIN_FIELDS: readonly Field<DomainType>[] = [
  ...typed(),
  plain('nullable', (domain) => domain.isNullable),
  text('default', (domain) => domain.default),
  ...shared(),
]

export const COMPOSITE_FIELDS: readonly Field<CompositeType>[] = shared()

export const RANGE_FIELDS: readonly Field<RangeType>[] = [
  text('subtype', (range) => range.subtype),
  text('operator class', (range) => range.operatorClass),
  text('collation', (range) => range.collation),
  text('canonical', (range) => range.canonical),
  text('difference function', (range) => range.subtypeDiff),
  {
    ...relation<RangeType>('multirange', (range) => range.multirange),
    // Before Postgres 14 there are none.
    same: ({ multirange: a }, { multirange: b }) => a === null || b === null || sameRelation(a, b),
  },
  ...shared(),
]

export const ROUTINE_FIELDS: readonly Field<Routine>[] = [
  plain('kind', (routine) => routine.routineKind),
  text('arguments', (routine) => routine.identityArguments),
  text('returns', (routine) => routine.returns),
  plain('language', (routine) => routine.language),
  {
    name: 'definition',
    show: (routine) => routine.definition,
    same: (a, b, { changes }) => sameRoutine(a, b, changes),
  },
  ...shared(),
]

export const EVENT_TRIGGER_FIELDS: readonly Field<EventTrigger>[] = [
  plain('event', (trigger) => trigger.event),
  set('tags', (trigger) => trigger.tags),
  relation('function', (trigger) => trigger.function),
  plain('enabled', (trigger) => trigger.enabled),
  comment(),
  owner(),
]

const publishedTable = (table: Publication['tables'][number]): string =>
  `${showRelation(table)}${table.columns.length > 0 ? ` (${[...table.columns].sort().join(', ')})` : ''}`

export const PUBLICATION_FIELDS: readonly Field<Publication>[] = [
  plain('all tables', (publication) => publication.isForAllTables),
  set('schemas', (publication) => publication.schemas),
  {
    name: 'tables',
    show: ({ tables }) =>
      tables
        .map((table) => `${publishedTable(table)}${table.where === null ? '' : ` where ${table.where}`}`)
        .join(', '),
    same: ({ tables: a }, { tables: b }, { changes }) => {
      if (a.length !== b.length) return false
      const others = new Map(b.map((table) => [publishedTable(table), table]))
      return a.every((table) => {
        const other = others.get(publishedTable(table))
        return other !== undefined && sameOptionalExpression(table.where, other.where, changes)
      })
    },
  },
  set('operations', (publication) => publication.operations),
  plain('via root', (publication) => publication.isViaRoot),
  plain('generated columns', (publication) => publication.generatedColumns),
  comment(),
  owner(),
]

export const DEFAULT_PRIVILEGES_FIELDS: readonly Field<DefaultPrivileges>[] = [grants()]

export const OTHER_FIELDS: readonly Field<OtherObject>[] = [
  text('definition', (object) => object.definition),
  comment(),
  owner(),
]
