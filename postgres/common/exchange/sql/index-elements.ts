// What an index stands on: columns, expressions, their order, collations and operator classes.
import type { IndexElem } from '@pgsql/types'
import type { IndexElement } from '#contract/schema/types.ts'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { collationName } from './expression.ts'
import { namesOf, optionsOf, valueOf } from './nodes.ts'
import { printExpression, tableScope } from './printer.ts'
import type { ImportState, TableDraft, ViewDraft } from './state.ts'

/** Classes that a type has by default for B-tree, hash and the like: naming them says nothing. */
const DEFAULT_CLASSES = new Set(
  `text_ops int2_ops int4_ops int8_ops numeric_ops float4_ops float8_ops bool_ops date_ops timestamp_ops timestamptz_ops time_ops uuid_ops
  jsonb_ops array_ops tsvector_ops range_ops bytea_ops char_ops inet_ops network_ops interval_ops name_ops oid_ops enum_ops varchar_ops bpchar_ops`.split(
    /\s+/,
  ),
)
const OF_EXTENSIONS: Readonly<Record<string, string>> = {
  gin_trgm_ops: 'pg_trgm',
  gist_trgm_ops: 'pg_trgm',
  gin_hstore_ops: 'hstore',
  gist_hstore_ops: 'hstore',
  gist_ltree_ops: 'ltree',
  gin__int_ops: 'intarray',
  gist__int_ops: 'intarray',
  gist__intbig_ops: 'intarray',
  vector_l2_ops: 'vector',
  vector_cosine_ops: 'vector',
  vector_ip_ops: 'vector',
}
/** The default class of an extension's type. */
const EXTENSION_DEFAULTS = new Set([
  'gist_hstore_ops',
  'gin_hstore_ops',
  'gist_ltree_ops',
  'vector_l2_ops_ivfflat',
])

/** An element as the model has it. Throws NotImported. */
export function indexElement(
  state: ImportState,
  relation: TableDraft | ViewDraft,
  element: IndexElem,
  method: string,
): IndexElement {
  const isDescending = element.ordering === 'SORTBY_DESC'
  const nulls = element.nulls_ordering
  const collation = namesOf(element.collation)
  return {
    column: element.name ?? null,
    expression:
      element.expr === undefined ? null : printExpression(element.expr, tableScope(state, relation)).sql,
    collation: collation.length === 0 ? null : collationName({ state }, collation),
    operatorClass: operatorClassName(state, element),
    isDescending,
    isNullsFirst:
      method !== 'btree'
        ? false
        : nulls === 'SORTBY_NULLS_FIRST' || (nulls !== 'SORTBY_NULLS_LAST' && isDescending),
  }
}

/** Null where it is the type's own. */
export function operatorClassName(
  state: ImportState,
  element: Pick<IndexElem, 'opclass' | 'opclassopts'>,
): string | null {
  const names = namesOf(element.opclass)
  const options = optionsOf(element.opclassopts).map(({ defname, arg }) => `${defname}=${valueOf(arg) ?? ''}`)
  const name = names.at(-1)
  if (name === undefined) return null
  const own = state.others('operator class').find((one) => one.name === name)
  const extension = state.extension(OF_EXTENSIONS[name] ?? '')
  const schema = names.at(-2) ?? own?.schema ?? extension?.schema
  if (
    options.length === 0 &&
    own === undefined &&
    (DEFAULT_CLASSES.has(name) || EXTENSION_DEFAULTS.has(name))
  )
    return null
  const printed = printedName(schema ?? 'pg_catalog', name)
  return options.length === 0 ? printed : `${printed} (${options.join(', ')})`
}

/** As pg_get_indexdef() prints it. */
export function elementSql(element: IndexElement): string {
  const { column, expression, collation, operatorClass } = element
  const what =
    column !== null
      ? readableName(column)
      : /^[\w."]+\(.*\)$/s.test(expression ?? '') || expression?.startsWith('(') === true
        ? (expression ?? '')
        : `(${expression ?? ''})`
  return [
    what,
    collation === null ? '' : ` COLLATE ${withoutCatalog(collation)}`,
    operatorClass === null ? '' : ` ${withoutCatalog(operatorClass)}`,
    element.isDescending ? ' DESC' : '',
    element.isDescending && !element.isNullsFirst ? ' NULLS LAST' : '',
    !element.isDescending && element.isNullsFirst ? ' NULLS FIRST' : '',
  ].join('')
}

function withoutCatalog(name: string): string {
  return name.replace(/^pg_catalog\./, '')
}

/** The parts of the name that Postgres makes up: columns by name, calls by the function, the rest `expr`. */
export function elementsName(elements: readonly IndexElem[]): readonly string[] {
  const used: string[] = []
  for (const element of elements) {
    const base = element.name ?? expressionName(element)
    let name = base
    for (let number = 1; used.includes(name); number += 1) name = `${base}${number}`
    used.push(name)
  }
  return used
}

function expressionName({ expr }: IndexElem): string {
  if (expr === undefined) return 'expr'
  if ('FuncCall' in expr) return namesOf(expr.FuncCall.funcname).at(-1) ?? 'expr'
  if ('CoalesceExpr' in expr) return 'coalesce'
  if ('TypeCast' in expr)
    return expressionName({ ...(expr.TypeCast.arg === undefined ? {} : { expr: expr.TypeCast.arg }) })
  if ('CollateClause' in expr && expr.CollateClause.arg !== undefined)
    return expressionName({ expr: expr.CollateClause.arg })
  if ('ColumnRef' in expr) return namesOf(expr.ColumnRef.fields).at(-1) ?? 'expr'
  if ('CaseExpr' in expr) return 'case'
  return 'expr'
}
