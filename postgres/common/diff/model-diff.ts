// The differences of two models as a tree: objects that differ, and in them the parts that differ. The older side is written with the newer names.
import type {
  Column,
  Constraint,
  Index,
  ModelObject,
  ObjectKind,
  ObjectOfKind,
  Policy,
  Rule,
  SchemaModel,
  Trigger,
} from '#contract/schema/types.ts'
import type { DiffOptions } from '../ddl/change.ts'
import { differences, showRelation, type Comparison, type Difference, type Field } from './fields.ts'
import { matchModels, pairParts, type Matching, type ObjectPair } from './match.ts'
import * as objects from './object-fields.ts'
import * as fields from './part-fields.ts'
import type { Attribute, DomainConstraint, EnumLabel, ViewColumn } from './parts.ts'
import { findRenames, type Renames } from './renames.ts'
import { refreshCopies, refreshTexts } from './stale-text.ts'

/** A part that is new, gone or different. */
export interface PartDiff<T> {
  readonly id: string
  readonly before: T | null
  readonly after: T | null
  readonly differences: readonly Difference[]
}

export interface PartDiffs {
  readonly columns: readonly PartDiff<Column>[]
  readonly viewColumns: readonly PartDiff<ViewColumn>[]
  readonly constraints: readonly PartDiff<Constraint>[]
  readonly domainConstraints: readonly PartDiff<DomainConstraint>[]
  readonly indexes: readonly PartDiff<Index>[]
  readonly rules: readonly PartDiff<Rule>[]
  readonly triggers: readonly PartDiff<Trigger>[]
  readonly policies: readonly PartDiff<Policy>[]
  readonly labels: readonly PartDiff<EnumLabel>[]
  readonly attributes: readonly PartDiff<Attribute>[]
}

/** An object that is new, gone or different, or has parts that are. */
export type ObjectDiff = { [Kind in ObjectKind]: DiffOfKind<Kind> }[ObjectKind]

export interface DiffOfKind<Kind extends ObjectKind> {
  readonly kind: Kind
  readonly id: string
  readonly before: ObjectOfKind<Kind> | null
  readonly after: ObjectOfKind<Kind> | null
  readonly differences: readonly Difference[]
  /** Empty for an object that is new or gone: its parts come and go with it. */
  readonly parts: PartDiffs
}

export interface ModelDiff {
  readonly older: SchemaModel
  readonly newer: SchemaModel
  readonly matching: Matching
  readonly renames: Renames
  /** All pairs, the older side written with the newer names. */
  readonly pairs: ReadonlyMap<string, ObjectPair>
  readonly objects: readonly ObjectDiff[]
}

const NO_PARTS: PartDiffs = {
  columns: [],
  viewColumns: [],
  constraints: [],
  domainConstraints: [],
  indexes: [],
  rules: [],
  triggers: [],
  policies: [],
  labels: [],
  attributes: [],
}

/** Compares two models. */
export function compareModels(older: SchemaModel, newer: SchemaModel, options: DiffOptions): ModelDiff {
  const matching = matchModels(older, newer, options)
  const renames = findRenames(older, matching)
  const found: ObjectDiff[] = []
  const pairs = new Map<string, ObjectPair>()
  const present = new Set(
    renames.list.length === 0
      ? []
      : newer.objects.flatMap((object) =>
          'schema' in object ? [`${object.schema ?? ''}\0${object.name}`] : [],
        ),
  )
  for (const original of matching.pairs) {
    const changes = original.before === null ? new Map() : renames.changesFor(original.before.id)
    const pair: ObjectPair =
      renames.list.length === 0
        ? original
        : {
            id: original.id,
            before: renames.apply(original),
            after:
              original.before === null && original.after !== null && options.matchBy === 'id'
                ? refreshCopies(original.after, renames.all, (key) => present.has(key))
                : refreshTexts(
                    original.before,
                    original.after,
                    original.before !== null && changes.size > 0
                      ? renames.rewritesFor(original.before.id)
                      : null,
                  ),
          }
    pairs.set(pair.id, pair)
    if (original.before === original.after && renames.list.length === 0) continue
    const comparison: Comparison = {
      changes,
      ignore: options.ignore ?? {},
      serverVersion: newer.serverVersion,
    }
    const diff = diffPair(pair, { matching, comparison })
    if (diff !== null) found.push(diff)
  }
  return { older, newer, matching, renames, pairs, objects: withoutInherited(found) }
}

