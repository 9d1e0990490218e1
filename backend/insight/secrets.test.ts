// What counts as a secret, and that nothing else of a text changes.
import { expect, test } from 'vitest'
import { hideInJson, hideInQuery, isSecretName } from './secrets.ts'

test.each([
  ...['password', 'new_password', 'userPassword', 'access_token', 'X-Api-Key', 'apikey', 'Authorization'],
  ...['app.settings.jwt_secret', 'privateKey', 'proxy-authorization', 'Set-Cookie'],
])('%s is a secret', (name) => expect(isSecretName(name)).toBe(true))

test.each(['max_tokens', 'primary_key', 'key', 'passenger', 'title', 'secretary', 'compass'])(
  '%s is none',
  (name) => expect(isSecretName(name)).toBe(false),
)

test('secret members of JSON are hidden at any depth, and long figures stay exact', () => {
  const text = '[{"id":12345678901234567890,"login":{"password" : "a\\"b","pin":1}},{"api_key":42}]'
  expect(hideInJson(text)).toBe(
    '[{"id":12345678901234567890,"login":{"password" : "(hidden)","pin":1}},{"api_key":"(hidden)"}]',
  )
})

test('a secret is hidden under an escaped name, and where the text was cut within it', () => {
  expect(hideInJson('{"passw\\u006frd":"a"}')).toBe('{"passw\\u006frd":"(hidden)"}')
  expect(hideInJson('{"password":"abc')).toBe('{"password":"(hidden)"')
})

test('values of secret names are hidden in a query, and told to whoever shows statements', () => {
  const { text, secrets } = hideInQuery('id=eq.1&password=eq.a%20b&select=password')
  expect(text).toBe('id=eq.1&password=eq.(hidden)&select=password')
  expect([...secrets]).toEqual(['eq.a b', 'a b'])
})

test('a long text without an end is looked through in linear time', () => {
  const startedAt = performance.now()
  hideInJson(`"${'\\"'.repeat(200_000)}`)
  hideInJson('"a":'.repeat(50_000))
  hideInQuery('&'.repeat(200_000))
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})
