// The door of requests: sending from the host, what came back, cookies, tokens and code.
import type { Executor } from '#api-client/node/execute/types.ts'
import type { Sender } from '#api-client/node/send/types.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ExchangeStore } from '../cache/index.ts'
import type { RequestContexts } from '../collections/index.ts'
import { createAuthorizeHandlers } from './authorize.ts'
import { createBodyHandlers } from './body-handlers.ts'
import { createCodeHandlers } from './code.ts'
import type { CookieJars } from './cookie-jars.ts'
import { createCookieHandlers } from './cookies.ts'
import { createExchangeHistory } from './history.ts'
import type { LateBodyStore } from './late-bodies.ts'
import { createRequestResolver } from './resolve.ts'
import { createRequestSending, type RequestSending } from './send.ts'
import { createSocketHandlers } from './sockets.ts'

export { createCookieJars, type CookieJars } from './cookie-jars.ts'
export { fetchText } from './fetch-json.ts'
export { openLate } from './late-bodies.ts'
export { createProjectSessions, type ProjectSessions } from './project-sessions.ts'
export type { RequestSending } from './send.ts'
export { createSealedTokens } from './token-store.ts'

export interface RequestsDependencies {
  readonly contexts: RequestContexts
  readonly exchanges: ExchangeStore
  readonly bodies: LateBodyStore
  readonly sender: Sender
  readonly executor: Executor
  readonly jars: CookieJars
  readonly now: () => Date
  readonly random: () => number
}

export interface RequestsCapability {
  readonly handlers: CapabilityHandlers<typeof requests>
  /** What runs use. */
  readonly sending: RequestSending
}

/** Makes the capability. */
export function createRequestsCapability(dependencies: RequestsDependencies): RequestsCapability {
  const { contexts, exchanges, bodies, sender, executor, jars } = dependencies
  const resolver = createRequestResolver(dependencies)
  const history = createExchangeHistory(exchanges, bodies)
  const sending = createRequestSending({ contexts, executor, jars, history })
  return {
    sending,
    handlers: {
      ...sending.handlers,
      ...history.handlers,
      ...createBodyHandlers(bodies),
      ...createSocketHandlers({ sender, resolver, jars }),
      ...createCookieHandlers(jars),
      ...createAuthorizeHandlers(sender, resolver),
      ...createCodeHandlers({ sender, resolver, jars }),
    },
  }
}
