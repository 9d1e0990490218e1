// Calls of functions as Postgres prints them: those of the script qualified, those of the grammar in their own words.
import type { FuncCall, Node, WindowDef } from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { printOrder } from './order.ts'
import { alike, castTo, withType, type Printed } from './printed.ts'
import { functionType, takesText } from './functions.ts'
import { namesOf } from './nodes.ts'
import type { Scope } from './scope.ts'
import { NotImported } from './state.ts'
import { baseType } from './types.ts'

/** Prints one. Throws NotImported. */
export function printCall(call: FuncCall, scope: Scope): Printed {
  const names = namesOf(call.funcname)
  const name = names.at(-1) ?? ''
  const args = (call.args ?? []).map((one) => scope.printer.expression(one, scope))
  const own = findRoutine(scope, names)
  if (own === undefined && call.funcformat === 'COERCE_SQL_SYNTAX') {
    const words = inWords(name, args)
    if (words !== null) return words
  }
  const types = args.map(({ type }) => (type === null ? null : baseType(scope.state, type)))
  const typed =
    own === undefined
      ? args.map((one, at) =>
          argument(name, one, { base: at === 0 ? (types[0] ?? null) : null, at, count: args.length, scope }),
        )
      : args.map((one) => one)
  const printedName =
    own ??
    (names.length > 1 && names.at(-2) !== 'pg_catalog'
      ? names.map(readableName).join('.')
      : readableName(name))
  const inner = [
    call.agg_distinct === true ? 'DISTINCT ' : '',
    call.agg_star === true
      ? '*'
      : typed
          .map(({ sql }, at) =>
            call.func_variadic === true && at === typed.length - 1 ? `VARIADIC ${sql}` : sql,
          )
          .join(', '),
    call.agg_order === undefined || call.agg_within_group === true
      ? ''
      : ` ORDER BY ${printOrder(call.agg_order, scope)}`,
  ].join('')
  const within =
    call.agg_within_group === true ? ` WITHIN GROUP (ORDER BY ${printOrder(call.agg_order, scope)})` : ''
  const filter =
    call.agg_filter === undefined
      ? ''
      : ` FILTER (WHERE ${scope.printer.expression(call.agg_filter, scope).sql})`
  const over = call.over === undefined ? '' : ` OVER ${printWindow(call.over, scope)}`
  const type = own === undefined ? functionType(name, types) : returnType(scope, names)
  return { sql: `${printedName}(${inner})${within}${filter}${over}`, type, form: 'other', name }
}

const OF_SEARCH = new Set([
  'to_tsvector',
  'to_tsquery',
  'plainto_tsquery',
  'phraseto_tsquery',
  'websearch_to_tsquery',
])

function argument(
  name: string,
  arg: Printed,
  {
    base,
    at,
    count,
    scope,
  }: { readonly base: string | null; readonly at: number; readonly count: number; readonly scope: Scope },
): Printed {
  if (arg.form === 'text') {
    if (name === 'nextval' || name === 'currval' || name === 'setval') return sequenceConstant(arg, scope)
    if (at === 0 && count > 1 && OF_SEARCH.has(name)) return withType(arg, 'regconfig')
    if (name === 'setweight') return withType(arg, '"char"')
    return withType(arg, 'text')
  }
  if (takesText(name) && base === 'character varying') return castTo(arg, 'text')
  return arg
}

