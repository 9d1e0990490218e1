// Requests, folders, collections and environments of any shape, for property tests.
import fc from 'fast-check'
import type { Auth } from '#contract/requests/auth.ts'
import type { Collection, Environment, Folder, RequestDefaults } from '#contract/requests/collection.ts'
import { AssertionOperator, type Body, type Pair, VariableType } from '#contract/requests/parts.ts'
import type { ApiRequest, RequestSettings } from '#contract/requests/request.ts'

/** Texts that YAML could take for something else, and plain ones. */
export const anyText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\n',
    'a\n',
    'a\n\n',
    '\na',
    '  a\n b',
    'a: b',
    '- a',
    '# a',
    'null',
    '~',
    'true',
    '0x1F',
    '1.10',
    '1e3',
    'yes',
    '{{base}}/x',
    '[a',
    '{a',
    '&a',
    '*a',
    '!!js/function x',
    '%a',
    '@a',
    '`a`',
    '"',
    "'",
    'a\tb',
    '\ta',
    'a \nb',
    'a\r\nb',
    '\u0000',
    '\u2028',
    '\ufeff',
    '\ud800',
    '---',
    '...',
    '<<',
    '? a',
    '|',
    '>-',
    'a #b',
    'key: |\n  x',
    '🚀',
    '{\n  "id": 90071992547409931\n}\n',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('a', ' ', '\n', ':', '-', '#', '"', "'", '\\', '{', '}', '\t'),
    maxLength: 20,
  }),
)
const text = anyText
const name = fc.string({ minLength: 1, maxLength: 20 }).filter((one) => one !== '~' && one !== 'null')
const given = anyText.filter((one) => one !== '')
const off = { isEnabled: fc.boolean(), description: text }
const pair: fc.Arbitrary<Pair> = fc.record({ name: text, value: text, ...off })
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 4 })
const contentType = fc.option(fc.constantFrom('text/plain', 'image/png'))

const body: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ type: fc.constant('none' as const) }),
  fc.record({ type: fc.constantFrom('json' as const, 'text' as const, 'xml' as const), text }),
  fc.record({ type: fc.constant('form' as const), fields: few(pair) }),
  fc.record({
    type: fc.constant('multipart' as const),
    fields: few(
      fc.oneof(
        fc.record({ type: fc.constant('text' as const), name: text, value: text, contentType, ...off }),
        fc.record({ type: fc.constant('file' as const), name: text, paths: few(given), contentType, ...off }),
      ),
    ),
  }),
  fc.record({ type: fc.constant('file' as const), path: text, contentType }),
)

const place = fc.constantFrom('header' as const, 'query' as const)
const auth: fc.Arbitrary<Auth> = fc.oneof(
  fc.record({ type: fc.constantFrom('inherit' as const, 'none' as const) }),
  fc.record({ type: fc.constantFrom('basic' as const, 'digest' as const), username: text, password: text }),
  fc.record({ type: fc.constant('bearer' as const), token: text }),
  fc.record({ type: fc.constant('apiKey' as const), key: text, value: text, placement: place }),
  fc.record({
    type: fc.constant('awsV4' as const),
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text,
    service: text,
    region: text,
  }),
  fc.record({
    type: fc.constant('jwt' as const),
    algorithm: fc.constantFrom('HS256' as const, 'EdDSA' as const),
    secret: text,
    isSecretBase64: fc.boolean(),
    payload: text,
    header: text,
    placement: place,
    prefix: text,
  }),
  fc.record({
    type: fc.constant('unsupported' as const),
    name: fc.constantFrom('ntlm', 'oauth1', 'hawk', 'basic', '', 'a b'),
  }),
  fc.record({
    type: fc.constant('oauth2' as const),
    flow: fc.constantFrom(
      'authorization_code' as const,
      'client_credentials' as const,
      'password' as const,
      'implicit' as const,
    ),
    authorizationUrl: text,
    accessTokenUrl: text,
    refreshTokenUrl: text,
    callbackUrl: text,
    clientId: text,
    clientSecret: text,
    clientAuthentication: fc.constantFrom('header' as const, 'body' as const),
    username: text,
    password: text,
    scope: text,
    state: text,
    audience: text,
    pkce: fc.constantFrom('S256' as const, 'plain' as const, 'none' as const),
    // Files keep them by where they are sent.
    extraParameters: few(
      fc.record({ name: text, value: text, ...off, sentTo: fc.constant('token' as const) }),
    ),
    tokenPlacement: place,
    tokenPrefix: text,
    usesIdToken: fc.boolean(),
    fetchesToken: fc.boolean(),
    refreshesToken: fc.boolean(),
  }),
)

