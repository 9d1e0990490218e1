// The state of a review: the text that would run, what is known of each of its statements, what stands in the way of applying it.
import { useState } from 'react'
import type { ReviewText } from '#contract/capabilities/designs.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { MigrationPlan } from '#postgres/common/diff/plan-migration.ts'
import { useStore, type Store } from '../../host/store.ts'
import { edited, generatedAgain, type Direction } from './review-text.ts'
import { proposeName, replaceStatement, scriptOf, shownStatements, type ShownStatement } from './script.ts'
import { useSafety, type Safety } from './use-safety.ts'

export interface Review {
  readonly up: string
  readonly down: string
  readonly isEdited: boolean
  /** The draft has changed since the SQL was edited. */
  readonly isBehind: boolean
  readonly proposedName: string
  readonly statements: readonly ShownStatement[]
  readonly safety: Safety
  /** Changes when the text of the editor has to be taken anew. */
  readonly revision: number
  edit(direction: Direction, text: string): void
  backToGenerated(): void
  useSafeForm(statement: ShownStatement, statements: readonly string[]): void
}

/** The review of a plan, over what the person made of its text. */
export function useReview(connectionId: ConnectionId, plan: MigrationPlan, text: Store<ReviewText>): Review {
  const kept = useStore(text)
  const [revision, setRevision] = useState(0)
  const generated = { up: scriptOf(plan.up), down: scriptOf(plan.down) }
  const up = kept.up ?? generated.up
  const down = kept.down ?? generated.down
  const safety = useSafety(connectionId, up)
  const statements = shownStatements(up, plan.up, safety.statements)
  const edit = (direction: Direction, next: string): void =>
    text.update((before) => edited(before, { direction, text: next, generated: generated[direction] }))
  return {
    up,
    down,
    isEdited: kept.up !== null || kept.down !== null,
    isBehind:
      kept.editedFrom !== null && kept.editedFrom !== generated.up && kept.editedFrom !== generated.down,
    proposedName: kept.name ?? proposeName(plan.changes),
    statements,
    safety,
    revision,
    edit,
    backToGenerated() {
      text.update(generatedAgain)
      setRevision((before) => before + 1)
    },
    useSafeForm(statement, replacement) {
      edit('up', replaceStatement(up, statement, replacement))
      setRevision((before) => before + 1)
    },
  }
}
