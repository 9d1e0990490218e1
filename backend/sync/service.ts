// The service's side of docs/specs/sync.md.
import type { z } from 'zod'
import type { AccountId } from '#contract/capabilities/ids.ts'
import type { sync, SyncChange, SyncMutation, SyncOutcome, SyncRecord } from '#contract/capabilities/sync.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import { listOrganisations } from '../organisations/index.ts'
import { findProjects, toContractProject } from '../projects/index.ts'
import { formatCursor, parseCursor } from './cursor.ts'
import * as store from './store.ts'

export type PullOutput = z.output<typeof sync.members.pull.output>

export interface SyncDependencies {
  readonly db: Database
  readonly clock: Clock
}

export interface SyncService {
  pull(actor: Actor, input: { cursor: string | null; limit: number }): Promise<PullOutput>
  push(actor: Actor, mutations: readonly SyncMutation[]): Promise<SyncOutcome[]>
  /** Forgets old tombstones and mutations (SYNC-7, SYNC-15). */
  prune(): Promise<void>
}

const KEPT_MS = 90 * 24 * 60 * 60 * 1000
const PAGE_MAX_BYTES = 8_000_000
/** Records of one kind that an account may keep. */
const MAX_RECORDS = 10_000

/** Makes the service of sync. */
export function createSyncService({ db, clock }: SyncDependencies): SyncService {
  return {
    pull: (actor, { cursor, limit }) =>
      db.transaction(async (tx) => {
        await store.readOneMoment(tx)
        const { accountId } = actor
        const head = await store.findHead(tx, accountId)
        if (head === undefined)
          return { accountId, changes: [], cursor: NOTHING_YET, hasMore: false, reset: false }
        const from = startingPoint(head, cursor)
        const rows = await store.listEntries(tx, accountId, { after: from.version, limit: limit + 1 })
        const page = rows.filter(
          (row, index) => index === 0 || (index < limit && row.sizeSoFar <= PAGE_MAX_BYTES),
        )
        const hasMore = page.length < rows.length
        const version = hasMore ? (page.at(-1)?.version ?? head.version) : head.version
        return {
          accountId,
          changes: await readChanges(tx, accountId, page),
          cursor: formatCursor({ epoch: head.epoch, version, since: from.since }),
          hasMore,
          reset: from.isReset,
        }
      }),

    async push(actor, mutations) {
      const outcomes: SyncOutcome[] = []
      for (const mutation of mutations)
        outcomes.push(await db.transaction((tx) => applyMutation(tx, { actor, mutation, at: clock.now() })))
      return outcomes
    },

    async prune() {
      const before = new Date(clock.now().getTime() - KEPT_MS)
      for (const accountId of await store.listAccountsToPrune(db, before))
        await db.transaction((tx) => store.pruneTombstones(tx, accountId, before))
      await store.pruneRest(db, before)
    },
  }
}

/** The cursor of an account for which nothing was ever recorded. */
const NOTHING_YET = formatCursor({ epoch: '00000000-0000-0000-0000-000000000000', version: 0, since: 0 })

interface StartingPoint {
  readonly version: number
  readonly since: number
  readonly isReset: boolean
}

/** SYNC-7. */
function startingPoint(head: store.Head, text: string | null): StartingPoint {
  const beginning = { version: 0, since: head.version }
  if (text === null) return { ...beginning, isReset: false }
  const cursor = parseCursor(text)
  // Nothing was given for version 0, so there is nothing to forget.
  if (cursor?.version === 0) return { ...beginning, isReset: false }
  const isGood =
    cursor !== undefined &&
    cursor.epoch === head.epoch &&
    Math.max(cursor.version, cursor.since) >= head.floor &&
    cursor.version <= head.version
  return isGood
    ? { version: cursor.version, since: cursor.since, isReset: false }
    : { ...beginning, isReset: true }
}

