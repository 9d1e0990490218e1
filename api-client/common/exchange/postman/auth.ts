// Postman's ways to say who asks, in both spellings: a list of keys and values (v2.1) or an object (v2.0).
import type { Auth, OAuth2 } from '#contract/requests/auth.ts'
import { fieldsOf, isRecord, type Fields } from '../loose.ts'
import type { Report } from '../problems.ts'

const PLAIN_FIELDS = new Map<string, readonly string[]>([
  ['basic', ['username', 'password', 'showPassword']],
  ['bearer', ['token']],
  ['apikey', ['key', 'value', 'in']],
  [
    'digest',
    [
      'username',
      'password',
      'algorithm',
      'realm',
      'nonce',
      'nonceCount',
      'clientNonce',
      'opaque',
      'qop',
      'disableRetryRequest',
      'showPassword',
    ],
  ],
])

/** Reads `auth`; null where it is absent: the folder above decides. */
export function readPostmanAuth(value: unknown, report: Report): Auth | null {
  if (value === undefined || value === null) return null
  const auth = fieldsOf(value, report)
  const type = auth.text('type')
  if (type === 'noauth') return { type: 'none' }
  if (type === '') return null
  const fields = attributes(auth.raw(type), report)
  const known = PLAIN_FIELDS.get(type)
  if (known !== undefined)
    for (const key of fields.keys())
      if (!known.includes(key)) report(`auth ${type}`, `“${key}” has no place here.`)
  switch (type) {
    case 'basic':
      return { type: 'basic', username: fields.text('username'), password: fields.text('password') }
    case 'bearer':
      return { type: 'bearer', token: fields.text('token') }
    case 'apikey':
      return {
        type: 'apiKey',
        key: fields.text('key'),
        value: fields.text('value'),
        placement: placement(fields.text('in')),
      }
    case 'digest': {
      const given = ['realm', 'nonce', 'nonceCount', 'clientNonce', 'opaque', 'qop', 'algorithm'].filter(
        (key) => fields.text(key) !== '' && !(key === 'algorithm' && fields.text(key) === 'MD5'),
      )
      if (given.length > 0)
        report('auth digest', `${given.join(', ')}: taken from the server's challenge instead.`, 'changed')
      return { type: 'digest', username: fields.text('username'), password: fields.text('password') }
    }
    case 'oauth2':
      return oauth2(fields, report)
    case 'jwt':
      return {
        type: 'jwt',
        algorithm: jwtAlgorithm(fields.text('algorithm'), report),
        secret: fields.text('privateKey') || fields.text('secret'),
        isSecretBase64: fields.flag('isSecretBase64Encoded'),
        payload: fields.text('payload'),
        header: fields.text('header') || fields.text('headers'),
        placement: placement(fields.text('addTokenTo')),
        prefix:
          placement(fields.text('addTokenTo')) === 'query'
            ? fields.text('queryParamKey') || 'token'
            : (fields.maybeText('headerPrefix') ?? 'Bearer'),
      }
    case 'awsv4':
      return {
        type: 'awsV4',
        accessKeyId: fields.text('accessKey'),
        secretAccessKey: fields.text('secretKey'),
        sessionToken: fields.text('sessionToken'),
        service: fields.text('service'),
        region: fields.text('region'),
      }
    default:
      report(`auth ${type}`, 'It is not supported; its fields are not kept.')
      return { type: 'unsupported', name: type }
  }
}

function attributes(value: unknown, report: Report): Fields {
  if (!Array.isArray(value)) return fieldsOf(value, report)
  const pairs: [string, unknown][] = value.flatMap((one: unknown): [string, unknown][] =>
    isRecord(one) && typeof one['key'] === 'string' ? [[one['key'], one['value']]] : [],
  )
  // From entries: a key called `__proto__` is a field like any other.
  return fieldsOf(Object.fromEntries(pairs), report)
}

function placement(text: string): 'header' | 'query' {
  return /query/i.test(text) ? 'query' : 'header'
}

type JwtAlgorithm = Extract<Auth, { type: 'jwt' }>['algorithm']
const JWT_ALGORITHMS: readonly JwtAlgorithm[] = [
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
]

function jwtAlgorithm(text: string, report: Report): JwtAlgorithm {
  const found = JWT_ALGORITHMS.find((one) => one === text)
  if (found === undefined && text !== '')
    report('auth jwt', `Algorithm ${text} is not known; HS256 is set.`, 'changed')
  return found ?? 'HS256'
}

const FLOWS = new Map<string, OAuth2['flow']>([
  ['', 'authorization_code'],
  ['authorization_code', 'authorization_code'],
  ['authorization_code_with_pkce', 'authorization_code'],
  ['client_credentials', 'client_credentials'],
  ['password_credentials', 'password'],
  ['password', 'password'],
  ['implicit', 'implicit'],
])

