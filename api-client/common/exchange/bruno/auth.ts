// Bruno's ways to say who asks.
import type { Auth, OAuth2 } from '#contract/requests/auth.ts'
import { fieldsOf, type Fields } from '../loose.ts'
import type { Report } from '../problems.ts'

const FLOWS = new Map<string, OAuth2['flow']>([
  ['authorization_code', 'authorization_code'],
  ['client_credentials', 'client_credentials'],
  ['password', 'password'],
  ['implicit', 'implicit'],
])

/** `{ mode, basic: {…}, … }`; `absent` where there is none. */
export function readBrunoAuth(value: unknown, absent: Auth, report: Report): Auth {
  const auth = fieldsOf(value, report)
  const mode = auth.text('mode')
  const fields = fieldsOf(auth.raw(mode) ?? {}, report)
  switch (mode) {
    case '':
      return absent
    case 'inherit':
      return { type: 'inherit' }
    case 'none':
      return { type: 'none' }
    case 'basic':
    case 'digest':
      return { type: mode, username: fields.text('username'), password: fields.text('password') }
    case 'bearer':
      return { type: 'bearer', token: fields.text('token') }
    case 'apikey':
      return {
        type: 'apiKey',
        key: fields.text('key'),
        value: fields.text('value'),
        placement: /query/i.test(fields.text('placement')) ? 'query' : 'header',
      }
    case 'awsv4':
      if (fields.text('profileName') !== '')
        report('auth awsv4', 'The profile of the AWS command line is not read.')
      return {
        type: 'awsV4',
        accessKeyId: fields.text('accessKeyId'),
        secretAccessKey: fields.text('secretAccessKey'),
        sessionToken: fields.text('sessionToken'),
        service: fields.text('service'),
        region: fields.text('region'),
      }
    case 'oauth2':
      return oauth2(fields, report)
    default:
      report(`auth ${mode}`, 'It is not supported; its fields are not kept.')
      return { type: 'unsupported', name: mode }
  }
}

/** Names are `grant_type` in files and `grantType` in exports. */
function oauth2(fields: Fields, report: Report): Auth {
  const text = (name: string): string =>
    fields.text(name) ||
    fields.text(name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()))
  const grant = text('grant_type')
  const flow = FLOWS.get(grant)
  if (flow === undefined)
    report(
      'auth oauth2',
      `Grant ${grant || 'without a name'} is not supported; it is an authorization code now.`,
    )
  if (fields.has('additionalParameters')) report('auth oauth2', 'Additional parameters are not kept.')
  const inQuery = /url|query/.test(text('token_placement'))
  return {
    type: 'oauth2',
    flow: flow ?? 'authorization_code',
    authorizationUrl: text('authorization_url'),
    accessTokenUrl: text('access_token_url'),
    refreshTokenUrl: text('refresh_token_url'),
    callbackUrl: text('callback_url'),
    clientId: text('client_id'),
    clientSecret: text('client_secret'),
    clientAuthentication: text('credentials_placement') === 'basic_auth_header' ? 'header' : 'body',
    username: text('username'),
    password: text('password'),
    scope: text('scope'),
    state: text('state'),
    audience: '',
    pkce: text('pkce') === 'true' ? 'S256' : 'none',
    extraParameters: [],
    tokenPlacement: inQuery ? 'query' : 'header',
    tokenPrefix: inQuery
      ? text('token_query_key') || 'access_token'
      : text('token_header_prefix') ||
        (fields.has('token_header_prefix') || fields.has('tokenHeaderPrefix') ? '' : 'Bearer'),
    usesIdToken: text('token_source') === 'id_token',
    fetchesToken: text('auto_fetch_token') !== 'false',
    refreshesToken: text('auto_refresh_token') !== 'false',
  }
}
