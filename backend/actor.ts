// Who makes a call to the service. Roles are not part of it: they are looked up per organisation (backend/organisations).
import type { AccountId } from '#contract/capabilities/ids.ts'

export interface Actor {
  readonly accountId: AccountId
  /** The log-in that the access token belongs to. */
  readonly sessionId: string
}
