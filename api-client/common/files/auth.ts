// How a request says who asks, as a file has it. What OpenCollection has no word for stands under `nebuladb`.
import { Auth, OAuth2 } from '#contract/requests/auth.ts'
import { type At, elements, field, flag, has, text, word } from './reading.ts'
import type { FileMap, FileValue } from './yaml.ts'

/** Those that OpenCollection names and we keep for others. */
const OTHERS = ['ntlm', 'wsse', 'oauth1']
const OURS = ['inherit', 'none', 'basic', 'bearer', 'digest', 'apikey', 'awsv4', 'oauth2']
const EXTRA = [
  ['authorization', 'authorizationRequest'],
  ['token', 'accessTokenRequest'],
  ['refresh', 'refreshTokenRequest'],
] as const

/** `auth` is read where it is, else `ours` (what stands under `nebuladb`), else it is `otherwise`. */
export function readAuth(auth: At, ours: At, otherwise: Auth): Auth {
  if (auth.value === 'inherit' || auth.value === 'none') return { type: auth.value }
  if (has(auth)) return readKnown(auth)
  if (!has(ours)) return otherwise
  const parsed = Auth.safeParse(withFlags(ours))
  return parsed.success ? parsed.data : { type: 'unsupported', name: text(field(ours, 'type')).slice(0, 100) }
}

/** Files have texts only: of ours, one field is a truth value. */
function withFlags(ours: At): unknown {
  const raw = ours.value
  if (typeof raw !== 'object' || raw === null) return raw
  return has(field(ours, 'isSecretBase64'))
    ? { ...raw, isSecretBase64: flag(field(ours, 'isSecretBase64')) }
    : raw
}

function readKnown(auth: At): Auth {
  const of = (name: string): string => text(field(auth, name))
  const type = of('type')
  switch (type) {
    case 'inherit':
    case 'none':
      return { type }
    case 'basic':
    case 'digest':
      return { type, username: of('username'), password: of('password') }
    case 'bearer':
      return { type, token: of('token') }
    case 'apikey': {
      const place = of('placement')
      return {
        type: 'apiKey',
        key: of('key'),
        value: of('value'),
        placement: place.startsWith('query') ? 'query' : 'header',
      }
    }
    case 'awsv4':
      return {
        type: 'awsV4',
        accessKeyId: of('accessKeyId'),
        secretAccessKey: of('secretAccessKey'),
        sessionToken: of('sessionToken'),
        service: of('service'),
        region: of('region'),
      }
    case 'oauth2':
      return readOAuth2(auth)
    default:
      return { type: 'unsupported', name: type.slice(0, 100) }
  }
}

const FLOWS = {
  authorization_code: 'authorization_code',
  client_credentials: 'client_credentials',
  password: 'resource_owner_password_credentials',
  implicit: 'implicit',
} as const

function readOAuth2(auth: At): OAuth2 {
  const of = (...names: string[]): string => text(field(auth, ...names))
  const flow = of('flow') === FLOWS.password ? 'password' : of('flow')
  const inQuery = field(auth, 'tokenConfig', 'placement', 'query').value !== undefined
  const place = inQuery ? 'query' : 'header'
  return {
    type: 'oauth2',
    flow: word(
      { value: flow, path: [...auth.path, 'flow'] },
      OAuth2.shape.flow.options,
      'authorization_code',
    ),
    authorizationUrl: of('authorizationUrl'),
    accessTokenUrl: of('accessTokenUrl'),
    refreshTokenUrl: of('refreshTokenUrl'),
    callbackUrl: of('callbackUrl'),
    clientId: of('credentials', 'clientId'),
    clientSecret: of('credentials', 'clientSecret'),
    clientAuthentication: of('credentials', 'placement') === 'body' ? 'body' : 'header',
    username: of('resourceOwner', 'username'),
    password: of('resourceOwner', 'password'),
    scope: of('scope'),
    state: of('state'),
    audience: of('nebuladb', 'audience'),
    pkce:
      !has(field(auth, 'pkce')) || flag(field(auth, 'pkce', 'disabled'))
        ? 'none'
        : word(field(auth, 'pkce', 'method'), ['S256', 'plain'], 'S256'),
    extraParameters: EXTRA.flatMap(([sentTo, name]) =>
      elements(field(auth, 'additionalParameters', name)).map((one) => ({
        sentTo,
        name: text(field(one, 'name')),
        value: text(field(one, 'value')),
        isEnabled: !flag(field(one, 'disabled')),
        description: text(field(one, 'description')),
      })),
    ),
    tokenPlacement: place,
    tokenPrefix: text(
      field(auth, 'tokenConfig', 'placement', place),
      has(field(auth, 'tokenConfig')) ? '' : 'Bearer',
    ),
    usesIdToken: of('tokenConfig', 'source') === 'id_token',
    fetchesToken: flag(field(auth, 'settings', 'autoFetchToken'), true),
    refreshesToken: flag(field(auth, 'settings', 'autoRefreshToken'), true),
  }
}