/** `'shop.ids'::regclass` */
function sequenceConstant(arg: Printed, scope: Scope): Printed {
  const written = arg.sql.slice(1, -1).replaceAll("''", "'")
  const parts = /^(?:(?:"((?:[^"]|"")+)"|(\w+))\.)?(?:"((?:[^"]|"")+)"|(\w+))$/.exec(written)
  const schema = parts?.[1]?.replaceAll('""', '"') ?? parts?.[2]?.toLowerCase()
  const name = parts?.[3]?.replaceAll('""', '"') ?? parts?.[4]?.toLowerCase() ?? ''
  const relation = scope.state.relation(schema, name)
  if (relation === undefined) return withType(arg, 'regclass')
  const quoted = printedName(relation.schema, relation.name).replaceAll("'", "''")
  return { ...arg, sql: `'${quoted}'::regclass`, type: 'regclass', form: 'constant' }
}

function findRoutine(scope: Scope, names: readonly string[]): string | undefined {
  const name = names.at(-1) ?? ''
  const schema = names.at(-2)
  if (schema === 'pg_catalog') return undefined
  const [found] = scope.state.routines(schema, name)
  if (found !== undefined) return printedName(found.schema, found.name)
  if (schema !== undefined) return printedName(schema, name)
  const extension = FROM_EXTENSIONS[name]
  const installed = extension === undefined ? undefined : scope.state.extension(extension)
  return installed === undefined ? undefined : printedName(installed.schema, name)
}

/** Functions that are often called and come with an extension. */
const FROM_EXTENSIONS: Readonly<Record<string, string>> = {
  uuid_generate_v4: 'uuid-ossp',
  uuid_generate_v1: 'uuid-ossp',
  uuid_generate_v1mc: 'uuid-ossp',
  uuid_generate_v5: 'uuid-ossp',
  crypt: 'pgcrypto',
  gen_salt: 'pgcrypto',
  digest: 'pgcrypto',
  hmac: 'pgcrypto',
  gen_random_bytes: 'pgcrypto',
  unaccent: 'unaccent',
  similarity: 'pg_trgm',
  ll_to_earth: 'earthdistance',
  earth_distance: 'earthdistance',
  crosstab: 'tablefunc',
  nlevel: 'ltree',
  subpath: 'ltree',
}

function returnType(scope: Scope, names: readonly string[]): string | null {
  const found = scope.state.routines(names.at(-2), names.at(-1) ?? '')[0]?.returns ?? null
  return found === null || /^(SETOF|TABLE)\b/.test(found) ? null : found
}

/** EXTRACT, AT TIME ZONE and their kin. */
function inWords(name: string, args: readonly Printed[]): Printed | null {
  const [a, b, c, d] = args
  const made = (sql: string, type: string, as = name): Printed => ({ sql, type, form: 'other', name: as })
  const text = (one: Printed | undefined): string => (one === undefined ? '' : withType(one, 'text').sql)
  switch (name) {
    case 'extract':
      return made(`EXTRACT(${(a?.sql ?? '').slice(1, -1)} FROM ${b?.sql ?? ''})`, 'numeric')
    case 'timezone':
      return made(
        `(${b?.sql ?? ''} AT TIME ZONE ${text(a)})`,
        b?.type === 'timestamp with time zone' ? 'timestamp without time zone' : 'timestamp with time zone',
      )
    case 'position':
      return made(`POSITION((${text(b)}) IN (${text(a)}))`, 'integer')
    case 'substring':
      return made(
        `"substring"(${[text(a), b === undefined ? '' : withType(b, 'text').sql, c?.sql].filter(Boolean).join(', ')})`,
        'text',
      )
    case 'overlay':
      return made(`"overlay"(${[text(a), text(b), c?.sql, d?.sql].filter(Boolean).join(', ')})`, 'text')
    case 'btrim':
    case 'ltrim':
    case 'rtrim': {
      const side = { btrim: 'BOTH', ltrim: 'LEADING', rtrim: 'TRAILING' }[name]
      return made(
        b === undefined ? `TRIM(${side} FROM ${text(a)})` : `TRIM(${side} ${text(b)} FROM ${text(a)})`,
        'text',
      )
    }
    case 'overlaps':
      return made(
        `((${a?.sql ?? ''}, ${b?.sql ?? ''}) OVERLAPS (${c?.sql ?? ''}, ${d?.sql ?? ''}))`,
        'boolean',
      )
    default:
      return null
  }
}

const NON_DEFAULT = 1
/** Prints what stands behind OVER and in a WINDOW clause. */
export function printWindow(window: WindowDef, scope: Scope): string {
  if (window.name !== undefined && window.partitionClause === undefined && window.orderClause === undefined)
    return readableName(window.name)
  const expressions = (nodes: readonly Node[]): string =>
    alike(nodes.map((one) => scope.printer.expression(one, scope)))
      .map(({ sql }) => sql)
      .join(', ')
  const parts = [
    window.refname === undefined ? '' : readableName(window.refname),
    window.partitionClause === undefined ? '' : `PARTITION BY ${expressions(window.partitionClause)}`,
    window.orderClause === undefined ? '' : `ORDER BY ${printOrder(window.orderClause, scope)}`,
    ((window.frameOptions ?? 0) & NON_DEFAULT) === 0 ? '' : printFrame(window, scope),
  ]
  return `(${parts.filter((one) => one !== '').join(' ')})`
}

/** Bits of frameOptions, as parsenodes.h has them. */
function printFrame(window: WindowDef, scope: Scope): string {
  const bits = window.frameOptions ?? 0
  const has = (bit: number): boolean => (bits & bit) !== 0
  const offset = (node: Node | undefined): string =>
    node === undefined ? '' : scope.printer.expression(node, scope).sql
  const mode = has(0x2) ? 'RANGE' : has(0x4) ? 'ROWS' : 'GROUPS'
  const start = has(0x20)
    ? 'UNBOUNDED PRECEDING'
    : has(0x200)
      ? 'CURRENT ROW'
      : has(0x800)
        ? `${offset(window.startOffset)} PRECEDING`
        : has(0x2000)
          ? `${offset(window.startOffset)} FOLLOWING`
          : null
  const end = has(0x100)
    ? 'UNBOUNDED FOLLOWING'
    : has(0x400)
      ? 'CURRENT ROW'
      : has(0x1000)
        ? `${offset(window.endOffset)} PRECEDING`
        : has(0x4000)
          ? `${offset(window.endOffset)} FOLLOWING`
          : null
  if (start === null) throw new NotImported('This window frame cannot be printed.')
  const exclusion = has(0x8000)
    ? ' EXCLUDE CURRENT ROW'
    : has(0x10000)
      ? ' EXCLUDE GROUP'
      : has(0x20000)
        ? ' EXCLUDE TIES'
        : ''
  return (has(0x10) && end !== null ? `${mode} BETWEEN ${start} AND ${end}` : `${mode} ${start}`) + exclusion
}
