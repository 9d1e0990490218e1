// Edits of row-level security policies.
import type { Policy } from '#contract/schema/types.ts'
import { makeEdit, refuse, type Edit, type EditContext } from './model-edit.ts'
import { checkPartName, freeName } from './names.ts'

/** What a policy says. Expressions without their outer parentheses; null or blank for none. */
export type PolicyInput = Pick<Policy, 'command' | 'isPermissive' | 'roles' | 'using' | 'check'>

/** Adds a policy. It counts once the table has row-level security. */
export function addPolicy(
  context: EditContext,
  input: Partial<PolicyInput> & {
    readonly tableId: string
    readonly name?: string
    /** Also switches row-level security on. */
    readonly enable?: boolean
  },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const name =
      input.name ?? freeName(`${table.name}_policy`, new Set(table.policies.map((one) => one.name)))
    checkPartName(table.policies, name, { what: 'policy' })
    const policy = checked({
      id: edit.newId('policy'),
      name,
      command: input.command ?? 'all',
      isPermissive: input.isPermissive ?? true,
      roles: input.roles ?? [],
      using: input.using ?? null,
      check: input.check ?? null,
      comment: null,
    })
    edit.put({
      ...table,
      policies: [...table.policies, policy],
      hasRowSecurity: table.hasRowSecurity || input.enable === true,
    })
    return { label: `Add policy ${name} to ${table.name}`, objectId: table.id, partId: policy.id }
  })
}

/** Changes a policy. */
export function changePolicy(
  context: EditContext,
  input: { readonly tableId: string; readonly policyId: string; readonly change: Partial<PolicyInput> },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const before = table.policies.find(({ id }) => id === input.policyId)
    if (before === undefined) return refuse('The policy is no longer there.')
    const after = checked({ ...before, ...input.change })
    edit.put({ ...table, policies: table.policies.map((one) => (one.id === before.id ? after : one)) })
    return { label: `Change policy ${before.name}`, objectId: table.id, partId: before.id }
  })
}

function checked(policy: Policy): Policy {
  const text = (expression: string | null): string | null => {
    const trimmed = expression?.trim() ?? ''
    return trimmed === '' ? null : trimmed
  }
  const next = { ...policy, using: text(policy.using), check: text(policy.check) }
  if (next.command === 'insert' && next.using !== null)
    refuse('A policy for insert has no condition for rows that are seen; only one for rows that are written.')
  if ((next.command === 'select' || next.command === 'delete') && next.check !== null)
    refuse(`A policy for ${next.command} has no condition for rows that are written.`)
  return next
}
