// Insomnia's ways to say who asks.
import type { Auth } from '#contract/requests/auth.ts'
import { fieldsOf, isRecord } from '../loose.ts'
import type { Report } from '../problems.ts'

const FLOWS = {
  authorization_code: 'authorization_code',
  client_credentials: 'client_credentials',
  password: 'password',
  implicit: 'implicit',
} as const

export function readInsomniaAuth(value: unknown, report: Report): Auth {
  if (!isRecord(value) || Object.keys(value).length === 0) return { type: 'inherit' }
  const auth = fieldsOf(value, report)
  const type = auth.text('type')
  if (type === '' || type === 'inherit') return { type: 'inherit' }
  if (type === 'none') return { type: 'none' }
  if (auth.flag('disabled')) {
    report(`auth ${type}`, 'It is switched off, and is left out.')
    return { type: 'none' }
  }
  switch (type) {
    case 'basic':
    case 'digest':
      return { type, username: auth.text('username'), password: auth.text('password') }
    case 'bearer': {
      const prefix = auth.text('prefix')
      if (prefix === '' || prefix === 'Bearer') return { type: 'bearer', token: auth.text('token') }
      return {
        type: 'apiKey',
        key: 'Authorization',
        value: prefix === 'NO_PREFIX' ? auth.text('token') : `${prefix} ${auth.text('token')}`,
        placement: 'header',
      }
    }
    case 'apikey': {
      const isCookie = auth.text('addTo') === 'cookie'
      if (isCookie) report('auth apikey', 'A key in a cookie is sent in a Cookie header.', 'changed')
      return {
        type: 'apiKey',
        key: isCookie ? 'Cookie' : auth.text('key'),
        value: isCookie ? `${auth.text('key')}=${auth.text('value')}` : auth.text('value'),
        placement: /query/i.test(auth.text('addTo')) ? 'query' : 'header',
      }
    }
    case 'iam':
      return {
        type: 'awsV4',
        accessKeyId: auth.text('accessKeyId'),
        secretAccessKey: auth.text('secretAccessKey'),
        sessionToken: auth.text('sessionToken'),
        service: auth.text('service'),
        region: auth.text('region'),
      }
    case 'oauth2': {
      const flow = Object.entries(FLOWS).find(([grant]) => grant === auth.text('grantType'))?.[1]
      if (flow === undefined)
        report(
          'auth oauth2',
          `Grant ${auth.text('grantType')} is not supported; it is an authorization code now.`,
        )
      for (const key of ['resource', 'origin'])
        if (auth.text(key) !== '') report('auth oauth2', `“${key}” is not kept.`)
      return {
        type: 'oauth2',
        flow: flow ?? 'authorization_code',
        authorizationUrl: auth.text('authorizationUrl'),
        accessTokenUrl: auth.text('accessTokenUrl'),
        refreshTokenUrl: '',
        callbackUrl: auth.text('redirectUrl'),
        clientId: auth.text('clientId'),
        clientSecret: auth.text('clientSecret'),
        clientAuthentication: auth.flag('credentialsInBody') ? 'body' : 'header',
        username: auth.text('username'),
        password: auth.text('password'),
        scope: auth.text('scope'),
        state: auth.text('state'),
        audience: auth.text('audience'),
        pkce: auth.flag('usePkce') ? (auth.text('pkceMethod') === 'plain' ? 'plain' : 'S256') : 'none',
        extraParameters: [],
        tokenPlacement: 'header',
        tokenPrefix: auth.text('tokenPrefix') || 'Bearer',
        usesIdToken: /id_token/.test(auth.text('responseType')),
        fetchesToken: true,
        refreshesToken: true,
      }
    }
    default:
      report(`auth ${type}`, 'It is not supported; its fields are not kept.')
      return { type: 'unsupported', name: type }
  }
}
