// The rules of a data API's setup: who may see and change its settings, its signing secrets and its issuers.
import type { z } from 'zod'
import type { api, ApiSettings, ApiState, JwtSecretInfo, TokenIssuer } from '#contract/capabilities/api.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import {
  type ProjectAction,
  type ProjectRow,
  requireProject,
  requireProjectLocked,
} from '../projects/index.ts'
import { apiUrl, restUrl } from './address.ts'
import type { JwtSecret, JwtSecrets } from './jwt-secrets.ts'
import { isPlainlyPrivate } from './public-fetch.ts'
import { assertSettings, isReservedSchema, resolveSettings, type SettingsChange } from './settings.ts'
import * as store from './store.ts'

const MAX_ISSUERS = 20

/** Who asks, and until when they care. */
export interface Caller {
  readonly actor: Actor
  readonly signal: AbortSignal
}

export interface DocumentQuery {
  readonly format: 'openapi-3.1' | 'swagger-2.0'
  /** The default schema when left out. */
  readonly schema: string | undefined
  /** Whose privileges count; null shows everything that is exposed. */
  readonly role: string | null
}

export interface ApiDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jwtSecrets: JwtSecrets
  readonly newId: () => string
  /** How others reach the service. */
  readonly publicUrl: () => string
  /** Where projects have host names of their own; undefined for nowhere. */
  readonly domain: string | undefined
  /** Whether the keys of issuers may be on private networks. */
  readonly privateIssuers: boolean
  /** Makes requests see what has changed. */
  readonly changed: (projectId: ProjectId) => Promise<void>
  /** The schemas of a project's main database. */
  readonly listSchemas: (caller: Caller, projectId: ProjectId) => Promise<readonly string[]>
  /** The description of a project's API from its live schema; wakes the project. */
  readonly describe: (project: ProjectRow, query: DocumentQuery) => Promise<Record<string, unknown>>
}

type Input<Member extends keyof typeof api.members> = z.output<(typeof api.members)[Member]['input']>

export interface ApiService {
  get(caller: Caller, projectId: ProjectId): Promise<ApiState>
  update(caller: Caller, input: Input<'update'>): Promise<ApiState>
  document(caller: Caller, input: Input<'document'>): Promise<Record<string, unknown>>
  jwtSecrets(caller: Caller, projectId: ProjectId): Promise<JwtSecretInfo[]>
  revealJwtSecret(caller: Caller, projectId: ProjectId): Promise<{ id: string; secret: string }>
  rotateJwtSecret(caller: Caller, input: Input<'rotateJwtSecret'>): Promise<{ id: string; secret: string }>
  issuers(caller: Caller, projectId: ProjectId): Promise<TokenIssuer[]>
  addIssuer(caller: Caller, input: Input<'addIssuer'>): Promise<TokenIssuer>
  removeIssuer(caller: Caller, input: Input<'removeIssuer'>): Promise<void>
}

