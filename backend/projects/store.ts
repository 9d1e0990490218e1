// SQL of projects. A purged project is invisible everywhere; what its database does is joined from provisioning's `instance`.
import { z } from 'zod'
import type { AccountId } from '#contract/capabilities/ids.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { Environment, ProjectStatus, type Project } from '#contract/capabilities/projects.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

export const DesiredState = z.enum(['awake', 'asleep', 'deleted'])
export type DesiredState = z.infer<typeof DesiredState>

/** A project with what is wanted of it. */
export interface ProjectRow extends Project {
  readonly desiredState: DesiredState
  /** Why it is held asleep; null: it is not. */
  readonly hold: Hold | null
}

/** Why billing lets nobody wake a project. */
export const Hold = z.enum(['quota', 'cap', 'suspended'])
export type Hold = z.infer<typeof Hold>

interface RawProject {
  id: string
  organisation_id: string
  name: string
  ref: string
  environment: string
  region: string
  postgres_version: string
  desired_state: string
  hold: string | null
  purge_at: Date | null
  created_at: Date
  updated_at: Date
  status: string | null
  problem: string | null
  size_bytes: string | null
}

/** `instance` has no row until the reconciler first looked at the project. */
function selectProjects(condition: SqlFragment): SqlFragment {
  return sql`
    select project.id, project.organisation_id, project.name, project.ref, project.environment, project.region,
           project.postgres_version, project.desired_state, project.hold, project.purge_at, project.created_at, project.updated_at,
           instance.status, instance.problem, instance.size_bytes
      from project left join instance on instance.project_id = project.id
     where project.desired_state <> 'purged' and ${condition}`
}

function toProject(row: RawProject): ProjectRow {
  const desiredState = DesiredState.parse(row.desired_state)
  const status = desiredState === 'deleted' ? 'deleted' : ProjectStatus.parse(row.status ?? 'creating')
  return {
    id: ProjectId.parse(row.id),
    organisationId: OrganisationId.parse(row.organisation_id),
    name: row.name,
    ref: row.ref,
    environment: Environment.parse(row.environment),
    region: row.region,
    postgresVersion: row.postgres_version,
    status,
    problem: status === 'failed' ? row.problem : null,
    purgeAt: row.purge_at?.toISOString() ?? null,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    desiredState,
    hold: Hold.nullable().parse(row.hold),
  }
}

/** The record as the contract has it. */
export function toContractProject({ desiredState: _, hold: __, ...project }: ProjectRow): Project {
  return project
}

export async function findProject(db: Queryable, projectId: ProjectId): Promise<ProjectRow | undefined> {
  const rows = await db.query<RawProject>(selectProjects(sql`project.id = ${projectId}`))
  return rows.map(toProject)[0]
}

/** As findProject, and holds the row. */
export async function lockProject(tx: Tx, projectId: ProjectId): Promise<ProjectRow | undefined> {
  const rows = await tx.query<RawProject>(
    sql`${selectProjects(sql`project.id = ${projectId}`)} for no key update of project`,
  )
  return rows.map(toProject)[0]
}

/** Projects by id, whoever owns them: for callers that know who may see them. */
export async function findProjects(
  db: Queryable,
  projectIds: readonly string[],
): Promise<readonly ProjectRow[]> {
  const rows = await db.query<RawProject>(selectProjects(sql`project.id = any (${projectIds}::uuid[])`))
  return rows.map(toProject)
}

/** What an account can see, by name. */
export async function listVisibleProjects(
  db: Queryable,
  accountId: AccountId,
  filter: { readonly organisationId: OrganisationId | undefined; readonly includeDeleted: boolean },
): Promise<readonly ProjectRow[]> {
  const rows = await db.query<RawProject>(sql`${selectProjects(sql`
        (${filter.includeDeleted} or project.desired_state <> 'deleted')
    and (${filter.organisationId ?? null}::uuid is null or project.organisation_id = ${filter.organisationId ?? null})
    and exists (
      select from membership join organisation on organisation.id = membership.organisation_id
       where membership.account_id = ${accountId} and membership.organisation_id = project.organisation_id
         and organisation.deleted_at is null)`)}
     order by lower(project.name), project.id`)
  return rows.map(toProject)
}

/**
 * Holds an organisation's row, so that its projects are counted and made by one transaction at a time and it is not deleted meanwhile. False when it
 * is gone.
 */
