// The rules of organisations: who may do what to whom, and that there is always an owner.
import { AppError } from '#contract/errors.ts'
import type { AccountId, OrganisationId } from '#contract/capabilities/ids.ts'
import type { Organisation, OrganisationMember, Role } from '#contract/capabilities/organisations.ts'
import type { Actor } from '../actor.ts'
import { audit, type AuditEntry } from '../audit/index.ts'
import { type AccountOrganisations, hashOpaqueToken, type RateLimits } from '../auth/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Queryable, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { MAIL_INVITATION } from './invitation-mail.ts'
import { includesRole, requireRole } from './require-role.ts'
import * as store from './store.ts'

/** What organisations need of projects; the composition passes it in. */
export interface OrganisationProjects {
  /** Whether it has projects that are not deleted. */
  hasAny(tx: Queryable, organisationId: OrganisationId): Promise<boolean>
  /** Marks all of its projects to be removed for good. */
  deleteAllOf(tx: Tx, organisationId: OrganisationId): Promise<void>
}

interface Caller {
  readonly address: string
}

export interface OrganisationsService extends AccountOrganisations {
  list(actor: Actor): Promise<Organisation[]>
  get(actor: Actor, organisationId: OrganisationId): Promise<Organisation>
  create(actor: Actor, name: string): Promise<Organisation>
  rename(actor: Actor, organisationId: OrganisationId, name: string): Promise<Organisation>
  delete(actor: Actor, organisationId: OrganisationId): Promise<void>
  members(actor: Actor, organisationId: OrganisationId): Promise<OrganisationMember[]>
  invite(
    actor: Actor,
    input: { organisationId: OrganisationId; email: string; role: Role },
    caller: Caller,
  ): Promise<void>
  acceptInvitation(actor: Actor, token: string, caller: Caller): Promise<Organisation>
  setRole(
    actor: Actor,
    input: { organisationId: OrganisationId; accountId: AccountId; role: Role },
  ): Promise<OrganisationMember>
  setBillingAdmin(
    actor: Actor,
    input: { organisationId: OrganisationId; accountId: AccountId; managesBilling: boolean },
  ): Promise<OrganisationMember>
  removeMember(actor: Actor, input: { organisationId: OrganisationId; accountId: AccountId }): Promise<void>
}

export interface OrganisationsDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly limits: RateLimits
  readonly projects: OrganisationProjects
  /** What the plan allows; left out where it is not limited. */
  readonly entitlements?: MemberLimit | undefined
}

/** What billing knows of the number of members. */
export interface MemberLimit {
  /** Reads what is not known yet. */
  ensure(organisationId: OrganisationId): Promise<void>
  /** Throws LIMIT_REACHED or PAYMENT_REQUIRED when there may not be `count` members. */
  assert(organisationId: OrganisationId, what: { readonly limit: 'members'; readonly count: number }): void
}

