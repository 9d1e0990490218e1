// What a draft fills rows with.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import { fillsOf } from '#postgres/common/diff/plan-draft.ts'

/** The expression that the staged steps fill the column with; blank for none. */
export function fillOf(steps: readonly ModelPatch[], columnId: string): string {
  return fillsOf(steps).find((fill) => fill.columnId === columnId)?.expression ?? ''
}
