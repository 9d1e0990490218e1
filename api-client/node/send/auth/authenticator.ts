// From what a request says of its authentication to what is sent.
import type { ResolvedAuth } from '#api-client/common/resolve/types.ts'
import { SendError } from '../failure.ts'
import type { SenderOptions } from '../types.ts'
import { awsCredentials } from './aws.ts'
import { digestAuthenticator } from './digest.ts'
import { signJwt } from './jwt.ts'
import { authorization, basicCredentials, nobody, placed, sayingAlways } from './simple.ts'
import type { TokenRequests } from './tokens.ts'
import { oauthAuthenticator } from './tokens.ts'
import type { Authenticator } from './types.ts'

export interface AuthenticatorParts extends Pick<SenderOptions, 'now' | 'randomBytes' | 'projectSession'> {
  readonly tokens: TokenRequests
}

export function createAuthenticator(auth: ResolvedAuth, parts: AuthenticatorParts): Authenticator {
  switch (auth.type) {
    case 'none':
      return nobody()
    case 'basic':
      return sayingAlways(basicCredentials(auth.username, auth.password))
    case 'bearer':
      return auth.token.trim() === '' ? nobody() : sayingAlways(authorization(`Bearer ${auth.token.trim()}`))
    case 'apiKey':
      return auth.key === '' ? nobody() : sayingAlways(placed(auth.placement, auth.key, auth.value))
    case 'digest':
      return digestAuthenticator({
        username: auth.username,
        password: auth.password,
        randomBytes: parts.randomBytes,
      })
    case 'jwt':
      return sayingAlways(async () => {
        const token = await signJwt(auth)
        if (auth.placement === 'query')
          return placed('query', auth.prefix === '' ? 'token' : auth.prefix, token)
        return authorization(`${auth.prefix} ${token}`)
      })
    case 'awsV4':
      return sayingAlways((request) => awsCredentials(auth, request, parts.now()))
    case 'oauth2':
      return oauthAuthenticator(auth, parts.tokens)
    case 'project':
      return projectAuthenticator(auth, parts.projectSession)
    case 'unsupported':
      throw new SendError(
        'AUTH',
        `${auth.name === '' ? 'This' : auth.name} is an authentication that is kept for other tools and cannot be sent from here.`,
        'Choose another one in the request.',
      )
  }
}

function projectAuthenticator(
  auth: Extract<ResolvedAuth, { readonly type: 'project' }>,
  open: SenderOptions['projectSession'],
): Authenticator {
  let ticket: string | null = null
  const hidden: string[] = []
  return {
    authorize: async ({ url }, signal) => {
      const session = await open(auth, signal)
      // A collection's project counts for every request in it: one that goes elsewhere must not carry its token there.
      if (!isOfProject(url, session.restUrl))
        throw new SendError(
          'AUTH',
          `It was not sent as a user of the project: ${url.host} is not where this project’s API is.`,
          'Choose another authentication under Auth, or begin the address with {{baseUrl}}.',
        )
      ticket = session.ticket
      hidden.push(...session.headers.map(({ value }) => value.replace(/^Bearer /i, '')))
      return { headers: session.headers, query: [] }
    },
    challenged: () => Promise.resolve(false),
    hidden: () => hidden,
    insight: () => (ticket === null ? null : { projectId: auth.projectId, ticket }),
  }
}

/** Whether an address is below the one of a project: `…/rest/v1` and what stands beside it. */
function isOfProject(url: URL, restUrl: string): boolean {
  const project = new URL(restUrl.replace(/\/rest\/v1\/?$/, '/'))
  const below = project.pathname.endsWith('/') ? project.pathname : `${project.pathname}/`
  const isSameOrigin = url.protocol.replace(/^ws/, 'http') === project.protocol && url.host === project.host
  return isSameOrigin && `${url.pathname}/`.startsWith(below)
}
