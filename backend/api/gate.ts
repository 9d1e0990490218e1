// Who may pass to the engine, and as whom: the key, its scope, and the limits. Everything here is quick, because every request pays for it.
import type { IncomingMessage } from 'node:http'
import type { ApiKey } from '#contract/capabilities/api-keys.ts'
import type { KeyLookup } from '../api-keys/index.ts'
import type { Identity, RestConfig, RestError } from '../rest/index.ts'
import { readCredentials } from './credentials.ts'
import type { ApiRecord } from './project-apis.ts'
import type { ApiRateLimits, Dimension, Verdict } from './rate-limits.ts'
import { keyRefused, noKey, noSchemaInScope, readOnlyKey, tooMany, twoKeys } from './refusals.ts'
import { ANON_ROLE, SERVICE_ROLE } from './settings.ts'

export interface Admission {
  readonly key: ApiKey
  /** Whom the key alone acts as; undefined leaves it to the token that came with it. */
  readonly identity: Identity | undefined
  /** The engine's configuration, narrowed to what the key may name; undefined where the key may name all. */
  readonly config: RestConfig | undefined
}

/** The limit that is nearest to its end, of those that were asked so far: what the headers tell. */
export interface Tally {
  tightest: Verdict | undefined
}

const ANONYMOUS = identityOf(ANON_ROLE, true)
const SERVICE = identityOf(SERVICE_ROLE, false)
const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface GateDependencies {
  readonly findKey: KeyLookup['find']
  readonly limits: ApiRateLimits
}

export interface Gate {
  /** Counts a request from a client's network to a project. Throws RATE_LIMITED. */
  admitAddress(record: ApiRecord, network: string, tally: Tally): Promise<void>
  /** Counts a question for a project that is not in use: knowing that there is none costs a look into the database. Throws RATE_LIMITED. */
  admitLookup(network: string): Promise<void>
  /** Checks the key and counts the request for it and the project. Throws RestErrors with codes of their own. */
  admitKey(
    record: ApiRecord,
    request: Pick<IncomingMessage, 'method' | 'headers'>,
    tally: Tally,
  ): Promise<Admission>
  /**
   * Counts the steps of a batch, once they are known, as requests: all but the one that the batch itself was counted as, and no more than a limit has
   * in a second, or a long batch could never pass. Throws RATE_LIMITED.
   */
  admitSteps(record: ApiRecord, batch: BatchOfSteps, tally: Tally): Promise<void>
}

export interface BatchOfSteps {
  readonly keyId: string
  readonly network: string
  readonly steps: number
}

interface Counted {
  readonly id: string
  /** Null for no limit. */
  readonly perSecond: number | null
  /** One if left out. */
  readonly requests?: number
}

/** Questions for unknown projects per second and network. */
const LOOKUPS_PER_SECOND = 20

/** Makes the gate. */
export function createGate({ findKey, limits }: GateDependencies): Gate {
  /** Narrowed configurations by key, for as long as the whole one is in use. */
  const narrowed = new WeakMap<RestConfig, Map<string, RestConfig | RestError>>()

  const count = async (
    dimension: Dimension,
    { id, perSecond, requests }: Counted,
    tally: Tally,
  ): Promise<void> => {
    if (perSecond === null || requests === 0) return
    const taken = limits.take(dimension, id, perSecond, requests)
    const verdict = taken instanceof Promise ? await taken : taken
    if (tally.tightest === undefined || isTighter(verdict, tally.tightest)) tally.tightest = verdict
    if (!verdict.isAllowed) throw tooMany(dimension, verdict)
  }

  const narrow = (config: RestConfig, key: ApiKey): RestConfig | undefined => {
    const { schemas } = key.scope
    if (schemas === null) return undefined
    const ofConfig = narrowed.get(config) ?? new Map<string, RestConfig | RestError>()
    narrowed.set(config, ofConfig)
    const found = ofConfig.get(key.id) ?? narrowTo(config, schemas)
    ofConfig.set(key.id, found)
    if (found instanceof Error) throw found
    return found
  }

  return {
    async admitAddress({ projectId, settings }, network, tally) {
      const perSecond = settings.rateLimit.perAddress
      await count('address', { id: `${projectId} ${network}`, perSecond }, tally)
    },
    async admitLookup(network) {
      await count('unknown-project', { id: network, perSecond: LOOKUPS_PER_SECOND }, { tightest: undefined })
    },
    async admitKey(record, request, tally) {
      const credentials = readCredentials(request.headers)
      if (credentials.kind === 'none') throw noKey()
      if (credentials.kind === 'conflict') throw twoKeys()
      const outcome = await findKey(record.projectId, credentials.key)
      if (outcome.kind !== 'valid') throw keyRefused(outcome.kind)
      const { key } = outcome
      const { perKey, perProject } = record.settings.rateLimit
      await count('key', { id: key.id, perSecond: perKey }, tally)
      await count('project', { id: record.projectId, perSecond: perProject }, tally)
      const method = request.method ?? 'GET'
      if (key.scope.access === 'read' && !READING.has(method)) throw readOnlyKey(method)
      return {
        key,
        identity: credentials.hasToken ? undefined : key.kind === 'secret' ? SERVICE : ANONYMOUS,
        config: narrow(record.config, key),
      }
    },
    async admitSteps({ projectId, settings }, { keyId, network, steps }, tally) {
      const { perAddress, perKey, perProject } = settings.rateLimit
      const more = (perSecond: number | null): Pick<Counted, 'perSecond' | 'requests'> => ({
        perSecond,
        requests: Math.min(steps, perSecond ?? steps) - 1,
      })
      await count('address', { id: `${projectId} ${network}`, ...more(perAddress) }, tally)
      await count('key', { id: keyId, ...more(perKey) }, tally)
      await count('project', { id: projectId, ...more(perProject) }, tally)
    },
  }
}

function identityOf(role: string, isAnonymous: boolean): Identity {
  return { role, claims: JSON.stringify({ role }), isAnonymous }
}

/** Less is left of it, in proportion. */
function isTighter(one: Verdict, other: Verdict): boolean {
  return one.remaining * other.limit < other.remaining * one.limit
}

/** The exposed schemas that are in scope, in their order: the first of them is the default then. */
function narrowTo(config: RestConfig, schemas: readonly string[]): RestConfig | RestError {
  const [first, ...others] = config.schemas.filter((name) => schemas.includes(name))
  return first === undefined ? noSchemaInScope() : { ...config, schemas: [first, ...others] }
}
