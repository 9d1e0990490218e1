// The kinds of authentication: their names, what a new one of a kind has in it, and the fields that the editor shows.
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Auth } from '#contract/requests/auth.ts'

export type AuthType = Auth['type']

export const AUTH_TYPES: readonly {
  readonly id: AuthType
  readonly label: string
  readonly detail?: string
}[] = [
  { id: 'inherit', label: 'As its folder says' },
  { id: 'none', label: 'None' },
  { id: 'project', label: 'A project’s user' },
  { id: 'bearer', label: 'Bearer token' },
  { id: 'basic', label: 'Basic' },
  { id: 'apiKey', label: 'API key' },
  { id: 'oauth2', label: 'OAuth 2' },
  { id: 'jwt', label: 'JWT, signed here' },
  { id: 'digest', label: 'Digest' },
  { id: 'awsV4', label: 'AWS signature v4' },
]

/** In few words, for the tab. */
export const AUTH_WORDS: Readonly<Record<AuthType, string>> = {
  inherit: '',
  none: '',
  project: 'user',
  bearer: 'bearer',
  basic: 'basic',
  apiKey: 'key',
  oauth2: 'OAuth 2',
  jwt: 'JWT',
  digest: 'digest',
  awsV4: 'AWS',
  unsupported: 'kept',
}

/** A new one of a kind. For `project` the first project there is. */
export function newAuth(type: AuthType, project: ProjectId | undefined): Auth {
  if (type === 'oauth2') return Auth.parse({ type, flow: 'authorization_code' })
  if (type === 'project')
    return project === undefined
      ? { type: 'none' }
      : { type, projectId: project, as: 'authenticated', claims: '{\n  "sub": ""\n}' }
  if (type === 'jwt') return Auth.parse({ type, payload: '{\n  "role": "authenticated"\n}' })
  if (type === 'unsupported') return { type: 'none' }
  return Auth.parse({ type })
}

export interface AuthField {
  readonly name: string
  readonly label: string
  readonly help?: string
  /** A choice of a few; left out, a text. */
  readonly options?: readonly { readonly id: string; readonly label: string }[]
  readonly isMultiline?: boolean
  readonly isSwitch?: boolean
  /** Shown only where this says so. */
  readonly when?: (auth: Readonly<Record<string, unknown>>) => boolean
}

const PLACEMENT: AuthField = {
  name: 'placement',
  label: 'Sent in',
  options: [
    { id: 'header', label: 'A header' },
    { id: 'query', label: 'The query' },
  ],
}
const SECRET_HELP = 'Use a {{variable}} that is secret, so that it is kept out of the file.'
const USER: readonly AuthField[] = [
  { name: 'username', label: 'User name' },
  { name: 'password', label: 'Password', help: SECRET_HELP },
]
const flows =
  (...names: readonly string[]) =>
  (auth: Readonly<Record<string, unknown>>): boolean =>
    names.includes(String(auth['flow']))

/** The fields of each kind, in order. */
export const AUTH_FIELDS: Readonly<Record<AuthType, readonly AuthField[]>> = {
  inherit: [],
  none: [],
  unsupported: [],
  basic: USER,
  digest: USER,
  bearer: [{ name: 'token', label: 'Token', help: SECRET_HELP }],
  apiKey: [{ name: 'key', label: 'Name' }, { name: 'value', label: 'Value', help: SECRET_HELP }, PLACEMENT],
  project: [
    {
      name: 'as',
      label: 'Role',
      options: [
        { id: 'anon', label: 'anon, not signed in' },
        { id: 'authenticated', label: 'authenticated, with claims' },
        { id: 'service_role', label: 'service_role, past every policy' },
      ],
    },
    {
      name: 'claims',
      label: 'Claims, as JSON',
      isMultiline: true,
      help: 'The service signs a short-lived token with them when the request is sent. It never reaches this page.',
      when: (auth) => auth['as'] === 'authenticated',
    },
  ],
  oauth2: [
    {
      name: 'flow',
      label: 'Flow',
      options: [
        { id: 'authorization_code', label: 'Authorization code' },
        { id: 'client_credentials', label: 'Client credentials' },
        { id: 'password', label: 'Password' },
        { id: 'implicit', label: 'Implicit' },
      ],
    },
    {
      name: 'authorizationUrl',
      label: 'Authorization URL',
      when: flows('authorization_code', 'implicit'),
    },
    {
      name: 'accessTokenUrl',
      label: 'Token URL',
      when: flows('authorization_code', 'client_credentials', 'password'),
    },
    { name: 'refreshTokenUrl', label: 'Refresh URL', help: 'The token URL when empty.' },
    {
      name: 'callbackUrl',
      label: 'Callback URL',
      help: 'Empty for a free port of this machine.',
      when: flows('authorization_code', 'implicit'),
    },
    { name: 'clientId', label: 'Client id' },
    {
      name: 'clientSecret',
      label: 'Client secret',
      help: SECRET_HELP,
      when: (auth) => auth['flow'] !== 'implicit',
    },
    {
      name: 'clientAuthentication',
      label: 'Client is named in',
      options: [
        { id: 'header', label: 'A header' },
        { id: 'body', label: 'The body' },
      ],
    },
    { name: 'username', label: 'User name', when: flows('password') },
    { name: 'password', label: 'Password', help: SECRET_HELP, when: flows('password') },
    { name: 'scope', label: 'Scope' },
    { name: 'audience', label: 'Audience' },
    {
      name: 'state',
      label: 'State',
      help: 'Empty for a random one.',
      when: flows('authorization_code', 'implicit'),
    },
    {
      name: 'pkce',
      label: 'PKCE',
      options: [
        { id: 'S256', label: 'S256' },
        { id: 'plain', label: 'plain' },
        { id: 'none', label: 'None' },
      ],
      when: flows('authorization_code'),
    },
    { ...PLACEMENT, name: 'tokenPlacement', label: 'Token is sent in' },
    { name: 'tokenPrefix', label: 'Token prefix', help: 'In a query the name of the parameter.' },
    { name: 'usesIdToken', label: 'Send the id token', isSwitch: true },
    { name: 'fetchesToken', label: 'Get a token when there is none', isSwitch: true },
    { name: 'refreshesToken', label: 'Refresh it when it is old', isSwitch: true },
  ],
  jwt: [
    {
      name: 'algorithm',
      label: 'Algorithm',
      options: 'HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA'
        .split(' ')
        .map((id) => ({ id, label: id })),
    },
    { name: 'secret', label: 'Secret, or private key as PEM', isMultiline: true, help: SECRET_HELP },
    { name: 'isSecretBase64', label: 'The secret is Base64', isSwitch: true },
    { name: 'payload', label: 'Claims, as JSON', isMultiline: true },
    { name: 'header', label: 'Further header fields, as JSON', isMultiline: true },
    PLACEMENT,
    { name: 'prefix', label: 'Prefix', help: 'In a query the name of the parameter.' },
  ],
  awsV4: [
    { name: 'accessKeyId', label: 'Access key id' },
    { name: 'secretAccessKey', label: 'Secret access key', help: SECRET_HELP },
    { name: 'sessionToken', label: 'Session token' },
    { name: 'service', label: 'Service' },
    { name: 'region', label: 'Region' },
  ],
}
