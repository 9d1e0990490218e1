// The exposure, policies and warnings of a project, called as its owner unless a test says who: for tests of access.
import { beforeAll } from 'vitest'
import type { z } from 'zod'
import type { Actor } from '../backend/actor.ts'
import { createAccessService, type AccessService } from '../backend/access/index.ts'
import { access, ExposureChange, type Exposure, type ExposedTable } from '../contract/capabilities/access.ts'
import { as, useProjectDatabase, type ProjectDatabase } from './project-database.ts'

type InputOf<Member extends 'createPolicy' | 'preview'> = z.input<(typeof access)['members'][Member]['input']>

export interface TestAccess {
  readonly project: ProjectDatabase
  readonly service: AccessService
  /** Runs SQL as the database's owner, several statements at once. */
  run(text: string): Promise<readonly (readonly (string | null)[])[]>
  change(input: Readonly<Record<string, unknown>>, actor?: Actor): Promise<{ sql: string[] }>
  exposure(): Promise<Exposure>
  /** A table of the exposure. */
  table(name: string): Promise<ExposedTable | undefined>
  policyInput(
    policy: InputOf<'createPolicy'>['policy'],
  ): z.output<(typeof access)['members']['createPolicy']['input']>
  /** A table of the schema public, as somebody sees it. */
  preview(input: Omit<InputOf<'preview'>, 'projectId' | 'schema'>): ReturnType<AccessService['preview']>
}

/** Makes a project, whose API serves `public` and a schema that is gone, for the tests of this file. */
export function useTestAccess(): TestAccess {
  const project = useProjectDatabase()
  const { projectId } = project
  let service: AccessService
  beforeAll(() => {
    service = createAccessService({
      database: project.database,
      servedSchemas: async () => ['public', 'gone'],
    })
  })
  const exposure = (): Promise<Exposure> => service.exposure(as(project.owner), { projectId })
  return {
    project,
    get service() {
      return service
    },
    async run(text) {
      const use = { projectId, action: 'database.execute', timeoutMs: 10_000 } as const
      const { rows } = await project.database.asOwner(as(project.owner), use, (session) =>
        session.query(text),
      )
      return rows
    },
    change: (input, actor = project.owner) =>
      service.change(as(actor), { projectId, change: ExposureChange.parse(input) }),
    exposure,
    table: async (name) => (await exposure()).tables.find((entry) => entry.name === name),
    policyInput: (policy) => access.members.createPolicy.input.parse({ projectId, policy }),
    preview: (input) =>
      service.preview(
        as(project.owner),
        access.members.preview.input.parse({ projectId, schema: 'public', ...input }),
      ),
  }
}
