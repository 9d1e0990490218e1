// VALIDATE CONSTRAINT reads all rows and blocks nobody, but only in a transaction that holds nothing stronger: the lock of the ADD CONSTRAINT … NOT VALID
// before it would be held through the whole scan.
import type { AlterTableCmd } from '@pgsql/types'
import type { RelationName } from '#contract/schema/types.ts'
import type { ParsedStatement, SyntaxNode } from '../script/parsed-statement.ts'
import { reviewContext } from './facts.ts'
import { madeBy } from './rules/objects.ts'
import { strings } from './tree.ts'

/** Take SHARE UPDATE EXCLUSIVE too, so VALIDATE may stand beside them. */
const WEAK: readonly AlterTableCmd['subtype'][] = [
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
]

/**
 * Which statements of a script are VALIDATE CONSTRAINT and so belong into a transaction of their own: of a table or a domain that the script does not make
 * itself, because nobody uses that yet. One flag per statement.
 */
export function validations(statements: readonly ParsedStatement[]): readonly boolean[] {
  const context = reviewContext({ serverVersion: 0, model: null })
  const madeDomains = new Set<string>()
  return statements.map(({ tree }) => {
    const made = madeBy(tree, context)
    if (made !== undefined) context.noteMade(made)
    if ('CreateDomainStmt' in tree) madeDomains.add(strings(tree.CreateDomainStmt.domainname).at(-1) ?? '')
    if ('AlterDomainStmt' in tree)
      // As the parser writes VALIDATE.
      return (
        tree.AlterDomainStmt.subtype === 'V' &&
        !madeDomains.has(strings(tree.AlterDomainStmt.typeName).at(-1) ?? '')
      )
    if (!('AlterTableStmt' in tree) || !commandsOf(tree).every(isValidation)) return false
    const relation: RelationName = context.resolve(tree.AlterTableStmt.relation)
    return !context.isMade(relation)
  })
}

/** Whether a command of the ALTER TABLE takes a stronger lock than VALIDATE, which then holds through its scan. */
export function isValidatedUnderLock(statement: { readonly cmds?: readonly SyntaxNode[] }): boolean {
  const commands = commandsOf({ AlterTableStmt: statement })
  return commands.some(isValidation) && commands.some(({ subtype }) => !WEAK.includes(subtype))
}

function isValidation({ subtype }: AlterTableCmd): boolean {
  return subtype === 'AT_ValidateConstraint'
}

function commandsOf(tree: {
  readonly AlterTableStmt: { readonly cmds?: readonly SyntaxNode[] }
}): AlterTableCmd[] {
  return (tree.AlterTableStmt.cmds ?? []).flatMap((node) =>
    'AlterTableCmd' in node ? [node.AlterTableCmd] : [],
  )
}
