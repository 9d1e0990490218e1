// What Postgres cannot alter: objects and columns that have to be dropped and made again for their own differences.
import type { Column } from '#contract/schema/types.ts'
import { isPublicationRemade, isReplaceable } from '../ddl/alter/objects.ts'
import { isOnlyAdded } from '../ddl/alter/types.ts'
import type { DiffOfKind, ObjectDiff } from './model-diff.ts'
import { sameExpression } from './sql-text.ts'

/** ALTER COLUMN … SET EXPRESSION came with Postgres 17. */
const SET_EXPRESSION_SINCE = 170000

/** Whether ALTER COLUMN cannot lead from one to the other. */
export function isColumnRemade(
  before: Column,
  after: Column,
  { has, serverVersion }: { readonly has: ReadonlySet<string>; readonly serverVersion: number },
): boolean {
  if (before.generated === null && after.generated === null) return false
  if (before.generated === null) return true
  // The values of a virtual column are nowhere to be kept.
  if (after.generated === null) return before.generated.kind === 'virtual'
  if (before.generated.kind !== after.generated.kind || has.has('type') || has.has('collation')) return true
  return has.has('generated') && serverVersion < SET_EXPRESSION_SINCE
}

/** Whether ALTER cannot lead from one to the other; what hangs on it is not looked at. */
export function isObjectRemade(diff: ObjectDiff): boolean {
  const has = new Set(diff.differences.map(({ field }) => field))
  switch (diff.kind) {
    case 'table':
      return isTableRemade(diff, has)
    case 'view':
      return isViewRemade(diff, has)
    case 'enum':
      return (
        has.has('labels') &&
        diff.before !== null &&
        diff.after !== null &&
        !isOnlyAdded(diff.before, diff.after)
      )
    case 'domain':
      return has.has('type') || has.has('collation')
    case 'composite':
      return diff.parts.attributes.some(
        ({ before, after, differences }) =>
          before !== null && after !== null && differences.some(({ field }) => field !== 'comment'),
      )
    case 'range':
      return [
        'subtype',
        'operator class',
        'collation',
        'canonical',
        'difference function',
        'multirange',
      ].some((field) => has.has(field))
    case 'routine':
      return isRoutineRemade(diff, has)
    case 'eventTrigger':
      return ['event', 'tags', 'function'].some((field) => has.has(field))
    case 'publication':
      return diff.before !== null && diff.after !== null && isPublicationRemade(diff.before, diff.after)
    case 'other':
      return has.has('definition')
    default:
      return false
  }
}

function isTableRemade({ before, after }: DiffOfKind<'table'>, has: ReadonlySet<string>): boolean {
  if (before === null || after === null) return false
  return (
    has.has('partition key') || (before.foreign === null) !== (after.foreign === null) || has.has('server')
  )
}

function isViewRemade({ before, after }: DiffOfKind<'view'>, has: ReadonlySet<string>): boolean {
  if (before === null || after === null) return false
  if (has.has('materialised') || has.has('access method')) return true
  if (!has.has('definition')) return false
  return after.isMaterialized || !isReplaceable(before, after, sameExpression)
}

function isRoutineRemade({ before, after }: DiffOfKind<'routine'>, has: ReadonlySet<string>): boolean {
  if (before === null || after === null) return false
  if (has.has('kind') || has.has('arguments') || has.has('returns')) return true
  if (after.routineKind === 'aggregate') return has.has('definition')
  // A default of an argument cannot be taken away in place.
  return has.has('definition') && defaultsOf(after.definition) < defaultsOf(before.definition)
}

function defaultsOf(definition: string): number {
  const head = definition.split(/\b(?:returns|language|as)\b/i)[0] ?? ''
  return head.match(/\bdefault\b/gi)?.length ?? 0
}
