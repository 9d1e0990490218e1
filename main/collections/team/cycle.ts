// One cycle of a shared collection: what was sent without an answer, what is new, what changed here. It may stop anywhere; the next one goes on.
import type { TeamFileOutcome } from '#contract/capabilities/team-collections.ts'
import type { ServiceContract } from '#contract/contract.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { Client } from '#contract/rpc/definition.ts'
import type { OutboxFile, TeamLink, TeamStore } from '../../cache/index.ts'
import { applyInbox, type InboxParts } from './apply-inbox.ts'
import { readLocalFiles, type LocalFiles, type ReadCache } from './files.ts'
import { outgoing, type Outgoing } from './outgoing.ts'

export type TeamClient = Pick<Client<ServiceContract>['teamCollections'], 'create' | 'pull' | 'push'>

export interface CycleParts extends InboxParts {
  readonly client: TeamClient
  readonly newId: () => string
  /** The collection's name, for the team's list. */
  readonly name: string
  readonly cache: ReadCache
  readonly signal: AbortSignal
  /** Whether what the service refused is sent again. */
  readonly retriesRefused: boolean
}

/** Files of a push, and characters of their texts after which it is closed. */
const MOST_CHANGES = 100
const MOST_CHARACTERS = 4_000_000
/** Conflicts lead to another round; whoever writes without pause is waited for until the next cycle. */
const MOST_ROUNDS = 5

/** Runs it. Rejects with what the service, the connection or the file system said; nothing is lost by any of them. */
export async function runCycle(parts: CycleParts): Promise<void> {
  const { store, collectionId } = parts
  // A folder that is not there (a disk that is away) is no deletion of everything: nothing is done to it.
  await readLocalFiles(parts.directory, parts.cache)
  await createOnce(parts)
  await sendWaiting(parts)
  const isNews = await pullAll(parts)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await applyInbox(parts)
    if (!linkOf(parts).canWrite) return
    const { changes } = differences(
      parts,
      await readLocalFiles(parts.directory, parts.cache),
      round === 0 && (isNews || parts.retriesRefused),
    )
    for (const batch of batches(changes)) {
      assertGoingOn(parts)
      // Durable before it is sent: after a crash the same is sent again.
      store.transaction(() => {
        for (const change of batch)
          store.putOutbox(collectionId, { ...change, mutationId: parts.newId(), reason: null })
      })
      await sendWaiting(parts)
    }
    if (store.inbox(collectionId).every(({ reason }) => reason !== null)) return
  }
}

/** What differs from what was agreed on, without asking anybody. */
export function differences(
  { store, collectionId }: Pick<CycleParts, 'store' | 'collectionId'>,
  local: LocalFiles,
  isAgain = false,
): Outgoing {
  return outgoing(
    local,
    {
      base: store.base(collectionId),
      inbox: store.inbox(collectionId),
      outbox: store.outbox(collectionId),
    },
    isAgain,
  )
}

function linkOf({ store, collectionId }: { store: TeamStore; collectionId: CollectionId }): TeamLink {
  const link = store.link(collectionId)
  if (link === undefined) throw new AppError('CANCELLED', 'The collection is not shared any more.')
  return link
}

function assertGoingOn(parts: CycleParts): void {
  if (parts.signal.aborted) throw new AppError('CANCELLED', 'Syncing was cancelled.')
  linkOf(parts)
}

const refOf = ({ organisationId, teamCollectionId }: TeamLink) => ({ organisationId, teamCollectionId })

/** TEAM-9 */
async function createOnce(parts: CycleParts): Promise<void> {
  assertGoingOn(parts)
  const link = linkOf(parts)
  if (link.isCreated) return
  await parts.client.create({ ...refOf(link), name: parts.name.slice(0, 500) }, { signal: parts.signal })
  parts.store.saveLink({ ...linkOf(parts), isCreated: true })
}

