// One cycle of replication: push what the outbox holds, then pull what is new. docs/specs/sync.md has the rules. It may stop anywhere; the next cycle goes on.
import type { SyncOutcome } from '#contract/capabilities/sync.ts'
import type { ServiceContract } from '#contract/contract.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Client } from '#contract/rpc/definition.ts'
import { applyOutcome } from './apply-outcome.ts'
import { applyPage } from './apply-page.ts'
import { keyOfMutation } from './keys.ts'
import { PUSH_MAX_ENTRIES, takeBatch } from './outbox.ts'
import type { OutboxEntry, ResolvedConflict, SyncKind, SyncStore, SyncSummary } from './types.ts'

export type SyncClient = Pick<Client<ServiceContract>['sync'], 'pull' | 'push'>

export interface SyncEngineDependencies {
  readonly store: SyncStore
  readonly client: SyncClient
  /** Whose access token `client` sends. */
  readonly accountId: string
  readonly clock: { now(): Date }
  /** Random UUIDs. */
  readonly newId: () => string
  /** Told of the kinds whose records changed, after each transaction that changed or confirmed some. */
  readonly onChange?: (kinds: ReadonlySet<SyncKind>) => void
  /** Records per page; the service's own default when left out. */
  readonly pageLimit?: number
}

export interface SyncEngine {
  /**
   * Runs a cycle. While one runs, a call waits for it and shares one more with everybody who waits, so that what was changed before the call is
   * pushed when it resolves. Rejects with what the service or the connection said (SERVICE_UNREACHABLE, UNAUTHENTICATED …), with CONFLICT
   * when the stores belong to another account, with CANCELLED when `signal` aborts; nothing is lost by any of them.
   */
  sync(signal?: AbortSignal): Promise<SyncSummary>
}

interface Tally {
  pushed: number
  pulled: number
  readonly conflicts: ResolvedConflict[]
  readonly rejected: SyncSummary['rejected'][number][]
}

/** Makes the engine for one account. */
export function createSyncEngine(deps: SyncEngineDependencies): SyncEngine {
  let running: Promise<SyncSummary> | undefined
  let next: Promise<SyncSummary> | undefined

  const start = (signal: AbortSignal | undefined): Promise<SyncSummary> => {
    const cycle = runCycle(deps, signal).finally(() => (running = undefined))
    running = cycle
    return cycle
  }

  return {
    sync(signal) {
      if (running === undefined) return start(signal)
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined
          return start(signal)
        })
      return next
    },
  }
}

async function runCycle(deps: SyncEngineDependencies, signal?: AbortSignal): Promise<SyncSummary> {
  claimStore(deps)
  const tally: Tally = { pushed: 0, pulled: 0, conflicts: [], rejected: [] }
  await pushAll(deps, tally, signal) // SYNC-14: nothing is pulled while an answer is missing
  await pullAll(deps, tally, signal)
  return tally
}

/** SYNC-23. */
function claimStore({ store, accountId }: SyncEngineDependencies): void {
  store.transaction((tx) => {
    const state = tx.readState()
    if (state.accountId === null) tx.writeState({ ...state, accountId })
    else assertAccount(state.accountId, accountId)
  })
}

function assertAccount(actual: string, expected: string): void {
  if (actual === expected) return
  throw new AppError('CONFLICT', 'The data on this device belongs to another account.', {
    hint: 'Log in with that account, or log out of it on this device first.',
  })
}

async function pushAll(deps: SyncEngineDependencies, tally: Tally, signal?: AbortSignal): Promise<void> {
  let alone = 0 // entries that are still to be sent one by one (SYNC-21)
  for (;;) {
    assertGoingOn(signal)
    const maxEntries = alone > 0 ? 1 : PUSH_MAX_ENTRIES
    const batch = deps.store.transaction((tx) => takeBatch(tx, maxEntries))
    if (batch.length === 0) return
    const outcomes = await push(deps, batch, signal)
    if (outcomes === undefined) {
      alone = batch.length
      continue
    }
    alone = Math.max(0, alone - batch.length)
    if (applyOutcomes(deps, { batch, outcomes }, tally) === 0)
      throw new AppError('INTERNAL', 'The service answered a push without an outcome.')
  }
}

/** Sends a batch. Undefined when the service refused it as a whole and its entries must go alone. */
async function push(
  { client }: SyncEngineDependencies,
  batch: readonly OutboxEntry[],
  signal?: AbortSignal,
): Promise<readonly SyncOutcome[] | undefined> {
  try {
    const { outcomes } = await client.push({ mutations: batch.map(({ mutation }) => mutation) }, { signal })
    return outcomes
  } catch (error) {
    if (!isAppError(error, 'INVALID_INPUT') && !isAppError(error, 'TOO_LARGE')) throw error
    const [only, ...others] = batch
    if (only === undefined || others.length > 0) return undefined
    return [{ type: 'rejected', mutationId: only.mutation.mutationId, reason: error.message }]
  }
}

/** Returns how many entries had their answer. */
function applyOutcomes(
  deps: SyncEngineDependencies,
  { batch, outcomes }: { batch: readonly OutboxEntry[]; outcomes: readonly SyncOutcome[] },
  tally: Tally,
): number {
  const resolver = { now: () => deps.clock.now(), newId: deps.newId }
  const answers = new Map(outcomes.map((outcome) => [outcome.mutationId, outcome]))
  const changed = new Set<SyncKind>()
  let answered = 0
  for (const entry of batch) {
    const outcome = answers.get(entry.mutation.mutationId)
    if (outcome === undefined) continue
    answered += 1
    const result = deps.store.transaction((tx) => applyOutcome(tx, entry, outcome, resolver) ?? null)
    if (result === null) continue
    changed.add(keyOfMutation(entry.mutation).kind)
    if (outcome.type === 'applied') tally.pushed += 1
    if (result.conflict !== undefined) tally.conflicts.push(result.conflict)
    if (result.rejected !== undefined) tally.rejected.push(result.rejected)
  }
  if (changed.size > 0) deps.onChange?.(changed)
  return answered
}

async function pullAll(deps: SyncEngineDependencies, tally: Tally, signal?: AbortSignal): Promise<void> {
  const limit = deps.pageLimit === undefined ? {} : { limit: deps.pageLimit }
  for (;;) {
    assertGoingOn(signal)
    const { cursor } = deps.store.transaction((tx) => tx.readState())
    const page = await deps.client.pull({ cursor, ...limit }, { signal })
    assertAccount(page.accountId, deps.accountId)
    const changed = deps.store.transaction((tx) => applyPage(tx, cursor, page) ?? null)
    // Another cycle on the same file has moved the cursor: it goes on from there.
    if (changed === null) continue
    tally.pulled += page.changes.length
    if (changed.size > 0) deps.onChange?.(changed)
    if (!page.hasMore) return
  }
}

function assertGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('CANCELLED', 'Syncing was cancelled.')
}