/** Makes the service of organisations. */
export function createOrganisationsService(deps: OrganisationsDependencies): OrganisationsService {
  const { db, clock, jobs, limits, projects } = deps

  return {
    async list(actor) {
      return [...(await store.listOrganisations(db, actor.accountId))]
    },

    get: (actor, organisationId) => visible(db, actor, organisationId),

    create: (actor, name) =>
      db.transaction(async (tx) => {
        const organisationId = await insertOwned(tx, actor, { name, personalOf: null })
        return visible(tx, actor, organisationId)
      }),

    rename: (actor, organisationId, name) =>
      db.transaction(async (tx) => {
        await requireRole(tx, actor, organisationId, 'admin')
        await store.renameOrganisation(tx, organisationId, name)
        await audit(tx, { ...about(actor, organisationId), action: 'organisation.rename', details: { name } })
        return visible(tx, actor, organisationId)
      }),

    delete: (actor, organisationId) =>
      db.transaction(async (tx) => {
        await store.lockOrganisation(tx, organisationId)
        await requireRole(tx, actor, organisationId, 'owner')
        const organisation = await visible(tx, actor, organisationId)
        if (organisation.isPersonal)
          throw new AppError('CONFLICT', 'A personal organisation lives as long as its account.')
        if (await projects.hasAny(tx, organisationId))
          throw new AppError('CONFLICT', 'The organisation still has projects.', {
            hint: 'Delete its projects first.',
          })
        await closeWithProjects(tx, actor, organisationId)
      }),

    async members(actor, organisationId) {
      await requireRole(db, actor, organisationId, 'viewer')
      return [...(await store.listMembers(db, organisationId))]
    },

    async invite(actor, { organisationId, email, role }, caller) {
      await limits.consume('invite', { address: caller.address, account: actor.accountId })
      await db.transaction(async (tx) => {
        assertMayGrant(await requireRole(tx, actor, organisationId, 'admin'), role)
        const organisation = await visible(tx, actor, organisationId)
        if (organisation.isPersonal)
          throw new AppError('CONFLICT', 'A personal organisation has one member.', {
            hint: 'Create an organisation to work with others.',
          })
        await assertRoom(tx, organisationId)
        const payload = { organisationId, email, role, invitedBy: actor.accountId }
        await jobs.enqueue(tx, MAIL_INVITATION, payload, { maxAttempts: 5 })
        await audit(tx, {
          ...about(actor, organisationId),
          action: 'invitation.create',
          subjectKind: 'invitation',
          details: { email, role },
        })
      })
    },

    async acceptInvitation(actor, token, caller) {
      await limits.consume('acceptInvitation', { address: caller.address, account: actor.accountId })
      return db.transaction(async (tx) => {
        const invitation = await store.takeInvitation(tx, {
          hash: hashOpaqueToken(token),
          accountId: actor.accountId,
          at: clock.now(),
        })
        if (invitation === undefined)
          throw new AppError(
            'NOT_FOUND',
            'This invitation was used before, has expired, or was sent to another address.',
            { hint: 'Log in with the address that it was sent to, or ask for a new one.' },
          )
        const { organisationId, role } = invitation
        await store.lockOrganisation(tx, organisationId)
        await assertRoom(tx, organisationId)
        // Who is a member already keeps the role that somebody gave on purpose.
        if (await store.insertMembership(tx, { organisationId, accountId: actor.accountId, role }))
          await audit(tx, {
            ...about(actor, organisationId),
            action: 'membership.create',
            subjectKind: 'membership',
            subjectId: actor.accountId,
            details: { role },
          })
        return visible(tx, actor, organisationId)
      })
    },

    setRole: (actor, { organisationId, accountId, role }) =>
      db.transaction(async (tx) => {
        await store.lockOrganisation(tx, organisationId)
        const own = await requireRole(tx, actor, organisationId, 'admin')
        const member = await existingMember(tx, organisationId, accountId)
        assertMayGrant(own, member.role)
        assertMayGrant(own, role)
        if (member.role === 'owner' && role !== 'owner') await assertAnotherOwner(tx, organisationId)
        if (member.role === role) return member
        await store.updateRole(tx, { organisationId, accountId, role })
        if (!includesRole(role, member.role)) await store.deleteInvitationsBy(tx, organisationId, accountId)
        await audit(tx, {
          ...about(actor, organisationId),
          action: 'membership.set-role',
          subjectKind: 'membership',
          subjectId: accountId,
          details: { from: member.role, to: role },
        })
        return existingMember(tx, organisationId, accountId)
      }),

    setBillingAdmin: (actor, { organisationId, accountId, managesBilling }) =>
      db.transaction(async (tx) => {
        await store.lockOrganisation(tx, organisationId)
        await requireRole(tx, actor, organisationId, 'owner')
        const member = await existingMember(tx, organisationId, accountId)
        if (member.role === 'owner' || member.managesBilling === managesBilling) return member
        await store.updateManagesBilling(tx, { organisationId, accountId, managesBilling })
        await audit(tx, {
          ...about(actor, organisationId),
          action: 'membership.set-billing-admin',
          subjectKind: 'membership',
          subjectId: accountId,
          details: { managesBilling },
        })
        return existingMember(tx, organisationId, accountId)
      }),

    removeMember: (actor, { organisationId, accountId }) =>
      db.transaction(async (tx) => {
        await store.lockOrganisation(tx, organisationId)
        const isLeaving = accountId === actor.accountId
        const own = await requireRole(tx, actor, organisationId, isLeaving ? 'viewer' : 'admin')
        const member = await existingMember(tx, organisationId, accountId)
        assertMayGrant(own, member.role)
        if (member.role === 'owner') await assertAnotherOwner(tx, organisationId)
        await removeFrom(tx, { actor, organisationId, accountId, role: member.role })
      }),

    async createPersonal(tx, actor, name) {
      await insertOwned(tx, actor, { name, personalOf: actor.accountId })
    },

    async removeAccount(tx, actor) {
      const { accountId } = actor
      const memberships = await store.lockMembershipsOf(tx, accountId)
      for (const one of memberships) assertNotNeeded(one)
      for (const one of memberships) {
        if (goesWithAccount(one)) await closeWithProjects(tx, actor, one.id)
        else await removeFrom(tx, { actor, organisationId: one.id, accountId, role: one.role })
      }
    },
  }

  /** That one more member fits. */
  async function assertRoom(tx: Tx, organisationId: OrganisationId): Promise<void> {
    if (deps.entitlements === undefined) return
    await deps.entitlements.ensure(organisationId)
    const members = await store.listMembers(tx, organisationId)
    deps.entitlements.assert(organisationId, { limit: 'members', count: members.length + 1 })
  }

  async function closeWithProjects(tx: Tx, actor: Actor, organisationId: OrganisationId): Promise<void> {
    await projects.deleteAllOf(tx, organisationId)
    await store.closeOrganisation(tx, organisationId)
    await audit(tx, { ...about(actor, organisationId), action: 'organisation.delete' })
  }
}

