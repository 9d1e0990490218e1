// Operators as Postgres prints them: LIKE is ~~, IN is = ANY, BETWEEN is two comparisons.
import type { A_Expr, Node } from '@pgsql/types'
import { readableName } from '../../sql/readable-name.ts'
import { alike, castTo, withType, type Printed } from './printed.ts'
import { operandTypes, operatorType } from './functions.ts'
import { itemsOf, namesOf } from './nodes.ts'
import type { Scope } from './scope.ts'
import { NotImported } from './state.ts'
import { baseType } from './types.ts'

const LIKE: Readonly<Record<string, string>> = { '~~': '~~', '!~~': '!~~', '~~*': '~~*', '!~~*': '!~~*' }

/** Prints one. Throws NotImported. */
export function printOperator(expression: A_Expr, scope: Scope): Printed {
  const names = namesOf(expression.name)
  const operator = names.at(-1) ?? ''
  const left = (): Printed => scope.printer.expression(expression.lexpr, scope)
  const right = (): Printed => scope.printer.expression(expression.rexpr, scope)
  switch (expression.kind) {
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return binary(LIKE[operator] ?? operator, left(), right(), scope)
    case 'AEXPR_SIMILAR': {
      const pattern = withType(right(), 'text')
      return binary(operator, left(), pattern, scope)
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const [a, b] = operands('=', left(), right(), scope)
      const sql = `(${a.sql} IS DISTINCT FROM ${b.sql})`
      return made(expression.kind === 'AEXPR_DISTINCT' ? sql : `(NOT ${sql})`, 'boolean')
    }
    case 'AEXPR_NULLIF': {
      const [a, b] = operands('=', left(), right(), scope)
      return { ...made(`NULLIF(${a.sql}, ${b.sql})`, a.type), name: 'nullif' }
    }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low, high] = itemsOf(expression.rexpr).map((one) => scope.printer.expression(one, scope))
      if (low === undefined || high === undefined) throw new NotImported('BETWEEN needs two values.')
      const isNot = expression.kind === 'AEXPR_NOT_BETWEEN'
      const from = binary(isNot ? '<' : '>=', left(), low, scope)
      const to = binary(isNot ? '>' : '<=', left(), high, scope)
      return made(`(${from.sql} ${isNot ? 'OR' : 'AND'} ${to.sql})`, 'boolean')
    }
    case 'AEXPR_IN':
      return printIn(operator === '<>', left(), itemsOf(expression.rexpr), scope)
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const word = expression.kind === 'AEXPR_OP_ANY' ? 'ANY' : 'ALL'
      const a = left()
      const array = scope.printer.expression(expression.rexpr, scope)
      const element = array.type?.replace(/\[\]$/, '') ?? null
      const typed = withType(a, element)
      const list = withType(array, typed.type === null ? null : `${typed.type}[]`)
      return made(
        `(${asOperand(typed, scope).sql} ${operator} ${word} ${list.sql.startsWith('(') ? list.sql : `(${list.sql})`})`,
        'boolean',
      )
    }
    case 'AEXPR_OP':
    case undefined: {
      const schema = names.length > 1 ? names.at(-2) : undefined
      const printed =
        schema === undefined || schema === 'pg_catalog'
          ? operator
          : `OPERATOR(${readableName(schema)}.${operator})`
      if (expression.lexpr === undefined) {
        const inner = right()
        return made(`(${printed} ${inner.sql})`, inner.type)
      }
      return binary(printed, left(), right(), scope)
    }
    default:
      throw new NotImported('This form of BETWEEN cannot be printed.')
  }
}

function made(sql: string, type: string | null): Printed {
  return { sql, type, form: 'other', name: '?column?' }
}

function binary(operator: string, left: Printed, right: Printed, scope: Scope): Printed {
  const [a, b] = operands(operator, left, right, scope)
  return made(`(${a.sql} ${operator} ${b.sql})`, operatorType(operator, a.type, b.type))
}

/** What the other side of these is, where a string without a type stands there. */
const PATTERNS: Readonly<Record<string, string>> = {
  '->': 'text',
  '->>': 'text',
  '?': 'text',
  '#>': 'text[]',
  '#>>': 'text[]',
  '?|': 'text[]',
  '?&': 'text[]',
  '@?': 'jsonpath',
}
const OF_TIME = new Set(['date', 'timestamp with time zone', 'timestamp without time zone'])

function operands(
  operator: string,
  left: Printed,
  right: Printed,
  scope: Scope,
): readonly [Printed, Printed] {
  const known = (one: Printed): string | null => (one.type === null ? null : baseType(scope.state, one.type))
  const isTime =
    OF_TIME.has(known(left) ?? '') && (operator === '+' || operator === '-') && left.form !== 'text'
  const wanted = PATTERNS[operator] ?? (isTime ? 'interval' : (known(left) ?? 'text'))
  let a = withType(left, known(right) ?? 'text')
  let b = withType(right, wanted === 'character varying' ? 'text' : wanted)
  if (isDomain(a, scope)) a = castTo(a, known(a))
  if (isDomain(b, scope)) b = castTo(b, known(b))
  const isLiteral = a.type === b.type && (left.form === 'text' || right.form === 'text')
  const types = operandTypes(operator, known(a), known(b))
  if (isLiteral && a.type !== 'character varying') return [a, b]
  return [types[0] === null ? a : castTo(a, types[0]), types[1] === null ? b : castTo(b, types[1])]
}

function isDomain({ form, type }: Printed, scope: Scope): boolean {
  return form !== 'constant' && type !== null && baseType(scope.state, type) !== type.replace(/\([^)]*\)/, '')
}

function asOperand(printed: Printed, scope: Scope): Printed {
  const type = printed.type === null ? null : baseType(scope.state, printed.type)
  if (type === 'character varying') return castTo(printed, 'text')
  return isDomain(printed, scope) ? castTo(printed, type) : printed
}

function printIn(isNot: boolean, left: Printed, nodes: readonly Node[], scope: Scope): Printed {
  const printed = nodes.map((one) => scope.printer.expression(one, scope))
  const [only] = printed
  if (printed.length === 1 && only !== undefined) return binary(isNot ? '<>' : '=', left, only, scope)
  const type = left.type === null ? null : baseType(scope.state, left.type)
  // Where one is not a constant, Postgres compares one by one.
  if (printed.some(({ form }) => form === 'column')) {
    const each = printed.map((one) => binary(isNot ? '<>' : '=', left, one, scope).sql)
    return made(`(${each.join(isNot ? ' AND ' : ' OR ')})`, 'boolean')
  }
  const items = alike(printed, type)
  const list = `ARRAY[${items.map(({ sql }) => sql).join(', ')}]`
  const values = type === 'character varying' ? `((${list})::text[])` : `(${list})`
  return made(`(${asOperand(left, scope).sql} ${isNot ? '<> ALL' : '= ANY'} ${values})`, 'boolean')
}
