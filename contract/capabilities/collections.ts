// Collections of requests: folders of text files on this machine, watched for outside changes, never overwritten; drafts; environments; secrets.
import { z } from 'zod'
import { call, capability, event, stream } from '../rpc/definition.ts'
import {
  Collection,
  CollectionId,
  Environment,
  Folder,
  ItemPath,
  ItemSummary,
  RequestDefaults,
  Revision,
} from '../requests/collection.ts'
import { Variable } from '../requests/parts.ts'
import { ApiRequest } from '../requests/request.ts'
import { OrganisationId, TeamCollectionId, Timestamp } from './ids.ts'
import { TeamCollection } from './team-collections.ts'

/** How a shared collection stands to its team's. */
export const CollectionSync = z.object({
  /**
   * `conflict`: files that were written beside others wait for the person. `refused`: some changes are not taken, `message` says which and why.
   * `stopped`: no member any more, or the team took it away. `offline`: the service is away, or nobody is signed in.
   */
  state: z.enum(['synced', 'syncing', 'pending', 'offline', 'conflict', 'refused', 'stopped']),
  /** Files that changed here and are not sent yet. */
  pending: z.number().int(),
  /** Files that hold a team's version beside the one of this machine. */
  conflicts: z.array(ItemPath),
  /** Files that stay on this machine, or cannot be written here, with the reason. At most 100. */
  refused: z.array(z.object({ path: ItemPath, reason: z.string() })),
  /** A sentence for the person; null when all is well. */
  message: z.string().nullable(),
  /** Null before the first whole cycle. */
  syncedAt: Timestamp.nullable(),
  /** False for viewers: changes of this machine stay here. */
  canWrite: z.boolean(),
})
export type CollectionSync = z.infer<typeof CollectionSync>

export const CollectionInfo = z.object({
  id: CollectionId,
  name: z.string(),
  /** Its folder; null for one that is kept in this machine's own data. */
  folder: z.string().nullable(),
  /** Whose team has it too; null for none. */
  organisationId: OrganisationId.nullable(),
  /** Null for one that is not shared. */
  sync: CollectionSync.nullable().optional(),
  requests: z.number().int(),
  /** Files that could not be read. */
  problems: z.number().int(),
  /** Why it is not there: the folder is gone, or may not be read. */
  unavailable: z.string().nullable(),
  activeEnvironment: z.string().nullable(),
})
export type CollectionInfo = z.infer<typeof CollectionInfo>

/** A draft: what was typed and not saved. `path` is null for a request that was never saved. */
export const RequestDraft = z.object({
  id: z.uuid(),
  collectionId: CollectionId.nullable(),
  path: ItemPath.nullable(),
  baseRevision: Revision.nullable(),
  request: ApiRequest,
  updatedAt: Timestamp,
})
export type RequestDraft = z.infer<typeof RequestDraft>

export const SearchHit = z.object({
  collectionId: CollectionId,
  path: ItemPath,
  name: z.string(),
  method: z.string(),
  /** Where it was found: `name`, `url`, `headers`, `body`, `docs`, `scripts`, … and the text around it. */
  place: z.string(),
  excerpt: z.string(),
})
export type SearchHit = z.infer<typeof SearchHit>

/** Something of an import or an export that could not be kept. */
export const ExchangeProblem = z.object({
  /** Which request or folder; empty for the whole. */
  item: z.string(),
  /** What it is: `auth ntlm`, `pm.visualizer`, `response example of 30 MB`. */
  part: z.string(),
  message: z.string(),
  severity: z.enum(['lost', 'changed', 'note']),
})
export type ExchangeProblem = z.infer<typeof ExchangeProblem>

export const ImportFormat = z.enum([
  'postman-1.0',
  'postman-2.0',
  'postman-2.1',
  'postman-environment',
  'openapi-3.0',
  'openapi-3.1',
  'swagger-2.0',
  'curl',
  'har',
  'insomnia-4',
  'insomnia-5',
  'bruno',
  'opencollection',
])
export type ImportFormat = z.infer<typeof ImportFormat>
export const ExportFormat = z.enum(['postman-2.1', 'openapi-3.1', 'har', 'curl', 'opencollection'])
export type ExportFormat = z.infer<typeof ExportFormat>

