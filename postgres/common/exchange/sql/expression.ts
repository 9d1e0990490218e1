// Expressions as pg_get_expr() prints them: names qualified, operators in parentheses, the casts that Postgres adds. What is not known here throws
// NotImported; callers then keep what the person wrote.
import type { A_Const, CaseExpr, ColumnRef, Node, SQLValueFunctionOp, SubLink, TypeCast } from '@pgsql/types'
import { printedLiteral } from './nodes.ts'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { printCall } from './call.ts'
import { namesOf } from './nodes.ts'
import { printOperator } from './operator.ts'
import { alike, castTo, withType, type Printed } from './printed.ts'
import { findColumn, type Scope } from './scope.ts'
import { NotImported } from './state.ts'
import { baseType, printType } from './types.ts'

const MAX_DEPTH = 400
let depth = 0

/** Prints an expression. Throws NotImported. */
export function printExpression(node: Node | undefined, scope: Scope): Printed {
  if (node === undefined) throw new NotImported('An expression is missing.')
  if (depth > MAX_DEPTH) throw new NotImported('This expression is nested too deep.')
  depth += 1
  try {
    return print(node, scope)
  } finally {
    depth -= 1
  }
}

function other(sql: string, type: string | null, name = '?column?'): Printed {
  return { sql, type, form: 'other', name }
}

function print(node: Node, scope: Scope): Printed {
  if ('A_Const' in node) return printConstant(node.A_Const)
  if ('ColumnRef' in node) return printColumn(node.ColumnRef, scope)
  if ('TypeCast' in node) return printCast(node.TypeCast, scope)
  if ('FuncCall' in node) return printCall(node.FuncCall, scope)
  if ('A_Expr' in node) return printOperator(node.A_Expr, scope)
  if ('BoolExpr' in node) {
    const parts = (node.BoolExpr.args ?? []).map(
      (one) => withType(printExpression(one, scope), 'boolean').sql,
    )
    if (node.BoolExpr.boolop === 'NOT_EXPR') return other(`(NOT ${parts.join('')})`, 'boolean')
    const word = node.BoolExpr.boolop === 'OR_EXPR' ? ' OR ' : ' AND '
    return other(`(${parts.join(word)})`, 'boolean')
  }
  if ('NullTest' in node) {
    const { sql } = printExpression(node.NullTest.arg, scope)
    return other(`(${sql} IS ${node.NullTest.nulltesttype === 'IS_NOT_NULL' ? 'NOT ' : ''}NULL)`, 'boolean')
  }
  if ('BooleanTest' in node) {
    const { sql } = printExpression(node.BooleanTest.arg, scope)
    return other(`(${sql} ${(node.BooleanTest.booltesttype ?? '').replaceAll('_', ' ')})`, 'boolean')
  }
  if ('CoalesceExpr' in node) return printAlike('COALESCE', node.CoalesceExpr.args, scope)
  if ('MinMaxExpr' in node)
    return printAlike(node.MinMaxExpr.op === 'IS_LEAST' ? 'LEAST' : 'GREATEST', node.MinMaxExpr.args, scope)
  if ('CaseExpr' in node) return printCase(node.CaseExpr, scope)
  if ('SQLValueFunction' in node)
    return printValueFunction(node.SQLValueFunction.op, node.SQLValueFunction.typmod)
  if ('CollateClause' in node) {
    const inner = printExpression(node.CollateClause.arg, scope)
    const sql = `(${withType(inner, 'text').sql} COLLATE ${collationName(scope, namesOf(node.CollateClause.collname)).replace(/^pg_catalog\./, '')})`
    return { ...other(sql, inner.type ?? 'text'), name: inner.name }
  }
  if ('A_ArrayExpr' in node) {
    const items = alike((node.A_ArrayExpr.elements ?? []).map((one) => printExpression(one, scope)))
    const type = items.find((one) => one.type !== null)?.type ?? null
    return other(
      `ARRAY[${items.map(({ sql }) => sql).join(', ')}]`,
      type === null ? null : `${type}[]`,
      'array',
    )
  }
  if ('RowExpr' in node)
    return other(
      `ROW(${(node.RowExpr.args ?? []).map((one) => printExpression(one, scope).sql).join(', ')})`,
      'record',
      'row',
    )
  if ('A_Indirection' in node) return printIndirection(node.A_Indirection, scope)
  if ('SubLink' in node) return printSubLink(node.SubLink, scope)
  if ('NamedArgExpr' in node) {
    const inner = printExpression(node.NamedArgExpr.arg, scope)
    return { ...inner, sql: `${readableName(node.NamedArgExpr.name ?? '')} => ${inner.sql}` }
  }
  if ('ParamRef' in node) return other(`$${node.ParamRef.number ?? 0}`, null)
  if ('SetToDefault' in node) return other('DEFAULT', null)
  throw new NotImported(`${Object.keys(node)[0] ?? 'This'} cannot be printed.`)
}

