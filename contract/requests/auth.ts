// How a request says who asks. Texts may hold {{variables}}, so that secrets stand in the keychain and not in files.
import { z } from 'zod'
import { ProjectId } from '../capabilities/ids.ts'
import { Pair } from './parts.ts'

const Text = z.string().max(100_000).default('')

const Placement = z.enum(['header', 'query'])

export const OAuth2 = z.object({
  type: z.literal('oauth2'),
  flow: z.enum(['authorization_code', 'client_credentials', 'password', 'implicit']),
  authorizationUrl: Text,
  accessTokenUrl: Text,
  /** Where tokens are refreshed; `accessTokenUrl` when empty. */
  refreshTokenUrl: Text,
  /** Where the browser returns to; empty for a free port of loopback, which most servers accept for native apps (RFC 8252). */
  callbackUrl: Text,
  clientId: Text,
  clientSecret: Text,
  clientAuthentication: z.enum(['header', 'body']).default('header'),
  username: Text,
  password: Text,
  scope: Text,
  state: Text,
  audience: Text,
  /** RFC 7636. */
  pkce: z.enum(['S256', 'plain', 'none']).default('S256'),
  extraParameters: z
    .array(Pair.extend({ sentTo: z.enum(['authorization', 'token', 'refresh']) }))
    .max(100)
    .default([]),
  tokenPlacement: Placement.default('header'),
  /** `Bearer` in a header, the name of the parameter in a query. */
  tokenPrefix: z.string().max(300).default('Bearer'),
  usesIdToken: z.boolean().default(false),
  fetchesToken: z.boolean().default(true),
  refreshesToken: z.boolean().default(true),
})
export type OAuth2 = z.infer<typeof OAuth2>

export const Auth = z.discriminatedUnion('type', [
  /** As the folder or the collection says. */
  z.object({ type: z.literal('inherit') }),
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('basic'), username: Text, password: Text }),
  z.object({ type: z.literal('bearer'), token: Text }),
  z.object({ type: z.literal('apiKey'), key: Text, value: Text, placement: Placement.default('header') }),
  /** RFC 7616. */
  z.object({ type: z.literal('digest'), username: Text, password: Text }),
  OAuth2,
  /** Signed by us with each request. */
  z.object({
    type: z.literal('jwt'),
    algorithm: z
      .enum([
        'HS256',
        'HS384',
        'HS512',
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
        'ES256',
        'ES384',
        'ES512',
        'EdDSA',
      ])
      .default('HS256'),
    /** A shared secret, or a private key as PEM. */
    secret: Text,
    isSecretBase64: z.boolean().default(false),
    /** Claims, as JSON. */
    payload: Text,
    /** Further fields of the JOSE header, as JSON. */
    header: Text,
    placement: Placement.default('header'),
    /** `Bearer` in a header, the name of the parameter in a query. */
    prefix: z.string().max(300).default('Bearer'),
  }),
  z.object({
    type: z.literal('awsV4'),
    accessKeyId: Text,
    secretAccessKey: Text,
    sessionToken: Text,
    service: Text,
    region: Text,
  }),
  /** Somebody of a project of ours: the host asks the service for a token when the request is sent, and what the database did can be seen. */
  z.object({
    type: z.literal('project'),
    projectId: ProjectId,
    as: z.enum(['anon', 'authenticated', 'service_role']),
    /** Claims of the token, as JSON: `{ "sub": "214" }`. */
    claims: Text,
  }),
  /** One that we keep for others and cannot send: NTLM, OAuth 1, Hawk, WSSE, EdgeGrid. */
  z.object({ type: z.literal('unsupported'), name: z.string().max(100) }),
])
export type Auth = z.infer<typeof Auth>
