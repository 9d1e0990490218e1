// What tables get from others: parents, partitioned tables, LIKE.
import type { Node, PartitionBoundSpec, PartitionSpec } from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { columnsPart, relationName } from './object-names.ts'
import { collationName } from './expression.ts'
import { elementSql, operatorClassName } from './index-elements.ts'
import { constantOf, namesOf } from './nodes.ts'
import { printExpression, tableScope, withTypeOf } from './printer.ts'
import type { ConstraintDraft, ImportState, IndexDraft, TableDraft } from './state.ts'

/** Columns and checks of a parent by inheritance, or of a partitioned table. */
export function inheritColumns(state: ImportState, table: TableDraft, parent: TableDraft): void {
  const isPartition = table.partitionOf !== null
  for (const column of parent.columns) {
    const own = table.columns.find((one) => one.name === column.name)
    if (own !== undefined) {
      own.isNullable &&= column.isNullable
      continue
    }
    table.columns.push({
      ...structuredClone(column),
      id: state.newId('column'),
      isInherited: true,
      comment: null,
      grants: [],
      statisticsTarget: null,
      options: [],
      identity: null,
      isNullable: column.notNull?.isNoInherit === true && !isPartition ? true : column.isNullable,
      notNull: column.notNull?.isNoInherit === true ? null : column.notNull,
    })
  }
  for (const constraint of parent.constraints)
    if (constraint.kind === 'check' && !constraint.isNoInherit) inheritConstraint(state, table, constraint)
}

/** All that a partition gets from its table: keys, foreign keys, indexes, triggers. */
export function inheritParts(state: ImportState, table: TableDraft, parent: TableDraft): void {
  for (const constraint of parent.constraints)
    if (constraint.kind !== 'check') inheritConstraint(state, table, constraint)
  for (const index of parent.indexes) inheritIndex(state, table, parent, index)
  for (const trigger of parent.triggers)
    if (/ FOR EACH ROW /.test(trigger.definition))
      table.triggers.push({
        ...trigger,
        id: state.newId('trigger'),
        isInherited: true,
        comment: null,
        definition: trigger.definition.replace(
          ` ON ${qualifiedText(parent)} `,
          ` ON ${qualifiedText(table)} `,
        ),
      })
}

