// Makes rules for commands of ALTER TABLE.
import type { LockMode } from '#contract/capabilities/schema.ts'
import type { ReviewContext } from '../facts.ts'
import type { BatchMark } from '../../script/batch-mark.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import { commandLocks, type Effect, type Rule, type TableCommand } from '../rule.ts'

export type Subtype = TableCommand['subtype']

interface CommandRule extends Omit<Rule, 'check'> {
  readonly subtypes: readonly Subtype[]
  check(command: TableCommand, context: ReviewContext): Effect | null
}

/** A rule for these commands of ALTER TABLE. */
export function commandRule({ subtypes, check, ...rule }: CommandRule): Rule {
  return {
    ...rule,
    check: ({ command }, context) =>
      command !== undefined && subtypes.includes(command.subtype) ? check(command, context) : null,
  }
}

/** A rule for commands that change the catalog only: a moment under this lock, on partitions and heirs too unless said otherwise. */
export function briefRule(
  rule: Omit<CommandRule, 'check' | 'locks'> & {
    readonly mode: LockMode
    readonly isAlone?: boolean
    readonly message?: string
  },
): Rule {
  const { mode, isAlone, message, ...rest } = rule
  return commandRule({
    ...rest,
    locks: mode,
    check: (command, context) => {
      const locks = commandLocks(command, context, { mode })
      return {
        locks: isAlone === true ? locks.slice(0, 1) : locks,
        ...(message === undefined ? {} : { message }),
      }
    },
  })
}

/** A rule for whole statements. `check` looks at the tree itself; it is not asked about the commands of an ALTER TABLE. */
export function statementRule(
  rule: Omit<Rule, 'check'> & {
    check(tree: SyntaxNode, context: ReviewContext, batch: BatchMark | undefined): Effect | null
  },
): Rule {
  const { check, ...rest } = rule
  return {
    ...rest,
    check: ({ tree, command, batch }, context) =>
      command === undefined ? check(tree, context, batch) : null,
  }
}
