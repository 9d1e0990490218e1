// The door of plans: what EXPLAIN printed, as a tree, as text, and what stands out in it.
export { findingsOf, type PlanFinding } from './findings.ts'
export { nodesOf, parsePlans, type PlanNode, type QueryPlan } from './plan.ts'
export { planText } from './text.ts'
