// Roles as statements name them.
import type { RoleSpec } from '@pgsql/types'
import type { Nodes } from './nodes.ts'

const WORDS: Readonly<Record<string, string>> = {
  ROLESPEC_CURRENT_ROLE: 'current_role',
  ROLESPEC_CURRENT_USER: 'current_user',
  ROLESPEC_SESSION_USER: 'session_user',
}

/** The role's name; null for PUBLIC. CURRENT_USER and its kin stay what they are: who that is, no text says. */
export function roleName(role: RoleSpec | undefined): string | null {
  if (role === undefined || role.roletype === 'ROLESPEC_PUBLIC') return null
  return role.rolename ?? WORDS[role.roletype ?? ''] ?? null
}

/** All of a list; null is PUBLIC. `self` stands for the role that runs the script. */
export function roleNames(nodes: Nodes, self: string): (string | null)[] {
  return (nodes ?? []).flatMap((one) => {
    if (!('RoleSpec' in one)) return []
    const isSelf = one.RoleSpec.roletype !== undefined && one.RoleSpec.roletype in WORDS
    return [isSelf ? self : roleName(one.RoleSpec)]
  })
}
