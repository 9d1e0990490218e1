// Requests as code, and the schema of a GraphQL API.
import { z } from 'zod'
import { codeTargets, generateCode } from '#api-client/common/code/generate.ts'
import { INTROSPECTION_NAME, INTROSPECTION_QUERY } from '#api-client/common/graphql/introspection.ts'
import type { Sender } from '#api-client/node/send/types.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import { AppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CookieJars } from './cookie-jars.ts'
import { fetchJson } from './fetch-json.ts'
import type { RequestResolver } from './resolve.ts'

type CodeHandlers = Pick<CapabilityHandlers<typeof requests>, 'codeTargets' | 'code' | 'introspect'>

const Introspected = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
})

export interface CodeDependencies {
  readonly sender: Sender
  readonly resolver: RequestResolver
  readonly jars: CookieJars
}

/** The handlers. */
export function createCodeHandlers({ sender, resolver, jars }: CodeDependencies): CodeHandlers {
  return {
    codeTargets: async () => codeTargets(),
    async code({ request, target, ...place }) {
      const resolved = await resolver.toShow(request, place)
      const code = generateCode(resolved, target)
      if (code === null)
        throw new AppError('INVALID_INPUT', 'This request cannot be said in that language or library.', {
          hint: 'Choose another one. supabase-js and the like speak to PostgREST only.',
        })
      return { code }
    },
    async introspect({ request, ...place }, { signal }) {
      const asked = {
        ...request,
        query: INTROSPECTION_QUERY,
        graphqlVariables: '',
        operationName: INTROSPECTION_NAME,
      }
      const { status, json } = await fetchJson(sender, {
        request: await resolver.toSend(asked, place),
        cookies: await jars.of(place.collectionId),
        signal,
      })
      const answer = Introspected.safeParse(json)
      if (!answer.success || !answer.data.data) {
        const reason = answer.data?.errors?.map((error) => error.message).join(' ') ?? `status ${status}`
        throw new AppError('CONFLICT', `The API does not tell its schema: ${reason}.`, {
          hint: 'Introspection may be switched off, or the request may need authorization.',
        })
      }
      return { schema: answer.data.data }
    },
  }
}
