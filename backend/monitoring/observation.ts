// Everything that the service can say of itself. Log lines and metrics are readers of these; nothing else writes to a log.
// Add a member here for what your capability has to tell; never a secret, a token, SQL text of a person or a connection string.

export type Observation =
  | {
      readonly type: 'request'
      /** The contract's member, `projects.create`, or the path of a hand-written route. */
      readonly operation: string
      readonly transport: 'http' | 'rpc'
      /** HTTP status, or the status of the error code. */
      readonly status: number
      readonly durationMs: number
      readonly requestId: string
    }
  | { readonly type: 'bug'; readonly id: string; readonly at: string; readonly error: unknown }
  | { readonly type: 'service.started'; readonly url: string; readonly durationMs: number }
  | { readonly type: 'service.stopping'; readonly reason: string }
  | { readonly type: 'service.stopped'; readonly durationMs: number }
  | { readonly type: 'database.connection-lost'; readonly error: unknown }
  | { readonly type: 'migrated'; readonly applied: readonly string[] }
  | { readonly type: 'job.done'; readonly name: string; readonly durationMs: number }
  | { readonly type: 'job.failed'; readonly name: string; readonly attempt: number; readonly error: unknown }
  | { readonly type: 'job.queue-problem'; readonly message: string }
  | { readonly type: 'mail.written'; readonly path: string }
  | { readonly type: 'mail.sent'; readonly messageId: string }
  | { readonly type: 'auth.token-reused'; readonly sessionId: string }
  | { readonly type: 'auth.rate-limited'; readonly endpoint: string }
  | {
      readonly type: 'instance.transition'
      readonly projectId: string
      readonly transition: 'create' | 'start' | 'stop' | 'remove'
      readonly durationMs: number
    }
  | {
      readonly type: 'instance.failed'
      readonly projectId: string
      readonly transition: 'record' | 'create' | 'start' | 'stop' | 'remove' | 'lost'
      readonly attempt: number
      readonly error: unknown
    }
  | { readonly type: 'instance.crashed'; readonly projectId: string }
  | { readonly type: 'instance.orphans-removed'; readonly removed: readonly string[] }
  | { readonly type: 'provisioning.failed'; readonly what: string; readonly error: unknown }
  | { readonly type: 'proxy.refused'; readonly reason: string }
  | {
      /** A request to a project's data API. */
      readonly type: 'api.request'
      readonly projectId: string | null
      readonly keyId: string | null
      readonly role: string | null
      /** Method and path with names only. */
      readonly route: string | null
      /** What it counts as: 0 when it was refused, the steps of a batch. */
      readonly requests: number
      readonly status: number
      readonly rows: number
      readonly bytesIn: number
      readonly bytesOut: number
      readonly durationMs: number
    }
  /** Counting goes on; what could not be written or stored is tried again. */
  | {
      readonly type: 'metering.failed'
      readonly what: 'spool' | 'ingest' | 'sample' | 'prune'
      readonly error: unknown
    }
  | { readonly type: 'metering.recovered'; readonly what: 'spool' }
  /** Usage that is in no rollup: it came too late or contradicts what is stored. The events are in usage_refused. */
  | { readonly type: 'metering.refused'; readonly reason: string; readonly events: number }
  /** Lines of a spool file that cannot be read. The file is kept beside the spool. */
  | { readonly type: 'metering.damaged'; readonly segment: string; readonly lines: number }
  /** Events of the payment provider that no webhook brought; the sweep found them. */
  | { readonly type: 'billing.events-missed'; readonly missed: number }
  /** What organisations may do could not be read again; what is known holds for a while. */
  | { readonly type: 'billing.refresh-failed'; readonly error: unknown }
  /** A webhook that the provider did not sign, or too old. */
  | { readonly type: 'billing.webhook-refused' }
  /** What the nightly reconciliation of ledger, meters and invoices found. */
  | { readonly type: 'billing.difference'; readonly organisationId: string; readonly what: string }
  | { readonly type: 'api.bookkeeping-failed'; readonly what: string; readonly error: unknown }

export type Observe = (observation: Observation) => void