function* batches<T extends { readonly text: string | null }>(changes: readonly T[]): Generator<T[]> {
  let batch: T[] = []
  let characters = 0
  for (const change of changes) {
    const length = change.text?.length ?? 0
    if (batch.length > 0 && (batch.length >= MOST_CHANGES || characters + length > MOST_CHARACTERS)) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(change)
    characters += length
  }
  if (batch.length > 0) yield batch
}

/** Sends what has no answer, as it was. */
async function sendWaiting(parts: CycleParts): Promise<void> {
  const { store, collectionId } = parts
  const waiting = store.outbox(collectionId).filter(({ reason }) => reason === null)
  for (const batch of batches(waiting)) {
    assertGoingOn(parts)
    const outcomes = await send(parts, batch)
    if (outcomes === null) return
    const byId = new Map(outcomes.map((outcome) => [outcome.mutationId, outcome]))
    store.transaction(() => {
      for (const sent of batch) {
        const outcome = byId.get(sent.mutationId)
        if (outcome === undefined)
          throw new AppError('INTERNAL', 'The service left a change without an answer.')
        applyOutcome(parts, sent, outcome)
      }
    })
  }
}

/** Null when the role does not allow it any more. */
async function send(parts: CycleParts, batch: readonly OutboxFile[]): Promise<TeamFileOutcome[] | null> {
  const link = linkOf(parts)
  const changes = batch.map(({ path, mutationId, baseVersion, text }) => ({
    path,
    mutationId,
    baseVersion,
    text,
  }))
  try {
    const name = parts.name.trim().slice(0, 500)
    const { outcomes } = await parts.client.push(
      { ...refOf(link), ...(name === '' ? {} : { name }), changes },
      { signal: parts.signal },
    )
    return outcomes
  } catch (error) {
    // A viewer since: what was sent before and had its effect is found by the pull.
    if (!isAppError(error, 'FORBIDDEN')) throw error
    parts.store.transaction(() => {
      for (const { path, reason } of parts.store.outbox(parts.collectionId))
        if (reason === null) parts.store.removeOutbox(parts.collectionId, path)
      parts.store.saveLink({ ...linkOf(parts), canWrite: false })
    })
    return null
  }
}

function applyOutcome({ store, collectionId }: CycleParts, sent: OutboxFile, outcome: TeamFileOutcome): void {
  const { path, text } = sent
  if (outcome.type === 'rejected') {
    store.putOutbox(collectionId, { ...sent, reason: outcome.reason })
    return
  }
  store.removeOutbox(collectionId, path)
  if (outcome.type === 'conflict')
    store.putInbox(collectionId, {
      path,
      version: outcome.version,
      text: outcome.text,

      reason: null,
    })
  else if (text === null) store.removeBase(collectionId, path)
  else store.putBase(collectionId, { path, version: outcome.version, text })
}

/** Takes all pages into the inbox, each with its cursor. Returns whether there was anything. */
async function pullAll(parts: CycleParts): Promise<boolean> {
  const { store, collectionId } = parts
  let isNews = false
  for (;;) {
    assertGoingOn(parts)
    const link = linkOf(parts)
    const page = await parts.client.pull({ ...refOf(link), cursor: link.cursor }, { signal: parts.signal })
    assertGoingOn(parts)
    store.transaction(() => {
      if (page.reset) {
        // What no page brings is gone: each is taken for deleted until one does. Nothing is applied before the last page.
        store.clearInbox(collectionId)
        for (const { path } of store.base(collectionId).values())
          store.putInbox(collectionId, { path, version: 0, text: null, reason: null })
      }
      const waiting = new Map(store.inbox(collectionId).map((file) => [file.path, file.version]))
      for (const file of page.files) {
        // What waits already is replaced by what is newer; of our own changes we know.
        const version = waiting.get(file.path) ?? store.baseFile(collectionId, file.path)?.version ?? 0
        if (file.version > version) store.putInbox(collectionId, { ...file, reason: null })
      }
      store.saveLink({
        ...link,
        cursor: page.cursor,
        isPulling: page.hasMore,
        canWrite: page.collection.canWrite,
        stopped: null,
      })
    })
    isNews ||= page.files.length > 0
    if (!page.hasMore) return isNews
  }
}