/** What a parent's change brings to its children by itself is left out of theirs. */
function withoutInherited(found: readonly ObjectDiff[]): readonly ObjectDiff[] {
  const tables = new Map<string, DiffOfKind<'table'>>()
  for (const diff of found)
    if (diff.kind === 'table' && diff.after !== null && diff.before !== null)
      tables.set(showRelation(diff.after), diff)
  return found.flatMap((diff) => {
    const { after } = diff
    if (diff.kind !== 'table' || after?.kind !== 'table' || diff.parts.columns.length === 0) return [diff]
    const parents = (after.partitionOf === null ? after.inherits : [after.partitionOf.parent]).map((parent) =>
      tables.get(showRelation(parent)),
    )
    if (parents.every((parent) => parent === undefined)) return [diff]
    const columns = diff.parts.columns.flatMap((column) => {
      if (column.before?.isInherited !== true || column.after?.isInherited !== true) return [column]
      const { name } = column.after
      const theirs = parents.flatMap(
        (parent) => parent?.parts.columns.find((one) => one.after?.name === name)?.differences ?? [],
      )
      const own = column.differences.filter(
        ({ field, after: value }) =>
          !theirs.some((one) => one.field === field && (one.after === value || INHERITED_FIELDS.has(field))),
      )
      return own.length === 0 ? [] : [{ ...column, differences: own }]
    })
    const rest = { ...diff, parts: { ...diff.parts, columns } }
    return rest.differences.length === 0 && isEmpty(rest.parts) ? [] : [rest]
  })
}

/** What a child cannot have otherwise than its parent. */
const INHERITED_FIELDS = new Set(['type', 'collation', 'identity'])

interface PairContext {
  readonly matching: Matching
  readonly comparison: Comparison
}

function diffPair(pair: ObjectPair, context: PairContext): ObjectDiff | null {
  const kind = (pair.after ?? pair.before)?.kind
  if (kind === undefined) return null
  switch (kind) {
    case 'table':
      return ofKind(pair, 'table', { fields: objects.TABLE_FIELDS, parts: tableParts, context })
    case 'view':
      return ofKind(pair, 'view', { fields: objects.VIEW_FIELDS, parts: viewParts, context })
    case 'domain':
      return ofKind(pair, 'domain', { fields: objects.DOMAIN_FIELDS, parts: domainParts, context })
    case 'enum':
      return ofKind(pair, 'enum', { fields: objects.ENUM_FIELDS, parts: noParts, context })
    case 'composite':
      return ofKind(pair, 'composite', { fields: objects.COMPOSITE_FIELDS, parts: compositeParts, context })
    case 'schema':
      return ofKind(pair, 'schema', { fields: objects.SCHEMA_FIELDS, parts: noParts, context })
    case 'extension':
      return ofKind(pair, 'extension', { fields: objects.EXTENSION_FIELDS, parts: noParts, context })
    case 'sequence':
      return ofKind(pair, 'sequence', { fields: objects.SEQUENCE_FIELDS, parts: noParts, context })
    case 'range':
      return ofKind(pair, 'range', { fields: objects.RANGE_FIELDS, parts: noParts, context })
    case 'routine':
      return ofKind(pair, 'routine', { fields: objects.ROUTINE_FIELDS, parts: noParts, context })
    case 'eventTrigger':
      return ofKind(pair, 'eventTrigger', { fields: objects.EVENT_TRIGGER_FIELDS, parts: noParts, context })
    case 'publication':
      return ofKind(pair, 'publication', { fields: objects.PUBLICATION_FIELDS, parts: noParts, context })
    case 'defaultPrivileges':
      return ofKind(pair, 'defaultPrivileges', {
        fields: objects.DEFAULT_PRIVILEGES_FIELDS,
        parts: noParts,
        context,
      })
    case 'other':
      return ofKind(pair, 'other', { fields: objects.OTHER_FIELDS, parts: noParts, context })
  }
}

interface KindContext<Kind extends ObjectKind> {
  readonly fields: readonly Field<ObjectOfKind<Kind>>[]
  readonly parts: (before: ObjectOfKind<Kind>, after: ObjectOfKind<Kind>, context: PairContext) => PartDiffs
  readonly context: PairContext
}

function ofKind<Kind extends ObjectKind>(
  pair: ObjectPair,
  kind: Kind,
  { fields: fieldsOfKind, parts, context }: KindContext<Kind>,
): DiffOfKind<Kind> | null {
  const before = isOf(pair.before, kind) ? pair.before : null
  const after = isOf(pair.after, kind) ? pair.after : null
  if (before === null || after === null)
    return { kind, id: pair.id, before, after, differences: [], parts: NO_PARTS }
  const found = differences(fieldsOfKind, before, after, context.comparison)
  const partDiffs = parts(before, after, context)
  if (found.length === 0 && isEmpty(partDiffs)) return null
  return { kind, id: pair.id, before, after, differences: found, parts: partDiffs }
}

function isOf<Kind extends ObjectKind>(object: ModelObject | null, kind: Kind): object is ObjectOfKind<Kind> {
  return object?.kind === kind
}

