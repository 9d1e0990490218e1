// The parts of objects: what stands inside a table, view or type and is compared, made and dropped on its own.
import type {
  Column,
  CompositeType,
  Constraint,
  DomainType,
  EnumType,
  Index,
  ModelObject,
  Policy,
  Rule,
  Trigger,
  View,
} from '#contract/schema/types.ts'
import type { ChangedKind } from '../ddl/change.ts'

export type ViewColumn = View['columns'][number]
export type DomainConstraint = DomainType['constraints'][number]
export type Attribute = CompositeType['attributes'][number]
export type EnumLabel = EnumType['labels'][number]
export type Part =
  | Column
  | ViewColumn
  | Constraint
  | DomainConstraint
  | Index
  | Trigger
  | Rule
  | Policy
  | EnumLabel
  | Attribute

export interface PartList {
  readonly kind: ChangedKind
  readonly parts: readonly Part[]
}

const NONE: readonly PartList[] = []

/** All parts of an object, list by list, in the order in which they are made. */
export function partsOf(object: ModelObject): readonly PartList[] {
  switch (object.kind) {
    case 'table':
      return [
        { kind: 'column', parts: object.columns },
        { kind: 'constraint', parts: object.constraints },
        { kind: 'index', parts: object.indexes },
        { kind: 'rule', parts: object.rules },
        { kind: 'trigger', parts: object.triggers },
        { kind: 'policy', parts: object.policies },
      ]
    case 'view':
      return [
        { kind: 'column', parts: object.columns },
        { kind: 'index', parts: object.indexes },
        { kind: 'rule', parts: object.rules },
        { kind: 'trigger', parts: object.triggers },
      ]
    case 'domain':
      return [{ kind: 'constraint', parts: object.constraints }]
    case 'enum':
      return [{ kind: 'enumLabel', parts: object.labels }]
    case 'composite':
      return [{ kind: 'attribute', parts: object.attributes }]
    default:
      return NONE
  }
}

/** The lists of two objects of one kind side by side; either may be absent. */
export function partListsOf(
  before: ModelObject | null,
  after: ModelObject | null,
): readonly {
  readonly kind: ChangedKind
  readonly older: readonly Part[]
  readonly newer: readonly Part[]
}[] {
  const older = before === null ? NONE : partsOf(before)
  const newer = after === null ? NONE : partsOf(after)
  const longer = newer.length > older.length ? newer : older
  return longer.map(({ kind }, at) => ({
    kind,
    older: older[at]?.parts ?? [],
    newer: newer[at]?.parts ?? [],
  }))
}
