// ALTER TYPE and ALTER DOMAIN, where Postgres can change a type in place.
import type { CompositeType, DomainType, EnumType } from '#contract/schema/types.ts'
import type { Difference } from '../../diff/fields.ts'
import type { PartDiff } from '../../diff/model-diff.ts'
import type { Attribute, DomainConstraint } from '../../diff/parts.ts'
import { empty, fromCatalog, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { commentOnPart } from '../create/comments.ts'
import { qualified, shown, statement, type CompileContext } from '../create/context.ts'
import { typeText, value } from '../create/expression.ts'
import { addDomainConstraint, compositeAttribute } from '../create/types.ts'
import { dropDomainConstraint } from '../drop.ts'
import type { Statement } from '../statement.ts'

/** Whether all labels stay, in their order, so that new ones can be added in place. */
export function isOnlyAdded(before: EnumType, after: EnumType): boolean {
  const wanted = after.labels.map(({ label }) => label)
  let at = 0
  for (const { label } of before.labels) {
    const found = wanted.indexOf(label, at)
    if (found < 0) return false
    at = found + 1
  }
  return true
}

/**
 * ALTER TYPE … ADD VALUE for each new label. Steps of their own: a new value cannot be used in the transaction that adds it. IF NOT EXISTS, because such a
 * step cannot be undone with the rest and may be met again.
 */
export function addLabels(before: EnumType, after: EnumType): Statement[] {
  const present = new Set(before.labels.map(({ label }) => label))
  return after.labels.flatMap(({ id, label }, at) => {
    if (present.has(label)) return []
    const previous = after.labels[at - 1]
    const next = after.labels.slice(at + 1).find((one) => present.has(one.label))
    const isLast = next === undefined
    const place = isLast
      ? empty
      : previous !== undefined
        ? sql` after ${literal(previous.label)}`
        : sql` before ${literal(next.label)}`
    return [
      statement(sql`alter type ${qualified(after)} add value if not exists ${literal(label)}${place}`, {
        objectId: id,
        summary: `Add value ${label} to enum ${shown(after)}`,
        inTransaction: false,
      }),
    ]
  })
}

export interface DomainChange {
  readonly before: DomainType
  readonly after: DomainType
  readonly differences: readonly Difference[]
  readonly constraints: readonly PartDiff<DomainConstraint>[]
  readonly isDefaultReset: boolean
  readonly context: CompileContext
}

/** ALTER DOMAIN: default, nullability, constraints. `free` runs before what the domain no longer needs is dropped. */
export function alterDomain(change: DomainChange): {
  readonly free: Statement[]
  readonly become: Statement[]
} {
  const { before, after, differences, constraints, isDefaultReset, context } = change
  const has = new Set(differences.map(({ field }) => field))
  const about = { objectId: after.id, summary: `Change domain ${shown(after)}` }
  const alter = (action: SqlFragment): Statement =>
    statement(sql`alter domain ${qualified(after)} ${action}`, about)
  const free: Statement[] = []
  const become: Statement[] = []
  if (before.default !== null && (isDefaultReset || (has.has('default') && after.default === null)))
    free.push(alter(sql`drop default`))
  if (after.default !== null && (isDefaultReset || has.has('default')))
    become.push(alter(sql`set default ${value(after.default)}`))
  if (has.has('nullable')) become.push(alter(after.isNullable ? sql`drop not null` : sql`set not null`))
  for (const { before: old, after: wanted, differences: fields } of constraints) {
    const isRemade =
      fields.some(({ field }) => field === 'expression') ||
      (old?.isValidated === true && wanted?.isValidated === false)
    if (old !== null && (wanted === null || isRemade)) free.push(dropDomainConstraint(old, after))
    if (wanted === null) continue
    if (old === null || isRemade) become.push(addDomainConstraint(wanted, after))
    else if (!old.isValidated && wanted.isValidated)
      become.push(alter(sql`validate constraint ${name(wanted.name)}`))
    if (
      context.withComments &&
      (isRemade || old === null ? wanted.comment !== null : old.comment !== wanted.comment)
    )
      become.push(
        commentOnPart('constraint', wanted, { where: sql`domain ${qualified(after)}`, of: shown(after) }),
      )
  }
  return { free, become }
}

/** ALTER TYPE … ADD, DROP and ALTER ATTRIBUTE. */
export function alterComposite(
  after: CompositeType,
  attributes: readonly PartDiff<Attribute>[],
  context: CompileContext,
): Statement[] {
  const target = qualified(after)
  return attributes.flatMap(({ before, after: wanted, differences }) => {
    const summary = `Change type ${shown(after)}`
    if (wanted === null) {
      if (before === null) return []
      return [
        statement(sql`alter type ${target} drop attribute ${name(before.name)}`, {
          objectId: before.id,
          summary: `Drop attribute ${before.name} of ${shown(after)} from all values`,
          isDestructive: true,
        }),
      ]
    }
    const about = { objectId: wanted.id, summary }
    const comment = commentOnPart('column', wanted, { where: target, of: shown(after) })
    const statements: Statement[] = []
    if (before === null)
      statements.push(statement(sql`alter type ${target} add attribute ${compositeAttribute(wanted)}`, about))
    else if (differences.some(({ field }) => field !== 'comment'))
      statements.push(
        statement(
          sql`alter type ${target} alter attribute ${name(wanted.name)} type ${typeText(wanted.type)}${wanted.collation === null ? empty : sql` collate ${typeText(wanted.collation)}`}`,
          about,
        ),
      )
    if (context.withComments && (before?.comment ?? null) !== wanted.comment) statements.push(comment)
    return statements
  })
}

/** Gives a type or domain another name, to make room for the one that takes its place. */
export function setTypeAside(
  type:
    | EnumType
    | DomainType
    | CompositeType
    | { readonly kind: 'range'; readonly id: string; readonly schema: string; readonly name: string },
  aside: string,
): Statement {
  const kind = fromCatalog(type.kind === 'domain' ? 'domain' : 'type')
  return statement(sql`alter ${kind} ${qualified(type)} rename to ${name(aside)}`, {
    objectId: type.id,
    summary: `Set the old ${type.kind === 'domain' ? 'domain' : 'type'} ${shown(type)} aside`,
  })
}

/** Drops what was set aside. */
export function dropTypeAside(
  type: { readonly kind: string; readonly id: string; readonly schema: string; readonly name: string },
  aside: string,
): Statement {
  const kind = fromCatalog(type.kind === 'domain' ? 'domain' : 'type')
  return statement(sql`drop ${kind} ${name(type.schema, aside)}`, {
    objectId: type.id,
    summary: `Drop the old ${type.kind === 'domain' ? 'domain' : 'type'} ${shown(type)}`,
  })
}