function isEmpty(parts: PartDiffs): boolean {
  if (parts === NO_PARTS) return true
  return Object.values(parts).every((list) => list.length === 0)
}

function noParts(): PartDiffs {
  return NO_PARTS
}

type TableObject = ObjectOfKind<'table'>

function tableParts(before: TableObject, after: TableObject, context: PairContext): PartDiffs {
  const isSameFamily =
    JSON.stringify([before.partitionOf?.parent, before.inherits]) ===
    JSON.stringify([after.partitionOf?.parent, after.inherits])
  const columns = diffParts(before.columns, after.columns, { fields: fields.COLUMN_FIELDS, context }).filter(
    // What a child gets from its parent comes and goes with the parent's.
    (diff) => !(isSameFamily && (diff.before ?? diff.after)?.isInherited === true && isOneSided(diff)),
  )
  // What stays with the same parents gets its copies of their parts from them. What gets parents must have what these ask for before.
  const own = <T extends { readonly isInherited: boolean }>(diff: PartDiff<T>): boolean =>
    !isSameFamily || (diff.before ?? diff.after)?.isInherited !== true
  const attached = (diff: PartDiff<Index>): boolean =>
    !isSameFamily ||
    (diff.before !== null && diff.before.parent === null) ||
    (diff.after !== null && diff.after.parent === null)
  const withoutParent = (diff: PartDiff<Index>): readonly PartDiff<Index>[] => {
    if (isSameFamily || diff.before === null || diff.after === null) return [diff]
    const rest = diff.differences.filter(({ field }) => field !== 'parent')
    return rest.length === 0 ? [] : [{ ...diff, differences: rest }]
  }
  return {
    ...NO_PARTS,
    columns,
    constraints: diffParts(before.constraints, after.constraints, {
      fields: fields.CONSTRAINT_FIELDS,
      context,
    }).filter(own),
    indexes: diffParts(before.indexes, after.indexes, { fields: fields.INDEX_FIELDS, context })
      .filter(attached)
      .flatMap(withoutParent),
    rules: diffParts(before.rules, after.rules, { fields: fields.RULE_FIELDS, context }),
    triggers: diffParts(before.triggers, after.triggers, { fields: fields.TRIGGER_FIELDS, context })
      .filter(own)
      // A table that is no partition any more has lost the triggers that it had as one.
      .filter(
        ({ before: had, after: has }) =>
          !((had ?? has)?.isInherited === true && (had === null || has === null)),
      ),
    policies: diffParts(before.policies, after.policies, { fields: fields.POLICY_FIELDS, context }),
  }
}

function isOneSided<T>(diff: PartDiff<T>): boolean {
  return diff.before === null || diff.after === null
}

function viewParts(
  before: ObjectOfKind<'view'>,
  after: ObjectOfKind<'view'>,
  context: PairContext,
): PartDiffs {
  return {
    ...NO_PARTS,
    viewColumns: diffParts(before.columns, after.columns, { fields: fields.VIEW_COLUMN_FIELDS, context }),
    indexes: diffParts(before.indexes, after.indexes, { fields: fields.INDEX_FIELDS, context }),
    rules: diffParts(before.rules, after.rules, { fields: fields.RULE_FIELDS, context }),
    triggers: diffParts(before.triggers, after.triggers, { fields: fields.TRIGGER_FIELDS, context }),
  }
}

function domainParts(
  before: ObjectOfKind<'domain'>,
  after: ObjectOfKind<'domain'>,
  context: PairContext,
): PartDiffs {
  return {
    ...NO_PARTS,
    domainConstraints: diffParts(before.constraints, after.constraints, {
      fields: fields.DOMAIN_CONSTRAINT_FIELDS,
      context,
    }),
  }
}

function compositeParts(
  before: ObjectOfKind<'composite'>,
  after: ObjectOfKind<'composite'>,
  context: PairContext,
): PartDiffs {
  return {
    ...NO_PARTS,
    attributes: diffParts(before.attributes, after.attributes, { fields: fields.ATTRIBUTE_FIELDS, context }),
  }
}

function diffParts<T extends { readonly id: string }>(
  older: readonly T[],
  newer: readonly T[],
  { fields: fieldsOfPart, context }: { readonly fields: readonly Field<T>[]; readonly context: PairContext },
): readonly PartDiff<T>[] {
  if (older.length === 0 && newer.length === 0) return []
  const found: PartDiff<T>[] = []
  for (const { id, before, after } of pairParts(context.matching, older, newer)) {
    if (before === null || after === null) found.push({ id, before, after, differences: [] })
    else if (before !== after) {
      const list = differences(fieldsOfPart, before, after, context.comparison)
      if (list.length > 0) found.push({ id, before, after, differences: list })
    }
  }
  return found
}
