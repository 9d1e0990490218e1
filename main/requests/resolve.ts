// A request with its values, for what is not sent by the executor: sockets, tokens, code.
import { createDynamicValues } from '#api-client/common/resolve/dynamic.ts'
import { resolveRequest } from '#api-client/common/resolve/resolve-request.ts'
import { createLookup, scopesOf, type Lookup } from '#api-client/common/resolve/scopes.ts'
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { RequestContext, RequestContexts, RequestPlace } from '../collections/index.ts'

export interface RequestResolver {
  /** As it would be sent. Throws INVALID_INPUT for a request that cannot be. */
  toSend(request: ApiRequest, place: RequestPlace): Promise<ResolvedRequest>
  /** As code shows it: secrets and dynamic values stay {{names}}. */
  toShow(request: ApiRequest, place: RequestPlace): Promise<ResolvedRequest>
}

export interface ResolverDependencies {
  readonly contexts: RequestContexts
  readonly now: () => Date
  readonly random: () => number
}

/** Makes it. */
export function createRequestResolver({ contexts, now, random }: ResolverDependencies): RequestResolver {
  const dynamic = createDynamicValues({ now: () => now().getTime(), random })
  const inputOf = (request: ApiRequest, context: RequestContext, lookup: Lookup) => ({
    request,
    inherited: context.inherited,
    lookup,
    proxy: context.proxy,
    clientCertificates: context.clientCertificates,
    directory: context.directory,
  })
  async function find(asked: ApiRequest, place: RequestPlace) {
    const context = await contexts.of(place)
    const request = await contexts.fillRequest(asked, place)
    return { context, request, lookup: createLookup(scopesOf({ ...context, request })) }
  }
  return {
    async toSend(asked, place) {
      const { context, request, lookup } = await find(asked, place)
      return resolveRequest({ ...inputOf(request, context, lookup), dynamic })
    },
    async toShow(asked, place) {
      const { context, request, lookup } = await find(asked, place)
      const shown: Lookup = {
        ...lookup,
        find(name) {
          const found = lookup.find(name)
          return found?.variable.isSecret === true ? undefined : found
        },
      }
      return resolveRequest({ ...inputOf(request, context, shown), dynamic: null })
    },
  }
}
