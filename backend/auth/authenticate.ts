// Who makes this call: what every route that is not public asks first.
import type { CallContext } from '#contract/rpc/definition.ts'
import type { Actor } from '../actor.ts'

/** The actor of a call, from its `authorization: Bearer …`. Throws UNAUTHENTICATED without a valid access token of a live session. */
export type Authenticate = (context: Pick<CallContext, 'metadata'>) => Promise<Actor>
