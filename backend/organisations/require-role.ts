// The one place where roles are checked.
import { AppError } from '#contract/errors.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Role } from '#contract/capabilities/organisations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Actor } from '../actor.ts'
import type { Queryable } from '../db/database.ts'

const RANK: Readonly<Record<Role, number>> = { viewer: 0, developer: 1, admin: 2, owner: 3 }

/** Whether `role` includes what `minimum` may do. */
export function includesRole(role: Role, minimum: Role): boolean {
  return RANK[role] >= RANK[minimum]
}

/**
 * That the actor sees and changes billing: owners, and whom an owner let. Throws NOT_FOUND when the actor is no member, FORBIDDEN where others manage it.
 */
export async function requireBilling(
  tx: Queryable,
  actor: Actor,
  organisationId: OrganisationId,
): Promise<void> {
  await requireRole(tx, actor, organisationId, 'viewer')
  const rows = await tx.query(sql`
    select from membership
     where organisation_id = ${organisationId} and account_id = ${actor.accountId} and (role = 'owner' or manages_billing)`)
  if (rows.length === 0)
    throw new AppError(
      'FORBIDDEN',
      'Billing is managed by the owners of the organisation and whom they let.',
      {
        hint: 'Ask an owner, or to be let.',
      },
    )
}

/**
 * The role of the actor in an organisation. Throws NOT_FOUND when the actor is no member (another tenant's organisation looks like none),
 * FORBIDDEN when the role is too low.
 */
export async function requireRole(
  tx: Queryable,
  actor: Actor,
  organisationId: OrganisationId,
  minimum: Role,
): Promise<Role> {
  const rows = await tx.query<{ role: string }>(sql`
    select membership.role
      from membership join organisation on organisation.id = membership.organisation_id
     where membership.organisation_id = ${organisationId}
       and membership.account_id = ${actor.accountId}
       and organisation.deleted_at is null`)
  const first = rows[0]
  if (first === undefined) throw new AppError('NOT_FOUND', 'There is no such organisation.')
  const role = Role.parse(first.role)
  if (!includesRole(role, minimum))
    throw new AppError('FORBIDDEN', `This needs the role ${minimum} or more; yours is ${role}.`, {
      hint: 'An owner or admin of the organisation can change your role.',
    })
  return role
}
