// The SQL of provisioning: reads what is wanted of a project, writes what its instance does.
import { z } from 'zod'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { ProjectStatus, ProjectStep } from '#contract/capabilities/projects.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { audit } from '../audit/index.ts'
import type { Database } from '../db/database.ts'
import type { InstanceKey, InstanceServer } from './driver.ts'

export type DesiredState = 'awake' | 'asleep' | 'deleted' | 'purged'

/** An instance as it is recorded. */
export interface Instance extends InstanceKey {
  readonly status: ProjectStatus
  readonly problem: string | null
  readonly superuserPassword: Uint8Array
  readonly hasOwnPasswords: boolean
  readonly server: InstanceServer | undefined
  readonly steps: readonly ProjectStep[]
  readonly attempts: number
  /** Sealed; null until the data API was first used. */
  readonly authenticatorPassword: Uint8Array | null
  /** Names what the main database was prepared with; null when it was not. */
  readonly apiPreparation: string | null
}

export interface ProjectRecord {
  readonly projectId: ProjectId
  readonly ref: string
  readonly desired: DesiredState
  /** Why it may not be woken; null: it may. */
  readonly hold: 'quota' | 'cap' | 'suspended' | null
  /** Undefined until the first reconciliation. */
  readonly instance: Instance | undefined
}

/** What a transition writes at its end, or when its status changes. */
export interface InstanceChange {
  readonly status: ProjectStatus
  readonly problem?: string | null
  readonly server?: InstanceServer | undefined
  readonly steps: readonly ProjectStep[]
  readonly hasOwnPasswords?: boolean
  /** Failures in a row; the number before when left out. */
  readonly attempts?: number
  readonly retryAt?: Date | null
}

export interface InstanceStore {
  read(projectId: ProjectId): Promise<ProjectRecord | undefined>
  findByRef(ref: string): Promise<ProjectRecord | undefined>
  /** Numbers in use. */
  takenNumbers(): Promise<Set<number>>
  /** Records a new instance. */
  insert(key: InstanceKey, superuserPassword: Uint8Array): Promise<void>
  update(projectId: ProjectId, change: InstanceChange): Promise<void>
  setSize(projectId: ProjectId, sizeBytes: number): Promise<void>
  setApiLogin(
    projectId: ProjectId,
    login: Pick<Instance, 'authenticatorPassword' | 'apiPreparation'>,
  ): Promise<void>
  /** Wants a sleeping project awake. False when it is not asleep, or held asleep. */
  wantAwake(projectId: ProjectId): Promise<boolean>
  /** Every instance that is recorded. */
  instances(): Promise<readonly InstanceKey[]>
  /** Instances that are recorded as awake, with the server they had. */
  awake(): Promise<readonly (InstanceKey & { readonly server: InstanceServer | undefined })[]>
  /** Projects whose instance is not as wanted and that no back-off holds. */
  unsettled(now: Date): Promise<readonly ProjectId[]>
  /** Marks deleted projects as purged whose grace period is over, with an audit entry each. */
  purgeDue(now: Date): Promise<readonly ProjectId[]>
  /** Forgets a purged project, its instance and its credentials. */
  forget(projectId: ProjectId): Promise<void>
}

const Row = z.object({
  id: ProjectId,
  ref: z.string(),
  desired_state: z.enum(['awake', 'asleep', 'deleted', 'purged']),
  hold: z.enum(['quota', 'cap', 'suspended']).nullable(),
  number: z.number().nullable(),
  status: ProjectStatus.nullable(),
  problem: z.string().nullable(),
  superuser_password: z.instanceof(Uint8Array).nullable(),
  has_own_passwords: z.boolean().nullable(),
  pid: z.number().nullable(),
  server_started_at: z.string().nullable(),
  steps: z.array(ProjectStep).nullable(),
  attempts: z.number().nullable(),
  authenticator_password: z.instanceof(Uint8Array).nullable(),
  api_preparation: z.string().nullable(),
})

const IdRow = z.object({ id: ProjectId })
const KeyRow = z.object({ project_id: ProjectId, number: z.number() })

const PurgedRow = z.object({ id: ProjectId, organisation_id: OrganisationId })
const AwakeRow = KeyRow.extend({ pid: z.number().nullable(), server_started_at: z.string().nullable() })

const record = sql`
  select p.id, p.ref, p.desired_state, p.hold, i.number, i.status, i.problem, i.superuser_password, i.has_own_passwords, i.pid,
         i.server_started_at, i.steps, i.attempts, i.authenticator_password, i.api_preparation
  from project p left join instance i on i.project_id = p.id`