function printConstant(value: A_Const): Printed {
  const constant = (sql: string, type: string): Printed => ({ sql, type, form: 'constant', name: '?column?' })
  if (value.isnull === true) return { sql: 'NULL', type: null, form: 'text', name: '?column?' }
  if (value.sval !== undefined)
    return { sql: printedLiteral(value.sval.sval ?? ''), type: null, form: 'text', name: '?column?' }
  if (value.boolval !== undefined)
    return constant(value.boolval.boolval === true ? 'true' : 'false', 'boolean')
  if (value.fval !== undefined) {
    const text = value.fval.fval ?? '0'
    const isBig =
      /^-?\d+$/.test(text) && BigInt(text) <= 9223372036854775807n && BigInt(text) >= -9223372036854775808n
    const type = isBig ? 'bigint' : 'numeric'
    return constant(isBig || text.startsWith('-') ? `'${text}'::${type}` : decimal(text), type)
  }
  if (value.bsval !== undefined) return constant(`'${(value.bsval.bsval ?? '').slice(1)}'::"bit"`, 'bit')
  const number = value.ival?.ival ?? 0
  return constant(number < 0 ? `'${number}'::integer` : String(number), 'integer')
}

/** As numeric prints it: `.5` as 0.5, `1e3` as 1000. */
function decimal(text: string): string {
  if (/e/i.test(text)) return /^[\d.]+e\+?\d+$/i.test(text) ? String(Number(text)) : text
  return text.startsWith('.') ? `0${text}` : text.replace(/\.$/, '')
}

function printColumn(column: ColumnRef, scope: Scope): Printed {
  const fields = column.fields ?? []
  if (fields.some((one) => 'A_Star' in one)) {
    const names = namesOf(fields)
    return { sql: [...names.map(readableName), '*'].join('.'), type: null, form: 'column', name: '*' }
  }
  const names = namesOf(fields)
  const name = names.at(-1) ?? ''
  const found = findColumn(scope, names)
  if (found !== undefined) return { sql: found.sql, type: found.type, form: 'column', name }
  if (name === 'value' && names.length === 1 && scope.valueType !== undefined)
    return { sql: 'VALUE', type: scope.valueType, form: 'column', name }
  if (names.length === 1 && scope.relations.length > 0) {
    // A whole row: `t` in a query, `t.*` as Postgres prints it.
    const relation = scope.relations.find(({ alias }) => alias === name)
    if (relation !== undefined) return { sql: `${readableName(name)}.*`, type: null, form: 'column', name }
  }
  const known = scope.relations.length > 0 && !scope.isQualified ? names.slice(-1) : names
  return { sql: known.map(readableName).join('.'), type: null, form: 'column', name }
}

function printCast(cast: TypeCast, scope: Scope): Printed {
  const { type } = printType(scope.state, cast.typeName)
  const inner = printExpression(cast.arg, scope)
  const name =
    inner.form === 'text' || inner.form === 'constant'
      ? (namesOf(cast.typeName?.names).at(-1) ?? '')
      : inner.name
  const bare = type.replace(/\(\d[^)]*\)/, '')
  if (inner.form === 'text') {
    if (bare === 'boolean' && /^'[tf]/i.test(inner.sql))
      return {
        ...inner,
        sql: /^'t/i.test(inner.sql) ? 'true' : 'false',
        type: 'boolean',
        form: 'constant',
        name,
      }
    const sql = bare === type ? `${inner.sql}::${type}` : `(${inner.sql}::${bare})::${type}`
    return { sql, type: bare, form: 'constant', name }
  }
  if (inner.type === type) return { ...inner, name }
  const { arg } = cast
  if (type.endsWith('[]') && arg !== undefined && 'A_ArrayExpr' in arg) {
    const items = (arg.A_ArrayExpr.elements ?? []).map((one) => printExpression(one, scope))
    if (items.length > 0 && items.every(({ form }) => form === 'text'))
      return other(
        `ARRAY[${alike(items, type.slice(0, -2))
          .map(({ sql }) => sql)
          .join(', ')}]`,
        type,
        'array',
      )
    if (items.length === 0) return other(`ARRAY[]::${type}`, type, 'array')
  }
  // `'{}'::text[]` of an array that is written out: its elements get the type.
  return { sql: `(${inner.sql})::${type}`, type: bare, form: 'other', name }
}

function printAlike(word: string, args: readonly Node[] | undefined, scope: Scope): Printed {
  const items = alike((args ?? []).map((one) => printExpression(one, scope)))
  const types = items.map(({ type }) => type)
  const type = types.find((one) => one !== 'integer') ?? types[0] ?? null
  const cast = items.map((one) => (type === 'numeric' && one.type === 'integer' ? castTo(one, type) : one))
  return other(`${word}(${cast.map(({ sql }) => sql).join(', ')})`, type, word.toLowerCase())
}

