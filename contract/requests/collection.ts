// A collection of requests: a folder of text files, one per request, in the format of OpenCollection.
import { z } from 'zod'
import { Auth } from './auth.ts'
import { MOST_TEXT, Pair, Scripts, Variable } from './parts.ts'
import { RequestSettings } from './request.ts'

/** A collection that this machine knows. */
export const CollectionId = z.uuid().brand<'CollectionId'>()
export type CollectionId = z.infer<typeof CollectionId>

/** Where an item is in its collection: names of files and folders joined by `/`, `Rentals/Open rentals.yml`; empty for the collection itself. */
export const ItemPath = z.string().max(4_096)
export type ItemPath = z.infer<typeof ItemPath>

/** The hash of a file's text when it was read: who writes says what they read. */
export const Revision = z.string().max(128)
export type Revision = z.infer<typeof Revision>

/** What a folder, or a collection, gives to everything in it. */
export const RequestDefaults = z.object({
  headers: z.array(Pair).max(1_000).default([]),
  auth: Auth,
  variables: z.array(Variable).max(10_000).default([]),
  scripts: Scripts,
  settings: RequestSettings,
})
export type RequestDefaults = z.infer<typeof RequestDefaults>

export const Folder = z.object({
  kind: z.literal('folder'),
  name: z.string().min(1, 'Give it a name.').max(500),
  sequence: z.number().nullable().default(null),
  docs: z.string().max(MOST_TEXT).default(''),
  defaults: RequestDefaults,
})
export type Folder = z.infer<typeof Folder>

export const ProxySettings = z.discriminatedUnion('mode', [
  /** As the app's settings say, and those may say: as the system does. */
  z.object({ mode: z.literal('inherit') }),
  z.object({ mode: z.literal('off') }),
  z.object({
    mode: z.literal('on'),
    protocol: z.enum(['http', 'https', 'socks4', 'socks5']),
    host: z.string().max(255),
    port: z.number().int().min(1).max(65_535),
    username: z.string().max(1_000).default(''),
    password: z.string().max(10_000).default(''),
    /** Hosts that are reached directly, as NO_PROXY lists them. */
    bypass: z.string().max(10_000).default(''),
  }),
])
export type ProxySettings = z.infer<typeof ProxySettings>

/** Shown to hosts that match `domain` (`*.example.com`, with a port where it matters). Paths are relative to the collection's folder, or absolute. */
export const ClientCertificate = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('pem'),
    domain: z.string().max(300),
    certificatePath: z.string().max(4_096),
    keyPath: z.string().max(4_096),
    passphrase: z.string().max(10_000).default(''),
    isEnabled: z.boolean().default(true),
  }),
  z.object({
    type: z.literal('pkcs12'),
    domain: z.string().max(300),
    path: z.string().max(4_096),
    passphrase: z.string().max(10_000).default(''),
    isEnabled: z.boolean().default(true),
  }),
])
export type ClientCertificate = z.infer<typeof ClientCertificate>

/** Where a collection was generated from, so that drift can be seen. */
export const CollectionSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('openapi'), location: z.string().max(4_096) }),
  z.object({ type: z.literal('project'), projectId: z.uuid() }),
])
export type CollectionSource = z.infer<typeof CollectionSource>

export const Collection = z.object({
  kind: z.literal('collection'),
  name: z.string().min(1, 'Give it a name.').max(500),
  version: z.string().max(300).default(''),
  docs: z.string().max(MOST_TEXT).default(''),
  defaults: RequestDefaults,
  proxy: ProxySettings,
  clientCertificates: z.array(ClientCertificate).max(100).default([]),
  source: CollectionSource.nullable().default(null),
})
export type Collection = z.infer<typeof Collection>

/** `environments/NAME.yml`; or the variables of all collections. */
export const Environment = z.object({
  name: z.string().min(1, 'Give it a name.').max(200),
  color: z.string().max(50).default(''),
  description: z.string().max(100_000).default(''),
  /** Name of an environment whose variables count where this one has none of that name. */
  extends: z.string().max(200).nullable().default(null),
  variables: z.array(Variable).max(10_000).default([]),
})
export type Environment = z.infer<typeof Environment>

/** An item as the tree shows it. */
export const ItemSummary = z.object({
  path: ItemPath,
  kind: z.enum(['folder', 'http', 'graphql', 'websocket', 'script']),
  name: z.string(),
  sequence: z.number().nullable(),
  /** Of requests: `GET`; empty for others. */
  method: z.string(),
  url: z.string(),
  tags: z.array(z.string()),
  /** Why the file could not be read, with its line; null when it could. */
  problem: z.string().nullable(),
})
export type ItemSummary = z.infer<typeof ItemSummary>