const settings: fc.Arbitrary<RequestSettings> = fc.record({
  timeoutMs: fc.option(fc.nat(86_400_000)),
  followsRedirects: fc.option(fc.boolean()),
  maxRedirects: fc.option(fc.nat(100)),
  keepsAuthorization: fc.option(fc.boolean()),
  encodesUrl: fc.option(fc.boolean()),
  httpVersion: fc.option(fc.constantFrom('auto' as const, '1.1' as const, '2' as const)),
  verifiesCertificates: fc.option(fc.boolean()),
  minTlsVersion: fc.option(fc.constantFrom('1.0' as const, '1.3' as const)),
  sendsCookies: fc.option(fc.boolean()),
  keepsCookies: fc.option(fc.boolean()),
})
const scripts = fc.record({ beforeRequest: text, afterResponse: text, tests: text })
const variables = few(
  fc
    .record({
      name: text,
      value: text,
      type: fc.constantFrom(...VariableType.options),
      isSecret: fc.boolean(),
      ...off,
    })
    .map((one) => (one.isSecret ? { ...one, value: '' } : one)),
)
const sequence = fc.option(
  fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
  ),
)
const common = {
  name,
  sequence,
  tags: few(text),
  docs: text,
  url: text,
  headers: few(pair),
  parameters: few(
    fc.record({ name: text, value: text, ...off, place: fc.constantFrom('query' as const, 'path' as const) }),
  ),
  auth,
  variables,
  scripts,
  settings,
}
const assertions = few(
  fc.record({
    expression: text,
    operator: fc.constantFrom(...AssertionOperator.options),
    value: text,
    ...off,
  }),
)
const example = fc.record({
  name: text,
  description: text,
  request: fc.record({
    method: fc.constantFrom('GET', 'POST', 'PURGE'),
    url: text,
    headers: few(pair),
    body,
  }),
  response: fc.record({
    status: fc.integer({ min: 100, max: 599 }),
    statusText: text,
    headers: few(fc.record({ name: text, value: text })),
    body: fc.record({ type: fc.constantFrom('json' as const, 'html' as const, 'binary' as const), text }),
  }),
})

export const anyRequest: fc.Arbitrary<ApiRequest> = fc.oneof(
  fc.record({
    kind: fc.constant('http' as const),
    ...common,
    method: fc.constantFrom('GET', 'POST', 'PROPFIND', 'x-custom'),
    body,
    assertions,
    examples: fc.array(example, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('graphql' as const),
    ...common,
    method: fc.constantFrom('GET' as const, 'POST' as const),
    query: text,
    graphqlVariables: text,
    operationName: text,
    assertions,
  }),
  fc.record({
    kind: fc.constant('websocket' as const),
    ...common,
    protocols: few(text),
    messages: few(
      fc.record({ title: text, type: fc.constantFrom('text' as const, 'binary' as const), data: text }),
    ),
  }),
)
const defaults: fc.Arbitrary<RequestDefaults> = fc.record({
  headers: few(pair),
  auth,
  variables,
  scripts,
  settings,
})
export const anyFolder: fc.Arbitrary<Folder> = fc.record({
  kind: fc.constant('folder' as const),
  name,
  sequence,
  docs: text,
  defaults,
})
export const anyCollection: fc.Arbitrary<Collection> = fc.record({
  kind: fc.constant('collection' as const),
  name,
  version: text,
  docs: text,
  defaults,
  proxy: fc.oneof(
    fc.record({ mode: fc.constantFrom('inherit' as const, 'off' as const) }),
    fc.record({
      mode: fc.constant('on' as const),
      protocol: fc.constantFrom('http' as const, 'https' as const, 'socks4' as const, 'socks5' as const),
      host: name,
      port: fc.integer({ min: 1, max: 65_535 }),
      username: text,
      password: text,
      bypass: text,
    }),
  ),
  clientCertificates: few(
    fc.oneof(
      fc.record({
        type: fc.constant('pem' as const),
        domain: text,
        certificatePath: text,
        keyPath: text,
        passphrase: text,
        isEnabled: fc.boolean(),
      }),
      fc.record({
        type: fc.constant('pkcs12' as const),
        domain: text,
        path: text,
        passphrase: text,
        isEnabled: fc.boolean(),
      }),
    ),
  ),
  source: fc.option(fc.record({ type: fc.constant('openapi' as const), location: text })),
})
export const anyEnvironment: fc.Arbitrary<Environment> = fc.record({
  name,
  color: text,
  description: text,
  extends: fc.option(given),
  variables,
})
