// What provisioning offers to the other capabilities, and what it needs of them.
import type { Endpoint } from '#contract/capabilities/credentials.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { ProjectStatus, ProjectStep } from '#contract/capabilities/projects.ts'
import type { SessionTarget } from '#postgres/node/target.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Observe } from '../monitoring/index.ts'
import type { Secrets } from '../secrets/index.ts'

/** The database every instance comes with, owned by the role below. */
export const MAIN_DATABASE = 'main'
/** The role of the person: owns the main database, may create databases and roles, is no superuser. */
export const OWNER_ROLE = 'owner'

/** What the service logs in as to serve the data API: it may become the API's roles and has no rights of its own. */
export const AUTHENTICATOR_ROLE = 'authenticator'

/** What an instance does now. A project whose instance is not recorded yet has status `creating` and no steps. */
export interface InstanceProgress {
  readonly status: ProjectStatus
  readonly problem: string | null
  readonly steps: readonly ProjectStep[]
}

export interface ProvisioningOptions {
  readonly database: Database
  /** Instances live below it. It is the service's directory of Config, locked by `lockDirectory`. */
  readonly directory: string
  readonly secrets: Secrets
  readonly clock: Clock
  readonly observe: Observe
  /** The password that the role `owner` must have now; asked at every start of an instance. A pending one comes first. */
  readonly ownerPassword: (projectId: ProjectId) => Promise<string>
  /** What the data API needs in the main database: run as superuser when it is first used. Must do no harm when run again. */
  readonly apiStatements?: readonly string[]
  /** Told every second, and at its end, what each connection through the proxy was sent since the last time. */
  readonly onEgress?: ((projectId: ProjectId, bytes: number) => void) | undefined
  /** Where the proxy listens; port 0 takes any free one. */
  readonly proxy: {
    readonly host: string
    readonly port: number
    /** With both, clients may use TLS (SSLRequest, or direct with ALPN `postgresql`). PEM. */
    readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  }
}

export interface Provisioning {
  /** Adopts what runs, removes orphans, resumes what was interrupted and opens the proxy. Throws PROVISIONING_FAILED or CONFLICT. */
  start(): Promise<void>
  /** Closes the proxy, waits for transitions under way and stops every instance, unless told to leave them running. */
  close(options?: { readonly leaveRunning?: boolean }): Promise<void>
  /** Says that project.desired_state may have changed. Call it after the commit. Never throws. */
  wake(projectId: ProjectId): void
  /**
   * Wants the project awake and resolves when it is. Throws NOT_FOUND, PROJECT_NOT_READY (deleted), PROVISIONING_FAILED with the
   * instance's problem, PAYMENT_REQUIRED while billing holds it asleep, or TIMEOUT.
   */
  ensureAwake(projectId: ProjectId): Promise<void>
  progress(projectId: ProjectId): Promise<InstanceProgress>
  /** Tells of every change of progress. Returns how to stop. */
  onProgress(listener: (projectId: ProjectId, progress: InstanceProgress) => void): () => void
  /** How the owner reaches the project, in order of preference: TCP through the proxy, then the socket. Throws PROJECT_NOT_READY while it has no instance. */
  endpoints(projectId: ProjectId): Promise<readonly [Endpoint, ...Endpoint[]]>
  /** How the service itself opens a session as owner, by the socket. Does not wake it: call ensureAwake first. Throws PROJECT_NOT_READY. */
  ownerTarget(projectId: ProjectId, database?: string): Promise<SessionTarget>
  /**
   * How the service logs in to serve the data API of the main database, by the socket; prepares the instance for it the first time. Does not wake it.
   * Throws PROJECT_NOT_READY unless awake.
   */
  authenticatorTarget(projectId: ProjectId): Promise<SessionTarget>
  /** Changes the password of the role `owner` in the running instance; open sessions live on. Throws PROJECT_NOT_READY unless awake. */
  setOwnerPassword(projectId: ProjectId, password: string): Promise<void>
  /** Where the proxy listens, once started. */
  proxyAddress(): { readonly host: string; readonly port: number }
}