function printCase(expression: CaseExpr, scope: Scope): Printed {
  const arms = (expression.args ?? []).flatMap((node) => ('CaseWhen' in node ? [node.CaseWhen] : []))
  const tested = expression.arg === undefined ? null : printExpression(expression.arg, scope)
  const last = expression.defresult === undefined ? null : printExpression(expression.defresult, scope)
  const given = arms.map(({ result }) => printExpression(result, scope))
  const results = alike(last === null ? given : [...given, last])
  const type = results[0]?.type ?? null
  const whens = arms.map(({ expr }, at) => {
    const when = withType(printExpression(expr, scope), tested === null ? 'boolean' : tested.type)
    return `\n    WHEN ${when.sql} THEN ${results[at]?.sql ?? ''}`
  })
  const otherwise = last === null ? `NULL::${type ?? 'text'}` : (results.at(-1)?.sql ?? '')
  const name = last === null || last.name === '?column?' ? 'case' : last.name
  return other(
    `\nCASE${tested === null ? '' : ` ${tested.sql}`}${whens.join('')}\n    ELSE ${otherwise}\nEND`,
    type,
    name,
  )
}

const VALUE_TYPES: Readonly<Record<string, string>> = {
  CURRENT_DATE: 'date',
  CURRENT_TIME: 'time with time zone',
  CURRENT_TIMESTAMP: 'timestamp with time zone',
  LOCALTIME: 'time without time zone',
  LOCALTIMESTAMP: 'timestamp without time zone',
}

function printValueFunction(op: SQLValueFunctionOp | undefined, precision = 0): Printed {
  const word = (op ?? '').replace('SVFOP_', '')
  const name = word.replace(/_N$/, '')
  return other(
    word.endsWith('_N') ? `${name}(${precision})` : name,
    VALUE_TYPES[name] ?? 'name',
    name.toLowerCase(),
  )
}

function printIndirection(
  { arg, indirection }: { readonly arg?: Node; readonly indirection?: readonly Node[] },
  scope: Scope,
): Printed {
  const inner = printExpression(arg, scope)
  let sql =
    inner.form === 'column' && !(indirection ?? []).some((one) => 'String' in one)
      ? inner.sql
      : `(${inner.sql})`
  let { type, name } = inner
  for (const one of indirection ?? []) {
    if ('String' in one) {
      name = one.String.sval ?? ''
      sql += `.${readableName(name)}`
      const composite = scope.state
        .ofKind('composite')
        .find((each) => printedName(each.schema, each.name) === type)
      type = composite?.attributes.find((each) => each.name === name)?.type ?? null
    } else if ('A_Indices' in one) {
      const { is_slice, lidx, uidx } = one.A_Indices
      const bound = (node: Node | undefined): string =>
        node === undefined ? '' : printExpression(node, scope).sql
      sql += is_slice === true ? `[${bound(lidx)}:${bound(uidx)}]` : `[${bound(uidx)}]`
      if (is_slice !== true) type = type?.replace(/\[\]$/, '') ?? null
    } else throw new NotImported('A row cannot be taken apart here.')
  }
  return other(sql, type, name)
}

function printSubLink(link: SubLink, scope: Scope): Printed {
  const { subselect } = link
  if (subselect === undefined || !('SelectStmt' in subselect))
    throw new NotImported('Only queries can stand here.')
  const query = scope.printer.query(subselect.SelectStmt, { ...scope, areNamesHidden: true }, scope)
  const [first] = query.columns
  const type = first?.type ?? null
  switch (link.subLinkType) {
    case 'EXISTS_SUBLINK':
      return other(`(EXISTS (${query.sql}))`, 'boolean', 'exists')
    case 'EXPR_SUBLINK':
      return other(`(${query.sql})`, type, first?.name ?? '?column?')
    case 'ARRAY_SUBLINK':
      return other(`ARRAY(${query.sql})`, type === null ? null : `${type}[]`, 'array')
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      const left = printExpression(link.testexpr, scope)
      const operator = namesOf(link.operName).at(-1)
      const isIn = link.subLinkType === 'ANY_SUBLINK' && operator === undefined
      const word = link.subLinkType === 'ANY_SUBLINK' ? 'ANY' : 'ALL'
      const how = isIn ? 'IN' : `${operator ?? '='} ${word}`
      const asText =
        baseType(scope.state, left.type ?? '') === 'character varying' ? castTo(left, 'text') : left
      return other(`(${asText.sql} ${how} (${query.sql}))`, 'boolean')
    }
    default:
      throw new NotImported('Rows cannot be compared with a query here.')
  }
}

/** A collation as the model has it: qualified when it is the script's own. */
export function collationName(scope: Pick<Scope, 'state'>, names: readonly string[]): string {
  const name = names.at(-1) ?? ''
  const schema = names.at(-2)
  if (schema === 'pg_catalog') return printedName('pg_catalog', name)
  const own = scope.state
    .others('collation')
    .find((one) => one.name === name && (schema ?? one.schema) === one.schema)
  if (own !== undefined) return own.identity
  return printedName(schema ?? 'pg_catalog', name)
}
