// Collections of requests that teams share: the service keeps each file's text and version, the desktop keeps the files. docs/specs/sync.md numbers the rules.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { OrganisationId, TeamCollectionId, Timestamp } from './ids.ts'

/** Files of one collection, its tombstones not counted. */
export const TEAM_MOST_FILES = 10_000
/** UTF-8 bytes of one file. */
export const TEAM_MOST_FILE_BYTES = 5_000_000
/** UTF-8 bytes of all files of one collection. */
export const TEAM_MOST_BYTES = 100_000_000
/** Changes of one push. */
export const TEAM_MOST_CHANGES = 100

export const TeamCollection = z.object({
  id: TeamCollectionId,
  organisationId: OrganisationId,
  name: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Whether the caller's role lets them change it. */
  canWrite: z.boolean(),
  /** Whether the caller may take it away from the whole team. */
  canRemove: z.boolean(),
})
export type TeamCollection = z.infer<typeof TeamCollection>

const FilePath = z.string().min(1).max(1_024)
const FileText = z.string().max(TEAM_MOST_FILE_BYTES)

/** A file at a version; its text is null when it was deleted. Versions rise over all files of a collection. */
export const TeamFile = z.object({ path: FilePath, version: z.number().int(), text: z.string().nullable() })
export type TeamFile = z.infer<typeof TeamFile>

/** A change of one file. `mutationId` makes a repeat harmless; `baseVersion` is the version it was made on, 0 where there was no file. */
export const TeamFileChange = z.object({
  mutationId: z.uuid(),
  path: FilePath,
  baseVersion: z.number().int().min(0),
  /** Null deletes it. */
  text: FileText.nullable(),
})
export type TeamFileChange = z.infer<typeof TeamFileChange>

export const TeamFileOutcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('applied'), mutationId: z.uuid(), version: z.number().int() }),
  /** Somebody else changed it since `baseVersion`: what the service holds; null text and version 0 where it is deleted. */
  z.object({
    type: z.literal('conflict'),
    mutationId: z.uuid(),
    version: z.number().int(),
    text: z.string().nullable(),
  }),
  z.object({ type: z.literal('rejected'), mutationId: z.uuid(), reason: z.string() }),
])
export type TeamFileOutcome = z.infer<typeof TeamFileOutcome>

const ofTeam = z.object({ organisationId: OrganisationId })
const one = ofTeam.extend({ teamCollectionId: TeamCollectionId })
const all = '/organisations/{organisationId}/collections'
const path = `${all}/{teamCollectionId}`

export const teamCollections = capability('teamCollections', {
  list: call({
    input: ofTeam,
    output: z.array(TeamCollection),
    http: { method: 'GET', path: all, summary: 'Collections that an organisation shares' },
  }),
  /** The id is the client's: a repeat answers the same collection. LIMIT_REACHED when the organisation has too many. */
  create: call({
    input: one.extend({ name: z.string().trim().min(1).max(500) }),
    output: TeamCollection,
    http: { method: 'POST', path: all, summary: 'Share a collection with an organisation' },
  }),
  /** Takes it away from the whole team. Needs the role admin, or to have shared it. */
  remove: call({
    input: one,
    output: z.void(),
    http: { method: 'DELETE', path, summary: 'Stop sharing a collection' },
  }),
  /** NOT_FOUND has `details.reason` `removed` when the team took the collection away; without it the caller is no member. */
  pull: call({
    input: one.extend({
      cursor: z.string().max(100).nullable(),
      limit: z.number().int().min(1).max(500).default(200),
    }),
    output: z.object({
      collection: TeamCollection,
      files: z.array(TeamFile),
      /** Give it back to get what came after. Opaque. */
      cursor: z.string(),
      hasMore: z.boolean(),
      /** True when the cursor is too old: what no page brings is not there any more. */
      reset: z.boolean(),
    }),
    http: { method: 'POST', path: `${path}/pull`, summary: 'Files that changed since a cursor' },
  }),
  /** Applies changes in their order, all in one transaction; one that conflicts or is rejected leaves the others alone. */
  push: call({
    input: one.extend({
      /** The collection's name as its own file says. */
      name: z.string().trim().min(1).max(500).optional(),
      changes: z.array(TeamFileChange).max(TEAM_MOST_CHANGES),
    }),
    output: z.object({ outcomes: z.array(TeamFileOutcome) }),
    http: { method: 'POST', path: `${path}/push`, summary: 'Change files, each exactly once' },
  }),
})
