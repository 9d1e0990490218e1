// The rules of API keys: who makes, renames, replaces and ends them. The text of a key leaves once, in the answer that makes it.
import type { z } from 'zod'
import { ApiKeyId, type ApiKey, type apiKeys, type CreatedApiKey } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import { type ProjectRow, requireProject, requireProjectLocked } from '../projects/index.ts'
import { formatKey, hashKey, KEY_BYTES, prefixOf } from './key-format.ts'
import * as store from './store.ts'

/** Keys of a project that are neither revoked nor expired. */
const MAX_LIVE_KEYS = 100

export interface ApiKeysDependencies {
  readonly db: Database
  readonly clock: Clock
  /** That many random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
  readonly newId: () => string
  /** Told of a project whose keys have changed, after the commit. */
  readonly onChanged: (projectId: ProjectId) => void
}

type Input<Member extends keyof typeof apiKeys.members> = z.output<(typeof apiKeys.members)[Member]['input']>

export interface ApiKeysService {
  list(actor: Actor, input: Input<'list'>): Promise<ApiKey[]>
  create(actor: Actor, input: Input<'create'>): Promise<CreatedApiKey>
  rename(actor: Actor, input: Input<'rename'>): Promise<ApiKey>
  /** Replaces a key; the old one goes on for the overlap. Throws CONFLICT for one that is over or was replaced before. */
  rotate(actor: Actor, input: Input<'rotate'>): Promise<CreatedApiKey>
  /** Ends a key; one that has ended stays as it is. */
  revoke(actor: Actor, input: Input<'revoke'>): Promise<ApiKey>
}

/** Makes the service. */
export function createApiKeysService(deps: ApiKeysDependencies): ApiKeysService {
  const { db, clock } = deps

  /** Locks the project, so that keys are counted and changed by one call at a time. */
  const change = async <T>(
    actor: Actor,
    projectId: ProjectId,
    work: (tx: Tx, project: ProjectRow) => Promise<T>,
  ): Promise<T> => {
    const result = await db.transaction(async (tx) => {
      const project = await requireProjectLocked(tx, actor, projectId, 'apiKeys.change')
      if (project.desiredState === 'deleted')
        throw new AppError('CONFLICT', 'The project is deleted.', { hint: 'Restore it first.' })
      return work(tx, project)
    })
    deps.onChanged(projectId)
    return result
  }

  const record = (
    tx: Tx,
    actor: Actor,
    project: ProjectRow,
    entry: { readonly action: string; readonly details: Readonly<Record<string, unknown>> },
  ): Promise<void> =>
    audit(tx, {
      actor,
      organisationId: project.organisationId,
      subjectKind: 'project',
      subjectId: project.id,
      ...entry,
    })

  const make = async (
    tx: Tx,
    actor: Actor,
    key: Pick<ApiKey, 'projectId' | 'name' | 'kind' | 'scope' | 'expiresAt'>,
  ): Promise<CreatedApiKey> => {
    const now = clock.now()
    if ((await store.countLiveKeys(tx, key.projectId, now)) >= MAX_LIVE_KEYS)
      throw new AppError('LIMIT_REACHED', `A project has at most ${MAX_LIVE_KEYS} keys.`, {
        hint: 'Revoke keys that nobody uses.',
        details: { limit: MAX_LIVE_KEYS },
      })
    const secret = formatKey(key.kind, deps.randomBytes(KEY_BYTES))
    const made = await store.insertKey(tx, {
      id: ApiKeyId.parse(deps.newId()),
      projectId: key.projectId,
      name: key.name,
      kind: key.kind,
      scope: key.scope,
      expiresAt: key.expiresAt,
      prefix: prefixOf(secret),
      hash: hashKey(secret),
      createdAt: now.toISOString(),
      createdBy: actor.accountId,
    })
    return { key: made, secret }
  }

  const lock = async (tx: Tx, projectId: ProjectId, keyId: ApiKeyId): Promise<ApiKey> => {
    const key = await store.lockKey(tx, projectId, keyId)
    if (key === undefined) throw new AppError('NOT_FOUND', 'There is no such API key.')
    return key
  }

  return {
    async list(actor, { projectId, includeRevoked }) {
      await requireProject(db, actor, projectId, 'apiKeys.read')
      return [...(await store.listKeys(db, projectId, { includeRevoked }))]
    },

    create: (actor, input) =>
      change(actor, input.projectId, async (tx, project) => {
        if (input.expiresAt !== null && Date.parse(input.expiresAt) <= clock.now().getTime())
          throw new AppError('INVALID_INPUT', 'The key would have expired already.', {
            hint: 'Choose a time in the future, or none.',
          })
        const made = await make(tx, actor, input)
        const { id: keyId, name, kind, scope, expiresAt } = made.key
        await record(tx, actor, project, {
          action: 'apiKey.create',
          details: { keyId, name, kind, scope, expiresAt },
        })
        return made
      }),

    rename: (actor, { projectId, keyId, name }) =>
      change(actor, projectId, async (tx, project) => {
        const key = await lock(tx, projectId, keyId)
        if (key.name === name) return key
        await record(tx, actor, project, {
          action: 'apiKey.rename',
          details: { keyId, from: key.name, to: name },
        })
        return store.updateKey(tx, keyId, { name })
      }),

    rotate: (actor, { projectId, keyId, overlapSeconds }) =>
      change(actor, projectId, async (tx, project) => {
        const key = await lock(tx, projectId, keyId)
        const now = clock.now()
        assertRotatable(key, now)
        const made = await make(tx, actor, { ...key, expiresAt: renewedExpiry(key, now) })
        await store.updateKey(tx, keyId, {
          replacedBy: made.key.id,
          ...(overlapSeconds === 0 ? { revokedAt: now } : { expiresAt: endOf(key, now, overlapSeconds) }),
        })
        await record(tx, actor, project, {
          action: 'apiKey.rotate',
          details: { keyId, replacedBy: made.key.id, overlapSeconds },
        })
        return made
      }),

    revoke: (actor, { projectId, keyId }) =>
      change(actor, projectId, async (tx, project) => {
        const key = await lock(tx, projectId, keyId)
        if (key.revokedAt !== null) return key
        await record(tx, actor, project, { action: 'apiKey.revoke', details: { keyId, name: key.name } })
        return store.updateKey(tx, keyId, { revokedAt: clock.now() })
      }),
  }
}

function assertRotatable(key: ApiKey, now: Date): void {
  if (key.revokedAt !== null) throw new AppError('CONFLICT', 'This key is revoked. Make a new one instead.')
  if (key.replacedBy !== null)
    throw new AppError('CONFLICT', 'This key was replaced before.', {
      hint: 'Rotate the key that took its place.',
    })
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= now.getTime())
    throw new AppError('CONFLICT', 'This key has expired. Make a new one instead.')
}

/** A key that was made to last 90 days is replaced by one that lasts 90 days. */
function renewedExpiry(key: ApiKey, now: Date): string | null {
  if (key.expiresAt === null) return null
  return new Date(now.getTime() + Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toISOString()
}

/** A rotation never makes the old key live longer. */
function endOf(key: ApiKey, now: Date, overlapSeconds: number): Date {
  const end = now.getTime() + overlapSeconds * 1000
  return new Date(key.expiresAt === null ? end : Math.min(end, Date.parse(key.expiresAt)))
}
