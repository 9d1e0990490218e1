// The form of a policy: what each command takes, templates, and what it says in the end.
import { z } from 'zod'
import type { Policy } from '#contract/capabilities/access.ts'
import { Identifier } from '#contract/capabilities/database.ts'

export type PolicyCommandName = Policy['command']

export const POLICY_COMMANDS = ['all', 'select', 'insert', 'update', 'delete'] as const

export const COMMAND_WORDS: Readonly<Record<PolicyCommandName, string>> = {
  all: 'Everything',
  select: 'Select',
  insert: 'Insert',
  update: 'Update',
  delete: 'Delete',
}

/** Whether rows that are there are filtered, and rows that are written are checked. */
export function partsOf(command: PolicyCommandName): { readonly using: boolean; readonly check: boolean } {
  return { using: command !== 'insert', check: command !== 'select' && command !== 'delete' }
}

/** The roles of a comma-separated text, without repeats. */
export function rolesOf(text: string): string[] {
  return [...new Set(text.split(',').map((role) => role.trim()))].filter((role) => role !== '')
}

/** What may be in the form of a policy for this command. */
export function policyForm(command: PolicyCommandName): z.ZodType {
  const parts = partsOf(command)
  return z.object({
    name: Identifier,
    roles: z
      .string()
      .refine((text) => rolesOf(text).length > 0, 'Name at least one role.')
      .refine(
        (text) => rolesOf(text).every((role) => Identifier.safeParse(role).success),
        'One of these cannot be a role.',
      ),
    // Postgres takes a policy without a condition, and then it allows no row at all.
    using: parts.using ? condition() : z.string(),
    check: parts.check ? (parts.using ? expression() : condition()) : z.string(),
  })
}

const expression = () => z.string().max(20_000, 'Use at most 20 000 characters.')
const condition = () =>
  expression().refine((text) => text.trim() !== '', 'Write a condition; true stands for every row.')

export interface PolicyTemplate {
  readonly id: string
  readonly label: string
  readonly command: PolicyCommandName
  readonly roles: string
  readonly name: string
  readonly using: string
  readonly check: string
}

/** Where to begin. `sub` of the token is the user. */
export const POLICY_TEMPLATES: readonly PolicyTemplate[] = [
  {
    id: 'read-all',
    label: 'Everybody reads every row',
    command: 'select',
    roles: 'anon, authenticated',
    name: 'read all rows',
    using: 'true',
    check: '',
  },
  {
    id: 'own-rows',
    label: 'Users see and change their own rows',
    command: 'all',
    roles: 'authenticated',
    name: 'own rows',
    using: "user_id::text = (current_setting('request.jwt.claims', true)::json ->> 'sub')",
    check: "user_id::text = (current_setting('request.jwt.claims', true)::json ->> 'sub')",
  },
  {
    id: 'signed-in-insert',
    label: 'Signed-in users insert',
    command: 'insert',
    roles: 'authenticated',
    name: 'signed-in users insert',
    using: '',
    check: 'true',
  },
]

/** An expression in parentheses, as SQL wants it. Postgres prints most with a pair of their own, which is enough. */
export function inParentheses(expression: string): string {
  // Texts and quoted names may hold parentheses of their own.
  const bare = expression.replaceAll(/'[^']*'|"[^"]*"/g, (quoted) => '_'.repeat(quoted.length))
  let depth = 0
  const closes = [...bare].findIndex((character) => {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    return depth === 0
  })
  return bare.startsWith('(') && closes === bare.length - 1 ? expression : `(${expression})`
}
