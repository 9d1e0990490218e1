// User-defined types: enums, domains, composites and ranges.
import type { CompositeType, DomainType, EnumType, OtherObject, RangeType } from '#contract/schema/types.ts'
import { empty, join, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { describe, qualified, shown, statement } from './context.ts'
import { parenthesised, typeText, value } from './expression.ts'

/** CREATE TYPE … AS ENUM. */
export function createEnum(type: EnumType): Statement {
  const labels = join(type.labels.map(({ label }) => literal(label)))
  return statement(sql`create type ${qualified(type)} as enum (${labels})`, about(type))
}

/** CREATE DOMAIN, with constraints; those that are not validated come after it. Constraints whose ids are in `later` are left out. */
export function createDomain(domain: DomainType, later: ReadonlySet<string> = new Set()): Statement[] {
  const constraints = domain.constraints.filter(({ id }) => !later.has(id))
  const valid = constraints.filter(({ isValidated }) => isValidated)
  const collation = domain.collation === null ? empty : sql` collate ${typeText(domain.collation)}`
  const standard = domain.default === null ? empty : sql` default ${value(domain.default)}`
  const notNull = domain.isNullable ? empty : sql` not null`
  const checks = valid.map((one) => sql`\n  ${domainConstraint(one)}`)
  return [
    statement(
      sql`create domain ${qualified(domain)} as ${typeText(domain.type)}${collation}${standard}${notNull}${join(checks, '')}`,
      about(domain),
    ),
    ...constraints.filter(({ isValidated }) => !isValidated).map((one) => addDomainConstraint(one, domain)),
  ]
}

type DomainConstraint = DomainType['constraints'][number]

function domainConstraint(constraint: DomainConstraint): SqlFragment {
  return sql`constraint ${name(constraint.name)} check ${parenthesised(constraint.expression)}`
}

/** ALTER DOMAIN … ADD CONSTRAINT. */
export function addDomainConstraint(constraint: DomainConstraint, domain: DomainType): Statement {
  return statement(
    sql`alter domain ${qualified(domain)} add ${domainConstraint(constraint)}${constraint.isValidated ? empty : sql` not valid`}`,
    { objectId: constraint.id, summary: `Add check ${constraint.name} to ${shown(domain)}` },
  )
}

/** CREATE TYPE … AS (…). */
export function createComposite(type: CompositeType): Statement {
  const attributes = type.attributes.map((one) => sql`\n  ${compositeAttribute(one)}`)
  const body = attributes.length === 0 ? sql`()` : sql`(${join(attributes, ',')}\n)`
  return statement(sql`create type ${qualified(type)} as ${body}`, about(type))
}

/** `street text collate "C"`. */
export function compositeAttribute(attribute: CompositeType['attributes'][number]): SqlFragment {
  const collation = attribute.collation === null ? empty : sql` collate ${typeText(attribute.collation)}`
  return sql`${name(attribute.name)} ${typeText(attribute.type)}${collation}`
}

/** CREATE TYPE … AS RANGE. */
export function createRange(type: RangeType): Statement {
  const options = [sql`subtype = ${typeText(type.subtype)}`]
  const add = (option: SqlFragment, value: string | null): void => {
    if (value !== null) options.push(sql`${option} = ${typeText(value)}`)
  }
  add(sql`subtype_opclass`, type.operatorClass)
  add(sql`collation`, type.collation)
  add(sql`canonical`, type.canonical)
  add(sql`subtype_diff`, type.subtypeDiff)
  const { multirange } = type
  if (
    multirange !== null &&
    (multirange.schema !== type.schema || multirange.name !== multirangeName(type.name))
  )
    options.push(sql`multirange_type_name = ${qualified(multirange)}`)
  return statement(sql`create type ${qualified(type)} as range (${join(options)})`, about(type))
}

/** The shell that the functions of a range or of a base type take before the type itself is there. */
export function createShell(type: RangeType | OtherObject): Statement {
  return statement(sql`create type ${name(...(type.schema === null ? [] : [type.schema]), type.name)}`, {
    objectId: type.id,
    summary: `Announce ${describe(type)}`,
  })
}

/** The name that Postgres gives to a range's multirange. Null when it would have to cut it. */
function multirangeName(range: string): string | null {
  const made = range.includes('range') ? range.replace('range', 'multirange') : `${range}_multirange`
  return made.length > 63 ? null : made
}

function about(type: EnumType | DomainType | CompositeType | RangeType) {
  return { objectId: type.id, summary: `Create ${describe(type)}` }
}