/** Text that was pasted or dropped, a dropped folder's files, or the path of a file or a folder. */
export const ImportSource = z.union([
  z.object({ text: z.string().max(50_000_000), name: z.string().max(500).default('') }),
  z.object({
    /** `path` is relative to the folder, with `/`. */
    files: z.array(z.object({ path: z.string().max(4_096), text: z.string().max(50_000_000) })).max(50_000),
    name: z.string().max(500).default(''),
  }),
  z.object({ path: z.string().max(4_096) }),
])
export type ImportSource = z.infer<typeof ImportSource>

const inCollection = z.object({ id: CollectionId })
const item = inCollection.extend({ path: ItemPath })
const Written = z.object({ path: ItemPath, revision: Revision })

export const collections = capability('collections', {
  list: call({ input: z.object({}), output: z.array(CollectionInfo) }),
  /** Makes one in a new folder below `parent`, or (null) in this machine's own data. */
  create: call({
    input: z.object({ name: z.string().trim().min(1).max(500), parent: z.string().max(4_096).nullable() }),
    output: CollectionInfo,
  }),
  /** Opens a folder that holds a collection. */
  open: call({ input: z.object({ folder: z.string().max(4_096) }), output: CollectionInfo }),
  /** Takes it out of the list; its files stay. One in this machine's own data is deleted. */
  close: call({ input: inCollection, output: z.void() }),
  items: call({ input: inCollection, output: z.array(ItemSummary) }),
  read: call({
    input: item,
    output: z.object({
      item: z.union([ApiRequest, Folder, Collection]),
      revision: Revision,
      /** From the collection down to the parent folder. */
      inherited: z.array(z.object({ path: ItemPath, name: z.string(), defaults: RequestDefaults })),
    }),
  }),
  /** Writes a request, a folder or the collection itself. CONFLICT when the file is not what `revision` says: nothing is overwritten. */
  write: call({
    input: item.extend({
      item: z.union([ApiRequest, Folder, Collection]),
      revision: Revision.nullable(),
    }),
    output: Written,
  }),
  createRequest: call({
    input: inCollection.extend({ folder: ItemPath, request: ApiRequest }),
    output: Written,
  }),
  createFolder: call({
    input: inCollection.extend({ folder: ItemPath, name: z.string().trim().min(1).max(500) }),
    output: Written,
  }),
  /** Moves, renames and orders: it ends before the sibling `before`, at the end when null; left out, it keeps its place in its folder. */
  move: call({
    input: item.extend({
      toFolder: ItemPath,
      name: z.string().trim().min(1).max(500).optional(),
      before: ItemPath.nullable().optional(),
    }),
    output: Written,
  }),
  duplicate: call({ input: item, output: Written }),
  /** What is removed is kept until `restore`, or for 30 days. */
  remove: call({ input: item, output: z.object({ undo: z.string() }) }),
  restore: call({ input: inCollection.extend({ undo: z.string() }), output: z.object({ path: ItemPath }) }),
  /** Best first, of one collection or of all. */
  search: call({
    input: z.object({
      id: CollectionId.nullable(),
      text: z.string().max(1_000),
      limit: z.number().int().min(1).max(1_000).default(100),
    }),
    output: z.array(SearchHit),
  }),
  /** Environments of a collection; of null: `Globals` alone, whose variables count in all collections. */
  environments: call({
    input: z.object({ id: CollectionId.nullable() }),
    output: z.array(
      Environment.extend({
        revision: Revision,
        /** Names of its secrets of which this machine has a value. */
        secretsWithValue: z.array(z.string()).default([]),
      }),
    ),
  }),
  saveEnvironment: call({
    input: z.object({
      id: CollectionId.nullable(),
      /** Its name before, where it gets another. */
      oldName: z.string().max(200).nullable(),
      environment: Environment,
      revision: Revision.nullable(),
      /** Secrets that got another name: what the keychain has moves along. */
      renamedSecrets: z
        .array(z.object({ from: z.string().max(1_000), to: z.string().max(1_000) }))
        .max(10_000)
        .default([]),
    }),
    output: z.object({ revision: Revision }),
  }),
  removeEnvironment: call({ input: inCollection.extend({ name: z.string().max(200) }), output: z.void() }),
  activateEnvironment: call({
    input: inCollection.extend({ name: z.string().max(200).nullable() }),
    output: z.void(),
  }),
  /** Keeps the value of a secret variable in the keychain; null forgets it. `scope`: an environment's name, or a path. */
  setSecret: call({
    input: z.object({
      id: CollectionId.nullable(),
      scope: z.discriminatedUnion('type', [
        z.object({ type: z.literal('environment'), name: z.string().max(200) }),
        z.object({ type: z.literal('item'), path: ItemPath }),
      ]),
      name: z.string().min(1).max(1_000),
      value: z.string().max(100_000).nullable(),
    }),
    output: z.void(),
  }),
  /** All variables that a request at `path` (which need not exist) sees, the nearest scope first, one per name unless overridden ones are asked for too. Secrets have no value here. */
  variables: call({
    input: z.object({
      id: CollectionId.nullable(),
      path: ItemPath,
      environment: z.string().nullable(),
      withOverridden: z.boolean().default(false),
    }),
    output: z.array(
      Variable.extend({
        scope: z.enum(['request', 'folder', 'environment', 'collection', 'global', 'script']),
        /** Name of the folder or environment. */
        from: z.string(),
        /** Of secrets: whether the keychain has a value. */
        hasValue: z.boolean(),
        /** A nearer scope has one of the same name. */
        isOverridden: z.boolean().default(false),
      }),
    ),
  }),
  drafts: call({ input: z.object({}), output: z.array(RequestDraft) }),
  saveDraft: call({ input: RequestDraft.omit({ updatedAt: true }), output: z.void() }),
  removeDraft: call({ input: z.object({ id: z.uuid() }), output: z.void() }),
  /** Reads what would be imported; nothing is written. */
  previewImport: call({
    input: z.object({ source: ImportSource }),
    output: z.object({
      format: ImportFormat,
      name: z.string(),
      requests: z.number().int(),
      folders: z.number().int(),
      environments: z.number().int(),
      examples: z.number().int(),
      scripts: z.number().int(),
      problems: z.array(ExchangeProblem),
    }),
  }),
  /** Imports into a new collection (`parent` as for `create`), or into a folder of one. A stream, for there may be thousands; `done` is last. */
  import: stream({
    input: z.object({
      source: ImportSource,
      target: z.discriminatedUnion('type', [
        z.object({
          type: z.literal('new'),
          name: z.string().min(1).max(500),
          parent: z.string().max(4_096).nullable(),
        }),
        z.object({ type: z.literal('into'), id: CollectionId, folder: ItemPath }),
      ]),
    }),
    item: z.discriminatedUnion('type', [
      z.object({ type: z.literal('progress'), written: z.number().int(), total: z.number().int() }),
      z.object({
        type: z.literal('done'),
        collectionId: CollectionId,
        problems: z.array(ExchangeProblem),
      }),
    ]),
  }),
  /** To text, or to a file where `file` is given. ALREADY_EXISTS when something is there, unless `replaces`; a folder (opencollection) is never replaced. */
  export: call({
    input: inCollection.extend({
      path: ItemPath,
      format: ExportFormat,
      file: z.string().max(4_096).nullable(),
      replaces: z.boolean().default(false),
    }),
    output: z.object({ text: z.string().nullable(), problems: z.array(ExchangeProblem) }),
  }),
  /**
   * Shares it with a team. Null: this machine syncs it no more and its files stay; `forAll` also takes it away from the team (who shared it, admins).
   * CONFLICT when it is shared with another team; FORBIDDEN for viewers.
   */
  share: call({
    input: inCollection.extend({
      organisationId: OrganisationId.nullable(),
      forAll: z.boolean().default(false),
    }),
    output: z.void(),
  }),
  /** What the teams of the signed-in account share. `here` is the collection of this machine that is it; null for none. Needs the service. */
  teamCollections: call({
    input: z.object({}),
    output: z.array(TeamCollection.extend({ organisationName: z.string(), here: CollectionId.nullable() })),
  }),
  /** Opens a team's collection: into a new folder below `parent`, or (null) into this machine's own data. One that is here already is given as it is. */
  openTeamCollection: call({
    input: z.object({
      organisationId: OrganisationId,
      teamCollectionId: TeamCollectionId,
      parent: z.string().max(4_096).nullable(),
    }),
    output: CollectionInfo,
  }),
  /** Sends and fetches now, and waits for it. Failing is told by the collection's `sync`. */
  syncNow: call({ input: inCollection, output: z.void() }),
  /** Files of a collection changed, here or outside. `paths` is null when there are too many to name. */
  changed: event(
    z.object({ id: CollectionId.nullable(), paths: z.array(ItemPath).nullable(), isOutside: z.boolean() }),
  ),
})
