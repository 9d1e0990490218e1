// What an API offers: asked of the service for a project, of the API itself for an address; what it said last is kept for when it is out of reach.
import { createHash } from 'node:crypto'
import { describeApi, mergeDescriptions } from '#api-client/common/postgrest/describe.ts'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { resolveRequest } from '#api-client/common/resolve/resolve-request.ts'
import { createLookup } from '#api-client/common/resolve/scopes.ts'
import type { Sender } from '#api-client/node/send/types.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { ApiDescription, ApiSource } from '#contract/requests/api-description.ts'
import type { ApiDescriptionStore } from '../cache/index.ts'
import { askService, isAway, type Cloud } from '../cloud/index.ts'
import { fetchText } from '../requests/index.ts'

export interface Described {
  readonly description: ApiDescription
  /** ISO 8601; null for what it says now. */
  readonly cachedAt: string | null
}

export interface Describer {
  /** Throws what the API or the service says, where nothing is kept either. */
  describe(source: ApiSource, signal: AbortSignal): Promise<Described>
  /** A document by its address, parsed from JSON; texts of YAML as they are. */
  document(url: string, token: string, signal: AbortSignal): Promise<string>
}

export interface DescriberDependencies {
  readonly cloud: Pick<Cloud, 'call'>
  readonly sender: Sender
  readonly store: ApiDescriptionStore
  readonly now: () => Date
}

/** Makes it. */
export function createDescriber({ cloud, sender, store, now }: DescriberDependencies): Describer {
  const ask = askService(cloud)

  async function ofProject(id: string): Promise<ApiDescription> {
    const projectId = ProjectId.parse(id)
    return ask('Describing the API of a project', async ({ api }) => {
      const { restUrl, settings } = await api.get({ projectId })
      const [first, ...others] = await Promise.all(
        settings.schemas.map(async (schema) =>
          describeApi(await api.document({ projectId, schema, format: 'openapi-3.1' }), {
            baseUrl: restUrl,
            schema,
          }),
        ),
      )
      if (first === undefined) throw new AppError('NOT_FOUND', 'The API of this project exposes no schema.')
      return mergeDescriptions(first, others)
    })
  }

  async function document(url: string, token: string, signal: AbortSignal): Promise<string> {
    const request = newHttpRequest('API description', {
      url,
      headers: [
        header('Accept', 'application/openapi+json, application/json;q=0.9, */*;q=0.1'),
        // A key of ours or Supabase's goes by this name; those that are JWTs are taken as the bearer too.
        ...(token === '' ? [] : [header('apikey', token)]),
      ],
      auth: isJwt(token) ? { type: 'bearer', token } : { type: 'none' },
    })
    const resolved = resolveRequest({
      request,
      inherited: [],
      lookup: createLookup([]),
      dynamic: null,
      directory: null,
    })
    const { status, text } = await fetchText(sender, { request: resolved, cookies: null, signal })
    if (status === 401 || status === 403)
      throw new AppError('FORBIDDEN', `${url} answered with status ${status}.`, {
        hint: 'Give a token that may read the description.',
      })
    if (status >= 400)
      throw new AppError(
        status < 500 ? 'NOT_FOUND' : 'CONNECTION_FAILED',
        `${url} answered with status ${status}.`,
        { hint: 'Give the address of the API, or of its OpenAPI document.' },
      )
    return text
  }

  async function ofUrl(url: string, token: string, signal: AbortSignal): Promise<ApiDescription> {
    const text = await document(url, token, signal)
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      throw new AppError('INVALID_INPUT', `${url} does not answer with an OpenAPI document in JSON.`, {
        hint: 'Give the address of a PostgREST API. Other OpenAPI documents can be imported as a collection.',
      })
    }
    try {
      return describeApi(parsed, { baseUrl: url })
    } catch (cause) {
      throw new AppError('INVALID_INPUT', cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  return {
    document,
    async describe(source, signal) {
      const key = keyOf(source)
      try {
        const description =
          source.type === 'project'
            ? await ofProject(source.projectId)
            : await ofUrl(source.url, source.token, signal)
        store.save(key, { description, readAt: now().toISOString() })
        return { description, cachedAt: null }
      } catch (error) {
        const kept = isOutOfReach(error) ? store.get(key) : undefined
        if (kept === undefined) throw error
        return { description: kept.description, cachedAt: kept.readAt }
      }
    },
  }
}

/** Whether a token has the shape of a JSON Web Token; other keys of data APIs have none. */
export function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)
}

function header(name: string, value: string) {
  return { name, value, isEnabled: true, description: '' }
}

function isOutOfReach(error: unknown): boolean {
  return isAway(error) || isAppError(error, 'PROJECT_NOT_READY') || isAppError(error, 'CONNECTION_FAILED')
}

/** Another token may see another API; the token itself is kept nowhere. */
function keyOf(source: ApiSource): string {
  if (source.type === 'project') return `project ${source.projectId}`
  const token =
    source.token === '' ? '' : createHash('sha256').update(source.token).digest('hex').slice(0, 16)
  return `url ${source.url} ${token}`
}
