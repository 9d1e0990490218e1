// A Postman collection with its environment that use the breadth of the format, around a small shop: what a person brings along.

const json = (value: unknown): string => JSON.stringify(value, null, 2)
const header = (key: string, value: string, more: object = {}) => ({ key, value, ...more })

/** A collection of version 2.1: every kind of body and of authentication, scripts at each level, variables, examples, and what no other tool can keep. */
export function postmanShop(base: string): string {
  return json({
    info: {
      _postman_id: '5f3b8d5e-8a2c-4e0a-9d2f-0b6f4d1c2a3b',
      name: 'Shop',
      description: { content: '# Shop\n\nOrders and **customers**.', type: 'text/markdown' },
      version: { major: 1, minor: 4, patch: 0 },
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    event: [
      { listen: 'prerequest', script: { type: 'text/javascript', exec: ['pm.variables.set("run", "1");'] } },
      { listen: 'test', script: { exec: 'pm.test("answers", () => pm.response.to.have.status(200));' } },
    ],
    variable: [
      { key: 'base', value: base, type: 'string' },
      { key: 'limit', value: 5, type: 'number' },
      { key: 'strict', value: true, type: 'boolean' },
      { key: 'apiSecret', value: 's3cret-of-shop', type: 'secret' },
    ],
    item: [
      {
        name: 'Orders',
        description: 'What was bought.',
        auth: {
          type: 'apikey',
          apikey: [
            { key: 'key', value: 'X-Key' },
            { key: 'value', value: '{{apiSecret}}' },
            { key: 'in', value: 'header' },
          ],
        },
        event: [{ listen: 'prerequest', script: { exec: ['// for all orders'] } }],
        item: [
          {
            name: 'List orders',
            event: [
              {
                listen: 'test',
                script: {
                  exec: [
                    'pm.test("has two orders", function () {',
                    '  pm.expect(pm.response.json()).to.have.lengthOf(2)',
                    '})',
                    'pm.collectionVariables.set("firstOrder", pm.response.json()[0].id)',
                    'pm.visualizer.set("<b>{{n}}</b>", { n: 1 })',
                  ],
                },
              },
            ],
            protocolProfileBehavior: { followRedirects: false, strictSSL: true, disableBodyPruning: true },
            request: {
              method: 'GET',
              header: [header('Accept', 'application/json'), header('X-Off', '1', { disabled: true })],
              url: {
                raw: '{{base}}/orders?limit={{limit}}&state=open',
                host: ['{{base}}'],
                path: ['orders'],
                query: [
                  { key: 'limit', value: '{{limit}}' },
                  { key: 'state', value: 'open', description: 'Of the order' },
                  { key: 'debug', value: '1', disabled: true },
                ],
              },
            },
            response: [
              {
                name: 'Two',
                originalRequest: { method: 'GET', url: '{{base}}/orders' },
                status: 'OK',
                code: 200,
                _postman_previewlanguage: 'json',
                header: [header('Content-Type', 'application/json')],
                cookie: [],
                body: '[{"id": 1}, {"id": 2}]',
              },
            ],
          },
          {
            name: 'One order',
            request: {
              method: 'GET',
              url: {
                raw: '{{base}}/orders/:id',
                host: ['{{base}}'],
                path: ['orders', ':id'],
                variable: [{ key: 'id', value: '7', description: 'Number of the order' }],
              },
            },
          },
          {
            name: 'New order',
            request: {
              method: 'POST',
              body: { mode: 'raw', raw: '{"film": {{$randomInt}}}', options: { raw: { language: 'json' } } },
              url: '{{base}}/orders',
            },
          },
        ],
      },
      {
        name: 'Bodies',
        item: [
          {
            name: 'Form',
            request: {
              method: 'POST',
              auth: {
                type: 'basic',
                basic: [
                  { key: 'username', value: 'a' },
                  { key: 'password', value: 'b' },
                ],
              },
              body: {
                mode: 'urlencoded',
                urlencoded: [
                  { key: 'a', value: '1' },
                  { key: 'b', value: '2', disabled: true },
                ],
              },
              url: '{{base}}/form',
            },
          },
          {
            name: 'Upload',
            request: {
              method: 'POST',
              auth: { type: 'noauth' },
              body: {
                mode: 'formdata',
                formdata: [
                  { key: 'note', value: 'hello', type: 'text', contentType: 'text/plain' },
                  { key: 'file', type: 'file', src: ['cover.png'] },
                ],
              },
              url: '{{base}}/upload',
            },
          },
          {
            name: 'Raw file',
            request: {
              method: 'PUT',
              body: { mode: 'file', file: { src: 'film.bin' } },
              url: '{{base}}/raw',
            },
          },
          {
            name: 'XML',
            request: {
              method: 'POST',
              body: { mode: 'raw', raw: '<film/>', options: { raw: { language: 'xml' } } },
              url: '{{base}}/xml',
            },
          },
          {
            name: 'GraphQL',
            request: {
              method: 'POST',
              body: { mode: 'graphql', graphql: { query: '{ films { id } }', variables: '{"a": 1}' } },
              url: '{{base}}/graphql',
            },
          },
        ],
      },
      {
        name: 'Who asks',
        item: [
          auth('Digest', {
            type: 'digest',
            digest: [
              { key: 'username', value: 'a' },
              { key: 'password', value: 'b' },
            ],
          }),
          auth('OAuth 2', {
            type: 'oauth2',
            oauth2: [
              { key: 'grant_type', value: 'client_credentials' },
              { key: 'accessTokenUrl', value: '{{base}}/token' },
              { key: 'clientId', value: 'shop' },
              { key: 'clientSecret', value: '{{apiSecret}}' },
            ],
          }),
          auth('AWS', {
            type: 'awsv4',
            awsv4: [
              { key: 'accessKey', value: 'a' },
              { key: 'secretKey', value: '{{apiSecret}}' },
            ],
          }),
          auth('JWT', {
            type: 'jwt',
            jwt: [
              { key: 'algorithm', value: 'HS256' },
              { key: 'secret', value: '{{apiSecret}}' },
              { key: 'payload', value: '{}' },
            ],
          }),
          auth('NTLM', { type: 'ntlm', ntlm: [{ key: 'username', value: 'a' }] }),
        ],
      },
    ],
  })

  function auth(name: string, value: object): object {
    return { name, request: { method: 'GET', auth: value, url: `{{base}}/auth/${name.toLowerCase()}` } }
  }
}

/** An environment beside it, with a secret. */
export function postmanEnvironment(): string {
  return json({
    id: '0d9c6a55-7c0e-4a55-8a14-1f0e8b1c2d3e',
    name: 'Staging',
    values: [
      { key: 'token', value: 'token-of-staging', type: 'secret', enabled: true },
      { key: 'region', value: 'eu', type: 'default', enabled: true },
    ],
    _postman_variable_scope: 'environment',
  })
}