/** The store over the service's database. */
export function createInstanceStore(database: Database): InstanceStore {
  async function instances(): Promise<readonly InstanceKey[]> {
    const rows = await database.query(sql`select project_id, number from instance order by number`)
    return rows.map((row) => {
      const { project_id: projectId, number } = KeyRow.parse(row)
      return { projectId, number }
    })
  }

  return {
    async read(projectId) {
      const [row] = await database.query(sql`${record} where p.id = ${projectId}`)
      return row === undefined ? undefined : toRecord(row)
    },
    async findByRef(ref) {
      const [row] = await database.query(sql`${record} where p.ref = ${ref}`)
      return row === undefined ? undefined : toRecord(row)
    },
    async takenNumbers() {
      return new Set((await instances()).map((key) => key.number))
    },
    async insert(key, superuserPassword) {
      await database.query(sql`
        insert into instance (project_id, number, superuser_password)
        values (${key.projectId}, ${key.number}, ${superuserPassword})`)
    },
    async update(projectId, change) {
      await database.query(sql`
        update instance set
          status = ${change.status},
          problem = ${change.problem ?? null},
          pid = ${change.server?.pid ?? null},
          server_started_at = ${change.server?.startedAt ?? null},
          steps = ${JSON.stringify(change.steps)}::jsonb,
          has_own_passwords = coalesce(${change.hasOwnPasswords ?? null}, has_own_passwords),
          attempts = coalesce(${change.attempts ?? null}, attempts),
          retry_at = ${change.retryAt ?? null},
          updated_at = now()
        where project_id = ${projectId}`)
    },
    async setSize(projectId, sizeBytes) {
      // What people see moves with larger changes only: small ones are not worth a new version on every device of every member. Metering wants all.
      await database.query(sql`
        update instance set measured_bytes = ${sizeBytes}::bigint,
          size_bytes = case
            when size_bytes is null or abs(size_bytes - ${sizeBytes}::bigint) > greatest(65536, size_bytes / 100)
            then ${sizeBytes}::bigint else size_bytes end
        where project_id = ${projectId} and (measured_bytes, size_bytes) is distinct from (${sizeBytes}::bigint, ${sizeBytes}::bigint)`)
    },
    async setApiLogin(projectId, login) {
      await database.query(sql`
        update instance set authenticator_password = ${login.authenticatorPassword}, api_preparation = ${login.apiPreparation}
        where project_id = ${projectId}`)
    },
    async wantAwake(projectId) {
      const rows = await database.query(sql`
        update project set desired_state = 'awake', updated_at = now()
        where id = ${projectId} and desired_state = 'asleep' and hold is null returning id`)
      return rows.length > 0
    },
    instances,
    async awake() {
      const rows = await database.query(
        sql`select project_id, number, pid, server_started_at from instance where status = 'awake'`,
      )
      return rows.map((row) => {
        const { project_id: projectId, number, pid, server_started_at: startedAt } = AwakeRow.parse(row)
        const server = pid === null || startedAt === null ? undefined : { pid, startedAt: Number(startedAt) }
        return { projectId, number, server }
      })
    },
    async unsettled(now) {
      const rows = await database.query(sql`
        select p.id from project p left join instance i on i.project_id = p.id
        where case
          when i.project_id is null then true
          when i.status = 'failed' then i.retry_at is null or i.retry_at <= ${now}
          else i.status <> p.desired_state
        end`)
      return rows.map((row) => IdRow.parse(row).id)
    },
    async purgeDue(now) {
      return await database.transaction(async (tx) => {
        const rows = await tx.query(sql`
          update project set desired_state = 'purged', updated_at = ${now}
          where desired_state = 'deleted' and purge_at <= ${now}
          returning id, organisation_id`)
        const purged = rows.map((row) => PurgedRow.parse(row))
        for (const { id, organisation_id: organisationId } of purged) {
          const subject = { subjectKind: 'project', subjectId: id } as const
          await audit(tx, { actor: null, organisationId, action: 'project.purge', ...subject })
        }
        return purged.map(({ id }) => id)
      })
    },
    async forget(projectId) {
      await database.transaction(async (tx) => {
        await tx.query(sql`delete from instance where project_id = ${projectId}`)
        await tx.query(sql`delete from project where id = ${projectId} and desired_state = 'purged'`)
      })
    },
  }
}

function toRecord(input: object): ProjectRecord {
  const row = Row.parse(input)
  const base = { projectId: row.id, ref: row.ref, desired: row.desired_state, hold: row.hold }
  if (row.number === null || row.status === null || row.superuser_password === null) {
    return { ...base, instance: undefined }
  }
  return {
    ...base,
    instance: {
      projectId: row.id,
      number: row.number,
      status: row.status,
      problem: row.problem,
      superuserPassword: row.superuser_password,
      hasOwnPasswords: row.has_own_passwords ?? false,
      server:
        row.pid === null || row.server_started_at === null
          ? undefined
          : { pid: row.pid, startedAt: Number(row.server_started_at) },
      steps: row.steps ?? [],
      attempts: row.attempts ?? 0,
      authenticatorPassword: row.authenticator_password,
      apiPreparation: row.api_preparation,
    },
  }
}
