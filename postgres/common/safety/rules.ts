// All rules of migration safety, in the order in which they are asked. docs/migration-safety.md is made from this.
import type { Rule } from './rule.ts'
import { columnTypeRules } from './rules/column-type.ts'
import { columnRules } from './rules/columns.ts'
import { constraintRules } from './rules/constraints.ts'
import { dropRules } from './rules/drops.ts'
import { indexRules } from './rules/indexes.ts'
import { objectRules } from './rules/objects.ts'
import { passwordRules } from './rules/passwords.ts'
import { otherRules, UNKNOWN_RULE } from './rules/others.ts'
import { rowRules } from './rules/rows.ts'
import { tableRules } from './rules/tables.ts'
import { typeRules } from './rules/types.ts'

export const SAFETY_RULES: readonly Rule[] = [
  ...columnRules,
  ...columnTypeRules,
  ...constraintRules,
  ...tableRules,
  ...indexRules,
  ...dropRules,
  ...typeRules,
  ...objectRules,
  ...rowRules,
  // Before the rules of the statements that hold them.
  ...passwordRules,
  ...otherRules,
  UNKNOWN_RULE,
]
