// Security schemes as auth, with a variable for each secret.
import type { Auth, OAuth2 } from '#contract/requests/auth.ts'
import type { Variable } from '#contract/requests/parts.ts'
import { isRecord, own, type Fields } from '../loose.ts'
import type { Report } from '../problems.ts'
import type { References } from './references.ts'

export interface Security {
  /** The auth of a `security` list; null where it is absent. */
  read(requirements: unknown, report: Report): Auth | null
  /** What the schemes that were used ask for. */
  variables(): Variable[]
}

/** Schemes by their names: of `components.securitySchemes`, or of Swagger's `securityDefinitions`. */
export function securityOf(schemes: Fields, references: References): Security {
  const variables = new Map<string, Variable>()
  const ask = (name: string, isSecret = true): string => {
    variables.set(name, { name, value: '', type: 'string', isSecret, isEnabled: true, description: '' })
    return `{{${name}}}`
  }
  const readScheme = (name: string, scopes: string, report: Report): Auth | null => {
    const scheme = references.fields(schemes.raw(name))
    if (scheme.keys().length === 0) {
      report(`security ${name}`, 'There is no such scheme in the document.')
      return null
    }
    const variable = (word: string): string => `${name.replace(/[^\w-]+/g, '_')}_${word}`
    const type = scheme.text('type')
    const kind = scheme.text('scheme').toLowerCase()
    if (type === 'basic' || (type === 'http' && kind === 'basic'))
      return {
        type: 'basic',
        username: ask(variable('username'), false),
        password: ask(variable('password')),
      }
    if (type === 'http' && kind === 'digest')
      return {
        type: 'digest',
        username: ask(variable('username'), false),
        password: ask(variable('password')),
      }
    if (type === 'http' && kind === 'bearer') return { type: 'bearer', token: ask(variable('token')) }
    if (type === 'apiKey') {
      const isCookie = scheme.text('in') === 'cookie'
      if (isCookie) report(`security ${name}`, 'A key in a cookie is sent in a Cookie header.', 'changed')
      return {
        type: 'apiKey',
        key: isCookie ? 'Cookie' : scheme.text('name'),
        value: isCookie ? `${scheme.text('name')}=${ask(variable('key'))}` : ask(variable('key')),
        placement: scheme.text('in') === 'query' ? 'query' : 'header',
      }
    }
    if (type === 'oauth2') return oauth2(scheme, { scopes, variable, ask, report })
    if (type === 'openIdConnect') {
      report(
        `security ${name}`,
        `OpenID Connect is asked for by its addresses; ${scheme.text('openIdConnectUrl')} is not read.`,
        'changed',
      )
      return { type: 'bearer', token: ask(variable('token')) }
    }
    report(`security ${name}`, `A scheme of type ${type} ${kind} is not supported.`)
    return { type: 'unsupported', name: `${type} ${kind}`.trim() }
  }
  return {
    read: (requirements, report) => {
      if (requirements === undefined || requirements === null) return null
      const list: unknown[] = Array.isArray(requirements) ? requirements : [requirements]
      const known = list.filter(isRecord)
      const [first] = known.filter((one) => Object.keys(one).length > 0)
      if (first === undefined) return { type: 'none' }
      if (known.length > 1)
        report('security', 'One of several ways to say who asks is kept: the first.', 'changed')
      const [name = '', ...others] = Object.keys(first)
      if (others.length > 0)
        report('security', `${others.join(', ')} beside ${name}: a request has one auth.`)
      const scopes = own(first, name)
      return readScheme(name, Array.isArray(scopes) ? scopes.map(String).join(' ') : '', report)
    },
    variables: () => [...variables.values()],
  }
}

interface Asking {
  readonly scopes: string
  readonly variable: (word: string) => string
  readonly ask: (name: string, isSecret?: boolean) => string
  readonly report: Report
}

const FLOWS = new Map<string, OAuth2['flow']>([
  ['authorizationCode', 'authorization_code'],
  ['accessCode', 'authorization_code'],
  ['clientCredentials', 'client_credentials'],
  ['application', 'client_credentials'],
  ['password', 'password'],
  ['implicit', 'implicit'],
])

function oauth2(scheme: Fields, { scopes, variable, ask, report }: Asking): Auth {
  const flows = scheme.record('flows')
  const name = scheme.text('flow') || [...FLOWS.keys()].find((one) => flows.has(one)) || ''
  const flow = scheme.has('flow') ? scheme : flows.record(name)
  const kind = FLOWS.get(name)
  if (kind === undefined)
    report(
      'security',
      `The flow ${name || 'of OAuth 2'} is not known; an authorization code is asked for.`,
      'changed',
    )
  if (flows.keys().filter((one) => FLOWS.has(one)).length > 1)
    report('security', `One of several flows is kept: ${name}.`, 'changed')
  const isPassword = kind === 'password'
  return {
    type: 'oauth2',
    flow: kind ?? 'authorization_code',
    authorizationUrl: flow.text('authorizationUrl'),
    accessTokenUrl: flow.text('tokenUrl'),
    refreshTokenUrl: flow.text('refreshUrl'),
    callbackUrl: '',
    clientId: ask(variable('client_id'), false),
    clientSecret: ask(variable('client_secret')),
    clientAuthentication: 'header',
    username: isPassword ? ask(variable('username'), false) : '',
    password: isPassword ? ask(variable('password')) : '',
    scope: scopes || flow.record('scopes').keys().join(' '),
    state: '',
    audience: '',
    pkce: 'S256',
    extraParameters: [],
    tokenPlacement: 'header',
    tokenPrefix: 'Bearer',
    usesIdToken: false,
    fetchesToken: true,
    refreshesToken: true,
  }
}
