// What connections asks of others, and what it gives to query and catalog.
import type { Connection } from '#contract/capabilities/connections.ts'
import type { Credentials } from '#contract/capabilities/credentials.ts'
import type { ConnectionId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import type { Session, SessionTarget } from '#postgres/node/session.ts'

/** Where the connections of projects come from; main/cloud implements it over the service and the cache. */
export interface ProjectCredentials {
  /** Projects that are known here, deleted ones left out. */
  projects(): readonly Project[]
  /** The owner's credentials: from the service, or the sealed copy while it is away. Rejects with SERVICE_UNREACHABLE or PROJECT_NOT_READY when there are none. */
  credentials(projectId: ProjectId): Promise<Credentials>
}

/** Puts text on the system's clipboard; false where there is none. */
export interface TextClipboard {
  write(text: string): Promise<boolean>
}

/** Keeps a secret for one showing on a page of its own and answers with that page's path. */
export type OfferOnce = (text: string) => string

export interface OpenOptions {
  /** Shown in pg_stat_activity after the product's name. */
  readonly purpose: string
  /** Another database of the same server, with the same role. */
  readonly database?: string | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What other capabilities of the host use. */
export interface ConnectionsService {
  /** NOT_FOUND for an id that is neither a custom connection nor a project. */
  get(connectionId: ConnectionId): Promise<Connection>
  /** Ways to reach the database with their secrets opened, the preferred first. For this process only. */
  resolveTarget(connectionId: ConnectionId): Promise<SessionTarget[]>
  /**
   * Opens a session by the first way that works and remembers whether one did. On a read-only connection the session starts with
   * default_transaction_read_only on. Rejects with CONNECTION_FAILED, or with what the credentials' source said.
   */
  open(connectionId: ConnectionId, options: OpenOptions): Promise<Session>
  /** To be called when sync brought connections or projects: tells the page. */
  notifyChanged(): void
  /** Told when the list, a connection or its reachability changed. Returns how to stop. */
  onChanged(listener: () => void): () => void
}
