// Operations that make, change and drop everything that is no table.
import type { ModelObject, View } from '#contract/schema/types.ts'
import {
  alterColumnGrants,
  alterEventTrigger,
  alterExtension,
  alterPublication,
  alterShared,
  alterView,
} from '../../ddl/alter/objects.ts'
import { alterSequence } from '../../ddl/alter/sequence.ts'
import { addLabels, alterComposite, alterDomain, dropTypeAside, setTypeAside } from '../../ddl/alter/types.ts'
import { commentStatements, ownerStatements } from '../../ddl/create/comments.ts'
import { describe } from '../../ddl/create/context.ts'
import { createBare } from '../../ddl/create/create.ts'
import { grantStatements } from '../../ddl/create/grants.ts'
import { createIndex } from '../../ddl/create/index-definition.ts'
import { sequenceOwnedBy } from '../../ddl/create/routine.ts'
import { createRule, createTrigger } from '../../ddl/create/table-parts.ts'
import { createView, viewDefaults } from '../../ddl/create/view.ts'
import { dropStatements } from '../../ddl/drop.ts'
import type { Statement } from '../../ddl/statement.ts'
import type { DiffOfKind, ObjectDiff } from '../model-diff.ts'
import { partsOf } from '../parts.ts'
import { spareName, withPlace } from './names.ts'
import { RANK } from './operations.ts'
import { asRemade, breakAll, sortName, type Planner } from './planner.ts'
import { indexOperations, relationParts } from './part-operations.ts'

export const CREATE_RANK = {
  schema: RANK.createSchema,
  extension: RANK.createExtension,
  table: RANK.createTable,
  view: RANK.createView,
  sequence: RANK.createSequence,
  enum: RANK.createType,
  domain: RANK.createType,
  composite: RANK.createType,
  range: RANK.createType,
  routine: RANK.createRoutine,
  eventTrigger: RANK.createEventTrigger,
  publication: RANK.createPublication,
  defaultPrivileges: RANK.grants,
  other: RANK.createOther,
} as const

const DROP_RANK = {
  schema: RANK.dropSchema,
  extension: RANK.dropExtension,
  table: RANK.dropTable,
  view: RANK.dropView,
  sequence: RANK.dropSequence,
  enum: RANK.dropType,
  domain: RANK.dropType,
  composite: RANK.dropType,
  range: RANK.dropType,
  routine: RANK.dropLateRoutine,
  eventTrigger: RANK.dropEventTrigger,
  publication: RANK.dropPublication,
  // Before anything is made: what is made would have them.
  defaultPrivileges: RANK.dropDefaultPrivileges,
  other: RANK.dropOther,
} as const

/** An object that is new, or is made again. */
export function createObjectOperations(planner: Planner, object: ModelObject): void {
  const { operations, context, renames } = planner
  const label = sortName(object)
  const isMade = renames.madeSchemas.has(object.id)
  const key = operations.add({
    key: `create ${object.id}`,
    rank: CREATE_RANK[object.kind],
    name: label,
    statements: isMade
      ? []
      : isRewritten(planner, object)
        ? [createView(object, { withColumns: true })]
        : createBare(object, context),
  })
  operations.begins.set(object.id, key)
  operations.order(`drop ${object.id}`, key)
  for (const { parts } of partsOf(object)) for (const part of parts) operations.begins.set(part.id, key)
  const settled = object.kind === 'view' ? viewParts(planner, object, key) : []
  const around = [
    ...ownerStatements(object, context),
    ...grantStatements(object, context),
    ...commentStatements(object, context),
  ]
  if (around.length > 0) {
    const grants = operations.add({
      key: `grants ${object.id}`,
      rank: RANK.grants,
      name: label,
      statements: around,
    })
    operations.order(key, grants)
    for (const one of settled) operations.order(one, grants)
  }
  if (object.kind === 'sequence') {
    const owned = sequenceOwnedBy(object)
    if (owned !== null) {
      const own = operations.add({
        key: `own ${object.id}`,
        rank: RANK.settle,
        name: label,
        statements: [owned],
      })
      operations.order(key, own)
    }
  }
}

