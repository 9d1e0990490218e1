// The fields by which things are compared, kind by kind: a name, how the value is shown to a person, and when two values are the same.
import type { Grant, RelationName, SequenceOptions } from '#contract/schema/types.ts'
import type { DiffOptions } from '../ddl/change.ts'
import { sameOptionalExpression, type NameChanges } from './sql-text.ts'

export interface Difference {
  readonly field: string
  readonly before: string
  readonly after: string
}

/** What the comparison of one object knows. */
export interface Comparison {
  /** Names that this migration changes, among those that the object needs. */
  readonly changes: NameChanges
  readonly ignore: NonNullable<DiffOptions['ignore']>
  /** `server_version_num` of the newer model: what older servers do not have is not compared. */
  readonly serverVersion: number
}

export interface Field<T> {
  readonly name: string
  readonly show: (of: T) => string
  readonly same: (before: T, after: T, comparison: Comparison) => boolean
}

type Plain = string | number | boolean | null

/** A plain value. */
export function plain<T>(name: string, read: (of: T) => Plain): Field<T> {
  return { name, show: (of) => showPlain(read(of)), same: (a, b) => read(a) === read(b) }
}

/** A piece of SQL. */
export function text<T>(name: string, read: (of: T) => string | null): Field<T> {
  return {
    name,
    show: (of) => read(of) ?? '',
    same: (a, b, { changes }) => sameOptionalExpression(read(a), read(b), changes),
  }
}

/** A list whose order means nothing. */
export function set<T>(name: string, read: (of: T) => readonly string[]): Field<T> {
  return {
    name,
    show: (of) => read(of).join(', '),
    same: (a, b) => sameSet(read(a), read(b)),
  }
}

/** A list in order. */
export function list<T>(name: string, read: (of: T) => readonly string[]): Field<T> {
  return { name, show: (of) => read(of).join(', '), same: (a, b) => sameList(read(a), read(b)) }
}

/** The name of a relation. */
export function relation<T>(name: string, read: (of: T) => RelationName | null): Field<T> {
  return {
    name,
    show: (of) => showRelation(read(of)),
    same: (a, b) => sameRelation(read(a), read(b)),
  }
}

/** Any value, compared as it is shown. */
export function shownAs<T>(name: string, show: (of: T) => string): Field<T> {
  return { name, show, same: (a, b) => show(a) === show(b) }
}

/** The comment. */
export function comment<T extends { readonly comment: string | null }>(): Field<T> {
  return {
    name: 'comment',
    show: (of) => of.comment ?? '',
    same: (a, b, { ignore }) => ignore.comments === true || a.comment === b.comment,
  }
}

/** The owner: compared only when asked for. */
export function owner<T extends { readonly owner: string }>(): Field<T> {
  return {
    name: 'owner',
    show: (of) => of.owner,
    same: (a, b, { ignore }) => ignore.owners !== false || a.owner === b.owner,
  }
}

/** Privileges. */
export function grants<T extends { readonly grants: readonly Grant[] }>(): Field<T> {
  return {
    name: 'privileges',
    show: (of) => showGrants(of.grants),
    same: (a, b, { ignore }) =>
      ignore.grants === true ||
      a.grants === b.grants ||
      (a.grants.length === b.grants.length && sameSet(a.grants.map(showGrant), b.grants.map(showGrant))),
  }
}

/** Comment, owner and privileges. */
export function shared<
  T extends { readonly comment: string | null; readonly owner: string; readonly grants: readonly Grant[] },
>(): readonly Field<T>[] {
  return [comment(), owner(), grants()]
}

/** Type and collation. */
export function typed<
  T extends { readonly type: string; readonly collation: string | null },
>(): readonly Field<T>[] {
  return [text('type', (of) => of.type), text('collation', (of) => of.collation)]
}

/** What Postgres prints as a whole, when it fires, and its comment. */
export function defined<
  T extends { readonly definition: string; readonly enabled: string; readonly comment: string | null },
>(): readonly Field<T>[] {
  return [text('definition', (of) => of.definition), plain('enabled', (of) => of.enabled), comment()]
}

/** Whether two lists hold the same strings in any order. */
function sameSet(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  if (a.length === 0) return true
  const left = [...a].sort()
  const right = [...b].sort()
  return left.every((one, at) => one === right[at])
}

/** Whether two lists hold the same strings in the same order. */
function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at])
}

/** Whether two names are the same one. */
export function sameRelation(a: RelationName | null, b: RelationName | null): boolean {
  return a?.schema === b?.schema && a?.name === b?.name
}

/** `shop.film`; nothing for null. */
export function showRelation(name: RelationName | null): string {
  return name === null ? '' : `${name.schema}.${name.name}`
}

/** The options of a sequence in words. */
export function showSequenceOptions(options: SequenceOptions): string {
  const { type, start, increment, min, max, cache, isCycling } = options
  return `${type}, start ${start}, increment ${increment}, from ${min} to ${max}, cache ${cache}${isCycling ? ', cycle' : ''}`
}

function showGrant({ grantee, privilege, isGrantable }: Grant): string {
  return `${privilege} to ${grantee ?? 'PUBLIC'}${isGrantable ? ' with grant option' : ''}`
}

function showGrants(list_: readonly Grant[]): string {
  return list_.map(showGrant).sort().join(', ')
}

function showPlain(value: Plain): string {
  if (value === null) return ''
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** The fields in which two things differ. */
export function differences<T>(
  fields: readonly Field<T>[],
  before: T,
  after: T,
  comparison: Comparison,
): readonly Difference[] {
  const found: Difference[] = []
  for (const field of fields)
    if (!field.same(before, after, comparison))
      found.push({ field: field.name, before: field.show(before), after: field.show(after) })
  return found
}
