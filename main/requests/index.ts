// The door of requests.
import { codeTargets } from '#api-client/common/code/generate.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ExchangeStore } from '../cache/index.ts'
import { notYet } from '../collections/index.ts'

/** Makes the handlers. */
export function createRequestsCapability({
  exchanges,
}: {
  readonly exchanges: ExchangeStore
}): CapabilityHandlers<typeof requests> {
  const later = async (): Promise<never> => notYet('Sending requests')
  const laterStream = (): never => notYet('Sending requests')
  return {
    send: laterStream,
    exchange: later,
    bodyInfo: later,
    lines: later,
    find: laterStream,
    tree: later,
    jsonPath: later,
    table: later,
    bytes: later,
    saveBody: later,
    diff: later,
    history: async (page) => exchanges.list(page).map((entry) => ({ ...entry, hasBody: false })),
    removeHistory: async ({ id }) => void exchanges.remove(id),
    connect: laterStream,
    sendMessage: later,
    cookies: later,
    saveCookie: later,
    removeCookies: later,
    authorize: laterStream,
    forgetTokens: later,
    codeTargets: async () => codeTargets(),
    code: later,
    introspect: later,
    historyChanged: () => () => {},
  }
}
