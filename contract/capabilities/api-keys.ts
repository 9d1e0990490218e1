// The keys that applications send to a project's data APIs. A key's secret is shown once, when it is made; the service keeps a hash.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ProjectId, Timestamp } from './ids.ts'

export const ApiKeyId = z.uuid().brand<'ApiKeyId'>()
export type ApiKeyId = z.infer<typeof ApiKeyId>

/** publishable acts as `anon` and may stand in a page; secret acts as `service_role`, which passes row-level security. */
export const ApiKeyKind = z.enum(['publishable', 'secret'])
export type ApiKeyKind = z.infer<typeof ApiKeyKind>

/** What the key may be used for at most. Grants and policies narrow it further. */
export const ApiKeyScope = z.object({
  access: z.enum(['read', 'read-write']).default('read-write'),
  /** Exposed schemas it may name; null for all. */
  schemas: z.array(z.string().min(1).max(63)).min(1).max(50).nullable().default(null),
})
export type ApiKeyScope = z.infer<typeof ApiKeyScope>

export const ApiKeyName = z.string().trim().min(1, 'Give it a name.').max(60, 'Use at most 60 characters.')

export const ApiKey = z.object({
  id: ApiKeyId,
  projectId: ProjectId,
  name: z.string(),
  kind: ApiKeyKind,
  /** The beginning of the key, enough to recognise it: `nbl_publishable_4fTa`. */
  prefix: z.string(),
  scope: ApiKeyScope,
  createdAt: Timestamp,
  /** Null for no end. */
  expiresAt: Timestamp.nullable(),
  /** To the minute; null before its first use. */
  lastUsedAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
  /** The key that took its place, while both are valid. */
  replacedBy: ApiKeyId.nullable(),
})
export type ApiKey = z.infer<typeof ApiKey>

/** A key with its secret: given once, kept nowhere. */
export const CreatedApiKey = z.object({ key: ApiKey, secret: z.string() })
export type CreatedApiKey = z.infer<typeof CreatedApiKey>

const path = '/projects/{projectId}/api-keys'
const one = z.object({ projectId: ProjectId, keyId: ApiKeyId })

export const apiKeys = capability('apiKeys', {
  list: call({
    input: z.object({ projectId: ProjectId, includeRevoked: z.stringbool().or(z.boolean()).default(false) }),
    output: z.array(ApiKey),
    http: { method: 'GET', path, summary: 'API keys of a project, without their secrets' },
  }),
  create: call({
    input: z.object({
      projectId: ProjectId,
      name: ApiKeyName,
      kind: ApiKeyKind,
      scope: ApiKeyScope.prefault({}),
      expiresAt: Timestamp.nullable().default(null),
    }),
    output: CreatedApiKey,
    http: { method: 'POST', path, summary: 'Make an API key; its secret is in this answer only' },
  }),
  rename: call({
    input: one.extend({ name: ApiKeyName }),
    output: ApiKey,
    http: { method: 'PATCH', path: `${path}/{keyId}`, summary: 'Rename an API key' },
  }),
  /** Makes a key of the same name, kind and scope; the old one goes on for `overlapSeconds`, 0 ends it at once. */
  rotate: call({
    input: one.extend({
      overlapSeconds: z
        .number()
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(86_400),
    }),
    output: CreatedApiKey,
    http: { method: 'POST', path: `${path}/{keyId}/rotate`, summary: 'Replace an API key, with an overlap' },
  }),
  revoke: call({
    input: one,
    output: ApiKey,
    http: { method: 'DELETE', path: `${path}/{keyId}`, summary: 'End an API key at once' },
  }),
})
