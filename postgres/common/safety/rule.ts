// What a rule of migration safety is: for which statements, what they lock, and what there is to say.
import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint, RangeVar } from '@pgsql/types'
import type { LockMode } from '#contract/capabilities/schema.ts'
import type { RelationName } from '#contract/schema/types.ts'
import type { BatchMark } from '../script/batch-mark.ts'
import type { SyntaxNode } from '../script/parsed-statement.ts'
import type { ReviewContext } from './facts.ts'

/** A part of a statement that has effects of its own: one command of ALTER TABLE, a constraint of a column that is added, or the statement itself. */
export interface Action {
  readonly tree: SyntaxNode
  /** Of a whole statement: as it was written. */
  readonly text?: string
  /** Of ALTER TABLE only. */
  readonly command?: TableCommand
  /** The statement is marked to go through its table in parts. */
  readonly batch?: BatchMark | undefined
}

export interface TableCommand {
  readonly statement: AlterTableStmt
  readonly relation: RangeVar
  readonly subtype: NonNullable<AlterTableCmd['subtype']>
  readonly command: AlterTableCmd
  readonly column?: ColumnDef
  readonly constraint?: Constraint
  /** The constraint was written with the column that the same command adds. */
  readonly isInline: boolean
  /** `alter table if exists only film`: as it was written. */
  readonly head: string
  /** `add column due_at date`: as it was written. */
  readonly text: string
}

export interface Lock {
  readonly relation: RelationName
  readonly mode: LockMode
  readonly isRewritten?: boolean
  readonly isScanned?: boolean
}

export interface SafeForm {
  readonly summary: string
  /** In the place of the action. */
  readonly statements: readonly string[]
}

export interface Effect {
  readonly locks: readonly Lock[]
  /** For a person; nothing is said without one. */
  readonly message?: string
  readonly safeForm?: SafeForm | null
  readonly isDestructive?: boolean
}

export type Severity = 'note' | 'caution' | 'danger'

export interface Rule {
  /** Stable: `add-column-volatile-default`. */
  readonly name: string
  /** For which statements, as the manual writes them. */
  readonly statement: string
  readonly severity: Severity
  /** Address in the PostgreSQL manual that says so. */
  readonly source: string
  /** Locks, for the page of rules. */
  readonly locks: string
  /** What there is to know, and what to do instead; for the page of rules. */
  readonly about: string
  /** Null when the action is none of this rule. The first rule that has something to say wins. */
  check(action: Action, context: ReviewContext): Effect | null
}

const MANUAL = 'https://www.postgresql.org/docs/18/'

/** An address in the manual: manual('sql-altertable', 'SQL-ALTERTABLE-NOTES'). */
export function manual(page: string, anchor?: string): string {
  return `${MANUAL}${page}.html${anchor === undefined ? '' : `#${anchor}`}`
}

/** Locks on the relation of an ALTER TABLE, and on what inherits from it unless it says ONLY. */
export function commandLocks(
  { relation }: TableCommand,
  context: ReviewContext,
  lock: Omit<Lock, 'relation'>,
): Lock[] {
  const name = context.resolve(relation)
  return withDescendants(name, context, relation.inh === true).map((one) => ({
    ...lock,
    relation: one,
    ...storageOf(one, context, lock),
  }))
}

export function withDescendants(name: RelationName, context: ReviewContext, isWhole = true): RelationName[] {
  return isWhole ? [name, ...context.descendants(name)] : [name]
}

/** A partitioned table has no rows itself: nothing there is rewritten or scanned. */
function storageOf(
  name: RelationName,
  context: ReviewContext,
  lock: Omit<Lock, 'relation'>,
): Pick<Lock, 'isRewritten' | 'isScanned'> {
  const isPartitioned = (context.table(name)?.partitionKey ?? null) !== null
  return isPartitioned
    ? { isRewritten: false, isScanned: false }
    : { isRewritten: lock.isRewritten ?? false, isScanned: lock.isScanned ?? false }
}

/** `film`, `shop.film`: for people. */
export function shown(name: RelationName): string {
  return name.schema === 'public' ? name.name : `${name.schema}.${name.name}`
}
