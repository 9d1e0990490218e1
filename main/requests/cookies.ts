// The cookies of a collection as the page sees and edits them.
import type { requests } from '#contract/capabilities/requests.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CookieJars } from './cookie-jars.ts'

type CookieHandlers = Pick<CapabilityHandlers<typeof requests>, 'cookies' | 'saveCookie' | 'removeCookies'>

/** The handlers. */
export function createCookieHandlers(jars: CookieJars): CookieHandlers {
  return {
    cookies: async ({ collectionId }) => (await jars.of(collectionId)).list(),
    async saveCookie({ collectionId, cookie, replaces }) {
      ;(await jars.of(collectionId)).set(cookie, replaces)
      await jars.save(collectionId)
    },
    async removeCookies({ collectionId, ...which }) {
      ;(await jars.of(collectionId)).remove(which)
      await jars.save(collectionId)
    },
  }
}