/** What stands under `auth`, and what under `nebuladb`. `otherwise` is what nothing at all means. */
export function writeAuth(
  auth: Auth,
  otherwise: 'inherit' | 'none',
): { readonly auth?: FileValue | undefined; readonly ours?: FileMap } {
  switch (auth.type) {
    case 'inherit':
      return otherwise === 'inherit' ? {} : { auth: 'inherit' }
    case 'none':
      return otherwise === 'none' ? {} : { ours: { type: 'none' } }
    case 'apiKey':
      return { auth: { type: 'apikey', key: auth.key, value: auth.value, placement: auth.placement } }
    case 'awsV4':
      return { auth: { ...auth, type: 'awsv4' } }
    case 'oauth2':
      return { auth: writeOAuth2(auth) }
    case 'unsupported':
      return auth.name === '' ||
        OURS.includes(auth.name) ||
        (!OTHERS.includes(auth.name) && !isWord(auth.name))
        ? { ours: { ...auth } }
        : { auth: { type: auth.name } }
    case 'jwt':
    case 'project':
      return { ours: { ...auth } }
    default:
      return { auth: { ...auth } }
  }
}

function isWord(name: string): boolean {
  return /^[A-Za-z][\w-]*$/.test(name) && name !== 'null'
}

function writeOAuth2(auth: OAuth2): FileMap {
  const extra = Object.fromEntries(
    EXTRA.flatMap(([sentTo, name]) => {
      const entries = auth.extraParameters
        .filter((one) => one.sentTo === sentTo)
        .map((one) => ({
          name: one.name,
          value: one.value,
          ...(one.description === '' ? {} : { description: one.description }),
          ...(one.isEnabled ? {} : { disabled: true }),
        }))
      return entries.length > 0 ? [[name, entries]] : []
    }),
  )
  const given = (value: string): string | undefined => (value === '' ? undefined : value)
  return {
    type: 'oauth2',
    flow: FLOWS[auth.flow],
    authorizationUrl: given(auth.authorizationUrl),
    accessTokenUrl: given(auth.accessTokenUrl),
    refreshTokenUrl: given(auth.refreshTokenUrl),
    callbackUrl: given(auth.callbackUrl),
    credentials: {
      clientId: auth.clientId,
      clientSecret: given(auth.clientSecret),
      placement: auth.clientAuthentication === 'body' ? 'body' : 'basic_auth_header',
    },
    resourceOwner:
      auth.username === '' && auth.password === ''
        ? undefined
        : { username: auth.username, password: auth.password },
    scope: given(auth.scope),
    state: given(auth.state),
    pkce: auth.pkce === 'none' ? undefined : { method: auth.pkce },
    additionalParameters: Object.keys(extra).length > 0 ? extra : undefined,
    tokenConfig: {
      placement: { [auth.tokenPlacement]: auth.tokenPrefix },
      source: auth.usesIdToken ? 'id_token' : 'access_token',
    },
    settings: { autoFetchToken: auth.fetchesToken, autoRefreshToken: auth.refreshesToken },
    nebuladb: auth.audience === '' ? undefined : { audience: auth.audience },
  }
}
