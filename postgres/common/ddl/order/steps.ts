// A model cut into steps, each a few statements that belong together: an object, an index, a foreign key, a trigger. Steps are what is put in order.
import type { Constraint, Index, ModelObject, SchemaModel, Table, View } from '#contract/schema/types.ts'
import { schemaOf } from '../../catalog/find.ts'
import { commentStatements, ownerStatements } from '../create/comments.ts'
import { addConstraint } from '../create/constraint.ts'
import type { CompileContext } from '../create/context.ts'
import { createBare, ownIndexes } from '../create/create.ts'
import { setDefault } from '../create/column.ts'
import { grantStatements } from '../create/grants.ts'
import { attachIndex, createIndex } from '../create/index-definition.ts'
import { attachesByHand, formOf } from '../create/inherited.ts'
import { sequenceOwnedBy } from '../create/routine.ts'
import { attachStatements, clusterOn, createTable, tableSettings } from '../create/table.ts'
import { createPolicy, createRule, createTrigger } from '../create/table-parts.ts'
import { addDomainConstraint, createDomain, createShell } from '../create/types.ts'
import { createView, placeholderView, viewDefaults } from '../create/view.ts'
import type { Statement } from '../statement.ts'

export interface Step {
  /** The id of the object or part that it makes, with `#…` for steps beyond the first. */
  readonly id: string
  readonly object: ModelObject
  readonly section: number
  /** Only called for models that are written out: an order alone needs no statements. */
  statements(context: CompileContext): readonly Statement[]
}

/** What must be made in two goes, because things need each other. */
export interface Splits {
  /** Ids of columns whose defaults, and of constraints that, come later. */
  readonly later: ReadonlySet<string>
  /** Ids of views that stand as placeholders first. */
  readonly placeholders: ReadonlySet<string>
}

/** Sections of a script: what has no needs stands in this order. */
const SECTIONS = {
  schema: 0,
  extension: 1,
  enum: 3,
  composite: 4,
  domain: 4,
  range: 4,
  sequence: 5,
  table: 6,
  view: 10,
  routine: 11,
  publication: 17,
  eventTrigger: 18,
  defaultPrivileges: 19,
} as const
/** Before there are tables: an array of a domain in one keeps Postgres from adding a constraint. */
const DOMAIN_LATER = 4.5
const OWNED_BY = 7
const FOREIGN_KEY = 8
const LATE_OTHER = 12
const LATER = 13
const RULE = 14
const TRIGGER = 15
const POLICY = 16
const EARLY_OTHER = 2
/** Objects of kind `other` that tables may use, each after those that it uses itself; the rest uses tables and functions. */
const EARLY = [
  'language',
  'access method',
  'collation',
  'conversion',
  'foreign data wrapper',
  'server',
  'foreign server',
  'user mapping',
  'text search parser',
  'text search template',
  'text search dictionary',
  'text search configuration',
]
const LATE = ['operator', 'operator family', 'operator class', 'transform', 'cast', 'statistics']

/** The steps of a model, sorted by section, schema and name. */
export function stepsOf(model: SchemaModel, context: CompileContext, splits: Splits): Step[] {
  return model.objects
    .map((object) => ({ object, schema: schemaOf(object), section: sectionOf(object) }))
    .sort(
      (left, right) =>
        left.section - right.section ||
        compareText(left.schema, right.schema) ||
        compareText(left.object.name, right.object.name) ||
        compareText(left.object.id, right.object.id),
    )
    .flatMap(({ object }) => stepsOfObject(object, context, splits))
    .sort((left, right) => left.section - right.section)
}

/** By code units, the same everywhere. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function sectionOf(object: ModelObject): number {
  if (object.kind !== 'other') return SECTIONS[object.kind]
  const early = EARLY.indexOf(object.what)
  return early < 0 ? LATE_OTHER + (LATE.indexOf(object.what) + 1) / 100 : EARLY_OTHER + early / 100
}

function stepsOfObject(object: ModelObject, context: CompileContext, splits: Splits): Step[] {
  const step = (id: string, section: number, statements: Step['statements']): Step => ({
    id,
    object,
    section,
    statements,
  })
  const section = sectionOf(object)
  const about = step(`${object.id}#about`, section, (at) => aboutStatements(object, at))
  switch (object.kind) {
    case 'table':
      return [...tableSteps(object, { context, splits, step }), about]
    case 'view':
      return [...viewSteps(object, { splits, step }), about]
    case 'sequence':
      return [
        step(object.id, section, (at) => createBare(object, at)),
        about,
        step(`${object.id}#owned`, OWNED_BY, () => {
          const owned = sequenceOwnedBy(object)
          return owned === null ? [] : [owned]
        }),
      ]
    case 'domain': {
      const later = object.constraints.filter(({ id }) => splits.later.has(id))
      return [
        step(object.id, section, () => createDomain(object, splits.later)),
        ...later.map((one) =>
          step(`${one.id}#later`, DOMAIN_LATER, () => [addDomainConstraint(one, object)]),
        ),
        // Comments on constraints wait for them.
        later.length === 0 ? about : { ...about, section: DOMAIN_LATER },
      ]
    }
    case 'range':
      return [
        ...(object.canonical === null
          ? []
          : [step(`${object.id}#shell`, section, () => [createShell(object)])]),
        step(object.id, section, (at) => createBare(object, at)),
        about,
      ]
    default:
      return [
        ...(object.kind === 'other' && object.what === 'type' && object.definition.includes('(')
          ? [step(`${object.id}#shell`, section, () => [createShell(object)])]
          : []),
        step(object.id, section, (at) => createBare(object, at)),
        about,
      ]
  }
}

/** Owner, privileges and comments of the object and of what stands in its CREATE; a part that has a step of its own has its comment there. */
function aboutStatements(object: ModelObject, context: CompileContext): Statement[] {
  const parts = partsWithSteps(object)
  return [
    ...ownerStatements(object, context),
    ...grantStatements(object, context),
    ...commentStatements(object, context).filter(({ objectId }) => !parts.has(objectId)),
  ]
}

