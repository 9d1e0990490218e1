// The types of the schema model: immutable all the way down.
import type { z } from 'zod'
import type { Immutable } from './immutable.ts'
import type { ModelObject, SchemaModel } from './model.ts'
import type * as table from './table.ts'

export type { ModelObject, SchemaModel }

export type ObjectKind = ModelObject['kind']
export type ObjectOfKind<Kind extends ObjectKind> = Extract<ModelObject, { kind: Kind }>
export type Table = ObjectOfKind<'table'>
export type View = ObjectOfKind<'view'>
export type Sequence = ObjectOfKind<'sequence'>
export type EnumType = ObjectOfKind<'enum'>
export type DomainType = ObjectOfKind<'domain'>
export type CompositeType = ObjectOfKind<'composite'>
export type RangeType = ObjectOfKind<'range'>
export type Routine = ObjectOfKind<'routine'>
export type EventTrigger = ObjectOfKind<'eventTrigger'>
export type Publication = ObjectOfKind<'publication'>
export type DefaultPrivileges = ObjectOfKind<'defaultPrivileges'>
export type OtherObject = ObjectOfKind<'other'>
export type Column = Immutable<z.infer<typeof table.Column>>
export type Constraint = Immutable<z.infer<typeof table.Constraint>>
export type ConstraintOfKind<Kind extends Constraint['kind']> = Extract<Constraint, { kind: Kind }>
export type ForeignKey = ConstraintOfKind<'foreign key'>
export type Index = Immutable<z.infer<typeof table.Index>>
export type IndexElement = Immutable<z.infer<typeof table.IndexElement>>
export type Trigger = Immutable<z.infer<typeof table.Trigger>>
export type Rule = Immutable<z.infer<typeof table.Rule>>
export type Policy = Immutable<z.infer<typeof table.Policy>>
export type Grant = Immutable<z.infer<typeof table.Grant>>
export type RelationName = Immutable<z.infer<typeof table.RelationName>>
export type SequenceOptions = Immutable<z.infer<typeof table.SequenceOptions>>
export type ForeignKeyAction = z.infer<typeof table.ForeignKeyAction>
