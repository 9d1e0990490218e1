// What the executor is given and gives back: the whole of one request, from its scripts to its tests.
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { ResolvedSettings } from '#api-client/common/resolve/types.ts'
import type {
  ClientCertificate,
  CollectionId,
  Environment,
  ProxySettings,
} from '#contract/requests/collection.ts'
import type { Exchange, ExchangeId, SendEvent } from '#contract/requests/exchange.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { GraphqlRequest, HttpRequest } from '#contract/requests/request.ts'
import type { BodyStore } from '../bodies/types.ts'
import type { Sandbox } from '../sandbox/types.ts'
import type { CookieJar, Sender } from '../send/types.ts'

export interface ExecutorOptions {
  readonly sender: Sender
  readonly bodies: BodyStore
  readonly sandbox: Sandbox
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 up to, without, 1; for dynamic values, so it need not be cryptographic. */
  readonly random: () => number
  /** `{{process.env.NAME}}`: only a command line gives it. */
  readonly processVariable?: (name: string) => string | undefined
  readonly limits?: Partial<ExecutorLimits>
}

export interface ExecutorLimits {
  /** Bytes of a body that scripts and assertions are given; of a larger one they are told that it is too large. */
  readonly parsedBytes: number
  /** Milliseconds for the scripts of one phase, what they wait for included. */
  readonly scriptMs: number
  /** Requests that the scripts of one request may send. */
  readonly scriptRequests: number
}

export interface ExecuteInput {
  readonly exchangeId: ExchangeId
  readonly collectionId: CollectionId | null
  readonly path: string | null
  readonly request: HttpRequest | GraphqlRequest
  /** From the collection down to the parent folder. Here and below, secret variables have their values. */
  readonly inherited: readonly InheritedLevel[]
  readonly environments: readonly Environment[]
  readonly environment: string | null
  readonly globals: readonly Variable[]
  /** What scripts of earlier requests of a run left in `pm.variables`. */
  readonly script?: readonly Variable[]
  /** The row of this iteration. */
  readonly data?: readonly Variable[]
  readonly iteration?: { readonly index: number; readonly count: number }
  /** The collection's folder: paths of files are relative to it, and snapshots lie in it. */
  readonly directory: string | null
  readonly proxy: ProxySettings
  readonly clientCertificates: readonly ClientCertificate[]
  /** The app's settings; ours where not given. */
  readonly settings?: ResolvedSettings
  readonly cookies: CookieJar | null
}

export interface ExecuteContext {
  readonly signal: AbortSignal
  /** `done` is last. */
  readonly onEvent?: (event: SendEvent) => void
  /** Called after each phase of scripts that changed variables, before the request goes on: who keeps environments writes them here. Values are not masked. */
  readonly onVariables?: (changes: readonly VariableChange[]) => Promise<void> | void
  /** Writes snapshots anew in place of comparing with them. */
  readonly updatesSnapshots?: boolean
  /** Whether a snapshot that is not there yet is written; false (a run in CI) fails instead. Default true. */
  readonly createsSnapshots?: boolean
}

/** A variable that a script set, or (null) removed. */
export interface VariableChange {
  readonly scope: 'environment' | 'collection' | 'global' | 'script'
  readonly name: string
  readonly value: string | null
  readonly type: Variable['type']
}

export interface Execution {
  /** What is shown and kept: secrets are masked. */
  readonly exchange: Exchange
  /** `pm.execution.setNextRequest`: a name, null to end the run, undefined when no script said anything. */
  readonly nextRequest: string | null | undefined
  /** A script said that this request is not to be sent. */
  readonly isSkipped: boolean
  /** All changes, in order. */
  readonly changes: readonly VariableChange[]
  /** `pm.variables` as the scripts left them: the `script` of the next request of a run. */
  readonly script: readonly Variable[]
}

export interface Executor {
  /** The whole of one request. Never rejects for what the request, its scripts or the server do: that is in the exchange. */
  execute(input: ExecuteInput, context: ExecuteContext): Promise<Execution>
}