/** Makes the service. */
export function createApiService(deps: ApiDependencies): ApiService {
  const { db, clock, jwtSecrets } = deps

  /** Locks the project, changes what belongs to it with an audit entry, and makes requests see it. */
  const change = async <T>(
    { actor }: Caller,
    target: { readonly projectId: ProjectId; readonly action: ProjectAction },
    work: (tx: Tx, project: ProjectRow) => Promise<{ result: T; action: string; details: object }>,
  ): Promise<T> => {
    const result = await db.transaction(async (tx) => {
      const project = await requireProjectLocked(tx, actor, target.projectId, target.action)
      assertNotDeleted(project)
      const done = await work(tx, project)
      await audit(tx, {
        actor,
        organisationId: project.organisationId,
        subjectKind: 'project',
        subjectId: project.id,
        action: done.action,
        details: { ...done.details },
      })
      return done.result
    })
    await deps.changed(target.projectId)
    return result
  }

  const stateOf = async (caller: Caller, project: ProjectRow): Promise<ApiState> => {
    const url = apiUrl(project.ref, deps.publicUrl(), deps.domain)
    return {
      projectId: project.id,
      url,
      restUrl: restUrl(url),
      settings: resolveSettings(await store.findSettings(db, project.id)),
      availableSchemas: await availableSchemas(caller, project),
    }
  }

  const availableSchemas = async (caller: Caller, project: ProjectRow): Promise<string[] | null> => {
    if (project.status !== 'awake') return null
    try {
      const names = await deps.listSchemas(caller, project.id)
      return names.filter((name) => !isReservedSchema(name))
    } catch (error) {
      // It went to sleep, or cannot be reached now: the settings can be seen all the same.
      if (isAppError(error, 'CONNECTION_FAILED') || isAppError(error, 'PROJECT_NOT_READY')) return null
      throw error
    }
  }

  return {
    async get(caller, projectId) {
      return stateOf(caller, await requireProject(db, caller.actor, projectId, 'api.read'))
    },

    async update(caller, { projectId, settings }) {
      const project = await change(caller, { projectId, action: 'api.change' }, async (tx, locked) => {
        assertSettings(settings)
        const before = resolveSettings(await store.findSettings(tx, projectId))
        await store.mergeSettings(tx, projectId, { settings, at: clock.now() })
        return { result: locked, action: 'api.update', details: differences(before, settings) }
      })
      return stateOf(caller, project)
    },

    async document({ actor }, { projectId, format, schema, as }) {
      const project = await requireProject(db, actor, projectId, 'api.read')
      assertNotDeleted(project)
      const settings = resolveSettings(await store.findSettings(db, projectId))
      if (schema !== undefined && !settings.schemas.includes(schema))
        throw new AppError('INVALID_INPUT', `The schema ${schema} is not exposed.`, {
          hint: `Exposed are: ${settings.schemas.join(', ')}.`,
        })
      return deps.describe(project, { format, schema, role: as === 'all' ? null : as })
    },

    async jwtSecrets({ actor }, projectId) {
      await requireProject(db, actor, projectId, 'api.read')
      return (await jwtSecrets.accepted(db, projectId)).map(toInfo)
    },

    revealJwtSecret: (caller, projectId) =>
      // Seen by whom is worth an entry, as a change is.
      change(caller, { projectId, action: 'api.revealSecret' }, async (tx) => {
        const [{ id, secret }] = await jwtSecrets.accepted(tx, projectId)
        return { result: { id, secret }, action: 'api.revealJwtSecret', details: { secretId: id } }
      }),

    rotateJwtSecret: (caller, { projectId, overlapSeconds }) =>
      change(caller, { projectId, action: 'api.changeTrust' }, async (tx) => {
        const { id, secret } = await jwtSecrets.rotate(tx, projectId, overlapSeconds)
        const details = { secretId: id, overlapSeconds }
        return { result: { id, secret }, action: 'api.rotateJwtSecret', details }
      }),

    async issuers({ actor }, projectId) {
      await requireProject(db, actor, projectId, 'api.read')
      return [...(await store.listIssuers(db, projectId))]
    },

    addIssuer: (caller, { projectId, ...input }) =>
      change(caller, { projectId, action: 'api.changeTrust' }, async (tx) => {
        if (!deps.privateIssuers && isPlainlyPrivate(input.jwksUrl))
          throw new AppError('INVALID_INPUT', 'The keys of an issuer must be at a public address.', {
            hint: 'Whoever runs this service can allow private ones with NEBULADB_PRIVATE_ISSUERS.',
          })
        if ((await store.listIssuers(tx, projectId)).length >= MAX_ISSUERS)
          throw new AppError('LIMIT_REACHED', `A project has at most ${MAX_ISSUERS} issuers.`, {
            details: { limit: MAX_ISSUERS },
          })
        const issuer = { ...input, id: deps.newId(), createdAt: clock.now().toISOString() }
        const added = await store.insertIssuer(tx, projectId, issuer)
        if (added === undefined)
          throw new AppError('ALREADY_EXISTS', 'Tokens of this issuer are accepted already.')
        return { result: added, action: 'api.addIssuer', details: { ...input, issuerId: added.id } }
      }),

    removeIssuer: (caller, { projectId, issuerId }) =>
      change(caller, { projectId, action: 'api.changeTrust' }, async (tx) => {
        const removed = await store.deleteIssuer(tx, projectId, issuerId)
        if (removed === undefined) throw new AppError('NOT_FOUND', 'There is no such issuer.')
        const details = { issuerId, issuer: removed.issuer }
        return { result: undefined, action: 'api.removeIssuer', details }
      }),
  }
}

function assertNotDeleted(project: ProjectRow): void {
  if (project.desiredState === 'deleted')
    throw new AppError('CONFLICT', 'The project is deleted.', { hint: 'Restore it first.' })
}

/** The settings that a call sets, as they were and as they are. */
function differences(before: ApiSettings, settings: SettingsChange): object {
  const old = new Map(Object.entries(before))
  const changed = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(old.get(name)) !== JSON.stringify(value),
  )
  return {
    from: Object.fromEntries(changed.map(([name]) => [name, old.get(name)])),
    to: Object.fromEntries(changed),
  }
}

function toInfo({ id, createdAt, acceptedUntil }: JwtSecret): JwtSecretInfo {
  return {
    id,
    createdAt: createdAt.toISOString(),
    acceptedUntil: acceptedUntil?.toISOString() ?? null,
  }
}
