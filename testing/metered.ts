// Metering on a control database and a folder of its own, with a clock that is set by hand: for tests of it and of what reads it.
import { randomUUID } from 'node:crypto'
import { ProjectId, OrganisationId } from '../contract/capabilities/ids.ts'
import { createMetering, type Metering } from '../backend/metering/index.ts'
import { createUsageStore, pruneLimits } from '../backend/metering/store.ts'
import type { Observation } from '../backend/monitoring/index.ts'
import { sql } from '../postgres/common/sql/sql.ts'
import type { ControlDatabase } from './control-database.ts'
import { tempDirectory } from './temp-directory.ts'

export interface Metered {
  readonly metering: Metering
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  readonly directory: string
  readonly observations: readonly Observation[]
  now(): Date
  setNow(at: Date): void
  /** Runs the nightly job at a moment; gives the tables that it drops. */
  prune(at: Date): Promise<readonly string[]>
  /** Another metering on the same folder, as after a restart. The one before is left as a killed process leaves it. */
  restart(): Metering
}

/** Makes it, with a new organisation and a project of it. Call it in a test. */
export async function createMetered(control: ControlDatabase, startAt: Date): Promise<Metered> {
  const directory = tempDirectory()
  const observations: Observation[] = []
  let now = startAt
  const restart = (): Metering =>
    createMetering({
      db: control.db,
      directory,
      clock: { now: () => now },
      observe: (one) => observations.push(one),
    })
  const organisationId = await addMeteredOrganisation(control)
  return {
    metering: restart(),
    organisationId,
    projectId: await addMeteredProject(control, organisationId),
    directory,
    observations,
    now: () => now,
    setNow: (at) => (now = at),
    prune: (at) => createUsageStore(control.db).prune(pruneLimits(at)),
    restart,
  }
}

/** A new organisation. */
export async function addMeteredOrganisation({ db }: ControlDatabase): Promise<OrganisationId> {
  const id = OrganisationId.parse(randomUUID())
  await db.query(sql`insert into organisation (id, name) values (${id}, 'Metered')`)
  return id
}

/** A new project, with an instance that is asleep and was never measured. */
export async function addMeteredProject(
  { db }: ControlDatabase,
  organisationId: OrganisationId,
  name = 'Shop',
): Promise<ProjectId> {
  const id = ProjectId.parse(randomUUID())
  await db.query(sql`
    insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
    values (${id}, ${organisationId}, ${name}, ${id
      .replaceAll('-', '')
      .replace(/[0189]/g, 'a')
      .slice(0, 20)}, 'development', 'local', '18', now(), now())`)
  await db.query(sql`
    insert into instance (project_id, number, superuser_password, status)
    select ${id}, coalesce(max(number), 0) + 1, '\\x00', 'asleep' from instance`)
  return id
}
