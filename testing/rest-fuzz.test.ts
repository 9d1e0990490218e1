import { expect, test } from 'vitest'
import { fuzzParser } from './rest-fuzz.ts'

test('the parser reads or refuses twenty thousand random requests', { timeout: 60_000 }, () => {
  const { read, refused } = fuzzParser(20_000, 20_261_122)
  // Both happen often, or the requests would not reach far into the parser.
  expect(read).toBeGreaterThan(2_000)
  expect(refused).toBeGreaterThan(2_000)
  expect(read + refused).toBe(20_000)
})