async function insertOwned(
  tx: Tx,
  actor: Actor,
  organisation: { name: string; personalOf: AccountId | null },
): Promise<OrganisationId> {
  const organisationId = await store.insertOrganisation(tx, organisation)
  await store.insertMembership(tx, { organisationId, accountId: actor.accountId, role: 'owner' })
  await audit(tx, {
    ...about(actor, organisationId),
    action: 'organisation.create',
    details: { name: organisation.name },
  })
  return organisationId
}

async function removeFrom(
  tx: Tx,
  membership: { actor: Actor; organisationId: OrganisationId; accountId: AccountId; role: Role },
): Promise<void> {
  const { actor, organisationId, accountId, role } = membership
  await store.deleteMembership(tx, organisationId, accountId)
  await store.deleteInvitationsBy(tx, organisationId, accountId)
  await audit(tx, {
    ...about(actor, organisationId),
    action: 'membership.delete',
    subjectKind: 'membership',
    subjectId: accountId,
    details: { role },
  })
}

async function visible(db: Queryable, actor: Actor, organisationId: OrganisationId): Promise<Organisation> {
  await requireRole(db, actor, organisationId, 'viewer')
  const organisation = await store.findOrganisation(db, actor.accountId, organisationId)
  if (organisation === undefined) throw new AppError('NOT_FOUND', 'There is no such organisation.')
  return organisation
}

async function existingMember(
  tx: Tx,
  organisationId: OrganisationId,
  accountId: AccountId,
): Promise<OrganisationMember> {
  const member = (await store.listMembers(tx, organisationId, accountId))[0]
  if (member === undefined) throw new AppError('NOT_FOUND', 'There is no such member.')
  return member
}

/** Nobody gives, takes or touches a role above their own. */
function assertMayGrant(own: Role, role: Role): void {
  if (!includesRole(own, role))
    throw new AppError('FORBIDDEN', `Your role ${own} does not reach the role ${role}.`, {
      hint: 'Ask an owner of the organisation.',
    })
}

async function assertAnotherOwner(tx: Tx, organisationId: OrganisationId): Promise<void> {
  if ((await store.countOwners(tx, organisationId)) < 2)
    throw new AppError('CONFLICT', 'An organisation needs an owner, and this is the last one.', {
      hint: 'Make another member an owner first.',
    })
}

/** A personal organisation, and one where nobody else is. */
function goesWithAccount(membership: store.MembershipSummary): boolean {
  return membership.isPersonal || membership.members === 1
}

function assertNotNeeded(membership: store.MembershipSummary): void {
  if (goesWithAccount(membership) || membership.role !== 'owner' || membership.owners > 1) return
  throw new AppError('CONFLICT', `You are the only owner of ${membership.name}, which has other members.`, {
    hint: 'Make another member its owner, or remove the others, then delete the account.',
  })
}

function about(
  actor: Actor,
  organisationId: OrganisationId,
): Pick<AuditEntry, 'actor' | 'organisationId' | 'subjectKind' | 'subjectId'> {
  return { actor, organisationId, subjectKind: 'organisation', subjectId: organisationId }
}