function oauth2(fields: Fields, report: Report): Auth {
  const grant = fields.text('grant_type') || fields.text('grantType')
  const flow = FLOWS.get(grant)
  const urls = fields.text('accessTokenUrl') + fields.text('authUrl')
  if (urls === '' && fields.text('accessToken') !== '') {
    report(
      'auth oauth2',
      'Only a token was given, and no address to get one: it is a bearer token now.',
      'changed',
    )
    return { type: 'bearer', token: fields.text('accessToken') }
  }
  if (flow === undefined)
    report('auth oauth2', `Grant ${grant} is not supported; it is an authorization code now.`)
  if (fields.text('accessToken') !== '')
    report(
      'auth oauth2',
      'The token that was kept is left out: a new one is got when it is needed.',
      'changed',
    )
  const extras = [
    ['authRequestParams', 'authorization'],
    ['tokenRequestParams', 'token'],
    ['refreshRequestParams', 'refresh'],
  ] as const
  const inQuery = placement(fields.text('addTokenTo')) === 'query'
  return {
    type: 'oauth2',
    flow: flow ?? 'authorization_code',
    authorizationUrl: fields.text('authUrl'),
    accessTokenUrl: fields.text('accessTokenUrl'),
    refreshTokenUrl: fields.text('refreshTokenUrl'),
    callbackUrl: fields.text('redirect_uri') || fields.text('callbackUrl'),
    clientId: fields.text('clientId'),
    clientSecret: fields.text('clientSecret'),
    clientAuthentication: fields.text('client_authentication') === 'body' ? 'body' : 'header',
    username: fields.text('username'),
    password: fields.text('password'),
    scope: fields.text('scope'),
    state: fields.text('state'),
    audience: fields.text('audience'),
    pkce:
      grant === 'authorization_code_with_pkce'
        ? fields.text('challengeAlgorithm') === 'plain'
          ? 'plain'
          : 'S256'
        : 'none',
    extraParameters: extras.flatMap(([key, sentTo]) =>
      fields.records(key).map((one) => ({
        name: one.text('key'),
        value: one.text('value'),
        isEnabled: one.flag('enabled', true),
        description: '',
        sentTo,
      })),
    ),
    tokenPlacement: inQuery ? 'query' : 'header',
    tokenPrefix: inQuery ? 'access_token' : (fields.maybeText('headerPrefix') ?? 'Bearer').trim(),
    usesIdToken: fields.text('tokenType') === 'id_token' || fields.flag('useIdToken'),
    fetchesToken: true,
    refreshesToken: true,
  }
}

/** As v2.1 writes it; null for an inherited one. */
export function writePostmanAuth(auth: Auth, report: Report): object | null {
  const list = (type: string, fields: Record<string, unknown>): object => ({
    type,
    [type]: Object.entries(fields).map(([key, value]) => ({
      key,
      value,
      type: typeof value === 'boolean' ? 'boolean' : typeof value === 'string' ? 'string' : 'any',
    })),
  })
  switch (auth.type) {
    case 'inherit':
      return null
    case 'none':
      return { type: 'noauth' }
    case 'basic':
    case 'digest':
      return list(auth.type, { username: auth.username, password: auth.password })
    case 'bearer':
      return list('bearer', { token: auth.token })
    case 'apiKey':
      return list('apikey', { key: auth.key, value: auth.value, in: auth.placement })
    case 'jwt':
      return list('jwt', {
        algorithm: auth.algorithm,
        [auth.algorithm.startsWith('HS') ? 'secret' : 'privateKey']: auth.secret,
        isSecretBase64Encoded: auth.isSecretBase64,
        payload: auth.payload,
        header: auth.header,
        addTokenTo: auth.placement === 'query' ? 'queryParam' : 'header',
        [auth.placement === 'query' ? 'queryParamKey' : 'headerPrefix']: auth.prefix,
      })
    case 'awsV4':
      return list('awsv4', {
        accessKey: auth.accessKeyId,
        secretKey: auth.secretAccessKey,
        sessionToken: auth.sessionToken,
        service: auth.service,
        region: auth.region,
      })
    case 'oauth2':
      return list('oauth2', oauth2Fields(auth))
    case 'project':
      report('auth project', `Postman cannot ask as ${auth.as} of a project: it asks as nobody.`)
      return { type: 'noauth' }
    case 'unsupported':
      report(`auth ${auth.name}`, 'It was not kept by an import, and is left out.')
      return { type: 'noauth' }
  }
}

function oauth2Fields(auth: OAuth2): Record<string, unknown> {
  const extra = (sentTo: string): unknown =>
    auth.extraParameters
      .filter((one) => one.sentTo === sentTo)
      .map((one) => ({ key: one.name, value: one.value, enabled: one.isEnabled, send_as: 'request_body' }))
  const grant =
    auth.flow === 'password'
      ? 'password_credentials'
      : auth.flow === 'authorization_code' && auth.pkce !== 'none'
        ? 'authorization_code_with_pkce'
        : auth.flow
  return {
    grant_type: grant,
    authUrl: auth.authorizationUrl,
    accessTokenUrl: auth.accessTokenUrl,
    refreshTokenUrl: auth.refreshTokenUrl,
    redirect_uri: auth.callbackUrl,
    clientId: auth.clientId,
    clientSecret: auth.clientSecret,
    client_authentication: auth.clientAuthentication,
    username: auth.username,
    password: auth.password,
    scope: auth.scope,
    state: auth.state,
    audience: auth.audience,
    challengeAlgorithm: auth.pkce === 'plain' ? 'plain' : 'S256',
    authRequestParams: extra('authorization'),
    tokenRequestParams: extra('token'),
    refreshRequestParams: extra('refresh'),
    addTokenTo: auth.tokenPlacement === 'query' ? 'queryParams' : 'header',
    headerPrefix: auth.tokenPrefix,
    tokenType: auth.usesIdToken ? 'id_token' : '',
  }
}
