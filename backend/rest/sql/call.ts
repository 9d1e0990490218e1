// The call of a function, as a SELECT of its rows.
import {
  empty,
  fromCatalog,
  identifier,
  join,
  keyword,
  sql,
  type SqlFragment,
} from '#postgres/common/sql/sql.ts'
import type { CallArguments, CallPlan } from '../plan/call-plan.ts'
import { RESULT, SCALAR } from './names.ts'

const ARGUMENTS = identifier('nebuladb_arguments')

/** The rows that the function returns; a result without columns is in one called `pgrst_scalar`. */
export function callSql({ routine, returns, arguments: given, returning }: CallPlan): SqlFragment {
  const call = sql`${identifier(routine.schema, routine.name)}(${argumentsSql(given)})`
  // rows of columns that nobody declared can be selected, but not be read from
  if (returns.kind === 'scalar' && returns.type === 'record') {
    const from = given.kind === 'json' ? sql` from ${recordSql(given)}` : empty
    return sql`select ${call} as ${SCALAR}${from}`
  }
  const before = given.kind === 'json' ? sql`${recordSql(given)}, lateral ` : empty
  return returns.kind === 'composite'
    ? sql`select ${columnsSql(returning)} from ${before}${call} as ${RESULT}`
    : sql`select ${RESULT}.${SCALAR} from ${before}${call} as ${RESULT}(${SCALAR})`
}

function columnsSql(names: readonly string[]): SqlFragment {
  return join(names.map((name) => (name === '*' ? sql`${RESULT}.*` : sql`${RESULT}.${identifier(name)}`)))
}

function argumentsSql(given: CallArguments): SqlFragment {
  switch (given.kind) {
    case 'none':
      return empty
    case 'single':
      return singleSql(given)
    case 'named':
      return join(
        given.values.map(({ parameter, value }) => {
          const text = typeof value === 'string' ? value : arrayLiteral(value)
          return sql`${variadicSql(parameter.isVariadic)}${identifier(parameter.name)} => ${text}::${typeSql(parameter.type)}`
        }),
      )
    case 'json':
      return join(
        given.parameters.map(
          ({ name, isVariadic }) =>
            sql`${variadicSql(isVariadic)}${identifier(name)} => ${ARGUMENTS}.${identifier(name)}`,
        ),
      )
  }
}

/** Bytes are sent in binary, which for text and json is their text, but not for jsonb and xml: these are made of the others. */
function singleSql({ value, type }: Extract<CallArguments, { readonly kind: 'single' }>): SqlFragment {
  if (typeof value === 'string') return sql`${value}::${typeSql(type)}`
  if (type === 'jsonb') return sql`${value}::json::jsonb`
  if (type === 'xml') return sql`${value}::text::xml`
  return sql`${value}::${typeSql(type)}`
}

/** The arguments of one JSON object; of an array, those of its first. */
function recordSql({
  parameters,
  json,
  isArray,
}: Extract<CallArguments, { readonly kind: 'json' }>): SqlFragment {
  const types = join(parameters.map(({ name, type }) => sql`${identifier(name)} ${typeSql(type)}`))
  return isArray
    ? sql`(select * from json_to_recordset(${json}::json) as ${ARGUMENTS}(${types}) limit 1) as ${ARGUMENTS}`
    : sql`json_to_record(${json}::json) as ${ARGUMENTS}(${types})`
}

function variadicSql(isVariadic: boolean): SqlFragment {
  return isVariadic ? sql`variadic ` : empty
}

/** Parameters have no length, but as a cast `character` would cut to one letter, and `bit` to one bit. */
function typeSql(type: string): SqlFragment {
  const fixed = /^(character|bit)(\[\])*$/.exec(type)
  if (fixed === null) return fromCatalog(type)
  const [, base = '', array = ''] = fixed
  return sql`${keyword(`${base} varying`, ['character varying', 'bit varying'])}${array === '' ? empty : sql`[]`}`
}

/** As Postgres reads an array of texts: `{"a","b\"c"}`. */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
}