function partsWithSteps(object: ModelObject): ReadonlySet<string> {
  if (object.kind !== 'table' && object.kind !== 'view') return new Set()
  const lists: (readonly { readonly id: string }[])[] = [object.indexes, object.triggers, object.rules]
  if (object.kind === 'table')
    lists.push(
      object.policies,
      object.constraints.filter(({ kind }) => kind === 'foreign key'),
    )
  return new Set(lists.flatMap((list) => list.map(({ id }) => id)))
}

type MakeStep = (id: string, section: number, statements: Step['statements']) => Step

function tableSteps(
  table: Table,
  {
    context,
    splits,
    step,
  }: { readonly context: CompileContext; readonly splits: Splits; readonly step: MakeStep },
): Step[] {
  const { later } = splits
  const section = SECTIONS.table
  const steps = [step(table.id, section, (at) => createTable(table, at, { later }))]
  for (const index of ownIndexes(table, context))
    steps.push(
      step(index.id, section, (at) => [
        ...indexStatements(index, table, at),
        ...partComments(table, index.id, at),
      ]),
    )
  const form = formOf(table, context)
  if (form === 'attach' || form === 'inherit')
    steps.push(step(`${table.id}#attach`, section, (at) => attachStatements(table, at)))
  steps.push(step(`${table.id}#settings`, section, () => tableSettings(table)))
  for (const column of table.columns)
    if (later.has(column.id)) steps.push(step(`${column.id}#later`, LATER, () => [setDefault(column, table)]))
  for (const constraint of table.constraints) {
    if (constraint.kind === 'foreign key')
      steps.push(step(constraint.id, FOREIGN_KEY, (at) => foreignKeyStatements(constraint, table, at)))
    else if (later.has(constraint.id) && !constraint.isInherited)
      steps.push(step(`${constraint.id}#later`, LATER, () => [addConstraint(constraint, table)]))
  }
  for (const policy of table.policies)
    steps.push(
      step(policy.id, POLICY, (at) => [createPolicy(policy, table), ...partComments(table, policy.id, at)]),
    )
  return [...steps, ...relationSteps(table, step)]
}

function indexStatements(index: Index, table: Table, context: CompileContext): Statement[] {
  if (!attachesByHand(index, table)) return [createIndex(index, table)]
  const partitions = context.index
    .ofKind('table')
    .filter(
      ({ partitionOf }) =>
        partitionOf?.parent.schema === table.schema && partitionOf.parent.name === table.name,
    )
  return [
    createIndex(index, table, { isOnly: true }),
    ...partitions.flatMap((partition) =>
      partition.indexes
        .filter(({ parent }) => parent?.schema === table.schema && parent.name === index.name)
        .map((one) => attachIndex(one, partition)),
    ),
  ]
}

function foreignKeyStatements(constraint: Constraint, table: Table, context: CompileContext): Statement[] {
  const created = constraint.isInherited ? [] : [addConstraint(constraint, table)]
  return [...created, ...partComments(table, constraint.id, context)]
}

function viewSteps(
  view: View,
  { splits, step }: { readonly splits: Splits; readonly step: MakeStep },
): Step[] {
  const section = SECTIONS.view
  const hasPlaceholder = splits.placeholders.has(view.id)
  return [
    ...(hasPlaceholder ? [step(`${view.id}#placeholder`, section, () => [placeholderView(view)])] : []),
    step(view.id, section, () => [createView(view, { orReplace: hasPlaceholder }), ...viewDefaults(view)]),
    ...view.indexes.map((index) =>
      step(index.id, section, (at) => [createIndex(index, view), ...partComments(view, index.id, at)]),
    ),
    ...(view.indexes.some(({ isClustered }) => isClustered)
      ? [step(`${view.id}#settings`, section, () => clusterView(view))]
      : []),
    ...relationSteps(view, step),
  ]
}

function clusterView(view: View): Statement[] {
  return view.indexes.flatMap((index) => (index.isClustered ? [clusterOn(view, index.name)] : []))
}

function relationSteps(relation: Table | View, step: MakeStep): Step[] {
  return [
    ...relation.rules.map((rule) =>
      step(rule.id, RULE, (at) => [...createRule(rule, relation), ...partComments(relation, rule.id, at)]),
    ),
    ...relation.triggers.map((trigger) =>
      step(trigger.id, TRIGGER, (at) => [
        ...createTrigger(trigger, relation, at),
        ...partComments(relation, trigger.id, at),
      ]),
    ),
  ]
}

function partComments(object: ModelObject, partId: string, context: CompileContext): Statement[] {
  return commentStatements(object, context).filter(({ objectId }) => objectId === partId)
}
