// What a run is given: where its requests come from, and with what they are executed.
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { ResolvedSettings } from '#api-client/common/resolve/types.ts'
import type {
  ClientCertificate,
  CollectionId,
  Environment,
  ItemSummary,
  ProxySettings,
} from '#contract/requests/collection.ts'
import type { Exchange, ExchangeId } from '#contract/requests/exchange.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { RunEvent, RunOptions } from '#contract/requests/run.ts'
import type { BodyStore } from '../bodies/types.ts'
import type { Executor, VariableChange } from '../execute/types.ts'
import type { CookieJar } from '../send/types.ts'

/** A collection as a run sees it. Secret variables have their values. */
export interface RunSource {
  /** The collection's. */
  readonly name: string
  /** Absolute; null for a collection that is no folder. */
  readonly directory: string | null
  /** In the order of the tree: a folder, what is in it, its next sibling. */
  items(): readonly Pick<ItemSummary, 'path' | 'kind' | 'name' | 'method' | 'url' | 'tags' | 'problem'>[]
  read(path: string): Promise<{ readonly request: ApiRequest; readonly inherited: readonly InheritedLevel[] }>
  readonly environments: readonly Environment[]
  readonly proxy: ProxySettings
  readonly clientCertificates: readonly ClientCertificate[]
}

export interface RunInput {
  readonly source: RunSource
  readonly executor: Executor
  /** Responses are removed from it unless `onExchange` keeps them. */
  readonly bodies: Pick<BodyStore, 'remove'>
  readonly options: RunOptions
  readonly newExchangeId: () => ExchangeId
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Cancels: what is under way is given up, what is done is kept. */
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
  readonly collectionId?: CollectionId | null
  readonly globals?: readonly Variable[]
  /** The app's settings; ours where not given. */
  readonly settings?: ResolvedSettings
  /** The jar of the collection; each iteration of a parallel run has a copy. */
  readonly cookies?: CookieJar | null
  readonly updatesSnapshots?: boolean
  /** Default true. */
  readonly createsSnapshots?: boolean
  /** Called for the last attempt of each request. True: its response stays, and its result names it. */
  readonly onExchange?: (exchange: Exchange) => Promise<boolean> | boolean
  /**
   * Called once before the run ends with what scripts changed last of each environment, collection and global variable, not masked: who was asked to
   * writes it back. Not called when iterations ran in parallel: they do not see each other's values.
   */
  readonly onVariables?: (changes: readonly VariableChange[]) => Promise<void> | void
  readonly limits?: Partial<RunLimits>
}

export interface RunLimits {
  /** `setNextRequest` in one iteration. */
  readonly jumps: number
}