/** Whether a view's text says other names than it did: its own columns keep theirs. */
function isRewritten({ diff }: Planner, object: ModelObject): object is View {
  const before = diff.pairs.get(object.id)?.before
  return (
    diff.renames.list.length > 0 &&
    object.kind === 'view' &&
    before?.kind === 'view' &&
    before.definition !== object.definition
  )
}

function viewParts({ operations, context }: Planner, view: View, key: string): readonly string[] {
  const label = (part: string): string => sortName(view, part)
  const put = (id: string, rank: number, statements: readonly Statement[]): string => {
    const added = operations.add({ key: `create ${id}`, rank, name: label(id), statements })
    operations.order(key, added)
    operations.begins.set(id, added)
    return added
  }
  const defaults = viewDefaults(view)
  return [
    ...(defaults.length === 0 ? [] : [put(`${view.id} defaults`, RANK.createView, defaults)]),
    ...view.indexes.map((index) => put(index.id, RANK.createIndex, [createIndex(index, view)])),
    ...view.rules.map((rule) => put(rule.id, RANK.createRule, createRule(rule, view))),
    ...view.triggers.map((trigger) =>
      put(trigger.id, RANK.createTrigger, createTrigger(trigger, view, context)),
    ),
  ]
}

/** An object that is dropped, for good or to be made again. */
export function dropObjectOperations(planner: Planner, id: string, object: ModelObject): void {
  const { operations, rebuild, renames } = planner
  const isRemade = rebuild.remade.has(id)
  const label = sortName(object)
  if (
    isRemade &&
    (object.kind === 'enum' ||
      object.kind === 'domain' ||
      object.kind === 'composite' ||
      object.kind === 'range')
  )
    return setAsideOperations(planner, id, object)
  const standing = withPlace(object, renames.aside.get(id))
  const isImplied = object.kind === 'sequence' && goesWithColumn(planner, id)
  const key = operations.add({
    key: `drop ${id}`,
    rank:
      isRemade && object.kind === 'routine'
        ? RANK.dropRoutine
        : isRemade
          ? Math.min(DROP_RANK[object.kind], RANK.setAside)
          : DROP_RANK[object.kind],
    name: label,
    statements: isImplied ? [] : isRemade ? asRemade(dropStatements(standing)) : dropStatements(standing),
  })
  breakAll(planner, object, key)
}

/** The column that a sequence belongs to goes, and takes it along. */
function goesWithColumn({ diff, rebuild }: Planner, id: string): boolean {
  // A sequence needs nothing but its schema and the column (with its table) that owns it.
  return [...rebuild.needs.of(id)].some(
    (needed) => rebuild.gone.has(needed) && diff.pairs.get(needed)?.before?.kind !== 'schema',
  )
}

type TypeObject = Extract<ModelObject, { readonly kind: 'enum' | 'domain' | 'composite' | 'range' }>

/** A type that is made again: the old one steps aside until no column has it any more. */
function setAsideOperations(planner: Planner, id: string, type: TypeObject): void {
  const { operations, diff } = planner
  const names = new Set([...diff.older.objects, ...diff.newer.objects].map(({ name }) => name))
  const aside = spareName(type.name, (name) => !names.has(name))
  const label = sortName(type)
  const key = operations.add({
    key: `drop ${id}`,
    rank: RANK.setAside,
    name: label,
    statements: [setTypeAside(type, aside)],
  })
  breakAll(planner, type, key)
  const finish = operations.add({
    key: `finish ${id}`,
    rank: RANK.dropType,
    name: label,
    statements: [dropTypeAside(type, aside)],
  })
  operations.order(`create ${id}`, finish)
}

