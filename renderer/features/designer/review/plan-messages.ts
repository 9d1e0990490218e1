// What the page and the planner's worker tell each other. The base goes over once, in pieces small enough to keep the page moving; then only steps do.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import type { MigrationPlan } from '#postgres/common/diff/plan-migration.ts'

export type PlanRequest =
  | { readonly type: 'base'; readonly serverVersion: number; readonly database: string }
  | { readonly type: 'objects'; readonly objects: readonly ModelObject[] }
  | { readonly type: 'dependencies'; readonly dependencies: SchemaModel['dependencies'] }
  | { readonly type: 'plan'; readonly id: number; readonly steps: readonly ModelPatch[] }

export type PlanAnswer =
  { readonly id: number; readonly plan: MigrationPlan } | { readonly id: number; readonly problem: string }
