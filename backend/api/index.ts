// The door of the data APIs: their setup, and serving them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { ApiKeys } from '../api-keys/index.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Observe } from '../monitoring/index.ts'
import type { Provisioning } from '../provisioning/index.ts'
import {
  createBodyBudget,
  EVENT_TRIGGER_SCHEMA,
  eventTriggerStatements,
  isRestError,
  type RestError,
} from '../rest/index.ts'
import type { Secrets } from '../secrets/index.ts'
import { apiUrl, restUrl } from './address.ts'
import { createRestEngine, type RestEngine } from './engine.ts'
import { createGate } from './gate.ts'
import { createJwtSecrets, type JwtSecrets } from './jwt-secrets.ts'
import { createProjectApis, type ApiRecord } from './project-apis.ts'
import { createMemoryLimits, createRedisLimits } from './rate-limits.ts'
import { createApiServer } from './serve.ts'
import { createApiService, type ApiDependencies, type ApiService } from './service.ts'
import { resolveSettings, toRestConfig } from './settings.ts'
import { findProjectByRef, findSettings, listIssuers } from './store.ts'
import { createUsage, type ObserveUsage } from './usage.ts'
import type { WatchRequest } from './watch.ts'

export { createApiRoutes } from './routes.ts'
export type { ApiService } from './service.ts'
export type { ObserveUsage, UsageEvent } from './usage.ts'
export type { RefusedRequest, RequestWatch, WatchRequest } from './watch.ts'

/** Bodies of all projects' requests at once. */
const SERVICE_BODIES_BYTES = 512 * 1024 * 1024
const IDLE_MS = 5 * 60_000
/** How long answers under way may take when the service stops. */
const DRAIN_MS = 10_000

/** A function in a schema that the person owns could become theirs, and then run as the superuser. */
const REFUSE_FOREIGN_SCHEMA = `do $$ begin
  if exists (
    select from pg_catalog.pg_namespace n join pg_catalog.pg_roles r on r.oid = n.nspowner
     where n.nspname operator(pg_catalog.=) '${EVENT_TRIGGER_SCHEMA}' and not r.rolsuper
  ) then
    raise exception 'The schema ${EVENT_TRIGGER_SCHEMA} belongs to somebody else.';
  end if;
end $$`

/** What provisioning installs in the main database of each project, as superuser: DDL is told to the engines at once. */
export const API_STATEMENTS: readonly string[] = [
  REFUSE_FOREIGN_SCHEMA,
  ...eventTriggerStatements().map(({ text }) => text),
]

export interface CreateApiOptions extends Pick<
  ApiDependencies,
  'newId' | 'publicUrl' | 'domain' | 'listSchemas' | 'privateIssuers'
> {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly observe: Observe
  /** That many random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
  readonly provisioning: Pick<Provisioning, 'ensureAwake' | 'authenticatorTarget' | 'onProgress'>
  readonly keys: Pick<ApiKeys, 'find' | 'noteUse'>
  readonly addressOf: (request: IncomingMessage) => string
  /** Whether others reach us by HTTPS. */
  readonly isHttps: boolean
  /** Where rate limits are counted for several processes together; undefined counts in memory. */
  readonly redisUrl: string | undefined
  /** Told of each request beside the metrics. */
  readonly usageReaders?: readonly ObserveUsage[] | undefined
  /** Who watches a request that came with a ticket; nobody when left out. */
  readonly watch?: WatchRequest | undefined
}

export interface Api {
  /** Where a project's data API is reached. */
  restUrl(ref: string): string
  /** What signs a project's tokens now. */
  signingSecret(projectId: ProjectId): Promise<string>
  readonly service: ApiService
  /** The schemas that a project's settings name, the default first. Whoever asks has checked that its caller may know. */
  servedSchemas(projectId: ProjectId): Promise<readonly string[]>
  /** Takes a request of the HTTP server if it is for a data API. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
  /** Projects in memory, and engines open. */
  size(): { readonly projects: number; readonly engines: number }
  /** Refuses new requests and waits a while for those under way. */
  drain(): Promise<void>
  /** Closes all engines. */
  close(): Promise<void>
}

