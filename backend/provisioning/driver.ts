// One way of provisioning a project. Every method is idempotent and may be called again after a crash at any point of it.
import type { ProjectId } from '#contract/capabilities/ids.ts'

/** Which instance a driver acts on. Everything else (folders, users, sockets) it derives from this. */
export interface InstanceKey {
  readonly projectId: ProjectId
  /** Small, unique among the instances that exist. */
  readonly number: number
}

/** A server that answers. */
export interface InstanceServer {
  readonly pid: number
  /** Seconds since 1970. */
  readonly startedAt: number
}

export type InstanceState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'running'; readonly server: InstanceServer }

/** Where an instance answers while it runs: the directory of its socket, and the port in the socket's name. */
export interface InstanceAddress {
  readonly host: string
  readonly port: number
}

/** What a driver can do beyond the interface; nothing is promised to people that is not stated here. */
export interface DriverAbilities {
  /** New storage shares its blocks with the template until written. */
  readonly copyOnWrite: boolean
  /** Each instance runs as its own operating system user. */
  readonly separateUsers: boolean
  /** Instances run on when the service is killed, and are found again. */
  readonly outlivesService: boolean
}

/** The role that new storage knows, until the reconciler has given the instance passwords of its own. */
export interface BootstrapCredentials {
  readonly user: string
  readonly password: string
}

export interface Driver {
  readonly name: string
  readonly abilities: DriverAbilities
  /** What new storage lets in. */
  readonly bootstrap: BootstrapCredentials
  /** A number for a new instance, none of `taken`. Throws LIMIT_REACHED. */
  allocateNumber(taken: ReadonlySet<number>): number
  /** Makes the storage. Afterwards `status` is at least stopped; interrupted, it is absent. Throws PROVISIONING_FAILED. */
  create(key: InstanceKey): Promise<void>
  /** Resolves when the instance accepts connections. Throws PROVISIONING_FAILED, or TIMEOUT after `deadlineMs`; then nothing runs. */
  start(key: InstanceKey, deadlineMs: number): Promise<InstanceServer>
  /** Resolves when nothing runs any more: politely for `deadlineMs`, by force then. */
  stop(key: InstanceKey, deadlineMs: number): Promise<void>
  /** Stops the instance and removes every trace of it. */
  destroy(key: InstanceKey): Promise<void>
  status(key: InstanceKey): Promise<InstanceState>
  address(key: InstanceKey): InstanceAddress
  /** Removes processes, folders and sockets of instances that are not among `known`. Returns what it removed, for the log. */
  removeOrphans(known: readonly InstanceKey[]): Promise<readonly string[]>
  /** Housekeeping, called every few seconds. */
  tend(known: readonly InstanceKey[]): Promise<void>
  /** Stops what works in the background. Instances are left as they are. */
  close(): Promise<void>
}
