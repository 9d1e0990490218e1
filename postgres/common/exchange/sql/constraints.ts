// Constraints of tables: from the parser's to the model's, with the names that Postgres would give.
import type { Constraint } from '@pgsql/types'
import { readableName } from '../../sql/readable-name.ts'
import { columnsPart, constraintName, relationName } from './object-names.ts'
import { namesOf, storageOptions, textOf } from './nodes.ts'
import { printExpression, printValue, tableScope } from './printer.ts'
import { indexElement, elementSql, elementsName } from './index-elements.ts'
import { NotImported, type ConstraintDraft, type ImportState, type TableDraft } from './state.ts'

const ACTIONS: Readonly<Record<string, 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

/** Adds a constraint to the table; `column` is the one that it was written at. Throws NotImported. */
export function addConstraint(
  state: ImportState,
  table: TableDraft,
  constraint: Constraint,
  column: string | null = null,
): ConstraintDraft | null {
  const made = makeConstraint(state, table, constraint, column)
  if (made === null) return null
  table.constraints.push(made)
  if (made.kind === 'primary key')
    for (const name of made.columns) {
      const key = table.columns.find((one) => one.name === name)
      if (key !== undefined) key.isNullable = false
    }
  if (made.kind === 'primary key' || made.kind === 'unique' || made.kind === 'exclusion')
    state.addIndexName(table, made.name)
  return made
}

function makeConstraint(
  state: ImportState,
  table: TableDraft,
  constraint: Constraint,
  column: string | null,
): ConstraintDraft | null {
  const deferral = {
    isDeferrable: constraint.deferrable === true,
    isInitiallyDeferred: constraint.initdeferred === true,
  }
  const head = (name: string) => ({
    id: state.newId('constraint'),
    name: constraint.conname ?? name,
    comment: null,
    isInherited: false,
  })
  switch (constraint.contype) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE': {
      const isPrimary = constraint.contype === 'CONSTR_PRIMARY'
      if (constraint.indexname !== undefined) return keyOfIndex(state, table, constraint)
      const columns = column === null ? namesOf(constraint.keys) : [column]
      const label = isPrimary ? 'pkey' : 'key'
      const include = (constraint.including ?? []).flatMap((one) => textOf(one) ?? [])
      return {
        ...head(
          constraint.conname === undefined
            ? relationName(state, table, isPrimary ? '' : columnsPart([...columns, ...include]), label)
            : '',
        ),
        ...deferral,
        kind: isPrimary ? 'primary key' : 'unique',
        columns,
        include,
        isNullsNotDistinct: constraint.nulls_not_distinct === true,
        isWithoutOverlaps: constraint.without_overlaps === true,
        options: storageOptions(constraint.options),
        tablespace: constraint.indexspace ?? null,
      }
    }
    case 'CONSTR_FOREIGN': {
      const columns = column === null ? namesOf(constraint.fk_attrs) : [column]
      const { pktable } = constraint
      const target = state.relation(pktable?.schemaname, pktable?.relname ?? '')
      const given = namesOf(constraint.pk_attrs)
      const key =
        target?.kind === 'table' ? target.constraints.find(({ kind }) => kind === 'primary key') : undefined
      const fallback = key?.kind === 'primary key' ? key.columns : given
      return {
        ...head(constraintName(table, columnsPart(columns), 'fkey')),
        ...deferral,
        kind: 'foreign key',
        columns,
        references: {
          schema: target?.schema ?? pktable?.schemaname ?? state.currentSchema,
          name: pktable?.relname ?? '',
          columns: given.length > 0 ? given : [...fallback],
        },
        match: constraint.fk_matchtype === 'f' ? 'full' : 'simple',
        onUpdate: ACTIONS[constraint.fk_upd_action ?? 'a'] ?? 'no action',
        onDelete: ACTIONS[constraint.fk_del_action ?? 'a'] ?? 'no action',
        onDeleteColumns: namesOf(constraint.fk_del_set_cols),
        isPeriod: constraint.fk_with_period === true,
        isValidated: constraint.skip_validation !== true && constraint.is_enforced === true,
        isEnforced: constraint.is_enforced === true,
      }
    }
    case 'CONSTR_CHECK': {
      const expression = printValue(constraint.raw_expr, tableScope(state, table), 'boolean')
      const used = columnsIn(constraint.raw_expr, table)
      const [only = ''] = used
      const label = column ?? (used.length === 1 ? only : '')
      return {
        ...head(constraintName(table, label, 'check')),
        kind: 'check',
        expression,
        isNoInherit: constraint.is_no_inherit === true,
        isValidated: constraint.skip_validation !== true && constraint.is_enforced === true,
        isEnforced: constraint.is_enforced === true,
      }
    }
    case 'CONSTR_EXCLUSION':
      return {
        ...head(
          constraint.conname === undefined
            ? relationName(state, table, exclusionColumns(constraint), 'excl')
            : '',
        ),
        ...deferral,
        kind: 'exclusion',
        definition: exclusionDefinition(state, table, constraint),
      }
    default:
      return null
  }
}

