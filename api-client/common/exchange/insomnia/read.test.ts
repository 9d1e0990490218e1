import { expect, test } from 'vitest'
import { importText } from '../import.ts'

const V4 = {
  _type: 'export',
  __export_format: 4,
  resources: [
    { _id: 'w', _type: 'workspace', name: 'Shop', description: 'All' },
    {
      _id: 'base',
      _type: 'environment',
      parentId: 'w',
      name: 'Base',
      data: { host: 'https://a.test', deep: { a: 1, list: [1] } },
    },
    {
      _id: 'dev',
      _type: 'environment',
      parentId: 'base',
      name: 'Dev',
      color: '#f00',
      data: { host: 'http://localhost', key: 'k3y' },
      kvPairData: [
        { name: 'key', type: 'secret', value: 'k3y' },
        { name: 'off', value: '1', enabled: false },
      ],
    },
    {
      _id: 'f',
      _type: 'request_group',
      parentId: 'w',
      name: 'Orders',
      metaSortKey: -1,
      environment: { page: 1 },
      authentication: { type: 'basic', username: '{{ _.u }}', password: '{{ _.p }}' },
    },
    {
      _id: 'r1',
      _type: 'request',
      parentId: 'f',
      name: 'Make',
      method: 'POST',
      url: "{{ _.host }}/orders/:id?x={{ _['y'] }}",
      parameters: [
        { name: 'q', value: "{% uuid 'v4' %}", disabled: true },
        { name: '', value: '' },
      ],
      pathParameters: [{ name: 'id', value: '7' }],
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      body: {
        mimeType: 'application/json',
        text: "{\"at\": \"{% now 'iso-8601', '' %}\", \"t\": \"{% response 'body', 'r', 'x' %}\"}",
      },
      authentication: { type: 'bearer', token: '{{ token | upper }}', prefix: 'Token' },
      preRequestScript: "insomnia.environment.set('a', 1)",
      settingFollowRedirects: 'off',
      settingSendCookies: false,
    },
    {
      _id: 'r2',
      _type: 'request',
      parentId: 'w',
      name: 'Query',
      method: 'POST',
      url: '/g',
      metaSortKey: -9,
      body: {
        mimeType: 'application/graphql',
        text: '{"query":"{ a }","variables":{"b":1},"operationName":"C"}',
      },
      authentication: {},
    },
    {
      _id: 'r3',
      _type: 'request',
      parentId: 'gone',
      name: 'Orphan',
      method: 'GET',
      url: '/',
      body: { mimeType: 'multipart/form-data', params: [{ name: 'f', type: 'file', fileName: '/a.png' }] },
      authentication: { type: 'ntlm' },
    },
    { _id: 's', _type: 'websocket_request', parentId: 'w', name: 'Live', url: 'wss://a.test' },
    {
      _id: 'p',
      _type: 'websocket_payload',
      parentId: 's',
      name: 'Hi',
      value: '{}',
      mode: 'application/json',
    },
    { _id: 'g', _type: 'grpc_request', parentId: 'w', name: 'Rpc' },
    { _id: 'loop', _type: 'request_group', parentId: 'loop', name: 'Loop' },
  ],
}

