// Who may do what with a project's data: shown, changed, tried and checked. The database's owner does all of it, never a superuser.
import type { z } from 'zod'
import type { access, AccessWarning, Exposure, Policy } from '#contract/capabilities/access.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Session } from '#postgres/node/session.ts'
import type { Caller, DatabaseService } from '../database/index.ts'
import { applyExposureChange } from './change.ts'
import { readExposure } from './exposure.ts'
import { lint } from './lint.ts'
import { alterPolicy, createPolicy, dropPolicy, listPolicies } from './policies.ts'
import { previewTable, type Preview } from './preview.ts'

type Input<Member extends keyof (typeof access)['members']> = z.output<
  (typeof access)['members'][Member]['input']
>
interface Ran {
  sql: string[]
}

export interface AccessService {
  exposure(caller: Caller, input: Input<'exposure'>): Promise<Exposure>
  change(caller: Caller, input: Input<'change'>): Promise<Ran>
  policies(caller: Caller, input: Input<'policies'>): Promise<Policy[]>
  createPolicy(caller: Caller, input: Input<'createPolicy'>): Promise<Ran>
  alterPolicy(caller: Caller, input: Input<'alterPolicy'>): Promise<Ran>
  dropPolicy(caller: Caller, input: Input<'dropPolicy'>): Promise<Ran>
  preview(caller: Caller, input: Input<'preview'>): Promise<Preview>
  lint(caller: Caller, input: Input<'lint'>): Promise<AccessWarning[]>
}

const READ_TIMEOUT_MS = 15_000
const CHANGE_TIMEOUT_MS = 60_000
const PREVIEW_TIMEOUT_MS = 5_000

/** Makes the service. */
export function createAccessService(deps: {
  readonly database: Pick<DatabaseService, 'asOwner'>
  /** The schemas that a project's API serves, by its settings. */
  readonly servedSchemas: (projectId: ProjectId) => Promise<readonly string[]>
}): AccessService {
  const { database, servedSchemas } = deps

  const reading = <T>(
    caller: Caller,
    projectId: ProjectId,
    work: (session: Session) => Promise<T>,
  ): Promise<T> =>
    database.asOwner(caller, { projectId, action: 'access.read', timeoutMs: READ_TIMEOUT_MS }, work)

  const changing = async (
    caller: Caller,
    projectId: ProjectId,
    note: { readonly action: string; readonly details: Readonly<Record<string, unknown>> },
    work: (session: Session) => Promise<readonly string[]>,
  ): Promise<Ran> => {
    const use = { projectId, action: 'access.change', timeoutMs: CHANGE_TIMEOUT_MS, note } as const
    return { sql: [...(await database.asOwner(caller, use, work))] }
  }

  return {
    exposure: (caller, { projectId }) =>
      reading(caller, projectId, async (session) => readExposure(session, await servedSchemas(projectId))),
    change: (caller, { projectId, change }) =>
      changing(caller, projectId, { action: 'access.change', details: change }, (session) =>
        applyExposureChange(session, change),
      ),
    policies: (caller, { projectId, ...filter }) =>
      reading(caller, projectId, (session) => listPolicies(session, filter)),
    // The expressions stay out of the audit log: they may hold somebody's data.
    createPolicy(caller, { projectId, policy }) {
      const { schema, table, name, command, roles } = policy
      const details = { schema, table, name, command, roles }
      return changing(caller, projectId, { action: 'access.createPolicy', details }, (session) =>
        createPolicy(session, policy),
      )
    },
    alterPolicy(caller, { projectId, ...change }) {
      const { schema, table, name, newName, roles } = change
      const details = { schema, table, name, newName, roles }
      return changing(caller, projectId, { action: 'access.alterPolicy', details }, (session) =>
        alterPolicy(session, change),
      )
    },
    dropPolicy(caller, { projectId, ...policy }) {
      return changing(caller, projectId, { action: 'access.dropPolicy', details: policy }, (session) =>
        dropPolicy(session, policy),
      )
    },
    preview: (caller, { projectId, ...input }) =>
      database.asOwner(
        caller,
        { projectId, action: 'access.preview', timeoutMs: PREVIEW_TIMEOUT_MS },
        (session) => previewTable(session, input),
      ),
    lint: (caller, { projectId }) => reading(caller, projectId, lint),
  }
}