async function readChanges(
  tx: Tx,
  accountId: AccountId,
  entries: readonly store.Entry[],
): Promise<SyncChange[]> {
  const records = new Map<string, SyncRecord>()
  const idsOf = (kind: store.RecordKind): string[] =>
    entries.filter((entry) => entry.kind === kind && !entry.isDeleted).map(({ recordId }) => recordId)
  const put = (record: SyncRecord): void => void records.set(`${record.kind} ${record.record.id}`, record)
  if (idsOf('organisation').length > 0)
    for (const record of await listOrganisations(tx, accountId)) put({ kind: 'organisation', record })
  const projects = idsOf('project')
  if (projects.length > 0)
    for (const project of await findProjects(tx, projects))
      put({ kind: 'project', record: toContractProject(project) })
  const queries = idsOf('savedQuery')
  if (queries.length > 0)
    for (const record of await store.listSavedQueries(tx, accountId, queries))
      put({ kind: 'savedQuery', record })
  const connections = idsOf('connection')
  if (connections.length > 0)
    for (const record of await store.listConnections(tx, accountId, connections))
      put({ kind: 'connection', record })

  return entries.map(({ kind, recordId, version, isDeleted }) => {
    const record = records.get(`${kind} ${recordId}`)
    // An entry and its record change in one transaction and are read at one moment: only a tombstone is without a record.
    if (!isDeleted && record === undefined)
      throw new AppError('INTERNAL', `The ${kind} ${recordId} has an entry and no record.`)
    return record === undefined
      ? { type: 'delete', version, kind, id: recordId }
      : { type: 'upsert', version, record }
  })
}

interface Application {
  readonly actor: Actor
  readonly mutation: SyncMutation
  readonly at: Date
}

/** SYNC-15 to SYNC-17. */
async function applyMutation(tx: Tx, { actor, mutation, at }: Application): Promise<SyncOutcome> {
  const { accountId } = actor
  const { mutationId } = mutation
  const head = await store.lockHead(tx, accountId)
  if (head === undefined) throw new AppError('UNAUTHENTICATED', 'This account no longer exists.')
  const before = await store.findMutation(tx, accountId, mutationId)
  if (before !== undefined) return { type: 'applied', mutationId, version: before }

  const reason = await reasonToReject(tx, accountId, mutation)
  if (reason !== undefined) return { type: 'rejected', mutationId, reason }

  const key =
    mutation.type === 'upsert'
      ? { kind: mutation.record.kind, id: mutation.record.record.id }
      : { kind: mutation.kind, id: mutation.id }
  const entry = await store.findEntry(tx, accountId, key)
  const isThere = entry !== undefined && !entry.isDeleted
  const standing = entry?.version ?? 0
  if (mutation.type === 'delete' && !isThere) return { type: 'applied', mutationId, version: standing }
  if ((mutation.baseVersion ?? 0) !== standing) {
    const current = isThere ? await currentRecord(tx, accountId, key) : null
    return { type: 'conflict', mutationId, version: standing, current }
  }

  const version = head.version + 1
  if (mutation.type === 'upsert') await store.writeRecord(tx, accountId, mutation.record)
  else await store.deleteRecord(tx, accountId, key)
  const deletedAt = mutation.type === 'delete' ? at : null
  await store.writeEntry(tx, accountId, { ...key, version, deletedAt })
  await store.setHeadVersion(tx, accountId, version)
  await store.writeMutation(tx, accountId, { mutationId, version, at })
  return { type: 'applied', mutationId, version }
}

async function currentRecord(
  tx: Tx,
  accountId: AccountId,
  { kind, id }: { readonly kind: store.WritableKind; readonly id: string },
): Promise<SyncRecord | null> {
  if (kind === 'savedQuery') {
    const [record] = await store.listSavedQueries(tx, accountId, [id])
    return record === undefined ? null : { kind, record }
  }
  const [record] = await store.listConnections(tx, accountId, [id])
  return record === undefined ? null : { kind, record }
}

async function reasonToReject(
  tx: Tx,
  accountId: AccountId,
  mutation: SyncMutation,
): Promise<string | undefined> {
  if (mutation.type === 'delete') return undefined
  const { kind, record } = mutation.record
  if (Object.values(record).some((value) => typeof value === 'string' && value.includes('\0')))
    return 'It contains a NUL character, which cannot be stored.'
  if (mutation.baseVersion === null && (await store.countEntries(tx, accountId, kind)) >= MAX_RECORDS)
    return `There are ${MAX_RECORDS} already, which is the most that an account can keep.`
  return undefined
}
