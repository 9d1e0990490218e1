// ALTER SEQUENCE.
import type { Sequence, SequenceOptions } from '#contract/schema/types.ts'
import type { Difference } from '../../diff/fields.ts'
import { fromCatalog, join, sql, type SqlFragment } from '../../sql/sql.ts'
import { qualified, shown, statement } from '../create/context.ts'
import { typeText } from '../create/expression.ts'
import { sequenceOwnedBy } from '../create/routine.ts'
import type { Statement } from '../statement.ts'

/** What comes after ALTER SEQUENCE name: every option that changes; nothing when none does. */
export function alterSequenceOptions(
  before: SequenceOptions,
  after: SequenceOptions,
): readonly SqlFragment[] {
  const pieces: SqlFragment[] = []
  if (before.type !== after.type) pieces.push(sql` as ${typeText(after.type)}`)
  if (before.increment !== after.increment) pieces.push(sql` increment by ${integer(after.increment)}`)
  // A new type takes its own bounds along where the old ones were those of the old type.
  const isRetyped = before.type !== after.type
  if (isRetyped || before.min !== after.min) pieces.push(sql` minvalue ${integer(after.min)}`)
  if (isRetyped || before.max !== after.max) pieces.push(sql` maxvalue ${integer(after.max)}`)
  if (before.start !== after.start) pieces.push(sql` start with ${integer(after.start)}`)
  if (before.cache !== after.cache) pieces.push(sql` cache ${integer(after.cache)}`)
  if (before.isCycling !== after.isCycling) pieces.push(after.isCycling ? sql` cycle` : sql` no cycle`)
  return pieces.length === 0 ? [] : [join(pieces, '')]
}

function integer(text: string): SqlFragment {
  if (!/^-?\d+$/.test(text)) throw new TypeError(`${text} is not a whole number`)
  return fromCatalog(text)
}

export interface SequenceSteps {
  /** Frees it from the column that owned it. */
  readonly free: readonly Statement[]
  readonly change: readonly Statement[]
  /** Gives it to the column that owns it. */
  readonly own: readonly Statement[]
}

/** The statements that change a sequence. */
export function alterSequence(
  before: Sequence,
  after: Sequence,
  differences: readonly Difference[],
): SequenceSteps {
  const has = new Set(differences.map(({ field }) => field))
  const about = { objectId: after.id, summary: `Change sequence ${shown(after)}` }
  const change: Statement[] = []
  for (const options of alterSequenceOptions(before.options, after.options))
    change.push(statement(sql`alter sequence ${qualified(after)}${options}`, about))
  if (has.has('unlogged'))
    change.push(
      statement(
        sql`alter sequence ${qualified(after)} set ${after.isUnlogged ? sql`unlogged` : sql`logged`}`,
        about,
      ),
    )
  if (!has.has('owned by')) return { free: [], change, own: [] }
  const owned = sequenceOwnedBy(after)
  return {
    free: before.ownedBy === null ? [] : [freeSequence(after)],
    change,
    own: owned === null ? [] : [owned],
  }
}

/** `alter sequence … owned by none`. */
function freeSequence(sequence: Sequence): Statement {
  return statement(sql`alter sequence ${qualified(sequence)} owned by none`, {
    objectId: sequence.id,
    summary: `Let sequence ${shown(sequence)} stand on its own`,
  })
}
