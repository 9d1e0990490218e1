// Getting a token of OAuth 2 now: the page is told which address a person must visit, and never the token.
import type { Sender } from '#api-client/node/send/types.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { eventStream } from '../collections/index.ts'
import type { RequestResolver } from './resolve.ts'

type AuthorizeHandlers = Pick<CapabilityHandlers<typeof requests>, 'authorize' | 'forgetTokens'>
type AuthorizeEvent =
  | { readonly type: 'browser'; readonly url: string }
  | { readonly type: 'done'; readonly expiresAt: string | null; readonly scope: string }

/** The handlers. */
export function createAuthorizeHandlers(sender: Sender, resolver: RequestResolver): AuthorizeHandlers {
  return {
    authorize: ({ request, ...place }, { signal }) =>
      eventStream<AuthorizeEvent>({
        signal,
        work: async (emit, cancelled) => {
          const { expiresAtMs, scope } = await sender.authorize(await resolver.toSend(request, place), {
            signal: cancelled,
            onBrowser: (url) => emit({ type: 'browser', url }),
          })
          const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
          emit({ type: 'done', expiresAt, scope })
        },
      }),
    forgetTokens: async ({ request, ...place }) => sender.forgetTokens(await resolver.toSend(request, place)),
  }
}