test('Insomnia 4 is kept with its order, environments, templates and scripts', () => {
  const { format, tree, secrets, problems } = importText(JSON.stringify(V4), { name: '' })
  expect(format).toBe('insomnia-4')
  expect(tree.collection).toMatchObject({
    name: 'Shop',
    docs: 'All',
    defaults: {
      variables: [
        { name: 'host', value: 'https://a.test' },
        { name: 'deep.a', value: '1' },
        { name: 'deep.list', type: 'object' },
      ],
    },
  })
  expect(tree.environments).toMatchObject([
    {
      name: 'Dev',
      color: '#f00',
      variables: [
        { name: 'host' },
        { name: 'key', value: '', isSecret: true },
        { name: 'off', isEnabled: false },
      ],
    },
  ])
  expect(secrets).toEqual([{ environment: 'Dev', name: 'key', value: 'k3y' }])
  expect(tree.items).toMatchObject([
    {
      request: {
        kind: 'graphql',
        name: 'Query',
        query: '{ a }',
        graphqlVariables: '{\n  "b": 1\n}',
        operationName: 'C',
        auth: { type: 'inherit' },
      },
    },
    {
      folder: {
        name: 'Orders',
        defaults: { auth: { type: 'basic', username: '{{u}}' }, variables: [{ name: 'page', value: '1' }] },
      },
      items: [
        {
          request: {
            url: '{{host}}/orders/:id',
            parameters: [
              { name: 'x', value: '{{y}}' },
              { name: 'q', value: '{{$guid}}', isEnabled: false },
              { place: 'path', name: 'id', value: '7' },
            ],
            body: { type: 'json', text: expect.stringContaining('"at": "{{$isoTimestamp}}"') },
            auth: { type: 'apiKey', key: 'Authorization', value: 'Token {{token}}' },
            scripts: { beforeRequest: "pm.environment.set('a', 1)" },
            settings: { followsRedirects: false, sendsCookies: false, keepsCookies: null },
          },
        },
      ],
    },
    { request: { kind: 'websocket', messages: [{ title: 'Hi', type: 'json', data: '{}' }] } },
    {
      request: {
        name: 'Orphan',
        body: { type: 'multipart', fields: [{ type: 'file', paths: ['/a.png'] }] },
        auth: { type: 'unsupported' },
      },
    },
  ])
  expect(
    problems
      .filter((one) => one.severity !== 'note')
      .map((one) => one.part)
      .toSorted(),
  ).toEqual([
    'auth ntlm',
    'grpc_request',
    'script',
    'template {% response %}',
    'template {{ token | upper }}',
  ])
})

const V5 = `type: collection.insomnia.rest/5.0
schema_version: "5.1"
name: Weather
meta: { id: wrk_1, description: About }
collection:
  - name: Later
    url: "{{ _.host }}/later"
    method: GET
    meta: { id: req_2, sortKey: -1 }
  - name: Forecasts
    meta: { id: fld_1, sortKey: -5 }
    children:
      - name: Today
        url: "{{ _.host }}/today"
        method: GET
        headers: [{ name: Accept, value: application/json }]
        authentication: { type: basic, username: ada, password: pa55 }
        scripts: { preRequest: "insomnia.environment.set('x', 1)" }
        settings: { followRedirects: global, encodeUrl: false, cookies: { send: true, store: false } }
        meta: { id: req_1 }
  - name: Live
    url: wss://weather.test/live
    meta: { id: ws-req_1, sortKey: 3 }
environments:
  name: Base Environment
  data: { host: https://weather.test, big: 12345678901234567890 }
  subEnvironments:
    - name: Staging
      data: { host: https://staging.weather.test }
testSuites: [{ name: A }]
`

test('Insomnia 5 is kept the same way', () => {
  const { format, tree, problems } = importText(V5, { name: 'weather.yaml' })
  expect(format).toBe('insomnia-5')
  expect(tree.collection).toMatchObject({
    name: 'Weather',
    docs: 'About',
    defaults: { variables: [{ name: 'host' }, { name: 'big', value: '12345678901234567890' }] },
  })
  expect(tree.items).toMatchObject([
    {
      folder: { name: 'Forecasts' },
      items: [
        {
          request: {
            name: 'Today',
            headers: [{ name: 'Accept' }],
            auth: { type: 'basic', username: 'ada' },
            scripts: { beforeRequest: "pm.environment.set('x', 1)" },
            settings: { encodesUrl: false, keepsCookies: false, sendsCookies: null },
          },
        },
      ],
    },
    { request: { name: 'Later', url: '{{host}}/later' } },
    { request: { kind: 'websocket', url: 'wss://weather.test/live' } },
  ])
  expect(tree.environments).toMatchObject([
    { name: 'Staging', variables: [{ value: 'https://staging.weather.test' }] },
  ])
  expect(problems.map((one) => one.part)).toContain('testSuites')
})
