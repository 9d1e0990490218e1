// Accounts, organisations and memberships straight in the database, for tests that are about something else.
import { randomUUID } from 'node:crypto'
import type { Actor } from '../backend/actor.ts'
import type { Database } from '../backend/db/database.ts'
import { AccountId, OrganisationId } from '../contract/capabilities/ids.ts'
import type { Role } from '../contract/capabilities/organisations.ts'
import { sql } from '../postgres/common/sql/sql.ts'

export interface Tenants {
  /** A new account. */
  person(): Promise<Actor>
  /** A new organisation with its members. */
  organisation(members: readonly (readonly [Actor, Role])[]): Promise<OrganisationId>
  join(organisationId: OrganisationId, actor: Actor, role: Role): Promise<void>
  leave(organisationId: OrganisationId, actor: Actor): Promise<void>
}

/** Makes the helpers over a migrated database. */
export function createTenants(db: Database): Tenants {
  const join: Tenants['join'] = async (organisationId, { accountId }, role) => {
    await db.query(sql`
      insert into membership (organisation_id, account_id, role) values (${organisationId}, ${accountId}, ${role})
      on conflict (organisation_id, account_id) do update set role = excluded.role, updated_at = now()`)
  }
  return {
    async person() {
      const accountId = AccountId.parse(randomUUID())
      await db.query(
        sql`insert into account (id, email, password_hash) values (${accountId}, ${`${accountId}@example.com`}, '-')`,
      )
      return { accountId, sessionId: randomUUID() }
    },
    async organisation(members) {
      const id = OrganisationId.parse(randomUUID())
      await db.query(
        sql`insert into organisation (id, name) values (${id}, ${`Organisation ${id.slice(0, 4)}`})`,
      )
      for (const [actor, role] of members) await join(id, actor, role)
      return id
    },
    join,
    async leave(organisationId, { accountId }) {
      await db.query(
        sql`delete from membership where organisation_id = ${organisationId} and account_id = ${accountId}`,
      )
    },
  }
}