/** ADD CONSTRAINT … USING INDEX: the index becomes the constraint's. */
function keyOfIndex(state: ImportState, table: TableDraft, constraint: Constraint): ConstraintDraft {
  const index = table.indexes.find(({ name }) => name === constraint.indexname)
  if (index === undefined) throw new NotImported(`There is no index ${constraint.indexname ?? ''}.`)
  table.indexes = table.indexes.filter((one) => one !== index)
  state.removeIndexName(table, index.name)
  return {
    id: state.newId('constraint'),
    name: constraint.conname ?? index.name,
    comment: index.comment,
    isInherited: false,
    isDeferrable: constraint.deferrable === true,
    isInitiallyDeferred: constraint.initdeferred === true,
    kind: constraint.contype === 'CONSTR_PRIMARY' ? 'primary key' : 'unique',
    columns: index.elements.flatMap(({ column }) => column ?? []),
    include: index.include,
    isNullsNotDistinct: index.isNullsNotDistinct,
    isWithoutOverlaps: false,
    options: index.options,
    tablespace: index.tablespace,
  }
}

/** The table's columns that a tree names, each once. */
function columnsIn(tree: unknown, table: TableDraft): readonly string[] {
  return referenced(tree).filter(
    (name, at, all) => all.indexOf(name) === at && table.columns.some((one) => one.name === name),
  )
}

function referenced(tree: unknown): string[] {
  if (Array.isArray(tree)) return tree.flatMap(referenced)
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([key, value]) => {
    if (key !== 'ColumnRef') return referenced(value)
    return lastName(value)
  })
}

function lastName(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('fields' in value) || !Array.isArray(value.fields))
    return []
  const last: unknown = value.fields.at(-1)
  if (typeof last !== 'object' || last === null || !('String' in last)) return []
  const { String: text } = last
  return typeof text === 'object' && text !== null && 'sval' in text && typeof text.sval === 'string'
    ? [text.sval]
    : []
}

function exclusionColumns(constraint: Constraint): string {
  const elements = (constraint.exclusions ?? []).flatMap((one) => {
    const element = 'List' in one ? one.List.items?.[0] : undefined
    return element !== undefined && 'IndexElem' in element ? [element.IndexElem] : []
  })
  return columnsPart(elementsName(elements))
}

/** As pg_get_constraintdef() prints it. */
function exclusionDefinition(state: ImportState, table: TableDraft, constraint: Constraint): string {
  const method = constraint.access_method ?? 'gist'
  const parts = (constraint.exclusions ?? []).map((one) => {
    const [element, operator] = 'List' in one ? (one.List.items ?? []) : []
    if (element === undefined || !('IndexElem' in element))
      throw new NotImported('An element is expected here.')
    const names = operator !== undefined && 'List' in operator ? namesOf(operator.List.items) : []
    const name = names.at(-1) ?? ''
    const schema = names.at(-2)
    const printed =
      schema === undefined || schema === 'pg_catalog' ? name : `OPERATOR(${readableName(schema)}.${name})`
    return `${elementSql(indexElement(state, table, element.IndexElem, method))} WITH ${printed}`
  })
  const where =
    constraint.where_clause === undefined
      ? ''
      : ` WHERE (${printExpression(constraint.where_clause, tableScope(state, table)).sql})`
  const include = namesOf(constraint.including)
  const options = storageOptions(constraint.options)
  return [
    `EXCLUDE USING ${method} (${parts.join(', ')})`,
    include.length === 0 ? '' : ` INCLUDE (${include.map(readableName).join(', ')})`,
    options.length === 0 ? '' : ` WITH (${options.map((one) => one.replace(/=(.*)$/, "='$1'")).join(', ')})`,
    where,
  ].join('')
}
