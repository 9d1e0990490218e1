// What the service told: organisations, projects, and the sealed credentials of projects. Read when the service is away.
import { z } from 'zod'
import { Organisation } from '#contract/capabilities/organisations.ts'
import { Project } from '#contract/capabilities/projects.ts'
import type { Cache } from './database.ts'

/** The kinds of records that only the service writes. */
export type CloudKind = 'organisation' | 'project'

export interface CloudStore {
  /** By name, the personal one first. */
  organisations(): Organisation[]
  organisation(id: string): Organisation | undefined
  saveOrganisation(organisation: Organisation): void
  removeOrganisation(id: string): void
  /** Makes these all the organisations there are, as read at `at`. */
  replaceOrganisations(organisations: readonly Organisation[], at: string): void
  /** By name, deleted ones included. */
  projects(): Project[]
  project(id: string): Project | undefined
  saveProject(project: Project): void
  /** Removes a project and its credentials. */
  removeProject(id: string): void
  /** Makes these all the projects there are, as read at `at`; credentials of others go too. */
  replaceProjects(projects: readonly Project[], at: string): void
  /** When all records of a kind were last known to be the service's, or when replication was last complete; undefined when never. */
  readAt(kind: CloudKind | 'sync'): string | undefined
  /** Says that replication is complete at `at`: the records of both kinds are the service's. */
  markSynced(at: string): void
  sealedCredentials(projectId: string): Uint8Array | undefined
  saveSealedCredentials(projectId: string, sealed: Uint8Array, at: string): void
}

const Row = z.object({ record: z.string().transform((text): unknown => JSON.parse(text)) })

/** The store over an open cache. */
export function createCloudStore({ sqlite }: Cache): CloudStore {
  const selectOrganisations = sqlite.prepare(
    `select record from organisation order by record ->> 'isPersonal' desc, record ->> 'name' collate nocase, id`,
  )
  const selectOrganisation = sqlite.prepare('select record from organisation where id = ?')
  const upsertOrganisation = sqlite.prepare(
    'insert into organisation (id, record) values (?, ?) on conflict (id) do update set record = excluded.record',
  )
  const dropOrganisation = sqlite.prepare('delete from organisation where id = ?')
  const dropOrganisations = sqlite.prepare('delete from organisation')
  const selectProjects = sqlite.prepare(
    `select record from project order by record ->> 'name' collate nocase, id`,
  )
  const selectProject = sqlite.prepare('select record from project where id = ?')
  const upsertProject = sqlite.prepare(
    `insert into project (id, organisation_id, record) values (?, ?, ?)
     on conflict (id) do update set organisation_id = excluded.organisation_id, record = excluded.record`,
  )
  const dropProject = sqlite.prepare('delete from project where id = ?')
  const dropProjects = sqlite.prepare('delete from project')
  const dropCredentials = sqlite.prepare('delete from project_credentials where project_id = ?')
  const dropStrayCredentials = sqlite.prepare(
    'delete from project_credentials where project_id not in (select id from project)',
  )
  const selectRead = sqlite.prepare<[string], { read_at: string }>(
    'select read_at from cloud_read where kind = ?',
  )
  const upsertRead = sqlite.prepare(
    'insert into cloud_read (kind, read_at) values (?, ?) on conflict (kind) do update set read_at = excluded.read_at',
  )
  const selectCredentials = sqlite.prepare<[string], { sealed: Buffer }>(
    'select sealed from project_credentials where project_id = ?',
  )
  const upsertCredentials = sqlite.prepare(
    `insert into project_credentials (project_id, sealed, read_at) values (?, ?, ?)
     on conflict (project_id) do update set sealed = excluded.sealed, read_at = excluded.read_at`,
  )

  const saveOrganisation = (record: Organisation): void =>
    void upsertOrganisation.run(record.id, JSON.stringify(record))
  const saveProject = (record: Project): void =>
    void upsertProject.run(record.id, record.organisationId, JSON.stringify(record))

  return {
    organisations: () => selectOrganisations.all().map((row) => Organisation.parse(Row.parse(row).record)),
    organisation(id) {
      const row = selectOrganisation.get(id)
      return row === undefined ? undefined : Organisation.parse(Row.parse(row).record)
    },
    saveOrganisation,
    removeOrganisation: (id) => void dropOrganisation.run(id),
    replaceOrganisations: sqlite.transaction((organisations: readonly Organisation[], at: string) => {
      dropOrganisations.run()
      for (const organisation of organisations) saveOrganisation(organisation)
      upsertRead.run('organisation', at)
    }),
    projects: () => selectProjects.all().map((row) => Project.parse(Row.parse(row).record)),
    project(id) {
      const row = selectProject.get(id)
      return row === undefined ? undefined : Project.parse(Row.parse(row).record)
    },
    saveProject,
    removeProject: sqlite.transaction((id: string) => {
      dropProject.run(id)
      dropCredentials.run(id)
    }),
    replaceProjects: sqlite.transaction((projects: readonly Project[], at: string) => {
      dropProjects.run()
      for (const project of projects) saveProject(project)
      dropStrayCredentials.run()
      upsertRead.run('project', at)
    }),
    readAt: (kind) => selectRead.get(kind)?.read_at,
    markSynced: sqlite.transaction((at: string) => {
      for (const kind of ['organisation', 'project', 'sync']) upsertRead.run(kind, at)
    }),
    sealedCredentials: (projectId) => selectCredentials.get(projectId)?.sealed,
    saveSealedCredentials: (projectId, sealed, at) =>
      void upsertCredentials.run(projectId, Buffer.from(sealed), at),
  }
}
