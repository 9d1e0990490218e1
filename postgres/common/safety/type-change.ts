// Whether a change of a column's type leaves the stored values as they are. See ATColumnChangeRequiresRewrite() in Postgres.
import type { TypeName } from '@pgsql/types'
import type { DomainType } from '#contract/schema/types.ts'
import { strings } from './tree.ts'

export interface ColumnType {
  /** As pg_type names it: `varchar`, `int4`; a user's type with its schema. */
  readonly base: string
  readonly modifiers: readonly number[]
  readonly isArray: boolean
}

/** Names of format_type() → names of pg_type. */
const PRINTED: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'bpchar',
  '"char"': 'char',
  integer: 'int4',
  smallint: 'int2',
  bigint: 'int8',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  decimal: 'numeric',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
  'bit varying': 'varbit',
}

/** A type as the model has it. */
export function printedType(printed: string): ColumnType {
  const isArray = printed.endsWith('[]')
  const text = isArray ? printed.slice(0, -2) : printed
  const modifiers = /\(([\d,\s-]+)\)/.exec(text)?.[1]?.split(',').map(Number) ?? []
  const name = text
    .replace(/\([\d,\s-]+\)/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return { base: PRINTED[name] ?? name, modifiers, isArray }
}

/** A type as the parser has it. A name without a schema stays without one. */
export function parsedType(type: TypeName | undefined): ColumnType {
  const names = strings(type?.names)
  const modifiers = (type?.typmods ?? []).flatMap((node) =>
    'A_Const' in node && node.A_Const.ival !== undefined ? [node.A_Const.ival.ival ?? 0] : [],
  )
  const known = names[0] === 'pg_catalog' ? names.slice(1) : names
  // INTERVAL without fields and a few others come with the modifier that means "none".
  return { base: known.join('.'), modifiers, isArray: (type?.arrayBounds ?? []).length > 0 }
}

export type TypeEffect = 'same' | 'in place' | 'checked' | 'rewritten'

export interface TypeChangeFacts {
  domain(base: string): DomainType | undefined
  readonly isUtc: boolean
}

const LENGTHS = ['varchar', 'varbit']
const PRECISIONS = ['timestamp', 'timestamptz', 'time', 'timetz']
/** Stored alike, whatever stands in them. */
const ALIKE: readonly (readonly [string, string])[] = [
  ['varchar', 'text'],
  ['text', 'varchar'],
  ['cidr', 'inet'],
  ['xml', 'text'],
  ['xml', 'varchar'],
  ['int4', 'oid'],
  ['oid', 'int4'],
]

/** What a change from one type to another does to the rows. */
export function typeEffect(from: ColumnType, to: ColumnType, facts: TypeChangeFacts): TypeEffect {
  const domain = facts.domain(to.base)
  if (domain !== undefined && !to.isArray) {
    if (from.base.split('.').at(-1) === to.base.split('.').at(-1)) return 'same'
    if (domain.constraints.length > 0 || !domain.isNullable) return 'rewritten'
    return typeEffect(from, printedType(domain.type), facts) === 'rewritten' ? 'rewritten' : 'in place'
  }
  const narrowed = facts.domain(from.base)
  if (narrowed !== undefined && !from.isArray) {
    const effect = typeEffect(printedType(narrowed.type), to, facts)
    return effect === 'same' ? 'in place' : effect
  }
  if (from.isArray || to.isArray || from.base === to.base) {
    if (from.base !== to.base || from.isArray !== to.isArray) return 'rewritten'
    if (sameNumbers(from.modifiers, to.modifiers)) return 'same'
    return !from.isArray && isWider(from, to) ? 'in place' : 'rewritten'
  }
  if (sameUserType(from.base, to.base)) return 'same'
  const isZoneOnly =
    (from.base === 'timestamp' && to.base === 'timestamptz') ||
    (from.base === 'timestamptz' && to.base === 'timestamp')
  if (isZoneOnly && facts.isUtc && isWider({ ...from, base: to.base }, to)) return 'in place'
  const isAlike = ALIKE.some(([one, other]) => one === from.base && other === to.base)
  return isAlike && to.modifiers.length === 0 ? 'in place' : 'rewritten'
}

/** Whether every value of the one fits the other without being changed. */
function isWider(from: ColumnType, to: ColumnType): boolean {
  if (sameNumbers(from.modifiers, to.modifiers)) return true
  const [fromFirst, fromScale] = from.modifiers
  const [toFirst, toScale] = to.modifiers
  if (LENGTHS.includes(to.base))
    return toFirst === undefined || (fromFirst !== undefined && toFirst >= fromFirst)
  // Six digits are all that there are.
  if (PRECISIONS.includes(to.base)) return (toFirst ?? 6) >= (fromFirst ?? 6)
  if (to.base !== 'numeric') return false
  if (toFirst === undefined) return true
  return fromFirst !== undefined && (toScale ?? 0) === (fromScale ?? 0) && toFirst >= fromFirst
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

/** `mood` and `shop.mood`: a name without its schema may be either. */
function sameUserType(from: string, to: string): boolean {
  return from.includes('.') && !to.includes('.') && from.split('.').at(-1) === to
}
