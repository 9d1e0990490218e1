// An OpenAPI 3.1 document that uses the breadth of the format, around films: what a person brings along.

/** A document of version 3.1: servers, every place and style of parameters, bodies, schemas by reference, security, callbacks and webhooks. */
export function openApiShop(base: string): string {
  const answer = (schema: object, more: object = {}) => ({
    description: 'OK',
    content: { 'application/json': { schema, ...more } },
  })
  return JSON.stringify(
    {
      openapi: '3.1.0',
      info: {
        title: 'Film API',
        version: '2.0.1',
        summary: 'Films.',
        description: 'All about *films*.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
      servers: [
        { url: base, description: 'Here' },
        {
          url: 'https://{region}.films.test/{version}',
          variables: { region: { default: 'eu', enum: ['eu', 'us'] }, version: { default: 'v1' } },
        },
      ],
      tags: [{ name: 'films', description: 'The films.' }, { name: 'people' }],
      security: [{ bearer: [] }],
      paths: {
        '/films': {
          summary: 'Films',
          parameters: [{ $ref: '#/components/parameters/limit' }],
          get: {
            tags: ['films'],
            operationId: 'listFilms',
            summary: 'List films',
            parameters: [
              {
                name: 'genre',
                in: 'query',
                style: 'form',
                explode: false,
                schema: { type: 'array', items: { type: 'string' } },
                example: ['drama', 'noir'],
              },
              {
                name: 'filter',
                in: 'query',
                style: 'deepObject',
                explode: true,
                schema: { type: 'object', properties: { year: { type: 'integer', examples: [1999] } } },
              },
              { name: 'X-Trace', in: 'header', schema: { type: 'string', format: 'uuid' } },
              { name: 'session', in: 'cookie', schema: { type: 'string' } },
            ],
            responses: {
              200: answer(
                { type: 'array', items: { $ref: '#/components/schemas/Film' } },
                { examples: { one: { value: [{ id: 1, title: 'The Quiet Harbour' }] } } },
              ),
              '4XX': { description: 'No' },
              default: answer({ $ref: '#/components/schemas/Problem' }),
            },
          },
          post: {
            tags: ['films'],
            summary: 'Add a film',
            requestBody: {
              required: true,
              content: {
                'application/json': { schema: { $ref: '#/components/schemas/Film' } },
                'application/xml': { schema: { $ref: '#/components/schemas/Film' } },
                'multipart/form-data': {
                  schema: {
                    type: 'object',
                    properties: {
                      title: { type: 'string' },
                      cover: { type: 'string', contentMediaType: 'image/png' },
                    },
                  },
                  encoding: { cover: { contentType: 'image/png' } },
                },
              },
            },
            responses: { 201: { description: 'Made', links: { self: { operationId: 'getFilm' } } } },
            callbacks: {
              made: { '{$request.body#/callback}': { post: { responses: { 200: { description: 'OK' } } } } },
            },
          },
        },
        '/films/{id}': {
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'integer', examples: [7] } },
          ],
          get: {
            tags: ['films'],
            operationId: 'getFilm',
            summary: 'A film',
            responses: { 200: answer({ $ref: '#/components/schemas/Film' }) },
            security: [],
          },
          delete: {
            tags: ['films'],
            summary: 'Remove a film',
            deprecated: true,
            responses: { 204: { description: 'Gone' } },
            security: [{ key: [] }],
          },
        },
        '/people': {
          get: {
            tags: ['people'],
            summary: 'List people',
            responses: { 200: answer({ type: ['array', 'null'], items: { type: 'object' } }) },
            security: [{ oauth: ['read'] }],
          },
          post: {
            tags: ['people'],
            summary: 'Add a person',
            requestBody: {
              content: {
                'application/x-www-form-urlencoded': {
                  schema: {
                    type: 'object',
                    properties: {
                      name: { type: 'string', default: 'Ada' },
                      born: { type: 'string', format: 'date' },
                    },
                  },
                },
              },
            },
            responses: { 200: { description: 'OK' } },
            security: [{ basic: [] }],
          },
        },
      },
      webhooks: {
        filmAdded: { post: { summary: 'A film was added', responses: { 200: { description: 'OK' } } } },
      },
      components: {
        parameters: {
          limit: {
            name: 'limit',
            in: 'query',
            schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
          },
        },
        schemas: {
          Film: {
            type: 'object',
            required: ['title'],
            properties: {
              id: { type: 'integer', readOnly: true },
              title: { type: 'string', minLength: 1, examples: ['Northern Signal'] },
              genre: { enum: ['drama', 'noir'] },
              sequel: { anyOf: [{ $ref: '#/components/schemas/Film' }, { type: 'null' }] },
              price: { oneOf: [{ type: 'number' }, { const: 'free' }] },
            },
          },
          Problem: {
            allOf: [
              { type: 'object', properties: { code: { type: 'string' } } },
              { type: 'object', additionalProperties: true },
            ],
          },
        },
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          basic: { type: 'http', scheme: 'basic' },
          key: { type: 'apiKey', name: 'X-Key', in: 'header' },
          oauth: {
            type: 'oauth2',
            flows: {
              authorizationCode: {
                authorizationUrl: `${base}/authorize`,
                tokenUrl: `${base}/token`,
                scopes: { read: 'Read' },
              },
            },
          },
          login: { type: 'openIdConnect', openIdConnectUrl: `${base}/.well-known/openid-configuration` },
        },
      },
    },
    null,
    2,
  )
}
