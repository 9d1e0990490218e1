// The migration of a draft from its base and its steps.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { applyPatch } from '#postgres/common/catalog/patch.ts'
import { fillsOf, planDraft } from '#postgres/common/diff/plan-draft.ts'
import type { MigrationPlan } from '#postgres/common/diff/plan-migration.ts'

export const NO_PLAN: MigrationPlan = { changes: [], up: [], down: [] }

/** Throws INVALID_INPUT for an expression in the draft that is none. */
export function planSteps(base: SchemaModel, steps: readonly ModelPatch[]): MigrationPlan {
  if (steps.length === 0) return NO_PLAN
  return planDraft(base, steps.reduce(applyPatch, base), { matchBy: 'id', fills: fillsOf(steps) })
}
