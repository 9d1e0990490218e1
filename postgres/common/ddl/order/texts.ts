// The texts of an object in which names of other objects may stand, each with the step that needs them.
import type { IndexElement, ModelObject, Table, View } from '#contract/schema/types.ts'

export interface TextOfStep {
  /** The step's id. */
  readonly from: string
  /** The default or check that may come later, if it is one. */
  readonly part: string | null
  readonly text: string
}

/** The texts of one object and of its parts. */
export function textsOf(object: ModelObject): TextOfStep[] {
  const texts: TextOfStep[] = []
  const add = (from: string, text: string | null, part: string | null = null): void => {
    if (text !== null && text !== '') texts.push({ from, text, part })
  }
  switch (object.kind) {
    case 'table':
      addTable(object, add)
      break
    case 'view':
      add(object.id, object.definition)
      for (const column of object.columns) add(object.id, column.default)
      addRelation(object, add)
      break
    case 'domain':
      add(object.id, object.typeId === null ? object.type : null)
      add(object.id, object.default)
      add(object.id, object.collation)
      for (const { id, expression } of object.constraints) add(object.id, expression, id)
      break
    case 'composite':
      for (const attribute of object.attributes) {
        add(object.id, attribute.typeId === null ? attribute.type : null)
        add(object.id, attribute.collation)
      }
      break
    case 'range':
      for (const text of [object.subtype, object.operatorClass, object.collation, object.subtypeDiff])
        add(object.id, text)
      break
    case 'routine':
    case 'other':
      add(object.id, object.definition)
      break
    case 'publication':
      for (const { where } of object.tables) add(object.id, where)
      break
    case 'schema':
    case 'extension':
    case 'sequence':
    case 'enum':
    case 'eventTrigger':
    case 'defaultPrivileges':
  }
  return texts
}

type AddText = (from: string, text: string | null, part?: string | null) => void

function addTable(table: Table, add: AddText): void {
  for (const column of table.columns) {
    add(table.id, column.typeId === null ? column.type : null)
    add(table.id, column.collation)
    add(table.id, column.generated?.expression ?? null)
    add(table.id, column.default, column.id)
  }
  for (const constraint of table.constraints) {
    if (constraint.kind === 'check') add(table.id, constraint.expression, constraint.id)
    if (constraint.kind === 'exclusion') add(table.id, constraint.definition, constraint.id)
  }
  add(table.id, table.partitionKey)
  for (const policy of table.policies) {
    add(policy.id, policy.using)
    add(policy.id, policy.check)
  }
  addRelation(table, add)
}

function addRelation(relation: Table | View, add: AddText): void {
  for (const index of relation.indexes) {
    for (const element of index.elements) for (const text of elementTexts(element)) add(index.id, text)
    add(index.id, index.where)
  }
  for (const { id, definition } of [...relation.triggers, ...relation.rules]) add(id, definition)
}

function elementTexts(element: IndexElement): readonly (string | null)[] {
  return [element.expression, element.collation, element.operatorClass]
}
