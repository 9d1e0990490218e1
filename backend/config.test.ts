import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')

test('without any variable the service listens on loopback with no outside origin and no trusted proxy', () => {
  const config = readConfig({})
  expect(config.http).toEqual({
    host: '127.0.0.1',
    port: 7400,
    publicUrl: undefined,
    allowedOrigins: [],
    trustedProxies: [],
  })
  expect(config.postgres).toEqual({ host: '127.0.0.1', port: 7432 })
  expect(config.databaseUrl).toBeUndefined()
  expect(config.api).toEqual({ domain: undefined, redisUrl: undefined, privateIssuers: false })
})

test('what belongs to the service lies in `service` below the data directory', () => {
  expect(readConfig({ NEBULADB_DATA_DIR: '/srv/with a space' }).directory).toBe('/srv/with a space/service')
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ NEBULADB_SERVICE_PORT: '', NEBULADB_DATABASE_URL: '' }).http.port).toBe(7400)
})

test('lists are separated by commas, spaces around them do not matter', () => {
  const config = readConfig({ NEBULADB_ALLOWED_ORIGINS: 'https://a.example, https://b.example,' })
  expect(config.http.allowedOrigins).toEqual(['https://a.example', 'https://b.example'])
})

test('a wrong value is named by its variable and not repeated', () => {
  const read = () =>
    readConfig({
      NEBULADB_SERVICE_PORT: '70000',
      NEBULADB_SECRET_KEY: 'c2VjcmV0',
      NEBULADB_DATABASE_URL: 'mysql://root:hunter2@db',
    })
  expect(read).toThrow('NEBULADB_SERVICE_PORT')
  expect(read).toThrow('NEBULADB_SECRET_KEY')
  expect(read).toThrow('NEBULADB_DATABASE_URL')
  expect(read).not.toThrow('hunter2')
  expect(read).not.toThrow('c2VjcmV0')
})

test('a key of 32 bytes in base64 is taken', () => {
  expect(readConfig({ NEBULADB_SECRET_KEY: KEY }).secretKey).toBe(KEY)
})

test('the domain of data APIs is read in lower case, with or without a port', () => {
  const domainOf = (text: string) => readConfig({ NEBULADB_API_DOMAIN: text }).api.domain
  expect(domainOf('API.Example.com')).toBe('api.example.com')
  expect(domainOf('localhost:7400')).toBe('localhost:7400')
  expect(() => domainOf('https://api.example.com')).toThrow('NEBULADB_API_DOMAIN')
})

test('without a key of Stripe nothing is sold; the operator may set limits', () => {
  expect(readConfig({}).billing).toEqual({ stripe: undefined, limits: { limits: {}, quotas: {} } })
  const limits = { limits: { projects: 3 }, quotas: { egress: '10' } }
  expect(readConfig({ NEBULADB_LIMITS: JSON.stringify(limits) }).billing.limits).toEqual(limits)
  expect(() => readConfig({ NEBULADB_LIMITS: '{"limits":{"project":3}}' })).toThrow('NEBULADB_LIMITS')
  expect(() => readConfig({ NEBULADB_LIMITS: '{' })).toThrow('NEBULADB_LIMITS')
})

test('two webhook secrets hold while one is being replaced', () => {
  const { stripe } = readConfig({
    NEBULADB_STRIPE_KEY: 'sk_test_12345',
    NEBULADB_STRIPE_WEBHOOK_SECRETS: 'whsec_new, whsec_old',
    NEBULADB_STRIPE_URL: 'http://127.0.0.1:12111',
    NEBULADB_STRIPE_TAX: 'false',
  }).billing
  expect(stripe).toEqual({
    apiKey: 'sk_test_12345',
    webhookSecrets: ['whsec_new', 'whsec_old'],
    url: 'http://127.0.0.1:12111',
    automaticTax: false,
  })
})
