// The rules of shared collections: who reads and writes, which change is a conflict, how much may be kept. docs/specs/sync.md numbers them (TEAM-n).
import type { z } from 'zod'
import type { OrganisationId, TeamCollectionId } from '#contract/capabilities/ids.ts'
import type { Role } from '#contract/capabilities/organisations.ts'
import type {
  TeamCollection,
  TeamFileChange,
  TeamFileOutcome,
  teamCollections,
} from '#contract/capabilities/team-collections.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Queryable } from '../db/database.ts'
import { includesRole, requireRole } from '../organisations/index.ts'
import { applyChanges } from './apply-changes.ts'
import { formatCursor, parseCursor, type Cursor } from './cursor.ts'
import * as store from './store.ts'

export interface TeamCollectionsDependencies {
  readonly db: Database
  readonly clock: Clock
}

export interface TeamCollectionRef {
  readonly organisationId: OrganisationId
  readonly teamCollectionId: TeamCollectionId
}

export type PullOutput = z.output<typeof teamCollections.members.pull.output>

export interface TeamCollectionsService {
  list(actor: Actor, organisationId: OrganisationId): Promise<TeamCollection[]>
  create(actor: Actor, input: TeamCollectionRef & { name: string }): Promise<TeamCollection>
  remove(actor: Actor, input: TeamCollectionRef): Promise<void>
  pull(actor: Actor, input: TeamCollectionRef & { cursor: string | null; limit: number }): Promise<PullOutput>
  push(
    actor: Actor,
    input: TeamCollectionRef & { name?: string | undefined; changes: readonly TeamFileChange[] },
  ): Promise<TeamFileOutcome[]>
  /** Forgets old tombstones, changes and removed collections. */
  prune(): Promise<void>
}

const KEPT_MS = 90 * 24 * 60 * 60 * 1000
const PAGE_MAX_BYTES = 8_000_000
const MOST_COLLECTIONS = 200

/** Makes the service of shared collections. */
export function createTeamCollectionsService({
  db,
  clock,
}: TeamCollectionsDependencies): TeamCollectionsService {
  return {
    async list(actor, organisationId) {
      const role = await requireRole(db, actor, organisationId, 'viewer')
      return (await store.listCollections(db, organisationId)).map((row) => toContract(row, actor, role))
    },

    create: (actor, { organisationId, teamCollectionId, name }) =>
      db.transaction(async (tx) => {
        const role = await requireRole(tx, actor, organisationId, 'developer')
        await store.lockOrganisation(tx, organisationId)
        const before = await store.findCollection(tx, teamCollectionId)
        if (before !== undefined) return toContract(visible(before, organisationId), actor, role)
        if ((await store.listCollections(tx, organisationId)).length >= MOST_COLLECTIONS)
          throw new AppError(
            'LIMIT_REACHED',
            `The organisation shares ${MOST_COLLECTIONS} collections already, which is the most.`,
            { hint: 'Stop sharing one that is not needed any more.' },
          )
        const at = clock.now()
        const row = { id: teamCollectionId, organisationId, name, createdBy: actor.accountId, at }
        // Somebody else's organisation may have taken the id at this moment: then it is not there for this one.
        if (!(await store.insertCollection(tx, row))) throw notThere()
        await audit(tx, {
          ...about(actor, { organisationId, teamCollectionId }),
          action: 'collection.share',
          details: { name },
        })
        const made = await store.findCollection(tx, teamCollectionId)
        return toContract(visible(made, organisationId), actor, role)
      }),

    remove: (actor, ref) =>
      db.transaction(async (tx) => {
        const role = await requireRole(tx, actor, ref.organisationId, 'viewer')
        const row = visible(await store.lockCollection(tx, ref.teamCollectionId), ref.organisationId)
        if (!mayRemove(row, actor, role))
          throw new AppError('FORBIDDEN', `This needs the role admin or more; yours is ${role}.`, {
            hint: 'Who shared it, an owner or an admin can stop sharing it.',
          })
        await store.markRemoved(tx, row.id, clock.now())
        await audit(tx, {
          ...about(actor, ref),
          action: 'collection.unshare',
          details: { name: row.name, files: row.files },
        })
      }),

    pull: (actor, { cursor, limit, ...ref }) =>
      db.transaction(async (tx) => {
        await store.readOneMoment(tx)
        const { row, role } = await readable(tx, actor, ref)
        const from = startingPoint(row, cursor)
        const rows = await store.listFiles(tx, row.id, {
          after: from.version,
          limit: limit + 1,
          mostBytes: PAGE_MAX_BYTES,
        })
        const page = rows.filter(
          (file, index) => index === 0 || (index < limit && file.bytesSoFar <= PAGE_MAX_BYTES),
        )
        const hasMore = page.length < rows.length
        const version = hasMore ? (page.at(-1)?.version ?? row.version) : row.version
        return {
          collection: toContract(row, actor, role),
          files: page.map(({ path, version: at, text }) => ({ path, version: at, text })),
          cursor: formatCursor({ version, since: from.since }),
          hasMore,
          reset: from.isReset,
        }
      }),

    push: (actor, { name, changes, ...ref }) =>
      db.transaction(async (tx) => {
        await requireRole(tx, actor, ref.organisationId, 'developer')
        const row = visible(await store.lockCollection(tx, ref.teamCollectionId), ref.organisationId)
        const at = clock.now()
        const { outcomes, after } = await applyChanges(tx, { row, changes, changedBy: actor.accountId, at })
        const next = { ...after, name: name ?? row.name }
        if (next.version !== row.version || next.name !== row.name) await store.updateCollection(tx, next, at)
        return outcomes
      }),

    async prune() {
      const before = new Date(clock.now().getTime() - KEPT_MS)
      await store.pruneRest(db, before)
      for (const id of await store.listToPrune(db, before))
        await db.transaction(async (tx) => {
          if ((await store.lockCollection(tx, id)) !== undefined) await store.pruneTombstones(tx, id, before)
        })
    },
  }
}