/** An object that stays. */
export function alterObjectOperations(planner: Planner, diff: ObjectDiff): void {
  const { before, after, id } = diff
  if (before === null || after === null) return
  const { operations, context } = planner
  const label = sortName(after)
  const put = (step: string, rank: number, statements: readonly Statement[]): string | undefined =>
    statements.length === 0
      ? undefined
      : operations.add({ key: `${step} ${id}`, rank, name: label, statements })
  const holds = (key: string | undefined): void => {
    if (key === undefined) return
    operations.begins.set(id, key)
    if (!operations.frees.has(id)) operations.frees.set(id, key)
  }
  const { differences } = diff
  put('grants', RANK.grants, alterShared(before, after, { differences, context }))
  switch (diff.kind) {
    case 'extension':
      if (diff.after !== null)
        holds(put('alter', RANK.createExtension, alterExtension(diff.after, differences)))
      return
    case 'sequence': {
      if (diff.before === null || diff.after === null) return
      const steps = alterSequence(diff.before, diff.after, differences)
      const free = put('free', RANK.free, steps.free)
      if (free !== undefined) operations.frees.set(id, free)
      const change = put('alter', RANK.createSequence, steps.change)
      operations.order(free, change)
      const own = put('own', RANK.settle, steps.own)
      operations.order(change, own)
      operations.order(free, own)
      return
    }
    case 'enum':
      if (diff.before !== null && diff.after !== null)
        holds(put('alter', RANK.alterType, addLabels(diff.before, diff.after)))
      return
    case 'domain': {
      if (diff.before === null || diff.after === null) return
      const steps = alterDomain({
        before: diff.before,
        after: diff.after,
        differences,
        constraints: diff.parts.domainConstraints,
        isDefaultReset: planner.rebuild.defaultsReset.has(id),
        context,
      })
      const free = put('free', RANK.free, steps.free)
      const become = put('alter', RANK.alterType, steps.become)
      operations.order(free, become)
      if (free !== undefined) operations.frees.set(id, free)
      holds(become)
      return
    }
    case 'composite':
      if (diff.after !== null)
        holds(put('alter', RANK.alterType, alterComposite(diff.after, diff.parts.attributes, context)))
      return
    case 'routine':
      if (
        diff.after !== null &&
        differences.some(({ field }) => field === 'definition' || field === 'language')
      )
        holds(
          put(
            'alter',
            RANK.createRoutine,
            createBare(diff.after, context).map((one) => ({ ...one, summary: `Change ${describe(after)}` })),
          ),
        )
      return
    case 'view':
      return alterViewOperations(planner, diff)
    case 'eventTrigger':
      if (diff.after !== null)
        holds(put('alter', RANK.createEventTrigger, alterEventTrigger(diff.after, differences)))
      return
    case 'publication':
      if (diff.after !== null)
        holds(put('alter', RANK.createPublication, alterPublication(diff.after, { differences, context })))
      return
    default:
      return
  }
}

function alterViewOperations(planner: Planner, diff: DiffOfKind<'view'>): void {
  const { before, after, id, differences } = diff
  if (before === null || after === null) return
  const { operations, context } = planner
  const statements = alterView({ before, after, differences, columns: diff.parts.viewColumns, context })
  if (statements.length > 0) {
    const key = operations.add({
      key: `alter ${id}`,
      rank: RANK.createView,
      name: sortName(after),
      statements,
    })
    operations.begins.set(id, key)
    operations.frees.set(id, key)
  }
  if (
    diff.parts.viewColumns.some(({ differences: fields }) =>
      fields.some(({ field }) => field === 'privileges'),
    )
  )
    operations.add({
      key: `grants ${id}`,
      rank: RANK.grants,
      name: sortName(after),
      statements: alterColumnGrants(before, after, context),
    })
  indexOperations(planner, { before, after }, { parts: diff.parts.indexes })
  relationParts(planner, diff)
}