/** The table's name as statements print it. */
export function qualifiedText({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return printedName(schema, name)
}

/** Gives a child the constraint of its parent, or ties the one that it has to it. */
export function inheritConstraint(state: ImportState, table: TableDraft, constraint: ConstraintDraft): void {
  const same = table.constraints.find((one) => isSame(one, constraint))
  if (same !== undefined) {
    if (table.partitionOf !== null) same.isInherited = true
    return
  }
  const copy = {
    ...structuredClone(constraint),
    id: state.newId('constraint'),
    isInherited: true,
    comment: null,
  }
  if (copy.kind === 'primary key' || copy.kind === 'unique') {
    const isPrimary = copy.kind === 'primary key'
    copy.name = relationName(
      state,
      table,
      isPrimary ? '' : columnsPart([...copy.columns, ...copy.include]),
      isPrimary ? 'pkey' : 'key',
    )
    state.addIndexName(table, copy.name)
  }
  if (copy.kind === 'exclusion') {
    const columns = /\(([\w, ]+) WITH/.exec(copy.definition)?.[1] ?? ''
    copy.name = relationName(state, table, columnsPart(columns.split(/\W+/)), 'excl')
    state.addIndexName(table, copy.name)
  }
  table.constraints.push(copy)
}

function isSame(a: ConstraintDraft, b: ConstraintDraft): boolean {
  if (a.kind === 'check' || b.kind === 'check') return a.kind === b.kind && a.name === b.name
  if (a.kind === 'exclusion' || b.kind === 'exclusion')
    return a.kind === 'exclusion' && b.kind === 'exclusion' && a.definition === b.definition
  if (a.kind !== b.kind || a.columns.join('\0') !== b.columns.join('\0')) return false
  if (a.kind !== 'foreign key' || b.kind !== 'foreign key') return true
  return a.references.name === b.references.name && a.references.schema === b.references.schema
}

/** Gives a partition the index of its table, or ties the one that it has to it. */
export function inheritIndex(
  state: ImportState,
  table: TableDraft,
  parent: TableDraft,
  index: IndexDraft,
): void {
  const link = { schema: parent.schema, name: index.name }
  const text = (one: IndexDraft): string =>
    [one.method, one.elements.map(elementSql).join(), one.isUnique, one.where ?? '', one.include.join()].join(
      '\0',
    )
  const same = table.indexes.find((one) => one.parent === null && text(one) === text(index))
  if (same !== undefined) {
    same.parent = link
    return
  }
  const parts = index.elements.map(
    (one) => one.column ?? /^(\w+)\(/.exec(one.expression ?? '')?.[1] ?? 'expr',
  )
  const copy = {
    ...structuredClone(index),
    id: state.newId('index'),
    name: relationName(state, table, columnsPart([...parts, ...index.include]), 'idx'),
    parent: link,
    comment: null,
    isClustered: false,
  }
  table.indexes.push(copy)
  state.addIndexName(table, copy.name)
  for (const child of partitionsOf(state, table)) inheritIndex(state, child, table, copy)
}

export function partitionsOf(state: ImportState, table: TableDraft): readonly TableDraft[] {
  if (table.partitionKey === null) return []
  return state
    .ofKind('table')
    .filter(
      ({ partitionOf }) =>
        partitionOf?.parent.schema === table.schema && partitionOf.parent.name === table.name,
    )
}

/** Tables that inherit from it, partitions too. */
export function childrenOf(state: ImportState, table: TableDraft): readonly TableDraft[] {
  const isParent = (one: { readonly schema: string; readonly name: string }): boolean =>
    one.schema === table.schema && one.name === table.name
  return state
    .ofKind('table')
    .filter(
      ({ partitionOf, inherits }) =>
        (partitionOf !== null && isParent(partitionOf.parent)) || inherits.some(isParent),
    )
}

const STRATEGIES: Readonly<Record<string, string>> = {
  PARTITION_STRATEGY_LIST: 'LIST',
  PARTITION_STRATEGY_RANGE: 'RANGE',
  PARTITION_STRATEGY_HASH: 'HASH',
}

/** `RANGE (created_at)`, as pg_get_partkeydef() prints it. */
export function partitionKey(state: ImportState, table: TableDraft, spec: PartitionSpec): string {
  const parts = (spec.partParams ?? []).flatMap((node) => {
    if (!('PartitionElem' in node)) return []
    const { name, expr, collation } = node.PartitionElem
    const printed = expr === undefined ? null : printExpression(expr, tableScope(state, table)).sql
    const expression = printed?.startsWith('(') === true ? `(${printed})` : printed
    const collations = namesOf(collation)
    return elementSql({
      column: name ?? null,
      expression,
      collation: collations.length === 0 ? null : collationName({ state }, collations),
      operatorClass: operatorClassName(state, node.PartitionElem),
      isDescending: false,
      isNullsFirst: false,
    })
  })
  return `${STRATEGIES[spec.strategy ?? ''] ?? 'RANGE'} (${parts.join(', ')})`
}

/** `FOR VALUES …` or `DEFAULT`, as pg_get_expr() prints it. */
export function partitionBound(
  state: ImportState,
  parent: TableDraft | undefined,
  bound: PartitionBoundSpec,
): string {
  if (bound.is_default === true) return 'DEFAULT'
  if (bound.strategy === 'h')
    return `FOR VALUES WITH (modulus ${bound.modulus ?? 0}, remainder ${bound.remainder ?? 0})`
  const keys = /\((.*)\)$/s.exec(parent?.partitionKey ?? '')?.[1]?.split(', ') ?? []
  const types = keys.map(
    (one) => parent?.columns.find(({ name }) => readableName(name) === one)?.type ?? null,
  )
  const value = (node: Node | undefined, at: number): string => {
    if (node !== undefined && 'ColumnRef' in node)
      return (namesOf(node.ColumnRef.fields)[0] ?? '').toUpperCase()
    const type = types[at] ?? null
    const constant = constantOf(node)
    if (constant === null || node === undefined) {
      const printed = node === undefined ? '' : withTypeOf(node, tableScope(state, null), null)
      return printed.replace(/^('(?:[^']|'')*')::.*$/, '$1')
    }
    const isNumber = type === null || /^(integer|bigint|smallint|numeric|real|double)/.test(type)
    if (type === 'boolean') return /^t/i.test(constant) ? 'true' : 'false'
    const isString = 'A_Const' in node && node.A_Const.sval !== undefined
    if (isNumber && (!isString || type !== null))
      return constant.startsWith('-') && type !== null ? `'${constant}'` : constant
    return `'${moment(constant, type).replaceAll("'", "''")}'`
  }
  if (bound.strategy === 'l')
    return `FOR VALUES IN (${(bound.listdatums ?? []).map((one) => value(one, 0)).join(', ')})`
  const list = (nodes: readonly (Node | undefined)[] | undefined): string =>
    (nodes ?? []).map(value).join(', ')
  return `FOR VALUES FROM (${list(bound.lowerdatums)}) TO (${list(bound.upperdatums)})`
}

/** A day as the moment at which it begins, where the type is one of moments. Time zones as in UTC. */
function moment(text: string, type: string | null): string {
  if (type === null || !/^timestamp/.test(type)) return text
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?(Z|[+-]00(?::00)?)?$/.exec(text)
  if (parts === null) return text
  const zone = type.endsWith('with time zone') ? '+00' : ''
  return `${parts[1] ?? ''} ${parts[2] ?? '00:00'}${parts[3] ?? ':00'}${zone}`
}
