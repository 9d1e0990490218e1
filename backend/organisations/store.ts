// SQL of organisations, memberships and invitations. Reads are scoped by the account that asks.
import { AccountId, OrganisationId } from '#contract/capabilities/ids.ts'
import { type Organisation, type OrganisationMember, Role } from '#contract/capabilities/organisations.ts'
import { type SqlFragment, sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

interface RawOrganisation {
  id: string
  name: string
  is_personal: boolean
  role: string
  manages_billing: boolean
  created_at: Date
  updated_at: Date
}

function toOrganisation(row: RawOrganisation): Organisation {
  return {
    id: OrganisationId.parse(row.id),
    name: row.name,
    isPersonal: row.is_personal,
    role: Role.parse(row.role),
    managesBilling: row.manages_billing,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** `updated_at` counts changes of the caller's own role too: both are in the record. */
function selectVisible(accountId: AccountId, condition: SqlFragment): SqlFragment {
  return sql`
    select organisation.id, organisation.name, organisation.personal_of is not null as is_personal, membership.role,
           (membership.role = 'owner' or membership.manages_billing) as manages_billing, organisation.created_at, greatest(organisation.updated_at, membership.updated_at) as updated_at
      from organisation join membership on membership.organisation_id = organisation.id
     where membership.account_id = ${accountId} and organisation.deleted_at is null and ${condition}
     order by organisation.personal_of is null, lower(organisation.name), organisation.id`
}

export async function listOrganisations(
  db: Queryable,
  accountId: AccountId,
): Promise<readonly Organisation[]> {
  const rows = await db.query<RawOrganisation>(selectVisible(accountId, sql`true`))
  return rows.map(toOrganisation)
}

/** An organisation as a member sees it; undefined for everybody else. */
export async function findOrganisation(
  db: Queryable,
  accountId: AccountId,
  organisationId: OrganisationId,
): Promise<Organisation | undefined> {
  const rows = await db.query<RawOrganisation>(
    selectVisible(accountId, sql`organisation.id = ${organisationId}`),
  )
  return rows.map(toOrganisation)[0]
}

export async function insertOrganisation(
  tx: Tx,
  organisation: { name: string; personalOf: AccountId | null },
): Promise<OrganisationId> {
  const rows = await tx.query<{ id: string }>(sql`
    insert into organisation (name, personal_of) values (${organisation.name}, ${organisation.personalOf}) returning id`)
  return OrganisationId.parse(rows[0]?.id)
}

/** Lets one transaction at a time change who belongs to an organisation, so that the count of owners holds. */
export async function lockOrganisation(tx: Tx, organisationId: OrganisationId): Promise<void> {
  await tx.query(sql`select 1 from organisation where id = ${organisationId} for update`)
}

export async function renameOrganisation(
  tx: Tx,
  organisationId: OrganisationId,
  name: string,
): Promise<void> {
  await tx.query(sql`update organisation set name = ${name}, updated_at = now() where id = ${organisationId}`)
}

/** Takes an organisation away from everybody. The row stays for its projects on their way out. */
export async function closeOrganisation(tx: Tx, organisationId: OrganisationId): Promise<void> {
  await tx.query(
    sql`update organisation set deleted_at = now(), updated_at = now() where id = ${organisationId}`,
  )
  await tx.query(sql`delete from invitation where organisation_id = ${organisationId}`)
  await tx.query(sql`delete from membership where organisation_id = ${organisationId}`)
}

interface RawMember {
  account_id: string
  email: string
  name: string
  role: string
  manages_billing: boolean
  joined_at: Date
}

/** The members, or one of them, in the order in which they joined. */
export async function listMembers(
  db: Queryable,
  organisationId: OrganisationId,
  only?: AccountId,
): Promise<readonly OrganisationMember[]> {
  const rows = await db.query<RawMember>(sql`
    select membership.account_id, account.email, account.name, membership.role, membership.joined_at,
           (membership.role = 'owner' or membership.manages_billing) as manages_billing
      from membership join account on account.id = membership.account_id
     where membership.organisation_id = ${organisationId}
       and (${only ?? null}::uuid is null or membership.account_id = ${only ?? null}::uuid)
     order by membership.joined_at, membership.account_id`)
  return rows.map((row) => ({
    accountId: AccountId.parse(row.account_id),
    email: row.email,
    name: row.name,
    role: Role.parse(row.role),
    managesBilling: row.manages_billing,
    joinedAt: row.joined_at.toISOString(),
  }))
}

/** Adds a member; false when the account is one already. */
export async function insertMembership(
  tx: Tx,
  membership: { organisationId: OrganisationId; accountId: AccountId; role: Role },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into membership (organisation_id, account_id, role)
    values (${membership.organisationId}, ${membership.accountId}, ${membership.role})
    on conflict do nothing returning 1`)
  return rows.length > 0
}

export async function updateRole(
  tx: Tx,
  membership: { organisationId: OrganisationId; accountId: AccountId; role: Role },
): Promise<void> {
  await tx.query(sql`
    update membership set role = ${membership.role}, updated_at = now()
     where organisation_id = ${membership.organisationId} and account_id = ${membership.accountId}`)
}

export async function updateManagesBilling(
  tx: Tx,
  membership: { organisationId: OrganisationId; accountId: AccountId; managesBilling: boolean },
): Promise<void> {
  await tx.query(sql`
    update membership set manages_billing = ${membership.managesBilling}, updated_at = now()
     where organisation_id = ${membership.organisationId} and account_id = ${membership.accountId}`)
}

export async function deleteMembership(
  tx: Tx,
  organisationId: OrganisationId,
  accountId: AccountId,
): Promise<void> {
  await tx.query(
    sql`delete from membership where organisation_id = ${organisationId} and account_id = ${accountId}`,
  )
}

export async function countOwners(db: Queryable, organisationId: OrganisationId): Promise<number> {
  const rows = await db.query<{ owners: number }>(
    sql`select count(*)::integer as owners from membership where organisation_id = ${organisationId} and role = 'owner'`,
  )
  return rows[0]?.owners ?? 0
}

export interface MembershipSummary {
  readonly id: OrganisationId
  readonly name: string
  readonly isPersonal: boolean
  readonly role: Role
  readonly members: number
  readonly owners: number
}

/** What an account belongs to, with the number of members and owners there. The organisations are locked. */
export async function lockMembershipsOf(tx: Tx, accountId: AccountId): Promise<readonly MembershipSummary[]> {
  await tx.query(sql`
    select 1 from organisation where id in (select organisation_id from membership where account_id = ${accountId})
     order by id for update`)
  const rows = await tx.query<{
    id: string
    name: string
    is_personal: boolean
    role: string
    members: number
    owners: number
  }>(sql`
    select organisation.id, organisation.name, organisation.personal_of is not null as is_personal, mine.role,
           count(*)::integer as members, (count(*) filter (where everybody.role = 'owner'))::integer as owners
      from membership mine
      join organisation on organisation.id = mine.organisation_id
      join membership everybody on everybody.organisation_id = organisation.id
     where mine.account_id = ${accountId} and organisation.deleted_at is null
     group by organisation.id, mine.role`)
  return rows.map((row) => ({
    id: OrganisationId.parse(row.id),
    name: row.name,
    isPersonal: row.is_personal,
    role: Role.parse(row.role),
    members: row.members,
    owners: row.owners,
  }))
}

export async function insertInvitation(
  tx: Tx,
  invitation: {
    hash: Buffer
    organisationId: OrganisationId
    email: string
    role: Role
    invitedBy: AccountId
    at: Date
    expiresAt: Date
  },
): Promise<void> {
  await tx.query(sql`
    insert into invitation (hash, organisation_id, email, role, invited_by, created_at, expires_at)
    values (${invitation.hash}, ${invitation.organisationId}, ${invitation.email}, ${invitation.role},
            ${invitation.invitedBy}, ${invitation.at}, ${invitation.expiresAt})`)
}

/** Takes an invitation away, if it is still good and was sent to the account's own address. */
export async function takeInvitation(
  tx: Tx,
  invitation: { hash: Buffer; accountId: AccountId; at: Date },
): Promise<{ organisationId: OrganisationId; role: Role } | undefined> {
  const rows = await tx.query<{ organisation_id: string; role: string }>(sql`
    delete from invitation using account, organisation
     where invitation.hash = ${invitation.hash} and invitation.expires_at > ${invitation.at}
       and account.id = ${invitation.accountId} and account.email = invitation.email
       and organisation.id = invitation.organisation_id and organisation.deleted_at is null
    returning invitation.organisation_id, invitation.role`)
  const row = rows[0]
  if (row === undefined) return undefined
  return { organisationId: OrganisationId.parse(row.organisation_id), role: Role.parse(row.role) }
}

/** Takes back what somebody who leaves or loses a role has invited. */
export async function deleteInvitationsBy(
  tx: Tx,
  organisationId: OrganisationId,
  accountId: AccountId,
): Promise<void> {
  await tx.query(
    sql`delete from invitation where organisation_id = ${organisationId} and invited_by = ${accountId}`,
  )
}

export async function deleteExpiredInvitations(tx: Tx, at: Date): Promise<void> {
  await tx.query(sql`delete from invitation where expires_at <= ${at}`)
}
