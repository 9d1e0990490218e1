// Takes a step of a script back. What goes with something else by itself needs no statement.
import type { Constraint, Index, Table, View } from '#contract/schema/types.ts'
import { setDefault } from '../create/column.ts'
import { placeholderView } from '../create/view.ts'
import {
  dropConstraint,
  dropDomainConstraint,
  dropIndex,
  dropPolicy,
  dropRule,
  dropStatements,
  dropTrigger,
} from '../drop.ts'
import type { Statement } from '../statement.ts'
import type { Step } from './steps.ts'

/** The statements that undo the step, when all that came after it is undone. `hasPlaceholder`: its view must go back to what stands in for it. */
export function dropStep(step: Step, hasPlaceholder: boolean): Statement[] {
  const { id, object } = step
  if (id === object.id) {
    if (object.kind === 'view' && hasPlaceholder) return [placeholderView(object, { orReplace: true })]
    // An owned sequence goes with its column, and every new database has a schema public.
    if (object.kind === 'sequence' && object.ownedBy !== null) return []
    if (object.kind === 'schema' && object.name === 'public') return []
    return dropStatements(object)
  }
  if (id.endsWith('#placeholder')) return dropStatements(object)
  if (object.kind === 'domain') {
    const constraint = object.constraints.find((one) => id === `${one.id}#later`)
    return constraint === undefined ? [] : [dropDomainConstraint(constraint, object)]
  }
  return object.kind === 'table' || object.kind === 'view' ? dropPart(id, object) : []
}

function dropPart(id: string, relation: Table | View): Statement[] {
  const index = relation.indexes.find((one) => one.id === id)
  if (index !== undefined) return needsDrop(index) ? [dropIndex(index, relation)] : []
  const trigger = relation.triggers.find((one) => one.id === id)
  if (trigger !== undefined) return trigger.isInherited ? [] : [dropTrigger(trigger, relation)]
  const rule = relation.rules.find((one) => one.id === id)
  if (rule !== undefined) return [dropRule(rule, relation)]
  if (relation.kind === 'view') return []
  const policy = relation.policies.find((one) => one.id === id)
  if (policy !== undefined) return [dropPolicy(policy, relation)]
  const constraint = relation.constraints.find((one) => id === one.id || id === `${one.id}#later`)
  if (constraint !== undefined) return isOwn(constraint) ? [dropConstraint(constraint, relation)] : []
  const column = relation.columns.find((one) => id === `${one.id}#later`)
  return column === undefined ? [] : [setDefault({ ...column, default: null }, relation)]
}

/** An index on plain columns goes with its table; one that uses a function must go before that. A partition's goes with its parent's. */
function needsDrop(index: Index): boolean {
  if (index.parent !== null) return false
  return (
    index.where !== null ||
    index.elements.some(
      ({ column, operatorClass, collation }) =>
        column === null || operatorClass !== null || collation !== null,
    )
  )
}

function isOwn(constraint: Constraint): boolean {
  return !constraint.isInherited
}