/** Makes the data APIs. Nothing is opened before the first request. */
export function createApi(options: CreateApiOptions): Api {
  const { clock, observe, provisioning, keys, domain } = options
  const jwtSecrets = createJwtSecrets(options)
  const onRedisError = oncePerMinute(clock, (error) =>
    observe({ type: 'api.bookkeeping-failed', what: 'rate limits in Redis', error }),
  )
  const limits =
    options.redisUrl === undefined
      ? createMemoryLimits()
      : createRedisLimits({ url: options.redisUrl, onError: onRedisError })

  const bodies = createBodyBudget(SERVICE_BODIES_BYTES)
  const apis = createProjectApis<RestEngine>({
    now: () => clock.now().getTime(),
    idleMs: IDLE_MS,
    onCloseError: (error) => observe({ type: 'api.bookkeeping-failed', what: 'closing an engine', error }),
    load: (ref) => loadRecord(options, jwtSecrets, ref),
    async open(record) {
      await provisioning.ensureAwake(record.projectId)
      const target = await provisioning.authenticatorTarget(record.projectId)
      return createRestEngine({
        record,
        target,
        privateIssuers: options.privateIssuers,
        bodies,
        observe: (usage, message) => server.onAnswered(usage, message),
      })
    },
  })
  const stopListening = provisioning.onProgress((projectId, { status }) => {
    if (status === 'stopping' || status === 'asleep' || status === 'deleted') apis.discard(projectId)
    else if (status !== 'awake') apis.restarted(projectId)
  })

  const observeUsage = createUsage([
    ({ keyId }) => {
      if (keyId !== null) keys.noteUse(keyId)
    },
    (event) => observe({ type: 'api.request', ...event }),
    ...(options.usageReaders ?? []),
  ])
  const server = createApiServer({
    apis,
    gate: createGate({ findKey: keys.find, limits }),
    addressOf: options.addressOf,
    domain,
    isHttps: options.isHttps,
    observeUsage,
    observe,
    watch: options.watch ?? (() => undefined),
  })

  return {
    service: createApiService({
      ...options,
      jwtSecrets,
      changed: (projectId: ProjectId) => apis.changed(projectId),
      describe: async (project, query) => {
        const api = await apis.find(project.ref)
        if (api === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
        // It stays while it describes.
        api.begin()
        try {
          return { ...(await (await api.engine()).rest.describe(query)) }
        } catch (error) {
          throw isRestError(error) ? toAppError(error) : error
        } finally {
          api.end()
        }
      },
    }),
    restUrl: (ref) => restUrl(apiUrl(ref, options.publicUrl(), domain)),
    signingSecret: async (projectId) => (await jwtSecrets.accepted(options.db, projectId))[0].secret,
    servedSchemas: async (projectId) => resolveSettings(await findSettings(options.db, projectId)).schemas,
    handle: server.handle,
    size: apis.size,
    drain: () => server.drain(DRAIN_MS),
    async close() {
      stopListening()
      await apis.close()
      await limits.close()
    },
  }
}

async function loadRecord(
  options: Pick<CreateApiOptions, 'db' | 'publicUrl' | 'domain'>,
  jwtSecrets: JwtSecrets,
  ref: string,
): Promise<ApiRecord | undefined> {
  const { db } = options
  const project = await findProjectByRef(db, ref)
  if (project === undefined) return undefined
  const [stored, secrets, issuers] = await Promise.all([
    findSettings(db, project.id),
    jwtSecrets.accepted(db, project.id),
    listIssuers(db, project.id),
  ])
  const settings = resolveSettings(stored)
  return {
    projectId: project.id,
    ref,
    settings,
    config: toRestConfig(settings, restUrl(apiUrl(ref, options.publicUrl(), options.domain))),
    jwtSecrets: secrets,
    issuers,
  }
}

/** The database does not answer, or its schema cannot be read. */
function toAppError(error: RestError): AppError {
  const code = error.status >= 500 ? 'CONNECTION_FAILED' : 'QUERY_FAILED'
  return new AppError(code, error.message, { cause: error })
}

/** What goes on failing is told once a minute. */
function oncePerMinute(clock: Clock, tell: (error: unknown) => void): (error: unknown) => void {
  let toldAt = -Infinity
  return (error) => {
    const now = clock.now().getTime()
    if (now - toldAt < 60_000) return
    toldAt = now
    tell(error)
  }
}
