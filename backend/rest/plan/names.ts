// What a plan names in the database, and what it does with it: for whoever must know which rights and policies a request needs.
import type { QualifiedName } from '../types.ts'
import type { Plan } from './plan.ts'
import type { Condition, Embed, PlannedField, ReadNode } from './read-plan.ts'

export interface NamedRelation extends QualifiedName {
  readonly command: 'select' | 'insert' | 'update' | 'delete'
  /** Columns that the command needs the right for; `*` among them for all, none where the relation is only named. */
  readonly columns: readonly string[]
}

export interface PlanNames {
  readonly relations: readonly NamedRelation[]
  /** Functions with their schema. */
  readonly functions: readonly QualifiedName[]
}

/** The relations and functions of a plan, each command once. What views and functions do behind is not in it. */
export function namesOf(plan: Plan): PlanNames {
  const names = createNames()
  if (plan.kind === 'read') addNode(names, plan.read.root)
  if (plan.kind === 'call') {
    names.functions.push({ schema: plan.routine.schema, name: plan.routine.name })
    addNode(names, plan.read.root)
  }
  if (plan.kind === 'mutate') {
    const { mutate } = plan
    const own = (command: NamedRelation['command'], columns: readonly string[]): void =>
      names.add(mutate.table, command, columns)
    const written = (mutate.kind === 'delete' ? null : mutate.rows)?.columns.map(({ name }) => name) ?? []
    own(mutate.kind, written)
    const read = [...mutate.returning, ...mutate.where.flatMap(columnsOfCondition)]
    if (mutate.kind === 'insert' && mutate.conflict !== null) {
      read.push(...mutate.conflict.columns)
      if (mutate.conflict.resolution === 'merge-duplicates') {
        own('update', written)
        read.push(...written)
      }
    }
    if (mutate.kind !== 'insert' && mutate.limit !== null)
      read.push(...mutate.limit.key, ...mutate.limit.order.map(({ field }) => field.name))
    if (read.length > 0) own('select', read)
    if (plan.returned === 'representation') addNode(names, plan.read.root)
  }
  return { relations: names.relations(), functions: names.functions }
}

interface Names {
  add(relation: QualifiedName, command: NamedRelation['command'], columns: readonly string[]): void
  readonly functions: QualifiedName[]
  relations(): NamedRelation[]
}

function createNames(): Names {
  const found = new Map<string, NamedRelation>()
  return {
    functions: [],
    add({ schema, name }, command, columns) {
      const key = JSON.stringify([schema, name, command])
      const before = found.get(key)?.columns ?? []
      found.set(key, { schema, name, command, columns: [...new Set([...before, ...columns])] })
    },
    relations: () => [...found.values()],
  }
}

function addNode(names: Names, node: ReadNode): void {
  const { source } = node
  const columns = [
    ...node.select.flatMap(({ field }) => columnOf(field)),
    ...node.where.flatMap(columnsOfCondition),
    ...node.order.flatMap(({ field, join }) => (join === null ? columnOf(field) : [])),
    ...node.embeds.flatMap(({ on }) => on.map(([here]) => here)),
  ]
  if (source.kind === 'relation') names.add(source.name, 'select', columns)
  if (source.kind === 'computed') names.functions.push(source.function)
  for (const embed of node.embeds) addEmbed(names, node, embed)
}

function addEmbed(names: Names, parent: ReadNode, { on, junction, node }: Embed): void {
  const there = on.map(([, column]) => column)
  if (junction !== null) {
    names.add(junction.table, 'select', [...there, ...junction.on.map(([, column]) => column)])
    if (node.source.kind === 'relation')
      names.add(
        node.source.name,
        'select',
        junction.on.map(([column]) => column),
      )
  } else if (node.source.kind === 'relation') names.add(node.source.name, 'select', there)
  if (node.source.kind === 'computed' && parent.source.kind === 'relation')
    names.add(parent.source.name, 'select', ['*'])
  addNode(names, node)
}

function columnOf({ name, isFullRow }: PlannedField): readonly string[] {
  return [isFullRow ? '*' : name]
}

function columnsOfCondition(condition: Condition): readonly string[] {
  if (condition.kind === 'filter') return columnOf(condition.field)
  return condition.kind === 'embed' ? [] : condition.children.flatMap(columnsOfCondition)
}
