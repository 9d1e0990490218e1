// All statements that make one object with everything that belongs to it.
import type { ModelObject, Table, View } from '#contract/schema/types.ts'
import type { Statement } from '../statement.ts'
import { commentStatements, ownerStatements } from './comments.ts'
import { addConstraint } from './constraint.ts'
import type { CompileContext } from './context.ts'
import {
  createEventTrigger,
  createExtension,
  createOther,
  createPublication,
  createSchema,
} from './database-objects.ts'
import { defaultPrivilegeStatements, grantStatements } from './grants.ts'
import { createIndex } from './index-definition.ts'
import { isAutoIndex, parentOf } from './inherited.ts'
import { createRoutine, createSequence, sequenceOwnedBy } from './routine.ts'
import { attachStatements, createTable, tableSettings } from './table.ts'
import { createPolicy, createRule, createTrigger } from './table-parts.ts'
import { createComposite, createDomain, createEnum, createRange } from './types.ts'
import { createView, viewDefaults } from './view.ts'

/**
 * The statements that make the object, its parts, owner, privileges and comments, in the order in which they run when all that it needs is there. Where several
 * objects need each other `writeModel` puts the pieces in order.
 */
export function createStatements(object: ModelObject, context: CompileContext): Statement[] {
  const around = [
    ...ownerStatements(object, context),
    ...grantStatements(object, context),
    ...commentStatements(object, context),
  ]
  if (object.kind === 'table')
    return [...createTable(object, context), ...tableParts(object, context), ...around]
  if (object.kind === 'view')
    return [...createBare(object, context), ...viewParts(object, context), ...around]
  const owned = object.kind === 'sequence' ? sequenceOwnedBy(object) : null
  return [...createBare(object, context), ...around, ...(owned === null ? [] : [owned])]
}

/** CREATE alone, without what is said of the object afterwards. */
export function createBare(object: ModelObject, context: CompileContext): Statement[] {
  switch (object.kind) {
    case 'schema':
      return [createSchema(object)]
    case 'extension':
      return [createExtension(object)]
    case 'table':
      return createTable(object, context)
    case 'view':
      return [createView(object)]
    case 'sequence':
      return [createSequence(object)]
    case 'enum':
      return [createEnum(object)]
    case 'domain':
      return createDomain(object)
    case 'composite':
      return [createComposite(object)]
    case 'range':
      return [createRange(object)]
    case 'routine':
      return [createRoutine(object)]
    case 'eventTrigger':
      return createEventTrigger(object)
    case 'publication':
      return [createPublication(object, context)]
    case 'defaultPrivileges':
      return defaultPrivilegeStatements(object)
    case 'other':
      return [createOther(object)]
  }
}

function tableParts(table: Table, context: CompileContext): Statement[] {
  return [
    ...ownIndexes(table, context).map((index) => createIndex(index, table)),
    ...attachStatements(table, context),
    ...tableSettings(table),
    ...table.constraints
      .filter((one) => one.kind === 'foreign key' && !one.isInherited)
      .map((one) => addConstraint(one, table)),
    ...relationParts(table, context),
    ...table.policies.map((policy) => createPolicy(policy, table)),
  ]
}

function viewParts(view: View, context: CompileContext): Statement[] {
  return [
    ...viewDefaults(view),
    ...view.indexes.map((index) => createIndex(index, view)),
    ...relationParts(view, context),
  ]
}

function relationParts(relation: Table | View, context: CompileContext): Statement[] {
  return [
    ...relation.rules.flatMap((rule) => createRule(rule, relation)),
    ...relation.triggers.flatMap((trigger) => createTrigger(trigger, relation, context)),
  ]
}

/** The indexes that need a statement: those that a partition gets from its parent, with the names that Postgres gives them, do not. */
export function ownIndexes(table: Table, context: CompileContext): Table['indexes'] {
  const parent = parentOf(table, context)
  return table.indexes.filter((index) => !isAutoIndex(index, table, parent))
}