async function readable(
  db: Queryable,
  actor: Actor,
  { organisationId, teamCollectionId }: TeamCollectionRef,
): Promise<{ readonly row: store.CollectionRow; readonly role: Role }> {
  const role = await requireRole(db, actor, organisationId, 'viewer')
  return { role, row: visible(await store.findCollection(db, teamCollectionId), organisationId) }
}

/** The row, if it is this organisation's and was not taken away. Another tenant's looks like none. */
function visible(row: store.CollectionRow | undefined, organisationId: OrganisationId): store.CollectionRow {
  if (row === undefined || row.organisationId !== organisationId) throw notThere()
  if (row.isRemoved)
    throw new AppError('NOT_FOUND', 'The team does not share this collection any more.', {
      details: { reason: 'removed' },
    })
  return row
}

function notThere(): AppError {
  return new AppError('NOT_FOUND', 'There is no such collection.')
}

function mayRemove(row: store.CollectionRow, actor: Actor, role: Role): boolean {
  return includesRole(role, 'admin') || (row.createdBy === actor.accountId && includesRole(role, 'developer'))
}

function about(actor: Actor, ref: TeamCollectionRef) {
  const { organisationId, teamCollectionId } = ref
  return { actor, organisationId, subjectKind: 'collection' as const, subjectId: teamCollectionId }
}

function toContract(row: store.CollectionRow, actor: Actor, role: Role): TeamCollection {
  return {
    id: row.id,
    organisationId: row.organisationId,
    name: row.name,
    files: row.files,
    bytes: row.bytes,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    canWrite: includesRole(role, 'developer'),
    canRemove: mayRemove(row, actor, role),
  }
}

/** TEAM-4. */
function startingPoint(
  row: store.CollectionRow,
  text: string | null,
): Cursor & { readonly isReset: boolean } {
  const beginning = { version: 0, since: row.version }
  if (text === null) return { ...beginning, isReset: false }
  const cursor = parseCursor(text)
  const isGood =
    cursor !== undefined &&
    Math.max(cursor.version, cursor.since) >= row.floor &&
    cursor.version <= row.version
  return isGood ? { ...cursor, isReset: false } : { ...beginning, isReset: true }
}
