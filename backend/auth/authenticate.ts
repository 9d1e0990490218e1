// Who makes this call: what every route that is not public asks first.
import { AppError } from '#contract/errors.ts'
import type { CallContext } from '#contract/rpc/definition.ts'
import type { Actor } from '../actor.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Sessions } from './sessions.ts'

/**
 * The actor of a call, from its `authorization: Bearer …`. Throws UNAUTHENTICATED without a valid access token of a live session. Asked again for
 * the same context it gives the first answer, so that the guard of all routes and the handler behind it cost one check.
 */
export type Authenticate = (context: Pick<CallContext, 'metadata'>) => Promise<Actor>

/** Makes `authenticate`. */
export function createAuthenticate(deps: { accessTokens: AccessTokens; sessions: Sessions }): Authenticate {
  const known = new WeakMap<object, Promise<Actor>>()
  return (context) => {
    const asked = known.get(context)
    if (asked !== undefined) return asked
    const answer = identify(context, deps)
    known.set(context, answer)
    return answer
  }
}

async function identify(
  context: Pick<CallContext, 'metadata'>,
  deps: { accessTokens: AccessTokens; sessions: Sessions },
): Promise<Actor> {
  const [scheme = '', token = '', ...rest] = (context.metadata['authorization'] ?? '').split(' ')
  if (scheme.toLowerCase() !== 'bearer' || token === '' || rest.length > 0)
    throw new AppError('UNAUTHENTICATED', 'This needs an access token.', {
      hint: 'Send it as `authorization: Bearer <access token>`.',
    })
  const actor = await deps.accessTokens.verify(token)
  await deps.sessions.assertLive(actor)
  return actor
}
