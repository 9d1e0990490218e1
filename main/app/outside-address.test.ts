import { expect, test } from 'vitest'
import { readAppConfig } from './config.ts'
import { mayOpenOutside } from './outside-address.ts'

const DEMO = 'http://127.0.0.1:7430'

test.each([
  ['https://checkout.stripe.com/c/pay/x', undefined, true],
  ['https://name:secret@example.com/', undefined, false],
  ['http://127.0.0.1:7430/pay/x', undefined, false],
  ['http://127.0.0.1:7430/pay/x', DEMO, true],
  ['http://127.0.0.1:7431/pay/x', DEMO, false],
  ['http://name@127.0.0.1:7430/pay/x', DEMO, false],
  ['http://example.com/pay', 'http://example.com', false],
  ['file:///etc/passwd', 'null', false],
  ['javascript:alert(1)', undefined, false],
  ['not an address', DEMO, false],
])('%s with test payments at %s may be opened: %s', (address, testPayments, expected) => {
  expect(mayOpenOutside(address, testPayments)).toBe(expected)
})

test.each([
  [{}, undefined],
  [{ NEBULADB_TEST_PAYMENTS_URL: 'http://127.0.0.1:7430/' }, DEMO],
  [{ NEBULADB_TEST_PAYMENTS_URL: 'not an address' }, undefined],
])('of the environment %o the test payments are at %s', (environment, expected) => {
  expect(readAppConfig(environment).testPayments).toBe(expected)
})