export async function lockOrganisation(tx: Tx, organisationId: OrganisationId): Promise<boolean> {
  const rows = await tx.query(
    sql`select id from organisation where id = ${organisationId} and deleted_at is null for no key update`,
  )
  return rows.length > 0
}

/** How many projects an organisation keeps storage for, deleted ones in their grace period included. */
export async function countProjects(tx: Tx, organisationId: OrganisationId): Promise<number> {
  const rows = await tx.query<{ count: string }>(
    sql`select count(*) from project where organisation_id = ${organisationId} and desired_state <> 'purged'`,
  )
  return Number(rows[0]?.count)
}

/** Whether an organisation has projects that are not deleted. */
export async function hasLiveProjects(db: Queryable, organisationId: OrganisationId): Promise<boolean> {
  const rows = await db.query(
    sql`select id from project where organisation_id = ${organisationId} and desired_state in ('awake', 'asleep') limit 1`,
  )
  return rows.length > 0
}

export interface NewProject {
  readonly id: ProjectId
  readonly organisationId: OrganisationId
  readonly name: string
  readonly ref: string
  readonly environment: Environment
  readonly region: string
  readonly postgresVersion: string
  readonly createdBy: AccountId
  readonly at: Date
}

export async function insertProject(tx: Tx, project: NewProject): Promise<void> {
  await tx.query(sql`
    insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_by, created_at, updated_at)
    values (${project.id}, ${project.organisationId}, ${project.name}, ${project.ref}, ${project.environment}, ${project.region},
            ${project.postgresVersion}, ${project.createdBy}, ${project.at}, ${project.at})`)
}

export async function updateName(
  tx: Tx,
  projectId: ProjectId,
  change: { readonly name: string; readonly at: Date },
): Promise<void> {
  await tx.query(
    sql`update project set name = ${change.name}, updated_at = ${change.at} where id = ${projectId}`,
  )
}

/** `purgeAt` belongs to `deleted` and to no other state. */
export async function updateDesiredState(
  tx: Tx,
  projectId: ProjectId,
  change: { readonly desiredState: DesiredState; readonly purgeAt: Date | null; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update project set desired_state = ${change.desiredState}, purge_at = ${change.purgeAt}, updated_at = ${change.at}
     where id = ${projectId}`)
}

/** The live projects of an organisation, and whether they are held. */
export async function listHolds(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<readonly { readonly projectId: ProjectId; readonly hold: Hold | null }[]> {
  const rows = await db.query<{ id: string; hold: string | null }>(sql`
    select id, hold from project where organisation_id = ${organisationId} and desired_state in ('awake', 'asleep') order by id`)
  return rows.map(({ id, hold }) => ({ projectId: ProjectId.parse(id), hold: Hold.nullable().parse(hold) }))
}

/** Puts a project to sleep for that reason, or lets it be woken again; false when it was so. */
export async function updateHold(
  tx: Tx,
  projectId: ProjectId,
  change: { readonly hold: Hold | null; readonly at: Date },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update project
       set hold = ${change.hold}, updated_at = ${change.at},
           desired_state = case when ${change.hold}::text is not null and desired_state = 'awake' then 'asleep' else desired_state end
     where id = ${projectId} and hold is distinct from ${change.hold} and desired_state in ('awake', 'asleep') returning id`)
  return rows.length > 0
}

/** Marks the live projects of an organisation as deleted; they can be restored until then. */
export async function deleteLiveOf(
  tx: Tx,
  organisationId: OrganisationId,
  change: { readonly purgeAt: Date; readonly at: Date },
): Promise<readonly ProjectId[]> {
  const rows = await tx.query<{ id: string }>(sql`
    update project set desired_state = 'deleted', purge_at = ${change.purgeAt}, updated_at = ${change.at}
     where organisation_id = ${organisationId} and desired_state in ('awake', 'asleep') returning id`)
  return rows.map((row) => ProjectId.parse(row.id))
}

/** Marks all projects of an organisation as purged. Those whose grace period is over are marked by provisioning. */
export async function purgeAllOf(
  tx: Tx,
  organisationId: OrganisationId,
  at: Date,
): Promise<readonly ProjectId[]> {
  const rows = await tx.query<{ id: string }>(sql`
    update project set desired_state = 'purged', updated_at = ${at}
     where organisation_id = ${organisationId} and desired_state <> 'purged' returning id`)
  return rows.map((row) => ProjectId.parse(row.id))
}
